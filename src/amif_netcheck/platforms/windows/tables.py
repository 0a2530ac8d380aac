"""Windows' network tables from their bytes. Pure; bytes of any kind give rows or nothing, and never an error."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from ctypes import Structure as Layout
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any, TypeVar
from uuid import UUID

from msgspec import Struct

from amif_netcheck.platforms.answers import Address
from amif_netcheck.platforms.text import clean
from amif_netcheck.platforms.windows import structures
from amif_netcheck.platforms.windows.structures import SockaddrInet

AF_UNSPEC, AF_INET, AF_INET6 = 0, 2, 23  # ws2def.h

# netioapi.h, MIB_IF_ROW2.InterfaceAndOperStatusFlags
_HARDWARE, _FILTER, _CONNECTOR = 0x01, 0x02, 0x04
_USABLE_ADDRESSES = {3, 4}  # nldef.h, NL_DAD_STATE: deprecated, preferred

Row = TypeVar("Row", bound=Layout)


class InterfaceRow(Struct, frozen=True, kw_only=True):
    """What Windows tells of an interface. `alias` is the name that people see and may change, `guid` that of its adapter.

    `type` is an ifType of IANA, `tunnel_type` one of its tunnelType; `media` and `medium` are NDIS_MEDIUM and
    NDIS_PHYSICAL_MEDIUM. `hardware`: its driver says that it drives hardware. Speeds are in bit/s, counters in bytes.
    """

    index: int
    guid: str = ""
    alias: str = ""
    description: str = ""
    mac: str = ""
    permanent_mac: str = ""
    type: int = 0
    tunnel_type: int = 0
    media: int = 0
    medium: int = 0
    hardware: bool = False
    filter: bool = False
    connector: bool = False
    status: int = 0
    send_bit_s: int = 0
    receive_bit_s: int = 0
    received: int = 0
    sent: int = 0


class AddressRow(Struct, frozen=True, kw_only=True):
    """An address of this computer and the length of its network's prefix."""

    index: int
    address: str
    prefix: int


class RouteRow(Struct, frozen=True, kw_only=True):
    """A route. `hop` is empty where the destinations are on the link."""

    index: int
    to: str
    hop: str = ""
    metric: int = 0


class NeighbourEntry(Struct, frozen=True, kw_only=True):
    """An entry of the ARP or NDP table; `state` is an NL_NEIGHBOR_STATE, `age_ms` the time since it was last reachable."""

    index: int
    address: str
    mac: str
    state: int
    age_ms: int


class SocketEntry(Struct, frozen=True, kw_only=True):
    """A TCP connection or a UDP socket, and the process that holds it; a UDP socket has no remote end here."""

    pid: int
    local: str
    local_port: int
    remote: str = ""
    remote_port: int = 0
    state: int = 0
    udp: bool = False


def start(row: type[Layout]) -> int:
    """Where the rows of a table begin, behind their count."""
    return max(4, ctypes.alignment(row))


def family(version: int) -> int:
    """The address family of an IP version."""
    return AF_INET if version == 4 else AF_INET6  # noqa: PLR2004 - IP version


def sockaddr(address: Address, scope: int = 0) -> SockaddrInet:
    """An address as Windows takes it."""
    made = SockaddrInet(family=family(address.version), scope_id=scope)
    if isinstance(address, IPv4Address):
        made.flowinfo[:] = address.packed
    else:
        made.address[:] = address.packed
    return made


def address_of(given: SockaddrInet) -> Address | None:
    """The address in it; None for another family."""
    if given.family == AF_INET:
        return ip_address(bytes(given.flowinfo))
    return ip_address(bytes(given.address)) if given.family == AF_INET6 else None


def interfaces(table: bytes) -> tuple[InterfaceRow, ...]:
    """Rows of GetIfTable2."""
    return tuple(map(_interface, _rows(table, structures.IfRow2)))


def interface(row: bytes) -> InterfaceRow | None:
    """The row of GetIfEntry2."""
    whole = len(row) >= ctypes.sizeof(structures.IfRow2)
    return _interface(structures.IfRow2.from_buffer_copy(row)) if whole else None


def addresses(table: bytes) -> tuple[AddressRow, ...]:
    """Rows of GetUnicastIpAddressTable, without those that are not in use yet or any more."""
    found = []
    for row in _rows(table, structures.UnicastAddressRow):
        address = address_of(row.address)
        if address is not None and row.dad_state in _USABLE_ADDRESSES:
            prefix = min(row.on_link_prefix_length, address.max_prefixlen)
            found.append(AddressRow(index=row.index, address=str(address), prefix=prefix))
    return tuple(found)


def routes(table: bytes) -> tuple[RouteRow, ...]:
    """Rows of GetIpForwardTable2."""
    rows = (route(bytes(row)) for row in _rows(table, structures.ForwardRow2))
    return tuple(row for row in rows if row is not None)


def route(row: bytes) -> RouteRow | None:
    """The row of GetBestRoute2, or one of a table."""
    if len(row) < ctypes.sizeof(structures.ForwardRow2):
        return None
    given = structures.ForwardRow2.from_buffer_copy(row)
    to, hop = address_of(given.destination), address_of(given.next_hop)
    if to is None or given.prefix_length > to.max_prefixlen:
        return None
    return RouteRow(
        index=given.index,
        to=f"{to}/{given.prefix_length}",
        hop="" if hop is None or hop.is_unspecified else str(hop),
        metric=given.metric,
    )


def metrics(table: bytes) -> dict[tuple[int, int], int]:
    """Rows of GetIpInterfaceTable: the metric by IP version and interface, which a route's own is added to."""
    versions = {AF_INET: 4, AF_INET6: 6}
    rows = _rows(table, structures.IpInterfaceRow)
    return {(versions[row.family], row.index): row.metric for row in rows if row.family in versions}


def stack(table: bytes) -> tuple[tuple[int, int], ...]:
    """Rows of GetIfStackTable: the index of an interface, and of one right below it."""
    return tuple((row.higher, row.lower) for row in _rows(table, structures.IfStackRow))


def neighbours(table: bytes) -> tuple[NeighbourEntry, ...]:
    """Rows of GetIpNetTable2."""
    return tuple(
        NeighbourEntry(
            index=row.index,
            address=str(address),
            mac=_mac(row.physical_address, row.physical_address_length),
            state=row.state,
            age_ms=row.reachability_ms,
        )
        for row in _rows(table, structures.NeighbourRow2)
        if (address := address_of(row.address)) is not None
    )


def tcp(table: bytes, version: int) -> tuple[SocketEntry, ...]:
    """Rows of GetExtendedTcpTable."""
    layout = structures.TcpRow if version == 4 else structures.Tcp6Row  # noqa: PLR2004 - IP version
    return tuple(
        SocketEntry(
            pid=row.pid,
            local=_text(row.local_address),
            local_port=_port(row.local_port),
            remote=_text(row.remote_address),
            remote_port=_port(row.remote_port),
            state=row.state,
        )
        for row in _rows(table, layout)
    )


def udp(table: bytes, version: int) -> tuple[SocketEntry, ...]:
    """Rows of GetExtendedUdpTable."""
    layout = structures.UdpRow if version == 4 else structures.Udp6Row  # noqa: PLR2004 - IP version
    return tuple(
        SocketEntry(pid=row.pid, local=_text(row.local_address), local_port=_port(row.local_port), udp=True)
        for row in _rows(table, layout)
    )


def text(units: Any) -> str:
    """A name in UTF-16 up to its zero."""
    return clean(bytes(units).decode("utf-16-le", "replace").partition("\0")[0])


def _rows(table: bytes, layout: type[Row]) -> Iterator[Any]:
    """As many rows as are whole, of those that the table says it has."""
    size, begin = ctypes.sizeof(layout), start(layout)
    count = min(int.from_bytes(table[:4], "little"), max(0, len(table) - begin) // size)
    for number in range(count):
        yield layout.from_buffer_copy(table, begin + number * size)


def _interface(row: Any) -> InterfaceRow:
    return InterfaceRow(
        index=row.index,
        guid=f"{{{UUID(bytes_le=bytes(row.guid))}}}",
        alias=text(row.alias),
        description=text(row.description),
        mac=_mac(row.physical_address, row.physical_address_length),
        permanent_mac=_mac(row.permanent_physical_address, row.physical_address_length),
        type=row.type,
        tunnel_type=row.tunnel_type,
        media=row.media_type,
        medium=row.physical_medium_type,
        hardware=bool(row.flags & _HARDWARE),
        filter=bool(row.flags & _FILTER),
        connector=bool(row.flags & _CONNECTOR),
        status=row.oper_status,
        send_bit_s=row.transmit_link_speed,
        receive_bit_s=row.receive_link_speed,
        received=row.in_octets,
        sent=row.out_octets,
    )


def _mac(octets: Any, length: int) -> str:
    """A hardware address of Ethernet's kind; empty where there is none."""
    given = bytes(octets)[:length]
    return given.hex(":") if len(given) == 6 and any(given) else ""  # noqa: PLR2004 - EUI-48


def _text(octets: Any) -> str:
    address = ip_address(bytes(octets))
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return str(mapped or address)


def _port(octets: Any) -> int:
    return int.from_bytes(bytes(octets)[:2], "big")
