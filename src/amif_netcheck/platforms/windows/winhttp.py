"""winhttp.dll: which proxy the person has set up, and netapi32.dll: whether the computer belongs to a domain. Looks nothing up."""

from __future__ import annotations

import ctypes
from ctypes import POINTER, Structure, byref, c_int32, c_uint32, c_void_p

from amif_netcheck.model.facts import Unavailable
from amif_netcheck.platforms.text import clean
from amif_netcheck.platforms.windows import libraries

_DLL = "winhttp.dll"
_DOMAIN = 3  # lmjoin.h, NetSetupDomainName
_LONGEST = 32_768


class IeProxyConfig(Structure):
    """WINHTTP_CURRENT_USER_IE_PROXY_CONFIG: a flag, and three texts that are ours to free."""

    _fields_ = (("auto_detect", c_int32), ("script", c_void_p), ("proxy", c_void_p), ("bypass", c_void_p))


class ProxyCalls:
    """The calls that we make, one method each."""

    def of_person(self) -> tuple[str, str, str, bool] | Unavailable:
        """WinHttpGetIEProxyConfigForCurrentUser: proxy, exceptions, script, and whether one is searched for."""
        config = IeProxyConfig()
        name = "WinHttpGetIEProxyConfigForCurrentUser"
        try:
            call = libraries.function(_DLL, name, POINTER(IeProxyConfig))
        except libraries.MissingFunctionError as error:
            return libraries.missing(error)
        if not call(byref(config)):
            return libraries.unavailable(libraries.last_error(), name)
        return (
            _taken(config.proxy),
            _taken(config.bypass),
            _taken(config.script),
            bool(config.auto_detect),
        )

    def in_domain(self) -> bool | Unavailable:
        """NetGetJoinInformation of this computer itself."""
        found, status = c_void_p(), c_uint32()
        try:
            call = libraries.function(
                "netapi32.dll", "NetGetJoinInformation", c_void_p, POINTER(c_void_p), POINTER(c_uint32)
            )
            free = libraries.function("netapi32.dll", "NetApiBufferFree", c_void_p)
        except libraries.MissingFunctionError as error:
            return libraries.missing(error)
        code = call(None, byref(found), byref(status))
        if found.value:
            free(found)
        if code != libraries.ERROR_SUCCESS:
            return libraries.unavailable(code, "NetGetJoinInformation")
        return bool(status.value == _DOMAIN)


def _taken(pointer: int | None) -> str:
    """A text that Windows has allocated for us, which is freed."""
    if not pointer:
        return ""
    units = bytearray()
    while len(units) < _LONGEST and (unit := ctypes.string_at(pointer + len(units), 2)) != b"\0\0":
        units += unit
    libraries.function("kernel32.dll", "GlobalFree", c_void_p, result=c_void_p)(pointer)
    return clean(units.decode("utf-16-le", "replace"))
