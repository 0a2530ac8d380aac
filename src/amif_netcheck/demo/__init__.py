"""The whole program on a recorded computer: its facts take the place of the probes, all the rest is the real thing.

One JSON file a scenario, and what differs on Windows, macOS and Linux (`recordings`). No finding is stored.
"""

from __future__ import annotations

import difflib
import math
import time
from dataclasses import replace
from functools import partial

from msgspec import structs

from amif_netcheck.advice.scenarios import SCENARIOS
from amif_netcheck.demo import readings, recordings, sound_test, walk
from amif_netcheck.demo.recordings import RecordedComputer as RecordedComputer
from amif_netcheck.errors import InputError
from amif_netcheck.model.choices import SYSTEMS
from amif_netcheck.model.facts import Fact, Facts, LinkFacts, Unavailable
from amif_netcheck.platforms.base import Platform
from amif_netcheck.platforms.recorded import Machine, Recorded
from amif_netcheck.prediction.foretell import foretold_again
from amif_netcheck.probes.context import Context
from amif_netcheck.run.plan import RunPlan
from amif_netcheck.run.probing import PROBES, ProbeSpec

AT_ONCE = math.inf
"""A speed at which nobody waits."""
_A_LITTLE_SOONER = 0.95
"""Each answer comes before the time that its probe usually takes is over: nobody is told to wait for its deadline."""


def require_scenario(name: str) -> None:
    """Is there a scenario of that name?

    Raises:
        InputError: there is none; names the one that looks like it, or all.
    """
    if name in SCENARIOS:
        return
    close = difflib.get_close_matches(name.casefold(), SCENARIOS, n=1)
    if close:
        raise InputError("misspelt_scenario", name=name, close=close[0])
    raise InputError("unknown_scenario", name=name, names=", ".join(SCENARIOS))


def load(name: str, system: str | None = None) -> RecordedComputer:
    """The recording of a known scenario on one of `SYSTEMS`, by default the one that this program runs on."""
    recording = recordings.recorded(name, system or own_system())
    return structs.replace(recording, facts=foretold_again(recording.facts))


def own_system() -> str:
    """The system this program runs on; Linux for one that was not recorded."""
    return Platform.name if Platform.name in SYSTEMS else "linux"


def plan(name: str, *, system: str | None = None, speed: float = 1.0, language: str = "") -> RunPlan:
    """A full run on the computer of a known scenario (see `load`), `speed` times as fast as a real one usually is.

    Its devices are called as a system in that language calls them.
    """
    recording = recordings.recorded(name, system or own_system(), language)
    return RunPlan(
        context=Context(platform=Recorded(Machine(os=recording.system.os)), offline=True),
        probes={
            **{
                subject: _answering(getattr(recording.facts, subject), probe, speed)
                for subject, probe in PROBES.items()
            },
            "sound_test": replace(
                PROBES["sound_test"], run=partial(sound_test.answer, recording.facts.sound_test, speed)
            ),
        },
        system=recording.system,
        demo=name,
        looks={"proximity": replace(PROBES["proximity"], run=walk.replayed_walk(recording.facts.proximity))},
    )


def _answering(fact: Fact | Unavailable, probe: ProbeSpec, speed: float) -> ProbeSpec:
    """A probe that answers with what was recorded, after the time that the real one usually takes."""
    return ProbeSpec(
        partial(_answer, fact, _A_LITTLE_SOONER * probe.usual_s / speed),
        usual_s=probe.usual_s / speed,
        deadline_s=probe.deadline_s,
        quick_usual_s=probe.quick_usual_s / speed,
        quick_deadline_s=probe.quick_deadline_s,
    )


def _answer(fact: Fact | Unavailable, after_s: float, context: Context, until: float) -> Fact | Unavailable:
    """The recorded fact, in `after_s` seconds or at the deadline; a stop ends the wait."""
    with readings.shown(fact, context.live, after_s):
        context.stop.wait(max(0.0, min(after_s, until - time.monotonic())))
    # Played here, not before: it takes as long as the first screen does.
    return foretold_again(Facts(link=fact)).link if isinstance(fact, LinkFacts) else fact
