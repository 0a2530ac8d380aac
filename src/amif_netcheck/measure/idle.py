"""The way to the Internet at rest: one server is chosen, a train of requests sent, and heavy loss looked at twice."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from amif_netcheck.children.threads import BackgroundCall
from amif_netcheck.measure import live, results, servers, train_statistics
from amif_netcheck.measure.echo import EchoServerExchange, Stamps
from amif_netcheck.measure.exchange import Exchange, StunExchange
from amif_netcheck.measure.ledger import Ledger
from amif_netcheck.measure.names import Names
from amif_netcheck.measure.stages import guarded
from amif_netcheck.measure.train import INTERVAL_S, LATE_AFTER_S, Samples, TrainSender
from amif_netcheck.model import facts
from amif_netcheck.model.address import Server
from amif_netcheck.model.facts import NameLookup, ProbeMethod, Reason, Unavailable
from amif_netcheck.model.live import LATENCY

SECOND_REQUESTS = 100
LATE_ON_A_FULL_LINE_S = 5.0
_OWN_CHOOSING_S = 1.5
_RELAY_CHOOSING_S = 0.8
_SECOND_CHOOSING_S = 0.5
_SUSPICIOUS_LOSS_PCT = 3.0
_ENDING_S = 0.2
_CHANCE = 0.01
_HOLE_SHARE = 0.5


@dataclass(frozen=True)
class IdleConfig:
    """What to send to whom.

    `own`: our own test point, which is asked before the others, then with them, and needs no second opinion. Without
    one, the meeting's own `relays` come first: the way to them is that of its sound and picture.
    At least `at_least` requests, more while `undecided` says so, at most `at_most`.
    """

    stun: tuple[Server, ...]
    own: Server | None
    at_least: int
    at_most: int
    choosing_s: float
    undecided: Callable[[facts.Train], bool]
    live: live.LiveValues = field(default_factory=live.LiveValues)
    relays: tuple[Server, ...] = ()


class IdleMeasurement:
    """One measurement, by `until` (`time.monotonic`). What is known may be read at any time, by any thread."""

    def __init__(
        self, config: IdleConfig, names: Names, ledger: Ledger, *, until: float, stop: threading.Event
    ) -> None:
        self._config, self._names, self._ledger, self._until, self._stop = config, names, ledger, until, stop
        self._result: facts.Train | Unavailable | None = None
        self._sender: TrainSender | None = None
        self.lookup: NameLookup | None = None
        self.selected: servers.SelectedServer | None = None
        """The server that answered, with an open socket for more of the same; whoever runs this closes it."""

    @property
    def train(self) -> facts.Train | Unavailable | None:
        """The facts; of a train under way, of the requests whose fate is known; None where none began."""
        if self._result is not None or self.selected is None or self._sender is None:
            return self._result
        return _facts(self.selected, self._sender.settled())

    @property
    def lost(self) -> int:
        """Requests of the train that were lost so far; none where the server itself said that nothing listens there."""
        settled = Samples() if self._sender is None else self._sender.settled()
        return 0 if settled.refused_last else len(settled.rtt_ns) - settled.received

    def stretch(self, began_ns: int) -> facts.Stretch | None:
        """The train packet by packet, for a check that began at `began_ns`; None where another one's facts are reported."""
        train, selected = self.train, self.selected
        if self._sender is None or selected is None:
            return None
        if not isinstance(train, facts.Train) or train.server != selected.server.host:
            return None
        samples = self._sender.samples()
        if (
            samples.refused_last or samples.late > samples.received
        ):  # what came after is no loss, or not known yet
            samples = samples.up_to_the_last_answer_at_all()
        return results.stretch(samples, stamps_of(selected.exchange), began_ns)

    def run(self) -> None:
        """Measure."""
        selected, self.lookup = self._choose()
        if isinstance(selected, Unavailable):
            self._result = selected
            return
        self.selected = selected
        self._sender = TrainSender(selected.sock, selected.exchange, self._ledger)
        samples = self._run(selected, self._sender, self._config.at_most, self._config.at_least)
        self._result = _facts(selected, samples)
        if _loss_pct(samples) >= _SUSPICIOUS_LOSS_PCT and selected.server != self._config.own:
            guarded("a second opinion", lambda: self._reconsider(selected, samples))

    def _choose(self) -> tuple[servers.SelectedServer | Unavailable, NameLookup]:
        own = () if self._config.own is None else (self._config.own,)
        first, patience_s = (own, _OWN_CHOOSING_S) if own else (self._config.relays, _RELAY_CHOOSING_S)
        if first:
            by = min(self._until, time.monotonic() + patience_s)
            selected, lookup = servers.choose(first, self._names, until=by, stop=self._stop)
            if isinstance(selected, servers.SelectedServer):
                return selected, lookup
        by = min(self._until, time.monotonic() + self._config.choosing_s)
        return servers.choose((*own, *self._config.stun), self._names, until=by, stop=self._stop)

    def _run(
        self, selected: servers.SelectedServer, sender: TrainSender, count: int, at_least: int
    ) -> Samples:
        with self._config.live.published(LATENCY, live.last(sender.recent_ms)):
            samples = sender.run(
                count,
                until=self._until,
                stop=self._stop,
                interval_s=INTERVAL_S,
                at_least=at_least,
                enough=lambda settled: not self._undecided(selected, settled),
            )
        # Refused after its last answer: nothing listens there any more, which is no loss of the line's.
        return samples.up_to_the_last_answer() if samples.refused_last else samples

    def _repeat(self, selected: servers.SelectedServer) -> Samples:
        sender = TrainSender(selected.sock, selected.exchange, self._ledger)
        return self._run(selected, sender, SECOND_REQUESTS, SECOND_REQUESTS)

    def _undecided(self, selected: servers.SelectedServer, settled: Samples) -> bool:
        train = _facts(selected, settled)
        return isinstance(train, facts.Train) and self._config.undecided(train)

    def _reconsider(self, first: servers.SelectedServer, first_samples: Samples) -> None:
        """Ask another server, and the first one once more at the same time; may replace the first train's facts.

        Public servers may limit how much they answer, which looks like loss on a perfect line. A line loses packets to
        both, so the second has to be better by more than chance. Loss that has passed is seen by neither: runs of lost
        requests were a hole in the line, and no less real; here and there it may have been either, which is nothing to
        call good.
        """
        others = tuple(server for server in self._config.stun if server != first.server)
        by = min(self._until - LATE_AFTER_S, time.monotonic() + _SECOND_CHOOSING_S)
        if not others or by <= time.monotonic():
            return
        other, _lookup = servers.choose(others, self._names, until=by, stop=self._stop)
        if isinstance(other, Unavailable):
            return
        # A fresh exchange: late answers to the first train answer nothing here.
        again = BackgroundCall(lambda: self._repeat(replace(first, exchange=StunExchange())))
        with other.sock:
            second = self._repeat(other)
            repeated = again.result(self._until + _ENDING_S)
        if not isinstance(repeated, Unavailable):
            self._result = _weighed(other, second, first_samples, repeated) or self._result


def _weighed(
    other: servers.SelectedServer, second: Samples, first_samples: Samples, again: Samples
) -> facts.Train | Unavailable | None:
    """What to report instead of the first train `first_samples`, given both servers' trains at the same time; None to keep it."""
    if not _better_by_more_than_chance(second, first_samples, again):
        return None
    if _loss_pct(again) < _SUSPICIOUS_LOSS_PCT:  # passed by now
        if train_statistics.share_in_runs(first_samples.rtt_ns) >= _HOLE_SHARE:
            return None
        return Unavailable(
            reason=Reason.TIMEOUT, detail="loss that has passed: of the line or of the server, who knows"
        )
    if len(second.rtt_ns) < SECOND_REQUESTS:
        return Unavailable(
            reason=Reason.TIMEOUT, detail="the server limits its answers; no time to measure with another"
        )
    return _facts(other, second)


def _better_by_more_than_chance(second: Samples, *first: Samples) -> bool:
    """Would a line as lossy as the first server's trains seldom lose as few as the second's did?"""
    sent = sum(len(train.rtt_ns) for train in first)
    lost = sent - sum(train.received for train in first)
    n = len(second.rtt_ns)
    return train_statistics.chance_of_at_most(n - second.received, n, lost / sent) < _CHANCE


def _loss_pct(samples: Samples) -> float:
    return train_statistics.loss_pct(len(samples.rtt_ns), samples.received) if samples.rtt_ns else 0.0


def _facts(selected: servers.SelectedServer, samples: Samples) -> facts.Train | Unavailable:
    if samples.refused_last and not samples.received:
        return Unavailable(reason=Reason.BLOCKED, detail="the server stopped listening")
    exchange, late_after_s = selected.exchange, LATE_AFTER_S
    if (
        samples.late > samples.received
    ):  # a line so full that answers take seconds: that is its figure, no silence
        late_after_s = LATE_ON_A_FULL_LINE_S
        samples = samples.with_late_answers(late_after_s)
    method: ProbeMethod = exchange.method
    return results.train(
        method,
        selected.server.host,
        selected.address,
        samples,
        interval_s=INTERVAL_S,
        stamps=stamps_of(exchange),
        late_after_s=late_after_s,
    )


def stamps_of(exchange: Exchange) -> Mapping[int, Stamps] | None:
    """The test point's stamps by request, where it is one of our own."""
    return dict(exchange.stamps) if isinstance(exchange, EchoServerExchange) else None
