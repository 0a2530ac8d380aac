"""Each tip of the note, and the camera: its check, its weight and the facts it needs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter

from amif_netcheck.checks import (
    apps,
    camera,
    firewall,
    headset,
    link,
    neighbours,
    proximity,
    sound_apps,
    traffic,
    vpn,
)
from amif_netcheck.model.facts import Facts
from amif_netcheck.model.finding import Finding


@dataclass(frozen=True)
class CheckSpec:
    """One line of the checklist. The check sees all facts of the run, and the findings of the checks that it comes `after`.

    `needs` are the subjects of `Facts` that it can't do without; those of `uses` sharpen it. Those, and the checks
    that it comes `after`, are waited for when they are part of the same run.
    """

    id: str
    weight: int
    check: Callable[[Facts, Sequence[Finding]], list[Finding]]
    needs: tuple[str, ...]
    uses: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


CHECKLIST: tuple[CheckSpec, ...] = (
    CheckSpec("proximity", weight=10, check=proximity.check, needs=("proximity",), after=("link",)),
    CheckSpec("traffic", weight=10, check=traffic.check, needs=("traffic",), uses=("link",)),
    CheckSpec(
        "neighbours",
        weight=5,
        check=neighbours.check,
        needs=("neighbours",),
        uses=("link",),
        after=("link", "traffic", "vpn", "proximity"),
    ),
    CheckSpec("vpn", weight=15, check=vpn.check, needs=("vpn",)),
    CheckSpec("firewall", weight=10, check=firewall.check, needs=("firewall",)),
    CheckSpec("sound_apps", weight=10, check=sound_apps.check, needs=("sound_apps",)),
    CheckSpec("apps", weight=5, check=apps.check, needs=("apps",)),
    CheckSpec("headset", weight=15, check=headset.check, needs=("headset",), uses=("sound_test",)),
    CheckSpec("camera", weight=5, check=camera.check, needs=("camera",)),
    CheckSpec("link", weight=20, check=link.check, needs=("link",), uses=("proximity", "firewall")),
)
"""In the order of the note; the camera, which it does not speak of, after the headset."""

IDS: tuple[str, ...] = tuple(entry.id for entry in CHECKLIST)
_BY_ID = {entry.id: entry for entry in CHECKLIST}

IN_ORDER: tuple[CheckSpec, ...] = tuple(
    _BY_ID[check]
    for check in TopologicalSorter({entry.id: entry.after for entry in CHECKLIST}).static_order()
)
"""In the order of judging: each check after those whose findings it is given."""
