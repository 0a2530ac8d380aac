"""Interfaces with their addresses, and where packets leave, from the kernel's tables. Pure."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address, ip_interface

from amif_netcheck.model.facts import Carriage, LinkKind, Reason, Unavailable
from amif_netcheck.platforms.answers import Gateway, Interface
from amif_netcheck.platforms.linux.rtnetlink import Dump, Message
from amif_netcheck.platforms.linux.topology import Topology, kind_of, name_of

_FLAG_UP = 1  # linux/if.h
# linux/rtnetlink.h
_TABLE_MAIN, _PROTOCOL_KERNEL, _TYPE_UNICAST = 254, 2, 1


def parse_egress(
    dump: Dump, interfaces: tuple[Interface, ...], source: str, ask_kernel: Callable[[], int | None]
) -> tuple[str, str] | Unavailable:
    """The interface that holds `source`; the kernel is asked when several do, or when it lives on loopback."""
    holders = [interface for interface in interfaces if source in interface.addresses]
    if len(holders) == 1 and (holders[0].kind is not LinkKind.LOOPBACK or ip_address(source).is_loopback):
        return source, holders[0].name
    index = ask_kernel()
    name = next((name_of(link) for link in dump.links if link["index"] == index), None)
    if name is None:
        return Unavailable(reason=Reason.ERROR, detail="no interface for this route")
    return source, name


def parse_interfaces(dump: Dump) -> tuple[Interface, ...]:
    """Interfaces with kind, addresses and whether they are tunnels."""
    kinds = {link["index"]: kind_of(link) for link in dump.links}
    addresses: dict[int, list[str]] = {}
    for message in dump.addresses:
        text = message["attrs"].get("IFA_LOCAL") or message["attrs"].get("IFA_ADDRESS")
        if text:
            addresses.setdefault(message["index"], []).append(text)
    routed = {index for route in dump.routes for index in _targets(route) if _is_set_by_someone(route)}
    line_without_ppp = any(
        _is_global(text)
        for index, texts in addresses.items()
        if kinds.get(index) in {LinkKind.HARDWARE, LinkKind.BRIDGE, LinkKind.VIRTUAL}
        for text in texts
    )
    topology = Topology(dump.links, line_without_ppp=line_without_ppp)
    return tuple(
        Interface(
            name=name_of(link),
            kind=kinds[link["index"]],
            carriage=topology.carriage(link),
            up=bool(link["flags"] & _FLAG_UP),
            addresses=tuple(addresses.get(link["index"], ())),
            routes=link["index"] in routed,
        )
        for link in dump.links
    )


def parse_networks(dump: Dump, interface: str) -> tuple[str, ...]:
    """The networks that the addresses of an interface are in; of a point-to-point link, the other end alone."""
    indexes = {link["index"] for link in dump.links if name_of(link) == interface}
    texts = (
        f"{message['attrs']['IFA_ADDRESS']}/{message['prefixlen']}"
        for message in dump.addresses
        if message["index"] in indexes and message["attrs"].get("IFA_ADDRESS")
    )
    return tuple(dict.fromkeys(str(ip_interface(text).network) for text in texts))


def parse_gateway(dump: Dump, interfaces: tuple[Interface, ...]) -> Gateway | Unavailable:
    """The gateway of the best default route on something that is no tunnel; else of any route there.

    Tunnels that replace the default route leave a route to their own server through the box.
    """
    direct = {interface.name for interface in interfaces if interface.carriage is Carriage.DIRECT}
    names = {link["index"]: name_of(link) for link in dump.links}
    best: tuple[tuple[bool, int, int], Gateway] | None = None
    for route in dump.routes:
        attrs = route["attrs"]
        hop = attrs.get("RTA_GATEWAY")
        index = attrs.get("RTA_OIF")
        if not hop or index is None or attrs.get("RTA_TABLE", route["table"]) != _TABLE_MAIN:
            continue
        if names.get(index) not in direct:
            continue
        rank = (route["dst_len"] != 0, route["family"], attrs.get("RTA_PRIORITY") or 0)
        if best is None or rank < best[0]:
            best = rank, Gateway(address=hop, interface=names[index], scope=index)
    return (
        best[1]
        if best
        else Unavailable(reason=Reason.NOT_PRESENT, detail="no gateway on a hardware interface")
    )


def _is_global(text: str) -> bool:
    address = ip_address(text)
    return not (address.is_link_local or address.is_loopback)


def _is_set_by_someone(route: Message) -> bool:
    """Not the kernel's own route to an interface's subnet."""
    return bool(route["type"] == _TYPE_UNICAST and route["proto"] != _PROTOCOL_KERNEL)


def _targets(route: Message) -> list[int]:
    """The interfaces of a route; a multipath route has several."""
    attrs = route["attrs"]
    several = [hop.get("oif") for hop in attrs.get("RTA_MULTIPATH") or [] if isinstance(hop, dict)]
    return [int(index) for index in (attrs.get("RTA_OIF"), *several) if index is not None]
