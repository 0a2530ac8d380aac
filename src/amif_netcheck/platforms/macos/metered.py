"""Is the line a telephone's, or one that is probably paid by volume? The system says so itself, of each interface. Pure."""

from __future__ import annotations

from amif_netcheck.model.facts import Medium, Reason, Unavailable
from amif_netcheck.platforms.macos import ports
from amif_netcheck.platforms.macos.ifconfig import Link

_COSTS = {"EXPENSIVE", "CONSTRAINED", "ULTRA_CONSTRAINED"}
"""The kernel's marks (xnu, bsd/net/if_private.h): a personal hotspot, a telephone on USB or Bluetooth, a modem; and the person's
own Low Data Mode, for one network or all."""
_TELEPHONES = {Medium.TETHERED_PHONE, Medium.CELLULAR, Medium.BLUETOOTH}


def is_metered(link: Link, medium: Medium) -> bool | Unavailable:
    """Of the interface that leads to the box."""
    if link.extended & _COSTS or medium in _TELEPHONES or ports.in_iphones_network(link):
        return True
    return False if link.told else Unavailable(reason=Reason.UNSUPPORTED, detail="ifconfig does not tell")
