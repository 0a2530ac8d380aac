"""The datagrams of our own test point: no bytes whatever crash a parser or are answered by more bytes."""

from __future__ import annotations

import random
import socket
import struct
from collections.abc import Iterator

import pytest
from aioice import stun
from hypothesis import given
from hypothesis import strategies as st

from amif_netcheck.measure import wire
from amif_netcheck.measure.echo import (
    DelaysByWay,
    EchoServerExchange,
    Stamps,
    delays_by_way,
    lost_by_way,
)
from amif_netcheck.measure.exchange import PROBE_BYTES, StunExchange
from amif_netcheck.measure.wire import Kind, Packet
from amif_netcheck.serve import echoes
from amif_netcheck.serve.access_log import AccessLog
from amif_netcheck.serve.calls import Calls
from amif_netcheck.serve.clients import AdmissionControl
from amif_netcheck.serve.config import ServeLimits
from amif_netcheck.serve.datagrams import Datagrams
from amif_netcheck.serve.echoes import Datagram, Echoes, stun_answer
from amif_netcheck.serve.udp_socket import Peer, SourceAwareUdpSocket

PEER = Peer(("192.0.2.9", 4000))
ADDRESSES = st.sampled_from(["192.0.2.9", "2001:db8::9"])
PACKETS = st.builds(
    Packet,
    st.sampled_from(Kind),
    st.binary(min_size=8, max_size=8),
    st.integers(0, wire.SEQUENCES - 1),
    st.integers(0, 2**64 - 1),
    st.integers(0, 2**64 - 1),
    st.integers(0, wire.SEQUENCES - 1),
)
BINDING_LIKE = st.builds(
    lambda kind, cookie, rest: struct.pack("!HHI", kind, max(0, len(rest) - 12), cookie) + rest,
    st.sampled_from([0x0001, 0x0101, 0x0011]),
    st.sampled_from([0x2112A442, 0]),
    st.binary(max_size=200),
)
ANYTHING = st.one_of(
    st.binary(max_size=2100), BINDING_LIKE, st.builds(wire.pack, PACKETS, st.binary(max_size=200))
)


@pytest.fixture(scope="module")
def point() -> Iterator[Datagrams]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        yield Datagrams(
            SourceAwareUdpSocket(sock),
            Calls(AdmissionControl(ServeLimits()), AccessLog(addresses=False), lambda *_: None),
            1000,
        )


@given(PACKETS, st.binary(max_size=300))
def test_what_is_packed_is_parsed_again(packet: Packet, padding: bytes) -> None:
    datagram = wire.pack(packet, padding)
    assert wire.parse(datagram) == packet
    assert datagram.endswith(padding)


@given(st.binary(max_size=100))
def test_any_bytes_are_one_of_our_datagrams_or_none(datagram: bytes) -> None:
    packet = wire.parse(datagram)
    assert packet is None or wire.pack(packet, datagram[wire.HEADER_BYTES :]) == datagram


@given(ANYTHING, ADDRESSES)
def test_no_answer_is_longer_than_its_request(point: Datagrams, datagram: bytes, address: str) -> None:
    answer = point._answer(Datagram(datagram, PEER, address, 1))
    assert answer is None or len(answer) <= len(datagram)


@given(st.binary(max_size=200), st.binary(min_size=8, max_size=8))
def test_an_echo_is_exactly_as_long_and_brings_the_padding_back(padding: bytes, session: bytes) -> None:
    request = wire.pack(Packet(Kind.ECHO, session, 7), padding)
    packet = wire.parse(request)
    assert packet is not None
    answer = Echoes().answer(packet, Datagram(request, PEER, PEER.address[0], 123))
    assert len(answer) == len(request)
    assert answer.endswith(padding)
    assert wire.parse(answer) == packet._replace(
        kind=Kind.ECHO_ANSWER,
        received_ns=123,
        sent_ns=int.from_bytes(answer[28:36], "big"),
        counted=1,
    )


def echo(point: Echoes, session: bytes, sequence: int) -> Packet:
    packet = Packet(Kind.ECHO, session, sequence)
    answer = wire.parse(point.answer(packet, Datagram(wire.pack(packet), PEER, PEER.address[0], 1)))
    assert answer is not None
    return answer


def test_the_server_counts_each_request_once_and_each_session_alone() -> None:
    point = Echoes()
    counted = [echo(point, b"a" * 8, sequence).counted for sequence in (0, 1, 1, 3, 2, 3, 2000, 5)]
    assert counted == [1, 2, 2, 3, 4, 4, 5, 5]
    assert echo(point, b"b" * 8, 0).counted == 1


@given(st.permutations(range(40)), st.data())
def test_the_count_is_how_many_different_numbers_came(order: list[int], data: st.DataObject) -> None:
    point = Echoes()
    came: set[int] = set()
    for sequence in data.draw(st.lists(st.sampled_from(order), max_size=60)):
        came.add(sequence)
        assert echo(point, b"a" * 8, sequence).counted == len(came)


def test_the_memory_of_sessions_is_bounded_and_old_ones_go() -> None:
    point = Echoes()
    for number in range(echoes.MOST_SESSIONS + 10):
        echo(point, number.to_bytes(8, "big"), 0)
    assert len(point) == echoes.MOST_SESSIONS
    assert echo(point, (0).to_bytes(8, "big"), 1).counted == 1, "forgotten"
    assert echo(point, (1000).to_bytes(8, "big"), 1).counted == 2, "remembered"


def test_a_session_expires(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    point = Echoes()
    assert echo(point, b"a" * 8, 0).counted == 1
    now += echoes.SESSION_S + 1
    assert echo(point, b"b" * 8, 0).counted == 1
    assert len(point) == 1


# --- STUN: the oracle is aioice -------------------------------------------------------------------


@pytest.mark.parametrize("address", ["192.0.2.9", "2001:db8::9"])
@pytest.mark.parametrize("padding", range(0, 300, 4))
def test_stun_is_answered_with_the_senders_address_in_as_many_bytes(address: str, padding: int) -> None:
    request = stun.Message(message_method=stun.Method.BINDING, message_class=stun.Class.REQUEST)
    transaction = request.transaction_id
    body = struct.pack("!HH", 0x8022, padding - 4) + bytes(padding - 4) if padding else b""
    datagram = struct.pack("!HHI", 1, len(body), 0x2112A442) + transaction + body
    answer = stun_answer(datagram, address, 4000)
    if padding < (24 if ":" in address else 12):
        assert answer is None
        return
    assert answer is not None
    assert len(answer) == len(datagram)
    parsed = stun.parse_message(answer)
    assert parsed.transaction_id == transaction
    assert parsed.message_class is stun.Class.RESPONSE
    assert parsed.attributes["XOR-MAPPED-ADDRESS"] == (address, 4000)


def test_our_own_stun_requests_are_answered() -> None:
    exchange = StunExchange()
    request = exchange.request(77)
    answer = stun_answer(request, "192.0.2.9", 4000)
    assert answer is not None
    assert len(answer) == len(request) == PROBE_BYTES
    assert exchange.sequence_of(answer) == 77


# --- which way ------------------------------------------------------------------------------------


def server_and_line(fates: list[str], order: list[int]) -> dict[int, Stamps]:
    """The stamps of requests that reached the server in `order` and met their fates: both, up or down (lost)."""
    point = Echoes()
    stamps = {}
    for sequence in order:
        if fates[sequence] == "up":
            continue
        answer = echo(point, b"a" * 8, sequence)
        if fates[sequence] == "both":
            stamps[sequence] = Stamps(0, 0, 0, 0, answer.counted)
    return stamps


@given(st.lists(st.sampled_from(["both", "up", "down"]), min_size=1, max_size=80))
def test_loss_is_split_exactly(fates: list[str]) -> None:
    known = fates[: max((index for index, fate in enumerate(fates) if fate == "both"), default=-1) + 1]
    up, down = lost_by_way(range(len(fates)), server_and_line(fates, list(range(len(fates)))))
    assert (len(up), up.count(True), down.count(True)) == (len(known), known.count("up"), known.count("down"))
    assert len(down) == len(known) - known.count("up")


def test_runs_of_loss_one_way_stay_runs() -> None:
    fates = ["both", *["up"] * 4, "both", "both", *["down"] * 3, "both"]
    up, down = lost_by_way(range(len(fates)), server_and_line(fates, list(range(len(fates)))))
    assert up == [False, True, True, True, True, False, False, False, False, False, False]
    assert down == [False, False, False, True, True, True, False]


@given(st.lists(st.sampled_from(["both", "up", "down"]), min_size=10, max_size=80), st.randoms())
def test_whatever_overtakes_what_nothing_is_lost_twice(fates: list[str], chance: random.Random) -> None:
    order = sorted(range(len(fates)), key=lambda index: index + chance.uniform(0, 4))
    stamps = server_and_line(fates, order)
    up, down = lost_by_way(range(len(fates)), stamps)
    assert up.count(True) + down.count(True) + len(stamps) == max(stamps, default=-1) + 1


def test_requests_that_do_not_count_are_left_out() -> None:
    stamps = server_and_line(["both"] * 6, list(range(6)))
    assert lost_by_way([0, 1, 4, 5], stamps) == ([False] * 4, [False] * 4)


def test_nothing_sent_and_nothing_answered() -> None:
    assert lost_by_way([], {}) == ([], [])
    assert lost_by_way(range(9), {}) == ([], [])
    assert delays_by_way({}) == DelaysByWay([], [])


@given(
    st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 10**9)), min_size=1, max_size=30),
    st.integers(-(10**15), 10**15),
)
def test_delays_are_split_whatever_the_clocks_say(delays: list[tuple[int, int]], offset: int) -> None:
    stamps = {}
    for index, (up, down) in enumerate(delays):
        sent = index * 20_000_000
        arrived = sent + up + offset
        stamps[index] = Stamps(sent, arrived, arrived + 50_000, arrived + 50_000 - offset + down, index + 1)
    ways = delays_by_way(stamps)
    assert ways.up_ns == [up - min(each[0] for each in delays) for up, _ in delays]
    assert ways.down_ns == [down - min(each[1] for each in delays) for _, down in delays]
    assert [each.round_trip_ns for each in stamps.values()] == [up + down for up, down in delays]


def test_answers_that_are_not_ours_are_not_taken() -> None:
    exchange = EchoServerExchange()
    packet = wire.parse(exchange.request(0))
    assert packet is not None
    good = packet._replace(kind=Kind.ECHO_ANSWER, counted=1)
    wrong = [
        packet,
        good._replace(session=b"another!"),
        good._replace(sequence=1),
        good._replace(counted=0),
        good._replace(counted=2),
    ]
    assert [exchange.sequence_of(wire.pack(each)) for each in wrong] == [None] * len(wrong)
    assert exchange.stamps == {}
    assert exchange.sequence_of(wire.pack(good)) == 0
    first = exchange.stamps[0]
    assert exchange.sequence_of(wire.pack(good._replace(received_ns=5))) == 0
    assert exchange.stamps[0] is first
