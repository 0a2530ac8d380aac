"""What a line's figures mean for a call: how late a voice is heard, and how much of it is made up. Pure formulas."""

from __future__ import annotations

import math
from dataclasses import dataclass

from amif_netcheck.model.facts import Loss

SHORTEST_BUFFER_MS = 30.0
"""Jitter buffer of a browser on a steady line: 27 to 40 ms in the calls of docs/link.md."""

PACKET_MS = 20.0
"""A voice packet holds this much sound, so its first word waits as long."""

BUFFER_PER_VARIATION = 0.5
"""How much of the round trip's variation (95th percentile over minimum) the buffer adds one way."""

_MADE_UP_OF_SINGLES, _MADE_UP_PER_PACKET = 0.15, 0.06
_FOUR_OF_FIVE = 0.84
"""Standard deviations below which one in five normal values lies."""


def delay_ms(rtt_ms: float, variation_ms: float) -> float:
    """From mouth to ear without capturing and playing: half the round trip and the jitter buffer, in milliseconds.

    Fitted to the delays that two browsers had over emulated lines (docs/link.md).
    """
    return rtt_ms / 2 + buffer_ms(variation_ms)


def buffer_ms(variation_ms: float) -> float:
    """The jitter buffer's delay for a variation of the round trip, in milliseconds."""
    return SHORTEST_BUFFER_MS + BUFFER_PER_VARIATION * variation_ms


def concealed_pct(loss_pct: float, mean_run: float) -> float:
    """How much of the sound the receiver has to make up, in per cent, for a loss one way in runs of `mean_run` packets.

    Redundancy and repetition mend what is lost singly, hardly what is lost in a row. Fitted to the sound concealed in
    calls over emulated lines (docs/link.md): 0.15 of single losses, 0.06 more for each packet of a run, at most all.
    """
    return loss_pct * min(1.0, _MADE_UP_OF_SINGLES + _MADE_UP_PER_PACKET * max(1.0, mean_run))


def supported_pct(lost_pct: float, made_up_pct: float, lost: float) -> float:
    """How much of `made_up_pct` the losses seen support: in four of five lines that look so it is more.

    `lost` packets in runs are as many chances as there are runs, and few of them say little (their number is taken as
    Poisson's, whose spread is its root). Longer runs are fewer: the most that any shorter runs would support counts, so
    that longer ones never look better. Runs so long that all of them is made up are holes in the line, of which each one
    counts as it is.
    """
    if lost_pct <= 0 or lost <= 0:
        return 0.0
    most = made_up_pct / lost_pct
    if most >= 1:
        return made_up_pct
    share = min(most, _best_supported_share(lost))
    return lost_pct * share * (1 - _FOUR_OF_FIVE * math.sqrt(_run(share) / lost))


def _best_supported_share(lost: float) -> float:
    """The share made up, of runs of one packet or more, of which `lost` packets support the most.

    Where the derivative of what is supported is zero, in u, the root of the run: 1 = c (3/2 u + made_up_of_singles /
    (2 made_up_per_packet u)), with c the spread that a single loss in `lost` has; it falls from there on, and rises before.
    """
    spread = _FOUR_OF_FIVE / math.sqrt(lost)
    under = 1 - 3 * spread**2 * _MADE_UP_OF_SINGLES / _MADE_UP_PER_PACKET
    root = (1 + math.sqrt(under)) / (3 * spread) if under > 0 else 0.0
    return _MADE_UP_OF_SINGLES + _MADE_UP_PER_PACKET * max(1.0, root**2)


def _run(share: float) -> float:
    """The mean run of losses of which this share is made up: `concealed_pct` the other way round."""
    return max(1.0, (share - _MADE_UP_OF_SINGLES) / _MADE_UP_PER_PACKET)


def one_way_pct(round_trip_pct: float) -> float:
    """The loss of each way when both lose alike and only the round trip was seen, in per cent."""
    return 100 * (1 - math.sqrt(max(0.0, 1 - round_trip_pct / 100)))


def burst_ratio(loss: Loss) -> float:
    """BurstR of ITU-T G.107: the mean run of losses over what chance would make it; 1 for chance."""
    return max(1.0, loss.mean_run * (1 - loss.pct / 100))


@dataclass(frozen=True)
class EModel:
    """ITU-T G.107 (06/2015) with all but these at its defaults: R = 93.2 without delay and loss.

    `Ie` and `Bpl` have no ITU value for Opus: 0 and 20 are conventions of implementers, so this is an estimate.
    """

    equipment_impairment: float = 0.0
    robustness: float = 20.0

    def r(self, one_way_ms: float, loss_pct: float, burst_r: float = 1.0) -> float:
        """The transmission rating: `one_way_ms` from mouth to ear, loss in per cent."""
        effective = self.equipment_impairment + (95 - self.equipment_impairment) * loss_pct / (
            loss_pct / burst_r + self.robustness
        )
        return 93.2 - _delay_impairment(one_way_ms) - effective


def mos(r: float) -> float:
    """Mean opinion score of a rating, 1 to 4.5 (G.107, annex B)."""
    if r <= 0:
        return 1.0
    if r >= 100:  # noqa: PLR2004 - the end of the scale
        return 4.5
    return max(1.0, 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6)


def _delay_impairment(one_way_ms: float) -> float:
    """Idd (G.107, section 7.4, sT = 1, mT = 100 ms)."""
    if one_way_ms <= 100:  # noqa: PLR2004 - mT
        return 0.0
    x = math.log2(one_way_ms / 100)
    return float(25 * ((1 + x**6) ** (1 / 6) - 3 * (1 + (x / 3) ** 6) ** (1 / 6) + 2))
