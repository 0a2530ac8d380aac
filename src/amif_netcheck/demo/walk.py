"""A recorded walk with the computer: the Wi-Fi signal as it came closer to the box, turned away, and came back."""

from __future__ import annotations

import time
from collections.abc import Callable

from msgspec import structs

from amif_netcheck.model.facts import Fact, ProximityFacts, Unavailable, WifiLink
from amif_netcheck.probes.context import Context

STEPS_DBM = (0.0, 0.5, 2.0, 4.5, 6.0, 3.5, 1.0, 4.0, 7.5, 10.0, 12.5, 13.5)
"""Above the place where the recording was made, one a look; then one stays."""
_ANEW_S = 5.0
"""Who has not looked for so long walks from the beginning."""
_FULL_DBM, _NOTHING_DBM = -50.0, -100.0


def replayed_walk(
    fact: Fact | Unavailable, now: Callable[[], float] = time.monotonic
) -> Callable[[Context, float], Fact | Unavailable]:
    """A probe that walks on with each look; without Wi-Fi it stays where it is."""
    looks, last = 0, now()

    def look(context: Context, until: float) -> Fact | Unavailable:
        nonlocal looks, last
        del context, until
        looks = 0 if now() - last > _ANEW_S else looks
        last = now()
        here = _at(fact, STEPS_DBM[min(looks, len(STEPS_DBM) - 1)])
        looks += 1
        return here

    return look


def _at(fact: Fact | Unavailable, more_dbm: float) -> Fact | Unavailable:
    if not isinstance(fact, ProximityFacts) or not isinstance(fact.wifi, WifiLink):
        return fact
    if isinstance(fact.wifi.signal_dbm, Unavailable):
        return fact
    signal = min(_FULL_DBM, fact.wifi.signal_dbm + more_dbm)
    share = (signal - _NOTHING_DBM) / (_FULL_DBM - _NOTHING_DBM)
    return structs.replace(
        fact, wifi=structs.replace(fact.wifi, signal_dbm=signal, signal_pct=round(100 * share, 1))
    )
