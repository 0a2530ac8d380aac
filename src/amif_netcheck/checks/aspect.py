"""One figure against its limit, and the finding when it is beyond."""

from __future__ import annotations

from dataclasses import dataclass, field

from amif_netcheck.checks import limits
from amif_netcheck.model.finding import Finding, ParamValue, Severity


@dataclass(frozen=True)
class Measurement:
    """A figure that may be judged.

    `fact` is its path below `facts.link.<side>`, `also` are paths below `facts.link`; `more` are further params.
    """

    code: str
    value: float
    limit: limits.Limit
    fact: str
    more: dict[str, ParamValue] = field(default_factory=dict)
    also: tuple[str, ...] = ()

    def excess(self) -> Violation | None:
        """How far it is beyond; None when it is within."""
        severity, crossed = limits.judge(self.value, self.limit)
        return None if crossed is None else Violation(self, severity, crossed)


@dataclass(frozen=True)
class Violation:
    """An aspect beyond one of its limits."""

    aspect: Measurement
    severity: Severity
    crossed: limits.Threshold

    def finding(self, *sides: str, severity: Severity | None = None, place: str = "unknown") -> Finding:
        """What is said of it; `sides` are the facts it rests on."""
        unit = self.aspect.limit.unit
        return Finding(
            code=self.aspect.code,
            severity=severity or self.severity,
            params={
                f"value_{unit}": self.aspect.value,
                f"limit_{unit}": self.crossed.value,
                "source": self.crossed.source,
                "place": place,
                **self.aspect.more,
            },
            evidence=(
                *(f"facts.link.{side}.{self.aspect.fact}" for side in sides),
                *(f"facts.link.{path}" for path in self.aspect.also),
            ),
        )
