"""The line while it is busy: a download, a pause until the queues are empty, an upload; and requests beside them all along."""

from __future__ import annotations

import statistics
import threading
import time
from dataclasses import dataclass

from amif_netcheck.measure.live import LiveValues, last
from amif_netcheck.measure.throughput.rates import Job, Rates
from amif_netcheck.measure.throughput.sampling import Budget, TransferSamples
from amif_netcheck.measure.train import Samples, TrainSender
from amif_netcheck.model.facts import Unavailable
from amif_netcheck.model.live import LATENCY

LATE_AFTER_S = 5.0
"""Under load an answer may take seconds, and these seconds are the figure that is wanted."""

_REQUESTS = 3000
_EMPTY_WITHIN_MS = 5.0
_RECENT = 5
_LONGEST_PAUSE_S = 1.0
_LINGER_S = 1.2
_POLL_S = 0.05
_LONGEST_TRANSFER_S = 4.5
_DOWNLOAD_SHARE = 2 / 3
"""Of the bytes allowed: downloads are faster on most lines."""


class BackgroundTrain:
    """A train of requests in a thread of its own, while something else keeps the line busy."""

    def __init__(self, train: TrainSender, until: float) -> None:
        self._train = train
        self._over = threading.Event()
        self._samples = Samples()
        self._thread = threading.Thread(target=self._run, args=(until,), daemon=True)
        self._thread.start()

    def recent_ms(self) -> float | None:
        """The median of the last few round trips."""
        recent = self._train.recent_ms(_RECENT)
        return statistics.median(recent) if recent else None

    def end(self) -> Samples:
        """Stop it and see."""
        self._over.set()
        self._thread.join()
        return self._samples

    def _run(self, until: float) -> None:
        self._samples = self._train.run(_REQUESTS, until=until, stop=self._over, patience_s=0.1)


@dataclass(frozen=True)
class LoadResult:
    """What was moved, and the round trips meanwhile."""

    download: TransferSamples | Unavailable
    upload: TransferSamples | Unavailable
    internet: Samples | None
    gateway: Samples | None


def load(
    rates: Rates,
    beside: dict[str, TrainSender],
    idle_ms: float | None,
    *,
    max_bytes: int,
    until: float,
    stop: threading.Event,
    live: LiveValues | None = None,
) -> LoadResult:
    """Measure both directions by `until` (`time.monotonic`), probing with the trains `internet` and `gateway` meanwhile.

    `idle_ms`: the round trip to the Internet at rest, to know when the queues are empty again.
    """
    live = live or LiveValues()
    rates.prepare(until=until, stop=stop)
    running = {name: BackgroundTrain(train, until) for name, train in beside.items()}
    answers = last(beside["internet"].recent_ms) if "internet" in beside else lambda: None
    try:
        with live.shown(LATENCY, answers):
            begun = time.monotonic()
            half = begun + (until - _LINGER_S - _LONGEST_PAUSE_S - begun) / 2
            down = _one_way(
                rates, upload=False, most=int(max_bytes * _DOWNLOAD_SHARE), until=half, stop=stop, live=live
            )
            _wait_until_empty(running.get("internet"), idle_ms, _LONGEST_PAUSE_S, until, stop)
            left = max_bytes - (down.total_bytes if isinstance(down, TransferSamples) else 0)
            up = _one_way(rates, upload=True, most=left, until=until - _LINGER_S, stop=stop, live=live)
            _wait_until_empty(running.get("internet"), idle_ms, _LINGER_S, until, stop)
    finally:
        samples = {name: each.end() for name, each in running.items()}
    return LoadResult(down, up, samples.get("internet"), samples.get("gateway"))


def _one_way(
    rates: Rates, *, upload: bool, most: int, until: float, stop: threading.Event, live: LiveValues
) -> TransferSamples | Unavailable:
    budget = Budget(max_s=_LONGEST_TRANSFER_S, max_bytes=most)
    return rates.measure(Job(upload=upload, budget=budget, until=until, stop=stop, live=live))


def _wait_until_empty(
    beside: BackgroundTrain | None,
    idle_ms: float | None,
    longest_s: float,
    until: float,
    stop: threading.Event,
) -> None:
    """Until answers come as fast as at rest: what still waits in queues belongs to neither direction."""
    until = min(until, time.monotonic() + longest_s)
    while beside is not None and idle_ms is not None and time.monotonic() < until and not stop.is_set():
        recent_ms = beside.recent_ms()
        if recent_ms is not None and recent_ms <= idle_ms + max(_EMPTY_WITHIN_MS, 0.1 * idle_ms):
            return
        stop.wait(_POLL_S)
