"""The hardware under an interface, and what it is: a cable, a radio, a modem, a phone, or nothing at all. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from amif_netcheck.catalog.windows_adapters import AdapterRole
from amif_netcheck.model.facts import LinkKind, Medium
from amif_netcheck.platforms.answers import Port
from amif_netcheck.platforms.usb_makers import MODEM_MAKERS, PHONE_MAKERS
from amif_netcheck.platforms.windows import adapters
from amif_netcheck.platforms.windows.adapters import Adapter, kind_of
from amif_netcheck.platforms.windows.ras import RasLine

_RADIO_MEDIUMS = {1, 9}  # ntddndis.h, NdisPhysicalMediumWirelessLan and NdisPhysicalMediumNative802_11
_MODEM_SERVICES = ("wmbclass", "netwmbclass", "mbbclass", "cxwmbclass", "qcusbwwan", "ewusbwwan")
_PHONE_SERVICES = ("usbrndis", "usb_rndis", "rndismp", "netaapl")
"""RNDIS, as phones share their connection over USB, and Apple's driver for it."""
_SHARED_SERVICES = ("usbncm", "usb_ncm", "cxusbncm")
"""What phones, sticks and docking stations share: the maker tells them apart."""
_MOBILE_TYPES = {adapters.MOBILE, adapters.MOBILE_2, adapters.WIMAX}
_STACKS = {LinkKind.VIRTUAL, LinkKind.BRIDGE}


def of_interface(adapter: Adapter, ports: Sequence[Adapter]) -> Port:
    """The only port of hardware below it; itself when there is none, or too many to tell."""
    if len(ports) == 1:
        return Port(interface=ports[0].name, medium=medium(ports[0]))
    return Port(interface=adapter.name, medium=Medium.UNKNOWN if ports else medium(adapter))


def medium(adapter: Adapter) -> Medium:
    """What an interface is by itself."""
    if (
        adapter.line is not None
    ):  # a modem is a stick, as telephone lines have none any more; what is under PPPoE is not told
        return Medium.CELLULAR if adapter.line is RasLine.MODEM else Medium.UNKNOWN
    kind = kind_of(adapter)
    if kind is not LinkKind.HARDWARE:
        return Medium.VIRTUAL if kind in _STACKS else Medium.UNKNOWN
    return Medium.VIRTUAL if adapter.role is AdapterRole.GUEST else _radio(adapter) or _cable(adapter)


def _radio(adapter: Adapter) -> Medium | None:
    row = adapter.row
    if row.type == adapters.WIFI or row.medium in _RADIO_MEDIUMS:
        return Medium.WIFI
    if row.medium == adapters.MEDIUM_BLUETOOTH or adapter.driver.bus == "bth":
        return Medium.BLUETOOTH
    if row.type in _MOBILE_TYPES or row.medium == adapters.MEDIUM_WIRELESS_WAN:
        return Medium.CELLULAR
    return None


def is_metered_by_nature(adapter: Adapter) -> bool:
    """A mobile modem, or a phone on a cable; a phone's Wi-Fi looks like any other."""
    return medium(adapter) in {Medium.CELLULAR, Medium.TETHERED_PHONE}


def _cable(adapter: Adapter) -> Medium:
    """Something that looks like a network card with a cable."""
    service, maker = adapter.driver.service, adapter.driver.usb_vendor
    shared = service.startswith(_PHONE_SERVICES + _SHARED_SERVICES)
    if service.startswith(_MODEM_SERVICES) or (shared and maker in MODEM_MAKERS):
        return Medium.CELLULAR
    if service.startswith(_PHONE_SERVICES) or (shared and maker in PHONE_MAKERS):
        return Medium.TETHERED_PHONE
    return Medium.ETHERNET
