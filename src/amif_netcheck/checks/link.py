"""The line itself, at rest: latency, jitter, loss; and where the fault is, at home or beyond the box.

The worst factor decides: a sum would let good figures hide a fatal one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from amif_netcheck.checks import limits
from amif_netcheck.checks.unknown import could_not_tell
from amif_netcheck.model.facts import Facts, LinkFacts, NameLookup, Reason, Train, Unavailable
from amif_netcheck.model.finding import Finding, ParamValue, Severity


class _Factor(NamedTuple):
    code: str
    fact: str
    limit: limits.Limit


_FACTORS = (
    _Factor("link.loss", "loss_pct", limits.LOSS),
    _Factor("link.loss_burst", "longest_loss_ms", limits.LONGEST_LOSS),
    _Factor("link.latency", "rtt_ms", limits.RTT),
    _Factor("link.jitter", "jitter_ms", limits.JITTER),
)


_TOO_BAD_TO_BE_TRUE = 1.5


class _Excess(NamedTuple):
    """A factor beyond one of its limits."""

    factor: _Factor
    value: float
    severity: Severity
    crossed: limits.Threshold

    def finding(self, severity: Severity, place: str, *sides: str) -> Finding:
        unit = self.factor.limit.unit
        return Finding(
            code=self.factor.code,
            severity=severity,
            params={
                f"value_{unit}": self.value,
                f"limit_{unit}": self.crossed.value,
                "source": self.crossed.source,
                "place": place,
            },
            evidence=tuple(f"facts.link.{side}.{self.factor.fact}" for side in sides),
        )


def check(facts: Facts) -> list[Finding]:
    """Judge the way to the Internet; where it can't be measured, judge the way to the box and say what is missing."""
    link = facts.link
    if isinstance(link, Unavailable):
        return [could_not_tell("link", link, "facts.link")]
    if isinstance(link.internet, Unavailable):
        if link.internet.reason is Reason.NOT_PRESENT:  # no way out at all, known without sending anything
            return [
                Finding(code="link.no_network", severity=Severity.CRITICAL, evidence=("facts.link.internet",))
            ]
        return [*_home_alone(link.gateway), _not_measured(link, link.internet)]
    if link.internet.sent < limits.MIN_PROBES:
        evidence = ("facts.link.internet.sent",)
        return [
            Finding(
                code="link.too_few",
                severity=Severity.UNKNOWN,
                params={"sent": link.internet.sent},
                evidence=evidence,
            )
        ]
    findings = [_placed(excess, link.gateway) for excess in _excesses(link.internet)]
    return findings or [_good(link.internet)]


def _value(train: Train, factor: _Factor) -> float | None:
    """One figure of a train; latency is judged by its median."""
    value = train.rtt_ms.median if factor.fact == "rtt_ms" else getattr(train, factor.fact)
    if isinstance(value, Unavailable):
        return None
    by_chance = factor.fact == "loss_pct" and train.sent - train.received < limits.MIN_LOST
    return 0.0 if by_chance else float(value)


def _excesses(train: Train) -> Iterator[_Excess]:
    for factor in _FACTORS:
        value = _value(train, factor)
        if value is None:
            continue
        severity, crossed = limits.judge(value, factor.limit)
        if crossed is not None:
            yield _Excess(factor, value, severity, crossed)


def _home_alone(gateway: Train | Unavailable) -> list[Finding]:
    """What the box alone shows: a warning at most, and no loss, as boxes limit how many such requests they answer."""
    if isinstance(gateway, Unavailable) or gateway.sent < limits.MIN_PROBES:
        return []
    return [
        excess.finding(
            Severity.WARNING if excess.severity is Severity.CRITICAL else excess.severity, "home", "gateway"
        )
        for excess in _excesses(gateway)
        if excess.factor.fact not in {"loss_pct", "longest_loss_ms"}
    ]


def _placed(excess: _Excess, gateway: Train | Unavailable) -> Finding:
    """Say where: at home when the way to the box accounts for most of the figure, beyond it when for less than half.

    What goes to the Internet crosses the same way to the box: a box that looks much worse than that only answers badly.
    """
    at_home = None if isinstance(gateway, Unavailable) else _value(gateway, excess.factor)
    if at_home is None or at_home > excess.value * _TOO_BAD_TO_BE_TRUE:
        return excess.finding(excess.severity, "unknown", "internet")
    place = "home" if at_home >= excess.value / 2 else "beyond"
    return excess.finding(excess.severity, place, "internet", "gateway")


def _good(train: Train) -> Finding:
    params: dict[str, ParamValue] = {"rtt_ms": train.rtt_ms.median, "jitter_ms": train.jitter_ms}
    if not isinstance(train.loss_pct, Unavailable):
        params["loss_pct"] = train.loss_pct
    return Finding(code="link.good", severity=Severity.OK, params=params, evidence=("facts.link.internet",))


def _not_measured(link: LinkFacts, missing: Unavailable) -> Finding:
    """Why the Internet side could not be measured: names, silence, or our own reasons."""
    names = link.names
    if isinstance(names, NameLookup) and names.asked and not names.resolved:
        return Finding(code="link.no_names", severity=Severity.UNKNOWN, evidence=("facts.link.names",))
    if missing.reason in {Reason.TIMEOUT, Reason.BLOCKED}:
        return Finding(code="link.no_answer", severity=Severity.UNKNOWN, evidence=("facts.link.internet",))
    return could_not_tell("link", missing, "facts.link.internet")
