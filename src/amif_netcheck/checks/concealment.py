"""How much of the sound would be made up, from everything that was seen lost: the train at rest and a call, each way."""

from __future__ import annotations

from dataclasses import dataclass

from amif_netcheck.checks import call_quality, limits
from amif_netcheck.model.facts import BothWays, Call, CallWay, Loss, Train, Unavailable

_ROUNDING = 0.5
"""Counts come back from shares."""


@dataclass(frozen=True)
class Concealment:
    """The worse way: what was lost, and what a receiver makes up as far as the losses seen support it.

    `way` is empty when only the round trip was seen; `facts` are the paths below `facts.link` that it rests on.
    """

    concealed_pct: float
    lost_pct: float
    way: str
    facts: tuple[str, ...]


def worse_way(train: Train, call: Call | Unavailable) -> Concealment | None:
    """What the losses mean for sound; None when they could not be seen or are too few to be more than chance.

    What both the train and the call saw of a way is taken together. Where only the round trip was seen, both ways are
    taken to lose alike.
    """
    sequences: dict[str, list[_Sequence]] = {"up": [], "down": []}
    if isinstance(train.ways, BothWays):
        sequences["up"].append(_Sequence("internet.ways.up.loss", train.ways.up.loss, train.sent))
        sequences["down"].append(_Sequence("internet.ways.down.loss", train.ways.down.loss, train.sent))
    if isinstance(call, Call):
        for way, half in (("up", call.up), ("down", call.down)):
            if isinstance(half, CallWay):
                sequences[way].append(_Sequence(f"call.{way}.audio", half.audio, half.audio_packets))
    ways = [_together(way, tuple(parts)) for way, parts in sequences.items() if parts]
    if not isinstance(train.ways, BothWays):
        ways.append(_round_trip(train))
    return max((way for way in ways if way is not None), key=lambda way: way.concealed_pct, default=None)


def both_ways_alike_pct(round_trip_pct: float, mean_run: float) -> float:
    """The sound made up for a loss of the round trip that both ways share."""
    return call_quality.concealed_pct(call_quality.one_way_pct(round_trip_pct), mean_run)


@dataclass(frozen=True)
class _Sequence:
    """A sequence of packets that was seen one way."""

    fact: str
    loss: Loss
    packets: int


def _together(way: str, parts: tuple[_Sequence, ...]) -> Concealment | None:
    packets = sum(part.packets for part in parts)
    lost = sum(part.loss.pct * part.packets / 100 for part in parts)
    if lost < limits.MIN_LOST - _ROUNDING:
        return None
    lost_pct = 100 * lost / packets
    made_up = sum(
        call_quality.concealed_pct(part.loss.pct, part.loss.mean_run) * part.packets for part in parts
    )
    supported = call_quality.supported_pct(lost_pct, made_up / packets, lost)
    return Concealment(supported, lost_pct, way, tuple(part.fact for part in parts))


def _round_trip(train: Train) -> Concealment | None:
    lost = train.sent - train.received
    if isinstance(train.loss_pct, Unavailable) or lost < limits.MIN_LOST:
        return None
    if isinstance(train.loss, Loss):
        made_up = both_ways_alike_pct(train.loss.pct, train.loss.mean_run)
        concealed = call_quality.supported_pct(call_quality.one_way_pct(train.loss.pct), made_up, lost)
    else:  # a report from before runs were recorded: as bad as its figure allows
        concealed = train.loss_pct
    return Concealment(concealed, train.loss_pct, "", ("internet.loss",))
