"""What servers answer, whatever it is: numbers out of range are refused where they enter, and nothing crashes later."""

from __future__ import annotations

import json
import math
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from amif_netcheck.measure import call, results
from amif_netcheck.measure.call import CallCapture, MediaCapture, StreamCapture
from amif_netcheck.measure.media import LONGEST_S, MEDIA, MediaPlan
from amif_netcheck.measure.names import Names
from amif_netcheck.measure.throughput import protocols
from amif_netcheck.measure.throughput.rates import RatesConfig
from amif_netcheck.measure.web import HttpResponse, Web
from amif_netcheck.model.address import Server, base_of
from amif_netcheck.model.facts import CallWay, Reason, Unavailable

WEB = Web(base_of("http://speed.example"), Names(offline=True))

numbers = st.one_of(
    st.integers(), st.floats(), st.booleans(), st.sampled_from([10**400, -(10**400), 2**63, 65536, math.inf])
)
anything = st.recursive(
    st.one_of(st.none(), numbers, st.text(max_size=5)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def as_answer(value: object) -> HttpResponse:
    return HttpResponse(200, {}, json.dumps(value).encode())


@given(st.one_of(numbers, anything), st.one_of(st.booleans(), anything))
def test_a_test_points_port_is_one_or_it_is_none_of_our_own(port: object, plays: object) -> None:
    form = protocols._own(as_answer({"name": "amif-netcheck", "udp_port": port, "call": plays}), WEB)
    usable = type(port) is int and 0 < port < 65536 and isinstance(plays, bool)
    assert (form is not None) == usable
    if form is not None:
        assert (form.udp_port, form.plays_calls) == (port, plays)


@given(st.one_of(anything.map(lambda value: json.dumps(value).encode()), st.binary(max_size=40)))
def test_other_answers_are_no_test_point(body: bytes) -> None:
    assert protocols._own(HttpResponse(200, {}, body), WEB) is None


@pytest.mark.parametrize("depth", [10, 100_000])
def test_an_answer_without_end_is_no_test_point(depth: int) -> None:
    assert protocols._own(HttpResponse(200, {}, b'{"name":' + b"[" * depth), WEB) is None


granted = st.fixed_dictionaries(
    {
        "token": st.one_of(st.just("0" * 16), anything),
        "audio_pps": st.one_of(st.integers(0, 100), numbers),
        "video_bit_s": st.one_of(st.integers(0, 3_000_000), numbers),
        "seconds": st.one_of(st.floats(0.1, 15), numbers),
    }
)


@given(st.one_of(granted, anything))
def test_a_call_is_granted_within_bounds_or_not_at_all(answer: object) -> None:
    try:
        plan = msgspec.convert(answer, call._GrantedCall).plan
    except msgspec.ValidationError:
        return
    assert 0 < plan.seconds <= LONGEST_S
    assert [plan.count(kind) >= 0 for kind in MEDIA] == [True, True]


transits = st.lists(st.one_of(st.none(), st.integers(-(2**62), 2**62), numbers), max_size=6)
streams = st.fixed_dictionaries({"transit_ns": st.one_of(transits, anything), "bytes": numbers})
reports = st.fixed_dictionaries(
    {
        "sent": st.one_of(st.fixed_dictionaries({"audio": numbers, "video": numbers}), anything),
        "received": st.one_of(st.fixed_dictionaries({"audio": streams, "video": streams}), anything),
    }
)


@given(st.one_of(reports, anything), st.integers(0, 8))
def test_a_calls_result_becomes_finite_facts_or_none(answer: object, sent: int) -> None:
    try:
        report = msgspec.convert(answer, call._CallReport)
    except msgspec.ValidationError:
        return
    ways = [StreamCapture(20.0, *report.received.of(kind).cut_to(sent)) for kind in MEDIA]
    assert all(len(way.transit_ns) == sent for way in ways)
    way = MediaCapture(*ways)
    fact = results.played("h", CallCapture(up=way, down=way), MediaPlan.video_bit_s, 1.0)
    assert (isinstance(fact.up, Unavailable), isinstance(fact.down, Unavailable)) == (sent == 0, sent == 0)
    assert all(math.isfinite(number) for number in _numbers(msgspec.to_builtins(fact)))


def _media(*arrived: int | None) -> MediaCapture:
    stream = StreamCapture(20.0, list(arrived), 172 * sum(transit is not None for transit in arrived))
    return MediaCapture(audio=stream, video=stream)


def test_a_call_whose_result_could_not_be_fetched_keeps_what_arrived_here() -> None:
    why = Unavailable(reason=Reason.BLOCKED, detail="the call over HTTP: refused")
    fact = results.played("h", CallCapture(up=why, down=_media(0, None, 2_000_000, 0)), 1, 1.0)
    assert fact.up == why
    assert isinstance(fact.down, CallWay)
    assert (fact.down.audio.pct, fact.down.audio_packets, fact.down.variation_ms) == (25, 4, 0)


def test_a_way_on_which_all_sound_got_lost_was_measured() -> None:
    fact = results.played("h", CallCapture(up=_media(None, None, None), down=_media(0, 0, 0)), 1, 1.0)
    assert isinstance(fact.up, CallWay)
    assert (fact.up.audio.pct, fact.up.longest_loss_ms) == (100, 60)
    assert isinstance(fact.up.variation_ms, Unavailable)
    assert isinstance(fact.down, CallWay)
    assert fact.down.audio.pct == 0


def _numbers(value: Any) -> list[float]:
    if isinstance(value, dict):
        return [number for inner in value.values() for number in _numbers(inner)]
    return [value] if isinstance(value, float) else []


# --- what people and settings ask for ----------------------------------------------------------------------------


@given(st.integers())
def test_a_server_has_a_port_that_can_be_connected_to(port: int) -> None:
    if 0 < port < 65536:
        assert Server("h", port).port == port
    else:
        with pytest.raises(ValueError, match="no port"):
            Server("h", port)


@given(st.one_of(st.integers(), st.just(10**400)))
def test_a_cap_of_bytes_is_one_that_a_transfer_can_keep_to(max_bytes: int) -> None:
    if 0 < max_bytes <= 10**12:
        assert RatesConfig(max_bytes=max_bytes).most_bytes(metered=True) == max_bytes
    else:
        with pytest.raises(ValueError, match="max_bytes"):
            RatesConfig(max_bytes=max_bytes)
