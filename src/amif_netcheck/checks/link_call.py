"""A call that was played: how long it was interrupted, each way told by itself."""

from __future__ import annotations

from collections.abc import Iterator

from amif_netcheck.checks import limits
from amif_netcheck.checks.aspect import Measurement
from amif_netcheck.model.facts import Call, CallWay, Unavailable
from amif_netcheck.model.finding import Finding


def played(call: Call | Unavailable) -> list[Finding]:
    """What such a call would have suffered; nothing when none was played."""
    if isinstance(call, Unavailable):
        return []
    return [
        excess.finding(f"call.{way}")
        for way, seen in (("up", call.up), ("down", call.down))
        for aspect in _aspects(way, seen)
        if (excess := aspect.excess())
    ]


def _aspects(way: str, seen: CallWay) -> Iterator[Measurement]:
    yield Measurement(
        "link.loss_burst", seen.longest_loss_ms, limits.LONGEST_LOSS, "longest_loss_ms", {"way": way}
    )
