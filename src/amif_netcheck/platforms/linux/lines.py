"""Interfaces that look like tunnels and are the line itself: PPP, a CLAT, the only way out of a container. Pure."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv4Network, ip_address

from amif_netcheck.catalog import is_container_line, is_vpn
from amif_netcheck.model.facts import Carriage, LinkKind
from amif_netcheck.platforms.linux.routes import addresses_of, is_set_by_someone, targets
from amif_netcheck.platforms.linux.rtnetlink import Dump, Message
from amif_netcheck.platforms.linux.topology import kind_of, name_of

_AF_INET = 2
_CLAT = IPv4Network("192.0.0.0/29")  # RFC 7335
_TRANSLATORS = {LinkKind.TUN, LinkKind.IP_TUNNEL}
_LINES = {LinkKind.HARDWARE, LinkKind.BRIDGE, LinkKind.VIRTUAL}


def lines(dump: Dump, holders: Callable[[], dict[str, list[str]]]) -> dict[int, Carriage]:
    """What these interfaces are, by index. `holders` tells which processes hold tunnels of a name, as far as we may see them.

    A tunnel needs a line to carry it: what is the only way out has none, unless it was moved here from another namespace. A
    TAP is a container's line then, unless a VPN program is seen to hold it; a TUN or WireGuard never.
    Of several PPPs without another line, one is the line and the others are not: which, nobody can tell.
    """
    kinds = {link["index"]: kind_of(link) for link in dump.links}
    reachable = [index for index, texts in addresses_of(dump).items() if any(map(_is_global, texts))]
    carried = dict.fromkeys(clats(dump), Carriage.DIRECT)
    routed = {index for route in dump.routes if is_set_by_someone(route) for index in targets(route)}
    if any(_is_line(kinds.get(index), routed=index in routed) for index in reachable):
        return carried
    several = [index for index, kind in kinds.items() if kind is LinkKind.PPP]
    carried |= dict.fromkeys(several, Carriage.DIRECT if len(several) == 1 else Carriage.UNKNOWN)
    taps = [index for index in reachable if kinds.get(index) is LinkKind.TAP]
    if len(taps) == 1 and not several:
        name = next(name_of(link) for link in dump.links if link["index"] == taps[0])
        known = holders().get(name, [])
        if any(map(is_container_line, known)) or not any(map(is_vpn, known)):
            carried[taps[0]] = Carriage.DIRECT
    return carried


def clats(dump: Dump) -> frozenset[int]:
    """What turns IPv4 into IPv6 (RFC 6877, DS-Lite RFC 6333) on a line that has no IPv4 of its own, by index."""
    kinds = {link["index"]: kind_of(link) for link in dump.links}
    elsewhere = {
        index
        for route in dump.routes
        if route["family"] == _AF_INET and is_set_by_someone(route) and _leads_on(route)
        for index in targets(route)
    }
    if any(kinds.get(index) in {*_LINES, LinkKind.PPP} for index in elsewhere):
        return frozenset()
    return frozenset(
        index
        for index, texts in addresses_of(dump).items()
        if kinds.get(index) in _TRANSLATORS
        and any(ip_address(text) in _CLAT for text in texts)
        and all(ip_address(text) in _CLAT or ip_address(text).version == 6 for text in texts)  # noqa: PLR2004
    )


def _is_line(kind: LinkKind | None, *, routed: bool) -> bool:
    """May it carry a tunnel? A bridge of this computer's own (docker0, virbr0) leads nowhere: it has the kernel's route alone."""
    return kind is LinkKind.HARDWARE or (kind in _LINES and routed)


def _leads_on(route: Message) -> bool:
    """Not only to the neighbours that zeroconf finds (169.254.0.0/16), nor to groups."""
    to = route["attrs"].get("RTA_DST")
    return to is None or not (ip_address(to).is_link_local or ip_address(to).is_multicast)


def _is_global(text: str) -> bool:
    address = ip_address(text)
    return not (address.is_link_local or address.is_loopback)
