"""Which way traffic to the meeting and to the Internet leaves, and which tunnels are up. Sends nothing but name lookups."""

from __future__ import annotations

from ipaddress import IPv6Network, ip_address

from amif_netcheck.catalog import vpn_product
from amif_netcheck.model.facts import (
    NOT_REQUESTED,
    Carriage,
    LinkKind,
    Reason,
    Route,
    RoutesByFamily,
    Tunnel,
    Unavailable,
    VpnFacts,
)
from amif_netcheck.platforms.answers import Address, Interface
from amif_netcheck.platforms.base import Platform
from amif_netcheck.probes.context import REFERENCE_IPV4, REFERENCE_IPV6, Context

_TRANSITION = (IPv6Network("2001::/32"), IPv6Network("2002::/16"))
"""Teredo (RFC 4380) and 6to4 (RFC 3056): automatic, and avoided by every system when there is IPv4 (RFC 6724)."""

_TUNNEL_KINDS = {LinkKind.TUN, LinkKind.TAP, LinkKind.WIREGUARD, LinkKind.PPP, LinkKind.IP_TUNNEL}

_MOST_ADDRESSES = 4


def probe(context: Context, until: float) -> VpnFacts | Unavailable:
    """Look the ways up; by `until` (`time.monotonic`)."""
    listed = context.platform.interfaces()
    if isinstance(listed, Unavailable):
        return listed
    interfaces = {interface.name: interface for interface in listed}
    references = [ip_address(text) for text in (*REFERENCE_IPV4, *REFERENCE_IPV6)]
    internet = _ways(context.platform, interfaces, references, tunnel_needs_all=True)
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
    addresses = context.names.resolve(context.meeting, until=until)
    if isinstance(addresses, Unavailable):
        return addresses
    return _ways(context.platform, interfaces, list(addresses), tunnel_needs_all=False)


def _ways(
    platform: Platform, interfaces: dict[str, Interface], addresses: list[Address], *, tunnel_needs_all: bool
) -> RoutesByFamily:
    """Routes by family. Of several addresses the meeting may use any, while a full tunnel has to take them all."""

    def way(version: int) -> Route | Unavailable:
        mine = [address for address in addresses if address.version == version][:_MOST_ADDRESSES]
        if not mine:
            return Unavailable(reason=Reason.NOT_PRESENT, detail=f"no IPv{version} address")
        routes = [_route(platform, interfaces, address) for address in mine]
        usable = [route for route in routes if isinstance(route, Route)]
        if not usable:
            return routes[0]
        preferred = Carriage.DIRECT if tunnel_needs_all else Carriage.TUNNEL
        return next((route for route in usable if route.carriage is preferred), usable[0])

    return RoutesByFamily(ipv4=way(4), ipv6=way(6))


def _route(platform: Platform, interfaces: dict[str, Interface], address: Address) -> Route | Unavailable:
    egress = platform.egress(address)
    if isinstance(egress, Unavailable):
        return egress
    source, name = egress
    if address.version == 6 and any(ip_address(source) in network for network in _TRANSITION):  # noqa: PLR2004
        return Unavailable(reason=Reason.NOT_PRESENT, detail="only an automatic IPv6 transition tunnel")
    interface = interfaces.get(name)
    if interface is None:
        return Unavailable(reason=Reason.ERROR, detail="the interface appeared while we looked")
    return Route(source=source, interface=name, link_kind=interface.kind, carriage=interface.carriage)


def _tunnels(platform: Platform, interfaces: tuple[Interface, ...]) -> tuple[Tunnel, ...]:
    """Tunnels that are up and have an address of more than the link itself."""
    present = [
        interface
        for interface in interfaces
        if interface.kind in _TUNNEL_KINDS
        and interface.carriage is Carriage.TUNNEL
        and interface.up
        and any(not ip_address(text).is_link_local for text in interface.addresses)
    ]
    if not present:
        return ()
    owners = platform.tunnel_owners()
    running = platform.processes()
    processes = [] if isinstance(running, Unavailable) else list(running.values())
    return tuple(
        Tunnel(
            interface=interface.name,
            link_kind=interface.kind,
            routes=interface.routes,
            product=vpn_product(
                interface.name, interface.kind.value, owners.get(interface.name, ""), processes
            ),
        )
        for interface in present
    )
