"""Is the way out a phone's? A mobile modem, or a phone on a cable; a phone's Wi-Fi looks like any other."""

from __future__ import annotations

from pathlib import Path

from amif_netcheck.model.facts import Unavailable
from amif_netcheck.platforms.base import Gateway

_INTERFACES = Path("/sys/class/net")
_PHONE_DRIVERS = frozenset({"rndis_host", "ipheth", "cdc_mbim", "qmi_wwan", "huawei_cdc_ncm"})
"""Drivers of phones that share their connection over USB, and of mobile modems."""


def of_gateway(box: Gateway | Unavailable) -> bool | Unavailable:
    """Look at the interface that leads to the box."""
    if isinstance(box, Unavailable):
        return box
    folder = _INTERFACES / box.interface
    return is_metered(_read(folder / "uevent"), _target(folder / "device" / "driver"))


def is_metered(uevent: str, driver: str) -> bool:
    """`uevent`: the kernel's description of the interface; `driver`: the name of its driver, or empty."""
    return "DEVTYPE=wwan" in uevent.splitlines() or driver in _PHONE_DRIVERS


def _read(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""


def _target(link: Path) -> str:
    try:
        return link.readlink().name
    except OSError:
        return ""
