"""What the routing tables mean: which interfaces lead somewhere, and where the box is. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_interface, ip_network

from amif_netcheck.model.facts import Carriage, LinkKind, Reason, Unavailable
from amif_netcheck.platforms.answers import Gateway, Interface
from amif_netcheck.platforms.macos import route_messages
from amif_netcheck.platforms.macos.ifconfig import Link
from amif_netcheck.platforms.macos.route_messages import RouteEntry

_NOT_SET_BY_SOMEONE = (
    route_messages.CLONED
    | route_messages.LINK_LAYER
    | route_messages.LOCAL
    | route_messages.BROADCAST
    | route_messages.MULTICAST
)
_EVERYBODY = IPv4Network("255.255.255.255/32")


def networks(link: Link) -> tuple[str, ...]:
    """The networks that the addresses of an interface are in; of a point-to-point link, the other end alone."""
    texts = (f"{each.peer or each.address}/{each.prefix}" for each in link.addresses)
    return tuple(dict.fromkeys(str(ip_interface(text).network) for text in texts))


def routed(
    table: Iterable[RouteEntry], links: Mapping[str, Link], names: Mapping[int, str]
) -> frozenset[str]:
    """Names of the interfaces that some destination beyond their own subnets goes through.

    Routes for sockets that chose the interface themselves (`RTF_IFSCOPE`) don't count: the system's own tunnels have one each
    that leads everywhere.
    """
    own = {name: [ip_network(text) for text in networks(link)] for name, link in links.items()}
    return frozenset(
        name
        for route in table
        if not route.scoped and not route.forbids and not route.flags & _NOT_SET_BY_SOMEONE
        and (name := names.get(route.interface, "")) in own
        and _leads_beyond(ip_network(f"{route.destination}/{route.prefix}", strict=False), own[name])
    )  # fmt: skip


def _leads_beyond(destination: IPv4Network | IPv6Network, own: list[IPv4Network | IPv6Network]) -> bool:
    address = destination.network_address
    if address.is_link_local or address.is_multicast or address.is_loopback or destination == _EVERYBODY:
        return False
    return not any(
        destination.subnet_of(network)  # type: ignore[arg-type]  # the versions are the same
        for network in own
        if network.version == destination.version
    )


def gateway(
    table: Sequence[RouteEntry],
    interfaces: Iterable[Interface],
    links: Mapping[str, Link],
    names: Mapping[int, str],
) -> Gateway | Unavailable:
    """The gateway of the best default route on something that is no tunnel; else of any route there.

    A tunnel that takes all traffic leaves the line's default route behind, for sockets that choose the line themselves; of
    several such routes, that of the interface which carries the tunnel counts.
    """
    direct = {
        interface.name
        for interface in interfaces
        if interface.carriage is Carriage.DIRECT and interface.up and interface.kind is not LinkKind.LOOPBACK
    }
    carrying = {links[name].effective for name in _default_holders(table, names) if name in links}
    best: tuple[tuple[object, ...], Gateway] | None = None
    for place, route in enumerate(table):
        name = names.get(route.interface, "")
        if not route.gateway or route.forbids or name not in direct or _is_for_the_link(route):
            continue
        version = ip_address(route.destination).version
        rank = (not route.is_default, version, route.scoped and name not in carrying, route.scoped, place)
        if best is None or rank < best[0]:
            best = rank, Gateway(address=route.gateway, interface=name, scope=route.interface)
    absent = Unavailable(reason=Reason.NOT_PRESENT, detail="no gateway on a hardware interface")
    return best[1] if best else absent


def _default_holders(table: Iterable[RouteEntry], names: Mapping[int, str]) -> list[str]:
    """Interfaces of routes that lead everywhere, or half of everywhere, as tunnels do that leave the default route alone."""
    return [names.get(route.interface, "") for route in table if route.prefix <= 1 and not route.scoped]


def _is_for_the_link(route: RouteEntry) -> bool:
    """To a neighbour, a group, or this computer itself."""
    destination = ip_address(route.destination)
    return (
        bool(route.flags & _NOT_SET_BY_SOMEONE)
        or destination.is_multicast
        or destination.is_link_local
        or destination.is_loopback
    )
