"""The call that was foretold, held against the limits that real calls are classed by: what of it is too bad, and which way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from amif_netcheck.checks import limits
from amif_netcheck.checks.link_findings import DELAY, DOWN, LOSS, PICTURE_POOR, PICTURE_STILL, UP
from amif_netcheck.checks.spec import FindingSpec
from amif_netcheck.model.facts import Foretold, ForetoldPicture, ForetoldWay, LinkFacts, Unavailable
from amif_netcheck.model.finding import Severity, rank

_KBIT_PER_MBIT = 1000


@dataclass(frozen=True)
class Fault:
    """A figure of the call that is beyond its limit: of the worse way. `late`: sound that came, most of it, but too late."""

    spec: FindingSpec
    way: str
    value: float
    severity: Severity
    crossed: limits.Threshold
    fact: str
    late: bool = False


def faults(foretold: Foretold, link: LinkFacts) -> list[Fault]:
    """Of each figure the worse way's, where it is beyond its limit; of the picture's rate, where a rate was measured."""
    worst: dict[str, Fault] = {}
    for fault in _all(foretold, link):
        known = worst.get(fault.spec.code)
        if known is None or rank(fault.severity) < rank(known.severity):
            worst[fault.spec.code] = fault
    return list(worst.values())


def speaks_of_pictures(foretold: Foretold) -> bool:
    """Is anything foretold of the picture, both ways?"""
    return all(
        isinstance(way, ForetoldWay) and isinstance(way.picture, ForetoldPicture)
        for way in (foretold.up, foretold.down)
    )


def _all(foretold: Foretold, link: LinkFacts) -> Iterator[Fault]:
    for name, way, transfer in ((UP, foretold.up, link.upload), (DOWN, foretold.down, link.download)):
        if not isinstance(way, ForetoldWay):
            continue
        for spec, value, path in _figures(way):
            if spec is PICTURE_POOR and isinstance(transfer, Unavailable):
                continue
            (limit,) = spec.limits
            severity, crossed = limits.judge(value, limit)
            if crossed is not None:
                late = spec is LOSS and 2 * way.sound.late_pct >= way.sound.made_up_pct.value
                yield Fault(spec, name, value, severity, crossed, f"facts.link.foretold.{name}.{path}", late)


def _figures(way: ForetoldWay) -> Iterator[tuple[FindingSpec, float, str]]:
    yield DELAY, way.sound.delay_ms.value, "sound.delay_ms"
    yield LOSS, way.sound.made_up_pct.value, "sound.made_up_pct"
    if isinstance(way.picture, ForetoldPicture):
        yield PICTURE_STILL, way.picture.frozen_pct.value, "picture.frozen_pct"
        yield PICTURE_POOR, way.picture.kbit_s.value / _KBIT_PER_MBIT, "picture.kbit_s"
