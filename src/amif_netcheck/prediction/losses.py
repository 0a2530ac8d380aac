"""Losses of single packets, holes apart: how many, in what runs, and on which way."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from amif_netcheck.model import transits
from amif_netcheck.model.facts import Media, PacedUpload, Stretch, Unavailable
from amif_netcheck.model.transits import Transit
from amif_netcheck.prediction import holes
from amif_netcheck.prediction.holes import STEP_MS
from amif_netcheck.prediction.picture import FRAME_MS
from amif_netcheck.prediction.rates import packets_of_frame

_OF_LOST_ROUND_TRIPS = 0.6
"""Two ways that lose alike have half of the losses each (as exponents); more often one of them loses more."""
_AS_GOOD_AS_RUNS = 4.0
"""So many runs of lost round trips in a paced upload's time say as much of which way loses as what is usual does."""
_CALL_PACKETS_PER_SOUND = 4.6
"""Packets of a whole call for each of its sound: a run of losses that is so many packets long hits as much less of it."""
_AROUND_A_HOLE = 3
"""Packets of the sound before and after a hole in which packets of the picture may have got lost in it, too."""
_MOST_LOST = 2.0
"""A stranger's report may have lost any number: no more than so many times a frame's packets count."""


class Losses(NamedTuple):
    """`share` 0..1 of packets lost, in so many `runs`; `mean_run`: their mean length in packets of a call's sound, with others between."""

    share: float
    mean_run: float
    runs: int


class PictureLosses(NamedTuple):
    """Of a played picture's packets outside of holes: how many were lost, of how many, in so many frames."""

    lost: float
    sent: float
    frames: int


def of_way(
    rest: Sequence[Transit],
    sounds: Sequence[Sequence[Transit]],
    pictures: Sequence[PictureLosses],
    hole: int,
    part: float,
) -> Losses:
    """Of packets at rest and of played calls, outside of holes of so many packets; this way has a `part` of them (`part_of_way`)."""
    alone = [length for length, _at in holes.runs(rest) if length < hole]
    among = [length for steps in sounds for length, _at in holes.runs(steps) if length < hole]
    lost = sum(alone) + sum(among) + sum(each.lost for each in pictures)
    sent = sum(len(holes.without(each, hole)) for each in (rest, *sounds)) + sum(
        each.sent for each in pictures
    )
    share = min(1.0, lost / max(1, sent))
    run_alone = sum(alone) / len(alone) if alone else 1.0
    if part < 1:  # the runs of lost round trips are as much longer as these are likelier
        each_way = 1 - (1 - share) ** part
        if each_way < 1:
            run_alone = max(1.0, run_alone * (1 - share) / (1 - each_way))
        share = each_way
    run_alone = 1 + (run_alone - 1) / _CALL_PACKETS_PER_SOUND
    in_sound = sum(among) + sum(alone)
    mean_run = max(1.0, in_sound / (len(among) + sum(alone) / run_alone)) if in_sound else 1.0
    return Losses(share, mean_run, len(alone) + len(among) + sum(each.frames for each in pictures))


def of_picture(media: Media, mbit_s: float, hole: int) -> PictureLosses:
    """What a call lost that was played with a picture of that rate."""
    per_frame = packets_of_frame(mbit_s)
    gone = set(_steps_around_holes(transits.read(media.audio), hole))
    kept = [
        lost
        for number, lost in enumerate(transits.read(media.frame_losses))
        if lost is not None and not math.isnan(lost) and int(number * FRAME_MS / STEP_MS) not in gone
    ]
    most = max(1.0, _MOST_LOST * per_frame)
    return PictureLosses(
        sum(min(most, max(0.0, lost)) for lost in kept), per_frame * len(kept), sum(lost > 0 for lost in kept)
    )


def _steps_around_holes(sound: Sequence[Transit], hole: int) -> Iterator[int]:
    return chain.from_iterable(
        range(at - _AROUND_A_HOLE, at + length + _AROUND_A_HOLE)
        for length, at in holes.runs(sound)
        if length >= hole
    )


def part_of_way(name: str, paced: PacedUpload | Unavailable, rest: Stretch, hole: int) -> float:
    """Of the losses of round trips, this way's part, as an exponent of what gets through: both ways' are 1 together.

    What a paced upload had to send again is the way up's. The oftener round trips were lost meanwhile, the more that counts;
    beside it, and where a hole would be taken for single losses, either way is taken to lose somewhat more than a half.
    """
    if isinstance(paced, Unavailable):
        return _OF_LOST_ROUND_TRIPS
    first, last = (
        round(1000 * (moment - rest.began_s) / max(1.0, rest.interval_ms))
        for moment in (paced.began_s, paced.began_s + paced.seconds)
    )
    meanwhile = transits.read(rest.round_trip)[max(0, first) : max(0, last)]
    runs = list(holes.runs(meanwhile))
    lost = sum(length for length, _at in runs)
    sent = paced.acked_bytes + paced.resent_bytes
    if not 0 < lost < len(meanwhile) or sent <= 0 or any(length >= hole for length, _at in runs):
        return _OF_LOST_ROUND_TRIPS
    resent = min(1.0, max(0.0, paced.resent_bytes / sent))
    up = 1.0 if resent >= 1 else min(1.0, math.log1p(-resent) / math.log1p(-lost / len(meanwhile)))
    told = len(runs) / (len(runs) + _AS_GOOD_AS_RUNS)
    return told * (up if name == "up" else 1 - up) + (1 - told) * _OF_LOST_ROUND_TRIPS
