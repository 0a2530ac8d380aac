"""The emulated line as arithmetic: what settings mean, and when each packet gets through."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.lab.settings import Event, Schedule, Settings, read_change, read_changes
from tests.lab.trace import TICK_S, Follower, Trace
from tests.lab.way import NEVER, Way

MTU = 1500
LOSSES = st.floats(0, 1)


def way(settings: str = "delay=0", header: int = 0) -> Way:
    return Way(Settings().changed(read_change(settings)), Random(1), header)


def packets(number: int, size: int = MTU) -> list[bytes]:
    return [bytes(size) for _ in range(number)]


def moments(line: Way, until: float = 100) -> list[float]:
    """When each packet that is inside gets through, asked as the process asks."""
    found: list[float] = []
    while (now := line.next_at) <= until:
        found += [now] * len(line.arrived(now))
    return found


# --- what is written --------------------------------------------------------------------------------


def test_the_written_form_is_that_of_recorded_calls() -> None:
    written = "a2b:rate=5e+06,queue=64000,delay=12,jitter=15,loss=0.01,burst=5 down:rate=none,cut=1"
    assert read_changes(written) == [
        ("a2b", {"rate": 5e6, "queue": 64000, "delay": 12, "jitter": 15, "loss": 0.01, "burst": 5}),
        ("b2a", {"rate": None, "cut": 1}),
    ]
    assert read_changes("") == []


def test_a_change_keeps_the_rest() -> None:
    before = Settings(rate=5e6, delay=12)
    assert before.changed(read_change("loss=1")) == Settings(rate=5e6, delay=12, loss=1)


@pytest.mark.parametrize(
    "written",
    ["rate=5e6", "c2d:rate=5e6", "a2b:", "a2b:rate", "a2b:speed=3", "a2b:rate=fast", "a2b:delay=none"],
)
def test_what_is_not_written_so_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"line|float"):
        read_changes(written)


@pytest.mark.parametrize(
    "written",
    [
        "rate=0",
        "queue=100",
        "delay=-1",
        "jitter=-1",
        "loss=1.1",
        "loss=nan",
        "delay=inf",
        "rate=nan",
        "cut=2",
        "burst=0.5",
    ],
)
def test_what_no_line_can_do_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"has|have|finite"):
        Settings().changed(read_change(written))


# --- rate, queue, delay -----------------------------------------------------------------------------


def test_a_perfect_line_adds_nothing() -> None:
    line = way()
    line.enter(packets(3), 1.0)
    assert (line.next_at, len(line.arrived(1.0))) == (1.0, 3)
    assert line.next_at == NEVER


def test_each_packet_takes_its_turn_and_then_the_delay() -> None:
    line = way("rate=12e6,delay=10")
    line.enter(packets(3), 1.0)
    assert moments(line) == pytest.approx([1.011, 1.012, 1.013])


def test_who_asks_late_changes_nothing_for_those_behind() -> None:
    line = way("rate=12e6")
    line.enter(packets(100), 0.0)
    assert len(line.arrived(0.0505)) == 50
    line.enter(packets(1), 0.0505)
    assert moments(line)[-1] == pytest.approx(0.101)


@given(st.lists(st.integers(60, MTU), min_size=1), st.lists(st.floats(0, 0.1), min_size=1))
def test_the_rate_is_exact_while_anything_waits(sizes: list[int], waits: list[float]) -> None:
    line = way("rate=1e6,delay=3")
    line.enter([bytes(size) for size in sizes], 0.0)
    now, out = 0.0, 0
    for wait in waits:
        now += wait
        out += len(line.arrived(now))
    last = moments(line)
    assert out + len(last) == len(sizes)
    if last:
        assert last[-1] == pytest.approx(sum(sizes) * 8 / 1e6 + 0.003)


def test_the_tail_of_a_full_queue_is_dropped() -> None:
    line = way("rate=12e6,queue=4500")
    line.enter(packets(5), 0.0)
    assert line.counters.dropped == 2
    line.enter(packets(1), 0.0015)  # one has left, and half of the next
    line.enter(packets(1), 0.0015)
    assert (line.counters.dropped, line.counters.entered) == (3, 7)
    assert len(moments(line)) == 4
    assert (line.counters.sent, line.counters.bytes_sent) == (4, 4 * MTU)


def test_headers_of_frames_do_not_count() -> None:
    line = way("rate=12e6,queue=3000", header=14)
    line.enter(packets(2, MTU + 14), 0.0)
    assert moments(line) == pytest.approx([0.001, 0.002])
    assert line.counters.bytes_sent == 2 * MTU


def test_a_change_of_rate_holds_from_its_moment() -> None:
    line = way("rate=12e6")
    line.enter(packets(2), 0.0)
    line.change(Settings(rate=6e6), 0.0005)
    assert moments(line) == pytest.approx([0.0005 + 0.001, 0.0015 + 0.002])


def test_without_a_limit_what_waits_goes_at_once() -> None:
    line = way("rate=1e3,queue=9000")
    line.enter(packets(6), 0.0)
    line.change(Settings(), 2.0)
    line.enter(packets(1), 2.0)
    assert moments(line) == [2.0] * 7
    assert line.counters.dropped == 0


# --- jitter, order ----------------------------------------------------------------------------------


@given(st.floats(0, 50), st.floats(0, 80))
def test_jitter_stays_within_its_bounds_and_packets_in_order(delay: float, jitter: float) -> None:
    line = way(f"delay={delay!r},jitter={jitter!r}")
    got: list[tuple[float, bytes]] = []
    for number in range(40):
        line.enter([bytes([number])], float(number))
        now = line.next_at
        got += [(now, packet) for packet in line.arrived(now)]
    assert [packet[0] for _, packet in got] == list(range(40))
    added = [(at - number) * 1000 for number, (at, _) in enumerate(got)]
    assert min(added) >= max(0, delay - jitter) - 1e-6
    assert max(added) <= delay + jitter + 1e-6


def test_a_delay_that_ends_lets_all_out_together() -> None:
    line = way("delay=200")
    line.enter(packets(1), 0.0)
    line.change(Settings(delay=10), 0.02)
    for number in range(1, 10):
        line.enter(packets(1), number / 50)
    assert moments(line) == pytest.approx([0.2] * 10)


# --- losses -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("loss", "burst"), [(0.01, 1), (0.3, 1), (0.05, 5), (0.08, 8), (0.5, 3)])
def test_losses_are_as_many_and_as_long_as_set(loss: float, burst: float) -> None:
    line = way(f"loss={loss},burst={burst}")
    number = 200_000
    line.enter(packets(number, 60), 0.0)
    counters = line.counters
    assert counters.lost / number == pytest.approx(loss, rel=0.1)
    assert counters.lost / counters.loss_runs == pytest.approx(max(burst, 1 / (1 - loss)), rel=0.05)


def test_a_cut_lets_nothing_in_and_forgets_nothing() -> None:
    line = way("loss=0,cut=1")
    line.enter(packets(10), 0.0)
    line.change(line.settings.changed(read_change("cut=0")), 1.0)
    line.enter(packets(10), 1.0)
    assert (line.counters.lost, line.counters.loss_runs, len(moments(line))) == (10, 1, 10)


@given(LOSSES, st.floats(1, 20), st.integers(1, 200))
def test_every_packet_is_accounted_for(loss: float, burst: float, number: int) -> None:
    line = way(f"rate=1e6,queue=30000,delay=5,loss={loss!r},burst={burst!r}")
    line.enter(packets(number), 0.0)
    moments(line)
    counters = line.counters
    assert counters.entered == number == counters.sent + counters.lost + counters.dropped
    assert counters.bytes_entered == number * MTU


def test_the_same_seed_does_the_same() -> None:
    one, other = way("loss=0.3,jitter=5,delay=9"), way("loss=0.3,jitter=5,delay=9")
    for line in (one, other):
        line.enter(packets(200), 0.0)
    assert one.counters == other.counters
    assert moments(one) == moments(other)


# --- events -----------------------------------------------------------------------------------------

CUT = {"every": 5, "for": 0.5, "on": ["a2b:loss=1", "b2a:loss=1"], "off": ["a2b:loss=0", "b2a:loss=0"]}


def test_events_come_again_without_drifting() -> None:
    schedule = Schedule([Event.read(CUT)], 100.0)
    assert schedule.due(104.9) == []
    assert schedule.next_at == 105.0
    told = schedule.due(117.0)
    assert [at for at, _ in told] == [105.0, 105.5, 110.0, 110.5, 115.0, 115.5]
    assert [change for _, change in told] == ["a2b:loss=1 b2a:loss=1", "a2b:loss=0 b2a:loss=0"] * 3


def test_an_event_that_is_going_on_can_be_ended() -> None:
    schedule = Schedule([Event.read(CUT)], 0.0)
    assert schedule.rest() == []
    schedule.due(5.1)
    assert schedule.rest() == ["a2b:loss=0 b2a:loss=0"]


@pytest.mark.parametrize("lasts", [0, 5, 6])
def test_an_event_that_never_ends_is_refused(lasts: float) -> None:
    with pytest.raises(ValueError, match="has to end"):
        Event.read({**CUT, "for": lasts})


def test_a_trace_is_as_many_bytes_as_its_recording_had_chances(tmp_path: Path) -> None:
    recording = tmp_path / "trace.up"
    recording.write_text("".join(f"{moment}\n" for moment in (0, 3, 3, 12, 39)))
    rates = Trace.read(recording).rates
    assert [round(rate * TICK_S / 8 / 1500, 3) for rate in rates] == [3, 1, 0, 1]
    assert Trace.read(recording, begin_ms=30).rates == (*rates[3:], *rates[:3])


def test_a_follower_tells_each_change_once_and_goes_round() -> None:
    follower = Follower([1e6, 2e6], start=5.0)
    assert follower.due(4.9) == []
    assert [rate for _, rate in follower.due(5.0 + 2.5 * TICK_S)] == [1e6, 2e6, 1e6]
    assert follower.due(5.0 + 2.5 * TICK_S) == []
    assert follower.next_at == pytest.approx(5.0 + 3 * TICK_S)


def test_a_trace_without_a_rate_is_none() -> None:
    with pytest.raises(ValueError, match="has to have a rate"):
        Follower([], start=0)
