"""What was seen of one way of the line, in the terms of the model: times on the way, losses, holes, rates, queues."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from amif_netcheck.model import transits
from amif_netcheck.model.facts import (
    Call,
    LinkFacts,
    Media,
    Play,
    ProbeMethod,
    Record,
    Stretch,
    Train,
    Transfer,
    Unavailable,
)
from amif_netcheck.model.transits import HOLE_STEPS, Transit
from amif_netcheck.prediction import holes, losses, others, rates
from amif_netcheck.prediction.holes import STEP_MS, Holes, Watched

FEWEST_STEPS = 200
"""Four seconds at rest: what happened once in less says nothing of how often it does."""
_SHARE_OF_ROUND_TRIP = 0.6
"""Of a round trip's variation, what one way is taken to have where only both were seen: two ways that vary alike and
independently vary together 1.4 times as much as one."""
_PEAK, _LEAST_PEAK_MS = 3.0, 20.0
"""A delay so far above the usual ones is a stall, of one way or of both at once: that way has all of it."""
_CALM_MS, _MOST_USUAL_MS = 40.0, 100.0
_STALL_MS = 150.0
"""Held back by so much at rest, the line stands still now and then: a transfer does, too."""
_BURST_BITS, _FALLS, _FALLS_WITHIN_MS = 512_000.0, 0.7, 40.0
"""Of a burst of TCP's (64 kB); and how many of those that were held back waited as long as they should, within so much."""
_LONGEST_MS, _LONGEST_STALL = 60_000.0, 1000
_MOST_PLAYS = 8


@dataclass(frozen=True)
class LineWay:
    """What was seen of one way.

    `steps` are packets at rest every 20 ms, ms above the least, None lost. `loss` 0..1 of single packets outside holes, in
    `runs` of `mean_run` packets. `others_ms`: how far somebody's traffic fills the queue already; 0 when nobody does.
    `one_way`: this way was seen by itself, not as a part of round trips. `radio`: a cell deals the line out in turns.
    """

    rtt_ms: float
    steps: list[Transit]
    holes: Holes
    loss: float
    mean_run: float
    runs: int
    carried: rates.Carried
    others_ms: float
    one_way: bool
    radio: bool

    @property
    def busy(self) -> bool:
        """Does somebody else fill the queue?"""
        return self.others_ms > 0


def ways(link: LinkFacts) -> tuple[LineWay, LineWay] | None:
    """Up and down; None where there is no record of packets to play on."""
    train, record = link.internet, link.record
    if isinstance(train, Unavailable) or isinstance(record, Unavailable) or train.method is ProbeMethod.TCP:
        return None
    if len(transits.read(record.rest.round_trip)) < FEWEST_STEPS:
        return None
    return _way("up", link, train, record), _way("down", link, train, record)


def _way(name: str, link: LinkFacts, train: Train, record: Record) -> LineWay:
    plays = list(_plays(link.call, name))
    sounds = [transits.read(media.audio) for _play, media in plays]
    rest, one_way = _steps(record.rest, name)
    if one_way:
        rest = _with_untold_end(rest, record.rest)
    transfer = link.upload if name == "up" else link.download
    both = (link.download, link.upload)
    loaded, loaded_trips = [], []
    if isinstance(record.loaded, Stretch):  # whose last requests were not waited for
        loaded, loaded_trips = (
            _mended(_to_last_arrival(steps), record.loaded, transfers)
            for steps, transfers in (
                (_steps(record.loaded, name)[0], (transfer,) if one_way else both),
                (transits.read(record.loaded.round_trip), both),
            )
        )
    rtt_ms = _bounded(min(transits.known(transits.read(record.rest.round_trip)), default=train.rtt_ms.min))
    hole = holes.least_steps([length for seen in (rest, *sounds) for length, _at in holes.runs(seen)])
    watched = [
        _watched(record.rest.began_s, rest),
        *(_watched(play.began_s, steps) for (play, _media), steps in zip(plays, sounds, strict=True)),
    ]
    if isinstance(record.loaded, Stretch):
        watched.append(_watched(record.loaded.began_s, loaded, quiet=False))
    trips = (transits.read(record.rest.round_trip), loaded_trips)
    broken = any(
        length >= hole for seen in (rest, loaded, *sounds, *trips) for length, _at in holes.runs(seen)
    )
    slowest = min((each.mbit_s * 1000 for each in _known(both)), default=1.0)
    stalled = max(transits.known(rest), default=0.0) >= _STALL_MS
    stalled = stalled or bool(_held_back(loaded_trips, slowest, rtt_ms))
    waits = transits.known(rest)
    queued = others.comes_and_goes(waits)
    usual_ms = 0.0 if queued else min(_MOST_USUAL_MS, others.often(waits))
    calls = [(media, play.video_mbit_s) for play, media in plays]
    carried = rates.carried(
        transfer, rtt_ms, train.rtt_ms, calls, usual_ms=usual_ms, broken=broken or stalled
    )
    turns = others.in_turns(waits, carried.queue_ms)
    filled_ms = max(others.often(waits), carried.queue_ms) if queued and not carried.filled else 0.0
    others_ms = filled_ms or (0.0 if turns else others.met_by_a_call(plays, carried))
    busy = others_ms > 0
    # A call that waited in its own queue is played by the rates; where these tell of none, as it was.
    explained = carried.is_the_lines or busy
    calm = [steps for steps in sounds if _is_calm(steps) or not explained]
    quiet = [step for seen in (rest, *calm) for step in seen]
    # Beside what was seen at rest, unless that stands still oftener.
    held_back = _held_back(*((loaded, carried.mean) if one_way else (loaded_trips, slowest)), rtt_ms)
    beside = _with_rest(held_back, rest) if _stalled(held_back) > _stalled(quiet) else []
    pictures = [
        losses.of_picture(media, play.video_mbit_s, hole)
        for (play, media), steps in zip(plays, sounds, strict=True)
        if _is_calm(steps) and not busy and not turns
    ]
    part = 1.0 if one_way else losses.part_of_way(name, link.paced_upload, record.rest, hole)
    lost = losses.of_way(rest, sounds, pictures, hole, part)
    return LineWay(
        rtt_ms=rtt_ms,
        steps=[step for seen in (rest, *calm, beside) for step in holes.without(seen, hole)],
        holes=holes.recurring(watched, hole),
        loss=lost.share,
        mean_run=lost.mean_run,
        runs=lost.runs,
        carried=carried,
        others_ms=others_ms,
        one_way=one_way,
        radio=turns and not busy and others.box_is_calm(link.gateway, waits),
    )


def _bounded(ms: float) -> float:
    """A stranger's report may hold any number."""
    return min(max(0.0, ms), _LONGEST_MS)


def _is_calm(steps: Sequence[Transit]) -> bool:
    """Did this stretch of a call stay out of its own queue?"""
    known = sorted(transits.known(steps))
    return bool(known) and known[len(known) // 2] < _CALM_MS


def _to_last_arrival(steps: list[Transit]) -> list[Transit]:
    last = max((at for at, step in enumerate(steps) if step is not None), default=-1)
    return steps[: last + 1]


def _mended(
    steps: list[Transit], stretch: Stretch, transfers: Sequence[Transfer | Unavailable]
) -> list[Transit]:
    """Without the holes in which a transfer went on: it filled its own queue, and what did not fit in was lost."""
    made = list(steps)
    for length, at in holes.runs(steps):
        began_s = stretch.began_s + at * stretch.interval_ms / 1000
        ended_s = began_s + length * stretch.interval_ms / 1000
        if length >= HOLE_STEPS and any(rates.went_on(transfer, began_s, ended_s) for transfer in transfers):
            made[at : at + length] = [math.nan] * length
    return made


def _with_untold_end(steps: list[Transit], stretch: Stretch) -> list[Transit]:
    """With the last requests as lost: no later answer tells on which way they were, so both have them."""
    trips = transits.read(stretch.round_trip)
    answered = min(len(steps), len(_to_last_arrival(trips)))
    return [*steps[:answered], *([None] * (len(steps) - answered))]


def _watched(began_s: float, steps: Sequence[Transit], *, quiet: bool = True) -> Watched:
    return Watched(_bounded(began_s * 1000) / 1000, steps, quiet)


def _plays(call: Call | Unavailable, name: str) -> Iterator[tuple[Play, Media]]:
    if isinstance(call, Call):
        for play in call.plays[:_MOST_PLAYS]:
            media = play.up if name == "up" else play.down
            if isinstance(media, Media):
                yield play, media


def _steps(stretch: Stretch, name: str) -> tuple[list[Transit], bool]:
    """A way's packets above the least, and whether they were really seen one way."""
    round_trips = transits.read(stretch.round_trip)
    if stretch.up and stretch.down:
        up, down = transits.read(stretch.up), transits.read(stretch.down)
        return (up if name == "up" else _with_common_holes(round_trips, up, down)), True
    known = sorted(transits.known(round_trips)) or [0.0]
    least = known[0]
    peak = _PEAK * max(_LEAST_PEAK_MS, known[int(0.85 * (len(known) - 1))] - least)

    def share(above: float) -> float:
        return above if above >= peak else above * _SHARE_OF_ROUND_TRIP

    return [None if each is None else share(each - least) for each in round_trips], False


def _with_common_holes(round_trips: list[Transit], up: list[Transit], down: list[Transit]) -> list[Transit]:
    """The way down, as broken as the way up where both lost packets of one hole: answers to what never arrived tell nothing of it."""
    made = list(down)
    for length, at in holes.runs(round_trips):
        hole = range(at, min(at + length, len(up), len(down)))
        if (
            length >= HOLE_STEPS
            and any(up[step] is None for step in hole)
            and any(down[step] is None for step in hole)
        ):
            for step in hole:
                made[step] = None if up[step] is None else made[step]
    return made


def _held_back(steps: Sequence[Transit], kbit_s: float, rtt_ms: float) -> list[Transit]:
    """What a line that stood still beside a transfer held back, above the queue that was there already; empty where it never did.

    What was held back arrives at once: each request waited less than the one before by what lies between them, and the
    last as long as before. The queue that a burst makes is shorter, or stays:
    64 kB at once, and what is sent in a round trip.
    """
    jump_ms = max(_STALL_MS, rtt_ms + _BURST_BITS / max(1.0, kbit_s))
    waits = [math.nan if step is None else step for step in steps]
    count = len(waits)
    excess: list[Transit] = [0.0] * len(waits)
    before = math.inf
    at = 0
    while at < count:
        jumps = waits[at] - before >= jump_ms
        end = min(count, at + min(_LONGEST_STALL, int((waits[at] - before) / STEP_MS))) if jumps else at
        falling = sum(
            abs(wait - waits[at] + number * STEP_MS) <= _FALLS_WITHIN_MS
            for number, wait in enumerate(waits[at:end])
        )
        if end > at and falling >= _FALLS * (end - at):
            excess[at:end] = [waits[at] - before - number * STEP_MS for number in range(end - at)]
            at = end
        else:
            rises_on = (
                jumps and at + 1 < count and waits[at + 1] > waits[at]
            )  # the first may have come before all the rest
            before = before if math.isnan(waits[at]) or rises_on else waits[at]
            at += 1
    return excess if any(excess) else []


def _stalled(steps: Sequence[Transit]) -> float:
    """Share of the packets, 0..1, that a line which stood still held back."""
    return sum(step >= _STALL_MS for step in transits.known(steps)) / max(1, len(steps))


def _with_rest(excess: Sequence[Transit], rest: Sequence[Transit]) -> list[Transit]:
    """With what else packets meet at rest, again and again."""
    usual = [step for step in transits.known(rest) if step < _STALL_MS] or [0.0]
    return [(step or 0.0) + usual[at % len(usual)] for at, step in enumerate(excess)]


def _known(transfers: Sequence[Transfer | Unavailable]) -> Iterator[Transfer]:
    return (transfer for transfer in transfers if not isinstance(transfer, Unavailable))
