"""The line at rest, busy, and as a call uses it; to the box and to a server, side by side. What it sends: docs/link.md."""

from __future__ import annotations

import contextlib
import json
import logging
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from amif_netcheck.measure import call, figures, gateway, idle, servers
from amif_netcheck.measure.echo import EchoServerExchange
from amif_netcheck.measure.media import MediaPlan
from amif_netcheck.measure.throughput import busy
from amif_netcheck.measure.throughput.forms import Form
from amif_netcheck.measure.throughput.rates import EngineChoice, Rates
from amif_netcheck.measure.throughput.sampling import TransferSamples
from amif_netcheck.measure.train import TrainSender as TrainRunner
from amif_netcheck.measure.web import Web
from amif_netcheck.model.address import Server, UdpProtocol
from amif_netcheck.model.facts import (
    NOT_REQUESTED,
    Call,
    LinkFacts,
    Reason,
    Train,
    Transfer,
    Unavailable,
)
from amif_netcheck.probes.context import Context
from amif_netcheck.probes.destinations import destinations

log = logging.getLogger(__name__)

REQUESTS = 250
MOST_REQUESTS = 1000
QUICK_REQUESTS = 100
_CHOOSING_S = 4.0
_QUICK_CHOOSING_S = 1.5
_RECOGNISING_S = 3.0
_IDLE_UNTIL_S = 8.5
_IDLE_UNTIL_BEFORE_A_SEARCH_S = 6.7
"""speedtest-cli takes seconds to find a server."""
_BUSY_UNTIL_S = 19.2
_CALL_S = 10.0
_SHORTEST_CALL_S = 4.0
_AROUND_A_CALL_S = 5.0
_CALL_RUNGS_BIT_S = (3_000_000, 1_500_000, 750_000, 300_000, 150_000)
_ANNOUNCING_S = 3.0
_ANNOUNCE_AGAIN_S, _RESULT_AGAIN_S = 0.6, 1.5
"""A result is some 40 kB: asked for too soon again, it would keep a thin line from bringing the first."""
_CALL_SHARE = 0.75
"""Of what the line carries: OpenTok's pre-call test asks for the same margin (precall figures, docs/link.md)."""
_SWITCH_S = 0.0005
"""While we measure, threads take turns this often: at Python's 5 ms another probe's work would show as jitter."""


def probe(context: Context, until: float, *, undecided: Callable[[Train], bool]) -> LinkFacts | Unavailable:
    """Measure by `until` (`time.monotonic`). At rest the train goes on while `undecided` says that more would tell more."""
    nowhere = servers.way_out(destinations(context, until))
    if nowhere is not None:
        silent = context.offline or context.stop.is_set()
        return LinkFacts(gateway=NOT_REQUESTED if silent else _box_alone(context, until), internet=nowhere)
    if context.offline:
        return NOT_REQUESTED
    with _taking_turns_often():
        return _LinkMeasurement(context, until, undecided).measure()


class _LinkMeasurement:
    """One measurement, step by step."""

    def __init__(self, context: Context, until: float, undecided: Callable[[Train], bool]) -> None:
        self._context = context
        self._began = time.monotonic()
        self._until = until
        self._undecided = undecided
        self._rates = Rates(context.rates, context.names)
        self._own: Form | None = None
        self._box: gateway.GatewayResponder | Unavailable = Unavailable(reason=Reason.TIMEOUT)
        self._gateway: Train | Unavailable = Unavailable(reason=Reason.TIMEOUT)

    def measure(self) -> LinkFacts:
        if not self._context.quick:
            by = min(self._until, self._began + _RECOGNISING_S)
            self._own = self._rates.recognise_server(until=by, stop=self._context.stop)
        side = threading.Thread(target=self._measure_box, daemon=True)
        side.start()
        seen = idle.measure(
            self._wish(),
            self._context.names,
            self._context.ledger,
            until=self._idle_until(),
            stop=self._context.stop,
        )
        try:
            side.join(max(0.0, self._until - time.monotonic()))
            download, upload = self._load(seen)
            played = self._play(seen, download, upload)
        finally:
            if seen.chosen is not None:
                seen.chosen.sock.close()
            if isinstance(self._box, gateway.GatewayResponder):
                self._box.close()
        return LinkFacts(
            gateway=self._gateway,
            internet=seen.train,
            names=seen.names,
            download=download,
            upload=upload,
            call=played,
            attempts=tuple(self._rates.attempts),
        )

    def _wish(self) -> idle.IdleConfig:
        quick = self._context.quick
        own = None
        if self._own is not None:
            own = Server(self._own.web.base.host, self._own.udp_port, UdpProtocol.ECHO)
        return idle.IdleConfig(
            stun=self._context.stun,
            own=own,
            at_least=QUICK_REQUESTS if quick else REQUESTS,
            at_most=QUICK_REQUESTS if quick else MOST_REQUESTS,
            choosing_s=_QUICK_CHOOSING_S if quick else _CHOOSING_S,
            undecided=self._undecided,
            live=self._context.live,
        )

    def _idle_until(self) -> float:
        if self._context.quick or self._context.rates.engine is EngineChoice.NONE:
            return self._until
        most = _IDLE_UNTIL_BEFORE_A_SEARCH_S if self._rates.needs_a_search else _IDLE_UNTIL_S
        return min(self._until, self._began + most)

    def _measure_box(self) -> None:
        context = self._context
        try:
            box = context.platform.gateway()
            if isinstance(box, Unavailable):
                self._gateway = box
                return
            self._box = gateway.reach(box.address, box.scope, ledger=context.ledger, stop=context.stop)
            count = QUICK_REQUESTS if context.quick else REQUESTS
            self._gateway = _box_train(self._box, count, context, self._idle_until())
        except Exception as error:
            log.exception("the way to the box could not be measured")
            self._gateway = Unavailable(reason=Reason.ERROR, detail=repr(error))

    def _load(self, seen: idle.IdleResult) -> tuple[Transfer | Unavailable, Transfer | Unavailable]:
        context = self._context
        if context.quick or context.rates.engine is EngineChoice.NONE:
            return NOT_REQUESTED, NOT_REQUESTED
        beside: dict[str, TrainRunner] = {}
        if seen.chosen is not None:
            exchange = servers.exchange_with(seen.chosen.server)
            beside["internet"] = TrainRunner(
                seen.chosen.sock, exchange, context.ledger, late_after_s=busy.LATE_AFTER_S
            )
        if isinstance(self._box, gateway.GatewayResponder) and self._box.sock is not None:
            beside["gateway"] = TrainRunner(
                self._box.sock, self._box.exchange(), context.ledger, late_after_s=busy.LATE_AFTER_S
            )
        seen_busy = busy.load(
            self._rates,
            beside,
            seen.train.rtt_ms.median if isinstance(seen.train, Train) else None,
            max_bytes=context.rates.most_bytes(metered=context.platform.metered() is True),
            until=min(self._until, self._began + _BUSY_UNTIL_S),
            stop=context.stop,
            live=context.live,
        )
        for moved, sent in ((seen_busy.download, False), (seen_busy.upload, True)):
            if isinstance(moved, TransferSamples):
                context.ledger.add(**{"sent" if sent else "received": moved.total_bytes})
        return tuple(  # type: ignore[return-value]  # of two
            figures.transfer(moved, seen_busy.internet, seen_busy.gateway, upload=upload)
            if isinstance(moved, TransferSamples)
            else moved
            for moved, upload in ((seen_busy.download, False), (seen_busy.upload, True))
        )

    def _play(
        self, seen: idle.IdleResult, download: Transfer | Unavailable, upload: Transfer | Unavailable
    ) -> Call | Unavailable:
        """A call with our own test point, as rich as the line has just been seen to carry."""
        form, chosen = self._own, seen.chosen
        if self._context.quick or form is None or not form.plays_calls:
            return NOT_REQUESTED
        if chosen is None or not isinstance(chosen.exchange, EchoServerExchange):
            return Unavailable(reason=Reason.TIMEOUT, detail="UDP to the test point is closed")
        seconds = min(_CALL_S, self._until - time.monotonic() - _AROUND_A_CALL_S)
        if seconds < _SHORTEST_CALL_S:
            return Unavailable(reason=Reason.TIMEOUT, detail="no time left for a call")
        plan = MediaPlan(video_bit_s=_video_bit_s(download, upload), seconds=seconds)
        # The test point sends to the address that asked: both conversations have to go the same way.
        desk = _CallControl(form.web.by_address(chosen.address), self._until, self._context.stop)
        with socket.socket(chosen.sock.family, socket.SOCK_DGRAM) as sock:
            sock.connect(chosen.sock.getpeername())
            found = call.play(
                desk.start,
                desk.result,
                sock,
                plan,
                ledger=self._context.ledger,
                until=self._until,
                stop=self._context.stop,
            )
        if isinstance(found, Unavailable):
            return found
        return figures.played(form.web.base.host, found, plan.video_bit_s, seconds)


class _CallControl:
    """The two questions over HTTP that a call begins and ends with."""

    def __init__(self, web: Web, until: float, stop: threading.Event) -> None:
        self._web = web
        self._until = until
        self._stop = stop
        self._token = ""

    def start(self, wish: dict[str, Any]) -> dict[str, Any]:
        until = min(self._until, time.monotonic() + _ANNOUNCING_S)
        answer = self._ask("amif/call", until, again_s=_ANNOUNCE_AGAIN_S, post=json.dumps(wish).encode())
        self._token = str(answer.get("token", ""))
        return answer

    def result(self) -> dict[str, Any]:
        return self._ask(f"amif/call/{self._token}", self._until, again_s=_RESULT_AGAIN_S)

    def _ask(self, page: str, until: float, *, again_s: float, post: bytes | None = None) -> dict[str, Any]:
        answer = self._web.ask(
            page, until=until, stop=self._stop, again_s=again_s, limit=_CALL_RESULT_BYTES, post=post
        )
        if answer.status != 200:  # noqa: PLR2004 - OK
            raise OSError(f"the test point answers {answer.status}")
        try:
            said = json.loads(answer.body)
        except (ValueError, RecursionError) as error:
            raise OSError("the test point answers with no JSON") from error
        if not isinstance(said, dict):
            raise OSError("the test point answers with no JSON object")
        return said


_CALL_RESULT_BYTES = 4 * 1024 * 1024


def _video_bit_s(*ways: Transfer | Unavailable) -> int:
    """The richest picture that fits both ways; a middling one when nothing is known."""
    known = [way.mbit_s * 1e6 * _CALL_SHARE for way in ways if isinstance(way, Transfer)]
    fits = min(known, default=_CALL_RUNGS_BIT_S[1])
    return next((rung for rung in _CALL_RUNGS_BIT_S if rung <= fits), _CALL_RUNGS_BIT_S[-1])


@contextlib.contextmanager
def _taking_turns_often() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(_SWITCH_S)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def _box_alone(context: Context, until: float) -> Train | Unavailable:
    box = context.platform.gateway()
    if isinstance(box, Unavailable):
        return box
    reached = gateway.reach(box.address, box.scope, ledger=context.ledger, stop=context.stop)
    try:
        return _box_train(reached, QUICK_REQUESTS if context.quick else REQUESTS, context, until)
    finally:
        if isinstance(reached, gateway.GatewayResponder):
            reached.close()


def _box_train(
    box: gateway.GatewayResponder | Unavailable, count: int, context: Context, until: float
) -> Train | Unavailable:
    if isinstance(box, Unavailable):
        return box
    samples = box.run(count, ledger=context.ledger, until=until, stop=context.stop)
    return figures.train(box.method, box.address, box.address, samples, interval_s=box.interval_s)
