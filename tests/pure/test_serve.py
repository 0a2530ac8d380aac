"""The test point without its sockets: requests as text, limits, and the plan of a call."""

from __future__ import annotations

import contextlib
import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amif_netcheck.measure import media
from amif_netcheck.measure.media import MEDIA, Arrivals, MediaPlan
from amif_netcheck.measure.wire import Kind, Packet
from amif_netcheck.serve import clients
from amif_netcheck.serve.calls import granted_plan
from amif_netcheck.serve.clients import (
    AdmissionControl,
    ConnectionLimiter,
    RateLimiter,
    Ticket,
    client_of,
    plain,
)
from amif_netcheck.serve.config import MB, ServeLimits
from amif_netcheck.serve.requests import BadRequestError, Response, flat_json_object, parse

# --- requests -------------------------------------------------------------------------------------

LINES = st.lists(
    st.one_of(
        st.sampled_from(
            [
                b"Content-Length: 5",
                b"Transfer-Encoding: chunked",
                b"Host: h",
                b"Connection: close",
                b"bad",
                b": x",
            ]
        ),
        st.binary(max_size=30),
    ),
    max_size=6,
)
HEADS = st.builds(
    lambda first, lines: b"\r\n".join([first, *lines]),
    st.one_of(
        st.binary(max_size=60),
        st.builds(lambda target: b"GET /" + target + b" HTTP/1.1", st.binary(max_size=40)),
    ),
    LINES,
)


@given(HEADS)
def test_any_bytes_are_a_request_or_a_bad_one(head: bytes) -> None:
    with contextlib.suppress(BadRequestError):
        request = parse(head)
        assert request.length is None or request.length >= 0


@given(st.binary(max_size=40))
def test_any_body_is_a_flat_json_object_or_a_bad_request(body: bytes) -> None:
    with contextlib.suppress(BadRequestError):
        assert isinstance(flat_json_object(body), dict)


@pytest.mark.parametrize("body", [b'{"a":{}}', b'{"a":[]}', '{"a":{}}'.encode("utf-16")])
def test_nothing_nested_is_read(body: bytes) -> None:
    with pytest.raises(BadRequestError):
        flat_json_object(body)


def test_a_request_is_read() -> None:
    request = parse(b"POST /__up?a=1&b=x HTTP/1.1\r\nHost: h:1\r\nContent-Length:  12 \r\nX-Y: z")
    assert (request.method, request.path, request.query) == ("POST", "/__up", {"a": "1", "b": "x"})
    assert (request.length, request.keep_alive, request.fields["host"]) == (12, True, "h:1")
    assert parse(b"GET http://proxy.example/a?b=1 HTTP/1.1").path == "/a"
    assert parse(b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked").length is None


@pytest.mark.parametrize(
    ("head", "keeps"),
    [
        (b"GET / HTTP/1.1", True),
        (b"GET / HTTP/1.1\r\nConnection: close", False),
        (b"GET / HTTP/1.0", False),
        (b"GET / HTTP/1.0\r\nConnection: keep-alive", True),
    ],
)
def test_the_connection_is_kept_as_the_client_wishes(head: bytes, keeps: bool) -> None:
    assert parse(head).keep_alive is keeps


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"GET /",
        b"GET / HTTP/2.0",
        b"GET  / HTTP/1.1",
        b"GET noslash HTTP/1.1",
        b"GET http://[/ HTTP/1.1",
        b"GET / HTTP/1.1\r\nContent-Length: -1",
        b"GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1",
        b"GET / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked",
        b"GET / HTTP/1.1\r\nContent-Length: " + b"9" * 30,
        b"GET / HTTP/1.1\r\nContent-Length: \xb2",
        b"GET / HTTP/1.1\r\n folded: x",
        b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 200,
    ],
)
def test_what_is_no_request_is_refused(head: bytes) -> None:
    with pytest.raises(BadRequestError):
        parse(head)


@pytest.mark.parametrize("text", ["-1", "1.5", "x", "", "\u0663", "9" * 40])
def test_a_number_in_the_query_is_a_number(text: str) -> None:
    request = parse(f"GET /?n={text} HTTP/1.1".encode("latin-1", "replace"))
    if text:
        with pytest.raises(BadRequestError):
            request.number("n", 3)
    else:
        assert request.number("n", 3) == 3


def test_an_answer_says_its_length() -> None:
    head = Response(body=b"abc").head(keep_alive=True, took_ms=1).decode()
    assert head.startswith("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n")
    assert head.endswith("\r\n\r\n")
    assert "Content-Length: 99\r\n" in Response(noise=99).head(keep_alive=True, took_ms=1).decode()


# --- limits ---------------------------------------------------------------------------------------


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [100_000.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    return now


@pytest.mark.parametrize(
    ("address", "plainly", "client"),
    [
        ("::ffff:192.0.2.1", "192.0.2.1", "192.0.2.1"),
        ("192.0.2.1", "192.0.2.1", "192.0.2.1"),
        ("fe80::1%eth0", "fe80::1", "fe80::/64"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
    ],
)
def test_addresses_and_whom_they_count_for(address: str, plainly: str, client: str) -> None:
    assert plain(address) == plainly
    assert client_of(plainly) == client


def test_a_rate_holds_for_each_client_and_recovers(clock: list[float]) -> None:
    rate = RateLimiter(10)
    assert sum(rate.allows("a") for _ in range(30)) == 10
    assert rate.allows("b")
    clock[0] += 0.5
    assert sum(rate.allows("a") for _ in range(30)) == 5
    clock[0] += 100
    assert sum(rate.allows("a") for _ in range(30)) == 10


def test_the_tables_of_clients_are_bounded(clock: list[float]) -> None:
    rate, gate = RateLimiter(10), AdmissionControl(ServeLimits())
    for number in range(clients.MOST_CLIENTS + 50):
        rate.allows(str(number))
        gate.use(str(number), 1, 1)
    assert len(rate._left) == len(gate._usage) == clients.MOST_CLIENTS


def test_a_crowd_is_bounded_in_all_and_for_each() -> None:
    crowd = ConnectionLimiter(3, 2)
    assert [crowd.enter("a") for _ in range(3)] == [True, True, False]
    assert [crowd.enter("b") for _ in range(2)] == [True, False]
    crowd.leave("a")
    assert crowd.enter("b")
    for client in ("a", "b", "b"):
        crowd.leave(client)
    assert crowd._of == {}


def test_what_a_client_used_in_the_last_hour_is_the_limit(clock: list[float]) -> None:
    gate = AdmissionControl(ServeLimits(client_mb=10, client_s=100))
    first = gate.enter("a")
    assert isinstance(first, Ticket)
    with first:
        assert first.goes_on(9 * MB)
    clock[0] += 600
    second = gate.enter("a")
    assert isinstance(second, Ticket)
    with second:
        clock[0] += 1
        assert not second.goes_on(2 * MB), "used up under way"
    retry_s = gate.enter("a")
    assert isinstance(retry_s, int)
    assert isinstance(gate.enter("b"), Ticket), "another client's business"
    clock[0] += retry_s - 61
    assert isinstance(gate.enter("a"), int)
    clock[0] += 62
    assert isinstance(gate.enter("a"), Ticket), "after the time that was told"


def test_a_test_ends_with_its_time(clock: list[float]) -> None:
    ticket = AdmissionControl(ServeLimits(test_s=5)).enter("a")
    assert isinstance(ticket, Ticket)
    assert ticket.goes_on(1)
    clock[0] += 5.1
    assert not ticket.goes_on(1)


# --- calls ----------------------------------------------------------------------------------------

PLANS = st.builds(MediaPlan, st.integers(0, 100), st.integers(0, media.MOST_VIDEO_BIT_S), st.floats(0.1, 15))


@given(PLANS)
def test_a_plan_sends_its_packets_in_order_within_its_time(plan: MediaPlan) -> None:
    packets = list(plan.packets())
    assert all(a[0] <= b[0] for a, b in pairwise(packets))
    for kind in MEDIA:
        sequences = [sequence for _due, each, sequence in packets if each is kind]
        assert sequences == list(range(plan.count(kind)))
        dues = [due for due, each, _sequence in packets if each is kind]
        if plan.interval_ms(kind):
            slack = plan.interval_ms(kind) / 1000 + 1 / media.FRAMES_PER_S
            assert all(0 <= due <= plan.seconds + slack for due in dues)
            assert abs(plan.count(kind) - plan.seconds * 1000 / plan.interval_ms(kind)) <= 0.51


def test_the_usual_call_is_fifty_sounds_and_thirty_frames_a_second() -> None:
    packets = list(MediaPlan(50, 1_500_000, 1).packets())
    video = [due for due, kind, _ in packets if kind is Kind.VIDEO]
    assert len(packets) - len(video) == 50
    assert len(video) == 156
    gaps = [b - a for a, b in pairwise(video)]
    frames = 1 + sum(gap > 0.01 for gap in gaps)
    assert frames == 30
    assert all(gap > 0.01 or math.isclose(gap, 0.0064 / 2.5, rel_tol=1e-6) for gap in gaps)


@given(
    st.dictionaries(
        st.sampled_from(["audio_pps", "video_bit_s", "seconds", "x"]),
        st.one_of(st.integers(), st.floats(), st.text(), st.none(), st.booleans()),
    )
)
def test_any_wish_is_granted_within_bounds_or_refused(wish: dict[str, object]) -> None:
    try:
        plan = granted_plan(wish)
    except TypeError:
        return
    assert 0 <= plan.audio_pps <= 100
    assert 0 <= plan.video_bit_s <= 3_000_000
    assert 0.1 <= plan.seconds <= 15
    assert sum(plan.count(kind) for kind in MEDIA) <= 15 * 413


@given(st.lists(st.builds(
    Packet, st.sampled_from(Kind), st.just(b"12345678"), st.integers(0, 2**32 - 1),
    sent_ns=st.integers(0, 2**64 - 1),
), max_size=20))  # fmt: skip
def test_any_packets_arrive_without_harm(packets: list[Packet]) -> None:
    arrivals = Arrivals(MediaPlan(50, 1_500_000, 1))
    for packet in packets:
        arrivals.note(packet, 5, 100)
    for kind in MEDIA:
        transits = arrivals.transit_ns(kind, 50)
        assert len(transits) == 50


def test_transits_are_relative_to_the_first_and_what_is_lost_is_none() -> None:
    arrivals = Arrivals(MediaPlan(50, 0, 0.1))
    for sequence, arrived in ((1, 1_000), (3, 1_050), (2, 990), (3, 5_000)):
        arrivals.note(Packet(Kind.AUDIO, b"12345678", sequence, sent_ns=100), arrived, 172)
    assert arrivals.transit_ns(Kind.AUDIO, 5) == [None, 0, -10, 50, None]
    assert arrivals.bytes[Kind.AUDIO] == 3 * 172
