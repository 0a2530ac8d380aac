"""A line that follows a recorded one: its rate changes with the moments at which the recorded one let packets go.

The recordings have the form of the emulator Mahimahi: a text of moments in ms, each a chance to send 1500 bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

TICK_S = 0.01
_CHANCE_BYTES = 1500
LEAST_BIT_S = 1.0
"""Of a tick without a chance: nothing gets through in it, and the rate stays a rate."""


@dataclass(frozen=True)
class Trace:
    """Rates in bit/s, one a tick; goes round."""

    rates: tuple[float, ...]

    @classmethod
    def read(cls, path: Path, *, begin_ms: float = 0.0) -> Self:
        """The recording of a file, from `begin_ms` on."""
        moments = [int(line) for line in path.read_text().split()]
        ticks = [0] * (int(max(moments) / 1000 / TICK_S) + 1)
        for moment in moments:
            ticks[int(moment / 1000 / TICK_S)] += 1
        begin = int(begin_ms / 1000 / TICK_S) % len(ticks)
        rates = [max(LEAST_BIT_S, chances * _CHANCE_BYTES * 8 / TICK_S) for chances in ticks]
        return cls((*rates[begin:], *rates[:begin]))

    def written(self) -> list[float]:
        """For `line_process`."""
        return list(self.rates)


class Follower:
    """Which rate a trace has from which moment on, told once."""

    def __init__(self, rates: list[Any], start: float) -> None:
        self._rates = [float(rate) for rate in rates]
        if not self._rates:
            raise ValueError("a trace has to have a rate")
        self._start = start
        self._tick = 0

    @property
    def next_at(self) -> float:
        """When the rate changes next."""
        return self._start + self._tick * TICK_S

    def due(self, now: float) -> list[tuple[float, float]]:
        """The changes up to now that were not told yet: when, and to which rate. Equal ones are told once."""
        told: list[tuple[float, float]] = []
        while self.next_at <= now:
            told.append((self.next_at, self._rates[self._tick % len(self._rates)]))
            self._tick += 1
        return told
