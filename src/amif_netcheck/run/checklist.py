"""The one registry: each tip of the note, its check, its weight, the facts it needs and the probes that bring them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from amif_netcheck.checks import apps as apps_check
from amif_netcheck.checks import firewall as firewall_check
from amif_netcheck.checks import headset as headset_check
from amif_netcheck.checks import link as link_check
from amif_netcheck.checks import neighbours as neighbours_check
from amif_netcheck.checks import proximity as proximity_check
from amif_netcheck.checks import sound_apps as sound_apps_check
from amif_netcheck.checks import traffic as traffic_check
from amif_netcheck.checks import vpn as vpn_check
from amif_netcheck.model.facts import Fact, Facts, Unavailable
from amif_netcheck.model.finding import Finding
from amif_netcheck.probes import apps as apps_probe
from amif_netcheck.probes import firewall as firewall_probe
from amif_netcheck.probes import headset as headset_probe
from amif_netcheck.probes import link as link_probe
from amif_netcheck.probes import neighbours as neighbours_probe
from amif_netcheck.probes import proximity as proximity_probe
from amif_netcheck.probes import sound_apps as sound_apps_probe
from amif_netcheck.probes import sound_test as sound_test_probe
from amif_netcheck.probes import traffic as traffic_probe
from amif_netcheck.probes import vpn as vpn_probe
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


@dataclass(frozen=True)
class CheckSpec:
    """One line of the checklist. The check sees all facts of the run.

    `needs` are the subjects of `Facts` that it can't do without; those of `uses` sharpen it, and are waited for when
    another line of the same run brings them.
    """

    id: str
    weight: int
    check: Callable[[Facts], list[Finding]]
    needs: tuple[str, ...]
    uses: tuple[str, ...] = ()


PROBES: dict[str, ProbeSpec] = {
    "proximity": ProbeSpec(
        proximity_probe.probe, usual_s=0.3, deadline_s=5.0, quick_usual_s=0.3, quick_deadline_s=3.0
    ),
    "vpn": ProbeSpec(vpn_probe.probe, usual_s=0.2, deadline_s=5.0, quick_usual_s=0.2, quick_deadline_s=3.0),
    "traffic": ProbeSpec(
        traffic_probe.probe, usual_s=3.2, deadline_s=8.0, quick_usual_s=2.2, quick_deadline_s=4.2
    ),
    "firewall": ProbeSpec(
        firewall_probe.probe, usual_s=1.5, deadline_s=5.0, quick_usual_s=1.5, quick_deadline_s=3.9
    ),
    "apps": ProbeSpec(apps_probe.probe, usual_s=2.8, deadline_s=8.0, quick_usual_s=2.2, quick_deadline_s=4.2),
    "sound_apps": ProbeSpec(
        sound_apps_probe.probe, usual_s=0.6, deadline_s=4.0, quick_usual_s=0.6, quick_deadline_s=3.0
    ),
    "headset": ProbeSpec(
        headset_probe.probe, usual_s=0.6, deadline_s=4.0, quick_usual_s=0.6, quick_deadline_s=3.0
    ),
    "neighbours": ProbeSpec(
        neighbours_probe.probe, usual_s=3.7, deadline_s=4.0, quick_usual_s=3.7, quick_deadline_s=4.0
    ),
    "sound_test": ProbeSpec(
        sound_test_probe.probe,
        usual_s=12.5,
        deadline_s=18.0,
        quick_usual_s=12.5,
        quick_deadline_s=18.0,
        on_request=True,
    ),
    "link": ProbeSpec(
        partial(link_probe.probe, undecided=link_check.undecided),
        usual_s=15.0,
        deadline_s=29.4,
        quick_usual_s=2.6,
        quick_deadline_s=4.3,
    ),
}

CHECKLIST: tuple[CheckSpec, ...] = (
    CheckSpec("proximity", weight=10, check=proximity_check.check, needs=("proximity",), uses=("link",)),
    CheckSpec("traffic", weight=10, check=traffic_check.check, needs=("traffic",), uses=("link",)),
    CheckSpec(
        "neighbours",
        weight=5,
        check=neighbours_check.check,
        needs=("neighbours",),
        uses=("link", "traffic", "vpn", "proximity"),
    ),
    CheckSpec("vpn", weight=15, check=vpn_check.check, needs=("vpn",)),
    CheckSpec("firewall", weight=10, check=firewall_check.check, needs=("firewall",)),
    CheckSpec("sound_apps", weight=10, check=sound_apps_check.check, needs=("sound_apps",)),
    CheckSpec("apps", weight=5, check=apps_check.check, needs=("apps",)),
    CheckSpec("headset", weight=15, check=headset_check.check, needs=("headset",), uses=("sound_test",)),
    CheckSpec("link", weight=20, check=link_check.check, needs=("link",), uses=("proximity",)),
)
"""In the order of the note."""

IDS: tuple[str, ...] = tuple(entry.id for entry in CHECKLIST)
