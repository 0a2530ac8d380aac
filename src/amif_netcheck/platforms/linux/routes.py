"""Which interface carries what, and whether it is a tunnel: by structure, never by name."""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable
from ipaddress import ip_address, ip_interface

from msgspec import Struct

from amif_netcheck.model.facts import Carriage, LinkKind, Reason, Unavailable
from amif_netcheck.platforms.base import Address, Gateway, Interface
from amif_netcheck.platforms.linux import netlink
from amif_netcheck.platforms.linux.netlink import Dump, Message
from amif_netcheck.platforms.text import clean

_ANY_PORT = 443

# linux/if_arp.h
_TYPE_ETHERNET, _TYPE_PPP, _TYPE_RAW_IP, _TYPE_LOOPBACK = 1, 512, 519, 772
# linux/if.h
_FLAG_UP = 1
# linux/rtnetlink.h
_TABLE_MAIN, _PROTOCOL_KERNEL, _TYPE_UNICAST = 254, 2, 1
_TUN_TYPE_TAP = 2  # linux/if_tun.h, IFF_TAP

_KINDS = {
    "wireguard": LinkKind.WIREGUARD,
    "amneziawg": LinkKind.WIREGUARD,
    "ovpn": LinkKind.TUN,
    "ovpn-dco": LinkKind.TUN,
    "ppp": LinkKind.PPP,
    "bridge": LinkKind.BRIDGE,
    "rmnet": LinkKind.HARDWARE,
    "wwan": LinkKind.HARDWARE,
    **dict.fromkeys(
        ("ipip", "sit", "gre", "gretap", "erspan", "ip6tnl", "ip6gre", "ip6gretap", "vti", "vti6", "xfrm", "ipsec"),
        LinkKind.IP_TUNNEL,
    ),
    **dict.fromkeys(
        ("veth", "vlan", "macvlan", "macvtap", "ipvlan", "ipvtap", "bond", "team", "dummy", "vrf", "ifb", "vxlan",
         "geneve", "netkit", "hsr", "batadv"),
        LinkKind.VIRTUAL,
    ),
}  # fmt: skip
_STACKED = {"vlan", "macvlan", "macvtap", "ipvlan", "ipvtap"}
"""Kinds whose IFLA_LINK is the interface below; a veth's is the one on its other end."""
_DEEPEST = 8
"""Interfaces that are stacked deeper than this were made to confuse."""
_TUNNELS = {LinkKind.TUN, LinkKind.TAP, LinkKind.WIREGUARD, LinkKind.IP_TUNNEL}


class BaseInterface(Struct, frozen=True, kw_only=True):
    """The lowest interface of a stack. `address` is its hardware address; `raw_ip`: it has none, as mobile modems."""

    name: str
    index: int
    kind: LinkKind
    address: str = ""
    raw_ip: bool = False


def interfaces() -> tuple[Interface, ...] | Unavailable:
    """All interfaces of this machine."""
    try:
        return parse_interfaces(netlink.recent_dump())
    except OSError as error:
        return _refused(error)


def gateway() -> Gateway | Unavailable:
    """The box."""
    try:
        return parse_gateway(netlink.recent_dump())
    except OSError as error:
        return _refused(error)


def networks(interface: str) -> tuple[str, ...] | Unavailable:
    """The local networks of an interface."""
    try:
        return parse_networks(netlink.recent_dump(), interface)
    except OSError as error:
        return _refused(error)


def egress(address: Address) -> tuple[str, str] | Unavailable:
    """(source, interface) for `address`: a connected UDP socket tells the source, as it obeys every routing rule."""
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6  # noqa: PLR2004
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((str(address), _ANY_PORT))
            source = str(probe.getsockname()[0]).partition("%")[0]
    except OSError as error:
        if error.errno in {errno.ENETUNREACH, errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}:
            return Unavailable(reason=Reason.NOT_PRESENT, detail="no route")
        if error.errno in {errno.EHOSTUNREACH, errno.EINVAL, errno.EACCES, errno.EPERM}:
            return Unavailable(
                reason=Reason.BLOCKED, detail=f"a route forbids it ({errno.errorcode[error.errno]})"
            )
        return Unavailable(reason=Reason.ERROR, detail=str(error))
    try:
        return parse_egress(netlink.recent_dump(), source, lambda: netlink.route_interface(str(address)))
    except OSError as error:
        return _refused(error)


def _refused(error: Exception) -> Unavailable:
    return Unavailable(reason=Reason.NOT_PERMITTED, detail=f"netlink: {error}")


def parse_egress(
    dump: Dump, source: str, ask_kernel: Callable[[], int | None]
) -> tuple[str, str] | Unavailable:
    """The interface that holds `source`; the kernel is asked when several do, or when it lives on loopback."""
    found = [interface for interface in parse_interfaces(dump) if source in interface.addresses]
    if len(found) == 1 and (found[0].kind is not LinkKind.LOOPBACK or ip_address(source).is_loopback):
        return source, found[0].name
    index = ask_kernel()
    name = next((_name(link) for link in dump.links if link["index"] == index), None)
    if name is None:
        return Unavailable(reason=Reason.ERROR, detail="no interface for this route")
    return source, name


def parse_interfaces(dump: Dump) -> tuple[Interface, ...]:
    """Interfaces with kind, addresses and whether they are tunnels."""
    kinds = {link["index"]: _kind(link) for link in dump.links}
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
    return tuple(
        Interface(
            name=_name(link),
            kind=kinds[link["index"]],
            carriage=_carriage(link, dump.links, kinds, line_without_ppp=line_without_ppp),
            up=bool(link["flags"] & _FLAG_UP),
            addresses=tuple(addresses.get(link["index"], ())),
            routes=link["index"] in routed,
        )
        for link in dump.links
    )


def parse_networks(dump: Dump, interface: str) -> tuple[str, ...]:
    """The networks that the addresses of an interface are in; of a point-to-point link, the other end alone."""
    indexes = {link["index"] for link in dump.links if _name(link) == interface}
    texts = (
        f"{message['attrs']['IFA_ADDRESS']}/{message['prefixlen']}"
        for message in dump.addresses
        if message["index"] in indexes and message["attrs"].get("IFA_ADDRESS")
    )
    return tuple(dict.fromkeys(str(ip_interface(text).network) for text in texts))


def parse_gateway(dump: Dump) -> Gateway | Unavailable:
    """The gateway of the best default route on something that is no tunnel; else of any route there.

    Tunnels that replace the default route leave a route to their own server through the box.
    """
    direct = {interface.name for interface in parse_interfaces(dump) if interface.carriage is Carriage.DIRECT}
    names = {link["index"]: _name(link) for link in dump.links}
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


def _name(link: Message) -> str:
    return clean(link["attrs"]["IFLA_IFNAME"])


def _info(link: Message) -> Message:
    """What the kind of an interface is called, and its details."""
    return (link["attrs"].get("IFLA_LINKINFO") or {}).get("attrs", {})  # type: ignore[no-any-return]  # from the kernel


def _kind(link: Message) -> LinkKind:
    attrs = link["attrs"]
    info = _info(link)
    kind = info.get("IFLA_INFO_KIND")
    if kind in {"tun", "tap"}:
        data = (
            (info.get("IFLA_INFO_DATA") or {}).get("attrs", {})
            if isinstance(info.get("IFLA_INFO_DATA"), dict)
            else {}
        )
        is_tap = data.get("IFLA_TUN_TYPE") == _TUN_TYPE_TAP or link["ifi_type"] == _TYPE_ETHERNET
        return LinkKind.TAP if is_tap else LinkKind.TUN
    if kind in _KINDS:
        return _KINDS[kind]
    if kind is not None:
        return LinkKind.UNKNOWN
    if link["ifi_type"] == _TYPE_LOOPBACK:
        return LinkKind.LOOPBACK
    if link["ifi_type"] == _TYPE_PPP:
        return LinkKind.PPP
    on_a_bus = "IFLA_PARENT_DEV_NAME" in attrs
    return (
        LinkKind.HARDWARE
        if on_a_bus or link["ifi_type"] in {_TYPE_ETHERNET, _TYPE_RAW_IP}
        else LinkKind.UNKNOWN
    )


def _carriage(
    link: Message, links: list[Message], kinds: dict[int, LinkKind], *, line_without_ppp: bool, depth: int = 0
) -> Carriage:
    kind = kinds[link["index"]]
    if kind in _TUNNELS:
        return Carriage.TUNNEL
    if kind is LinkKind.UNKNOWN or depth > _DEEPEST:
        return Carriage.UNKNOWN
    if kind is LinkKind.PPP:
        # PPP is the line itself (PPPoE, a modem) when there is no other line that could carry it.
        return Carriage.TUNNEL if line_without_ppp else Carriage.DIRECT
    below = {
        _carriage(each, links, kinds, line_without_ppp=line_without_ppp, depth=depth + 1)
        for each in _below(link, links)
    }
    if not below or Carriage.DIRECT in below:  # a bridge with one port of hardware is no tunnel
        return Carriage.DIRECT
    return Carriage.UNKNOWN if Carriage.UNKNOWN in below else Carriage.TUNNEL


def _below(link: Message, links: list[Message]) -> list[Message]:
    """What an interface is made of: the ports of a bridge or bond, the parent of a VLAN or macvlan."""
    attrs = link["attrs"]
    ports = [each for each in links if each["attrs"].get("IFLA_MASTER") == link["index"]]
    if _info(link).get("IFLA_INFO_KIND") in _STACKED and "IFLA_LINK_NETNSID" not in attrs:
        ports += [each for each in links if each["index"] == attrs.get("IFLA_LINK") and each is not link]
    return ports


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


def parse_bottom(dump: Dump, interface: str) -> BaseInterface | Unavailable:
    """What `interface` stands on: the only port of hardware below it; itself when there is none, or too many to tell."""
    link = next((link for link in dump.links if _name(link) == interface), None)
    if link is None:
        return Unavailable(reason=Reason.NOT_PRESENT, detail="the interface went away")
    hardware = {each["index"]: each for each in _ports(link, dump.links) if _kind(each) is LinkKind.HARDWARE}
    several = len(hardware) > 1
    bottom = link if several else next(iter(hardware.values()), link)
    return BaseInterface(
        name=_name(bottom),
        index=bottom["index"],
        kind=LinkKind.UNKNOWN if several else _kind(bottom),
        address=str(bottom["attrs"].get("IFLA_ADDRESS") or ""),
        raw_ip=bottom["ifi_type"] == _TYPE_RAW_IP,
    )


def _ports(link: Message, links: list[Message], depth: int = 0) -> list[Message]:
    """What lies at the very bottom of an interface, as far as it is in use."""
    below = [each for each in _below(link, links) if each["attrs"].get("IFLA_OPERSTATE") in {"UP", "UNKNOWN"}]
    data = _info(link).get("IFLA_INFO_DATA")
    active = data.get("attrs", {}).get("IFLA_BOND_ACTIVE_SLAVE") if isinstance(data, dict) else None
    if active:
        below = [each for each in below if each["index"] == active]
    if not below or depth > _DEEPEST:
        return [link]
    return [bottom for each in below for bottom in _ports(each, links, depth + 1)]
