"""The name servers that Windows asks (GetNetworkParams): those with IPv4 addresses, in its order."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable
from ipaddress import AddressValueError, IPv4Address

_DONE, _TOO_SMALL = 0, 111
"""winerror.h: ERROR_SUCCESS, ERROR_BUFFER_OVERFLOW."""
_FIRST_ROOM = 4096
_TRIES = 3
_MOST = 16
_SYSTEM_FOLDER_ALONE = 0x800  # libloaderapi.h, LOAD_LIBRARY_SEARCH_SYSTEM32


class IpAddrString(ctypes.Structure):
    """IP_ADDR_STRING (iptypes.h): one of a list."""

    _fields_ = (
        ("next", ctypes.c_void_p),
        ("address", ctypes.c_char * 16),
        ("mask", ctypes.c_char * 16),
        ("context", ctypes.c_uint32),
    )


class FixedInfo(ctypes.Structure):
    """FIXED_INFO (iptypes.h), as far as the name servers; the others of the list lie behind it, in the same memory."""

    _fields_ = (
        ("host_name", ctypes.c_char * 132),
        ("domain_name", ctypes.c_char * 132),
        ("current", ctypes.c_void_p),
        ("first", IpAddrString),
    )


Ask = Callable[["ctypes.Array[ctypes.c_char]", int], tuple[int, int]]
"""GetNetworkParams into a buffer of so many bytes: its return code, and how many it needs."""


def listed(info: bytes, base: int) -> tuple[str, ...]:
    """The name servers in a FIXED_INFO that lies in memory at `base`."""
    found: dict[str, None] = {}
    at = FixedInfo.first.offset
    for _ in range(_MOST):
        if not 0 <= at <= len(info) - ctypes.sizeof(IpAddrString):
            break
        each = IpAddrString.from_buffer_copy(info, at)
        try:
            address = IPv4Address(each.address.decode("ascii", "replace"))
        except AddressValueError:
            address = IPv4Address(0)
        if not address.is_unspecified:
            found[str(address)] = None
        if not each.next:
            break
        at = each.next - base
    return tuple(found)


def configured(ask: Ask | None = None) -> tuple[str, ...]:
    """See above; none where it can't be asked."""
    ask = ask or _get_network_params
    room = _FIRST_ROOM
    for _ in range(_TRIES):
        buffer = ctypes.create_string_buffer(room)
        code, room = ask(buffer, room)
        if code == _DONE:
            return listed(buffer.raw, ctypes.addressof(buffer))
        if code != _TOO_SMALL:
            break
    return ()


def _get_network_params(buffer: ctypes.Array[ctypes.c_char], room: int) -> tuple[int, int]:
    size = ctypes.c_ulong(room)
    if sys.platform != "win32":
        return 50, room  # ERROR_NOT_SUPPORTED
    iphlpapi = ctypes.WinDLL("iphlpapi", winmode=_SYSTEM_FOLDER_ALONE)
    return iphlpapi.GetNetworkParams(buffer, ctypes.byref(size)), size.value
