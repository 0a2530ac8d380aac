"""A recorded sound test, played: its steps at their pace, with levels such as it would have shown. Nothing is opened."""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Callable

from amif_netcheck.model.facts import Echo, Reason, Recording, SoundCue, SoundTestFacts, Unavailable
from amif_netcheck.model.live import MICROPHONE, PLAYED, STEP_LEFT
from amif_netcheck.probes.context import Context

_STEPS_S = {SoundCue.SPEAK: 3.6, SoundCue.QUIET: 2.9, SoundCue.LISTEN: 3.2}
_REACTION_S = 0.6
_SYLLABLES_A_SECOND = 3.3
_CHIRPS_S = ((0.3, 0.8), (1.6, 2.1))
_CHIRP_DBFS = -23.0
"""What is played, RMS."""


def answer(
    tested: SoundTestFacts | Unavailable, speed: float, context: Context, until: float
) -> SoundTestFacts | Unavailable:
    """The recorded test, `speed` times as fast as it was, or at the deadline; a stop ends it."""
    if isinstance(tested, Unavailable) or isinstance(tested.recording, Unavailable):
        return tested
    listened = not isinstance(tested.echo, Unavailable) or tested.echo.reason is not Reason.NOT_REQUESTED
    for cue, lasts_s in _STEPS_S.items():
        if cue is SoundCue.QUIET and not listened:
            continue
        step_s = min(lasts_s / speed, max(0.0, until - time.monotonic()))
        _step(cue, tested.recording, tested.echo, step_s, context)
    return tested


def _step(
    cue: SoundCue, recording: Recording, echo: Echo | Unavailable, lasts_s: float, context: Context
) -> None:
    began = time.monotonic()

    def at() -> float:
        """The moment of the real step."""
        return (time.monotonic() - began) / lasts_s * _STEPS_S[cue] if lasts_s > 0 else _STEPS_S[cue]

    def level() -> float:
        return _quiet(at(), recording, echo) if cue is SoundCue.QUIET else _voice(at(), recording, cue)

    crest_db = recording.peak_dbfs - recording.level_dbfs
    readings: dict[str, Callable[[], float]] = {
        "dbfs": level,
        "peak_dbfs": lambda: min(0.0, level() + crest_db),
        "clipped_pct": lambda: recording.clipped_pct,
    }
    prefix = PLAYED if cue is SoundCue.LISTEN else MICROPHONE
    with contextlib.ExitStack() as stack:
        for suffix, reading in readings.items():
            stack.enter_context(context.live.published(f"{prefix}_{suffix}", reading))
        stack.enter_context(
            context.live.published(STEP_LEFT, lambda: max(0.0, lasts_s + began - time.monotonic()))
        )
        context.on_cue(cue)
        context.stop.wait(lasts_s)


def _voice(at_s: float, recording: Recording, cue: SoundCue) -> float:
    """Syllables between the noise and the voice, after the moment that one takes to begin."""
    spoken_s = at_s - (_REACTION_S if cue is SoundCue.SPEAK else 0.0)
    if spoken_s < 0 or not recording.speech:
        return recording.noise_dbfs
    swing = math.sqrt(math.sqrt(abs(math.sin(math.pi * _SYLLABLES_A_SECOND * spoken_s))))
    return recording.noise_dbfs + (recording.level_dbfs + 1 - recording.noise_dbfs) * swing


def _quiet(at_s: float, recording: Recording, echo: Echo | Unavailable) -> float:
    """The noise, and what comes back of each chirp."""
    sounds = any(since <= at_s < until for since, until in _CHIRPS_S)
    if not sounds or not isinstance(echo, Echo) or echo.strength_db is None:
        return recording.noise_dbfs
    return max(recording.noise_dbfs, min(0.0, _CHIRP_DBFS + echo.strength_db))
