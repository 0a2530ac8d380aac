"""What is to be mended, and what before what: of a whole checklist. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from amif_netcheck.checks.causes import explains
from amif_netcheck.checks.registry import SPECS
from amif_netcheck.model.finding import BAD, TO_FIX, rank
from amif_netcheck.model.report import CheckResult, ReportedFinding


@dataclass(frozen=True)
class Problem:
    """A finding that there is something to do about.

    `consequence`: another one may be its cause. `badness`: its place among severities, 0 for the worst; a cause is as bad
    as the worst of its consequences. `minutes`: how long mending takes; None where that is longer than any.
    """

    result: CheckResult
    finding: ReportedFinding
    consequence: bool
    badness: int
    minutes: int | None

    @property
    def effort(self) -> float:
        """`minutes` as a number."""
        return math.inf if self.minutes is None else self.minutes


def to_mend(results: Sequence[CheckResult]) -> list[Problem]:
    """Root causes before their consequences, then the worst, what weighs most, what is quickest."""
    problems = [
        (result, finding)
        for result in results
        for finding in result.findings
        if finding.severity in TO_FIX and not SPECS[finding.code].nothing_to_do
    ]
    found = [finding for _, finding in problems]
    causes = [finding for finding in found if finding.severity in BAD]
    return sorted(
        (
            Problem(
                result=result,
                finding=finding,
                consequence=any(explains(SPECS[cause.code], finding) for cause in causes),
                badness=_badness(finding, found, is_cause=finding in causes),
                minutes=SPECS[finding.code].effort_min,
            )
            for result, finding in problems
        ),
        key=lambda each: (each.consequence, each.badness, -each.result.weight, each.effort),
    )


def _badness(finding: ReportedFinding, found: Sequence[ReportedFinding], *, is_cause: bool) -> int:
    spec = SPECS[finding.code]
    return min(
        rank(other.severity) for other in found if other is finding or (is_cause and explains(spec, other))
    )
