"""The way out of the computer, and the tunnels on it."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from amif_netcheck.model.facts.base import Address, Fact, Host, Unavailable


class LinkKind(Enum):
    """What an interface is, told from its structure in the system, never from its name."""

    HARDWARE = "hardware"  # a network card, by cable or by radio
    TUN = "tun"
    TAP = "tap"
    WIREGUARD = "wireguard"
    PPP = "ppp"
    IP_TUNNEL = "ip_tunnel"  # IPIP, GRE, SIT, VTI, XFRM and their like
    BRIDGE = "bridge"
    VIRTUAL = "virtual"  # veth, macvlan, VLAN, bond, dummy: carries what is below or beside it
    LOOPBACK = "loopback"
    UNKNOWN = "unknown"


class Carriage(Enum):
    """Does a tunnel carry this route?"""

    DIRECT = "direct"
    TUNNEL = "tunnel"
    UNKNOWN = "unknown"


class CallPart(Enum):
    """Which packets of a call go a way."""

    ALL = "all"
    MEDIA = "media"  # picture and sound, or some of their ports: the page goes another way
    PAGE = "page"  # the meeting's page: picture and sound go another way


class Route(Fact, frozen=True, kw_only=True):
    """The way packets to one destination leave this computer; where they part, the one through a tunnel.

    `ipsec`: they are encrypted by the system before they leave by `interface`. `by_mark`: packets that a firewall marks
    would go through a tunnel, and which ones it marks is for the administrator alone to see.
    """

    source: Address
    interface: str
    link_kind: LinkKind
    carriage: Carriage
    part: CallPart = CallPart.ALL
    ipsec: bool = False
    by_mark: bool = False


class RoutesByFamily(Fact, frozen=True, kw_only=True):
    """The routes to one destination, by IP family."""

    ipv4: Route | Unavailable
    ipv6: Route | Unavailable


class Tunnel(Struct, frozen=True, kw_only=True):
    """A tunnel, or what stands on one, that is up and has an address. `product` is a name for display, or empty."""

    interface: str
    link_kind: LinkKind
    product: str = ""
    routes: bool = False  # some destination beyond its own subnet goes through it


class VpnFacts(Fact, frozen=True, kw_only=True):
    """Which way traffic to the meeting and to the Internet goes."""

    meeting: RoutesByFamily | Unavailable
    internet: RoutesByFamily
    tunnels: tuple[Tunnel, ...] | Unavailable
    meeting_host: Host = ""
