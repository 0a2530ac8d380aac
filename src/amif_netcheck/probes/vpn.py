"""Which way traffic to the meeting and to the Internet leaves, and which tunnels are up. Sends nothing but name lookups."""

from __future__ import annotations

from ipaddress import IPv6Network, ip_address

from amif_netcheck.catalog import vpn_product
from amif_netcheck.model.facts import (
    NOT_REQUESTED,
    CallPart,
    Carriage,
    Reason,
    Route,
    RoutesByFamily,
    Tunnel,
    Unavailable,
    VpnFacts,
)
from amif_netcheck.platforms.answers import Address, Egress, Interface
from amif_netcheck.platforms.base import Platform
from amif_netcheck.probes.context import REFERENCE_IPV4, REFERENCE_IPV6, Context
from amif_netcheck.probes.media_ladder import media_hosts, media_ports

_TRANSITION = (IPv6Network("2001::/32"), IPv6Network("2002::/16"))
"""Teredo (RFC 4380) and 6to4 (RFC 3056): automatic, and avoided by every system when there is IPv4 (RFC 6724)."""

_MEDIA_PORTS = (3478, 10000, 443)
"""UDP ports of picture and sound beside those of the service: STUN and TURN (RFC 8489), Jitsi's bridge, and where all else is closed."""

_MOST_ADDRESSES = 16
_WORST_FIRST = (Carriage.TUNNEL, Carriage.UNKNOWN, Carriage.DIRECT)
_NOT_FULL_FIRST = (Carriage.UNKNOWN, Carriage.DIRECT, Carriage.TUNNEL)


def probe(context: Context, until: float) -> VpnFacts | Unavailable:
    """Look the ways up; by `until` (`time.monotonic`)."""
    listed = context.platform.interfaces()
    if isinstance(listed, Unavailable):
        return listed
    interfaces = {interface.name: interface for interface in listed}
    references = [ip_address(text) for text in (*REFERENCE_IPV4, *REFERENCE_IPV6)]
    internet = _ways(context, interfaces, references, tunnel_needs_all=True)
    return VpnFacts(
        meeting_host=context.meeting,
        meeting=_meeting(context, interfaces, until),
        internet=internet,
        tunnels=_tunnels(context.platform, listed),
    )


def _meeting(
    context: Context, interfaces: dict[str, Interface], until: float
) -> RoutesByFamily | Unavailable:
    if not context.meeting:
        return NOT_REQUESTED
    hosts = media_hosts(context.service)
    for host in hosts:
        context.names.start(host)
    addresses = context.names.resolve(context.meeting, until=until)
    if isinstance(addresses, Unavailable):
        return addresses
    wanted = [*addresses]
    for host in hosts:
        relays = context.names.resolve(host, until=until)
        wanted += () if isinstance(relays, Unavailable) else relays
    return _ways(context, interfaces, wanted, tunnel_needs_all=False)


def _ways(
    context: Context, interfaces: dict[str, Interface], addresses: list[Address], *, tunnel_needs_all: bool
) -> RoutesByFamily:
    """Routes by family. Of several addresses the meeting may use any, while a full tunnel has to take them all."""

    def way(version: int) -> Route | Unavailable:
        mine = [address for address in addresses if address.version == version][:_MOST_ADDRESSES]
        if not mine:
            return Unavailable(reason=Reason.NOT_PRESENT, detail=f"no IPv{version} address")
        routes = [_route(context, interfaces, address) for address in mine]
        usable = [route for route in routes if isinstance(route, Route)]
        if not usable:
            return routes[0]
        order = _NOT_FULL_FIRST if tunnel_needs_all else _WORST_FIRST
        return min(usable, key=lambda route: order.index(route.carriage))

    return RoutesByFamily(ipv4=way(4), ipv6=way(6))


def _route(context: Context, interfaces: dict[str, Interface], address: Address) -> Route | Unavailable:
    """The way of a call to one address; where its packets part, the way through a tunnel."""
    ports = tuple(dict.fromkeys((*media_ports(context.service), *_MEDIA_PORTS, context.meeting_port)))
    egresses = context.platform.call_egresses(address, ports)
    if isinstance(egresses, Unavailable):
        return egresses
    known = [egress for egress in egresses if egress.interface in interfaces]
    if not known:
        return Unavailable(reason=Reason.ERROR, detail="the interface appeared while we looked")
    mine = [egress for egress in known if not _is_transition(egress.source)]
    if not mine:
        return Unavailable(reason=Reason.NOT_PRESENT, detail="only an automatic IPv6 transition tunnel")
    sure = [egress for egress in mine if not egress.needs_mark] or mine
    by_carriage = {_carriage(egress, interfaces): egress for egress in reversed(sure)}
    inside = [egress for egress in sure if _carriage(egress, interfaces) is Carriage.TUNNEL]
    carriage = next(each for each in _WORST_FIRST if each in by_carriage)
    by_mark = carriage is Carriage.DIRECT and any(
        _carriage(egress, interfaces) is not Carriage.DIRECT for egress in mine
    )
    chosen = by_carriage[carriage]
    return Route(
        source=chosen.source,
        interface=chosen.interface,
        link_kind=interfaces[chosen.interface].kind,
        carriage=Carriage.UNKNOWN if by_mark else carriage,
        part=_part(inside, sure),
        ipsec=chosen.ipsec,
        by_mark=by_mark,
    )


def _carriage(egress: Egress, interfaces: dict[str, Interface]) -> Carriage:
    """Of the port of a bridge where it is known: a bridge may hold both a tunnel and the line."""
    out = interfaces.get(egress.port) or interfaces[egress.interface]
    return Carriage.TUNNEL if egress.ipsec else out.carriage


def _part(inside: list[Egress], egresses: list[Egress]) -> CallPart:
    """What of a call is inside, where not all of it is."""
    if len(inside) in {0, len(egresses)}:
        return CallPart.ALL
    if not any(egress.web for egress in inside):
        return CallPart.MEDIA
    return CallPart.ALL if any(egress.media for egress in inside) else CallPart.PAGE


def _is_transition(source: str) -> bool:
    address = ip_address(source)
    return any(address.version == network.version and address in network for network in _TRANSITION)


def _tunnels(platform: Platform, interfaces: tuple[Interface, ...]) -> tuple[Tunnel, ...]:
    """Tunnels, and what stands on them, that are up and have an address of more than the link itself."""
    present = [
        interface
        for interface in interfaces
        if interface.carriage is Carriage.TUNNEL
        and interface.up
        and any(not ip_address(text).is_link_local for text in interface.addresses)
    ]
    if not present:
        return ()
    kinds = {interface.name: interface.kind for interface in interfaces}
    owners = platform.tunnel_owners()
    running = platform.processes()
    processes = [] if isinstance(running, Unavailable) else list(running.values())
    return tuple(
        Tunnel(
            interface=interface.name,
            link_kind=interface.kind,
            routes=interface.routes,
            product=interface.product
            or vpn_product(
                tunnel, kinds.get(tunnel, interface.kind).value, owners.get(tunnel, ""), processes
            ),
        )
        for interface in present
        for tunnel in [interface.tunnel or interface.name]
    )
