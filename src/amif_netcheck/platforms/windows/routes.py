"""Interfaces with their addresses, and where packets leave, from Windows' tables. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_interface, ip_network

from amif_netcheck.model.facts import Carriage, Reason, Unavailable
from amif_netcheck.platforms.answers import Gateway, Interface
from amif_netcheck.platforms.windows.adapters import Adapters, kind_of
from amif_netcheck.platforms.windows.tables import AddressRow, RouteRow

Network = IPv4Network | IPv6Network

_NOWHERE = (
    *map(ip_network, ("127.0.0.0/8", "224.0.0.0/4", "255.255.255.255/32", "169.254.0.0/16")),
    *map(ip_network, ("::1/128", "fe80::/10", "ff00::/8")),
)
"""Windows routes these to each interface by itself."""


def parse_interfaces(
    adapters: Adapters, addresses: Iterable[AddressRow], routes: Iterable[RouteRow]
) -> tuple[Interface, ...]:
    """Interfaces with kind, addresses and whether they are tunnels."""
    rows = tuple(addresses)
    own: dict[int, list[str]] = {}
    for row in rows:
        own.setdefault(row.index, []).append(row.address)
    routed = {row.index for row in routes if _leads_beyond(row, rows)}
    found = []
    for adapter in adapters.all:
        tunnel = adapters.tunnel(adapter)
        found.append(
            Interface(
                name=adapter.name,
                kind=kind_of(adapter),
                carriage=adapters.carriage(adapter),
                up=adapter.up,
                addresses=tuple(own.get(adapter.row.index, ())),
                routes=adapter.row.index in routed and not adapter.is_transition,
                tunnel=tunnel.name if tunnel else "",
                product=tunnel.product if tunnel else "",
            )
        )
    return tuple(found)


def parse_networks(addresses: Iterable[AddressRow], index: int) -> tuple[str, ...]:
    """The networks that the addresses of an interface are in."""
    texts = (f"{row.address}/{row.prefix}" for row in addresses if row.index == index)
    return tuple(dict.fromkeys(str(ip_interface(text).network) for text in texts))


def parse_gateway(
    adapters: Adapters, routes: Iterable[RouteRow], metrics: Mapping[tuple[int, int], int]
) -> Gateway | Unavailable:
    """The gateway of the best default route on something that is no tunnel; else of any route there.

    Tunnels that replace the default route leave a route to their own server through the box. Windows adds the metrics of
    route and interface.
    """
    direct = {
        adapter.row.index: adapter
        for adapter in adapters.all
        if adapter.up and adapters.carriage(adapter) is Carriage.DIRECT
    }
    best: tuple[tuple[bool, int, bool, int], Gateway] | None = None
    for row in routes:
        if not row.hop or row.index not in direct:
            continue
        network, adapter = ip_network(row.to, strict=False), direct[row.index]
        metric = row.metric + metrics.get((network.version, row.index), 0)
        rank = (network.prefixlen != 0, network.version, not adapters.ports(adapter), metric)
        if best is None or rank < best[0]:
            best = rank, Gateway(address=row.hop, interface=adapter.name, scope=row.index)
    nowhere = Unavailable(reason=Reason.NOT_PRESENT, detail="no gateway on a hardware interface")
    return best[1] if best else nowhere


def owner_of(addresses: Iterable[AddressRow], source: str) -> int | None:
    """The index of the only interface that has this address.

    Windows sends from an interface's address by that interface alone (strong host model, RFC 1122, 3.3.4.2), which is its
    default.
    """
    owners = {row.index for row in addresses if ip_address(row.address) == ip_address(source)}
    return owners.pop() if len(owners) == 1 else None


def _leads_beyond(row: RouteRow, addresses: tuple[AddressRow, ...]) -> bool:
    """Some destination that is neither its own subnets' nor one of those that each interface has."""
    to = ip_network(row.to, strict=False)
    own = (
        ip_interface(f"{each.address}/{each.prefix}").network for each in addresses if each.index == row.index
    )
    return not any(_within(to, network) for network in (*own, *_NOWHERE))


def _within(inner: Network, outer: Network) -> bool:
    if isinstance(inner, IPv4Network):
        return isinstance(outer, IPv4Network) and inner.subnet_of(outer)
    return isinstance(outer, IPv6Network) and inner.subnet_of(outer)
