"""The way to the Internet at rest: one server is chosen, a train of requests sent, and heavy loss looked at twice."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from amif_netcheck.measure import figures, live, servers, summary
from amif_netcheck.measure.echo import EchoServerExchange, Stamps
from amif_netcheck.measure.exchange import StunExchange
from amif_netcheck.measure.ledger import Ledger
from amif_netcheck.measure.names import Names
from amif_netcheck.measure.train import INTERVAL_S, LATE_AFTER_S, Samples, TrainSender
from amif_netcheck.model import facts
from amif_netcheck.model.address import Server
from amif_netcheck.model.facts import NameLookup, ProbeMethod, Reason, Unavailable
from amif_netcheck.model.live import LATENCY

SECOND_REQUESTS = 100
_OWN_CHOOSING_S = 1.5
_SECOND_CHOOSING_S = 0.5
_SUSPICIOUS_LOSS_PCT = 3.0
_CHANCE = 0.01
_HOLE_SHARE = 0.5


@dataclass(frozen=True)
class IdleConfig:
    """What to send to whom.

    `own`: our own test point, which is asked before the others, then with them, and needs no second opinion.
    At least `at_least` requests, more while `undecided` says so, at most `at_most`.
    """

    stun: tuple[Server, ...]
    own: Server | None
    at_least: int
    at_most: int
    choosing_s: float
    undecided: Callable[[facts.Train], bool]
    live: live.LiveValues = field(default_factory=live.LiveValues)


@dataclass(frozen=True)
class IdleResult:
    """The facts, and the open socket for more of the same server; the caller closes it."""

    train: facts.Train | Unavailable
    names: NameLookup
    chosen: servers.SelectedServer | None


def measure(
    wish: IdleConfig, names: Names, ledger: Ledger, *, until: float, stop: threading.Event
) -> IdleResult:
    """Measure by `until` (`time.monotonic`)."""
    return _Idle(wish, names, ledger, until, stop).measure()


class _Idle:
    def __init__(
        self, wish: IdleConfig, names: Names, ledger: Ledger, until: float, stop: threading.Event
    ) -> None:
        self._wish, self._names, self._ledger, self._until, self._stop = wish, names, ledger, until, stop

    def measure(self) -> IdleResult:
        chosen, found = self._choose()
        if isinstance(chosen, Unavailable):
            return IdleResult(chosen, found, None)
        try:
            samples = self._run(chosen, self._wish.at_most, self._wish.at_least)
            instead = None
            if _loss_pct(samples) >= _SUSPICIOUS_LOSS_PCT and chosen.server != self._wish.own:
                instead = self._second_opinion(chosen, samples)
        except BaseException:
            chosen.sock.close()
            raise
        return IdleResult(_facts(chosen, samples) if instead is None else instead, found, chosen)

    def _choose(self) -> tuple[servers.SelectedServer | Unavailable, NameLookup]:
        own = () if self._wish.own is None else (self._wish.own,)
        if own:
            by = min(self._until, time.monotonic() + _OWN_CHOOSING_S)
            chosen, found = servers.choose(own, self._names, until=by, stop=self._stop)
            if isinstance(chosen, servers.SelectedServer):
                return chosen, found
        by = min(self._until, time.monotonic() + self._wish.choosing_s)
        return servers.choose((*own, *self._wish.stun), self._names, until=by, stop=self._stop)

    def _run(self, chosen: servers.SelectedServer, count: int, at_least: int) -> Samples:
        train = TrainSender(chosen.sock, chosen.exchange, self._ledger)
        with self._wish.live.shown(LATENCY, live.last(train.recent_ms)):
            samples = train.run(
                count,
                until=self._until,
                stop=self._stop,
                at_least=at_least,
                enough=lambda settled: not self._undecided(chosen, settled),
            )
        # Refused after its last answer: nothing listens there any more, which is no loss of the line's.
        return samples.up_to_the_last_answer() if samples.refused_last else samples

    def _undecided(self, chosen: servers.SelectedServer, settled: Samples) -> bool:
        train = _facts(chosen, settled)
        return isinstance(train, facts.Train) and self._wish.undecided(train)

    def _second_opinion(
        self, first: servers.SelectedServer, seen: Samples
    ) -> facts.Train | Unavailable | None:
        """Ask another server, and the first one once more at the same time; None when the first train stands.

        Public servers may limit how much they answer, which looks like loss on a perfect line. A line loses packets to
        both, so the second has to be better by more than chance. Loss that has passed is seen by neither: runs of lost
        requests were a hole in the line, and no less real; here and there it may have been either, which is nothing to
        call good.
        """
        others = tuple(server for server in self._wish.stun if server != first.server)
        by = min(self._until - LATE_AFTER_S, time.monotonic() + _SECOND_CHOOSING_S)
        if not others or by <= time.monotonic():
            return None
        other, _names = servers.choose(others, self._names, until=by, stop=self._stop)
        if isinstance(other, Unavailable):
            return None
        again: list[Samples] = []
        repeat = replace(
            first, exchange=StunExchange()
        )  # late answers to the first train answer nothing here
        side = threading.Thread(
            target=lambda: again.append(self._run(repeat, SECOND_REQUESTS, SECOND_REQUESTS)), daemon=True
        )
        with other.sock:
            side.start()
            second = self._run(other, SECOND_REQUESTS, SECOND_REQUESTS)
        side.join()
        return _weighed(other, second, seen, again[0]) if again else None


def _weighed(
    other: servers.SelectedServer, second: Samples, seen: Samples, again: Samples
) -> facts.Train | Unavailable | None:
    """What to report instead of the first train `seen`, given both servers' trains at the same time; None to keep it."""
    if not _better_by_more_than_chance(second, seen, again):
        return None
    if _loss_pct(again) < _SUSPICIOUS_LOSS_PCT:  # passed by now
        if summary.share_in_runs(seen.rtt_ns) >= _HOLE_SHARE:
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
    sent = sum(len(each.rtt_ns) for each in first)
    lost = sent - sum(each.received for each in first)
    n = len(second.rtt_ns)
    return summary.chance_of_at_most(n - second.received, n, lost / sent) < _CHANCE


def _loss_pct(samples: Samples) -> float:
    return summary.loss_pct(len(samples.rtt_ns), samples.received) if samples.rtt_ns else 0.0


def _facts(chosen: servers.SelectedServer, samples: Samples) -> facts.Train | Unavailable:
    if samples.refused_last and not samples.received:
        return Unavailable(reason=Reason.BLOCKED, detail="the server stopped listening")
    exchange = chosen.exchange
    stamps: Mapping[int, Stamps] | None = None
    if isinstance(exchange, EchoServerExchange):
        stamps = dict(exchange.stamps)
    method: ProbeMethod = exchange.method
    return figures.train(
        method, chosen.server.host, chosen.address, samples, interval_s=INTERVAL_S, stamps=stamps
    )
