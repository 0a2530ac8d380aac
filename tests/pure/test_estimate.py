"""Rates from curves of bytes, when to stop, and the figures of losses: pure arithmetic."""

from __future__ import annotations

import math
import struct
import threading
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amif_netcheck.measure import results, train_statistics
from amif_netcheck.measure.throughput import estimate, sampling
from amif_netcheck.measure.throughput.acked_bytes import of_tcp_info
from amif_netcheck.measure.throughput.estimate import Point
from amif_netcheck.measure.throughput.sampling import Budget, TransferSamples
from amif_netcheck.measure.train import Samples
from amif_netcheck.model.address import Base, base_of
from amif_netcheck.model.facts import (
    Confidence,
    Ended,
    Engine,
    Loaded,
    ProbeMethod,
    Reason,
    Train,
    Unavailable,
)

MS = 1_000_000


def curve_of(mbit_s: Sequence[float], tick_s: float = 0.1) -> list[Point]:
    """A curve whose tenths have these rates."""
    points, total = [(0.0, 0)], 0.0
    for index, rate in enumerate(mbit_s, start=1):
        total += rate * 1e6 / 8 * tick_s
        points.append((index * tick_s, round(total)))
    return points


def found(curve: list[Point], full_from_s: float = 0.0) -> estimate.RateEstimate:
    rate = estimate.rate(curve, full_from_s=full_from_s)
    assert rate is not None
    return rate


rates = st.floats(0.1, 2000)
"""Mbit/s."""
shapes = st.lists(st.floats(0.5, 500), min_size=20, max_size=60)


# --- rates ----------------------------------------------------------------------------------------


@given(rates, st.integers(20, 80))
def test_a_constant_rate_is_found(mbit_s: float, ticks: int) -> None:
    rate = found(curve_of([mbit_s] * ticks))
    assert rate.mbit_s == pytest.approx(mbit_s, rel=1e-3)
    assert rate.p10 == pytest.approx(mbit_s, rel=1e-3)
    assert rate.low <= rate.mbit_s <= rate.high


def test_a_constant_rate_over_two_seconds_is_sure() -> None:
    rate = found(curve_of([50] * 40))
    assert rate.confidence is Confidence.HIGH
    assert rate.high - rate.low < 0.1


def test_fewer_than_four_half_seconds_bound_nothing() -> None:
    rate = found(curve_of([50] * 20))
    assert (rate.confidence, rate.low, rate.high) == (Confidence.LOW, 0, math.inf)


@given(shapes, st.integers(2, 100))
def test_scaled_bytes_scale_the_rate(shape: list[float], factor: int) -> None:
    curve = curve_of(shape)
    scaled = [(at, total * factor) for at, total in curve]
    one, many = found(curve), found(scaled)
    assert many.mbit_s == pytest.approx(factor * one.mbit_s)
    assert many.p10 == pytest.approx(factor * one.p10)
    assert many.since_s == one.since_s
    assert many.confidence is one.confidence


@given(shapes, st.floats(0, 100))
def test_more_bytes_never_give_a_lower_mean(shape: list[float], more: float) -> None:
    """All of them more by as much; what comes faster only at times may change where the ramp ends."""
    since = estimate.ramp_end(curve_of(shape))
    before = [point for point in curve_of(shape) if point[0] >= since]
    after = [(at, total + round(more * 1e5 * at)) for at, total in before]
    assert estimate._slope_mbit_s(after) >= estimate._slope_mbit_s(before) - 1e-6


@given(shapes)
def test_the_lower_tenth_is_a_rate_that_there_was(shape: list[float]) -> None:
    curve = curve_of(shape)
    rate = found(curve)
    after = [point for point in curve if point[0] >= rate.since_s]
    slowest, *_, fastest = sorted(estimate._mbit_s(a, b) for a, b in pairwise(after))
    assert slowest - 1e-6 <= rate.p10 <= fastest + 1e-6


def test_one_bad_second_in_four_is_in_the_lower_tenth() -> None:
    assert found(curve_of([40] * 25 + [2] * 10 + [40] * 15)).p10 < 12


def test_the_ramp_is_left_out() -> None:
    ramp = [1, 2, 4, 8, 16, 32, 64, 100]
    rate = found(curve_of(ramp + [100] * 30))
    assert rate.since_s == pytest.approx(1.1)
    assert rate.mbit_s == pytest.approx(100, rel=1e-3)


@given(shapes, st.floats(0, 3))
def test_a_ramp_ends_no_earlier_than_its_last_flow_settled(shape: list[float], full_from_s: float) -> None:
    assert estimate.ramp_end(curve_of(shape), full_from_s=full_from_s) >= full_from_s + 0.7


def test_a_rate_that_grows_to_the_end_is_too_low_rather_than_absent() -> None:
    rate = found(curve_of([1.3**each for each in range(30)]))
    assert 0 < rate.mbit_s < 1.3**29
    assert rate.confidence is not Confidence.HIGH


@pytest.mark.parametrize(
    "curve", [[], [(0.0, 0)], curve_of([50] * 5), curve_of([0] * 30), curve_of([50] * 3 + [0] * 30)]
)
def test_nothing_moved_after_the_ramp_is_no_rate(curve: list[Point]) -> None:
    assert estimate.rate(curve) is None


def test_bytes_that_ran_out_in_the_ramp_still_bound_the_rate_from_below() -> None:
    rate = estimate.whole(curve_of([100, 500, 900]))
    assert rate is not None
    assert rate.mbit_s == pytest.approx(500)
    assert (rate.low, rate.high) == (0, math.inf)
    assert rate.confidence is Confidence.LOW
    assert estimate.whole([(0.0, 0), (0.1, 0)]) is None


# --- stopping ---------------------------------------------------------------------------------------

BUDGET = Budget(max_s=4.5, max_bytes=100_000_000)


@given(st.floats(1, 1000), st.integers(7, 30), st.integers(1, 3))
def test_bytes_held_back_behind_a_lost_one_are_not_taken_for_speed(
    mbit_s: float, first: int, number: int
) -> None:
    held = [
        (at, round(total - 0.09 * mbit_s * 1e6 / 8) if first <= index < first + number else total)
        for index, (at, total) in enumerate(curve_of([mbit_s] * 32))
    ]
    assert found(held).mbit_s == pytest.approx(mbit_s, rel=0.003)


def first_end(rates_mbit_s: Sequence[float], budget: Budget = BUDGET) -> tuple[float, Ended | None]:
    """When watching this would have ended, and why."""
    curve = curve_of(rates_mbit_s)
    for count in range(2, len(curve) + 1):
        ended = sampling._ended(curve[:count], 0.0, budget)
        if ended is not None:
            return curve[count - 1][0], ended
    return curve[-1][0], None


def test_what_is_proven_to_be_enough_ends_early() -> None:
    at, ended = first_end([60] * 60)
    assert ended is Ended.ENOUGH
    assert 2.6 <= at < 3.6


def test_what_is_steady_ends_early() -> None:
    at, ended = first_end([5] * 60)
    assert ended is Ended.STABLE
    assert at < 4


def test_what_goes_up_and_down_goes_on_to_the_end() -> None:
    at, ended = first_end([2, 2, 2, 2, 2, 20, 20, 20, 20, 20] * 6)
    assert ended is Ended.TIME
    assert at == pytest.approx(4.5)


def test_no_more_bytes_than_allowed() -> None:
    at, ended = first_end([1000] * 60)
    assert ended is Ended.BYTES
    assert at == pytest.approx(0.8)


class Made:
    """A source that has its bytes from a list, one a look."""

    engine, server, via_proxy = Engine.AMIF, "made", False

    def __init__(self, totals: list[int], failure: Unavailable | None = None) -> None:
        self._totals, self._failure = totals, failure
        self.closed = False

    def total(self) -> int:
        return self._totals.pop(0) if len(self._totals) > 1 else self._totals[0]

    def adapt(self) -> None:
        """A list does not grow."""

    def full_from_s(self) -> float:
        return 0.0

    def failure(self) -> Unavailable | None:
        return self._failure

    def close(self) -> None:
        self.closed = True


def watched(source: Made, *, stop: bool = False, max_bytes: int = 10**9) -> TransferSamples | Unavailable:
    event = threading.Event()
    if stop:
        event.set()
    budget = Budget(max_s=0.4, max_bytes=max_bytes)
    seen = sampling.watch(source, budget, event)
    assert source.closed
    return seen


def test_watching_a_source_that_failed_stopped_or_hardly_moved() -> None:
    broken = Unavailable(reason=Reason.BLOCKED, detail="broken")
    assert watched(Made([0], broken)) == broken
    assert watched(Made([10**6]), stop=True) == Unavailable(reason=Reason.NOT_REQUESTED, detail="interrupted")
    for totals in ([0], [1, 2, 3]):
        seen = watched(Made(totals))
        assert isinstance(seen, Unavailable)
        assert seen.reason is Reason.TIMEOUT


def test_bytes_that_ran_out_at_once_are_a_rate_at_least() -> None:
    """Even when the source ended by itself with them."""
    ended_early = Unavailable(reason=Reason.BLOCKED, detail="ended early")
    seen = watched(Made([5_000_000], ended_early), max_bytes=5_000_000)
    assert isinstance(seen, TransferSamples)
    assert (seen.ended, seen.total_bytes) == (Ended.BYTES, 5_000_000)
    assert 0 < seen.rate.mbit_s < 500
    told = results.transfer(seen, None, None, upload=False)
    assert told.at_least
    assert isinstance(told.high_mbit_s, Unavailable)
    assert isinstance(told.loaded_rtt_ms, Unavailable)


# --- figures --------------------------------------------------------------------------------------


def test_acknowledged_bytes_are_read_from_tcp_info() -> None:
    info = bytearray(136)
    struct.pack_into("=I", info, 16, 1448)  # tcpi_snd_mss
    struct.pack_into("=I", info, 28, 3)  # tcpi_sacked
    struct.pack_into("=Q", info, 120, 7_000_000_001)  # tcpi_bytes_acked
    assert of_tcp_info(bytes(info)) == 7_000_000_001 + 3 * 1448


@pytest.mark.parametrize(
    ("lost", "sent", "low", "high"),
    [(0, 50, 0, 7.135), (1, 100, 0.177, 5.449), (10, 100, 5.523, 17.437), (100, 100, 96.301, 100)],
)
def test_wilsons_interval(lost: int, sent: int, low: float, high: float) -> None:
    found_low, found_high = train_statistics.wilson_pct(lost, sent)
    assert found_low == pytest.approx(low, abs=2e-3)
    assert found_high == pytest.approx(high, abs=2e-3)


@given(st.integers(1, 2000), st.data())
def test_an_interval_holds_its_share(sent: int, data: st.DataObject) -> None:
    lost = data.draw(st.integers(0, sent))
    low, high = train_statistics.wilson_pct(lost, sent)
    assert 0 <= low <= 100 * lost / sent + 1e-9
    assert 100 * lost / sent - 1e-9 <= high <= 100 + 1e-9


def test_nothing_sent_has_no_interval() -> None:
    with pytest.raises(ValueError, match="nothing was sent"):
        train_statistics.wilson_pct(0, 0)


@pytest.mark.parametrize(
    ("lost", "length", "worst"),
    [("", 10, 0), ("....", 10, 0), ("x...", 10, 25), ("x...xx..", 2, 100), ("x.x.x.x.", 4, 50)],
)
def test_the_worst_window(lost: str, length: int, worst: float) -> None:
    assert train_statistics.worst_window_pct([each == "x" for each in lost], length) == worst


@given(st.lists(st.booleans(), min_size=1, max_size=80), st.integers(1, 100))
def test_the_worst_window_is_the_worst(lost: list[bool], length: int) -> None:
    size = min(length, len(lost))
    windows = [100 * sum(lost[at : at + size]) / size for at in range(len(lost) - size + 1)]
    assert train_statistics.worst_window_pct(lost, length) == pytest.approx(max(windows))


def test_all_that_is_told_of_loss() -> None:
    lost = [False] * 100
    for index in (10, 11, 12, 50):
        lost[index] = True
    told = train_statistics.loss(lost, 0.02)
    assert (told.pct, told.mean_run) == (4, 2)
    assert told.worst_200_ms_pct == 30
    assert told.worst_15_s_pct == 4
    assert told.low_pct < 4 < told.high_pct


@pytest.mark.parametrize(
    ("rtt_ms", "jitter"), [([], 0), ([5], 0), ([10, 26], 1), ([10, 26, 10], 1 + 15 / 16), ([7] * 9, 0)]
)
def test_rfc_3550s_estimate(rtt_ms: list[int], jitter: float) -> None:
    assert train_statistics.rfc3550_jitter_ms([each * MS for each in rtt_ms]) == pytest.approx(jitter)


def samples_of(rtt_ms: Sequence[int | None]) -> Samples:
    return Samples(
        rtt_ns=[None if each is None else each * MS for each in rtt_ms],
        sent_ns=[20 * MS * index for index in range(len(rtt_ms))],
        sequences=list(range(len(rtt_ms))),
        request_bytes=172,
        answer_bytes=172,
    )


def test_a_trains_facts() -> None:
    told = results.train(
        ProbeMethod.STUN, "h", "192.0.2.1", samples_of([20, None, None, 30]), interval_s=0.02
    )
    assert isinstance(told, Train)
    assert (told.sent, told.received, told.loss_pct, told.longest_loss_ms) == (4, 2, 50, 40)
    assert (told.rtt_ms.min, told.rtt_ms.max, told.jitter_ms) == (20, 30, 10)


def test_a_train_without_an_answer_measured_nothing() -> None:
    told = results.train(ProbeMethod.STUN, "h", "192.0.2.1", samples_of([None] * 9), interval_s=0.02)
    assert isinstance(told, Unavailable)
    assert told.reason is Reason.TIMEOUT


def test_a_train_of_connections_never_tells_loss() -> None:
    told = results.train(ProbeMethod.TCP, "h", "192.0.2.1", samples_of([5, None, 5]), interval_s=0.1)
    assert isinstance(told, Train)
    assert isinstance(told.loss_pct, Unavailable)
    assert isinstance(told.loss, Unavailable)


def test_round_trips_under_load_are_those_of_its_steady_part() -> None:
    moved = TransferSamples(
        engine=Engine.AMIF,
        server="h",
        via_proxy=False,
        rate=found(curve_of([10] * 40)),
        ended=Ended.STABLE,
        began_ns=0,
        steady_ns=1000 * MS,
        ended_ns=2000 * MS,
        total_bytes=5_000_000,
    )
    beside = samples_of([20] * 50 + [90] * 51 + [20] * 50)
    told = results.transfer(moved, beside, None, upload=True)
    assert told.loaded_rtt_ms == Loaded(median=90, p95=90, probes=51)
    assert told.mbit_s == pytest.approx(10 + 51 * 172 * 8 / 1e6, rel=1e-3)
    assert isinstance(told.gateway_loaded_rtt_ms, Unavailable)
    few = results.transfer(moved, samples_of([20] * 60), None, upload=False)
    assert isinstance(few.loaded_rtt_ms, Unavailable)


# --- where a server lives ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("speed.example", Base("https", "speed.example", 443)),
        ("http://speed.example", Base("http", "speed.example", 80)),
        ("http://speed.example:8443/", Base("http", "speed.example", 8443)),
        ("https://speed.example/a/garbage.php?x=1#y", Base("https", "speed.example", 443, "/a/")),
        ("https://speed.example/a-secret-token", Base("https", "speed.example", 443, "/a-secret-token/")),
        ("http://[2001:db8::7]:8443/x/", Base("http", "2001:db8::7", 8443, "/x/")),
        ("http://speed.example/d\u00e9bit", Base("http", "speed.example", 80, "/d%C3%A9bit/")),
        ("http://speed.example/a%20b", Base("http", "speed.example", 80, "/a%20b/")),
    ],
)
def test_a_servers_place(url: str, base: Base) -> None:
    assert base_of(url) == base
    assert base_of(base.url) == base
    assert base.url.isascii()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ftp://speed.example",
        "http://",
        "http://user@speed.example",
        "http://h:99999",
        "http://[::1",
        "socks5://h:1",
    ],
)
def test_what_is_no_servers_place(url: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - its text is the URL, or the library's
        base_of(url)
