"""From a curve of bytes over time to a rate, its interval, and whether to go on. Pure.

A curve is a list of (seconds since the start, bytes so far), about ten points a second.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from amif_netcheck.model.facts import Confidence

Point = tuple[float, int]
Curve = Sequence[Point]

STEADY = 0.05
"""A rate is steady when the 95 % interval of its mean is within 5 %."""

_BATCH_S = 0.5
_FEWEST_BATCHES = 4
_GROWTH = 1.1
_SHORTEST_RAMP_S = 0.7
_LONGEST_RAMP_SHARE = 0.6
_WINDOW_S = 1.0
_T95 = (12.71, 4.30, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23, 2.20, 2.18, 2.16, 2.14, 2.13)
"""Student's t, two-sided 95 %, for 1 to 15 degrees of freedom."""
_Z95 = 1.96


@dataclass(frozen=True)
class RateEstimate:
    """A mean rate after the ramp, in Mbit/s, with its 95 % interval, and the 10th percentile of one-second windows."""

    mbit_s: float
    low: float
    high: float
    p10: float
    since_s: float  # where the ramp ended
    confidence: Confidence


def rate(curve: Curve, *, full_from_s: float = 0.0) -> RateEstimate | None:
    """The rate that `curve` shows once its ramp is over; None while nothing has been moved after it.

    `full_from_s`: when the last flow was added; the ramp ends no earlier. Method: means of half-seconds (batch means),
    Student's t over them. With fewer than four the interval is unbounded above and 0 below.
    """
    since = ramp_end(curve, full_from_s=full_from_s)
    after = [point for point in curve if point[0] >= since]
    if len(after) < 2 or _slope_mbit_s(after) <= 0:  # noqa: PLR2004 - two points make a line
        return None
    mean = _slope_mbit_s(after)
    batches = _batches(after)
    low, high, confidence = 0.0, math.inf, Confidence.LOW
    if len(batches) >= _FEWEST_BATCHES:
        half = _half_width(batches)
        low, high = max(0.0, mean - half), mean + half
        confidence = Confidence.HIGH if half <= STEADY * mean else Confidence.MEDIUM
    return RateEstimate(mean, low, high, _p10(after), since, confidence)


def whole(curve: Curve) -> RateEstimate | None:
    """The mean with the ramp in it, which is too low rather than absent: for a line so fast that its bytes ran out first."""
    mean = _mbit_s(curve[0], curve[-1])
    return RateEstimate(mean, 0.0, math.inf, mean, curve[0][0], Confidence.LOW) if mean > 0 else None


def ramp_end(curve: Curve, *, full_from_s: float = 0.0) -> float:
    """When the rate stopped growing: the first tenth that is no more than 1.1 times the mean of the three before it.

    Never before `_SHORTEST_RAMP_S`, nor later than `_LONGEST_RAMP_SHARE` of what there is: on a path so long that the
    rate still grows then, the mean is too low rather than absent.
    """
    if not curve:
        return 0.0
    earliest = max(_SHORTEST_RAMP_S, full_from_s + _SHORTEST_RAMP_S)
    latest = max(earliest, curve[-1][0] * _LONGEST_RAMP_SHARE)
    speeds = [(after[0], _mbit_s(before, after)) for before, after in pairwise(curve)]
    for index in range(3, len(speeds)):
        at, speed = speeds[index]
        before = sum(speed for _, speed in speeds[index - 3 : index]) / 3
        if at >= earliest and speed <= _GROWTH * before and before > 0:
            return min(at, latest)
    return latest


def _mbit_s(before: Point, after: Point) -> float:
    return (after[1] - before[1]) * 8 / 1e6 / max(1e-9, after[0] - before[0])


def _slope_mbit_s(curve: Curve) -> float:
    """The median of the slopes between any two points (Theil-Sen).

    A segment that was lost holds back all behind it, then all come at once: a tenth of a second too slow, another too
    fast. A mean, or the line of least squares, takes that for speed where it happens at an end of the curve; of the
    median such points are too few to move it.
    """
    return statistics.median(_mbit_s(before, after) for before, after in combinations(curve, 2))


def _batches(curve: Curve) -> list[float]:
    """Rates of consecutive half-seconds."""
    rates, begin = [], curve[0]
    for point in curve:
        if point[0] - begin[0] >= _BATCH_S - 1e-6:
            rates.append(_mbit_s(begin, point))
            begin = point
    return rates


def _half_width(values: Sequence[float]) -> float:
    n = len(values)
    mean = sum(values) / n
    deviation = math.sqrt(sum((value - mean) ** 2 for value in values) / (n - 1))
    t = _T95[n - 2] if n - 2 < len(_T95) else _Z95
    return t * deviation / math.sqrt(n)


def _p10(curve: Curve) -> float:
    """The 10th percentile (lower rank) of all one-second windows; of the whole when it is shorter."""
    windows, ahead = [], 0
    for begin in curve:
        while ahead < len(curve) and curve[ahead][0] - begin[0] < _WINDOW_S - 1e-6:
            ahead += 1
        if ahead == len(curve):
            break
        windows.append(_mbit_s(begin, curve[ahead]))
    return sorted(windows)[int(0.1 * (len(windows) - 1))] if windows else _mbit_s(curve[0], curve[-1])
