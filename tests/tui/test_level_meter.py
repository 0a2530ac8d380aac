"""The meter of the sound test: it judges a voice as the test does, and fits its place."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from amif_netcheck.checks import sound_test
from amif_netcheck.model.facts import Facts, Recording, SoundTestFacts
from amif_netcheck.run.sound_test import Loudness
from amif_netcheck.sound import hearing
from amif_netcheck.tui.symbols import Symbols
from amif_netcheck.tui.widgets.level_meter import LevelHistory, bar, cells, ruler

RATE = 48000
MOMENT = RATE // 10
levels = st.floats(-130, 5)


@given(
    st.none() | levels,
    st.none() | levels,
    st.integers(0, 200),
    st.sampled_from([Symbols.fine(), Symbols.plain()]),
)
def test_a_bar_fills_its_place_and_no_more(
    level: float | None, peak: float | None, width: int, symbols: Symbols
) -> None:
    full, rest = bar(level, peak, width, symbols)
    assert len(full + rest) == width
    assert set(full) <= {"█"}
    assert set(rest) <= {symbols.empty, "│"}
    assert len(ruler("trop bas", "bien", width)) <= width


@given(levels, levels, st.integers(0, 200))
def test_louder_is_never_shorter(one: float, other: float, width: int) -> None:
    low, high = sorted((one, other))
    assert 0 <= cells(low, width) <= cells(high, width) <= width


def test_a_bar_and_its_ruler_by_hand() -> None:
    assert bar(-30, -12, 20, Symbols.fine()) == ("█" * 10, "─────│────")
    assert bar(-30, -40, 20, Symbols.fine()) == ("█" * 10, "─" * 10)
    assert bar(None, None, 4, Symbols.plain()) == ("", "░░░░")
    assert ruler("too low", "good", 40) == "too low         ├──────── good ────────┤"
    assert len(ruler("too low", "good", 10)) == 10


def take(heard: LevelHistory, *moments: tuple[float, float]) -> LevelHistory:
    for level, clipped in moments:
        heard.take(
            {"microphone_dbfs": level, "microphone_peak_dbfs": level + 12, "microphone_clipped_pct": clipped}
        )
    return heard


@pytest.mark.parametrize(
    ("moments", "loudness"),
    [
        ([(-20.0, 0.0)] * 4, Loudness.UNKNOWN),
        ([(-120.0, 0.0)] * 10, Loudness.NOTHING),
        ([(-61.0, 0.0)] * 10, Loudness.NOTHING),
        ([(-40.0, 0.0)] * 10, Loudness.LOW),
        ([(-50.0, 0.0)] * 10, Loudness.LOW),
        ([(-20.0, 0.0)] * 10, Loudness.GOOD),
        ([(-70.0, 0.0)] * 7 + [(-20.0, 0.0)] * 3, Loudness.GOOD),
        ([(-8.0, 2.0)] * 10, Loudness.LOUD),
        ([(-8.0, 0.05)] * 10, Loudness.GOOD),
    ],
)
def test_what_is_said_of_a_voice(moments: list[tuple[float, float]], loudness: Loudness) -> None:
    assert take(LevelHistory(), *moments).loudness is loudness


def test_only_a_voice_is_judged() -> None:
    silent = take(LevelHistory(is_voice=False), *[(-120.0, 0.0)] * 10)
    assert silent.loudness is Loudness.UNKNOWN
    assert silent.level == -120.0


def test_without_readings_there_is_nothing_to_show() -> None:
    heard = LevelHistory()
    heard.take({"latency_ms": 20.0, "played_dbfs": -20.0})
    assert (heard.level, heard.peak, heard.loudness) == (None, None, Loudness.UNKNOWN)


def test_the_peak_mark_falls_after_a_second() -> None:
    heard = take(LevelHistory(), (-20.0, 0.0), *[(-40.0, 0.0)] * 9)
    assert heard.peak == -8.0
    assert take(heard, (-40.0, 0.0)).peak == -28.0


SAYS = {
    Loudness.NOTHING: {"headset.test_silent", "headset.test_no_signal"},
    Loudness.LOW: {"headset.test_weak"},
    Loudness.LOUD: {"headset.test_clipped"},
    Loudness.GOOD: {"headset.test_good"},
}


@given(st.floats(-75, 12), st.integers(0, 50))
def test_meter_and_verdict_agree_on_a_voice(gain_db: float, seed: int) -> None:
    """But for a voice that is within 3 dB of a limit: the meter's moments are longer than the recording's frames."""
    noise = np.random.default_rng(seed).normal(0, 1e-5, 3 * RATE)
    times = np.arange(3 * RATE) / RATE
    buzz = sum(np.sin(2 * np.pi * 140 * harmonic * times) / harmonic for harmonic in range(1, 12))
    syllables = np.clip(np.sin(2 * np.pi * 4 * times), 0, 1)
    voice = np.asarray(buzz * syllables)
    loud = voice / np.sqrt(np.mean(voice**2)) * 10 ** (gain_db / 20)
    samples = np.clip(loud + noise, -1, 1)
    heard = LevelHistory()
    for start in range(0, len(samples), MOMENT):
        moment = hearing.meter(samples[start : start + MOMENT])
        heard.take(
            {
                "microphone_dbfs": moment["rms_dbfs"],
                "microphone_peak_dbfs": moment["peak_dbfs"],
                "microphone_clipped_pct": moment["clipped_pct"],
            }
        )
    described = hearing.describe(samples, RATE)
    recording = Recording(seconds=3.0, rate_hz=RATE, **described)
    codes = {each.code for each in sound_test.findings(Facts(sound_test=SoundTestFacts(recording=recording)))}
    spoken = heard.spoken
    assert spoken is not None
    assert spoken == pytest.approx(recording.level_dbfs, abs=3.0)
    near = min(abs(recording.level_dbfs - limit) for limit in (-60.0, -36.0)) < 3.0
    near = near or 0.08 < recording.clipped_pct < 0.12
    assert near or SAYS[heard.loudness] & codes
