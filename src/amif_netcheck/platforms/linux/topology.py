"""What interfaces are, and what they stand on: by structure, never by name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from types import MappingProxyType

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
        ("ipip", "sit", "gre", "gretap", "erspan", "ip6tnl", "ip6gre", "ip6gretap", "vti", "vti6", "xfrm", "ipsec",
         "vxlan", "geneve", "bareudp", "gtp", "l2tp"),
        LinkKind.IP_TUNNEL,
    ),
    **dict.fromkeys(
        ("veth", "vlan", "macvlan", "macvtap", "ipvlan", "ipvtap", "bond", "team", "dummy", "vrf", "ifb",
         "netkit", "hsr", "batadv"),
        LinkKind.VIRTUAL,
    ),
}  # fmt: skip
_STACKED = {"vlan", "macvlan", "macvtap", "ipvlan", "ipvtap"}
_VETH = {"veth", "netkit"}
"""The IFLA_LINK of stacked kinds is the interface below; that of a veth is its other end."""
_DEEPEST = 8
_UNFATHOMED: Message = {"index": 0, "ifi_type": 0, "flags": 0, "attrs": {"IFLA_IFNAME": ""}}
"""Interfaces that are stacked deeper than this were made to confuse: of no kind that we know."""
_PLAIN = {LinkKind.VIRTUAL, LinkKind.BRIDGE, LinkKind.LOOPBACK}
_TUNNELS = {LinkKind.TUN, LinkKind.TAP, LinkKind.WIREGUARD, LinkKind.IP_TUNNEL, LinkKind.PPP}


class BaseInterface(Struct, frozen=True, kw_only=True):
    """The lowest interface of a stack. `address` is its hardware address; `raw_ip`: it has none, as mobile modems."""

    name: str
    index: int
    kind: LinkKind
    address: str = ""
    raw_ip: bool = False


class Topology:
    """All interfaces with their ports. `lines`: those that look like tunnels, and what they are instead, by index."""

    def __init__(self, links: list[Message], lines: Mapping[int, Carriage] = MappingProxyType({})) -> None:
        self._by_index = {link["index"]: link for link in links}
        self._ports: dict[int, list[Message]] = defaultdict(list)
        for link in links:
            if "IFLA_MASTER" in link["attrs"]:
                self._ports[link["attrs"]["IFLA_MASTER"]].append(link)
        self._lines = lines
        self._known: dict[int, list[Message]] = {}
        for index in self._ports.keys() & self._by_index.keys():
            # Once for all that leads into it: there may be a thousand containers on a bridge.
            self._known[index] = self._bottoms(self._by_index[index])

    def carriage(self, link: Message) -> Carriage:
        """Is it a tunnel, or does it stand on one?"""
        bottoms = {self._own_carriage(bottom) for bottom in self._bottoms(link)}
        if Carriage.TUNNEL in bottoms:
            return Carriage.TUNNEL
        return Carriage.UNKNOWN if Carriage.UNKNOWN in bottoms else Carriage.DIRECT

    def tunnel(self, link: Message) -> str:
        """The name of the tunnel that it is or stands on; empty when there is none."""
        bottoms = (bottom for bottom in self._bottoms(link) if self._own_carriage(bottom) is Carriage.TUNNEL)
        return next(map(name_of, bottoms), "")

    def _own_carriage(self, link: Message) -> Carriage:
        """Is this one a tunnel, whatever it stands on?"""
        kind = kind_of(link)
        own = Carriage.TUNNEL if kind in _TUNNELS else Carriage.DIRECT
        return self._lines.get(link["index"], Carriage.UNKNOWN if kind is LinkKind.UNKNOWN else own)

    def base(self, interface: str) -> BaseInterface | Unavailable:
        """What `interface` stands on: the only port of hardware below it; itself when there is none, or too many to tell."""
        index = self.index(interface)
        if isinstance(index, Unavailable):
            return index
        link = self._by_index[index]
        hardware = {port["index"]: port for port in self._bottoms(link) if kind_of(port) is LinkKind.HARDWARE}
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
        """What an interface is made of, as far as it is in use, else all.

        The ports of a bridge or bond, the parent of a VLAN or macvlan, the bridge that a veth leads into.
        """
        attrs = link["attrs"]
        below = list(self._ports.get(link["index"], ()))
        kind = _info(link).get("IFLA_INFO_KIND")
        other = None if "IFLA_LINK_NETNSID" in attrs else self._by_index.get(attrs.get("IFLA_LINK", 0))
        if other is not None and kind in _VETH:
            other = self._by_index.get(other["attrs"].get("IFLA_MASTER", 0))
        if other is not None and kind in _STACKED | _VETH:
            below.append(other)
        active = _data(link).get("IFLA_BOND_ACTIVE_SLAVE")
        chosen = [port for port in below if port["index"] == active]
        in_use = [port for port in below if port["attrs"].get("IFLA_OPERSTATE") in {"UP", "UNKNOWN"}]
        return chosen or in_use or below

    def _bottoms(self, link: Message, depth: int = 0, seen: set[int] | None = None) -> list[Message]:
        """What lies at the very bottom of an interface; each is looked at once, as circles can be built.

        A bridge that holds hardware leads there: what else it holds are virtual machines. Without hardware, a tunnel among
        its ports is the only way out of it.
        """
        if link["index"] in self._known:
            return self._known[link["index"]]
        if depth > _DEEPEST:
            return [_UNFATHOMED]
        seen = {link["index"]} if seen is None else seen
        bottoms: list[Message] = []
        for port in self._below(link):
            if port["index"] not in seen:
                seen.add(port["index"])
                bottoms += self._bottoms(port, depth + 1, seen)
        lines = [bottom for bottom in bottoms if self._is_line(bottom)]
        if lines and kind_of(link) is LinkKind.BRIDGE:
            return lines
        # Ends of containers decide nothing beside anything else.
        return [bottom for bottom in bottoms if kind_of(bottom) not in _PLAIN] or bottoms[:1] or [link]

    def _is_line(self, link: Message) -> bool:
        return kind_of(link) is LinkKind.HARDWARE or self._lines.get(link["index"]) is Carriage.DIRECT


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
