"""The battery, and whether the computer saves power: Windows' battery saver, its power mode and its power plan.

GetSystemPowerStatus (winbase.h), PowerGetActiveScheme and EFFECTIVE_POWER_MODE (powersetting.h).
"""

from __future__ import annotations

import ctypes
import struct
import threading
import time
from collections.abc import Callable
from typing import Protocol
from uuid import UUID

from amif_netcheck.children.threads import BackgroundCall
from amif_netcheck.model.facts import Battery, Reason, Unavailable
from amif_netcheck.platforms.windows.libraries import function, last_error

_STATUS = struct.Struct("<4BII")
"""SYSTEM_POWER_STATUS: mains, battery's flags, charge in per cent, battery saver, seconds left and in all."""
_ON_BATTERY, _ON_MAINS = 0, 1
_NO_BATTERY, _CHARGING = 0x80, 0x08
_UNKNOWN = 0xFF
_SAVER_ON = 1
_SAVING_PLAN = "a1841308-3541-4fab-bc81-f71556f20b4a"
"""GUID_MAX_POWER_SAVINGS."""
_SAVING_MODES = frozenset({0, 1})
"""EffectivePowerModeBatterySaver and EffectivePowerModeBetterBattery, which Windows 11 calls best power efficiency."""
_REGISTER = "PowerRegisterForEffectivePowerModeNotifications"  # Windows 10 1809 and later
_UNREGISTER = "PowerUnregisterFromEffectivePowerModeNotifications"
_VERSION = 1  # EFFECTIVE_POWER_MODE_V1: without modes for games
_POINTER = ctypes.c_void_p
_MODE_S = 0.5
_MARGIN_S = 0.2
"""For whoever has waited until the last moment to say so."""


class PowerLibrary(Protocol):
    """What kernel32 and powrprof tell: one object, so that a test can take its place. All raise OSError."""

    def status(self) -> bytes:
        """A SYSTEM_POWER_STATUS."""

    def plan(self) -> str:
        """The GUID of the active power plan."""

    def mode(self, until: float) -> int:
        """The effective power mode, by `until` (`time.monotonic`)."""


def battery(library: PowerLibrary) -> Battery | Unavailable:
    """See `Platform.battery`; Windows takes several for one."""
    try:
        return parse(library.status())
    except OSError as error:
        return Unavailable(reason=Reason.ERROR, detail=str(error))


def parse(status: bytes) -> Battery | Unavailable:
    """A SYSTEM_POWER_STATUS."""
    if len(status) < _STATUS.size:
        return Unavailable(reason=Reason.ERROR, detail="SYSTEM_POWER_STATUS is short")
    mains, flags, charge, *_ = _STATUS.unpack_from(status)
    if flags != _UNKNOWN and flags & _NO_BATTERY:
        return Unavailable(reason=Reason.NOT_PRESENT, detail="no battery")
    if mains not in {_ON_BATTERY, _ON_MAINS} or charge == _UNKNOWN:
        return Unavailable(reason=Reason.UNSUPPORTED, detail="Windows does not know the battery's state")
    charging = flags != _UNKNOWN and bool(flags & _CHARGING)
    return Battery(charge_pct=min(100.0, charge), discharging=mains == _ON_BATTERY and not charging)


def power_saver(library: PowerLibrary) -> bool | Unavailable:
    """See `Platform.power_saver`: one that is on is enough; all have to be known to be off."""
    until = time.monotonic() + _MODE_S
    signs: tuple[Callable[[], bool], ...] = (
        lambda: _STATUS.unpack_from(library.status())[3] == _SAVER_ON,
        lambda: library.plan() == _SAVING_PLAN,
        lambda: library.mode(until) in _SAVING_MODES,
    )
    missing: list[str] = []
    for sign in signs:
        try:
            if sign():
                return True
        except (OSError, struct.error) as error:
            missing.append(str(error))
    if missing:
        return Unavailable(reason=Reason.UNSUPPORTED, detail="; ".join(missing))
    return False


class Power:
    """See `PowerLibrary`."""

    def status(self) -> bytes:
        """See `PowerLibrary`."""
        room = ctypes.create_string_buffer(_STATUS.size)
        if not function("kernel32", "GetSystemPowerStatus", _POINTER)(room):
            raise OSError(f"GetSystemPowerStatus: error {last_error()}")
        return room.raw

    def plan(self) -> str:
        """See `PowerLibrary`."""
        found = ctypes.c_void_p()
        code = function("powrprof", "PowerGetActiveScheme", _POINTER, _POINTER)(None, ctypes.byref(found))
        if code or not found.value:
            raise OSError(f"PowerGetActiveScheme: error {code}")
        try:
            return str(UUID(bytes_le=ctypes.string_at(found.value, 16)))
        finally:
            function("kernel32", "LocalFree", _POINTER)(found.value)

    def mode(self, until: float) -> int:
        """See `PowerLibrary`: Windows calls back once at registration, from a thread of its own."""
        register = function("powrprof", _REGISTER, ctypes.c_uint32, *(_POINTER,) * 3)
        answer = BackgroundCall(lambda: _mode(register, until)).result(until + _MARGIN_S)
        if isinstance(answer, Unavailable):
            raise OSError(answer.detail or "the power mode was not told in time")
        return answer


def _mode(register: Callable[..., int], until: float) -> int | Unavailable:
    told, modes = threading.Event(), list[int]()

    def call_back(mode: int, _context: object) -> None:
        modes.append(mode)
        told.set()

    prototype = getattr(ctypes, "WINFUNCTYPE", ctypes.CFUNCTYPE)(None, ctypes.c_int, _POINTER)
    held, handle = prototype(call_back), ctypes.c_void_p()
    code = register(_VERSION, held, None, ctypes.byref(handle))
    if code:
        return Unavailable(reason=Reason.ERROR, detail=f"power modes: {code:08X}")
    told.wait(max(0.0, until - time.monotonic()))
    function("powrprof", _UNREGISTER, _POINTER)(handle.value)  # waits for a call that is under way
    return modes[-1] if modes else Unavailable(reason=Reason.TIMEOUT, detail="no power mode was told")
