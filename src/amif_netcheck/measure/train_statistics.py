"""From round trips to the figures of a train. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import groupby, pairwise

from amif_netcheck.model.facts import Loss, Spread

NS_PER_MS = 1e6

_Z95 = 1.959964
_RFC_3550_GAIN = 16


def spread_ms(rtt_ns: Sequence[int]) -> Spread:
    """Minimum, median, 95th and 99th percentile (linear between closest ranks) and maximum, in milliseconds.

    Raises:
        ValueError: `rtt_ns` is empty.
    """
    if not rtt_ns:
        raise ValueError("no round trips")
    ordered = sorted(rtt_ns)

    def at(quantile: float) -> float:
        position = quantile * (len(ordered) - 1)
        low = int(position)
        high = min(low + 1, len(ordered) - 1)
        return (ordered[low] + (ordered[high] - ordered[low]) * (position - low)) / NS_PER_MS

    return Spread(min=at(0), median=at(0.5), p95=at(0.95), p99=at(0.99), max=at(1))


def jitter_ms(rtt_ns: Sequence[int]) -> float:
    """Mean absolute difference of consecutive round trips, in milliseconds; 0 for fewer than two.

    RFC 3550 (section 6.4.1) smooths the same differences with a gain of 1/16; its last value rests on some 16 packets
    only, so the mean over all of them is the steadier figure.
    """
    differences = [abs(after - before) for before, after in pairwise(rtt_ns)]
    return sum(differences) / len(differences) / NS_PER_MS if differences else 0.0


def rfc3550_jitter_ms(rtt_ns: Sequence[int]) -> float:
    """RFC 3550, section 6.4.1, over round trips: the last value of the running estimate, in milliseconds."""
    estimate = 0.0
    for before, after in pairwise(rtt_ns):
        estimate += (abs(after - before) - estimate) / _RFC_3550_GAIN
    return estimate / NS_PER_MS


def wilson_pct(lost: float, sent: float) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927, without continuity correction), in per cent.

    Raises:
        ValueError: nothing was sent.
    """
    if sent <= 0:
        raise ValueError("nothing was sent")
    share, z2 = lost / sent, _Z95 * _Z95
    middle = (share + z2 / (2 * sent)) / (1 + z2 / sent)
    half = _Z95 / (1 + z2 / sent) * math.sqrt(share * (1 - share) / sent + z2 / (4 * sent * sent))
    low = 0.0 if lost == 0 else 100 * (middle - half)  # at the ends the formula is exact but for rounding
    return low, 100.0 if lost == sent else 100 * (middle + half)


def worst_window_pct(lost: Sequence[bool], length: int) -> float:
    """The highest loss in any `length` consecutive packets, in per cent; in all of them when there are fewer."""
    length = min(length, len(lost))
    if not length:
        return 0.0
    inside = worst = sum(lost[:length])
    for leaving, entering in zip(lost, lost[length:], strict=False):
        inside += entering - leaving
        worst = max(worst, inside)
    return 100.0 * worst / length


def loss(lost: Sequence[bool], interval_s: float) -> Loss:
    """All that is told of the loss in a sequence of packets sent every `interval_s`.

    Packets that are lost in runs tell as little as so many runs do: the interval counts a mean run as one packet.

    Raises:
        ValueError: nothing was sent.
    """
    runs = [len(list(run)) for is_lost, run in groupby(lost) if is_lost]
    mean_run = sum(runs) / len(runs) if runs else 0.0
    together = max(1.0, mean_run)
    low, high = wilson_pct(sum(runs) / together, len(lost) / together)
    return Loss(
        pct=100.0 * sum(runs) / len(lost),
        low_pct=low,
        high_pct=high,
        mean_run=mean_run,
        worst_200_ms_pct=worst_window_pct(lost, round(0.2 / interval_s)),
        worst_15_s_pct=worst_window_pct(lost, round(15 / interval_s)),
    )


def loss_pct(sent: int, received: int) -> float:
    """Share of requests without an answer in time, in per cent.

    Raises:
        ValueError: nothing was sent.
    """
    if sent <= 0:
        raise ValueError("nothing was sent")
    return 100.0 * (sent - received) / sent


def longest_loss(rtt_ns: Sequence[int | None]) -> int:
    """Length of the longest run of requests without an answer."""
    return max((len(list(run)) for lost, run in groupby(rtt is None for rtt in rtt_ns) if lost), default=0)


def share_in_runs(rtt_ns: Sequence[int | None], shortest: int = 3) -> float:
    """Which share of the lost requests was lost in runs of at least `shortest`; 0 when nothing was lost."""
    runs = [len(list(run)) for lost, run in groupby(rtt is None for rtt in rtt_ns) if lost]
    return sum(run for run in runs if run >= shortest) / sum(runs) if runs else 0.0


def chance_of_at_most(lost: int, sent: int, probability: float) -> float:
    """How likely a line that loses each request with `probability` loses so few of them (binomial distribution)."""
    return math.fsum(
        math.comb(sent, losses) * probability**losses * (1 - probability) ** (sent - losses)
        for losses in range(lost + 1)
    )
