"""Holes of a line and single losses: how often they come, how long they are, what chance makes."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amif_netcheck.model import transits
from amif_netcheck.model.facts import Media
from amif_netcheck.model.transits import HOLE_STEPS, Transit
from amif_netcheck.prediction import holes, losses
from amif_netcheck.prediction.holes import Holes, Watched
from amif_netcheck.prediction.losses import PictureLosses

SPANS = ((0.2, 5.2, True), (5.8, 14.2, False), (14.2, 19.2, True), (20.4, 25.4, True))
"""What a check watches with a test point of our own: at rest, beside the transfers, two plays; the last two with gaps."""


def watched(*cuts: tuple[float, float], spans: Sequence[tuple[float, float, bool]] = SPANS) -> list[Watched]:
    """A steady line that is cut so often: when, and for how many seconds."""

    def arrives(moment: float) -> bool:
        return not any(begin <= moment < begin + length for begin, length in cuts)

    return [
        Watched(
            began,
            [0.0 if arrives(began + at / 50) else None for at in range(round((ended - began) * 50))],
            quiet,
        )
        for began, ended, quiet in spans
    ]


ALL = sum(len(stretch.steps) for stretch in watched())


def recurring(stretches: Sequence[Watched]) -> Holes:
    return holes.recurring(stretches, HOLE_STEPS)


@pytest.mark.parametrize("every_s", [2.5, 4.7, 6.6, 8.6])
@pytest.mark.parametrize("first", [0.7, 1.9, 3.1])
def test_holes_that_come_at_equal_times_tell_how_often(every_s: float, first: float) -> None:
    """Whatever of them was seen, begun before or gone on after what was watched, or missed in between."""
    seen = recurring(watched(*((first + number * every_s, 0.6) for number in range(11))))
    assert seen.every == pytest.approx(50 * every_s, rel=0.03)
    assert len(seen.lengths) == 1
    assert seen.lengths[0] == pytest.approx(30, abs=1)


def test_a_hole_beside_a_transfer_is_as_long_as_those_at_rest() -> None:
    assert recurring(watched((3.0, 0.5), (9.0, 0.9), (15.0, 0.5), (21.0, 0.5))).lengths == [25]


def test_holes_that_come_when_they_like_are_counted() -> None:
    seen = recurring(watched((2.0, 0.5), (9.0, 0.3), (11.5, 0.5)))
    assert sorted(seen.lengths) == [15, 25, 25]
    assert seen.every == round(ALL / 3)


def test_where_an_expected_one_stays_away_they_are_counted() -> None:
    """Three that are three seconds apart, and none in the fifteen seconds after."""
    assert recurring(watched((1.0, 0.4), (4.0, 0.4), (7.0, 0.4))).every == round(ALL / 3)


def test_one_that_came_in_between_says_that_they_are_counted() -> None:
    """Its begin was not seen: it lasted when one began to watch."""
    assert recurring(watched((1.0, 0.4), (5.5, 0.6), (14.3, 0.4), (21.0, 0.4))).every == round(ALL / 4)


def test_half_the_time_is_found_where_every_second_one_was_missed() -> None:
    """They come every five seconds, once each while nobody watched."""
    spans = ((0.0, 4.0, True), (6.0, 9.5, True), (11.0, 14.5, True), (16.0, 19.5, True))
    cuts = [(3.0 + 5.0 * number, 0.5) for number in range(4)]
    seen = recurring(watched(*cuts, (9.9, 0.5), spans=spans))
    assert seen.every == pytest.approx(250, abs=3)


def test_two_may_be_at_equal_times_by_chance() -> None:
    """As often as that only where their number would make it less."""
    assert recurring(watched((2.0, 0.4), (8.0, 0.4))).every == round(ALL / 2), "others were due"
    assert recurring(watched((7.0, 0.4), (17.0, 0.4))).every == pytest.approx(500, abs=3)
    assert recurring(watched((1.0, 0.4), (24.0, 0.4))).every == round(ALL / 2)


def test_a_line_that_is_dead_in_the_end_is_dead_whatever_was_before() -> None:
    alone, after = watched((2.6, 100.0)), watched((0.4, 0.2), (2.6, 100.0))
    assert recurring(alone).share > 0.85
    assert recurring(after).share > 0.85


def test_one_alone_is_counted_and_none_is_none() -> None:
    assert recurring(watched((8.0, 0.4))) == Holes([20], ALL)
    assert recurring(watched()) == Holes()
    assert recurring([]) == Holes()


@given(
    st.lists(st.tuples(st.floats(0, 26), st.floats(0, 3)), max_size=6), st.floats(0, 26), st.floats(0.2, 4)
)
def test_one_hole_more_is_never_less_of_them(
    cuts: list[tuple[float, float]], begin: float, length: float
) -> None:
    """But for what is a guess where nobody watched."""
    few, many = recurring(watched(*cuts)), recurring(watched(*cuts, (begin, length)))
    assert many.share >= 0.5 * few.share


@given(st.lists(st.tuples(st.floats(0, 26), st.floats(0, 3)), max_size=12))
def test_there_is_never_a_hole_without_a_length_or_a_time_between(cuts: list[tuple[float, float]]) -> None:
    seen = recurring(watched(*cuts))
    assert seen.every >= 1
    assert all(length >= HOLE_STEPS for length in seen.lengths)


@given(st.floats(0.3, 5.0), st.integers(15, 45), st.integers(1, 20))
def test_longer_cuts_are_longer_holes_as_often(first: float, length: int, more: int) -> None:
    one, other = (
        recurring(watched(*((first + 5.2 * number, steps / 50) for number in range(6))))
        for steps in (length, length + more)
    )
    assert sum(other.lengths) / len(other.lengths) >= sum(one.lengths) / len(one.lengths)
    assert other.every == pytest.approx(one.every, rel=0.03)


# --- single losses ----------------------------------------------------------------------------------


def lossy(count: int, every: int) -> list[Transit]:
    return [None if at % every == every - 1 else 0.0 for at in range(count)]


def media(
    frame_losses: Sequence[float | None], sound: Sequence[Transit] = (0.0,) * 250, frames: int = 150
) -> Media:
    return Media(
        audio=transits.written(sound),
        frames=transits.written([0.0] * frames),
        frame_losses=transits.written(frame_losses),
    )


def test_losses_of_the_picture_count_with_those_of_the_sound() -> None:
    """Five times as many packets: one of them in fifty, where a hundred of the sound happened to lose none."""
    frames = [5.0 if at % 50 == 49 else 0.0 for at in range(150)]  # 15 of 750
    seen = losses.of_picture(media(frames), 1.44, HOLE_STEPS)
    assert seen == PictureLosses(15.0, 750.0, 3)
    told = losses.of_way([0.0] * 100, [[0.0] * 150], [seen], HOLE_STEPS, 1.0)
    assert told.share == pytest.approx(15 / 1000)
    assert told.runs == 3, "a frame's losses are one run"


def test_what_the_picture_lost_in_a_hole_is_the_holes() -> None:
    sound: list[Transit] = [0.0] * 100 + [None] * 50 + [0.0] * 100
    frames = [5.0 if 60 <= at < 90 else 0.0 for at in range(150)]
    seen = losses.of_picture(media(frames, sound), 1.44, HOLE_STEPS)
    assert seen.lost == 0
    assert 750 - 5 * 36 <= seen.sent <= 750 - 5 * 30


def test_a_frame_of_which_nothing_is_known_says_nothing() -> None:
    assert losses.of_picture(media([None, math.nan, 1.0, 0.0]), 1.44, HOLE_STEPS) == PictureLosses(
        1.0, 10.0, 1
    )


@pytest.mark.parametrize("mbit_s", [-1.0, 0.0, 1e300])
def test_whatever_rate_a_report_tells_no_more_is_lost_than_all(mbit_s: float) -> None:
    seen = losses.of_picture(media([9e5] * 150), mbit_s, HOLE_STEPS)
    told = losses.of_way([0.0] * 250, [[0.0] * 250], [seen], HOLE_STEPS, 1.0)
    assert 0 <= told.share <= 1


@given(st.integers(5, 200), st.integers(1, 4))
def test_more_losses_are_a_greater_share(every: int, divided: int) -> None:
    few, many = lossy(1000, every), lossy(1000, max(2, every // divided))
    one, other = (losses.of_way(steps, [], [], HOLE_STEPS, 1.0).share for steps in (few, many))
    assert other >= one


def test_each_way_has_its_part_of_lost_round_trips() -> None:
    trips = lossy(1000, 10)
    both, half = (losses.of_way(trips, [], [], HOLE_STEPS, part).share for part in (1.0, 0.5))
    assert both == pytest.approx(0.1)
    assert (1 - half) ** 2 == pytest.approx(0.9)
