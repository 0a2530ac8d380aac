"""The UDP side of the test point on loopback: echo, STUN with aioice, calls, and no answer longer than its request."""

from __future__ import annotations

import contextlib
import http.client
import json
import random
import socket
import struct
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from aioice import stun

from amif_netcheck.measure import wire
from amif_netcheck.measure.call import CallCapture, MediaCapture
from amif_netcheck.measure.echo import EchoServerExchange, delays_by_way, lost_by_way
from amif_netcheck.measure.exchange import PROBE_BYTES, StunExchange
from amif_netcheck.measure.ledger import Ledger
from amif_netcheck.measure.media import MediaPlan
from amif_netcheck.measure.train import TrainSender
from amif_netcheck.measure.wire import Kind, Packet
from amif_netcheck.model.facts import Reason, Unavailable
from amif_netcheck.serve.calls import SILENCE_S
from tests.program.points import LOCAL, Point, point
from tests.systems import needs_second_loopback


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Point]:
    arguments = ("--client-packets", "100000")
    with point(tmp_path_factory.mktemp("datagrams"), *arguments) as made:
        yield made


def run_train(here: Point, exchange: EchoServerExchange | StunExchange, count: int) -> list[int | None]:
    with here.udp() as sock:
        samples = TrainSender(sock, exchange, Ledger()).run(
            count, until=time.monotonic() + 15, stop=threading.Event(), interval_s=0.002
        )
    return samples.rtt_ns


def received(sock: socket.socket) -> bytes | None:
    """The next datagram; None when none comes."""
    try:
        return sock.recv(4096)
    except TimeoutError:
        return None


def test_a_train_of_echoes(here: Point) -> None:
    exchange = EchoServerExchange()
    round_trips = run_train(here, exchange, 300)
    assert None not in round_trips
    assert lost_by_way(range(300), exchange.stamps) == ([False] * 300, [False] * 300)
    assert [exchange.stamps[sequence].counted for sequence in range(300)] == list(range(1, 301))
    for stamps, round_trip in zip(exchange.stamps.values(), round_trips, strict=True):
        assert stamps.server_received_ns <= stamps.server_sent_ns
        # Both ends are on one computer, so their clocks are one.
        assert stamps.sent_ns <= stamps.server_received_ns
        assert stamps.server_sent_ns <= stamps.received_ns
        assert round_trip is not None
        assert 0 < stamps.round_trip_ns <= round_trip + 1_000_000
    ways = delays_by_way(exchange.stamps)
    assert min(ways.up_ns) == min(ways.down_ns) == 0


def test_a_train_of_stun_requests(here: Point) -> None:
    assert None not in run_train(here, StunExchange(), 100)


@pytest.mark.parametrize("padded", [True, False])
def test_aioice_learns_its_address_if_it_pads_its_request(here: Point, padded: bool) -> None:
    request = stun.Message(message_method=stun.Method.BINDING, message_class=stun.Class.REQUEST)
    if padded:
        request.attributes["SOFTWARE"] = "x" * 100
    with here.udp() as sock:
        sock.send(bytes(request))
        answer = received(sock)
        if not padded:
            assert answer is None
            return
        assert answer is not None
        assert len(answer) == len(bytes(request))
        parsed = stun.parse_message(answer)
        assert parsed.transaction_id == request.transaction_id
        assert parsed.attributes["XOR-MAPPED-ADDRESS"] == sock.getsockname()


def test_random_datagrams_bring_back_no_more_than_they_are(here: Point) -> None:
    chance = random.Random(20_261_124)
    stun_head = struct.pack("!HHI", 1, 0, 0x2112A442)
    sent, back, answers = 0, 0, 0
    with here.udp() as sock:
        for number in range(300):
            datagram = chance.randbytes(chance.randrange(0, 400))
            if number % 3 == 1:
                datagram = wire.pack(
                    Packet(chance.choice(list(Kind)), chance.randbytes(8), chance.randrange(2**32)), datagram
                )[: chance.randrange(20, 400)]
            elif number % 3 == 2:
                body = datagram[: len(datagram) // 4 * 4]
                datagram = (
                    stun_head[:2] + struct.pack("!H", len(body)) + stun_head[4:] + chance.randbytes(12) + body
                )
            sock.send(datagram)
            sock.settimeout(0.01)
            answer = received(sock)
            sent += len(datagram)
            if answer is not None:
                answers += 1
                back += len(answer)
            assert back <= sent, "an answer may come after its time, but none before its request"
        # What is left in the queue, and that it is alive.
        sock.settimeout(0.3)
        while (answer := received(sock)) is not None:
            back += len(answer)
    assert answers > 50
    assert back <= sent
    assert None not in run_train(here, EchoServerExchange(), 5)


@pytest.mark.parametrize("size", [0, 1, wire.HEADER_BYTES - 1, 3000, 60_000])
def test_what_is_too_short_or_too_long_is_met_with_silence(here: Point, size: int) -> None:
    datagram = wire.pack(Packet(Kind.ECHO, b"12345678", 1), bytes(60_000))[:size]
    with here.udp() as sock:
        sock.send(datagram)
        assert received(sock) is None


def streams(way: MediaCapture | Unavailable) -> list[list[int | None]]:
    assert isinstance(way, MediaCapture), way
    return [way.audio.transit_ns, way.video.transit_ns]


def test_a_call_both_ways(here: Point) -> None:
    call = here.call(MediaPlan(50, 1_500_000, 2))
    assert isinstance(call, CallCapture), call
    for way in (call.up, call.down):
        audio, video = streams(way)
        assert (len(audio), len(video)) == (100, 313)
        assert None not in audio + video
        assert audio[0] == video[0] == 0
        assert isinstance(way, MediaCapture)
        assert (way.audio.bytes, way.video.bytes) == (100 * PROBE_BYTES, 313 * 1200)
        assert (way.audio.interval_ms, way.video.interval_ms) == (20, 6.4)


def test_a_call_without_a_picture(here: Point) -> None:
    call = here.call(MediaPlan(50, 0, 0.5))
    assert isinstance(call, CallCapture), call
    assert isinstance(call.up, MediaCapture)
    assert (len(call.up.audio.transit_ns), call.up.video.transit_ns, call.up.video.interval_ms) == (25, [], 0)


def test_a_call_of_nothing_leaves_its_place_to_others(tmp_path: Path) -> None:
    with point(tmp_path, "--tests", "1") as made:
        for _ in range(3):
            call = made.call(MediaPlan(0, 0, 0.2))
            assert isinstance(call, CallCapture), call
        assert isinstance(made.call(MediaPlan(50, 0, 0.2)), CallCapture)


def test_a_call_ends_by_its_deadline_with_what_fitted(here: Point) -> None:
    call = here.call(MediaPlan(50, 100_000, 10), until_s=4)
    assert isinstance(call, CallCapture), call
    for way in (call.up, call.down):
        audio, _video = streams(way)
        assert 80 < len(audio) <= 100
        assert None not in audio


def announced(here: Point, **wish: float) -> bytes:
    return bytes.fromhex(json.loads(here.ask("POST", "/amif/call", json.dumps(wish))[2])["token"])


def test_a_call_that_is_asked_too_much_of_is_granted_less(here: Point) -> None:
    body = json.dumps({"audio_pps": 5000, "video_bit_s": 1e12, "seconds": 1e9})
    granted = json.loads(here.ask("POST", "/amif/call", body)[2])
    assert (granted["audio_pps"], granted["video_bit_s"], granted["seconds"]) == (100, 3_000_000, 15)
    here.ask("GET", f"/amif/call/{granted['token']}")


NESTED = ("[" * 4096, '{"seconds":' + "[" * 4080, '{"a":' * 800)


@pytest.mark.parametrize(
    "body", ["[]", "{", '{"seconds": "x"}', '{"seconds": true}', "x" * 10_000, *NESTED], ids=range(8)
)
def test_a_call_that_is_no_wish_is_refused(here: Point, body: str) -> None:
    assert here.ask("POST", "/amif/call", body)[0] in {400, 413}


@needs_second_loopback
def test_a_token_opens_from_its_own_address_only(here: Point) -> None:
    session = announced(here, seconds=5)
    opening = wire.pack(Packet(Kind.CALL_OPEN, session, 0))
    with here.udp() as own, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        stranger.bind(("127.0.0.2", 0))
        stranger.connect((LOCAL, here.port))
        stranger.settimeout(0.3)
        stranger.send(opening)
        assert received(stranger) is None
        own.send(opening)
        assert received(own) is not None
        stranger.send(opening)
        assert received(stranger) is None
        own.send(wire.pack(Packet(Kind.CALL_END, session, 0)))
    path = f"/amif/call/{session.hex()}"
    elsewhere = http.client.HTTPConnection(LOCAL, here.port, 10, source_address=("127.0.0.2", 0))
    with contextlib.closing(elsewhere):
        elsewhere.request("GET", path)
        assert elsewhere.getresponse().status == 404
    assert here.ask("GET", path)[0] == 200
    assert here.ask("GET", path)[0] == 200, "told again: the first answer may have got lost"


def test_a_guessed_token_opens_nothing(here: Point) -> None:
    with here.udp() as sock:
        sock.send(wire.pack(Packet(Kind.CALL_OPEN, b"guessed!", 0)))
        assert received(sock) is None


@pytest.mark.parametrize("hangs_up", [True, False])
def test_the_server_stops_when_the_client_does(here: Point, hangs_up: bool) -> None:
    session = announced(here, seconds=10)
    count = 0
    with here.udp() as sock:
        sock.send(wire.pack(Packet(Kind.CALL_OPEN, session, 0)))
        assert received(sock) is not None
        if hangs_up:
            sock.send(wire.pack(Packet(Kind.CALL_END, session, 0)))
        while received(sock) is not None:  # until nothing comes for longer than any pause within a call
            count += 1
    result = json.loads(here.ask("GET", f"/amif/call/{session.hex()}")[2])
    assert sum(result["sent"].values()) >= count
    # At its pace, 50 packets of sound a second, it sends for two seconds at most to a client that is silent.
    assert result["sent"]["audio"] <= (5 if hangs_up else 50 * SILENCE_S + 2)
    assert hangs_up or result["sent"]["audio"] > 50
    assert result["received"]["audio"] == {"transit_ns": [None] * 500, "bytes": 0}


def test_a_call_to_a_server_that_has_gone_is_no_call(tmp_path: Path) -> None:
    with point(tmp_path) as made:
        made.end()
        call = made.call(MediaPlan(50, 0, 1))
    assert isinstance(call, Unavailable)
    assert call.reason is Reason.BLOCKED
