"""The picture as a browser shows it: frames over packets that come late, are lost and sent again; how long it stands still.

A lost packet is asked for again when the next one shows the gap (libwebrtc's `nack_requester.cc`: at once, then every round
trip, ten times at most) and arrives one round trip later; frames are shown in order, none before all of it is there
(`frame_buffer.cc`). The receiver holds frames back for a part of the round trip once packets had to be sent again
(`jitter_estimator.cc`, capped). A picture stands still as W3C's webrtc-stats counts freezes: between two frames there is more
than three times their mean distance, and more than it by 150 ms.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

FRAMES_PER_S = 30
FRAME_MS = 1000 / FRAMES_PER_S
_MOST_RESENDS = 10
_RESEND_MS, _AGAIN_MS = 8.0, 12.0
"""Between the gap that shows a loss and the request: the requester's own timer, which is slower for what is asked for again."""
_HELD_MS, _MOST_HELD_FOR_RESENDS_MS, _HELD_OF_ROUND_TRIP = 30.0, 200.0, 0.6
"""For how long frames are held back, and for how much more of a round trip where it waits: fitted (docs/link.md)."""
_NACK_LIMIT = 3
"""Frames that missed a packet, from which on the receiver waits for what is sent again (`jitter_estimator.cc`: kNackLimit)."""
_FREEZE_ABOVE_MS, _FREEZE_TIMES = 150.0, 3.0
_GIVEN_UP_MS, _KEY_FRAME_MS = 1000.0, 60.0
"""A frame that misses a packet so long is given up, and a key frame asked for, which takes so much longer than others."""


@dataclass(frozen=True)
class Shown:
    """The picture: `frozen` of the time, 0..1; `frames_per_s`; `held_ms`, for which frames were held back."""

    frozen: float
    frames_per_s: float
    held_ms: float


@dataclass(frozen=True)
class Weather:
    """What packets meet on one way.

    `delays_ms[i]` is what frame i meets above the least, None in a hole in which nothing arrives. `loss` of single packets,
    0..1, comes in runs of `mean_run`.
    """

    delays_ms: Sequence[float | None]
    loss: float
    mean_run: float
    rtt_ms: float


def show(
    weather: Weather,
    packets_per_frame: float,
    *,
    settled_after: int,
    held_at_least_ms: float = 0.0,
    seed: int = 1,
) -> Shown:
    """Show the frames of a picture of so many packets each; the figures are of those after the first `settled_after`.

    `held_at_least_ms`: so long each frame is held back for the sound, that lips match. Losses are drawn at random from `seed`:
    the same weather has the same picture.
    """
    losing = _Losing(weather, random.Random(seed))  # noqa: S311 - a draw to be repeated, no secret
    ready: list[float] = []
    incomplete = 0
    packets = 0.0
    for number, delay in enumerate(weather.delays_ms):
        packets += packets_per_frame
        count = max(1, int(packets))
        packets = max(0.0, packets - count)
        if delay is None:
            incomplete += 1
            complete = _after_hole(weather, number)
        else:
            resent_ms = max(losing.resent_ms(count) for _packet in range(count))
            incomplete += resent_ms > 0
            complete = number * FRAME_MS + delay + resent_ms
        ready.append(max(complete, ready[-1] if ready else 0.0))
    waits = incomplete >= _NACK_LIMIT
    held = _HELD_MS + (min(_MOST_HELD_FOR_RESENDS_MS, _HELD_OF_ROUND_TRIP * weather.rtt_ms) if waits else 0.0)
    shown = _shown(ready, max(held, held_at_least_ms), settled_after)
    return replace(shown, held_ms=held)


def _after_hole(weather: Weather, number: int) -> float:
    """When a frame that fell into a hole is there: asked for again after the hole's end."""
    delays = weather.delays_ms
    end = next((at for at in range(number, len(delays)) if delays[at] is not None), len(delays))
    delay = delays[end] if end < len(delays) else None
    return end * FRAME_MS + (delay or 0.0) + weather.rtt_ms + _RESEND_MS


def _shown(ready: Sequence[float], held: float, settled_after: int) -> Shown:
    """From when each frame is ready to the gaps between those that are shown."""
    shown: list[float] = []
    for number, at in enumerate(ready):
        shown.append(max(number * FRAME_MS + held, at, shown[-1] if shown else 0.0))
    gaps = [after - before for before, after in pairwise(shown[settled_after:])]
    total = sum(gaps)
    if not total:
        return Shown(frozen=1.0, frames_per_s=0.0, held_ms=held)
    mean = total / len(gaps)
    frozen = sum(gap for gap in gaps if gap > max(_FREEZE_TIMES * mean, mean + _FREEZE_ABOVE_MS))
    apart = sum(gap > 0 for gap in gaps)
    return Shown(frozen=min(1.0, frozen / total), frames_per_s=1000 * apart / total, held_ms=held)


class _Losing:
    """Gilbert's model: runs of losses of a mean length; what is sent again, a round trip later, is lost by chance."""

    def __init__(self, weather: Weather, source: random.Random) -> None:
        self._loss, self._rtt_ms, self._random, self._now = weather.loss, weather.rtt_ms, source.random, False
        run = max(weather.mean_run, 1 / max(1e-9, 1 - weather.loss))
        self._stay = 1 - 1 / run if weather.loss < 1 else 1.0
        self._begin = weather.loss / (run * (1 - weather.loss)) if weather.loss < 1 else 1.0

    def resent_ms(self, packets_per_frame: int) -> float:
        """How much later the next packet is there, as it had to be sent again; 0 when it was not."""
        self._now = self._random() < (self._stay if self._now else self._begin)
        if not self._now:
            return 0.0
        tries = 1
        while tries < _MOST_RESENDS and self._random() < self._loss:
            tries += 1
        late = tries * (self._rtt_ms + _RESEND_MS) + (tries - 1) * _AGAIN_MS + FRAME_MS / packets_per_frame
        return min(late, max(_GIVEN_UP_MS, 2 * self._rtt_ms) + _KEY_FRAME_MS)
