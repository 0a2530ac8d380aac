"""The hardware under an interface, and what it is: a cable, a radio, a modem, a telephone.

ifconfig tells cables from radios. What looks like a network card on USB is looked up in the I/O Registry (ioreg(8), which has
no language): an iPhone has a driver of its own, others are told by who made the device.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Network, ip_address

from msgspec import Struct

from amif_netcheck.model.facts import Duplex, EthernetLink, Medium, Reason, Unavailable
from amif_netcheck.platforms import usb_makers
from amif_netcheck.platforms.macos import topology
from amif_netcheck.platforms.macos.ifconfig import Link
from amif_netcheck.platforms.macos.tools import Tools

_TOOL_S = 3.0
_IPHONE_DRIVER = "AppleUSBEthernetHost"
"""What SystemConfiguration calls a tethered hotspot (configd, SCNetworkInterface.c)."""
_IPHONE_NETWORK = IPv4Network("172.20.10.0/28")
"""What an iPhone or iPad gives to those who share its connection, whatever they are connected by."""
_NODE = re.compile(r"^([ |]*)\+-o (.+?)  <class ([^,>]+)")
_BSD_NAME = re.compile(r'"BSD Name" = "([^"]+)"')
_VENDOR = re.compile(r'"idVendor" = (\d+)')
_IS_IPHONE = re.compile(r'"SupportsIPhoneOS" = Yes')
_APPLE = "05ac"
"""Makes adapters for cables, too; telephones of its own are known by their driver."""
_RATE = re.compile(r"\((\d+)(G|M)?-?base", re.IGNORECASE)
_OPTIONS = re.compile(r"<([^>]*)>")
_GIGABIT = 1000

_UNTOLD = Unavailable(reason=Reason.UNSUPPORTED, detail="the driver does not tell")


class UsbNetworkCard(Struct, frozen=True, kw_only=True):
    """A network card on USB: the classes of its drivers, and its maker's number as four hexadecimal digits, or empty."""

    drivers: tuple[str, ...]
    maker: str = ""
    iphone: bool = False


def medium(link: Link, by_ifconfig: Medium, tools: Tools) -> Medium:
    """What an interface at the bottom is; `by_ifconfig`: see `MacTopology.medium`."""
    if by_ifconfig is not Medium.ETHERNET:
        return by_ifconfig
    if in_iphones_network(link):
        return Medium.TETHERED_PHONE
    if link.subfamily != topology.USB and link.described != "USB Ethernet":
        return Medium.ETHERNET
    shown = tools.output("/usr/sbin/ioreg", "-r", "-c", "IOUSBHostDevice", "-l", "-w", "0", seconds=_TOOL_S)
    card = None if isinstance(shown, Unavailable) else parse_usb(shown).get(link.name)
    if card is not None:
        return on_usb(card)
    # The system marks what a telephone on a cable gives as something that costs.
    return Medium.TETHERED_PHONE if "EXPENSIVE" in link.extended else Medium.ETHERNET


def in_iphones_network(link: Link) -> bool:
    """Is its address one that an iPhone gives?"""
    addresses = (ip_address(each.address) for each in link.addresses)
    return any(address in _IPHONE_NETWORK for address in addresses if address.version == 4)  # noqa: PLR2004


def on_usb(card: UsbNetworkCard) -> Medium:
    """What a network card on USB is."""
    of_a_phone = card.maker != _APPLE and card.maker in usb_makers.PHONE_MAKERS
    if card.iphone or _IPHONE_DRIVER in card.drivers or of_a_phone:
        return Medium.TETHERED_PHONE
    return Medium.CELLULAR if card.maker in usb_makers.MODEM_MAKERS else Medium.ETHERNET


def parse_usb(shown: str) -> dict[str, UsbNetworkCard]:
    """Network cards by interface, from `ioreg -r -c IOUSBHostDevice -l -w 0`: a tree, drawn with lines, and properties."""
    cards: dict[str, UsbNetworkCard] = {}
    above: list[_Node] = []
    for line in shown.splitlines():
        node = _NODE.match(line)
        if node:
            depth = len(node[1])
            above = [*(entry for entry in above if entry.depth < depth), _Node(depth, node[3])]
            continue
        vendor, name = _VENDOR.search(line), _BSD_NAME.search(line)
        if vendor and above:
            above[-1].maker = f"{int(vendor[1]):04x}"
        if _IS_IPHONE.search(line) and above:
            above[-1].iphone = True
        if name and above:
            card = UsbNetworkCard(
                drivers=tuple(entry.kind for entry in above),
                maker=next((entry.maker for entry in reversed(above) if entry.maker), ""),
                iphone=any(entry.iphone for entry in above),
            )
            cards.setdefault(name[1], card)
    return cards


@dataclass
class _Node:
    """An entry of the registry, how deep it is drawn, and what its properties say."""

    depth: int
    kind: str
    maker: str = ""
    iphone: bool = False


def ethernet(link: Link) -> EthernetLink | Unavailable:
    """See `Platform.ethernet`: what stands behind `media:`, such as `autoselect (1000baseT <full-duplex,flow-control>)`."""
    if link.active is False:
        return Unavailable(reason=Reason.NOT_PRESENT, detail="no cable is plugged in")
    rate = _RATE.search(link.media)
    options = _OPTIONS.findall(link.media)
    return EthernetLink(
        rate_mbit_s=int(rate[1]) * (_GIGABIT if (rate[2] or "").upper() == "G" else 1) if rate else _UNTOLD,
        duplex=_duplex(word for text in options for word in text.split(",")),
    )


def _duplex(options: Iterable[str]) -> Duplex | Unavailable:
    named = {"full-duplex": Duplex.FULL, "half-duplex": Duplex.HALF}
    return next((named[option.strip()] for option in options if option.strip() in named), _UNTOLD)
