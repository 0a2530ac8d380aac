"""wlanapi.dll: what is asked of a Wi-Fi adapter, and the structures of the answers (wlanapi.h, windot11.h). Never a scan.

Since Windows 11 24H2 some questions are the location's, too: to ask them unpermitted would make Windows ask the person.
`LOCATING` names them; who asks has to know that the person has allowed it.
"""

from __future__ import annotations

import ctypes
from ctypes import POINTER, byref, c_int32, c_uint8, c_uint16, c_uint32, c_uint64, c_void_p
from ctypes import Structure as Layout
from types import TracebackType
from typing import Self
from uuid import UUID

from amif_netcheck.model.facts import Unavailable
from amif_netcheck.platforms.windows import libraries

_DLL = "wlanapi.dll"
_VERSION = 2  # Vista and later
# wlanapi.h, WLAN_INTF_OPCODE
CURRENT_CONNECTION, CHANNEL_NUMBER, REALTIME_QUALITY, RSSI = 7, 8, 19, 0x10000102
LOCATING = frozenset({CURRENT_CONNECTION})
"""Of the opcodes; beside them the list of what was heard (`networks`). Microsoft: "Changes to API behavior for Wi-Fi access
and location"."""
_ANY_BSS = 3
_MOST_BYTES = 1 << 20


class Dot11Ssid(Layout):
    """DOT11_SSID."""

    _fields_ = (("length", c_uint32), ("octets", c_uint8 * 32))


class ConnectionAttributes(Layout):
    """WLAN_CONNECTION_ATTRIBUTES with the WLAN_ASSOCIATION_ATTRIBUTES in it. Rates in kbit/s."""

    _fields_ = (
        ("state", c_uint32),
        ("mode", c_uint32),
        ("profile", c_uint16 * 256),
        ("ssid", Dot11Ssid),
        ("bss_type", c_uint32),
        ("bssid", c_uint8 * 6),
        ("phy_type", c_uint32),
        ("phy_index", c_uint32),
        ("signal_quality", c_uint32),
        ("rx_rate", c_uint32),
        ("tx_rate", c_uint32),
        ("security", c_uint32 * 4),
    )


class RealtimeQuality(Layout):
    """WLAN_REALTIME_CONNECTION_QUALITY, without its links. Rates in kbit/s."""

    _fields_ = (
        ("phy_type", c_uint32),
        ("link_quality", c_uint32),
        ("rx_rate", c_uint32),
        ("tx_rate", c_uint32),
        ("is_multi_link", c_uint32),
        ("links", c_uint32),
    )


class RealtimeLink(Layout):
    """WLAN_REALTIME_CONNECTION_QUALITY_LINK_INFO."""

    _fields_ = (
        ("link_id", c_uint8),
        ("frequency_mhz", c_uint32),
        ("bandwidth", c_uint32),
        ("rssi", c_int32),
        ("rates", c_uint32),
        ("rate_set", c_uint16 * 126),
    )


class BssEntry(Layout):
    """WLAN_BSS_ENTRY; the frequency in kHz."""

    _fields_ = (
        ("ssid", Dot11Ssid),
        ("phy_id", c_uint32),
        ("bssid", c_uint8 * 6),
        ("bss_type", c_uint32),
        ("phy_type", c_uint32),
        ("rssi", c_int32),
        ("link_quality", c_uint32),
        ("in_reg_domain", c_uint8),
        ("beacon_period", c_uint16),
        ("timestamp", c_uint64),
        ("host_timestamp", c_uint64),
        ("capabilities", c_uint16),
        ("frequency_khz", c_uint32),
        ("rates", c_uint32),
        ("rate_set", c_uint16 * 126),
        ("ie_offset", c_uint32),
        ("ie_size", c_uint32),
    )


class Wlan:
    """A session with the Wi-Fi service; the calls that we make, one method each."""

    def __init__(self) -> None:
        self._handle = c_void_p()
        self._failure: Unavailable | None = None

    def __enter__(self) -> Self:
        try:
            call = libraries.function(
                _DLL, "WlanOpenHandle", c_uint32, c_void_p, POINTER(c_uint32), POINTER(c_void_p)
            )
        except libraries.MissingFunctionError as error:  # editions without media features, and servers
            self._failure = libraries.missing(error)
            return self
        code = call(_VERSION, None, byref(c_uint32()), byref(self._handle))
        if code != libraries.ERROR_SUCCESS:
            self._failure = libraries.unavailable(code, "WlanOpenHandle")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._failure is None:
            libraries.function(_DLL, "WlanCloseHandle", c_void_p, c_void_p)(self._handle, None)

    def query(self, guid: str, opcode: int) -> bytes | Unavailable:
        """WlanQueryInterface: what the adapter answers to one question."""
        if self._failure is not None:
            return self._failure
        size, found, kind = c_uint32(), c_void_p(), c_uint32()
        try:
            call = libraries.function(
                _DLL, "WlanQueryInterface", c_void_p, c_void_p, c_uint32, c_void_p, POINTER(c_uint32),
                POINTER(c_void_p), POINTER(c_uint32),
            )  # fmt: skip
        except libraries.MissingFunctionError as error:
            return libraries.missing(error)
        code = call(self._handle, _guid(guid), opcode, None, byref(size), byref(found), byref(kind))
        return self._copied(found, size.value, code, f"WlanQueryInterface {opcode:#x}")

    def networks(self, guid: str) -> bytes | Unavailable:
        """WlanGetNetworkBssList: what was heard at the last scan, whoever asked for it."""
        if self._failure is not None:
            return self._failure
        found = c_void_p()
        try:
            call = libraries.function(
                _DLL, "WlanGetNetworkBssList", c_void_p, c_void_p, c_void_p, c_uint32, c_uint32, c_void_p,
                POINTER(c_void_p),
            )  # fmt: skip
        except libraries.MissingFunctionError as error:
            return libraries.missing(error)
        code = call(self._handle, _guid(guid), None, _ANY_BSS, 0, None, byref(found))
        size = int.from_bytes(ctypes.string_at(found.value, 4), "little") if found.value else 0
        return self._copied(found, size, code, "WlanGetNetworkBssList")

    def _copied(self, found: c_void_p, size: int, code: int, asked: str) -> bytes | Unavailable:
        if code != libraries.ERROR_SUCCESS or not found.value:
            return libraries.unavailable(code, asked)
        try:
            return ctypes.string_at(found.value, min(size, _MOST_BYTES))
        finally:
            libraries.function(_DLL, "WlanFreeMemory", c_void_p, result=None)(found)


def _guid(text: str) -> bytes:
    return UUID(text).bytes_le
