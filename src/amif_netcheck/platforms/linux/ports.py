"""The hardware under an interface, and what it is: a cable, a radio, a modem, a phone, or nothing at all.

rtnetlink tells the structure; the driver and the type that /sys shows tell the rest. In a network namespace /sys may be
another's: it counts only when index and hardware address are those that rtnetlink gave.
"""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from amif_netcheck.model.facts import LinkKind, Medium
from amif_netcheck.platforms.answers import Port
from amif_netcheck.platforms.linux import nl80211
from amif_netcheck.platforms.linux.topology import BaseInterface
from amif_netcheck.platforms.usb_makers import MODEM_MAKERS, PHONE_MAKERS

_INTERFACES = Path("/sys/class/net")

MODEM_DRIVERS = frozenset({"cdc_mbim", "qmi_wwan", "huawei_cdc_ncm", "sierra_net", "option", "hso"})
PHONE_DRIVERS = frozenset({"rndis_host", "ipheth"})
"""Phones that share their connection over USB; newer ones use drivers that docking stations use too."""
_CDC_DRIVERS = frozenset({"cdc_ncm", "cdc_ether", "cdc_eem", "cdc_subset"})
"""What phones, sticks and docking stations share: the maker tells them apart."""
_VIRTUAL_DRIVERS = frozenset(
    {
        "virtio_net",
        "vmxnet3",
        "hv_netvsc",
        "vif",
        "xen_netfront",
        "ena",
        "gve",
        "gvnic",
        "mana",
        "mac80211_hwsim",
    }
)
_STACKS = {LinkKind.VIRTUAL, LinkKind.BRIDGE}


class SysfsAttributes(Struct, frozen=True, kw_only=True):
    """What /sys shows of one interface."""

    uevent: str = ""
    driver: str = ""
    usb_vendor: str = ""  # four hexadecimal digits, when it is on USB
    on_a_bus: bool = False
    radio: bool = False  # 802.11


def of_base(base: BaseInterface) -> Port:
    """What the lowest interface of a stack is."""
    attributes = _attributes(base)
    if attributes is None and base.kind is LinkKind.HARDWARE and nl80211.knows(base.index):
        attributes = SysfsAttributes(radio=True, on_a_bus=True)
    return Port(interface=base.name, medium=medium(base, attributes))


def medium(base: BaseInterface, attributes: SysfsAttributes | None) -> Medium:
    """What an interface is; `attributes` is None when /sys shows nothing of it."""
    if base.kind is not LinkKind.HARDWARE or attributes is None:
        return Medium.VIRTUAL if base.kind in _STACKS else Medium.UNKNOWN
    types = {line.removeprefix("DEVTYPE=") for line in attributes.uevent.splitlines() if "DEVTYPE=" in line}
    if attributes.driver in _VIRTUAL_DRIVERS:
        return Medium.VIRTUAL
    if attributes.radio or "wlan" in types:
        return Medium.WIFI
    if "bluetooth" in types:
        return Medium.BLUETOOTH
    if "wwan" in types or base.raw_ip or attributes.driver in MODEM_DRIVERS:
        return Medium.CELLULAR
    return _cable(attributes)


def _cable(attributes: SysfsAttributes) -> Medium:
    """Something that looks like a network card with a cable."""
    driver, maker = attributes.driver, attributes.usb_vendor
    if driver in _CDC_DRIVERS | PHONE_DRIVERS and maker in MODEM_MAKERS:
        return Medium.CELLULAR
    if driver in PHONE_DRIVERS or (driver in _CDC_DRIVERS and maker in PHONE_MAKERS):
        return Medium.TETHERED_PHONE
    return Medium.ETHERNET if attributes.on_a_bus else Medium.VIRTUAL


def _attributes(base: BaseInterface) -> SysfsAttributes | None:
    folder = _INTERFACES / base.name
    if read(folder / "ifindex").strip() != str(base.index):
        return None
    if read(folder / "address").strip().casefold() != base.address.casefold():
        return None
    device = folder / "device"
    return SysfsAttributes(
        uevent=read(folder / "uevent"),
        driver=target(device / "driver"),
        usb_vendor=read(device.resolve().parent / "idVendor").strip().casefold(),
        on_a_bus=device.exists(),
        radio=(folder / "phy80211").exists() or (folder / "wireless").exists(),
    )


def read(path: Path) -> str:
    """A file's text, empty when there is none."""
    try:
        return path.read_text(errors="replace")
    except (OSError, ValueError):  # ValueError: a name that no path can hold
        return ""


def target(link: Path) -> str:
    """The last part of where a link leads, empty when there is none."""
    try:
        return link.readlink().name
    except OSError:
        return ""
