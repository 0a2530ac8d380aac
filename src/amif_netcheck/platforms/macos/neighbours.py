"""The neighbour tables: ARP from the kernel, else arp(8); NDP from ndp(8). Neither tool has a language. Sends nothing."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator
from ipaddress import ip_address
from typing import NamedTuple

from amif_netcheck.model.facts import Reason, Unavailable
from amif_netcheck.platforms.answers import Neighbour
from amif_netcheck.platforms.macos import route_messages
from amif_netcheck.platforms.macos.netstat import full_mac
from amif_netcheck.platforms.macos.network_kernel import NetworkKernel
from amif_netcheck.platforms.macos.tools import Tools

_TOOL_S = 2.0
_RECENT_S = 600
"""Entries are kept for longer: a device that was not heard of for so long may be gone."""
_ARP_LIFE_S = 1200
"""net.link.ether.inet.max_age: an entry expires so long after it was last confirmed (xnu, bsd/netinet/in_arp.c)."""
_NDP_STALE_LIFE_S = 86_400
"""nd6_gctimer: an entry expires so long after it was last confirmed and went stale (xnu, bsd/netinet6/nd6.c)."""
_WITHHELD = "02:00:00:00:00:00"
"""What the kernel shows in place of hardware addresses to those who may not see them (xnu, bsd/net/dlil.c)."""
_GROUP_BIT = 0x01  # IEEE 802: a group of stations, not one

_ARP_LINE = re.compile(r"^\S+ \(([0-9.]+)\) at ([0-9A-Fa-f:]+) on (\S+)(.*)$")
_EXPIRY = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(\d+)s")
_STATES = frozenset({"R", "S", "D", "P"})
"""Of RFC 4861: reachable, stale, delay, probe; not those that have no state, or are incomplete."""
_NDP_COLUMNS = 5
_CONFIRMED = frozenset({"R", "D", "P"})


class _Entry(NamedTuple):
    """An entry of either table; `age_s`: at most so long ago it was confirmed, None where nobody tells."""

    address: str
    mac: str
    interface: str
    age_s: float | None
    permanent: bool = False


def of_interface(
    interface: str, index: int, kernel: NetworkKernel, tools: Tools
) -> tuple[Neighbour, ...] | Unavailable:
    """See `Platform.neighbours`."""
    arp = _arp(interface, index, kernel, tools)
    shown = tools.output("/usr/sbin/ndp", "-an", seconds=_TOOL_S)
    ndp = shown if isinstance(shown, Unavailable) else tuple(parse_ndp(shown))
    if isinstance(arp, Unavailable) and (arp.reason is not Reason.ERROR or isinstance(ndp, Unavailable)):
        return arp  # ERROR: it wrote nothing, having nothing to show
    entries = [entry for table in (arp, ndp) if not isinstance(table, Unavailable) for entry in table]
    return _stations(entry for entry in entries if entry.interface == interface)


def _arp(interface: str, index: int, kernel: NetworkKernel, tools: Tools) -> tuple[_Entry, ...] | Unavailable:
    try:
        entries = tuple(parse_table(kernel.neighbours(), interface, index, time.time()))
    except OSError:
        entries = ()
    if entries and any(entry.mac != _WITHHELD for entry in entries):
        return entries
    shown = tools.output("/usr/sbin/arp", "-an", seconds=_TOOL_S)
    return shown if isinstance(shown, Unavailable) else tuple(parse_arp(shown))


def parse_table(dump: bytes, interface: str, index: int, now: float) -> Iterator[_Entry]:
    """From the kernel's routes to neighbours, those of one interface; `now` in seconds since 1970, as they expire."""
    for route in route_messages.parse_table(dump):
        if route.interface == index and route.mac:
            age_s = _ARP_LIFE_S - (route.expires - now)
            yield _Entry(route.destination, route.mac, interface, age_s, permanent=not route.expires)


def parse_arp(text: str) -> Iterator[_Entry]:
    """From `arp -an`; its hardware addresses lack zeros."""
    for line in text.splitlines():
        found = _ARP_LINE.match(line)
        mac = full_mac(found[2]) if found else ""
        if found and mac and _is_address(found[1]):
            yield _Entry(found[1], mac, found[3], None, permanent=" permanent" in found[4])


def parse_ndp(text: str) -> Iterator[_Entry]:
    """From `ndp -an`: address, hardware address, interface, when it expires, and its state by a letter."""
    for line in text.splitlines():
        words = line.split()
        if len(words) < _NDP_COLUMNS or words[4] not in _STATES:
            continue
        address, mac = words[0].partition("%")[0], full_mac(words[1])
        expiry = _EXPIRY.fullmatch(words[3])
        if not mac or not _is_address(address):
            continue
        left_s = 0
        if expiry:
            days, hours, minutes, seconds = (int(number or 0) for number in expiry.groups())
            left_s = ((days * 24 + hours) * 60 + minutes) * 60 + seconds
        age_s = 0 if words[4] in _CONFIRMED else _NDP_STALE_LIFE_S - left_s
        yield _Entry(address, mac, words[2], age_s, permanent=words[3] == "permanent")


def _stations(entries: Iterable[_Entry]) -> tuple[Neighbour, ...]:
    """Those that stand for a device which was heard of lately, each address once.

    Permanent ones are this computer's own, or of groups, or were typed in: they tell of nobody who is there.
    """
    neighbours: dict[str, Neighbour] = {}
    for entry in entries:
        if entry.permanent or (entry.age_s is not None and entry.age_s > _RECENT_S):
            continue
        if _is_station(entry.mac) and not ip_address(entry.address).is_multicast:
            neighbours[entry.address] = Neighbour(address=entry.address, mac=entry.mac)
    return tuple(neighbours.values())


def _is_station(mac: str) -> bool:
    return mac not in {"00:00:00:00:00:00", _WITHHELD} and not int(mac[:2], 16) & _GROUP_BIT


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
