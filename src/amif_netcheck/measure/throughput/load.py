"""The line under load: a download, a pause until the queues are empty, an upload; with trains of requests beside them."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Mapping

from amif_netcheck.children.threads import BackgroundCall
from amif_netcheck.measure.ledger import Ledger
from amif_netcheck.measure.live import LiveValues, last
from amif_netcheck.measure.throughput.engines import SHORTEST_TRANSFER_S, Job
from amif_netcheck.measure.throughput.rates import Rates
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
_UPLOAD_S = 3.0
"""Kept for the upload when the download needs more than its half, as an engine failed."""
_PATIENCE_S = 0.1
_ENDING_S = 1.0
_DOWNLOAD_SHARE = 2 / 3
"""Of the bytes allowed: downloads are faster on most lines."""


class BackgroundTrain:
    """A train of requests in a thread of its own, while something else keeps the line busy."""

    def __init__(self, sender: TrainSender, until: float) -> None:
        self._sender = sender
        self._over = threading.Event()
        self._call = BackgroundCall(
            lambda: sender.run(_REQUESTS, until=until, stop=self._over, patience_s=_PATIENCE_S)
        )

    def recent_ms(self) -> float | None:
        """The median of the last few round trips."""
        recent = self._sender.recent_ms(_RECENT)
        return statistics.median(recent) if recent else None

    def end(self) -> None:
        """Stop it."""
        self._over.set()
        self._call.result(time.monotonic() + _ENDING_S)


class LoadMeasurement:
    """Both directions by `until` (`time.monotonic`). What is known may be read at any time, by any thread.

    `senders` are the trains beside them, by name (`internet`, `gateway`). `idle_ms`: the round trip to the Internet at
    rest, to know when the queues are empty again.
    """

    def __init__(
        self,
        rates: Rates,
        senders: Mapping[str, TrainSender],
        idle_ms: float | None,
        ledger: Ledger,
        *,
        max_bytes: int,
        until: float,
        stop: threading.Event,
        live: LiveValues | None = None,
    ) -> None:
        self._rates, self._senders, self._idle_ms, self._ledger = rates, senders, idle_ms, ledger
        self._max_bytes, self._until, self._stop = max_bytes, until, stop
        self._live = live or LiveValues()
        self.download: TransferSamples | Unavailable | None = None
        self.upload: TransferSamples | Unavailable | None = None

    def round_trips(self, name: str) -> Samples | None:
        """What a train beside the transfers saw so far; None where there is none."""
        sender = self._senders.get(name)
        return None if sender is None else sender.samples()

    def run(self) -> None:
        """Measure."""
        pauses_s = _LINGER_S + _LONGEST_PAUSE_S
        prepared_by = self._until - pauses_s - 2 * SHORTEST_TRANSFER_S
        # They begin before the search for a server, which may take seconds in which a line may be cut.
        trains = {name: BackgroundTrain(sender, self._until) for name, sender in self._senders.items()}
        internet = trains.get("internet")
        answers = last(self._senders["internet"].recent_ms) if internet is not None else lambda: None
        try:
            self._rates.prepare(until=prepared_by, stop=self._stop, max_bytes=self._max_bytes)
            self._ledger.add(received=self._rates.spent_bytes)
            with self._live.published(LATENCY, answers):
                began = time.monotonic()
                left_s = self._until - pauses_s - began
                left_bytes = self._max_bytes - self._rates.spent_bytes
                half = Budget(
                    max_s=min(_LONGEST_TRANSFER_S, left_s / 2), max_bytes=int(left_bytes * _DOWNLOAD_SHARE)
                )
                # An engine that fails in the middle leaves time for the next one.
                by = began + max(left_s / 2, left_s - _UPLOAD_S)
                self.download = self._one_way(half, by, upload=False)
                self._wait_until_empty(internet, _LONGEST_PAUSE_S)
                rest = Budget(max_s=_LONGEST_TRANSFER_S, max_bytes=self._bytes_left(half))
                self.upload = self._one_way(rest, self._until - _LINGER_S, upload=True)
                self._wait_until_empty(internet, _LINGER_S)
        finally:
            for train in trains.values():
                train.end()

    def _one_way(self, budget: Budget, until: float, *, upload: bool) -> TransferSamples | Unavailable:
        job = Job(upload=upload, budget=budget, until=until, stop=self._stop, live=self._live)
        before = self._rates.spent_bytes
        try:
            return self._rates.measure(job)
        finally:
            self._ledger.add(**{"sent" if upload else "received": self._rates.spent_bytes - before})

    def _bytes_left(self, half: Budget) -> int:
        """For the upload. A fast line brings more than the download's share before anyone looks: that costs the upload none."""
        left = self._max_bytes - self._rates.spent_bytes
        if isinstance(self.download, TransferSamples):
            left += max(0, self.download.total_bytes - half.max_bytes)
        return left

    def _wait_until_empty(self, train: BackgroundTrain | None, longest_s: float) -> None:
        """Until answers come as fast as at rest: what still waits in queues belongs to neither direction."""
        if train is None or self._idle_ms is None:
            return
        until = min(self._until, time.monotonic() + longest_s)
        empty_ms = self._idle_ms + max(_EMPTY_WITHIN_MS, 0.1 * self._idle_ms)
        while time.monotonic() < until and not self._stop.is_set():
            recent_ms = train.recent_ms()
            if recent_ms is not None and recent_ms <= empty_ms:
                return
            self._stop.wait(_POLL_S)
