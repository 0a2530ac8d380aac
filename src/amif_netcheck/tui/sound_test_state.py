"""Where the person is in the sound test. No drawing, no Textual."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from amif_netcheck.model.facts import SoundCue


class Phase(Enum):
    """What the screen of the sound test is at."""

    READY = "ready"  # nothing was tested yet
    STARTING = "starting"  # the first cue comes in a moment
    TESTING = "testing"  # the person does what `cue` says
    OUTCOME = "outcome"
    REPLAYING = "replaying"  # the recording is played again
    LEFT = "left"  # the screen is gone: nothing is drawn, nothing kept


_FOLLOWING: dict[Phase, frozenset[Phase]] = {
    Phase.READY: frozenset({Phase.STARTING, Phase.LEFT}),
    Phase.STARTING: frozenset({Phase.TESTING, Phase.OUTCOME, Phase.READY, Phase.LEFT}),
    Phase.TESTING: frozenset({Phase.TESTING, Phase.OUTCOME, Phase.READY, Phase.LEFT}),
    Phase.OUTCOME: frozenset({Phase.STARTING, Phase.REPLAYING, Phase.LEFT}),
    Phase.REPLAYING: frozenset({Phase.OUTCOME, Phase.STARTING, Phase.LEFT}),
    Phase.LEFT: frozenset(),
}


@dataclass
class SoundTestState:
    """`cue` is what the person does at this moment: set while testing and replaying.

    `with_echo`: is it listened for an echo? Guessed from the devices until the test has come that far.
    """

    with_echo: bool
    phase: Phase = Phase.READY
    cue: SoundCue | None = None

    @property
    def running(self) -> bool:
        """Is a test under way?"""
        return self.phase in {Phase.STARTING, Phase.TESTING}

    def go(self, phase: Phase, cue: SoundCue | None = None) -> bool:
        """Go on to `phase`. False, and nothing is changed, where it can't follow: cues come from another thread, and late."""
        if phase not in _FOLLOWING[self.phase]:
            return False
        if phase is Phase.TESTING and cue is not SoundCue.SPEAK:
            self.with_echo = SoundCue.QUIET in {cue, self.cue}
        self.phase, self.cue = phase, cue
        return True
