"""What interfaces are, and what they stand on: by structure, never by name."""

from __future__ import annotations

from collections import defaultdict

from msgspec import Struct

from amif_netcheck.model.facts import Carriage, LinkKind, Reason, Unavailable
from amif_netcheck.platforms.linux.rtnetlink import Message
from amif_netcheck.platforms.text import clean

# linux/if_arp.h
_TYPE_ETHERNET, _TYPE_PPP, _TYPE_RAW_IP, _TYPE_LOOPBACK = 1, 512, 519, 772
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


class Topology:
    """All interfaces with their ports. `line_without_ppp`: something that is no PPP could be the line."""

    def __init__(self, links: list[Message], *, line_without_ppp: bool = False) -> None:
        self._by_index = {link["index"]: link for link in links}
        self._ports: dict[int, list[Message]] = defaultdict(list)
        for link in links:
            if "IFLA_MASTER" in link["attrs"]:
                self._ports[link["attrs"]["IFLA_MASTER"]].append(link)
        self._line_without_ppp = line_without_ppp

    def carriage(self, link: Message, depth: int = 0) -> Carriage:
        """Is it a tunnel? A bridge with one port of hardware is none."""
        kind = kind_of(link)
        if kind in _TUNNELS:
            return Carriage.TUNNEL
        if kind is LinkKind.UNKNOWN or depth > _DEEPEST:
            return Carriage.UNKNOWN
        if kind is LinkKind.PPP:
            # PPP is the line itself (PPPoE, a modem) when there is no other line that could carry it.
            return Carriage.TUNNEL if self._line_without_ppp else Carriage.DIRECT
        below = {self.carriage(port, depth + 1) for port in self._below(link)}
        if not below or Carriage.DIRECT in below:
            return Carriage.DIRECT
        return Carriage.UNKNOWN if Carriage.UNKNOWN in below else Carriage.TUNNEL

    def base(self, interface: str) -> BaseInterface | Unavailable:
        """What `interface` stands on: the only port of hardware below it; itself when there is none, or too many to tell."""
        index = self.index(interface)
        if isinstance(index, Unavailable):
            return index
        link = self._by_index[index]
        hardware = {port["index"]: port for port in self._lowest(link) if kind_of(port) is LinkKind.HARDWARE}
        several = len(hardware) > 1
        base = link if several else next(iter(hardware.values()), link)
        return BaseInterface(
            name=name_of(base),
            index=base["index"],
            kind=LinkKind.UNKNOWN if several else kind_of(base),
            address=str(base["attrs"].get("IFLA_ADDRESS") or ""),
            raw_ip=base["ifi_type"] == _TYPE_RAW_IP,
        )

    def index(self, interface: str) -> int | Unavailable:
        """The kernel's number of an interface."""
        indexes = (index for index, link in self._by_index.items() if name_of(link) == interface)
        absent = Unavailable(reason=Reason.NOT_PRESENT, detail="the interface went away")
        return next(indexes, absent)

    def _below(self, link: Message) -> list[Message]:
        """What an interface is made of: the ports of a bridge or bond, the parent of a VLAN or macvlan."""
        attrs = link["attrs"]
        ports = list(self._ports.get(link["index"], ()))
        parent = self._by_index.get(attrs.get("IFLA_LINK", 0))
        if _info(link).get("IFLA_INFO_KIND") in _STACKED and "IFLA_LINK_NETNSID" not in attrs:
            ports += [parent] if parent is not None and parent is not link else []
        return ports

    def _lowest(self, link: Message, depth: int = 0) -> list[Message]:
        """What lies at the very bottom of an interface, as far as it is in use."""
        below = [
            port for port in self._below(link) if port["attrs"].get("IFLA_OPERSTATE") in {"UP", "UNKNOWN"}
        ]
        active = _data(link).get("IFLA_BOND_ACTIVE_SLAVE")
        if active:
            below = [port for port in below if port["index"] == active]
        if not below or depth > _DEEPEST:
            return [link]
        return [lowest for port in below for lowest in self._lowest(port, depth + 1)]


def name_of(link: Message) -> str:
    """The name of an interface."""
    return clean(link["attrs"]["IFLA_IFNAME"])


def kind_of(link: Message) -> LinkKind:
    """What an interface is."""
    kind = _info(link).get("IFLA_INFO_KIND")
    if kind in {"tun", "tap"}:
        is_tap = _data(link).get("IFLA_TUN_TYPE") == _TUN_TYPE_TAP or link["ifi_type"] == _TYPE_ETHERNET
        return LinkKind.TAP if is_tap else LinkKind.TUN
    if kind is not None:
        return _KINDS.get(kind, LinkKind.UNKNOWN)
    if link["ifi_type"] == _TYPE_LOOPBACK:
        return LinkKind.LOOPBACK
    if link["ifi_type"] == _TYPE_PPP:
        return LinkKind.PPP
    on_a_bus = "IFLA_PARENT_DEV_NAME" in link["attrs"]
    hardware = on_a_bus or link["ifi_type"] in {_TYPE_ETHERNET, _TYPE_RAW_IP}
    return LinkKind.HARDWARE if hardware else LinkKind.UNKNOWN


def _info(link: Message) -> Message:
    """What the kind of an interface is called, and its details."""
    return (link["attrs"].get("IFLA_LINKINFO") or {}).get("attrs", {})  # type: ignore[no-any-return]  # from the kernel


def _data(link: Message) -> Message:
    """The details that its kind has."""
    data = _info(link).get("IFLA_INFO_DATA")
    return data.get("attrs", {}) if isinstance(data, dict) else {}
