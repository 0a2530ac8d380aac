"""iphlpapi.dll: the tables as they lie in memory, copied, for the parsers of `tables`. Asks nobody outside this computer."""

from __future__ import annotations

import ctypes
from ctypes import POINTER, byref, c_uint16, c_uint32, c_void_p
from ctypes import Structure as Layout
from typing import Any

from amif_netcheck.model.facts import Unavailable
from amif_netcheck.platforms.answers import Address
from amif_netcheck.platforms.windows import libraries, structures, tables

_DLL = "iphlpapi.dll"
_ERROR_INVALID_FUNCTION = 1
_OWNER_PID_ALL_TCP, _OWNER_PID_UDP = 5, 1  # iprtrmib.h, TCP_TABLE_OWNER_PID_ALL and UDP_TABLE_OWNER_PID
_MOST_TRIES = 4
_MOST_ROWS = 200_000
"""A table that claims more is none."""


class IpHelper:
    """The calls that we make, one method each. Any thread may make them."""

    def interfaces(self) -> bytes | Unavailable:
        """GetIfTable2."""
        return self._table("GetIfTable2", structures.IfRow2)

    def interface(self, index: int) -> bytes | Unavailable:
        """GetIfEntry2: the row of one interface, with its counters."""
        row = structures.IfRow2(index=index)
        try:
            call = libraries.function(_DLL, "GetIfEntry2", POINTER(structures.IfRow2))
        except libraries.MissingFunctionError as error:
            return libraries.missing(error)
        code = call(byref(row))
        return bytes(row) if code == libraries.ERROR_SUCCESS else libraries.unavailable(code, "GetIfEntry2")

    def addresses(self) -> bytes | Unavailable:
        """GetUnicastIpAddressTable, of both families."""
        return self._table("GetUnicastIpAddressTable", structures.UnicastAddressRow, tables.AF_UNSPEC)

    def routes(self) -> bytes | Unavailable:
        """GetIpForwardTable2, of both families."""
        return self._table("GetIpForwardTable2", structures.ForwardRow2, tables.AF_UNSPEC)

    def ip_interfaces(self) -> bytes | Unavailable:
        """GetIpInterfaceTable, of both families."""
        return self._table("GetIpInterfaceTable", structures.IpInterfaceRow, tables.AF_UNSPEC)

    def stack(self) -> bytes | Unavailable:
        """GetIfStackTable."""
        return self._table("GetIfStackTable", structures.IfStackRow)

    def neighbours(self, version: int) -> bytes | Unavailable:
        """GetIpNetTable2 of one IP version."""
        return self._table("GetIpNetTable2", structures.NeighbourRow2, tables.family(version))

    def best_interface(self, address: Address) -> int | Unavailable:
        """GetBestInterfaceEx: the index of the interface towards `address`."""
        index = c_uint32()
        try:
            call = libraries.function(
                _DLL, "GetBestInterfaceEx", POINTER(structures.SockaddrInet), POINTER(c_uint32)
            )
        except libraries.MissingFunctionError as error:
            return libraries.missing(error)
        code = call(byref(tables.sockaddr(address)), byref(index))
        return (
            index.value
            if code == libraries.ERROR_SUCCESS
            else libraries.unavailable(code, "GetBestInterfaceEx")
        )

    def best_route(self, address: Address) -> bytes | Unavailable:
        """GetBestRoute2: the route towards `address`."""
        row, source = structures.ForwardRow2(), structures.SockaddrInet()
        sockaddr = POINTER(structures.SockaddrInet)
        try:
            call = libraries.function(
                _DLL, "GetBestRoute2", c_void_p, c_uint32, sockaddr, sockaddr, c_uint32,
                POINTER(structures.ForwardRow2), sockaddr,
            )  # fmt: skip
        except libraries.MissingFunctionError as error:
            return libraries.missing(error)
        code = call(None, 0, None, byref(tables.sockaddr(address)), 0, byref(row), byref(source))
        return bytes(row) if code == libraries.ERROR_SUCCESS else libraries.unavailable(code, "GetBestRoute2")

    def connectivity(self, index: int) -> bytes | Unavailable:
        """GetNetworkConnectivityHintForInterface (Windows 10 2004 and later)."""
        hint = structures.ConnectivityHint()
        name = "GetNetworkConnectivityHintForInterface"
        try:
            call = libraries.function(_DLL, name, c_uint32, POINTER(structures.ConnectivityHint))
        except libraries.MissingFunctionError as error:
            return libraries.missing(error)
        code = call(index, byref(hint))
        return bytes(hint) if code == libraries.ERROR_SUCCESS else libraries.unavailable(code, name)

    def tcp(self, version: int) -> bytes | Unavailable:
        """GetExtendedTcpTable: all connections of one IP version, with their processes."""
        return self._extended("GetExtendedTcpTable", version, _OWNER_PID_ALL_TCP)

    def udp(self, version: int) -> bytes | Unavailable:
        """GetExtendedUdpTable."""
        return self._extended("GetExtendedUdpTable", version, _OWNER_PID_UDP)

    def _table(self, name: str, row: type[Layout], family: int | None = None) -> bytes | Unavailable:
        """A table that Windows allocates: a count, and rows at their alignment."""
        found = c_void_p()
        types: tuple[Any, ...] = (POINTER(c_void_p),) if family is None else (c_uint16, POINTER(c_void_p))
        try:
            call = libraries.function(_DLL, name, *types)
            free = libraries.function(_DLL, "FreeMibTable", c_void_p, result=None)
        except libraries.MissingFunctionError as error:
            return libraries.missing(error)
        code = call(byref(found)) if family is None else call(family, byref(found))
        # Wine answers with error 1 beside a table that is right.
        if not found.value or code not in {libraries.ERROR_SUCCESS, _ERROR_INVALID_FUNCTION}:
            return libraries.unavailable(code, name)
        try:
            count = min(int.from_bytes(ctypes.string_at(found.value, 4), "little"), _MOST_ROWS)
            return ctypes.string_at(found.value, tables.start(row) + count * ctypes.sizeof(row))
        finally:
            free(found)

    def _extended(self, name: str, version: int, kind: int) -> bytes | Unavailable:
        """A table that we have to make room for; it may grow meanwhile."""
        size = c_uint32()
        try:
            call = libraries.function(
                _DLL, name, c_void_p, POINTER(c_uint32), c_uint32, c_uint32, c_uint32, c_uint32
            )
        except libraries.MissingFunctionError as error:
            return libraries.missing(error)
        for _ in range(_MOST_TRIES):
            room = ctypes.create_string_buffer(size.value)
            code = call(room if size.value else None, byref(size), 0, tables.family(version), kind, 0)
            if code == libraries.ERROR_SUCCESS:
                return room.raw
            if code != libraries.ERROR_INSUFFICIENT_BUFFER:
                break
        return libraries.unavailable(code, name)
