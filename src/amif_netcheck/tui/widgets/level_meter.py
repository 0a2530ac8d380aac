"""How loud the voice is, as a bar that moves with it: the figures and limits are those by which the test judges."""

from __future__ import annotations

import math
from collections.abc import Mapping

from textual.app import RenderResult
from textual.content import Content
from textual.widget import Widget

from amif_netcheck.advice.language import N_
from amif_netcheck.model.live import MICROPHONE
from amif_netcheck.run.sound_test import LEVEL, Loudness, loudness
from amif_netcheck.tui.session import Session
from amif_netcheck.tui.symbols import Symbols

LOWEST, HIGHEST = -60.0, 0.0
"""The scale, dBFS: what is softer is silence to the test."""
_SPOKEN_SHARE = 0.3
"""As in the recording: speech is as loud as its loudest 30 %, the rest are pauses."""
_FIRST = 5
"""Readings before a voice is judged: nobody speaks in the first half second."""
_HELD = 10
"""The peak mark stays for a second."""
_LABEL_CELLS = 8


LOUDNESS_WORDS = {
    Loudness.UNKNOWN: "",
    Loudness.NOTHING: N_("nothing is heard: speak, or choose another microphone"),
    Loudness.LOW: N_("too low: speak louder, or come closer to the microphone"),
    Loudness.GOOD: N_("good"),
    Loudness.LOUD: N_("too loud: move away from the microphone a little"),
}
_TOO_LOW, _GOOD = N_("too low"), N_("good")


class LevelHistory:
    """The readings of one step, oldest first; only a voice is judged."""

    def __init__(self, of: str = MICROPHONE, *, is_voice: bool = True) -> None:
        self.of, self.is_voice = of, is_voice
        self._levels: list[float] = []
        self._peaks: list[float] = []
        self._clipped: list[float] = []

    def take(self, readings: Mapping[str, float]) -> None:
        """One look; nothing new may have come."""
        if f"{self.of}_dbfs" in readings:
            self._levels.append(readings[f"{self.of}_dbfs"])
            self._peaks.append(readings.get(f"{self.of}_peak_dbfs", self._levels[-1]))
            self._clipped.append(readings.get(f"{self.of}_clipped_pct", 0.0))

    @property
    def level(self) -> float | None:
        """At this moment, dBFS (RMS)."""
        return self._levels[-1] if self._levels else None

    @property
    def peak(self) -> float | None:
        """The highest of the last second, dBFS."""
        return max(self._peaks[-_HELD:], default=None)

    @property
    def spoken(self) -> float | None:
        """The level of the voice so far, by the same rule as the recording's; None while that is too early."""
        if not self.is_voice or len(self._levels) < _FIRST:
            return None
        loudest = sorted(self._levels)[-max(1, round(len(self._levels) * _SPOKEN_SHARE)) :]
        return 10 * math.log10(sum(10 ** (level / 10) for level in loudest) / len(loudest))

    @property
    def loudness(self) -> Loudness:
        """By the limits of the test."""
        spoken = self.spoken
        if spoken is None:
            return Loudness.UNKNOWN
        return loudness(spoken, sum(self._clipped) / len(self._clipped))


def cells(level: float | None, width: int) -> int:
    """How many of `width` cells a level fills."""
    share = 0.0 if level is None else (level - LOWEST) / (HIGHEST - LOWEST)
    return round(min(1.0, max(0.0, share)) * width)


def bar(level: float | None, peak: float | None, width: int, symbols: Symbols) -> tuple[str, str]:
    """The level, and the rest with a mark where the peak is."""
    full = cells(level, width)
    rest, mark = symbols.empty * (width - full), cells(peak, width) - 1 - full
    return "█" * full, rest if mark < 0 else f"{rest[:mark]}│{rest[mark + 1 :]}"


def ruler(low: str, good: str, width: int) -> str:
    """Where a good voice is; its end is where the sound is cut off."""
    weak = LEVEL.info
    start = cells(weak.value if weak else LOWEST, width)
    inside = max(0, width - start - 2)
    zone = f" {good} ".center(inside, "─") if len(good) + 2 <= inside else "─" * inside
    return (low[: max(0, start - 1)].ljust(start) + f"├{zone}┤")[:width]


class LevelMeter(Widget):
    """Draws what is heard; `moved` after each reading."""

    def __init__(self, session: Session, history: LevelHistory) -> None:
        super().__init__()
        self._session = session
        self.history = history

    def moved(self) -> None:
        """There is a new reading."""
        loudness = self.history.loudness
        self.update_classes({f"-{other.value}": other is loudness for other in Loudness})
        self.refresh()

    def render(self) -> RenderResult:
        """See Textual."""
        width, text = self.content_size.width, self._session.language.text
        full, rest = bar(self.history.level, self.history.peak, width, self._session.symbols)
        zone = ruler(text(_TOO_LOW), text(_GOOD), width) if self.history.is_voice else ""
        return Content.assemble(full, (rest, "dim"), "\n", (zone, "$text-muted"))
