"""The probes of a run, with the times that they take."""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, cast

from amif_netcheck.checks.link import undecided
from amif_netcheck.model.facts import Fact, Unavailable
from amif_netcheck.prediction.foretell import foretell
from amif_netcheck.probes.context import Context


@dataclass(frozen=True)
class ProbeModule:
    """A probe that is imported when it is needed: together, and with their libraries, they take longer than the app's first paint."""

    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)

    def load(self) -> ModuleType:
        """The module in `probes`."""
        return importlib.import_module(f"amif_netcheck.probes.{self.name}")

    def __call__(self, context: Context, until: float) -> Fact | Unavailable:
        """Look, by `until` (`time.monotonic`)."""
        return cast("Fact | Unavailable", self.load().probe(context, until, **self.arguments))


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
        ProbeModule("proximity"), usual_s=0.3, deadline_s=5.0, quick_usual_s=0.3, quick_deadline_s=3.0
    ),
    "vpn": ProbeSpec(
        ProbeModule("vpn"), usual_s=0.2, deadline_s=5.0, quick_usual_s=0.2, quick_deadline_s=3.0
    ),
    "traffic": ProbeSpec(
        ProbeModule("traffic"), usual_s=3.2, deadline_s=8.0, quick_usual_s=2.2, quick_deadline_s=4.2
    ),
    "firewall": ProbeSpec(
        ProbeModule("firewall"), usual_s=1.5, deadline_s=5.0, quick_usual_s=1.5, quick_deadline_s=3.9
    ),
    "apps": ProbeSpec(
        ProbeModule("apps"), usual_s=2.8, deadline_s=8.0, quick_usual_s=2.2, quick_deadline_s=4.2
    ),
    "sound_apps": ProbeSpec(
        ProbeModule("sound_apps"), usual_s=0.6, deadline_s=4.0, quick_usual_s=0.6, quick_deadline_s=3.0
    ),
    "headset": ProbeSpec(
        ProbeModule("headset"), usual_s=0.6, deadline_s=4.0, quick_usual_s=0.6, quick_deadline_s=3.0
    ),
    "camera": ProbeSpec(
        ProbeModule("camera"), usual_s=0.4, deadline_s=4.0, quick_usual_s=0.4, quick_deadline_s=3.0
    ),
    "neighbours": ProbeSpec(
        ProbeModule("neighbours"), usual_s=3.7, deadline_s=4.0, quick_usual_s=3.7, quick_deadline_s=4.0
    ),
    "sound_test": ProbeSpec(
        ProbeModule("sound_test"),
        usual_s=12.5,
        deadline_s=18.0,
        quick_usual_s=12.5,
        quick_deadline_s=18.0,
        on_request=True,
    ),
    "link": ProbeSpec(
        ProbeModule("link", {"undecided": undecided, "foretell": foretell}),
        usual_s=15.0,
        deadline_s=29.4,
        quick_usual_s=2.6,
        quick_deadline_s=4.3,
    ),
}
"""By subject of `Facts`."""


def load(probes: Iterable[ProbeSpec]) -> None:
    """Import what these probes need, so that none does while another one measures times."""
    for probe in probes:
        if isinstance(probe.run, ProbeModule):
            with contextlib.suppress(
                Exception
            ):  # it is raised again, and becomes a fact, when the probe is run
                probe.run.load()
