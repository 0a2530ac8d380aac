"""Holes: times in which nothing arrives. What chance makes is told apart from them, and how often they come is told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from amif_netcheck.model.transits import HOLE_STEPS, Transit

STEP_MS = 20.0
_FEW, _MUCH_LONGER = 3, 4.0
_WITHIN_S, _SHORTEST_EVERY_S, _MOST_UNSEEN = 0.5, 2.0, 3
"""Holes that come at equal times do so within the first figure: when a stretch began is known no better, and what is sent
every 20 ms beside a transfer is late. Those that come oftener than the second are counted, as enough of them are seen. Of
two that were seen as many lie apart as the last figure says at the most, where nobody watched."""
_JOINT_S, _ALIKE, _LONGER_BESIDE, _SURE = 0.2, 1.6, 15, 3
"""Between two stretches of which one follows upon the other; how many times their usual length holes of one kind have at the
most; by how many packets more beside a transfer; and how many of them are no chance."""


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

    @property
    def share(self) -> float:
        """Of the time, 0..1."""
        return min(1.0, sum(self.lengths) / max(1, len(self.lengths)) / self.every)


class _Seen(NamedTuple):
    began_s: float
    length: int
    quiet: bool
    begin_seen: bool
    whole: bool


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
    """The holes of these stretches. Where they come at equal times, these tell how often; else their number does, in all that was watched.

    Two may be at equal times by chance: they count as often as that only where their number would make it less.
    """
    seen = sorted(_seen(watched, least))
    if not seen:
        return Holes()
    in_all = sum(len(stretch.steps) for stretch in watched)
    counted = Holes([hole.length for hole in seen], max(1, round(in_all / len(seen))))
    usual = _usual_length(seen)
    every_s = _equal_times(seen, watched, usual)
    if every_s is None:
        return counted
    timed = Holes([usual], round(every_s * 1000 / STEP_MS))
    return timed if len(seen) >= _SURE or timed.share > counted.share else counted


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


def _equal_times(seen: Sequence[_Seen], watched: Sequence[Watched], usual: int) -> float | None:
    """Seconds from one to the next, where all are of one kind, each came when it had to, and none stayed away that was watched for."""
    begins = [hole.began_s for hole in seen if hole.begin_seen]
    apart = [after - before for before, after in pairwise(begins)]
    if not apart or not all(_is_of_the_kind(hole, usual) for hole in seen):
        return None
    for unseen in range(1, _MOST_UNSEEN + 1):
        shortest = min(apart) / unseen
        if shortest < _SHORTEST_EVERY_S:
            return None
        every_s = sum(apart) / sum(round(each / shortest) for each in apart)
        if _is_kept(every_s, begins[0], seen, watched, usual * STEP_MS / 1000):
            return every_s
    return None


def _is_of_the_kind(hole: _Seen, usual: int) -> bool:
    """About as long as usual; shorter where not all of it was watched, longer beside a transfer that begins again."""
    longest = _ALIKE * usual + (0 if hole.quiet else _LONGER_BESIDE)
    return hole.length <= longest and (not hole.whole or _ALIKE * hole.length >= usual)


def _is_kept(
    every_s: float, first: float, seen: Sequence[_Seen], watched: Sequence[Watched], length_s: float
) -> bool:
    """Is there a hole at each of these times that was watched, and none at another?"""
    watches = list(_without_joints(watched))
    begin = first - int(first / every_s) * every_s
    spans = [
        (begin + number * every_s - _WITHIN_S, begin + number * every_s + length_s + _WITHIN_S)
        for number in range(-1, int(watches[-1][1] / every_s) + 2)
    ]
    due = (span for span in spans if any(began <= span[0] and span[1] <= ended for began, ended in watches))
    at_its_time = all(any(since <= hole.began_s <= until for since, until in spans) for hole in seen)
    return at_its_time and all(any(since <= hole.began_s <= until for hole in seen) for since, until in due)


def _without_joints(watched: Sequence[Watched]) -> Iterator[tuple[float, float]]:
    """When one watched, from and to, where one stretch follows upon another as if they were one."""
    spans = sorted((stretch.began_s, stretch.ended_s) for stretch in watched)
    began_s, ended_s = spans[0]
    for begins_s, ends_s in spans[1:]:
        if begins_s > ended_s + _JOINT_S:
            yield began_s, ended_s
            began_s = begins_s
        ended_s = max(ended_s, ends_s)
    yield began_s, ended_s
