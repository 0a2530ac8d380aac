"""Interfaces with their addresses, and where packets leave, from the kernel's tables. Pure."""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping
from ipaddress import ip_interface

from amif_netcheck.model.facts import Carriage, Reason, Unavailable
from amif_netcheck.platforms.answers import Egress, Gateway, Interface
from amif_netcheck.platforms.linux.route_query import FlowQuery
from amif_netcheck.platforms.linux.rtnetlink import Dump, Message
from amif_netcheck.platforms.linux.topology import Topology, kind_of, name_of

_FLAG_UP = 1  # linux/if.h
# linux/rtnetlink.h
_TABLE_STRONGSWAN = (
    220  # where strongSwan puts the routes of what it encrypts (strongswan.conf, charon.routing_table)
)
_TABLE_MAIN, _PROTOCOL_KERNEL, _TYPE_UNICAST = 254, 2, 1


def parse_egresses(
    answers: list[Message],
    flow: FlowQuery,
    source: str,
    names: Mapping[int, str],
    port_towards: Callable[[int, str], int | None],
) -> list[Egress]:
    """The ways that a flow may take, from the kernel's answers; `names` of interfaces by index.

    `port_towards` tells the port of a bridge behind which a gateway is.
    """
    return [
        Egress(
            source=answer["attrs"].get("RTA_PREFSRC") or source,
            interface=names[index],
            port=names.get(port_towards(index, answer["attrs"].get("RTA_GATEWAY") or "") or 0, ""),
            web=flow.protocol == socket.IPPROTO_TCP,
            media=flow.protocol == socket.IPPROTO_UDP,
            needs_mark=not flow.plain,
            ipsec=_is_ipsec(answer),
        )
        for answer in answers
        for index in targets(answer)
        if index in names
    ]


def parse_interfaces(dump: Dump, topology: Topology) -> tuple[Interface, ...]:
    """Interfaces with kind, addresses and whether they are tunnels."""
    addresses = addresses_of(dump)
    routed = {index for route in dump.routes for index in targets(route) if is_set_by_someone(route)}
    return tuple(
        Interface(
            name=name_of(link),
            kind=kind_of(link),
            carriage=topology.carriage(link),
            up=bool(link["flags"] & _FLAG_UP),
            addresses=tuple(addresses.get(link["index"], ())),
            routes=link["index"] in routed,
            tunnel=topology.tunnel(link),
        )
        for link in dump.links
    )


def addresses_of(dump: Dump) -> dict[int, list[str]]:
    """The addresses of each interface, by index."""
    addresses: dict[int, list[str]] = {}
    for message in dump.addresses:
        text = message["attrs"].get("IFA_LOCAL") or message["attrs"].get("IFA_ADDRESS")
        if text:
            addresses.setdefault(message["index"], []).append(text)
    return addresses


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


def _is_ipsec(answer: Message) -> bool:
    """strongSwan's; without a gateway it is one of those that leave the local network as it is."""
    attrs = answer["attrs"]
    return attrs.get("RTA_TABLE") == _TABLE_STRONGSWAN and "RTA_GATEWAY" in attrs


def is_set_by_someone(route: Message) -> bool:
    """Not the kernel's own route to an interface's subnet."""
    return bool(route["type"] == _TYPE_UNICAST and route["proto"] != _PROTOCOL_KERNEL)


def targets(route: Message) -> list[int]:
    """The interfaces of a route; a multipath route has several."""
    attrs = route["attrs"]
    several = [hop.get("oif") for hop in attrs.get("RTA_MULTIPATH") or [] if isinstance(hop, dict)]
    return [int(index) for index in (attrs.get("RTA_OIF"), *several) if index is not None]
