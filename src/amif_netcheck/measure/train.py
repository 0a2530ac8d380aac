"""A train of requests: sent by a thread of its own at a fixed pace, answers taken as they come."""

from __future__ import annotations

import socket
import threading
import time
from dataclasses import dataclass, field, replace

from amif_netcheck.measure.exchange import Exchange
from amif_netcheck.measure.ledger import Ledger, Meter

INTERVAL_S = 0.02
"""A voice call sends 50 packets a second."""

LATE_AFTER_S = 1.0
"""An answer after this long is of no use to a call, and counts as lost."""

_POLL_S = 0.05
_HICCUP_S = 5 * INTERVAL_S
_DATAGRAM = 2048


@dataclass
class Samples:
    """What a train saw. `rtt_ns[i]` is the round trip of request i, or None when no answer came in time."""

    rtt_ns: list[int | None] = field(default_factory=list)
    late: int = 0
    rejected: int = 0
    refused_last: bool = False  # "nothing listens here", said by the other side after its last answer

    @property
    def received(self) -> int:
        """How many requests were answered in time."""
        return sum(rtt is not None for rtt in self.rtt_ns)

    def up_to_the_last_answer(self) -> Samples:
        """The same without the requests after the last one that was answered in time."""
        last = max((index for index, rtt in enumerate(self.rtt_ns) if rtt is not None), default=-1)
        return replace(self, rtt_ns=self.rtt_ns[: last + 1])


class Train:
    """One train over one connected datagram socket, which stays the caller's."""

    def __init__(self, sock: socket.socket, exchange: Exchange, ledger: Ledger) -> None:
        self._sock = sock
        self._exchange = exchange
        self._meter = Meter(ledger, sock)
        self._sent_ns: list[int] = []
        self._answers: dict[int, int] = {}
        self._sender_done = threading.Event()
        self._quit = threading.Event()
        self._refused_last = False

    def run(
        self,
        count: int,
        *,
        until: float,
        stop: threading.Event,
        interval_s: float = INTERVAL_S,
        patience_s: float = LATE_AFTER_S,
    ) -> Samples:
        """Send up to `count` requests, then wait `patience_s` for the last answers.

        Ends by `until` (`time.monotonic`) whatever happens, with the requests that fit; or at once when `stop` is set.
        """
        sender = threading.Thread(
            target=self._send, args=(count, until - patience_s, stop, interval_s), daemon=True
        )
        self._sock.settimeout(_POLL_S)
        sender.start()
        try:
            rejected = self._receive(patience_s, until, stop)
        finally:
            self._quit.set()
            sender.join()
        return self._samples(rejected)

    def _send(self, count: int, until: float, stop: threading.Event, interval_s: float) -> None:
        due = time.perf_counter()
        try:
            for sequence in range(count):
                wait = due - time.perf_counter()
                if wait > 0:
                    time.sleep(wait)
                elif wait < -_HICCUP_S:  # the computer slept or stalled: don't catch up with a burst
                    due = time.perf_counter()
                due += interval_s
                if stop.is_set() or self._quit.is_set() or time.monotonic() > until:
                    return
                self._send_one(self._exchange.request(sequence))
        finally:
            self._sender_done.set()

    def _send_one(self, request: bytes) -> None:
        self._sent_ns.append(time.perf_counter_ns())
        for _attempt in range(2):  # the first may only report that an earlier one was refused
            try:
                self._sock.send(request)
            except ConnectionRefusedError:
                self._refused_last = True
            except (
                OSError
            ):  # no route at this moment, or a full queue: a call would have lost this packet too
                return
            else:
                self._meter.sent(len(request))
                return

    def _receive(self, patience_s: float, until: float, stop: threading.Event) -> int:
        rejected = 0
        while not stop.is_set() and time.monotonic() < until:
            if self._sender_done.is_set():
                quiet_ns = time.perf_counter_ns() - self._sent_ns[-1] if self._sent_ns else 0
                if len(self._answers) >= len(self._sent_ns) or quiet_ns > patience_s * 1e9:
                    break
            try:
                datagram = self._sock.recv(_DATAGRAM)
            except TimeoutError:
                continue
            except ConnectionRefusedError:
                self._refused_last = True
                continue
            except OSError:
                time.sleep(_POLL_S)  # the network is away for a moment
                continue
            now = time.perf_counter_ns()
            self._meter.received(len(datagram))
            sequence = self._exchange.sequence_of(datagram)
            if sequence is None or sequence >= len(self._sent_ns):
                rejected += 1
            else:
                self._answers.setdefault(sequence, now)  # a duplicate is no second answer
                self._refused_last = False
        return rejected

    def _samples(self, rejected: int) -> Samples:
        late_ns = int(LATE_AFTER_S * 1e9)
        round_trips = [
            self._answers[sequence] - sent if sequence in self._answers else None
            for sequence, sent in enumerate(self._sent_ns)
        ]
        return Samples(
            rtt_ns=[rtt if rtt is not None and rtt <= late_ns else None for rtt in round_trips],
            late=sum(rtt is not None and rtt > late_ns for rtt in round_trips),
            rejected=rejected,
            refused_last=self._refused_last,
        )
