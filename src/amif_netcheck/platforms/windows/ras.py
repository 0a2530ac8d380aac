"""What Windows itself has dialled: its own VPNs (IKEv2, SSTP, L2TP, PPTP) and their plug-ins, PPPoE, modems (rasapi32.dll)."""

from __future__ import annotations

import ctypes
from ctypes import POINTER, Structure, byref, c_uint8, c_uint16, c_uint32, c_uint64, c_void_p
from enum import Enum

from msgspec import Struct

from amif_netcheck.model.facts import Unavailable
from amif_netcheck.platforms.windows import libraries, tables

_DLL = "rasapi32.dll"
_BUFFER_TOO_SMALL, _INVALID_HANDLE = 603, 6  # raserror.h, winerror.h
_MOST_TRIES = 4


class RasLine(Enum):
    """What a connection goes over: RASDT_… of ras.h, in lower case."""

    VPN = "vpn"
    PPPOE = "pppoe"
    MODEM = "modem"
    ISDN = "isdn"
    OTHER = ""


class RasEntryRow(Structure):
    """RASCONNW, as Windows 7 and later have it: ras.h packs its fields to four bytes."""

    _pack_ = 4
    _layout_ = "ms"
    _fields_ = (
        ("size", c_uint32),
        ("handle", c_uint64),
        ("entry", c_uint16 * 257),
        ("device_type", c_uint16 * 17),
        ("device", c_uint16 * 129),
        ("phonebook", c_uint16 * 260),
        ("sub_entry", c_uint32),
        ("guid", c_uint8 * 16),
        ("flags", c_uint32),
        ("luid", c_uint32 * 2),
        ("correlation", c_uint8 * 16),
    )


class RasStatus(Structure):
    """RASCONNSTATUSW, as Windows 7 and later have it."""

    _pack_ = 4
    _layout_ = "ms"
    _fields_ = (
        ("size", c_uint32),
        ("state", c_uint32),
        ("error", c_uint32),
        ("device_type", c_uint16 * 17),
        ("device", c_uint16 * 129),
        ("number", c_uint16 * 129),
        ("ends", c_uint32 * 10),
        ("sub_state", c_uint32),
    )


class RasConnection(Struct, frozen=True, kw_only=True):
    """A connection: `entry` is the name it was given, which its interface bears too."""

    handle: int
    entry: str
    line: RasLine = RasLine.OTHER
    guid: str = ""


class Ras:
    """The calls that we make, one method each."""

    def connections(self) -> bytes | Unavailable:
        """RasEnumConnectionsW: rows of `RasEntryRow`."""
        size, count = c_uint32(ctypes.sizeof(RasEntryRow)), c_uint32()
        try:
            call = libraries.function(
                _DLL, "RasEnumConnectionsW", c_void_p, POINTER(c_uint32), POINTER(c_uint32)
            )
        except libraries.MissingFunctionError as error:
            return libraries.missing(error)
        for _ in range(_MOST_TRIES):
            room = ctypes.create_string_buffer(max(size.value, ctypes.sizeof(RasEntryRow)))
            c_uint32.from_buffer(room).value = ctypes.sizeof(RasEntryRow)
            code = call(room, byref(size), byref(count))
            if code == libraries.ERROR_SUCCESS:
                return room.raw[: count.value * ctypes.sizeof(RasEntryRow)]
            if code != _BUFFER_TOO_SMALL:
                break
        return libraries.unavailable(code, "RasEnumConnectionsW")

    def is_up(self, handle: int) -> bool | Unavailable:
        """RasGetConnectStatusW: False once the connection is no more."""
        status = RasStatus(size=ctypes.sizeof(RasStatus))
        try:
            call = libraries.function(_DLL, "RasGetConnectStatusW", c_void_p, POINTER(RasStatus))
        except libraries.MissingFunctionError as error:
            return libraries.missing(error)
        code = call(handle, byref(status))
        if code in {libraries.ERROR_SUCCESS, _INVALID_HANDLE}:
            return bool(code == libraries.ERROR_SUCCESS)
        return libraries.unavailable(code, "RasGetConnectStatusW")

    def hang_up(self, handle: int) -> Unavailable | None:
        """RasHangUpW: it returns at once, and the connection ends a little later."""
        try:
            call = libraries.function(_DLL, "RasHangUpW", c_void_p)
        except libraries.MissingFunctionError as error:
            return libraries.missing(error)
        code = call(handle)
        return None if code == libraries.ERROR_SUCCESS else libraries.unavailable(code, "RasHangUpW")


def parse(rows: bytes) -> tuple[RasConnection, ...]:
    """As many rows as are whole."""
    size = ctypes.sizeof(RasEntryRow)
    found = []
    for start in range(0, len(rows) - size + 1, size):
        row = RasEntryRow.from_buffer_copy(rows, start)
        kind = tables.text(row.device_type).casefold()
        line = next((line for line in RasLine if line.value == kind), RasLine.OTHER)
        found.append(
            RasConnection(
                handle=row.handle, entry=tables.text(row.entry), line=line, guid=bytes(row.guid).hex()
            )
        )
    return tuple(found)


def connections(ras: Ras) -> tuple[RasConnection, ...] | Unavailable:
    """What is dialled now; empty where the service that dials has never run."""
    rows = ras.connections()
    return rows if isinstance(rows, Unavailable) else parse(rows)
