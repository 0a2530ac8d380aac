"""From round trips to the figures of a train. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import groupby, pairwise

from amif_netcheck.model.facts import Spread

NS_PER_MS = 1e6


def spread_ms(rtt_ns: Sequence[int]) -> Spread:
    """Minimum, median, 95th percentile (linear between closest ranks) and maximum, in milliseconds.

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

    return Spread(min=at(0), median=at(0.5), p95=at(0.95), max=at(1))


def jitter_ms(rtt_ns: Sequence[int]) -> float:
    """Mean absolute difference of consecutive round trips, in milliseconds; 0 for fewer than two.

    RFC 3550 (section 6.4.1) smooths the same differences with a gain of 1/16; its last value rests on some 16 packets
    only, so the mean over all of them is the steadier figure.
    """
    differences = [abs(after - before) for before, after in pairwise(rtt_ns)]
    return sum(differences) / len(differences) / NS_PER_MS if differences else 0.0


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
        math.comb(sent, each) * probability**each * (1 - probability) ** (sent - each)
        for each in range(lost + 1)
    )
