"""A train of requests: sent by a thread of its own at a fixed pace, answers taken as they come."""

from __future__ import annotations

import logging
import socket
import threading
import time
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from amif_netcheck.measure.exchange import Exchange
from amif_netcheck.measure.ledger import Ledger, Meter
from amif_netcheck.measure.socket_errors import Trouble, trouble
from amif_netcheck.model.facts import ProbeMethod

log = logging.getLogger(__name__)

INTERVAL_S = 0.02
"""A voice call sends 50 packets a second."""

LATE_AFTER_S = 1.0
"""An answer after this long is of no use to a call, and counts as lost."""

_POLL_S = 0.05
_HICCUP_S = 5 * INTERVAL_S
SUSPENDED_S = 1.0
"""A sender that wakes this late was stopped with its computer: what it sees then is no fault of the line's."""
_ASK_EVERY = 25
_DATAGRAM = 2048


@dataclass
class Samples:
    """What a train saw. `rtt_ns[i]` is the round trip of request i, or None when no answer came in time.

    `answered_ns[i]` is the same of every answer, however late. `sent_ns[i]` is when it left (`time.perf_counter_ns`) and
    `sequences[i]` its number; a train of connections has none of the three.
    """

    rtt_ns: list[int | None] = field(default_factory=list)
    answered_ns: list[int | None] = field(default_factory=list)
    sent_ns: list[int] = field(default_factory=list)
    sequences: list[int] = field(default_factory=list)
    late: int = 0
    rejected: int = 0
    reordered: int = 0
    request_bytes: int = 0  # UDP or ICMP payload of one
    answer_bytes: int = 0
    suspended_s: float = 0.0  # how long this program stood still meanwhile
    refused_last: bool = False  # "nothing listens here", said by the other side after its last answer

    @property
    def received(self) -> int:
        """How many requests were answered in time."""
        return sum(rtt is not None for rtt in self.rtt_ns)

    def up_to_the_last_answer(self) -> Samples:
        """The same without the requests after the last one that was answered in time."""
        last = max((index for index, rtt in enumerate(self.rtt_ns) if rtt is not None), default=-1)
        return self._first(last + 1)

    def up_to_the_last_answer_at_all(self) -> Samples:
        """The same without the requests after the last one that was answered, however late."""
        last = max((index for index, rtt in enumerate(self.answered_ns) if rtt is not None), default=-1)
        return self._first(last + 1)

    def _first(self, count: int) -> Samples:
        return replace(
            self,
            rtt_ns=self.rtt_ns[:count],
            answered_ns=self.answered_ns[:count],
            sent_ns=self.sent_ns[:count],
            sequences=self.sequences[:count],
        )

    def with_late_answers(self, late_after_s: float) -> Samples:
        """The same with answers up to so late counted as answers, until the last of them: what came after it is not known yet."""
        late_ns = late_after_s * 1e9
        return replace(
            self,
            rtt_ns=[rtt if rtt is not None and rtt <= late_ns else None for rtt in self.answered_ns],
            late=sum(rtt is not None and rtt > late_ns for rtt in self.answered_ns),
        ).up_to_the_last_answer()

    def between(self, begin_ns: int, end_ns: int) -> list[int]:
        """The round trips of the requests that left from `begin_ns` to `end_ns` and were answered."""
        pairs = zip(self.sent_ns, self.rtt_ns, strict=True)
        return [rtt for sent, rtt in pairs if rtt is not None and begin_ns <= sent <= end_ns]


class TrainSender:
    """One train over one connected datagram socket, which stays the caller's. `recent_ms` may be read while it runs."""

    def __init__(
        self, sock: socket.socket, exchange: Exchange, ledger: Ledger, *, late_after_s: float = LATE_AFTER_S
    ) -> None:
        self._sock = sock
        self._exchange = exchange
        self._meter = Meter(ledger, sock, echoes=exchange.method is ProbeMethod.ICMP)
        self._late_ns = int(late_after_s * 1e9)
        self._sent_ns: list[int] = []
        self._answers: dict[int, int] = {}
        self._pauses_ns: list[tuple[int, int]] = []
        self._request_bytes = self._answer_bytes = 0
        self._rejected = 0
        self._reordered = 0
        self._newest = -1
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
        at_least: int | None = None,
        enough: Callable[[Samples], bool] = lambda _samples: True,
    ) -> Samples:
        """Send up to `count` requests, then wait `patience_s` for the last answers.

        From `at_least` requests on (`count` by default) `enough` is asked now and then whether what is settled will do.
        Ends by `until` (`time.monotonic`) whatever happens, with the requests that fit; or at once when `stop` is set.
        """
        at_least = count if at_least is None else at_least
        sender = threading.Thread(
            target=self._send,
            args=(count,),
            kwargs={
                "until": until - patience_s,
                "stop": stop,
                "interval_s": interval_s,
                "at_least": at_least,
                "enough": enough,
            },
            daemon=True,
        )
        self._sock.settimeout(_POLL_S)
        sender.start()
        try:
            self._receive(patience_s, until, stop)
        finally:
            self._quit.set()
            sender.join()
        return self.samples()

    def samples(self) -> Samples:
        """What is known of all requests so far; for any thread, also while the train runs."""
        return self._samples(len(self._sent_ns))

    def settled(self) -> Samples:
        """The same of those requests alone that were sent so long ago that an answer would be too late."""
        return self._samples(bisect_left(self._sent_ns, time.perf_counter_ns() - self._late_ns))

    def recent_ms(self, last: int) -> list[float]:
        """The round trips of the `last` requests that were answered, oldest first, in milliseconds."""
        answers = dict(self._answers)
        return [(answers[sequence] - self._sent_ns[sequence]) / 1e6 for sequence in sorted(answers)[-last:]]

    def _send(
        self,
        count: int,
        *,
        until: float,
        stop: threading.Event,
        interval_s: float,
        at_least: int,
        enough: Callable[[Samples], bool],
    ) -> None:
        due = time.perf_counter()
        try:
            for sequence in range(count):
                asks = sequence >= at_least and not (sequence - at_least) % _ASK_EVERY
                if asks and enough(self.settled()):
                    return
                wait = due - time.perf_counter()
                if wait > 0:
                    time.sleep(wait)
                if (late := time.perf_counter() - due) > _HICCUP_S:  # don't catch up with a burst
                    if late > SUSPENDED_S:
                        self._pauses_ns.append((int(due * 1e9), time.perf_counter_ns()))
                    due = time.perf_counter()
                due += interval_s
                if stop.is_set() or self._quit.is_set() or time.monotonic() > until:
                    return
                self._send_one(self._exchange.request(sequence))
        except Exception:
            log.exception("a train stopped sending")
        finally:
            self._sender_done.set()

    def _send_one(self, request: bytes) -> None:
        self._request_bytes = len(request)
        self._sent_ns.append(time.perf_counter_ns())
        for _attempt in range(2):  # the first may only report that an earlier one was refused
            try:
                self._sock.send(request)
            except OSError as error:
                if trouble(error, datagrams=True) is not Trouble.REFUSED:
                    return  # no route at this moment, or a full queue: a call would have lost this packet too
                self._refused_last = True
            else:
                self._meter.sent(len(request))
                return

    def _receive(self, patience_s: float, until: float, stop: threading.Event) -> None:
        while not stop.is_set() and time.monotonic() < until:
            if self._sender_done.is_set():
                quiet_ns = time.perf_counter_ns() - self._sent_ns[-1] if self._sent_ns else 0
                if len(self._answers) >= len(self._sent_ns) or quiet_ns > patience_s * 1e9:
                    break
            try:
                datagram = self._sock.recv(_DATAGRAM)
            except TimeoutError:
                continue
            except OSError as error:
                self._note(trouble(error, datagrams=True))
                continue
            self._take(datagram, time.perf_counter_ns())

    def _note(self, said: Trouble) -> None:
        """What came in the place of a datagram."""
        if said is Trouble.REFUSED:
            self._refused_last = True
        elif said is Trouble.TOO_LONG:
            self._rejected += 1
        elif said is not Trouble.HOST_UNREACHABLE:  # that is of one request, and the next datagram may wait
            time.sleep(_POLL_S)  # the network is away for a moment

    def _take(self, datagram: bytes, now_ns: int) -> None:
        self._meter.received(len(datagram))
        sequence = self._exchange.sequence_of(datagram)
        if sequence is None or sequence >= len(self._sent_ns):
            self._rejected += 1
            return
        if sequence not in self._answers:  # a duplicate is no second answer
            self._reordered += sequence < self._newest
            self._newest = max(self._newest, sequence)
            self._answers[sequence] = now_ns
            self._answer_bytes = len(datagram)
        self._refused_last = False

    def _samples(self, count: int) -> Samples:
        """What is known of the first `count` requests; those that a suspension of this computer overtook are left out."""
        answers, sent_ns = dict(self._answers), self._sent_ns[:count]
        sequences = [
            sequence
            for sequence in range(count)
            if not self._overtaken(sent_ns[sequence], answers.get(sequence))
        ]
        round_trips = [
            answers[sequence] - sent_ns[sequence] if sequence in answers else None for sequence in sequences
        ]
        return Samples(
            rtt_ns=[rtt if rtt is not None and rtt <= self._late_ns else None for rtt in round_trips],
            answered_ns=round_trips,
            sent_ns=[sent_ns[sequence] for sequence in sequences],
            sequences=sequences,
            late=sum(rtt is not None and rtt > self._late_ns for rtt in round_trips),
            rejected=self._rejected,
            reordered=self._reordered,
            request_bytes=self._request_bytes,
            answer_bytes=self._answer_bytes,
            suspended_s=sum(end - begin for begin, end in self._pauses_ns) / 1e9,
            refused_last=self._refused_last,
        )

    def _overtaken(self, sent_ns: int, answered_ns: int | None) -> bool:
        """Was this request on its way when the computer, or this program, stood still? Its answer waited for us."""
        return any(
            begin - self._late_ns < sent_ns < end and (answered_ns is None or answered_ns > begin)
            for begin, end in self._pauses_ns
        )
