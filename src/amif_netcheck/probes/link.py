"""The line at rest: a train of requests to the box and one to a STUN server, side by side. Sends both (docs/link.md)."""

from __future__ import annotations

import logging
import sys
import threading
import time

from amif_netcheck.measure import gateway, servers, summary
from amif_netcheck.measure.exchange import StunExchange
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
_CHOOSING_S = 3.0
_QUICK_CHOOSING_S = 1.5
_SWITCH_S = 0.0005
"""While we measure, threads take turns this often: at Python's 5 ms another probe's work would show as jitter."""


def probe(context: Context, until: float) -> LinkFacts | Unavailable:
    """Measure both ways at once; by `until` (`time.monotonic`)."""
    if not servers.has_route((*REFERENCE_IPV4, *REFERENCE_IPV6)) and not _reachable_literal(context):
        nowhere = Unavailable(reason=Reason.NOT_PRESENT, detail="no route to the Internet")
        return LinkFacts(
            gateway=NOT_REQUESTED if context.offline else _gateway(context, until), internet=nowhere
        )
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


def _reachable_literal(context: Context) -> bool:
    """A server given by its address can be reached in a network that has no way out."""
    literals = tuple(
        server.host for server in context.stun if ":" in server.host or server.host.replace(".", "").isdigit()
    )
    return servers.has_route(literals)


def _count(context: Context) -> int:
    return QUICK_REQUESTS if context.quick else REQUESTS


def _internet(context: Context, until: float) -> tuple[Train | Unavailable, NameLookup]:
    choosing_until = min(until, time.monotonic() + (_QUICK_CHOOSING_S if context.quick else _CHOOSING_S))
    chosen, names = servers.choose(context.stun, context.names, until=choosing_until, stop=context.stop)
    if isinstance(chosen, Unavailable):
        return chosen, names
    with chosen.sock:
        samples = TrainRunner(chosen.sock, chosen.exchange, context.ledger).run(
            _count(context), until=until, stop=context.stop
        )
    if samples.refused:
        # Its computer says that nothing listens there any more: that is no loss of the line's.
        samples = samples.up_to_the_last_answer()
        if not samples.received:
            return Unavailable(reason=Reason.BLOCKED, detail="the server stopped listening"), names
    return _train(StunExchange.method, chosen.server.host, chosen.address, samples, INTERVAL_S), names


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
