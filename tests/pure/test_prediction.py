"""The model of the call: what it makes of packets, and that worse ones never make a better call."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from amif_netcheck.model import transits
from amif_netcheck.model.facts import (
    NOT_REQUESTED,
    Basis,
    Foretold,
    ForetoldPicture,
    ForetoldWay,
    LinkFacts,
    PacedUpload,
    Reason,
    Record,
    Stretch,
    Unavailable,
)
from amif_netcheck.prediction import picture, sender, sound
from amif_netcheck.prediction.foretell import foretell
from tests import any_facts
from tests.builders import link, train, transfer

STEADY = [0.0] * 1750
SETTLED = 500


def played(steps: Sequence[transits.Transit]) -> sound.Played:
    return sound.play(steps, SETTLED)


def every(period: int, length: int, value: transits.Transit) -> list[transits.Transit]:
    """Packets on time but for `length` of every `period`."""
    return [value if at % period >= period - length else 0.0 for at in range(1750)]


# --- the record -------------------------------------------------------------------------------------


@given(st.lists(st.one_of(st.none(), st.just(math.nan), st.integers(0, 5000).map(float))))
def test_what_is_written_is_read_again(steps: list[transits.Transit]) -> None:
    back = transits.read(transits.written(steps))
    assert len(back) == len(steps)
    for one, other in zip(steps, back, strict=True):
        assert one == other or (
            one is not None and other is not None and math.isnan(one) and math.isnan(other)
        )


def test_equal_neighbours_are_written_once() -> None:
    assert transits.written([12.2, 12.4, None, None, math.nan]) == "12*2 -*2 ."


@pytest.mark.parametrize(
    "text",
    ["x", "1*0", "1*-3", "1*x", "*", "1*999999999", "9999999999", "9" * 400, "-99999999", "1 " * 150_000],
)
def test_a_text_of_somebody_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        transits.read(text)


# --- sound ------------------------------------------------------------------------------------------


def test_on_a_steady_line_sound_waits_as_short_as_in_a_browser() -> None:
    steady = played(STEADY)
    assert steady.made_up == 0
    assert 25 <= steady.buffer_ms <= 40, "27 to 40 ms in real calls"


def test_a_line_that_stalls_fills_the_buffer_and_makes_up_nothing() -> None:
    """Half a second every five: the delay stays as long as the stall (579 ms in the real call), and no word is lost."""
    stalls = [max(0.0, 550.0 - 20 * (at % 250)) for at in range(1750)]
    stalled = played(stalls)
    assert stalled.made_up < 0.01
    assert 450 <= stalled.buffer_ms <= 600


def test_a_cut_is_made_up_for_as_long_as_it_lasts() -> None:
    cut = played(every(250, 15, None))
    assert cut.made_up == pytest.approx(15 / 250, abs=0.01)
    assert cut.buffer_ms < 60


def test_where_nothing_arrives_all_is_made_up() -> None:
    assert played([None] * 1750).made_up == 1


@given(st.lists(st.floats(0, 300), min_size=20, max_size=60), st.floats(0, 400))
def test_more_jitter_never_shortens_the_wait(steps: list[float], more: float) -> None:
    line = [steps[at % len(steps)] for at in range(1750)]
    worse = [step * (1 + more / 100) for step in line]
    assert played(worse).buffer_ms >= played(line).buffer_ms - 21, "a bucket of the histogram"


# --- the sender -------------------------------------------------------------------------------------


@pytest.mark.parametrize("carries", [150, 300, 500, 900])
def test_a_thin_line_is_used_up_to_nine_tenths_without_a_queue(carries: int) -> None:
    sent = sender.settle([carries] * 20, 0.4, 0.05)
    assert 0.82 * carries <= sent.kbit_s <= carries
    assert max(sent.queue_ms) < 60
    assert not sent.unhindered


def test_a_line_that_carries_more_than_a_call_hinders_none() -> None:
    assert sender.settle([6000] * 20, 0.2, 0.05).unhindered


def test_a_rate_that_falls_by_the_second_makes_the_queue_that_a_mean_hides() -> None:
    steady = sender.settle([1500] * 25, 1.0, 0.06)
    dips = sender.settle(([2000] * 20 + [150] * 5), 1.0, 0.06)
    assert max(dips.queue_ms) > 400 > max(steady.queue_ms)


@given(st.lists(st.integers(1, 5000), min_size=1, max_size=30), st.floats(0, 3), st.floats(0, 2))
def test_a_sender_sends_no_more_than_there_is_to_send(rates: list[int], queue_s: float, rtt_s: float) -> None:
    sent = sender.settle(rates, queue_s, rtt_s)
    assert 0 < sent.kbit_s <= sender.MOST_KBIT_S
    assert all(0 <= wait <= 1000 * max(0.05, queue_s) + 1 for wait in sent.queue_ms)


# --- the picture ------------------------------------------------------------------------------------


def shown(
    delays: Sequence[float | None], loss: float = 0.0, run: float = 1.0, rtt: float = 30.0
) -> picture.Shown:
    return picture.show(picture.Weather(delays, loss, run, rtt), 6.0, settled_after=300)


def test_a_picture_without_trouble_never_stands_still() -> None:
    steady = shown([0.0] * 1050)
    assert (steady.frozen, steady.held_ms) == (0.0, 30.0)
    assert steady.frames_per_s == pytest.approx(30, abs=0.5)


def test_losses_stop_the_picture_only_where_what_is_sent_again_comes_too_late() -> None:
    near, far = (shown([0.0] * 1050, loss=0.05, rtt=rtt) for rtt in (30.0, 330.0))
    assert near.frozen == 0
    assert far.frozen > 0.1, "30 % in the real call"
    assert far.held_ms > near.held_ms


def test_a_cut_stands_still_for_as_long_as_it_lasts() -> None:
    delays = [None if at % 150 < 12 else 0.0 for at in range(1050)]
    assert shown(delays).frozen == pytest.approx(0.08, abs=0.03)


def test_the_same_weather_has_the_same_picture() -> None:
    assert shown([0.0] * 600, loss=0.1) == shown([0.0] * 600, loss=0.1)


# --- the whole --------------------------------------------------------------------------------------


def facts(
    rest: Sequence[transits.Transit], *, up: float = 20.0, down: float = 20.0, ways: bool = False
) -> LinkFacts:
    """A line whose train met `rest` (above 30 ms, each way the same where `ways`), with these rates."""
    there_and_back = [None if step is None else 30 + step for step in rest]
    one_way = transits.written(rest) if ways else ""
    stretch = Stretch(
        began_s=0.2, interval_ms=20, round_trip=transits.written(there_and_back), up=one_way, down=one_way
    )
    made = link(train(), download=transfer(down), upload=transfer(up)).link
    assert isinstance(made, LinkFacts)
    return structs.replace(made, record=Record(rest=stretch))


def way(foretold: Foretold | Unavailable, name: str = "up") -> ForetoldWay:
    assert isinstance(foretold, Foretold)
    made = foretold.up if name == "up" else foretold.down
    assert isinstance(made, ForetoldWay)
    return made


def test_a_good_line_has_a_good_call() -> None:
    made = way(foretell(facts([0.0] * 400)))
    assert made.sound.made_up_pct.value == 0
    assert made.sound.delay_ms.value < 60
    assert isinstance(made.picture, ForetoldPicture)
    assert (made.picture.kbit_s.value, made.picture.frozen_pct.value, made.picture.height) == (1700, 0, 360)


def test_what_it_was_played_on_is_told() -> None:
    trains, calls = foretell(facts([0.0] * 400)), foretell(facts([0.0] * 400, ways=True))
    assert isinstance(trains, Foretold)
    assert isinstance(calls, Foretold)
    assert (trains.basis, calls.basis) == (Basis.TRAINS, Basis.CALL)


def test_without_rates_nothing_is_said_of_the_picture() -> None:
    made = structs.replace(facts([0.0] * 400), download=NOT_REQUESTED, upload=NOT_REQUESTED)
    assert way(foretell(made)).picture == Unavailable(
        reason=Reason.NOT_PRESENT, detail="no rates were measured"
    )


def test_without_a_record_nothing_is_foretold() -> None:
    made = structs.replace(facts([0.0] * 400), record=NOT_REQUESTED)
    foretold = foretell(made)
    assert isinstance(foretold, Unavailable)
    assert foretold.reason is Reason.NOT_PRESENT


@settings(max_examples=25)  # each plays 32 calls
@given(st.integers(8, 60), st.integers(1, 30))
def test_longer_cuts_never_make_better_sound(length: int, more: int) -> None:
    def made_up(cut: int) -> float:
        rest: list[transits.Transit] = [0.0] * 170 + [None] * cut + [0.0] * (230 - cut)
        return way(foretell(facts(rest, ways=True))).sound.made_up_pct.value

    assert made_up(length + more) >= made_up(length) - 0.5


def test_more_loss_never_makes_a_better_call() -> None:
    def lossy(percent: int) -> ForetoldWay:
        source = Random(3)
        rest = [None if source.random() * 100 < percent else 0.0 for _ in range(400)]
        return way(foretell(facts(rest, ways=True)))

    calls = [lossy(percent) for percent in (0, 2, 5, 10, 20, 40)]
    for better, worse in pairwise(calls):
        assert worse.sound.made_up_pct.value >= better.sound.made_up_pct.value
        assert isinstance(worse.picture, ForetoldPicture)
        assert isinstance(better.picture, ForetoldPicture)
        assert worse.picture.kbit_s.value <= better.picture.kbit_s.value


@given(st.randoms(use_true_random=False))
def test_whatever_a_report_holds_there_is_an_answer(rng: Random) -> None:
    anything = any_facts.facts(rng).link
    if isinstance(anything, LinkFacts):
        foretold = foretell(anything)
        assert isinstance(foretold, Foretold | Unavailable)


@given(st.lists(st.integers(0, 9), max_size=400))
def test_the_least_of_the_last_packets_is_theirs(delays: list[int]) -> None:
    history = sound._History()
    for at, delay in enumerate(delays):
        assert history.least(float(delay)) == min(delays[max(0, at - 99) : at + 1])


def lossy_round_trips(share: float) -> LinkFacts:
    source = Random(5)
    rest: list[transits.Transit] = [None if source.random() < share else 0.0 for _ in range(400)]
    return facts(rest)


def paced(resent: int) -> PacedUpload:
    return PacedUpload(server="192.0.2.9", began_s=2.2, seconds=6.0, acked_bytes=30_000, resent_bytes=resent)


@pytest.mark.parametrize(("resent", "worse"), [(5_300, "up"), (0, "down")])
def test_which_way_loses_is_told_by_what_had_to_be_sent_again(resent: int, worse: str) -> None:
    made = foretell(structs.replace(lossy_round_trips(0.15), paced_upload=paced(resent)))
    better = {"up": "down", "down": "up"}[worse]
    lossy, whole = (way(made, name) for name in (worse, better))
    assert isinstance(lossy.picture, ForetoldPicture)
    assert isinstance(whole.picture, ForetoldPicture)
    assert lossy.sound.made_up_pct.value > 2
    assert whole.sound.made_up_pct.value < 0.5
    assert lossy.picture.kbit_s.value < 400 < whole.picture.kbit_s.value


@settings(max_examples=25)
@given(st.integers(-5, 40_000), st.integers(-5, 70_000), st.floats(-9, 99), st.floats(-9, 99))
def test_whatever_was_sent_again_no_way_loses_more_than_the_round_trips(
    resent: int, acked: int, began_s: float, seconds: float
) -> None:
    upload = structs.replace(paced(resent), acked_bytes=acked, began_s=began_s, seconds=seconds)
    made = foretell(structs.replace(lossy_round_trips(0.1), paced_upload=upload))
    for name in ("up", "down"):
        assert 0 <= way(made, name).sound.made_up_pct.value < 4


def test_in_a_hole_what_was_sent_again_tells_nothing() -> None:
    """After it TCP sends again what was not lost, too."""
    rest: list[transits.Transit] = [None if at % 20 == 0 or 200 <= at < 230 else 0.0 for at in range(400)]
    holed = facts(rest)
    assert foretell(structs.replace(holed, paced_upload=paced(3_000))) == foretell(holed)
