"""Formulas of calls against the figures that their sources print, and against calls that were made."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amif_netcheck.checks import call_quality
from tests.builders import loss_of

MODEL = call_quality.EModel()


def test_the_e_model_at_the_recommendations_own_defaults() -> None:
    """ITU-T G.107 (06/2015), section 7.7: all defaults give R = 93.2, annex B: MOS 4.41."""
    rating = MODEL.r(0, 0)
    assert rating == pytest.approx(93.2)
    assert call_quality.mos(rating) == pytest.approx(4.41, abs=0.005)


@pytest.mark.parametrize(
    ("r", "mos"),
    [(-5, 1.0), (0, 1.0), (50, 2.58), (60, 3.10), (70, 3.60), (80, 4.03), (90, 4.34), (100, 4.5), (120, 4.5)],
)
def test_ratings_as_mean_opinion_scores(r: float, mos: float) -> None:
    """G.107, annex B, table B.1."""
    assert call_quality.mos(r) == pytest.approx(mos, abs=0.01)


@pytest.mark.parametrize(
    ("rtt_ms", "jitter_ms", "loss_pct", "mos"),
    [
        (20, 1, 0, 4.41),
        (100, 10, 1, 4.31),
        (100, 5, 5, 3.79),
        (200, 30, 3, 3.94),
        (300, 10, 1, 4.18),
        (400, 40, 5, 2.96),
        (600, 10, 1, 3.50),
    ],
)
def test_paths_as_an_independent_calculation_rates_them(
    rtt_ms: float, jitter_ms: float, loss_pct: float, mos: float
) -> None:
    """G.107 worked out by hand for these paths, with 20 ms of packet and a buffer of 20 ms and twice the jitter."""
    rating = MODEL.r(rtt_ms / 2 + 20 + 20 + 2 * jitter_ms, loss_pct)
    assert call_quality.mos(rating) == pytest.approx(mos, abs=0.01)


def test_losses_in_bursts_are_worse_than_the_same_by_chance() -> None:
    assert MODEL.r(50, 3, 4.0) < MODEL.r(50, 3, 1.0) < MODEL.r(50, 0)


@given(st.floats(0, 1000), st.floats(0, 100), st.floats(1, 50), st.floats(0, 500))
def test_more_delay_or_loss_never_sounds_better(delay: float, loss: float, burst: float, more: float) -> None:
    rating = MODEL.r(delay, loss, burst)
    assert MODEL.r(delay + more, loss, burst) <= rating + 1e-9
    assert MODEL.r(delay, min(100.0, loss + more), burst) <= rating + 1e-9
    assert 1.0 <= call_quality.mos(rating) <= 4.5


@pytest.mark.parametrize(
    ("loss_pct", "run", "concealed_pct"),
    [(5, 1.05, 0.91), (15, 1.18, 3.67), (3, 5, 1.38), (8, 8, 5.1), (6, 15, 5.82), (25, 150, 24.04)],
)
def test_made_up_sound_as_two_browsers_had_it(loss_pct: float, run: float, concealed_pct: float) -> None:
    assert call_quality.concealed_pct(loss_pct, run) == pytest.approx(concealed_pct, rel=0.25)


@pytest.mark.parametrize(
    ("lost_pct", "made_up_pct", "lost", "supported_pct"),
    [
        (0, 0, 0, 0),
        (4.0, 0.84, 16, 0.664),  # singly: a standard deviation of a quarter
        (4.0, 0.84, 1600, 0.822),
        (6.0, 6.0, 15, 6.0),  # a hole in the line
    ],
)
def test_few_losses_support_little(
    lost_pct: float, made_up_pct: float, lost: float, supported_pct: float
) -> None:
    assert call_quality.supported_pct(lost_pct, made_up_pct, lost) == pytest.approx(supported_pct, abs=0.001)


@given(st.floats(0.1, 100), st.floats(1, 60), st.floats(3, 1000), st.floats(1, 3))
def test_more_loss_or_longer_runs_never_support_less(
    pct: float, run: float, lost: float, more: float
) -> None:
    def supported(pct: float, run: float, lost: float) -> float:
        return call_quality.supported_pct(pct, call_quality.concealed_pct(pct, run), lost)

    seen = supported(pct, run, lost)
    assert 0 <= seen <= call_quality.concealed_pct(pct, run)
    assert supported(pct, run * more, lost) >= seen - 1e-9
    assert supported(pct, run, lost * more) >= seen - 1e-9
    assert supported(min(100.0, pct * more), run, lost * more) >= seen - 1e-9


def test_a_loss_of_the_round_trip_is_shared_by_both_ways() -> None:
    assert call_quality.one_way_pct(0) == 0
    assert call_quality.one_way_pct(19) == pytest.approx(10)
    assert call_quality.one_way_pct(100) == 100


def test_the_burst_ratio_of_chance_is_one() -> None:
    assert call_quality.burst_ratio(loss_of(0, 0)) == 1
    assert call_quality.burst_ratio(loss_of(10, 1 / 0.9)) == pytest.approx(1)
    assert call_quality.burst_ratio(loss_of(10, 5)) == pytest.approx(4.5)
