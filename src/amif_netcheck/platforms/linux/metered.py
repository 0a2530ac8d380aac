"""Is the way out a phone's? A mobile modem, or a phone on a cable; a phone's Wi-Fi looks like any other."""

from __future__ import annotations

from pathlib import Path

from amif_netcheck.model.facts import Unavailable
from amif_netcheck.platforms.answers import Gateway
from amif_netcheck.platforms.linux.ports import MODEM_DRIVERS, PHONE_DRIVERS, read, target

_INTERFACES = Path("/sys/class/net")


def of_gateway(box: Gateway | Unavailable) -> bool | Unavailable:
    """Look at the interface that leads to the box."""
    if isinstance(box, Unavailable):
        return box
    folder = _INTERFACES / box.interface
    return is_metered(read(folder / "uevent"), target(folder / "device" / "driver"))


def is_metered(uevent: str, driver: str) -> bool:
    """`uevent`: the kernel's description of the interface; `driver`: the name of its driver, or empty."""
    return "DEVTYPE=wwan" in uevent.splitlines() or driver in PHONE_DRIVERS | MODEM_DRIVERS
