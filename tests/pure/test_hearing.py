"""What a recording tells: levels, clipping, speech, echoes; on signals whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from amif_netcheck.checks import sound_test
from amif_netcheck.model.facts import (
    Direction,
    Echo,
    Facts,
    HeadsetFacts,
    Reason,
    Recording,
    SoundBus,
    SoundDevice,
    SoundKind,
    SoundObstacle,
    SoundTestFacts,
    Unavailable,
)
from amif_netcheck.model.finding import Severity, worst
from amif_netcheck.sound import hearing

RATE = 48000
ORDER = [Severity.OK, Severity.INFO, Severity.WARNING, Severity.CRITICAL]


def noise(level_dbfs: float, seconds: float = 3.0, seed: int = 1) -> hearing.Samples:
    return np.random.default_rng(seed).normal(0, 10 ** (level_dbfs / 20), round(seconds * RATE))


def voice(level_dbfs: float = -20.0, seconds: float = 3.0) -> hearing.Samples:
    """A buzz with the harmonics of a voice, in four syllables a second."""
    times = np.arange(round(seconds * RATE)) / RATE
    buzz = sum(np.sin(2 * np.pi * 140 * harmonic * times) / harmonic for harmonic in range(1, 12))
    syllables = np.clip(np.sin(2 * np.pi * 4 * times), 0, 1)
    sound = np.asarray(buzz * syllables)
    return np.asarray(sound * 10 ** (level_dbfs / 20) / np.sqrt(np.mean(sound**2)))


@given(st.floats(0.001, 1.0), st.floats(100, 2000))
def test_a_tones_level_is_known(amplitude: float, frequency: float) -> None:
    tone = amplitude * np.sin(2 * np.pi * frequency * np.arange(RATE) / RATE)
    described = hearing.describe(tone, RATE)
    assert described["rms_dbfs"] == pytest.approx(20 * np.log10(amplitude) - 3.01, abs=0.1)
    assert described["peak_dbfs"] == pytest.approx(20 * np.log10(amplitude), abs=0.3)
    assert not described["speech"]
    assert not described["all_zero"]


def test_silence() -> None:
    described = hearing.describe(np.zeros(RATE), RATE)
    assert described["all_zero"]
    assert described["rms_dbfs"] == described["level_dbfs"] == described["noise_dbfs"] == hearing.LOWEST
    assert not described["speech"]
    assert not hearing.describe(noise(-100), RATE)["all_zero"]


def test_only_runs_at_full_scale_are_clipped() -> None:
    samples = np.zeros(1000)
    samples[[10, 20, 21]] = 1.0
    assert hearing.clipped(samples) == 0
    samples[30:35] = -1.0
    samples[-3:] = 1.0
    assert hearing.clipped(samples) == pytest.approx(8 / 1000)


@pytest.mark.parametrize(
    ("samples", "speech"),
    [
        pytest.param(voice(), True, id="voice"),
        pytest.param(voice(-40) + noise(-70), True, id="soft voice"),
        pytest.param(voice(-20) + noise(-40), True, id="voice in noise"),
        pytest.param(noise(-30), False, id="hiss"),
        pytest.param(np.sin(2 * np.pi * 100 * np.arange(3 * RATE) / RATE) * 0.1, False, id="hum"),
        pytest.param(voice(-80), False, id="too soft"),
        pytest.param(noise(-30) * (np.arange(3 * RATE) % RATE < RATE // 10), False, id="knocks"),
        pytest.param(np.zeros(100), False, id="next to nothing"),
    ],
)
def test_speech_is_told_from_what_is_none(samples: hearing.Samples, speech: bool) -> None:
    assert hearing.is_speech(samples, RATE) is speech


def test_speech_and_noise_have_their_levels() -> None:
    described = hearing.describe(voice(-20) + noise(-60), RATE)
    assert described["noise_dbfs"] == pytest.approx(-60, abs=2)
    assert -20 < described["level_dbfs"] < -14


@given(
    delay=st.floats(0, 0.5),
    gain_db=st.floats(-30, 6),
    noise_dbfs=st.floats(-90, -45),
    seed=st.integers(0, 1000),
    rate=st.sampled_from([16000, 44100, 48000]),
)
def test_an_echo_is_where_it_is(
    delay: float, gain_db: float, noise_dbfs: float, seed: int, rate: int
) -> None:
    played = hearing.chirp(rate)
    heard = np.random.default_rng(seed).normal(0, 10 ** (noise_dbfs / 20), round(1.5 * rate))
    lag = round(delay * rate)
    heard[lag : lag + len(played)] += played * 10 ** (gain_db / 20)
    echo = hearing.find_echo(heard, played, rate)
    assert echo is not None
    assert abs(echo.lag - lag) <= rate / 2000  # half a millisecond
    assert echo.gain_db == pytest.approx(gain_db, abs=2)


@given(level_dbfs=st.floats(-90, -10), seed=st.integers(0, 10_000))
def test_no_echo_in_noise(level_dbfs: float, seed: int) -> None:
    assert hearing.find_echo(noise(level_dbfs, 1.5, seed), hearing.chirp(RATE), RATE) is None


def test_no_echo_in_silence_in_a_voice_or_in_too_little() -> None:
    played = hearing.chirp(RATE)
    assert hearing.find_echo(np.zeros(2 * RATE), played, RATE) is None
    assert hearing.find_echo(voice(), played, RATE) is None
    assert hearing.find_echo(played[:100], played, RATE) is None


# --- from figures to findings ---------------------------------------------------------------------


def recording(
    level: float = -20, quiet: float = -60, clipped: float = 0, *, zero: bool = False, speech: bool = True
) -> Recording:
    return Recording(
        seconds=3.0,
        rate_hz=RATE,
        rms_dbfs=level,
        peak_dbfs=level + 10,
        level_dbfs=level,
        noise_dbfs=quiet,
        clipped_pct=clipped,
        all_zero=zero,
        speech=speech,
    )


def found(heard: Recording | Unavailable, echo: Echo | None = None, **more: object) -> dict[str, str]:
    facts = SoundTestFacts(recording=heard, **({"echo": echo} if echo else {}), **more)  # type: ignore[arg-type]
    return {
        each.code.removeprefix("headset.test_"): each.severity.value
        for each in sound_test.findings(Facts(sound_test=facts))
    }


@pytest.mark.parametrize(
    ("heard", "echo", "codes"),
    [
        pytest.param(recording(), None, {"good": "ok"}, id="good"),
        pytest.param(recording(-40), None, {"weak": "info"}, id="rather weak"),
        pytest.param(recording(-50, -90), None, {"weak": "warning"}, id="weak"),
        pytest.param(recording(-61, -90), None, {"silent": "critical"}, id="silent"),
        pytest.param(recording(-120, -120, zero=True, speech=False), None, {"no_signal": "critical"}, id="refused"),
        pytest.param(recording(-120, -120, zero=True, speech=False), Echo(heard=True, strength_db=-40.0), {"no_speech": "unknown"}, id="a gate is no refusal"),
        pytest.param(recording(-61, -90, speech=False), Echo(heard=True, strength_db=-20.0), {"no_speech": "unknown", "echo": "info"}, id="what hears the chirp is no dead microphone"),
        pytest.param(recording(-61, -90), Echo(heard=True, strength_db=-40.0), {"weak": "warning"}, id="a whisper into a microphone that works"),
        pytest.param(recording(-61, -90, speech=False), Echo(heard=False), {"silent": "critical"}, id="nothing is heard, not even the chirp"),
        pytest.param(recording(speech=False), None, {"no_speech": "unknown"}, id="nobody spoke"),
        pytest.param(recording(-20, -32), None, {"noisy": "warning"}, id="noise"),
        pytest.param(recording(-5, -60, 2.0), None, {"clipped": "warning"}, id="distorted"),
        pytest.param(recording(), Echo(heard=False), {"good": "ok"}, id="no echo"),
        pytest.param(recording(), Echo(heard=True, delay_ms=20.0, strength_db=-10.0), {"good": "ok", "echo": "info"}, id="echo"),
        pytest.param(recording(), Echo(heard=True, delay_ms=20.0, strength_db=3.0), {"good": "ok", "echo": "warning"}, id="loud echo"),
    ],
)  # fmt: skip
def test_what_the_sound_test_says(heard: Recording, echo: Echo | None, codes: dict[str, str]) -> None:
    assert found(heard, echo) == codes


@pytest.mark.parametrize(
    ("obstacle", "code"),
    [
        (SoundObstacle.NO_LIBRARY, "no_library"),
        (SoundObstacle.NO_DEVICE, "no_device"),
        (SoundObstacle.STOPPED, "stopped"),
        (SoundObstacle.CHANGED, "changed"),
        (SoundObstacle.NONE, "failed"),
    ],
)
def test_a_test_that_failed_says_why(obstacle: SoundObstacle, code: str) -> None:
    missing = Unavailable(reason=Reason.NOT_PRESENT)
    assert found(missing, obstacle=obstacle) == {code: "unknown"}


def test_a_computer_that_listens_to_itself_is_not_judged_as_a_voice() -> None:
    missing = Unavailable(reason=Reason.NOT_PRESENT)
    assert found(missing, obstacle=SoundObstacle.MONITOR) == {"monitor": "critical"}


def test_a_moment_is_measured_as_a_recording_is() -> None:
    samples = voice(-20.0, 0.1)
    moment, whole = hearing.meter(samples), hearing.describe(samples, RATE)
    assert moment == {name: whole[name] for name in ("rms_dbfs", "peak_dbfs", "clipped_pct")}
    assert hearing.meter(np.zeros(10))["rms_dbfs"] == hearing.LOWEST


def used(entry: str, output: str) -> HeadsetFacts:
    """A headset, or what a laptop has; `""`: nothing is chosen."""
    return HeadsetFacts(
        devices=tuple(
            SoundDevice(
                name=name,
                direction=direction,
                kind=SoundKind.HEADSET,
                bus=SoundBus.USB,
                default=name == chosen,
                apparatus=1,
            )
            for direction, chosen in ((Direction.INPUT, entry), (Direction.OUTPUT, output))
            for name in ("Jabra", "Own")
        )
    )


LOUD_ECHO = Echo(heard=True, delay_ms=20.0, strength_db=3.0)


@pytest.mark.parametrize(
    ("now", "codes"),
    [
        (used("Own", "Own"), {"good", "echo"}),
        (used("Own", "Jabra"), {"good"}),
        (used("Jabra", "Own"), set()),
        (used("Jabra", "Jabra"), set()),
        (used("", "Own"), set()),
        (HeadsetFacts(devices=Unavailable(reason=Reason.TIMEOUT)), {"good", "echo"}),
        (Unavailable(reason=Reason.TIMEOUT), {"good", "echo"}),
    ],
)
@pytest.mark.parametrize("names", [("Own", "Own"), (None, None)])
def test_a_test_of_devices_that_are_not_chosen_any_more_says_nothing(
    names: tuple[str | None, str | None], now: HeadsetFacts | Unavailable, codes: set[str]
) -> None:
    entry, output = names  # older reports have none
    tested = SoundTestFacts(recording=recording(), echo=LOUD_ECHO, input=entry, output=output)
    said = {each.code for each in sound_test.findings(Facts(sound_test=tested, headset=now))}
    assert said == {f"headset.test_{code}" for code in (codes if entry else {"good", "echo"})}


def test_a_microphone_that_heard_the_former_loudspeakers_is_not_blocked() -> None:
    mute = recording(-120, -120, zero=True, speech=False)
    tested = SoundTestFacts(recording=mute, echo=LOUD_ECHO, input="Own", output="Own")
    said = sound_test.findings(Facts(sound_test=tested, headset=used("Own", "Jabra")))
    assert [each.code for each in said] == ["headset.test_no_speech"]


def test_a_microphone_that_was_none_is_forgotten_when_there_is_one() -> None:
    missing = Unavailable(reason=Reason.NOT_PRESENT)
    tested = SoundTestFacts(recording=missing, obstacle=SoundObstacle.MONITOR, input="", output="Own")
    for entry, codes in (("", ["headset.test_monitor"]), ("Jabra", [])):
        said = sound_test.findings(Facts(sound_test=tested, headset=used(entry, "Own")))
        assert [each.code for each in said] == codes


def test_nothing_is_said_of_a_test_that_nobody_asked_for() -> None:
    assert sound_test.findings(Facts()) == []


@given(st.floats(-120, 0), st.floats(-120, 0), st.floats(0, 5), st.floats(0, 5))
def test_a_weaker_or_more_distorted_voice_never_gives_a_better_verdict(
    one: float, other: float, clipped_one: float, clipped_other: float
) -> None:
    def badness(level: float, clipped: float) -> int:
        facts = Facts(sound_test=SoundTestFacts(recording=recording(level, -120, clipped)))
        return ORDER.index(worst(each.severity for each in sound_test.findings(facts)))

    low, high = sorted((one, other))
    less, more = sorted((clipped_one, clipped_other))
    assert badness(low, less) >= badness(high, less)
    assert badness(high, more) >= badness(high, less)
