"""Measuring where waits end at ticks of 15.6 ms: the mean pace is kept, and what is measured does not show the ticks."""

from __future__ import annotations

import json
import socket
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise

import pytest

from amif_netcheck.measure import call, live, media, servers, train, train_statistics
from amif_netcheck.measure.call import CallCapture, MediaCapture
from amif_netcheck.measure.exchange import StunExchange
from amif_netcheck.measure.ledger import Ledger
from amif_netcheck.measure.live import speed
from amif_netcheck.measure.media import MediaPlan
from amif_netcheck.measure.throughput import sampling
from amif_netcheck.measure.throughput.sampling import Budget, TransferSamples, watch
from amif_netcheck.measure.wire import Kind
from amif_netcheck.model.facts import Engine
from amif_netcheck.serve import calls, datagrams, udp_socket
from amif_netcheck.serve.access_log import AccessLog
from amif_netcheck.serve.calls import Calls, granted_plan
from amif_netcheck.serve.clients import AdmissionControl
from amif_netcheck.serve.config import ServeLimits
from amif_netcheck.serve.datagrams import Datagrams
from amif_netcheck.serve.udp_socket import SourceAwareUdpSocket
from tests.coarse_clock import TICK_S, CoarseEvent, CoarseSocket, make_coarse
from tests.program.test_trains import server, stun

REQUESTS = 100
SLACK_S = 0.02
"""Of a busy computer's."""


@pytest.fixture(autouse=True)
def coarse(monkeypatch: pytest.MonkeyPatch) -> None:
    make_coarse(monkeypatch, train, call, media, servers, sampling, calls, datagrams, udp_socket)


def test_a_train_keeps_its_mean_pace_and_shows_no_tick_as_jitter() -> None:
    with server(lambda _n, request: [stun(request)]) as port, CoarseSocket(type=socket.SOCK_DGRAM) as sock:
        sock.connect(("127.0.0.1", port))
        samples = train.TrainSender(sock, StunExchange(), Ledger()).run(
            REQUESTS, until=time.monotonic() + 20, stop=CoarseEvent(), patience_s=0.3
        )
    assert samples.received == REQUESTS
    gaps_s = [(after - before) / 1e9 for before, after in pairwise(samples.sent_ns)]
    assert sum(gap > train.INTERVAL_S + TICK_S / 2 for gap in gaps_s) > REQUESTS / 10, (
        "the clock was not coarse"
    )
    took_s = (samples.sent_ns[-1] - samples.sent_ns[0]) / 1e9
    assert took_s == pytest.approx((REQUESTS - 1) * train.INTERVAL_S, abs=TICK_S + SLACK_S)
    answered = [rtt for rtt in samples.rtt_ns if rtt is not None]
    assert train_statistics.spread_ms(answered).median < TICK_S * 1000 / 2
    assert statistics.median(abs(b - a) for a, b in pairwise(answered)) / 1e6 < 3, (
        "ticks of 15.6 ms would show as jitter"
    )


class _Endable(SourceAwareUdpSocket):
    """Over when it is told to be; whoever waits for it has to be woken."""

    over = False

    @property
    def closed(self) -> bool:
        return self.over


@contextmanager
def calls_of_a_test_point() -> Iterator[tuple[Calls, int]]:
    """The UDP side of a test point in a thread of this process, and its port."""
    limits = ServeLimits()
    with socket.socket(type=socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        udp = _Endable(sock)
        under_way = Calls(AdmissionControl(limits), AccessLog(addresses=False), udp.send)
        thread = threading.Thread(target=Datagrams(udp, under_way, limits.client_packets_s).run, daemon=True)
        thread.start()
        try:
            yield under_way, sock.getsockname()[1]
        finally:
            udp.over = True
            with socket.socket(type=socket.SOCK_DGRAM) as waker:
                waker.sendto(b"", sock.getsockname())
            thread.join(5)


def test_of_a_call_every_packet_is_counted_both_ways_and_in_time() -> None:
    seconds = 2.0
    plan = MediaPlan(video_bit_s=1_500_000, seconds=seconds)
    with calls_of_a_test_point() as (under_way, port), CoarseSocket(type=socket.SOCK_DGRAM) as sock:
        sock.connect(("127.0.0.1", port))
        tokens: list[str] = []

        def start(asked: dict[str, object]) -> object:
            token = under_way.announce(granted_plan(asked), "127.0.0.1")
            assert token is not None
            tokens.append(token)
            return {"token": token, **asked}

        def result() -> object:
            return json.loads(json.dumps(under_way.result(tokens[0], "127.0.0.1")))

        capture = call.play(
            start, result, sock, plan, ledger=Ledger(), until=time.monotonic() + 15, stop=CoarseEvent()
        )
    assert isinstance(capture, CallCapture)
    assert isinstance(capture.up, MediaCapture)
    for way in (capture.up, capture.down):
        for stream, kind in ((way.audio, Kind.AUDIO), (way.video, Kind.VIDEO)):
            assert len(stream.transit_ns) == plan.count(kind)
            transits_ms = [transit / 1e6 for transit in stream.transit_ns if transit is not None]
            assert len(transits_ms) == plan.count(kind), "a packet is missing"
            middle = statistics.median(transits_ms)
            assert statistics.median(abs(transit - middle) for transit in transits_ms) < 2, (
                "a tick would show as delay"
            )


class _Steady:
    """Bytes at a constant rate."""

    engine, server, via_proxy = Engine.AMIF, "", False
    BYTE_S = 1_250_000

    def __init__(self) -> None:
        self._began = time.perf_counter()

    def total(self) -> int:
        return int((time.perf_counter() - self._began) * self.BYTE_S)

    def adapt(self) -> None: ...

    def full_from_s(self) -> float:
        return 0.0

    def failure(self) -> None: ...

    def close(self) -> None: ...


def test_a_rate_is_what_it_is() -> None:
    seen = watch(_Steady(), Budget(max_s=3.0, max_bytes=10**9), CoarseEvent())
    assert isinstance(seen, TransferSamples)
    assert seen.rate.mbit_s == pytest.approx(10.0, rel=0.01)
    assert seen.rate.low == pytest.approx(10.0, rel=0.02)
    assert seen.rate.high == pytest.approx(10.0, rel=0.02)


def test_the_rate_of_a_moment_shorter_than_two_ticks_is_right(monkeypatch: pytest.MonkeyPatch) -> None:
    make_coarse(monkeypatch, live)
    looks = []
    for _ in range(8):
        reading = speed(_Steady().total)
        assert reading() is None
        ends = time.perf_counter() + 0.021
        while time.perf_counter() < ends:
            pass
        looks.append(reading())
    assert looks == [pytest.approx(10.0, rel=0.05)] * len(looks)
