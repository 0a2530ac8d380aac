"""Who else is on the line: somebody's transfer that fills its queue again and again, or a radio cell that deals it out in turns."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from amif_netcheck.model import transits
from amif_netcheck.model.facts import Media, Play, Train, Unavailable
from amif_netcheck.prediction.rates import Carried, sent_kbit_s

_FEWEST, _LEAST_MS, _SLOWLY = 50, 12.0, 0.3
_EASILY, _LOW = 0.7, 0.2
"""A call of up to this share of what the line carries, sound included, makes no queue that comes and goes; what counts is what
the line carries when it is slow, as one of five fifths of a second."""
_LONGEST_WAIT_MS = 300.0
"""Beyond that a played call waited for a line that stood still, or in its own queue."""
_OFTEN = 0.95
_TURN_MS, _SELDOM_MS, _SELDOM, _DEEP_MS = 1.0, 7.0, 2.2, 80.0
"""The median wait at rest, the 90th percentile in ms and in medians, and the queue, of recorded cellular lines and of hardly another
(docs/link.md)."""
_OF_SELDOM = 0.5


def comes_and_goes(delays: Sequence[float]) -> bool:
    """Is that a queue which somebody fills? Its delays (ms) go up and down slowly, those of a radio or a pacer jump."""
    if len(delays) < _FEWEST:
        return False
    ordered = sorted(delays)
    high, low = ordered[int(0.75 * len(ordered))], ordered[int(0.05 * len(ordered))]
    steps = [abs(after - before) for before, after in pairwise(delays)]
    return high - low >= _LEAST_MS and sum(steps) / len(steps) <= _SLOWLY * (high - low)


def met_by_a_call(plays: Sequence[tuple[Play, Media]], carried: Carried) -> float:
    """How far the queue goes, in ms, in which played calls waited on a line that carries much more; 0 when they did not.

    A transfer of ours may push somebody's aside, and fills the queue itself; a call gives way.
    """
    if not carried.is_the_lines:
        return 0.0
    low = sorted(carried.fifths)[int(_LOW * (len(carried.fifths) - 1))]
    met = [0.0]
    for play, media in plays:
        waits = transits.known(transits.read(media.audio))
        easily = sent_kbit_s(play.video_mbit_s) <= _EASILY * low
        if easily and comes_and_goes(waits) and max(waits) <= _LONGEST_WAIT_MS:
            met.append(often(waits))
    return max(met)


def in_turns(delays: Sequence[float], queue_ms: float) -> bool:
    """Does the line carry packets when its turn comes? Then few arrive at once, many wait somewhat, some long; the queue is deep.

    Wi-Fi is alike.
    """
    ordered = sorted(delays) or [0.0]
    usual, seldom = ordered[len(ordered) // 2], ordered[int(0.9 * len(ordered))]
    return usual >= _TURN_MS and seldom >= max(_SELDOM_MS, _SELDOM * usual) and queue_ms >= _DEEP_MS


def box_is_calm(box: Train | Unavailable, delays: Sequence[float]) -> bool:
    """Does the way to the box wait much less than the way beyond, so that it is no Wi-Fi that makes that wait? Unknown is no."""
    seldom = sorted(delays)[int(0.9 * len(delays))] if delays else 0.0
    return isinstance(box, Train) and box.rtt_ms.p95 - box.rtt_ms.min <= _OF_SELDOM * seldom


def often(delays: Sequence[float]) -> float:
    """Their 95th percentile."""
    return sorted(delays)[int(_OFTEN * (len(delays) - 1))] if delays else 0.0
