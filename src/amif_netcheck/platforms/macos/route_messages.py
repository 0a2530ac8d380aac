"""The kernel's routing messages, as bytes to routes and back (xnu: net/route.h, net/if_dl.h, netinet/in.h). Pure.

A message is a header, then the sockaddrs that its bit mask `addrs` names, each padded to 4 bytes. A sockaddr begins with its
length and its family; masks are cut after their last byte that isn't 0, and their family means nothing.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from ipaddress import IPv6Address, ip_address
from typing import NamedTuple

from msgspec import Struct

from amif_netcheck.platforms.answers import Address

# net/route.h
UP, GATEWAY, HOST, REJECT = 0x1, 0x2, 0x4, 0x8
STATIC, BLACKHOLE, LINK_LAYER = 0x800, 0x1000, 0x400
CLONING, CLONED = 0x100, 0x20000
LOCAL, BROADCAST, MULTICAST, SCOPED = 0x200000, 0x400000, 0x800000, 0x1000000
VERSION, GET, GET_FROM_TABLE = 5, 0x4, 0x14
_DESTINATION, _GATEWAY, _MASK, _INTERFACE, _SOURCE = 0, 1, 2, 4, 5
_ADDRESSES = 8

HEADER = struct.Struct("=HBBHxxiiiiiiI14I")
"""rt_msghdr: length, version, type, interface index, flags, addrs, pid, sequence, errno, use, inits, rt_metrics.

rt_msghdr2, which tables are made of, has other meanings in place of pid, sequence and errno, and the same size.
"""
_PRELUDE = struct.Struct("=HBB")
_EXPIRES = 14
"""Where rmx_expire is among the header's values: seconds since 1970, 0 for never."""

# sys/socket.h of Darwin: not the numbers of other systems
INET, INET6, LINK = 2, 30, 18
_INET_ADDRESS, _INET6_ADDRESS = slice(4, 8), slice(8, 24)
_SCOPE = struct.Struct("=I")
_LINK_HEADER = struct.Struct("=BBHBBBB")
"""sockaddr_dl: length, family, interface index, type, lengths of name, address and selector; then name and address."""
_SOCKADDR_IN, _SOCKADDR_IN6, _SOCKADDR_DL = 16, 28, 20


class RouteEntry(Struct, frozen=True, kw_only=True):
    """A route. `gateway` is empty where its destinations are on the link itself; `mac` is theirs, of a neighbour.

    `source`, where the kernel said so, is the address that packets get. `expires` counts seconds since 1970, 0 for never.
    """

    destination: str
    prefix: int
    interface: int
    flags: int
    gateway: str = ""
    mac: str = ""
    source: str = ""
    expires: int = 0

    @property
    def forbids(self) -> bool:
        """Are its packets turned back or thrown away?"""
        return bool(self.flags & (REJECT | BLACKHOLE))

    @property
    def scoped(self) -> bool:
        """Is it only for sockets that chose its interface themselves?"""
        return bool(self.flags & SCOPED)

    @property
    def is_default(self) -> bool:
        """Does it lead everywhere?"""
        return self.prefix == 0


class RoutingAnswer(NamedTuple):
    """An answer on a routing socket: to which question of which process, why there is none, and the route."""

    pid: int
    sequence: int
    error: int
    route: RouteEntry | None


def question(address: Address, pid: int, sequence: int) -> bytes:
    """RTM_GET: which route do packets to `address` take, and by which interface?"""
    if address.version == 4:  # noqa: PLR2004 - IP version
        destination = struct.pack("=BBxx4s8x", _SOCKADDR_IN, INET, address.packed)
    else:
        destination = struct.pack("=BBxxxxxx16sI", _SOCKADDR_IN6, INET6, address.packed, 0)
    interface = struct.pack("=BB18x", _SOCKADDR_DL, LINK)
    length = HEADER.size + len(destination) + len(interface)
    addrs = 1 << _DESTINATION | 1 << _INTERFACE
    return (
        HEADER.pack(length, VERSION, GET, 0, UP | HOST, addrs, pid, sequence, 0, 0, 0, *[0] * 14)
        + destination
        + interface
    )


def answer(message: bytes) -> RoutingAnswer | None:
    """The answer in a message of a routing socket; None when it is something else."""
    if len(message) < HEADER.size:
        return None
    length, version, kind, *_ = values = HEADER.unpack_from(message)
    if version != VERSION or kind != GET or length > len(message):
        return None
    return RoutingAnswer(values[6], values[7], values[8], _entry(message[:length]))


def parse_table(dump: bytes) -> tuple[RouteEntry, ...]:
    """All routes of a dump of the kernel's tables (sysctl NET_RT_DUMP2 or NET_RT_FLAGS), as far as it makes sense."""
    entries = (_entry(message) for message in _messages(dump))
    return tuple(entry for entry in entries if entry is not None)


def _messages(dump: bytes) -> Iterator[bytes]:
    offset = 0
    while offset + HEADER.size <= len(dump):
        length, version, kind = _PRELUDE.unpack_from(dump, offset)
        if length < HEADER.size or offset + length > len(dump):
            return
        if version == VERSION and kind in {GET, GET_FROM_TABLE}:
            yield dump[offset : offset + length]
        offset += length


def _entry(message: bytes) -> RouteEntry | None:
    values = HEADER.unpack_from(message)
    index, flags, addrs = values[3:6]
    sockaddrs = _sockaddrs(message[HEADER.size :], addrs)
    destination, scope = _ip(sockaddrs.get(_DESTINATION, b""))
    if destination is None:
        return None
    gateway = sockaddrs.get(_GATEWAY, b"")
    hop, _ = _ip(gateway)
    source, _ = _ip(sockaddrs.get(_SOURCE, b""))
    return RouteEntry(
        destination=str(destination),
        prefix=_prefix(destination, flags, sockaddrs.get(_MASK)),
        interface=index or scope,
        flags=flags & 0xFFFFFFFF,
        gateway=str(hop) if hop is not None and flags & GATEWAY else "",
        mac=_mac(gateway),
        source="" if source is None else str(source),
        expires=values[_EXPIRES],
    )


def _sockaddrs(data: bytes, addrs: int) -> dict[int, bytes]:
    """By place in the bit mask; one of length 0 takes 4 bytes."""
    found: dict[int, bytes] = {}
    offset = 0
    for place in range(_ADDRESSES):
        if not addrs & 1 << place or offset >= len(data):
            continue
        length = data[offset]
        found[place] = data[offset : offset + length]
        offset += max(4, (length + 3) & ~3)
    return found


def _ip(sockaddr: bytes) -> tuple[Address | None, int]:
    """(address, interface index) of a sockaddr; the index is inside an IPv6 address that counts on one link alone (KAME)."""
    if len(sockaddr) < 2:  # noqa: PLR2004 - length and family
        return None, 0
    family = sockaddr[1]
    if family == INET:
        return ip_address(sockaddr[_INET_ADDRESS].ljust(4, b"\0")), 0
    if family != INET6:
        return None, 0
    packed = sockaddr[_INET6_ADDRESS].ljust(16, b"\0")
    scope = _SCOPE.unpack_from(sockaddr, 24)[0] if len(sockaddr) >= _SOCKADDR_IN6 else 0
    if _counts_on_one_link(packed):
        scope = scope or int.from_bytes(packed[2:4], "big")
        packed = packed[:2] + b"\0\0" + packed[4:]
    return IPv6Address(packed), scope


def _counts_on_one_link(packed: bytes) -> bool:
    """fe80::/10, and groups of an interface or a link (ff01::/16, ff02::/16)."""
    unicast = packed[0] == 0xFE and packed[1] & 0xC0 == 0x80  # noqa: PLR2004 - fe80::/10
    return unicast or (packed[0] == 0xFF and packed[1] & 0x0F in {1, 2})  # noqa: PLR2004 - ff00::/8


def _prefix(destination: Address, flags: int, mask: bytes | None) -> int:
    if flags & HOST or mask is None:
        return destination.max_prefixlen
    first = _INET_ADDRESS.start if destination.version == 4 else _INET6_ADDRESS.start  # noqa: PLR2004 - IP version
    bits = mask[first : first + destination.max_prefixlen // 8]
    return sum(byte.bit_count() for byte in bits)


def _mac(sockaddr: bytes) -> str:
    """The hardware address in a sockaddr_dl, in lower case; empty when there is none."""
    if len(sockaddr) < _LINK_HEADER.size or sockaddr[1] != LINK:
        return ""
    _, _, _, _, name_length, length, _ = _LINK_HEADER.unpack_from(sockaddr)
    start = _LINK_HEADER.size + name_length
    address = sockaddr[start : start + length]
    return address.hex(":") if length and len(address) == length else ""
