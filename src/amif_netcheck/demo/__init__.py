"""The whole program on a recorded computer: its facts take the place of the probes, all the rest is the real thing.

One JSON file a scenario: the computer's system and its facts, as the model writes them. No finding is stored.
"""

from __future__ import annotations

import difflib
import math
import time
from dataclasses import replace
from functools import partial
from importlib import resources

import msgspec
from msgspec import Struct

from amif_netcheck.advice.scenarios import SCENARIOS
from amif_netcheck.demo import readings, sound_test, walk
from amif_netcheck.errors import InputError
from amif_netcheck.model.facts import Fact, Facts, Unavailable
from amif_netcheck.model.report import System
from amif_netcheck.platforms.recorded import Machine, Recorded
from amif_netcheck.probes.context import Context
from amif_netcheck.run.plan import RunPlan
from amif_netcheck.run.probing import PROBES, ProbeSpec

AT_ONCE = math.inf
"""A speed at which nobody waits."""
_A_LITTLE_SOONER = 0.95
"""Each answer comes before the time that its probe usually takes is over: nobody is told to wait for its deadline."""


class RecordedComputer(Struct, frozen=True, kw_only=True):
    """A computer: its system, and all that the probes saw on it."""

    system: System
    facts: Facts


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


def load(name: str) -> RecordedComputer:
    """The recording of a known scenario."""
    content = resources.files(__name__).joinpath(f"{name}.json").read_bytes()
    return msgspec.json.decode(content, type=RecordedComputer)


def plan(name: str, *, speed: float = 1.0) -> RunPlan:
    """A full run on the computer of a known scenario, `speed` times as fast as a real one usually is."""
    recording = load(name)
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
    return fact
