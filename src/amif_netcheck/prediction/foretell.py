"""What a call over this line will be: sound and picture each way, played on the packets that were seen."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from msgspec import structs

from amif_netcheck.model import transits
from amif_netcheck.model.facts import (
    Basis,
    Facts,
    Foretold,
    ForetoldPicture,
    ForetoldSound,
    ForetoldWay,
    LinkFacts,
    Reason,
    Span,
    Unavailable,
)
from amif_netcheck.model.transits import Transit
from amif_netcheck.prediction import picture, sender, sound
from amif_netcheck.prediction.holes import STEP_MS
from amif_netcheck.prediction.way import LineWay, ways

_SECONDS, _SETTLED_S = 35.0, 10.0
"""As long as the real calls that the model was fitted to: ten seconds to settle, twenty-five that count."""
_STEPS, _SETTLED = int(_SECONDS * 1000 / STEP_MS), int(_SETTLED_S * 1000 / STEP_MS)

# Fitted to the calls of docs/link.md:
_FULL_KBIT_S = 1700.0
"""The picture of 640x360 on a line that carries more."""
_LOSS_BORNE, _LOSS_FALL, _LEFT_BY_LOSS = 0.06, 22.0, 0.02
"""The rate stays up to this share of loss, then falls exponentially, to this share at the least."""
_BESIDE_KBIT_S, _BESIDE_OF_KBIT_S, _BESIDE_QUEUE_MS = 100.0, 1000.0, 100.0
"""Beside somebody's transfer: so much where a transfer of ours gets that rate and the queue is so long then; in proportion to the
one, and to the other's inverse."""
_SWINGS, _MOST_STANDING_MS = 2.0, 85.0
"""What stands in a round trip beside somebody's queue that comes and goes is no more than so much of it, and, where a transfer got
through, than the last figure: the rest is distance."""
_LITTLE_KBIT_S, _LITTLE_MS = 60.0, 75.0
"""Where others leave less, packets of the picture hold those of the sound back for so long."""
_SHORTEST_QUEUE_MS = 15.0
"""Somebody's queue is taken for no shorter."""
_OF_SETTLED, _OVERHEAD_KBIT_S = 0.92, 85.0
"""Of the rate a sender settles at, the picture's share: less sound, headers and what is kept for sending again."""
_OF_STEADY, _BESIDE_PICTURE_KBIT_S = 0.85, 65.0
"""The same of what a line carries, where that does not change."""
_OVERSHOT_UNTIL, _OVERSHOT_EVERY_S, _OVERSHOT_MS = 1.2, 4.0, 150.0
_OVERSHOT_QUEUE_MS, _OVERSHOT_RTT_MS = (100.0, 70.0), (130.0, 170.0)
"""On a line of up to so many times the most rate the picture stands still so often, for a round trip and so much more: not with a
queue or a round trip of the first figure, fully with the second."""
_STARVED_KBIT_S, _LEAST_KBIT_S = 105.0, 10.0
_STARVED_QUEUE_MS, _STARVED_FROZEN = 1150.0, 0.75
"""Sound and the least picture: a line of less stays full whatever the sender does, as late at the least, and the picture stands
still for so much of the time."""
_SCANT_KBIT_S, _SCANT_QUEUE_MS = 130.0, 150.0
"""A line of less, and not starved, seldom gets rid of a queue of so much."""
_RADIO_MS, _RADIO_TOLD = 260.0, 0.55
_RADIO_TRIPS_MS, _RADIO_TRIPS_TOLD = 600.0, 0.7
"""A cell deals out another share in the minute after: the delay of calls over recorded cellular lines is drawn towards the first
figure, with this weight (as a power) of what was played; then the same where only round trips were seen."""
_RADIO_BOUNDS = 0.6
_SMALL_BELOW_KBIT_S = 55.0
_SMALL, _WHOLE = 180, 360
"""Heights: below that rate the sender halves the picture."""
_SYNC = 0.72
"""Sound is held back for the picture, that lips match (libwebrtc's `stream_synchronization.cc`): this share of it. The picture
is held back for all of the sound's delay."""
_BURST_FRAMES, _BURST_UNTIL = 3.0, 2.5
"""A big frame is so many usual ones; it makes a queue on lines up to so many times the rate (`kDefaultPaceMultiplier`)."""
_BURST_EASES, _BURST_LEAST, _LOW = 4.0, 0.12, 0.2
"""It gets shorter by so much with each multiple of the rate that the line carries beyond it, down to that share; what counts
is what the line carries when it is slow, as one of five fifths of a second."""
_SINGLE, _FOLLOWED = 0.15, 0.66
"""Share of a lost packet's sound that is made up all the same, and the further share where the next one is lost too."""
_SUPPORT = 0.6
"""Standard deviations of the number of losses that are left out: few losses seen say little."""
_RUN_IN_PICTURE = 3.5
"""Packets of the picture for each of the sound's."""

_TURNS = 8
"""Calls that are played where there are holes."""
_UNMEASURED_KBIT_S, _SPOILT = 300.0, 0.02
"""Where no rate was measured, a picture of this one is played, the least that is any good: where that stands still for this share
of the time, any better one would do so longer, and that is told."""

_NO_RATES = Unavailable(reason=Reason.NOT_PRESENT, detail="no rates were measured")
_NO_RECORD = Unavailable(reason=Reason.NOT_PRESENT, detail="no record of packets to play a call on")


_ANY_RATE = Span(value=_UNMEASURED_KBIT_S, low=0.0, high=_FULL_KBIT_S)


@dataclass(frozen=True)
class _Sending:
    """What one way's sender does: the picture's rate, and what its own queue holds back every 20 ms."""

    video_kbit_s: float
    queue_ms: Sequence[float]


class _Played(NamedTuple):
    """What became of the sound and the picture: shares 0..1 and ms as `sound.Played` and `picture.Shown` have them."""

    made_up: float
    late: float
    buffer_ms: float
    frozen: float
    frames_per_s: float
    held_ms: float

    @classmethod
    def over(cls, track: Sequence[Transit], way: LineWay, kbit_s: float, rtt_ms: float) -> _Played:
        """With a picture of this rate, over these packets."""
        played = sound.play(track, _SETTLED)
        shown = picture.show(
            picture.Weather(_frames(track), way.loss, 1 + (way.mean_run - 1) * _RUN_IN_PICTURE, rtt_ms),
            kbit_s * 1000 / 8 / 1200 / picture.FRAMES_PER_S,
            settled_after=int(_SETTLED_S * picture.FRAMES_PER_S),
            held_at_least_ms=played.buffer_ms + _mean(track),
        )
        return cls(
            played.made_up, played.late, played.buffer_ms, shown.frozen, shown.frames_per_s, shown.held_ms
        )


def foretell(link: LinkFacts) -> Foretold | Unavailable:
    """The call, each way. `NOT_PRESENT`: nothing was recorded that it could be played on; `ERROR`: no record of ours."""
    try:
        pair = ways(link)
        return _NO_RECORD if pair is None else _foretold(pair)
    except (ValueError, ArithmeticError) as error:
        return Unavailable(reason=Reason.ERROR, detail=str(error))


def foretold_again(facts: Facts) -> Facts:
    """Saved facts with the call by today's model, where the packets it is played on were kept; as they are otherwise."""
    link = facts.link
    if isinstance(link, Unavailable) or isinstance(link.record, Unavailable):
        return facts
    return structs.replace(facts, link=structs.replace(link, foretold=foretell(link)))


def _foretold(pair: tuple[LineWay, LineWay]) -> Foretold:
    sent = [_sending(way) for way in pair]
    tracks = [_tracks(way, each) for way, each in zip(pair, sent, strict=True)]
    rtt_ms = pair[0].rtt_ms + sum(_mean(turns[0]) for turns in tracks)
    up, down = (_way(*each, rtt_ms) for each in zip(pair, sent, tracks, strict=True))
    return Foretold(basis=Basis.CALL if pair[0].one_way else Basis.TRAINS, up=up, down=down)


def _way(way: LineWay, sent: _Sending, tracks: Sequence[Sequence[Transit]], rtt_ms: float) -> ForetoldWay:
    kbit_s = sent.video_kbit_s
    calls = [_Played.over(track, way, kbit_s, rtt_ms) for track in tracks]
    made_up, late, buffer_ms, frozen, frames_per_s, held_ms = map(_mean, zip(*calls, strict=True))
    buffer_ms = max(buffer_ms + _burst_ms(way, sent), _SYNC * held_ms)
    if way.busy:
        queue_ms = _standing_ms(way) + way.others_ms + (_LITTLE_MS if kbit_s < _LITTLE_KBIT_S else 0.0)
        buffer_ms = max(buffer_ms, way.rtt_ms / 2 + queue_ms - rtt_ms / 2)
    made_up = min(1.0, made_up + _made_up_of_singles(way))
    frozen = max(frozen, _STARVED_FROZEN if _is_starved(way) else min(1.0, frozen + _overshot(way)))
    foretold_picture = ForetoldPicture(
        kbit_s=_span(kbit_s, 0.3, 30.0) if way.carried.fifths else _ANY_RATE,
        height=_WHOLE if kbit_s >= _SMALL_BELOW_KBIT_S else _SMALL,
        frames_per_s=_span(frames_per_s, 0.1, 1.0),
        frozen_pct=_span(100 * frozen, 0.5, 2.0),
    )
    return ForetoldWay(
        sound=ForetoldSound(
            made_up_pct=_span(100 * made_up, 0.5, 0.5),
            late_pct=round(100 * late, 2),
            delay_ms=_delay(way, rtt_ms / 2 + buffer_ms),
        ),
        picture=foretold_picture if way.carried.fifths or frozen >= _SPOILT else _NO_RATES,
    )


def _delay(way: LineWay, played_ms: float) -> Span:
    """Mouth to ear in ms: as it was played; over a radio cell, drawn towards what is usual there."""
    if not way.radio or _is_starved(way):
        return _span(played_ms, 0.3, 20.0)
    usual_ms, told = (_RADIO_MS, _RADIO_TOLD) if way.one_way else (_RADIO_TRIPS_MS, _RADIO_TRIPS_TOLD)
    return _span(usual_ms * (played_ms / usual_ms) ** told, _RADIO_BOUNDS, 20.0)


def _sending(way: LineWay) -> _Sending:
    """What the sender settles at: what the line leaves it, and of that what losses do."""
    if not way.carried.fifths:
        return _Sending(_UNMEASURED_KBIT_S, [0.0] * _STEPS)
    kbit_s, queue_ms = _within_line(way)
    return _Sending(max(_LEAST_KBIT_S, min(_FULL_KBIT_S, kbit_s) * _left_by_losses(way)), queue_ms)


def _within_line(way: LineWay) -> tuple[float, list[float]]:
    """The picture's rate, losses apart, and what its own queue holds back in each step."""
    carried, no_queue = way.carried, [0.0] * _STEPS
    if way.busy:
        return _beside_others(way), no_queue
    if not carried.is_the_lines:
        return (_FULL_KBIT_S if carried.at_least else _within(carried.most)), no_queue
    if _is_starved(way):
        return carried.most - _OVERHEAD_KBIT_S, _never_empty(max(_STARVED_QUEUE_MS, carried.queue_ms))
    if carried.most < _SCANT_KBIT_S:
        return _within(carried.most), _never_empty(_SCANT_QUEUE_MS)
    settled = sender.settle(carried.fifths, carried.queue_ms / 1000, way.rtt_ms / 1000)
    if settled.unhindered:
        return _FULL_KBIT_S, settled.queue_ms
    kbit_s = _OF_SETTLED * settled.kbit_s - _OVERHEAD_KBIT_S
    return (max(kbit_s, _within(carried.most)) if carried.steady else kbit_s), settled.queue_ms


def _is_starved(way: LineWay) -> bool:
    return not way.busy and way.carried.is_the_lines and way.carried.most < _STARVED_KBIT_S


def _within(kbit_s: float) -> float:
    """The picture that a line of this steady rate carries beside the sound."""
    return max(_LEAST_KBIT_S, _OF_STEADY * kbit_s - _BESIDE_PICTURE_KBIT_S)


def _never_empty(queue_ms: float) -> list[float]:
    """A queue that is always there: three quarters of it for three seconds, then more for one."""
    return [queue_ms * (0.75 if number // 50 % 4 else 1.25) for number in range(_STEPS)]


def _beside_others(way: LineWay) -> float:
    """Beside somebody's transfer a sender that watches the delay gets the less, the thinner the line and the longer the queue."""
    rate = way.carried.most / _BESIDE_OF_KBIT_S
    queue = max(_SHORTEST_QUEUE_MS, way.others_ms + _standing_ms(way)) / _BESIDE_QUEUE_MS
    return max(_LEAST_KBIT_S, _BESIDE_KBIT_S * rate / queue)


def _standing_ms(way: LineWay) -> float:
    """What is always there of somebody's queue, in ms: the fastest round trip has waited in it, too."""
    standing_ms = min(way.rtt_ms / 2, _SWINGS * way.others_ms)
    return min(standing_ms, _MOST_STANDING_MS) if way.carried.fifths else standing_ms


def _overshot(way: LineWay) -> float:
    """Share of time frozen as the sender tries for more than the line carries, and far away hears late of what that lost."""
    carried = way.carried
    tries = carried.is_the_lines and not way.busy and carried.most < _OVERSHOT_UNTIL * sender.MOST_KBIT_S
    if not tries:
        return 0.0
    part = _part(carried.queue_ms, *_OVERSHOT_QUEUE_MS) * _part(way.rtt_ms, *_OVERSHOT_RTT_MS)
    return part * (way.rtt_ms + _OVERSHOT_MS) / 1000 / _OVERSHOT_EVERY_S


def _part(value: float, none: float, all_of_it: float) -> float:
    """How far a value is from one figure to the other, 0..1."""
    return min(1.0, max(0.0, (value - none) / (all_of_it - none)))


def _left_by_losses(way: LineWay) -> float:
    """The share of the rate that losses leave."""
    return max(_LEFT_BY_LOSS, math.exp(-max(0.0, way.loss - _LOSS_BORNE) * _LOSS_FALL))


def _made_up_of_singles(way: LineWay) -> float:
    """Share of the sound made up for losses outside of holes: redundancy mends most where the next packet arrives."""
    if not way.runs:
        return 0.0
    followed = 1 - 1 / max(1.0, way.mean_run)
    supported = max(0.0, 1 - _SUPPORT / math.sqrt(way.runs))
    return way.loss * (_SINGLE + _FOLLOWED * followed) * supported


def _burst_ms(way: LineWay, sent: _Sending) -> float:
    """How long big frames of one's own picture hold sound back on a line that is not much faster."""
    carried = way.carried
    if not carried.is_the_lines or carried.most >= _BURST_UNTIL * sender.MOST_KBIT_S:
        return 0.0
    low = sorted(carried.fifths)[int(_LOW * (len(carried.fifths) - 1))]
    eased = 1 - _BURST_EASES * max(0.0, low / sender.MOST_KBIT_S - 1)
    usual_ms = sent.video_kbit_s / picture.FRAMES_PER_S / carried.most * 1000
    return _BURST_FRAMES * usual_ms * max(_BURST_LEAST, eased)


def _tracks(way: LineWay, sent: _Sending) -> list[list[Transit]]:
    """One or, as the time between holes is no part of a call's, several that begin at other moments between two of them."""
    return [_track(way, sent, turn) for turn in range(_TURNS if way.holes.lengths else 1)]


def _track(way: LineWay, sent: _Sending, turn: int) -> list[Transit]:
    """Packets every 20 ms for the length of a call: what was seen at rest, again and again, in the sender's own queue.

    Each turn begins at another moment between two holes, and with another hole.
    """
    seen: list[float] = []
    for step in way.steps:
        if step is None:
            seen.append(seen[-1] if seen else 0.0)
        elif not math.isnan(step):
            seen.append(step)
    seen = seen or [0.0]
    track: list[Transit] = [
        seen[at % len(seen)] + sent.queue_ms[at % len(sent.queue_ms)] for at in range(_STEPS)
    ]
    lengths, every = way.holes
    if lengths:
        at, number = int(every * (turn + 0.5) / _TURNS), turn
        while at < _STEPS:
            length = lengths[number % len(lengths)]
            track[at : at + length] = [None] * min(length, _STEPS - at)
            at, number = at + max(every, length + 1), number + 1
    return track


def _frames(track: Sequence[Transit]) -> list[Transit]:
    """The same for frames of the picture."""
    count = int(_SECONDS * picture.FRAMES_PER_S)
    return [track[min(len(track) - 1, int(number * picture.FRAME_MS / STEP_MS))] for number in range(count)]


def _mean(values: Sequence[Transit]) -> float:
    known = transits.known(values)
    return sum(known) / len(known) if known else 0.0


def _span(value: float, share: float, least: float) -> Span:
    """A figure with the bounds that three of four real calls kept to: this share of it, or at least so much."""
    width = max(share * value, least)
    return Span(value=round(value, 2), low=round(max(0.0, value - width), 2), high=round(value + width, 2))
