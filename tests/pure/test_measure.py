"""Messages and figures of a train: STUN against aioice's codec, statistics against their definitions."""

from __future__ import annotations

import statistics
import struct

import pytest
from aioice import stun
from hypothesis import given
from hypothesis import strategies as st

from amif_netcheck.measure import train_statistics
from amif_netcheck.measure.exchange import PROBE_BYTES, DnsExchange, EchoExchange, Exchange, StunExchange

sequences = st.integers(min_value=0, max_value=65535)
round_trips = st.lists(st.integers(min_value=1, max_value=10**10), min_size=1, max_size=300)


@given(sequences)
def test_our_stun_requests_are_what_another_implementation_reads(sequence: int) -> None:
    request = StunExchange().request(sequence)
    message = stun.parse_message(request)
    assert len(request) == PROBE_BYTES
    assert message.message_method is stun.Method.BINDING
    assert message.message_class is stun.Class.REQUEST
    assert set(message.attributes) == {"SOFTWARE"}


@pytest.mark.parametrize("kind", [stun.Class.RESPONSE, stun.Class.ERROR])
@given(sequence=sequences)
def test_another_implementations_answers_are_what_we_read(kind: stun.Class, sequence: int) -> None:
    exchange = StunExchange()
    request = stun.parse_message(exchange.request(sequence))
    answer = stun.Message(
        message_method=stun.Method.BINDING, message_class=kind, transaction_id=request.transaction_id
    )
    answer.attributes["XOR-MAPPED-ADDRESS"] = ("203.0.113.9", 4711)
    assert exchange.sequence_of(bytes(answer)) == sequence


@pytest.mark.parametrize(
    "make", [StunExchange, DnsExchange, lambda: EchoExchange(ipv6=False), lambda: EchoExchange(ipv6=True)]
)
@given(datagram=st.binary(max_size=200))
def test_garbage_is_no_answer(make: type[Exchange], datagram: bytes) -> None:
    exchange = make()
    if isinstance(exchange, DnsExchange) and len(datagram) >= 12 and datagram[2] & 0x80:
        return  # a DNS identifier has 16 bits: the connected socket is what keeps strangers out
    assert exchange.sequence_of(datagram) is None


@pytest.mark.parametrize(
    "make", [StunExchange, DnsExchange, lambda: EchoExchange(ipv6=False), lambda: EchoExchange(ipv6=True)]
)
@given(sequence=sequences)
def test_a_request_is_no_answer_to_itself(make: type[Exchange], sequence: int) -> None:
    exchange = make()
    assert exchange.sequence_of(exchange.request(sequence)) is None


@given(sequences)
def test_an_answer_to_another_run_is_not_ours(sequence: int) -> None:
    theirs, ours = StunExchange(), StunExchange()
    answer = bytearray(theirs.request(sequence))
    answer[:2] = struct.pack("!H", 0x0101)
    assert theirs.sequence_of(bytes(answer)) == sequence
    assert ours.sequence_of(bytes(answer)) is None


@given(sequences, st.booleans())
def test_echo_replies_are_read_with_and_without_the_ip_header(sequence: int, header: bool) -> None:
    exchange = EchoExchange(ipv6=False)
    reply = bytes([0]) + exchange.request(sequence)[1:]
    assert exchange.sequence_of((b"\x45" + bytes(19) if header else b"") + reply) == sequence


@given(sequences)
def test_echo_requests_have_a_right_checksum(sequence: int) -> None:
    total = sum(struct.unpack(f"!{PROBE_BYTES // 2}H", EchoExchange(ipv6=False).request(sequence)))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    assert total == 0xFFFF


@given(round_trips)
def test_spread(rtt_ns: list[int]) -> None:
    spread = train_statistics.spread_ms(rtt_ns)
    assert spread.min == min(rtt_ns) / 1e6
    assert spread.max == max(rtt_ns) / 1e6
    assert spread.median == pytest.approx(statistics.median(rtt_ns) / 1e6)
    assert spread.min <= spread.median <= spread.p95 <= spread.max or spread.p95 == pytest.approx(spread.max)
    if len(rtt_ns) > 1:
        assert spread.p95 == pytest.approx(statistics.quantiles(rtt_ns, n=20, method="inclusive")[-1] / 1e6)


@pytest.mark.parametrize(
    ("rtt_ms", "jitter"), [([10], 0), ([10, 10, 10], 0), ([10, 20, 10, 20], 10), ([10, 40], 30)]
)
def test_jitter(rtt_ms: list[int], jitter: float) -> None:
    assert train_statistics.jitter_ms([value * 1_000_000 for value in rtt_ms]) == jitter


@pytest.mark.parametrize(
    ("answers", "longest"), [("", 0), ("1", 0), ("0", 1), ("1001110001", 3), ("000", 3), ("0110", 1)]
)
def test_longest_loss(answers: str, longest: int) -> None:
    assert train_statistics.longest_loss([1 if answer == "1" else None for answer in answers]) == longest


@given(st.integers(min_value=1, max_value=10**6), st.data())
def test_loss_is_a_share_of_what_was_sent(sent: int, data: st.DataObject) -> None:
    received = data.draw(st.integers(min_value=0, max_value=sent))
    assert 0 <= train_statistics.loss_pct(sent, received) <= 100
    assert train_statistics.loss_pct(sent, sent) == 0


def test_nothing_measured_has_no_figures() -> None:
    with pytest.raises(ValueError, match="no round trips"):
        train_statistics.spread_ms([])
    with pytest.raises(ValueError, match="nothing was sent"):
        train_statistics.loss_pct(0, 0)


@pytest.mark.parametrize(
    ("answers", "share"), [("1", 0), ("0101", 0), ("10001", 1), ("1000101", 0.75), ("00", 0), ("000", 1)]
)
def test_share_in_runs(answers: str, share: float) -> None:
    assert train_statistics.share_in_runs([1 if answer == "1" else None for answer in answers]) == share


@given(st.integers(min_value=1, max_value=300), st.floats(min_value=0, max_value=1), st.data())
def test_chance_is_a_distribution(sent: int, probability: float, data: st.DataObject) -> None:
    lost = data.draw(st.integers(min_value=0, max_value=sent))
    chance = train_statistics.chance_of_at_most(lost, sent, probability)
    assert 0 <= chance <= 1 + 1e-9
    assert train_statistics.chance_of_at_most(sent, sent, probability) == pytest.approx(1)
    assert train_statistics.chance_of_at_most(0, sent, probability) == pytest.approx(
        (1 - probability) ** sent
    )
