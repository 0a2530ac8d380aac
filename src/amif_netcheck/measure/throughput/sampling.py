"""Watching a transfer: how many bytes ten times a second, and when to stop it."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import Protocol

from amif_netcheck.measure.throughput import estimate
from amif_netcheck.model.facts import Confidence, Ended, Engine, Reason, Unavailable

TICK_S = 0.1
_STALLED_S = 2.5
_FIRST_BYTE_S = 3.0
_FEWEST_BYTES = 4 * 1024
"""Less than this over a whole transfer is a server that drips, or no transfer; no line for meetings is that slow."""

INTERRUPTED = Unavailable(reason=Reason.NOT_REQUESTED, detail="interrupted")
"""The run was stopped: nobody's fault, and no time ran out."""


@dataclass(frozen=True)
class Budget:
    """What a transfer may use, and what is enough. `steady_s`: how long after the ramp at least."""

    max_s: float
    max_bytes: int
    steady_s: float = 2.0
    enough_mbit_s: float = 40.0


class ByteSource(Protocol):
    """Something that moves bytes by itself until it is closed. Any thread may ask; one alone, `watch`'s, adapts and closes."""

    engine: Engine
    server: str
    via_proxy: bool

    def total(self) -> int:
        """Bytes that crossed the line so far; never falls. Starts nothing."""

    def adapt(self) -> None:
        """Called about ten times a second: the moment to open more connections where the line needs them."""

    def full_from_s(self) -> float:
        """When the last flow was added, in seconds since the start."""

    def failure(self) -> Unavailable | None:
        """Why nothing moves any more, or None."""

    def close(self) -> None:
        """Stop at once; after 0.3 s no byte moves any more."""


@dataclass
class TransferSamples:
    """A transfer that went well enough to be looked at. Times are `time.perf_counter_ns`."""

    engine: Engine
    server: str
    via_proxy: bool
    rate: estimate.RateEstimate
    ended: Ended
    began_ns: int
    steady_ns: int
    ended_ns: int
    total_bytes: int
    curve: list[estimate.Point] = field(default_factory=list)

    @property
    def duration_s(self) -> float:
        """Ramp included."""
        return (self.ended_ns - self.began_ns) / 1e9


def watch(source: ByteSource, budget: Budget, stop: threading.Event) -> TransferSamples | Unavailable:
    """Look at `source` until it is enough; closes it, whatever happens.

    `TIMEOUT`: it stalled, dripped, or there was no time. What the source failed with otherwise.
    """
    began = time.perf_counter_ns()
    try:
        curve, ended = _sample(source, budget, stop, began)
    finally:
        source.close()
    if isinstance(ended, Unavailable):
        return ended
    total = curve[-1][1]
    rate = estimate.rate(curve, full_from_s=source.full_from_s())
    if rate is None and ended is Ended.BYTES:
        rate = estimate.whole(curve)
    if rate is None or total < _FEWEST_BYTES:
        return Unavailable(reason=Reason.TIMEOUT, detail=f"only {total} bytes in {curve[-1][0]:.1f} s")
    return TransferSamples(
        engine=source.engine,
        server=source.server,
        via_proxy=source.via_proxy,
        rate=rate,
        ended=ended,
        began_ns=began,
        steady_ns=began + int(rate.since_s * 1e9),
        ended_ns=began + int(curve[-1][0] * 1e9),
        total_bytes=total,
        curve=curve,
    )


def _sample(
    source: ByteSource, budget: Budget, stop: threading.Event, began_ns: int
) -> tuple[list[estimate.Point], Ended | Unavailable]:
    curve: list[estimate.Point] = [(0.0, 0)]
    moved_at = 0.0
    while True:
        if stop.wait(TICK_S):
            return curve, INTERRUPTED
        failure = source.failure()  # asked first: what moved before it counts
        now, total = (time.perf_counter_ns() - began_ns) / 1e9, source.total()
        if now - curve[-1][0] > _STALLED_S:
            return curve, Unavailable(reason=Reason.TIMEOUT, detail="this computer stood still meanwhile")
        moved_at = now if total > curve[-1][1] else moved_at
        curve.append((now, total))
        source.adapt()
        ended = _ended(curve, source.full_from_s(), budget) or failure
        if ended is not None:
            return curve, ended
        if now - moved_at > (_STALLED_S if total else _FIRST_BYTE_S):
            return curve, Unavailable(reason=Reason.TIMEOUT, detail=f"stalled after {total} bytes")


def _ended(curve: list[estimate.Point], full_from_s: float, budget: Budget) -> Ended | None:
    now, total = curve[-1]
    if now >= budget.max_s:
        return Ended.TIME
    if total >= budget.max_bytes:
        return Ended.BYTES
    rate = estimate.rate(curve, full_from_s=full_from_s)
    if rate is None or now - rate.since_s < budget.steady_s:
        return None
    if rate.low >= budget.enough_mbit_s:
        return Ended.ENOUGH
    return Ended.STABLE if rate.confidence is Confidence.HIGH else None
