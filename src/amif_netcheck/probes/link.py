"""The line at rest: a train of requests to the box and one to a STUN server, side by side. Sends both (docs/link.md)."""

from __future__ import annotations

import contextlib
import logging
import sys
import threading
import time
from dataclasses import replace
from ipaddress import ip_address

from amif_netcheck.measure import gateway, servers, summary
from amif_netcheck.measure.exchange import StunExchange
from amif_netcheck.measure.names import Address
from amif_netcheck.measure.train import INTERVAL_S, LATE_AFTER_S, Samples
from amif_netcheck.measure.train import Train as TrainRunner
from amif_netcheck.model.facts import (
    NOT_REQUESTED,
    LinkFacts,
    NameLookup,
    ProbeMethod,
    Reason,
    Train,
    Unavailable,
)
from amif_netcheck.probes.context import REFERENCE_IPV4, REFERENCE_IPV6, Context

log = logging.getLogger(__name__)

REQUESTS = 250
QUICK_REQUESTS = 100
_CHOOSING_S = 6.0
_SECOND_CHOOSING_S = 0.5
_SUSPICIOUS_LOSS_PCT = 3.0
_CHANCE = 0.01
_HOLE_SHARE = 0.5
_NAME_LOOKUP_SHARE = 0.25
_QUICK_CHOOSING_S = 1.5
_SWITCH_S = 0.0005
"""While we measure, threads take turns this often: at Python's 5 ms another probe's work would show as jitter."""


def probe(context: Context, until: float) -> LinkFacts | Unavailable:
    """Measure both ways at once; by `until` (`time.monotonic`)."""
    nowhere = servers.way_out(_destinations(context, until))
    if nowhere is not None:
        silent = context.offline or context.stop.is_set()
        return LinkFacts(gateway=NOT_REQUESTED if silent else _gateway(context, until), internet=nowhere)
    if context.offline:
        return NOT_REQUESTED
    home: list[Train | Unavailable] = [Unavailable(reason=Reason.TIMEOUT)]

    def measure_home() -> None:
        try:
            home[0] = _gateway(context, until)
        except Exception as error:
            log.exception("the way to the box could not be measured")
            home[0] = Unavailable(reason=Reason.ERROR, detail=repr(error))

    side = threading.Thread(target=measure_home, daemon=True)
    switch_s = sys.getswitchinterval()
    sys.setswitchinterval(_SWITCH_S)
    try:
        side.start()
        internet, names = _internet(context, until)
        side.join(max(0.0, until - time.monotonic()))
    finally:
        sys.setswitchinterval(switch_s)
    return LinkFacts(gateway=home[0], internet=internet, names=names)


def _destinations(context: Context, until: float) -> list[Address]:
    """What a way out could lead to: the Internet, the meeting, servers given by their address. Only looked up, not used."""
    wanted = [ip_address(text) for text in (*REFERENCE_IPV4, *REFERENCE_IPV6)]
    for server in context.stun:
        with contextlib.suppress(ValueError):
            wanted.append(ip_address(server.host))
    if context.meeting and servers.way_out(wanted) is not None:
        now = time.monotonic()
        meeting = context.names.resolve(context.meeting, until=now + (until - now) * _NAME_LOOKUP_SHARE)
        wanted += [] if isinstance(meeting, Unavailable) else meeting
    return wanted


def _count(context: Context) -> int:
    return QUICK_REQUESTS if context.quick else REQUESTS


def _internet(context: Context, until: float) -> tuple[Train | Unavailable, NameLookup]:
    choosing_until = min(until, time.monotonic() + (_QUICK_CHOOSING_S if context.quick else _CHOOSING_S))
    chosen, names = servers.choose(context.stun, context.names, until=choosing_until, stop=context.stop)
    if isinstance(chosen, Unavailable):
        return chosen, names
    with chosen.sock:
        samples = _run(chosen, context, until, _count(context))
        if _loss_pct(samples) >= _SUSPICIOUS_LOSS_PCT:
            instead = _second_opinion(chosen, samples, context, until)
            if instead is not None:
                return instead, names
    return _internet_train(chosen, samples), names


def _run(chosen: servers.Chosen, context: Context, until: float, count: int) -> Samples:
    samples = TrainRunner(chosen.sock, chosen.exchange, context.ledger).run(
        count, until=until, stop=context.stop
    )
    # Refused after its last answer: nothing listens there any more, which is no loss of the line's.
    return samples.up_to_the_last_answer() if samples.refused_last else samples


def _second_opinion(
    first: servers.Chosen, seen: Samples, context: Context, until: float
) -> Train | Unavailable | None:
    """Ask another server, and the first one once more at the same time; None when the first train stands.

    Public servers may limit how much they answer, which looks like loss on a perfect line. A line loses packets to both,
    so the second has to be better by more than chance. Loss that has passed is seen by neither: runs of lost requests
    were a hole in the line, and no less real; here and there it may have been either, which is nothing to call good.
    """
    others = tuple(server for server in context.stun if server != first.server)
    choosing_until = min(until - LATE_AFTER_S, time.monotonic() + _SECOND_CHOOSING_S)
    if not others or choosing_until <= time.monotonic():
        return None
    other, _names = servers.choose(others, context.names, until=choosing_until, stop=context.stop)
    if isinstance(other, Unavailable):
        return None
    again: list[Samples] = []
    repeat = replace(first, exchange=StunExchange())  # late answers to the first train answer nothing here
    side = threading.Thread(
        target=lambda: again.append(_run(repeat, context, until, QUICK_REQUESTS)), daemon=True
    )
    with other.sock:
        side.start()
        second = _run(other, context, until, QUICK_REQUESTS)
    side.join()
    return _weighed(other, second, seen, again[0]) if again else None


def _weighed(
    other: servers.Chosen, second: Samples, seen: Samples, again: Samples
) -> Train | Unavailable | None:
    """What to report instead of the first train `seen`, given both servers' trains at the same time; None to keep it."""
    if not _better_by_more_than_chance(second, seen, again):
        return None
    if _loss_pct(again) < _SUSPICIOUS_LOSS_PCT:  # passed by now
        if summary.share_in_runs(seen.rtt_ns) >= _HOLE_SHARE:
            return None
        return Unavailable(
            reason=Reason.TIMEOUT, detail="loss that has passed: of the line or of the server, who knows"
        )
    if len(second.rtt_ns) < QUICK_REQUESTS:
        return Unavailable(
            reason=Reason.TIMEOUT, detail="the server limits its answers; no time to measure with another"
        )
    return _internet_train(other, second)


def _better_by_more_than_chance(second: Samples, *first: Samples) -> bool:
    """Would a line as lossy as the first server's trains seldom lose as few as the second's did?"""
    sent = sum(len(each.rtt_ns) for each in first)
    lost = sent - sum(each.received for each in first)
    n = len(second.rtt_ns)
    return summary.chance_of_at_most(n - second.received, n, lost / sent) < _CHANCE


def _loss_pct(samples: Samples) -> float:
    return summary.loss_pct(len(samples.rtt_ns), samples.received) if samples.rtt_ns else 0.0


def _internet_train(chosen: servers.Chosen, samples: Samples) -> Train | Unavailable:
    if samples.refused_last and not samples.received:
        return Unavailable(reason=Reason.BLOCKED, detail="the server stopped listening")
    return _train(StunExchange.method, chosen.server.host, chosen.address, samples, INTERVAL_S)


def _gateway(context: Context, until: float) -> Train | Unavailable:
    box = context.platform.gateway()
    if isinstance(box, Unavailable):
        return box
    measured = gateway.measure(
        box.address,
        box.scope,
        _count(context),
        INTERVAL_S,
        ledger=context.ledger,
        until=until,
        stop=context.stop,
    )
    if isinstance(measured, Unavailable):
        return measured
    method, samples = measured
    interval_s = gateway.TCP_INTERVAL_S if method is ProbeMethod.TCP else INTERVAL_S
    return _train(method, box.address, box.address, samples, interval_s)


def _train(
    method: ProbeMethod, host: str, address: str, samples: Samples, interval_s: float
) -> Train | Unavailable:
    """The facts of a train; one without a single answer measured nothing, whatever the cause."""
    answered = [rtt for rtt in samples.rtt_ns if rtt is not None]
    if not answered:
        return Unavailable(reason=Reason.TIMEOUT, detail=f"{len(samples.rtt_ns)} requests, no answer in time")
    hidden = Unavailable(reason=Reason.UNSUPPORTED, detail="TCP repeats what is lost")
    sees_loss = method is not ProbeMethod.TCP
    sent = len(samples.rtt_ns)
    return Train(
        method=method,
        server=host,
        address=address,
        interval_ms=interval_s * 1000,
        late_after_ms=LATE_AFTER_S * 1000,
        sent=sent,
        received=len(answered),
        rtt_ms=summary.spread_ms(answered),
        jitter_ms=summary.jitter_ms(answered),
        loss_pct=summary.loss_pct(sent, len(answered)) if sees_loss else hidden,
        longest_loss_ms=summary.longest_loss(samples.rtt_ns) * interval_s * 1000 if sees_loss else hidden,
        late=samples.late,
        rejected=samples.rejected,
    )
