"""Holes: times in which nothing arrives. What chance makes is told apart from them, and how often they come is told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from amif_netcheck.model.transits import HOLE_STEPS, Transit

STEP_MS = 20.0
_FEW, _MUCH_LONGER = 3, 4.0
_BEGINS_WITHIN_S, _SHORTEST_EVERY_S = 0.5, 2.0
"""Holes that come at equal times do so within the first figure: when a stretch began is known no better, and what is sent
every 20 ms beside a transfer is late. Those that come oftener than the second are counted: enough of them are seen."""


class Watched(NamedTuple):
    """A stretch that was watched: packets every 20 ms from `began_s` after the check began; `quiet` beside no transfer of ours."""

    began_s: float
    steps: Sequence[Transit]
    quiet: bool

    @property
    def ended_s(self) -> float:
        """When the last of them was sent."""
        return self.began_s + len(self.steps) * STEP_MS / 1000


class Holes(NamedTuple):
    """How long they are, and from one's begin to the next one's, in packets."""

    lengths: Sequence[int] = ()
    every: int = 1


class _Seen(NamedTuple):
    began_s: float
    length: int
    quiet: bool
    begin_seen: bool
    whole: bool

    @property
    def ended_s(self) -> float:
        return self.began_s + self.length * STEP_MS / 1000


def runs(steps: Sequence[Transit]) -> Iterator[tuple[int, int]]:
    """Runs of lost packets: how long, and where they begin."""
    begin = None
    for at, step in enumerate([*steps, 0.0]):
        if step is None and begin is None:
            begin = at
        elif step is not None and begin is not None:
            yield at - begin, begin
            begin = None


def least_steps(lengths: Sequence[int]) -> int:
    """From how many on packets lost in a row are a hole of their own: much longer than chance makes the others."""
    usual = [length for length in lengths if length < HOLE_STEPS]
    longer = [length for length in lengths if length >= HOLE_STEPS]
    if len(usual) < _FEW and len(usual) <= len(longer):
        return HOLE_STEPS
    ordered = sorted(lengths)
    mean = sum(usual) / max(1, len(usual))
    trimmed = ordered[: max(1, int(0.9 * len(ordered)))]
    return max(HOLE_STEPS, int(_MUCH_LONGER * max(mean, sum(trimmed) / len(trimmed))))


def without(steps: Sequence[Transit], least: int) -> list[Transit]:
    """The others of these packets."""
    lost = {at + offset for length, at in runs(steps) if length >= least for offset in range(length)}
    return [step for at, step in enumerate(steps) if at not in lost]


def recurring(watched: Sequence[Watched], least: int) -> Holes:
    """The holes of these stretches. Where they come at equal times, these tell how often; else their number does, in all that was watched."""
    seen = sorted(_seen(watched, least))
    if not seen:
        return Holes()
    every_s = _equal_times(seen, watched)
    if every_s:
        return Holes([_usual_length(seen)], round(every_s * 1000 / STEP_MS))
    return Holes(
        [hole.length for hole in seen],
        max(1, round(sum(len(stretch.steps) for stretch in watched) / len(seen))),
    )


def _seen(watched: Sequence[Watched], least: int) -> Iterator[_Seen]:
    for stretch in watched:
        for length, at in runs(stretch.steps):
            if length >= least:
                begin_seen = at > 0
                whole = begin_seen and at + length < len(stretch.steps)
                yield _Seen(stretch.began_s + at * STEP_MS / 1000, length, stretch.quiet, begin_seen, whole)


def _usual_length(seen: Sequence[_Seen]) -> int:
    """A transfer that begins again makes a hole longer, so the others are asked first; and those that were seen from begin to end."""
    whole = [hole for hole in seen if hole.whole]
    quiet = [hole for hole in whole if hole.quiet]
    return round(median(hole.length for hole in quiet or whole or seen))


def _equal_times(seen: Sequence[_Seen], watched: Sequence[Watched]) -> float | None:
    """Seconds from one to the next, where each that is expected then was there, as far as that was watched."""
    begins = [hole.began_s for hole in seen if hole.begin_seen]
    apart = [after - before for before, after in pairwise(begins)]
    if not apart or min(apart) < _SHORTEST_EVERY_S:
        return None
    numbers = [round(each / min(apart)) for each in apart]
    every_s = sum(apart) / sum(numbers)
    if any(
        abs(each - number * every_s) > _BEGINS_WITHIN_S for each, number in zip(apart, numbers, strict=True)
    ):
        return None
    length_s = _usual_length(seen) * STEP_MS / 1000
    expected = begins[0] - int(begins[0] / every_s) * every_s
    while expected < max(stretch.ended_s for stretch in watched):
        first, last = expected - _BEGINS_WITHIN_S, expected + length_s + _BEGINS_WITHIN_S
        missed = any(stretch.began_s <= first and last <= stretch.ended_s for stretch in watched)
        if missed and not any(hole.began_s <= last and first <= hole.ended_s for hole in seen):
            return None
        expected += every_s
    return every_s
