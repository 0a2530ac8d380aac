"""What a recording tells: levels, clipping, speech or not, and an echo of a sound that was played. Pure; needs numpy.

Samples are floats, full scale is 1.0; levels are dBFS of the RMS value (a full-scale sine has -3), never below `LOWEST`.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float64]

LOWEST = -120.0
"""What digital silence is called."""
_FRAME_S = 0.02
_SPOKEN_SHARE = 0.3
"""Speech is as loud as the loudest 30 % of its frames: the rest are pauses."""
_QUIET_SHARE = 0.1
_FULL = 0.99
_CLIPPED_RUN = 3
"""So many samples at full scale in a row are cut off; a single one may be a peak."""
_SPEECH_RANGE_DB = 10.0
_SPEECH_SWINGS = 4
"""Syllables come at 3 to 6 a second: in three seconds their loudness rises at least so often."""
_SPEECH_LEAST_DBFS = -65.0
_SPEECH_BAND_HZ = (100.0, 4000.0)
_SPEECH_BAND_SHARE = 0.5

CHIRP_S = 0.5
CHIRP_HZ = (300.0, 3000.0)
CHIRP_PEAK = 0.1
_LATEST_ECHO_S = 1.0
_CLEAR = 9.0
"""An echo stands out of the correlation's own noise by so many times its RMS value; chance reaches 5 in a recording."""
_LEAST_LIKENESS = 0.03


class DetectedEcho(NamedTuple):
    """A sound that came back: `lag` in samples since the recording's start, `gain_db` against what was played."""

    lag: int
    gain_db: float


def dbfs(rms: float) -> float:
    """A level; `LOWEST` for nothing."""
    return max(LOWEST, 20 * math.log10(rms)) if rms > 0 else LOWEST


def describe(samples: Samples, rate: int) -> dict[str, Any]:
    """A recording's figures; empty recordings are the caller's business."""
    levels = _frame_levels(samples, rate)
    order = np.sort(levels)
    spoken = order[-max(1, round(len(order) * _SPOKEN_SHARE)) :]
    quiet = order[max(0, round(len(order) * _QUIET_SHARE) - 1)]
    return {
        "rms_dbfs": round(dbfs(float(np.sqrt(np.mean(samples**2)))), 2),
        "peak_dbfs": round(dbfs(float(np.max(np.abs(samples)))), 2),
        "level_dbfs": round(dbfs(float(np.sqrt(np.mean(10 ** (spoken / 10))))), 2),
        "noise_dbfs": round(float(quiet), 2),
        "clipped_pct": round(100 * clipped(samples), 4),
        "all_zero": not bool(np.any(samples)),
        "speech": is_speech(samples, rate),
    }


def meter(samples: Samples) -> dict[str, float]:
    """How loud a moment is; empty ones are the caller's business."""
    return {
        "rms_dbfs": round(dbfs(float(np.sqrt(np.mean(samples**2)))), 2),
        "peak_dbfs": round(dbfs(float(np.max(np.abs(samples)))), 2),
        "clipped_pct": round(100 * clipped(samples), 4),
    }


def _frame_levels(samples: Samples, rate: int) -> Samples:
    """The level of each 20 ms; what is left over at the end is left out."""
    length = max(1, round(rate * _FRAME_S))
    count = max(1, len(samples) // length)
    frames = samples[: count * length].reshape(count, -1)
    power = np.maximum(np.mean(frames**2, axis=1), 10 ** (LOWEST / 10))
    return np.asarray(10 * np.log10(power))


def clipped(samples: Samples) -> float:
    """The share of samples that are cut off."""
    full = np.abs(samples) >= _FULL
    edges = np.flatnonzero(np.diff(np.concatenate(([0], full.astype(np.int8), [0]))))
    lengths = edges[1::2] - edges[::2]
    return float(lengths[lengths >= _CLIPPED_RUN].sum() / len(samples))


def is_speech(samples: Samples, rate: int) -> bool:
    """Does its loudness rise and fall like that of speech, in the band of voices? Music may pass too, hum and hiss do not."""
    levels = np.maximum(_frame_levels(samples, rate), LOWEST)
    smooth = np.convolve(levels, np.ones(3) / 3, mode="valid")
    if len(smooth) < _SPEECH_SWINGS:
        return False
    low, high = np.percentile(smooth, (10, 95))
    if high < _SPEECH_LEAST_DBFS or high - low < _SPEECH_RANGE_DB:
        return False
    loud, soft = high - _SPEECH_RANGE_DB * 0.4, high - _SPEECH_RANGE_DB * 0.8
    swings, above = 0, False
    for level in smooth:
        if not above and level > loud:
            swings, above = swings + 1, True
        elif above and level < soft:
            above = False
    power = np.abs(np.fft.rfft(samples)) ** 2
    frequencies = np.fft.rfftfreq(len(samples), 1 / rate)
    in_band = (frequencies >= _SPEECH_BAND_HZ[0]) & (frequencies <= _SPEECH_BAND_HZ[1])
    share = float(power[in_band].sum() / max(float(power[1:].sum()), 1e-30))
    return swings >= _SPEECH_SWINGS and share >= _SPEECH_BAND_SHARE


def chirp(rate: int) -> Samples:
    """A short sweep with soft ends."""
    times = np.arange(round(rate * CHIRP_S)) / rate
    start, end = CHIRP_HZ
    sweep = np.sin(2 * np.pi * (start * times + (end - start) * times**2 / (2 * CHIRP_S)))
    edge = round(rate * 0.02)
    window = np.ones(len(times))
    window[:edge] = np.sin(np.linspace(0, np.pi / 2, edge)) ** 2
    window[-edge:] = window[:edge][::-1]
    return CHIRP_PEAK * sweep * window


def find_echo(recorded: Samples, played: Samples, rate: int, *, since: int = 0) -> DetectedEcho | None:
    """`played` within `recorded`, not before the sample `since`; None when nothing stands out."""
    segment = recorded[max(0, since) : max(0, since) + round(rate * _LATEST_ECHO_S) + len(played)]
    if len(segment) < len(played) or not np.any(segment):
        return None
    size = 1 << (len(segment) + len(played) - 1).bit_length()
    product = np.fft.irfft(np.fft.rfft(segment, size) * np.conj(np.fft.rfft(played, size)), size)
    correlation = product[: len(segment) - len(played) + 1]
    lag = int(np.argmax(np.abs(correlation)))
    strength = abs(float(correlation[lag]))
    near = round(rate * 0.02)
    others = np.concatenate((correlation[: max(0, lag - near)], correlation[lag + near :]))
    noise = float(np.sqrt(np.mean(others**2))) if len(others) else 0.0
    energy = float(np.sum(played**2))
    near_energy = float(np.sum(segment[lag : lag + len(played)] ** 2))
    likeness = strength / math.sqrt(energy * near_energy) if near_energy > 0 else 0.0
    if strength < _CLEAR * noise or likeness < _LEAST_LIKENESS:
        return None
    return DetectedEcho(lag=max(0, since) + lag, gain_db=round(20 * math.log10(strength / energy), 2))
