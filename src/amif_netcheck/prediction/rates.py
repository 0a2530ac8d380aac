"""What one way carries over time: from a transfer, and from a call that had to wait in a queue."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from amif_netcheck.model import transits
from amif_netcheck.model.facts import Loaded, Media, Spread, Transfer, Unavailable
from amif_netcheck.prediction.picture import FRAME_MS, FRAMES_PER_S

FIFTH_MS = 200.0
_RAMP_SHARE = 0.7
"""Of the mean rate: the ramp is over once a fifth has so much."""
_LEAST_FIFTHS, _MOST_FIFTHS = 5, 200
_STANDS_STILL = 0.1
"""Of the mean rate: a fifth that brings less stood still."""
_USUAL, _HARDLY_MORE = 0.75, 1.15
"""A fifth brings hardly more than the usual ones; what it brings beyond that was held back before."""
_STEADY = 1.3
"""95th percentile over median of the delay under load: a queue that stays as long drains at a rate that stays."""
_FILLED_MS, _SHORTLY_MS, _ALL_THE_TIME_MS, _LONGEST_QUEUE_MS = 25.0, 15.0, 10.0, 60_000.0
"""A transfer that does not hold requests back by so much more than at rest (95th percentiles), or by less but all the time
(medians), was slowed down by something else than the line."""
_PACKET_BITS, _MOST_MBIT_S = 1200 * 8, 10.0
_WAITED_MS = 45.0
"""A frame that takes so much longer than usual, above the fastest, has waited in a queue."""
_HEADERS, _SOUND_KBIT_S = 1.035, 80.0
"""IP and UDP on the picture's packets of 1200 bytes; the played sound with them."""


@dataclass(frozen=True)
class Carried:
    """Rates in kbit/s: of each fifth of a second, on the mean, and what a call got through.

    `at_least`: the line may carry more. `filled`: the transfer filled the queue, so the rates are the line's;
    `queue_ms` is what that added (95th percentile); `steady`: it always drained as fast. Without a transfer there are no
    `fifths`.
    """

    fifths: list[float] = field(default_factory=list)
    mean: float = 0.0
    proven: float = 0.0
    at_least: bool = True
    filled: bool = False
    queue_ms: float = 0.0
    steady: bool = False

    @property
    def is_the_lines(self) -> bool:
        """Do the rates say what the line carries, and no more than that?"""
        return bool(self.fifths) and self.filled and not self.at_least

    @property
    def most(self) -> float:
        """The mean, or what a call got through when that is more."""
        return max(self.mean, self.proven)


def carried(
    transfer: Transfer | Unavailable,
    rtt_ms: float,
    at_rest: Spread,
    calls: Sequence[tuple[Media, float]],
    *,
    usual_ms: float = 0.0,
    broken: bool = False,
) -> Carried:
    """What is known of one way; `calls` are what was played with the rates of the picture in Mbit/s.

    `at_rest`: round trips; `usual_ms`: what one way holds back without any queue. `broken`: there were holes in the line, either way. A transfer stands still in them, which says nothing of the rate.
    """
    proven = max((_arrived_kbit_s(media, rate) for media, rate in calls), default=0.0)
    if isinstance(transfer, Unavailable):
        return Carried(proven=proven)
    mean = max(1.0, transfer.mbit_s * 1000)
    fifths, queue_ms, filled, steady = _fifths(transfer, mean, rtt_ms), 0.0, False, False
    moving = [rate for rate in fifths if rate >= _STANDS_STILL * mean]
    if broken and 0 < len(moving) < len(fifths):
        fifths, mean = moving, max(mean, _mean(moving))
    loaded = transfer.loaded_rtt_ms
    if isinstance(loaded, Loaded):
        queue_ms = min(max(0.0, loaded.p95 - rtt_ms), _LONGEST_QUEUE_MS)
        filled = _is_filled(loaded, at_rest)
        steady = loaded.p95 <= _STEADY * loaded.median
        if steady:
            fifths = [mean] * len(fifths)
    if not transfer.at_least:
        waited_ms = _WAITED_MS + usual_ms
        fifths += [rate for media, rung in calls for rate in _while_it_waited(media, rung, mean, waited_ms)]
    return Carried(fifths, mean, proven, transfer.at_least, filled, queue_ms, steady)


def sent_kbit_s(mbit_s: float) -> float:
    """What a played call with a picture of that rate sends one way, sound and headers included."""
    return mbit_s * 1000 * _HEADERS + _SOUND_KBIT_S


def packets_of_frame(mbit_s: float) -> float:
    """Mean number of packets of one frame of a picture of that rate; no more than a played one has, in a stranger's report."""
    return min(_MOST_MBIT_S, max(0.0, mbit_s)) * 1e6 / _PACKET_BITS / FRAMES_PER_S


def went_on(transfer: Transfer | Unavailable, began_s: float, ended_s: float) -> bool:
    """Did this transfer bring much between these moments of the check? What was on its way at the first does not count."""
    if isinstance(transfer, Unavailable) or isinstance(transfer.began_s, Unavailable):
        return False
    fifth_s = FIFTH_MS / 1000
    loaded = transfer.loaded_rtt_ms
    under_way_s = min(_LONGEST_QUEUE_MS, loaded.p95) / 1000 if isinstance(loaded, Loaded) else 0.0
    first = math.ceil((began_s + max(fifth_s, under_way_s) - transfer.began_s) / fifth_s)
    last = math.floor((ended_s - transfer.began_s) / fifth_s)
    within = transfer.fifths_kbit_s[max(0, first) : max(0, last)]
    return bool(within) and _mean(within) > _STANDS_STILL * transfer.mbit_s * 1000


def _is_filled(loaded: Loaded, at_rest: Spread) -> bool:
    more_often, more_usually = loaded.p95 - at_rest.p95, loaded.median - at_rest.median
    return more_often >= _FILLED_MS or (more_often >= _SHORTLY_MS and more_usually >= _ALL_THE_TIME_MS)


def _fifths(transfer: Transfer, mean: float, rtt_ms: float) -> list[float]:
    """Past the ramp; what was handed over late, behind a segment that had to be sent again, counts where it arrived."""
    fifths = [float(rate) for rate in transfer.fifths_kbit_s[:_MOST_FIFTHS]] or [mean]
    begin = next((at for at, rate in enumerate(fifths) if rate >= _RAMP_SHARE * mean), 0)
    rates = fifths[min(begin + 1, max(0, len(fifths) - _LEAST_FIFTHS)) :]
    most = sorted(rates)[int(_USUAL * (len(rates) - 1))] * _HARDLY_MORE
    surplus = 0.0
    for at in range(len(rates) - 1, -1, -1):
        rates[at], surplus = min(most, rates[at] + surplus), max(0.0, rates[at] + surplus - most)
    half = round(2 * rtt_ms / FIFTH_MS) // 2  # far away, what is sent again comes that much later
    if half:
        rates = [_mean(rates[max(0, at - half) : at + half + 1]) for at in range(len(rates))]
    return rates


def _while_it_waited(media: Media, rate: float, otherwise: float, waited_ms: float) -> list[float]:
    """Fifths in which the picture waited in a queue, which drains as fast as the line carries.

    Of other fifths nothing is known but that the line carried the call: `otherwise`. A frame that lost a packet counts by
    what arrived of it, when the one before it did.
    """
    frames = transits.read(media.frames)
    losses = transits.read(media.frame_losses)
    per_frame = max(1.0, packets_of_frame(rate))
    frame_kbit = sent_kbit_s(rate) / FRAMES_PER_S
    fifths = int(len(frames) * FRAME_MS / FIFTH_MS)
    arrived = [0.0] * fifths
    waited: set[int] = set()
    up_to = 0
    latest: float | None = None
    sent_kbit = 0.0
    for number, each in enumerate(frames):
        sent_kbit += frame_kbit
        if each is not None and math.isnan(each):  # a thin picture has no packet in every frame
            continue
        lost = losses[number] if number < len(losses) else None
        share = min(1.0, max(0.0, 1 - (lost or 0.0) / per_frame))
        step = latest if each is None and share else each
        arrived_kbit, sent_kbit = sent_kbit * share, 0.0
        if step is None:
            continue
        latest = step
        fifth = min(fifths, int((number * FRAME_MS + step) / FIFTH_MS))
        if 0 <= fifth < fifths:
            arrived[fifth] += arrived_kbit
        if step >= waited_ms:
            waited.update(range(max(up_to, int(number * FRAME_MS / FIFTH_MS)), min(fifths, fifth + 1)))
            up_to = max(up_to, min(fifths, fifth + 1))
    return [
        arrived[fifth] / (FIFTH_MS / 1000) if fifth in waited else max(otherwise, rate * 1000)
        for fifth in range(fifths)
    ]


def _arrived_kbit_s(media: Media, rate: float) -> float:
    """Of the picture, and the sound's rate with it, headers included."""
    losses = [max(0.0, lost) for lost in transits.known(transits.read(media.frame_losses))]
    if not losses:
        return 0.0
    packets = max(1.0, len(losses) * packets_of_frame(rate))
    return sent_kbit_s(rate) * (1 - min(1.0, sum(losses) / packets))


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
