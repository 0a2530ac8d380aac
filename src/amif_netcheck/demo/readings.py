"""What a recorded line would have shown while it was measured: at rest, then down, then up."""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Callable, Iterator

from amif_netcheck.measure.live import LiveValues
from amif_netcheck.model.facts import Fact, LinkFacts, Train, Transfer, Unavailable
from amif_netcheck.model.live import DOWNLOAD, LATENCY, UPLOAD

_DOWN_FROM, _UP_FROM = 0.45, 0.75
_RAMP = 0.08
"""Shares of the run: when each direction begins, and how long it takes to get up to speed."""


@contextlib.contextmanager
def shown(fact: Fact | Unavailable, live: LiveValues, lasts_s: float) -> Iterator[None]:
    """The readings of a link that takes `lasts_s` seconds to measure; none for anything else."""
    began = time.monotonic()

    def share() -> float:
        return (time.monotonic() - began) / lasts_s

    with contextlib.ExitStack() as stack:
        if isinstance(fact, LinkFacts) and lasts_s > 0:
            if isinstance(fact.internet, Train):
                stack.enter_context(live.published(LATENCY, _latency(fact.internet, share)))
            for name, way, since in ((DOWNLOAD, fact.download, _DOWN_FROM), (UPLOAD, fact.upload, _UP_FROM)):
                if isinstance(way, Transfer):
                    stack.enter_context(live.published(name, _rate(way, since, share)))
        yield


def _latency(train: Train, share: Callable[[], float]) -> Callable[[], float]:
    usual, worse = train.rtt_ms.median, train.rtt_ms.p95

    def reading() -> float:
        wave = 0.5 + 0.5 * math.sin(share() * 60) * math.sin(share() * 23)
        return usual + (worse - usual) * wave

    return reading


def _rate(way: Transfer, since: float, share: Callable[[], float]) -> Callable[[], float | None]:
    until = _UP_FROM if since < _UP_FROM else 1.0

    def reading() -> float | None:
        now = share()
        return way.mbit_s * min(1.0, (now - since) / _RAMP) if since <= now < until else None

    return reading
