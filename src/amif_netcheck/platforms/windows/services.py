"""Which services run in which process (EnumServicesStatusExW, a standard user's right): many share one `svchost.exe`."""

from __future__ import annotations

import ctypes
from ctypes import POINTER, Structure, byref, c_int32, c_uint32, c_uint64, c_void_p

from amif_netcheck.model.facts import Unavailable
from amif_netcheck.platforms.text import clean
from amif_netcheck.platforms.windows import libraries

_DLL = "advapi32.dll"
# winsvc.h
_MANAGER_ENUMERATE, _PROCESS_INFO, _WIN32_SERVICES, _ACTIVE = 0x0004, 0, 0x30, 1
_MORE_DATA = 234
_MOST_TRIES = 4
_ROOM = 256 * 1024
"""The most that one call gives."""


class ServiceRow(Structure):
    """ENUM_SERVICE_STATUS_PROCESSW."""

    _fields_ = (
        ("name", c_uint64),
        ("display_name", c_uint64),
        ("type", c_uint32),
        ("state", c_uint32),
        ("controls", c_uint32),
        ("exit_codes", c_uint32 * 2),
        ("check_point", c_uint32),
        ("wait_hint", c_uint32),
        ("pid", c_uint32),
        ("flags", c_uint32),
    )


class ServiceManager:
    """The calls that we make."""

    def running(self) -> tuple[bytes, int, int] | Unavailable:
        """A buffer of rows and the names they point to, where it lay in memory, and how many rows there are."""
        try:
            opening = libraries.function(
                _DLL, "OpenSCManagerW", c_void_p, c_void_p, c_uint32, result=c_void_p
            )
            closing = libraries.function(_DLL, "CloseServiceHandle", c_void_p)
            call = libraries.function(
                _DLL, "EnumServicesStatusExW", c_void_p, c_int32, c_uint32, c_uint32, c_void_p, c_uint32,
                POINTER(c_uint32), POINTER(c_uint32), POINTER(c_uint32), c_void_p,
            )  # fmt: skip
        except libraries.MissingFunctionError as error:
            return libraries.missing(error)
        manager = opening(None, None, _MANAGER_ENUMERATE)
        if not manager:
            return libraries.unavailable(libraries.last_error(), "OpenSCManagerW")
        needed, count = c_uint32(), c_uint32()
        room = ctypes.create_string_buffer(_ROOM)
        try:
            done = call(
                manager, _PROCESS_INFO, _WIN32_SERVICES, _ACTIVE, room, _ROOM, byref(needed), byref(count),
                byref(c_uint32()), None,
            )  # fmt: skip
            code = libraries.last_error()
        finally:
            closing(manager)
        if not done and code != _MORE_DATA:
            return libraries.unavailable(code, "EnumServicesStatusExW")
        return room.raw, ctypes.addressof(room), count.value


def by_process(manager: ServiceManager) -> dict[int, tuple[str, ...]]:
    """Process id -> names of its services, which no language changes; empty where Windows does not tell."""
    answer = manager.running()
    return {} if isinstance(answer, Unavailable) else parse(*answer)


def parse(room: bytes, base: int, count: int) -> dict[int, tuple[str, ...]]:
    """From the rows of EnumServicesStatusExW; `base` is where `room` lay, which the rows' pointers refer to."""
    size = ctypes.sizeof(ServiceRow)
    found: dict[int, tuple[str, ...]] = {}
    for number in range(min(count, len(room) // size)):
        row = ServiceRow.from_buffer_copy(room, number * size)
        name = _text(room, row.name - base)
        if row.pid and name:
            found[row.pid] = (*found.get(row.pid, ()), name)
    return found


def _text(room: bytes, begin: int) -> str:
    """UTF-16 up to its zero; empty where it is not in the buffer."""
    if not 0 <= begin < len(room):
        return ""
    end = begin
    while room[end : end + 2] not in {b"\0\0", b"\0", b""}:
        end += 2
    return clean(room[begin:end].decode("utf-16-le", "replace"))
