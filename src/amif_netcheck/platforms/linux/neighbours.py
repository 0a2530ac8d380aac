"""The neighbour tables: ARP and NDP, as rtnetlink tells them."""

from __future__ import annotations

import re
import socket
from ipaddress import ip_address

from amif_netcheck.model.facts import Unavailable
from amif_netcheck.platforms.answers import Neighbour
from amif_netcheck.platforms.linux import netlink, rtnetlink
from amif_netcheck.platforms.linux.rtnetlink import Message

# linux/neighbour.h: reachable, stale, delay, probe, permanent; neither incomplete nor failed, nor without ARP.
_KNOWN_STATES = 0x02 | 0x04 | 0x08 | 0x10 | 0x80
_PERMANENT = 0x80
_TICKS_PER_S = 100  # USER_HZ
_RECENT_S = 600
"""The kernel keeps entries for hours: a device that was not heard of for so long may be gone."""
_MAC = re.compile(r"[0-9a-f]{2}(:[0-9a-f]{2}){5}")
_GROUP_BIT = 0x01  # IEEE 802: a group of stations, not one


def of_interface(index: int) -> tuple[Neighbour, ...] | Unavailable:
    """The devices behind the interface with this index."""
    try:
        return parse(rtnetlink.neighbours(index), index)
    except OSError as error:
        return netlink.unavailable(error, "neighbour tables")


def parse(entries: list[Message], index: int) -> tuple[Neighbour, ...]:
    """Entries of one interface that stand for a device which was heard of lately, each address once."""
    neighbours: dict[str, Neighbour] = {}
    for entry in entries:
        address, mac = entry["attrs"].get("NDA_DST"), str(entry["attrs"].get("NDA_LLADDR", "")).lower()
        if entry["ifindex"] != index or entry["family"] not in {socket.AF_INET, socket.AF_INET6}:
            continue
        if not address or not _is_station(mac) or ip_address(address).is_multicast or not _is_known(entry):
            continue
        neighbours[address] = Neighbour(address=address, mac=mac)
    return tuple(neighbours.values())


def _is_station(mac: str) -> bool:
    return bool(_MAC.fullmatch(mac)) and mac != "00:00:00:00:00:00" and not int(mac[:2], 16) & _GROUP_BIT


def _is_known(entry: Message) -> bool:
    if not entry["state"] & _KNOWN_STATES:
        return False
    ages = entry["attrs"].get("NDA_CACHEINFO") or {}
    age_s = min(ages.get("ndm_confirmed", 0), ages.get("ndm_updated", 0)) / _TICKS_PER_S
    return bool(entry["state"] & _PERMANENT) or age_s <= _RECENT_S
