"""What interfaces are and what they stand on, from what ifconfig shows of them. Pure.

The kernel's family and subfamily tell (xnu, net/kpi_interface.h). Where ifconfig kept them to itself, the letters of the name
do: on macOS nobody can rename an interface, each driver has letters of its own (`utun` is the kernel's own tunnel, …).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from ipaddress import ip_address
from types import MappingProxyType

from amif_netcheck.model.facts import Carriage, LinkKind, Medium
from amif_netcheck.platforms.macos.ifconfig import Link

# net/kpi_interface.h
_LOOPBACK, _ETHERNET, _TUN, _VLAN, _PPP, _GIF, _STF, _FIREWIRE, _BOND, _CELLULAR, _UTUN, _IPSEC = (
    *(1, 2, 4, 5, 6, 10, 12, 13, 14, 15, 17, 18),
)
USB, _BLUETOOTH, _WIFI, _THUNDERBOLT = 1, 2, 3, 4
_OWN_WIRES = frozenset({5, 6, 9, 10, 11, 12})
"""Of Ethernet: between the chips of this computer, to virtual machines, and for its own care."""
_IFT_BRIDGE = 0xD1  # net/if_types.h

_FAMILIES = {
    _LOOPBACK: LinkKind.LOOPBACK,
    _TUN: LinkKind.TUN,
    _VLAN: LinkKind.VIRTUAL,
    _PPP: LinkKind.PPP,
    _GIF: LinkKind.IP_TUNNEL,
    _STF: LinkKind.IP_TUNNEL,
    _FIREWIRE: LinkKind.HARDWARE,
    _BOND: LinkKind.VIRTUAL,
    _CELLULAR: LinkKind.HARDWARE,
    _UTUN: LinkKind.TUN,
    _IPSEC: LinkKind.IP_TUNNEL,
}
_DRIVERS = {
    "lo": LinkKind.LOOPBACK,
    "en": LinkKind.HARDWARE,
    "fw": LinkKind.HARDWARE,
    "pdp_ip": LinkKind.HARDWARE,
    "bridge": LinkKind.BRIDGE,
    "utun": LinkKind.TUN,
    "ipsec": LinkKind.IP_TUNNEL,
    "gif": LinkKind.IP_TUNNEL,
    "stf": LinkKind.IP_TUNNEL,
    "ppp": LinkKind.PPP,
    "feth": LinkKind.TAP,
    "tap": LinkKind.TAP,
    "zt": LinkKind.TAP,
    "tun": LinkKind.TUN,
    "gpd": LinkKind.TUN,
    "cscotun": LinkKind.TUN,
    **dict.fromkeys(
        ("vlan", "bond", "awdl", "llw", "nan", "ap", "p2p", "anpi", "vmenet", "vmnet", "vnic", "vboxnet",
         "XHC", "EHC", "UHC", "pktap", "iptap", "pflog", "rvi", "dummy"),
        LinkKind.VIRTUAL,
    ),
}  # fmt: skip
"""By the letters of a name: Apple's drivers, and those of others that are not built upon Apple's utun (feth is Apple's pair of
virtual Ethernet ports, which ZeroTier and OpenVPN use as a TAP)."""
_LETTERS = re.compile(r"^[A-Za-z_]+")
_TUNNELS = {LinkKind.TUN, LinkKind.TAP, LinkKind.PPP, LinkKind.IP_TUNNEL}
_STACKS = {LinkKind.BRIDGE, LinkKind.VIRTUAL}
_COMPANION = "Companion Link"
"""How ifconfig calls the links to the person's own watch and telephone, which are IPsec interfaces, too."""
_DEEPEST = 8


def kind_of(link: Link) -> LinkKind:
    """What an interface is."""
    letters = _LETTERS.match(link.name)
    driver = _DRIVERS.get(letters[0] if letters else "", LinkKind.UNKNOWN)
    if link.iana_type == _IFT_BRIDGE:
        return LinkKind.BRIDGE
    if link.family == _ETHERNET:  # drivers of tunnels that look like a network card say so, too
        own_wire = link.subfamily in _OWN_WIRES
        return LinkKind.VIRTUAL if own_wire else LinkKind.HARDWARE if driver is LinkKind.UNKNOWN else driver
    if link.described.startswith(_COMPANION):
        return LinkKind.VIRTUAL
    return _FAMILIES.get(link.family, driver)


class MacTopology:
    """All interfaces; `routed` are the names of those that some destination beyond their own subnets goes through."""

    def __init__(
        self, links: Iterable[Link], routed: frozenset[str] = frozenset(), *, virtual: bool = False
    ) -> None:
        self.links: Mapping[str, Link] = MappingProxyType({link.name: link for link in links})
        self._routed = routed
        self._virtual = virtual
        self._lines = self._line_by_ppp()

    def carriage(self, link: Link) -> Carriage:
        """Is it a tunnel, or does it stand on one?"""
        bottoms = {self._own_carriage(bottom) for bottom in self.bottoms(link)}
        if Carriage.TUNNEL in bottoms:
            return Carriage.TUNNEL
        return Carriage.UNKNOWN if Carriage.UNKNOWN in bottoms else Carriage.DIRECT

    def tunnel(self, link: Link) -> str:
        """The name of the tunnel that it is or stands on; empty when there is none."""
        tunnels = (below for below in self.bottoms(link) if self._own_carriage(below) is Carriage.TUNNEL)
        return next((below.name for below in tunnels), "")

    def base(self, interface: str) -> Link | None:
        """What it stands on: the only port of hardware below it; itself when there is none, or too many to tell.

        A line by PPP stands on what its packets leave by.
        """
        link = self.links.get(interface)
        if link is None:
            return None
        if self._lines.get(link.name) is Carriage.DIRECT:
            link = self.links.get(link.effective, link)
        hardware = {port.name: port for port in self.bottoms(link) if kind_of(port) is LinkKind.HARDWARE}
        return next(iter(hardware.values())) if len(hardware) == 1 else link

    def medium(self, link: Link) -> Medium:
        """What a bottom interface is; a network card on USB is `ETHERNET` here, and may be a telephone (`ports`)."""
        kind = kind_of(link)
        if kind is not LinkKind.HARDWARE:
            return Medium.VIRTUAL if kind in _STACKS else Medium.UNKNOWN
        if link.family == _CELLULAR or link.functional == "cellular":
            return Medium.CELLULAR
        if link.subfamily == _WIFI or link.functional == "wifi" or link.described == "Wi-Fi":
            return Medium.WIFI
        if link.subfamily == _BLUETOOTH or link.described == "Bluetooth PAN":
            return Medium.BLUETOOTH
        if link.family != _ETHERNET and link.described not in {"Ethernet", "USB Ethernet"}:
            return Medium.UNKNOWN
        # What a virtual machine takes for a cable ends in the computer around it.
        return Medium.VIRTUAL if self._virtual else Medium.ETHERNET

    def bottoms(self, link: Link, depth: int = 0) -> list[Link]:
        """What lies at the very bottom of an interface: itself, or the ports of a bridge or bond, or a VLAN's parent.

        Ports that are in use before others. A bridge that holds hardware leads there: what else it holds are virtual machines.
        """
        ports = [self.links[name] for name in link.below if name in self.links and name != link.name]
        in_use = [port for port in ports if port.active is not False]
        if not ports or depth >= _DEEPEST:
            return [link]
        below = [bottom for port in in_use or ports for bottom in self.bottoms(port, depth + 1)]
        hardware = [bottom for bottom in below if kind_of(bottom) is LinkKind.HARDWARE]
        return hardware or below

    def _own_carriage(self, link: Link) -> Carriage:
        """Is this one a tunnel, whatever it stands on?"""
        kind = kind_of(link)
        if link.name in self._lines:
            return self._lines[link.name]
        if (
            kind is not LinkKind.UNKNOWN and kind not in _TUNNELS
        ):  # a filter's agent may stand on a cable, too
            return Carriage.DIRECT
        if "IS_VPN" in link.extended or link.vpn_agents:
            return Carriage.TUNNEL
        if kind is LinkKind.UNKNOWN:
            return Carriage.UNKNOWN if "POINTOPOINT" in link.flags else Carriage.DIRECT
        return Carriage.DIRECT if self._is_the_systems(link) else Carriage.TUNNEL

    def _is_the_systems(self, link: Link) -> bool:
        """One of the system's own: to the person's other devices (Continuity, Handoff, AirDrop, a telephone in development).

        They have no IPv4, and lead to nobody but the other end. A VPN that the system runs for an application says so.
        """
        is_apples = kind_of(link) is LinkKind.TUN and link.name not in self._routed
        return is_apples and all(ip_address(each.address).version == 6 for each in link.addresses)  # noqa: PLR2004

    def _line_by_ppp(self) -> dict[str, Carriage]:
        """PPP interfaces without another line beside them: the line itself (PPPoE, a modem); of several, nobody can tell."""
        reachable = [link for link in self.links.values() if any(map(_is_global, link.addresses))]
        if any(kind_of(link) is LinkKind.HARDWARE and link.up for link in reachable):
            return {}
        several = [link for link in reachable if kind_of(link) is LinkKind.PPP]
        if any("IS_VPN" in link.extended or link.vpn_agents for link in several):
            return {}
        return dict.fromkeys(
            (link.name for link in several), Carriage.DIRECT if len(several) == 1 else Carriage.UNKNOWN
        )


def _is_global(address: tuple[str, int, str]) -> bool:
    of_interface = ip_address(address[0])
    return not (of_interface.is_link_local or of_interface.is_loopback)
