"""What a cable carries, through psutil (ethtool's ioctl, which looks into the right network namespace)."""

from __future__ import annotations

import psutil

from amif_netcheck.model.facts import Duplex, EthernetLink, Reason, Unavailable
from amif_netcheck.platforms.text import clean

_DUPLEX = {psutil.NIC_DUPLEX_FULL: Duplex.FULL, psutil.NIC_DUPLEX_HALF: Duplex.HALF}
_ABSURD_MBIT_S = 10_000_000
"""Some drivers answer -1 for "unknown", which arrives as a huge number."""


def link(interface: str) -> EthernetLink | Unavailable:
    """Rate and duplex of one interface."""
    try:
        by_name = psutil.net_if_stats()
    except (psutil.Error, OSError) as error:
        return Unavailable(reason=Reason.NOT_PERMITTED, detail=str(error))
    mine = next((stats for name, stats in by_name.items() if clean(name) == interface), None)
    if mine is None:
        return Unavailable(reason=Reason.NOT_PRESENT, detail="the interface went away")
    return parse(mine.speed, next((ours for theirs, ours in _DUPLEX.items() if theirs == mine.duplex), None))


def parse(rate_mbit_s: int, duplex: Duplex | None) -> EthernetLink:
    """`rate_mbit_s` as the driver gives it: 0, or something absurd, for unknown."""
    untold = Unavailable(reason=Reason.UNSUPPORTED, detail="the driver does not tell")
    return EthernetLink(
        rate_mbit_s=rate_mbit_s if 0 < rate_mbit_s < _ABSURD_MBIT_S else untold,
        duplex=duplex or untold,
    )
