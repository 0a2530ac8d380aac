"""The probes of a run, with the times that they take."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from amif_netcheck.checks.link import undecided
from amif_netcheck.model.facts import Fact, Unavailable
from amif_netcheck.probes import (
    apps,
    firewall,
    headset,
    link,
    neighbours,
    proximity,
    sound_apps,
    sound_test,
    traffic,
    vpn,
)
from amif_netcheck.probes.context import Context


@dataclass(frozen=True)
class ProbeSpec:
    """One subject's probe. Times are seconds since the run's start: when it usually ends, and when it has to.

    One that is `on_request` runs only when the person asked for it, for the lines that use it.
    """

    run: Callable[[Context, float], Fact | Unavailable]
    usual_s: float
    deadline_s: float
    quick_usual_s: float
    quick_deadline_s: float
    on_request: bool = False


PROBES: dict[str, ProbeSpec] = {
    "proximity": ProbeSpec(
        proximity.probe, usual_s=0.3, deadline_s=5.0, quick_usual_s=0.3, quick_deadline_s=3.0
    ),
    "vpn": ProbeSpec(vpn.probe, usual_s=0.2, deadline_s=5.0, quick_usual_s=0.2, quick_deadline_s=3.0),
    "traffic": ProbeSpec(traffic.probe, usual_s=3.2, deadline_s=8.0, quick_usual_s=2.2, quick_deadline_s=4.2),
    "firewall": ProbeSpec(
        firewall.probe, usual_s=1.5, deadline_s=5.0, quick_usual_s=1.5, quick_deadline_s=3.9
    ),
    "apps": ProbeSpec(apps.probe, usual_s=2.8, deadline_s=8.0, quick_usual_s=2.2, quick_deadline_s=4.2),
    "sound_apps": ProbeSpec(
        sound_apps.probe, usual_s=0.6, deadline_s=4.0, quick_usual_s=0.6, quick_deadline_s=3.0
    ),
    "headset": ProbeSpec(headset.probe, usual_s=0.6, deadline_s=4.0, quick_usual_s=0.6, quick_deadline_s=3.0),
    "neighbours": ProbeSpec(
        neighbours.probe, usual_s=3.7, deadline_s=4.0, quick_usual_s=3.7, quick_deadline_s=4.0
    ),
    "sound_test": ProbeSpec(
        sound_test.probe,
        usual_s=12.5,
        deadline_s=18.0,
        quick_usual_s=12.5,
        quick_deadline_s=18.0,
        on_request=True,
    ),
    "link": ProbeSpec(
        partial(link.probe, undecided=undecided),
        usual_s=15.0,
        deadline_s=29.4,
        quick_usual_s=2.6,
        quick_deadline_s=4.3,
    ),
}
"""By subject of `Facts`."""
