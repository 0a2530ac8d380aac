"""The receiver's jitter buffer, as libwebrtc's NetEq behaves: how late sound is played, and how much of it is made up.

Sources, by the names of libwebrtc's files (2024): `delay_manager.cc`, `underrun_optimizer.cc` and `histogram.cc` (the
buffer's wish), `packet_arrival_history.cc` (delays above the least of two seconds), `decision_logic.cc` (when it speeds
up or slows down), `opus` in-band redundancy. How fast it does is fitted to real calls (docs/link.md).
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from amif_netcheck.model.transits import Transit, known

PACKET_MS = 20.0
_BUCKET_MS = 20.0  # underrun_optimizer.cc: kBucketSizeMs
_BUCKETS = 100
_QUANTILE = 0.95  # delay_manager.cc: Config
_FORGET = 0.983
_START_FORGET_WEIGHT = 2.0
_RESAMPLE_PACKETS = 25  # 500 ms
_HISTORY_PACKETS = 100  # packet_arrival_history.cc: 2 s
_LOWER_SHARE, _LOWER_MS = 0.75, 85.0  # decision_logic.cc: below this it slows down
_FASTER_MS, _SLOWER_MS = 2.0, 1.5
"""How much of the buffer is played away, or gained, with each packet by playing faster or slower."""
_SPARE_MS = 12.0
"""What lies in the buffer beside: half a packet on the mean, and decoding in blocks of 10 ms."""
_RECOVERED = 0.85
"""Of the packets whose next one arrived, what the redundancy in that one mends."""


@dataclass(frozen=True)
class Played:
    """What became of the sound: share `made_up`, 0..1, how much of that came `late`, and how long it lay in the buffer on the mean."""

    made_up: float
    late: float
    buffer_ms: float


class _Wish:
    """How long the buffer wants to hold a packet back: the quantile of the worst delays of half a second each."""

    def __init__(self) -> None:
        self._weights = [0.0] * _BUCKETS
        self._added = 0
        self._worst = 0.0
        self._count = 0
        self.ms = _BUCKET_MS

    def note(self, delay_ms: float) -> None:
        self._worst = max(self._worst, delay_ms)
        self._count += 1
        if self._count < _RESAMPLE_PACKETS:
            return
        self._added += 1
        keep = max(0.0, min(_FORGET, 1 - _START_FORGET_WEIGHT / (self._added + 1)))
        self._weights = [weight * keep for weight in self._weights]
        self._weights[min(_BUCKETS - 1, int(self._worst / _BUCKET_MS))] += 1 - keep
        self._worst, self._count = 0.0, 0
        self.ms = _BUCKET_MS * (1 + self._quantile())

    def _quantile(self) -> int:
        total, seen = sum(self._weights), 0.0
        for bucket, weight in enumerate(self._weights):
            seen += weight
            if seen >= _QUANTILE * total:
                return bucket
        return _BUCKETS - 1


class _History:
    """The least of the last packets' delays."""

    def __init__(self) -> None:
        self._count = 0
        self._rising = deque[tuple[int, float]]()
        """Those that nothing after them is below, each with its number."""

    def least(self, delay_ms: float) -> float:
        """With this one."""
        while self._rising and self._rising[-1][1] >= delay_ms:
            self._rising.pop()
        self._rising.append((self._count, delay_ms))
        self._count += 1
        if self._rising[0][0] < self._count - _HISTORY_PACKETS:
            self._rising.popleft()
        return self._rising[0][1]


def play(transits: Iterable[Transit], settled_after: int = 0) -> Played:
    """Play packets of 20 ms with these times on the way; the figures are of those after the first `settled_after`."""
    wish, history = _Wish(), _History()
    delay = _BUCKET_MS
    made_up_ms = late_ms = played_ms = buffered = 0.0
    packets = list(transits)
    least = min(known(packets), default=0.0)
    arrived = 0
    for number, transit in enumerate(packets):
        counts = number >= settled_after
        played_ms += PACKET_MS * counts
        if transit is None:
            following = packets[number + 1] if number + 1 < len(packets) else None
            made_up_ms += PACKET_MS * counts * (1.0 if following is None else 1 - _RECOVERED)
            continue
        if math.isnan(transit):
            continue
        usual = history.least(transit)
        wish.note(transit - usual)
        above = transit - least
        if above > delay:
            late_ms += (above - delay) * counts
            delay = above
        upper = max(wish.ms, usual - least + wish.ms)
        lower = upper - wish.ms + max(_LOWER_SHARE * wish.ms, wish.ms - _LOWER_MS)
        if delay > upper:
            delay = max(upper, delay - _FASTER_MS)
        elif delay < lower:
            delay = min(lower, delay + _SLOWER_MS)
        if counts:
            arrived += 1
            buffered += delay - above + _SPARE_MS
    count = max(1, arrived)
    late = min(1.0, late_ms / max(PACKET_MS, played_ms))
    return Played(
        made_up=1.0 if not arrived else min(1.0, late + made_up_ms / max(PACKET_MS, played_ms)),
        late=late,
        buffer_ms=buffered / count,
    )
