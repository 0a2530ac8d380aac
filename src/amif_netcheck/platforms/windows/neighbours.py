"""The neighbour tables, ARP and NDP, as iphlpapi tells them."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_address

from amif_netcheck.model.facts import Reason, Unavailable
from amif_netcheck.platforms.answers import Neighbour
from amif_netcheck.platforms.windows import tables
from amif_netcheck.platforms.windows.ip_helper import IpHelper
from amif_netcheck.platforms.windows.tables import NeighbourEntry

_KNOWN_STATES = {2, 3, 4, 5}
"""nldef.h, NL_NEIGHBOR_STATE: probe, delay, stale, reachable; neither unreachable nor incomplete, nor
permanent ones, which were typed in or are Windows' own and tell of nobody who is there."""
_STALE = 4
_RECENT_MS = 600_000
"""Windows keeps entries long after a device has gone."""
_GROUP_BIT = 0x01  # IEEE 802: a group of stations, not one


def of_interface(helper: IpHelper, index: int) -> tuple[Neighbour, ...] | Unavailable:
    """The devices behind the interface with this index. IPv4 devices are everywhere: without their table nothing is known."""
    answers = [helper.neighbours(version) for version in (4, 6)]
    if isinstance(answers[0], Unavailable) and answers[0].reason is not Reason.NOT_PRESENT:
        return answers[0]  # else it has no entries (ERROR_NOT_FOUND)
    failures = [answer for answer in answers if isinstance(answer, Unavailable)]
    if len(failures) == len(answers):
        return failures[0]
    entries = [
        entry for answer in answers if isinstance(answer, bytes) for entry in tables.neighbours(answer)
    ]
    return parse(entries, index)


def parse(entries: Iterable[NeighbourEntry], index: int) -> tuple[Neighbour, ...]:
    """Entries of one interface that stand for a device which was heard of lately, each address once."""
    found = {}
    for entry in entries:
        address = ip_address(entry.address)
        if entry.index != index or not _is_station(entry.mac) or not _is_known(entry):
            continue
        if not address.is_multicast and not address.is_unspecified and entry.address != "255.255.255.255":
            found[entry.address] = Neighbour(address=entry.address, mac=entry.mac)
    return tuple(found.values())


def _is_station(mac: str) -> bool:
    return bool(mac) and not int(mac[:2], 16) & _GROUP_BIT


def _is_known(entry: NeighbourEntry) -> bool:
    fresh = entry.state != _STALE or entry.age_ms <= _RECENT_MS
    return entry.state in _KNOWN_STATES and fresh
