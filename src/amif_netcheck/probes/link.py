"""The line at rest, busy, and as a call uses it; to the box and to a server, side by side. What it sends: docs/link.md."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from functools import partial

from msgspec import structs

from amif_netcheck.children.threads import BackgroundCall
from amif_netcheck.measure import gateway, idle, paced_upload, results, servers
from amif_netcheck.measure.call_stage import CallStage
from amif_netcheck.measure.echo import EchoServerExchange
from amif_netcheck.measure.exchange import Exchange
from amif_netcheck.measure.fine_waits import fine_waits
from amif_netcheck.measure.stages import guarded
from amif_netcheck.measure.switch_interval import short_switch_interval
from amif_netcheck.measure.throughput.load import LATE_AFTER_S as LATE_UNDER_LOAD_S
from amif_netcheck.measure.throughput.load import LoadMeasurement
from amif_netcheck.measure.throughput.protocols import SpeedTestProtocol
from amif_netcheck.measure.throughput.rates import EngineChoice, Rates
from amif_netcheck.measure.train import LATE_AFTER_S, Samples, TrainSender
from amif_netcheck.model.address import Server, UdpProtocol
from amif_netcheck.model.facts import (
    NOT_REQUESTED,
    Call,
    Foretold,
    LinkFacts,
    PacedUpload,
    Reason,
    Record,
    Train,
    Transfer,
    Unavailable,
)
from amif_netcheck.platforms.answers import Gateway
from amif_netcheck.probes import media_ladder
from amif_netcheck.probes.context import Context
from amif_netcheck.probes.destinations import destinations

REQUESTS = 400
"""Eight seconds at rest, as what a line does now and then has to be seen; a call that is played shows it better."""
REQUESTS_BEFORE_A_CALL = 250
MOST_REQUESTS = 1000
QUICK_REQUESTS = 100
_CHOOSING_S = 4.0
_QUICK_CHOOSING_S = 1.5
_RECOGNISING_S = 3.0
_IDLE_UNTIL_S = 8.5
_IDLE_UNTIL_BEFORE_A_SEARCH_S = 6.7
"""speedtest-cli takes seconds to find a server."""
_LOAD_UNTIL_S = 19.2
_LOAD_UNTIL_BEFORE_A_CALL_S = 16.5
_LOST_BEFORE_ONE_ASKS = 3
"""Requests of the train, until it matters which way loses."""
_LOOK_AGAIN_S = 0.25
_LATE_S = 1.0
"""A stage may take this much longer than it should; then the next one begins without it."""
_HAND_OVER_S = 0.2
"""All stages end so long before the probe's deadline, when it hands over what there is."""
_OUT_OF_TIME = Unavailable(reason=Reason.TIMEOUT, detail="out of time")


def probe(
    context: Context,
    until: float,
    *,
    undecided: Callable[[Train], bool],
    foretell: Callable[[LinkFacts], Foretold | Unavailable],
) -> LinkFacts | Unavailable:
    """Measure by `until` (`time.monotonic`). At rest the train goes on while `undecided` says that more would tell more.

    `foretell` plays a call on what was measured. What was measured is handed over then, whatever is late, stuck or crashed: that stage alone has no facts.
    """
    no_route = servers.route_error(destinations(context, until))
    if no_route is not None and (context.offline or context.stop.is_set()):
        return LinkFacts(gateway=NOT_REQUESTED, internet=no_route)
    if context.offline:
        return NOT_REQUESTED
    with short_switch_interval(), fine_waits():
        measurement = _LinkMeasurement(context, until - _HAND_OVER_S, undecided)
        if no_route is not None:
            return measurement.measure_gateway_alone(no_route)
        facts = measurement.measure()
    return structs.replace(facts, foretold=guarded("the prediction of the call", lambda: foretell(facts)))


class _LinkMeasurement:
    """One measurement, stage by stage, each in a thread of its own that nobody waits for longer than it may take."""

    def __init__(self, context: Context, until: float, undecided: Callable[[Train], bool]) -> None:
        self._context = context
        self._began, self._began_ns = time.monotonic(), time.perf_counter_ns()
        self._until = until
        self._undecided = undecided
        self._rates = Rates(context.rates, context.names, context.platform.acked_bytes)
        self._own: SpeedTestProtocol | None = None
        self._responder: gateway.GatewayResponder | None = None
        self._idle: idle.IdleMeasurement | None = None
        self._load: LoadMeasurement | None = None
        self._loaded_exchange: Exchange | None = None
        self._gateway: gateway.GatewayTrain | Unavailable | None = None
        self._call: Call | Unavailable | None = None
        self._paced: PacedUpload | Unavailable | None = None
        self._rest_over = threading.Event()
        self._failures: dict[str, Unavailable] = {}

    def measure(self) -> LinkFacts:
        """All stages, one after the other, but for the way to the box, which is measured beside the way to the Internet."""
        try:
            self._end("own", BackgroundCall(self._recognise_own), self._began + _RECOGNISING_S)
            side = BackgroundCall(self._measure_gateway)
            paced = self._paced_upload()
            self._end("idle", BackgroundCall(self._measure_idle), self._idle_until())
            self._rest_over.set()
            self._end("gateway", side, self._idle_until())
            if paced is not None:
                self._end("paced upload", paced, self._idle_until())
            if self._loads:
                self._end("load", BackgroundCall(self._measure_load), self._load_until)
            if self._plays:
                self._end("call", BackgroundCall(self._play), self._until)
            return self._facts()
        finally:
            self._rest_over.set()
            self._close()

    def _paced_upload(self) -> BackgroundCall[None] | None:
        """Under way; a test point of our own sees each way by itself."""
        server = self._rates.known_server
        if not self._loads or self._own is not None or server is None:
            return None
        return BackgroundCall(partial(self._send_at_pace, server))

    def measure_gateway_alone(self, internet: Unavailable) -> LinkFacts:
        """The way to the box, where there is none to the Internet."""
        try:
            self._end("gateway", BackgroundCall(self._measure_gateway), self._until)
            return LinkFacts(gateway=self._gateway_train(), internet=internet)
        finally:
            self._close()

    def _close(self) -> None:
        if self._idle is not None and self._idle.selected is not None:
            self._idle.selected.sock.close()
        if self._responder is not None:
            self._responder.close()

    def _end(self, stage: str, call: BackgroundCall[None], until: float) -> None:
        """Wait for a stage, a moment longer than it should take; note how it failed."""
        failure = call.result(min(until + _LATE_S, self._until + _HAND_OVER_S))
        if failure is not None:
            self._failures[stage] = failure

    def _facts(self) -> LinkFacts:
        at_rest = self._idle
        return LinkFacts(
            gateway=self._gateway_train(),
            internet=self._internet_train(),
            names=(at_rest.lookup if at_rest is not None else None) or self._missing("idle"),
            download=self._transfer(upload=False),
            upload=self._transfer(upload=True),
            call=(self._call or self._missing("call")) if self._plays else NOT_REQUESTED,
            paced_upload=self._paced or self._failures.get("paced upload", NOT_REQUESTED),
            record=guarded("the record of the trains", self._record),
            attempts=tuple(self._rates.attempts),
        )

    def _internet_train(self) -> Train | Unavailable:
        at_rest = self._idle
        return self._train("idle", lambda: None if at_rest is None else at_rest.train)

    def _gateway_train(self) -> Train | Unavailable:
        box = self._gateway
        return self._train("gateway", lambda: box.facts if isinstance(box, gateway.GatewayTrain) else box)

    def _train(self, stage: str, so_far: Callable[[], Train | Unavailable | None]) -> Train | Unavailable:
        """What a stage has of its train `so_far`; without an answer, why it failed."""
        train = guarded(f"the facts of {stage}", so_far)
        if isinstance(train, Train):
            return train
        return self._failures.get(stage, train or _OUT_OF_TIME)

    def _missing(self, stage: str) -> Unavailable:
        """Why a stage has no facts."""
        return self._failures.get(stage, _OUT_OF_TIME)

    @property
    def _loads(self) -> bool:
        return not self._context.quick and self._context.rates.engine is not EngineChoice.NONE

    @property
    def _load_until(self) -> float:
        return min(self._until, self._began + (_LOAD_UNTIL_BEFORE_A_CALL_S if self._plays else _LOAD_UNTIL_S))

    @property
    def _plays(self) -> bool:
        """Will there be a call?"""
        return self._own is not None and self._own.plays_calls

    def _transfer(self, *, upload: bool) -> Transfer | Unavailable:
        if not self._loads:
            return NOT_REQUESTED
        load = self._load
        samples = None if load is None else load.upload if upload else load.download
        if load is None or samples is None:
            return self._missing("load")
        if isinstance(samples, Unavailable):
            return samples
        internet, box = (self._round_trips(load, name) for name in ("internet", "gateway"))
        return guarded(
            "a rate", lambda: results.transfer(samples, internet, box, upload=upload, began_ns=self._began_ns)
        )

    def _record(self) -> Record | Unavailable:
        """The trains to the Internet packet by packet."""
        rest = None if self._idle is None else self._idle.stretch(self._began_ns)
        if rest is None:
            return self._missing("idle")
        samples = None if self._load is None else self._load.round_trips("internet")
        loaded = None
        if samples is not None and self._loaded_exchange is not None:
            stamps = idle.stamps_of(self._loaded_exchange)
            loaded = results.stretch(samples, stamps, self._began_ns)
        return Record(rest=rest, loaded=loaded or (self._missing("load") if self._loads else NOT_REQUESTED))

    @staticmethod
    def _round_trips(load: LoadMeasurement, name: str) -> Samples | None:
        samples = guarded(f"the round trips to {name} under load", lambda: load.round_trips(name))
        return samples if isinstance(samples, Samples) else None

    # --- stages ---------------------------------------------------------------------------------------

    def _recognise_own(self) -> None:
        if not self._context.quick:
            by = min(self._until, self._began + _RECOGNISING_S)
            self._own = self._rates.recognise_server(until=by, stop=self._context.stop)

    def _measure_idle(self) -> None:
        context = self._context
        self._idle = idle.IdleMeasurement(
            self._idle_config(), context.names, context.ledger, until=self._idle_until(), stop=context.stop
        )
        self._idle.run()

    def _idle_config(self) -> idle.IdleConfig:
        quick = self._context.quick
        own = None
        if self._own is not None:
            own = Server(self._own.web.base.host, self._own.udp_port, UdpProtocol.ECHO)
        return idle.IdleConfig(
            stun=self._context.stun,
            own=own,
            at_least=self._requests(),
            at_most=QUICK_REQUESTS if quick else MOST_REQUESTS,
            choosing_s=_QUICK_CHOOSING_S if quick else _CHOOSING_S,
            undecided=self._undecided,
            live=self._context.live,
            relays=media_ladder.relays(self._context),
        )

    def _requests(self) -> int:
        if self._context.quick:
            return QUICK_REQUESTS
        return REQUESTS_BEFORE_A_CALL if self._plays else REQUESTS

    def _idle_until(self) -> float:
        if not self._loads:
            return self._until
        most = _IDLE_UNTIL_BEFORE_A_SEARCH_S if self._rates.needs_a_search else _IDLE_UNTIL_S
        return min(self._until, self._began + most)

    def _measure_gateway(self) -> None:
        context = self._context
        box = context.platform.gateway()
        responder = _responder(box, context)
        if isinstance(responder, Unavailable):
            self._gateway = responder
            return
        self._responder = responder
        self._gateway = gateway.GatewayTrain(responder, context.ledger)
        self._gateway.run(self._requests(), until=self._idle_until(), stop=context.stop)

    def _send_at_pace(self, server: SpeedTestProtocol) -> None:
        """Beside the train at rest, as long as that sends, once it has lost a few requests."""
        until = self._idle_until() - LATE_AFTER_S
        while self._idle is None or self._idle.lost < _LOST_BEFORE_ONE_ASKS:
            if time.monotonic() >= until or self._rest_over.wait(_LOOK_AGAIN_S):
                return
        platform = self._context.platform
        self._paced = paced_upload.measure(
            server,
            platform.acked_bytes,
            platform.resent_bytes,
            self._context.ledger,
            began=self._began,
            until=until,
            stop=self._rest_over,
        )

    def _measure_load(self) -> None:
        context = self._context
        train = self._internet_train()
        self._load = LoadMeasurement(
            self._rates,
            self._senders(),
            train.rtt_ms.median if isinstance(train, Train) else None,
            context.ledger,
            max_bytes=context.rates.most_bytes(metered=context.platform.metered() is True),
            until=self._load_until,
            stop=context.stop,
            live=context.live,
        )
        self._load.run()

    def _senders(self) -> dict[str, TrainSender]:
        """The trains beside the transfers."""
        senders = {}
        selected = self._idle.selected if self._idle is not None else None
        if selected is not None:
            self._loaded_exchange = servers.exchange_with(selected.server)
            senders["internet"] = self._sender(selected.sock, self._loaded_exchange)
        responder = self._responder
        if responder is not None and responder.sock is not None:
            senders["gateway"] = self._sender(responder.sock, responder.exchange())
        return senders

    def _sender(self, sock: socket.socket, exchange: Exchange) -> TrainSender:
        return TrainSender(sock, exchange, self._context.ledger, late_after_s=LATE_UNDER_LOAD_S)

    def _play(self) -> None:
        """A call with our own test point, as rich as the line carries in time."""
        protocol, selected = self._own, self._idle.selected if self._idle is not None else None
        if protocol is None or selected is None or not isinstance(selected.exchange, EchoServerExchange):
            self._call = Unavailable(reason=Reason.TIMEOUT, detail="UDP to the test point is closed")
            return
        stage = CallStage(
            protocol.web,
            selected,
            self._context.ledger,
            began=self._began,
            until=self._until,
            stop=self._context.stop,
        )
        self._call = stage.run(self._transfer(upload=False), self._transfer(upload=True))


def _responder(box: Gateway | Unavailable, context: Context) -> gateway.GatewayResponder | Unavailable:
    if isinstance(box, Unavailable):
        return box
    return gateway.reach(
        box.address, box.scope, context.platform.echo_socket, ledger=context.ledger, stop=context.stop
    )
