"""The rate a browser's sender settles at on a line, and the queue it makes there: a simple GCC over rates that were seen.

Delay-based control after draft-ietf-rmcat-gcc-02 (sections 5.4 and 5.5) and libwebrtc's `aimd_rate_control.cc`: down to 0.85
of what arrived when the queue grows, kept while it drains, then 8 % more a second far from the rate at which it grew last,
and a part of a packet per round trip near it. What the sources leave open is fitted to real calls (docs/link.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

MOST_KBIT_S = 1750.0
"""A picture of 640x360 with thirty frames, sound and headers included (docs/link.md)."""
_STEP_S, _FIFTH_S = 0.02, 0.2
_SECONDS, _SETTLED_S = 35.0, 10.0
_LEAST_KBIT_S = 75.0
_DECREASE = 0.85
_FAST_GROWTH, _CAREFUL_KBIT = 0.08, 3.0
_GROWS_MS, _STEADY_MS = 3.0, 3.0
"""A queue grows, or stays, by what it holds back more or less than a fifth of a second before."""
_FULL = 0.97
"""Of the queue: from here packets are lost."""
_NEAR, _FAR = 0.81, 1.2
"""Of the rate at which the queue grew last."""
_MEMORY = 0.7
_WINDOW = 10
_HOLD_STEPS = 10
_REACTION_S = 0.3
"""Until a growing queue is believed, and the encoder follows."""
_MOST_AHEAD, _SPARE_KBIT_S = 1.5, 10.0
"""Of what arrived lately (aimd_rate_control.cc): no faster than that."""
_UNHINDERED = 0.97
_SHORTEST_QUEUE_S = 0.05


@dataclass(frozen=True)
class Sent:
    """`kbit_s` on the mean; `queue_ms[i]` what the queue held back in step i of 20 ms."""

    kbit_s: float
    queue_ms: list[float]

    @property
    def unhindered(self) -> bool:
        """Did the line carry all there was to send?"""
        return self.kbit_s >= _UNHINDERED * MOST_KBIT_S


class _Control:
    """The sender's rate from what it sees of the queue."""

    def __init__(self, rate: float, rtt_s: float, full_ms: float) -> None:
        self.rate = rate
        self._rtt_s, self._full_ms = rtt_s, full_ms
        self._grew_at: float | None = None
        self._hold = 0

    def step(self, seen_ms: float, earlier_ms: float, arrived: float) -> None:
        """After a step: what the queue holds back, did a fifth of a second before, and what arrived lately in kbit/s."""
        growing = seen_ms - earlier_ms > _GROWS_MS or seen_ms >= self._full_ms
        if self._hold > 0:
            self._hold -= 1
        if self._hold == 0 and growing:
            known = self._grew_at
            self._grew_at = (
                arrived if known is None or arrived < known else _MEMORY * known + (1 - _MEMORY) * arrived
            )
            self.rate = min(MOST_KBIT_S, max(_LEAST_KBIT_S, _DECREASE * arrived))
            self._hold = _HOLD_STEPS + int(self._rtt_s / _STEP_S)
        elif self._hold == 0 and abs(seen_ms - earlier_ms) <= _STEADY_MS:
            self._grow(arrived)

    def _grow(self, arrived: float) -> None:
        if self._grew_at is not None and _NEAR * self._grew_at < self.rate < _FAR * self._grew_at:
            self.rate += _CAREFUL_KBIT / (self._rtt_s + 0.1) * _STEP_S
        else:
            self.rate *= 1 + _FAST_GROWTH * _STEP_S
            if self._grew_at is not None and self.rate >= _FAR * self._grew_at:
                self._grew_at = None
        self.rate = min(self.rate, _MOST_AHEAD * arrived + _SPARE_KBIT_S, MOST_KBIT_S)


def settle(rates_kbit_s: Sequence[float], queue_s: float, rtt_s: float) -> Sent:
    """Send over a line of these rates, a fifth of a second each, again and again; its queue holds `queue_s` at most."""
    mean = max(1.0, sum(rates_kbit_s) / len(rates_kbit_s))
    limit_s = max(_SHORTEST_QUEUE_S, queue_s)
    control = _Control(min(MOST_KBIT_S, _DECREASE * mean), rtt_s, _FULL * 1000 * limit_s)
    lag = int((rtt_s + _REACTION_S) / _STEP_S)
    queue = 0.0
    held, seen, arrived, sent = list[float](), list[float](), list[float](), list[float]()
    for step in range(int(_SECONDS / _STEP_S)):
        capacity = max(1.0, rates_kbit_s[int(step * _STEP_S / _FIFTH_S) % len(rates_kbit_s)])
        offered = queue + control.rate * _STEP_S
        served = min(offered, capacity * _STEP_S)
        queue = min(offered - served, limit_s * mean)
        held.append(min(1000 * queue / capacity, 1000 * limit_s))
        arrived.append(served / _STEP_S)
        sent.append(control.rate)
        seen.append(held[max(0, step - lag)])
        lately = arrived[-_WINDOW:]
        control.step(seen[-1], seen[max(0, step - _WINDOW)], sum(lately) / len(lately))
    counted = sent[int(_SETTLED_S / _STEP_S) :]
    return Sent(kbit_s=sum(counted) / len(counted), queue_ms=held)
