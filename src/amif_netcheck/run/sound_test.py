"""The sound test for whoever shows it: its limits, what it would say of a voice, and the recording to hear again."""

from __future__ import annotations

from enum import Enum

from amif_netcheck.checks import limits_sound
from amif_netcheck.checks.limits import Limit, judge
from amif_netcheck.checks.limits_sound import ECHO, LEVEL, SPEECH_OVER_NOISE
from amif_netcheck.model.finding import Severity
from amif_netcheck.sound.recorder import ReplayableRecording

__all__ = ["ECHO", "LEVEL", "SPEECH_OVER_NOISE", "Limit", "Loudness", "ReplayableRecording", "loudness"]


class Loudness(Enum):
    """What the test would say of such a voice."""

    UNKNOWN = "unknown"
    NOTHING = "nothing"
    LOW = "low"
    GOOD = "good"
    LOUD = "loud"


def loudness(level_dbfs: float, clipped_pct: float) -> Loudness:
    """By the limits of the check: the RMS level of the voice, and the share of samples that are cut off."""
    if judge(level_dbfs, limits_sound.SILENCE)[0] is not Severity.OK:
        return Loudness.NOTHING
    if judge(clipped_pct, limits_sound.CLIPPED)[0] is not Severity.OK:
        return Loudness.LOUD
    return Loudness.GOOD if judge(level_dbfs, LEVEL)[0] is Severity.OK else Loudness.LOW
