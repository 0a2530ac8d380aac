"""One figure of the link against its limit, and the finding when it is beyond."""

from __future__ import annotations

from dataclasses import dataclass, field

from amif_netcheck.checks import limits
from amif_netcheck.checks.link_findings import SOMEWHERE
from amif_netcheck.checks.spec import FindingSpec
from amif_netcheck.model.finding import Finding, ParamValue, Severity


@dataclass(frozen=True)
class Measurement:
    """A figure that may be judged against the one limit of `spec`, in its unit.

    `fact` is its path below `facts.link.<side>`, `other_facts` are paths below `facts.link`; `params` are further ones.
    """

    spec: FindingSpec
    value: float
    fact: str
    params: dict[str, ParamValue] = field(default_factory=dict)
    other_facts: tuple[str, ...] = ()

    @property
    def limit(self) -> limits.Limit:
        """What it is held against."""
        (limit,) = self.spec.limits
        return limit

    def violation(self) -> Violation | None:
        """How far it is beyond; None when it is within."""
        severity, crossed = limits.judge(self.value, self.limit)
        return None if crossed is None else Violation(self, severity, crossed)


@dataclass(frozen=True)
class Violation:
    """A measurement beyond one of its limits."""

    measurement: Measurement
    severity: Severity
    crossed: limits.Threshold

    def finding(self, *sides: str, severity: Severity | None = None, place: str = SOMEWHERE) -> Finding:
        """Its finding; `sides` are the facts it rests on. `severity` may be milder than its own."""
        measured = self.measurement
        return measured.spec.finding(
            *(f"facts.link.{side}.{measured.fact}" for side in sides),
            *(f"facts.link.{path}" for path in measured.other_facts),
            severity=severity or self.severity,
            params={
                **limits.comparison(measured.value, measured.limit, self.crossed),
                "place": place,
                **measured.params,
            },
        )
