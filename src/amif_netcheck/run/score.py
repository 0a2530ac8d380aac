"""The one place that weighs: findings to points, points to a score, and what to fix first. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from amif_netcheck.checks.causes import explains
from amif_netcheck.checks.registry import SPECS
from amif_netcheck.model.finding import BAD, TO_FIX, Finding, Severity, rank, worst
from amif_netcheck.model.report import CheckResult, NextAction, ReportedFinding, Status, Verdict

POINTS: dict[Status, float | None] = {
    Status.OK: 1.0,
    Status.INFO: 0.8,
    Status.WARNING: 0.5,
    Status.CRITICAL: 0.0,
    Status.UNKNOWN: None,
    Status.SKIPPED: None,
}
ENOUGH_COVERAGE = 0.8


def result(check: str, weight: int, findings: Sequence[Finding], duration_s: float) -> CheckResult:
    """A line of the checklist from its findings: the worst one is its status. No findings at all is `unknown`.

    A check that could not tell in part counts as not assessed, unless what it saw is critical: a problem that was seen
    must not make up for what was not.
    """
    status = Status(worst(finding.severity for finding in findings).value)
    in_part = (
        any(finding.severity is Severity.UNKNOWN for finding in findings) and status is not Status.CRITICAL
    )
    share = None if in_part else POINTS[status]
    return CheckResult(
        id=check,
        status=status,
        weight=weight,
        points=None if share is None else weight * share,
        duration_s=duration_s,
        findings=tuple(
            ReportedFinding(
                code=f.code, severity=f.severity, variant=f.variant, params=f.params, evidence=f.evidence
            )
            for f in findings
        ),
    )


def skipped(check: str, weight: int) -> CheckResult:
    """The line of a check that was not asked for."""
    return CheckResult(id=check, status=Status.SKIPPED, weight=weight, points=None, duration_s=0.0)


def score(results: Iterable[CheckResult]) -> int | None:
    """100 x points / weights assessed; None when nothing was assessed."""
    assessed = [(result.points, result.weight) for result in results if result.points is not None]
    total = sum(weight for _, weight in assessed)
    return round(100 * sum(points for points, _ in assessed) / total) if total else None


def coverage(results: Iterable[CheckResult]) -> float:
    """Weights assessed / weights asked for; 0 when nothing was asked for."""
    asked = [result for result in results if result.status is not Status.SKIPPED]
    total = sum(result.weight for result in asked)
    return (
        round(sum(result.weight for result in asked if result.points is not None) / total, 3)
        if total
        else 0.0
    )


def verdict(results: Sequence[CheckResult]) -> Verdict:
    """Critical, then too little known, then warnings: in this order, so that not knowing is never ready."""
    asked = {result.id: result for result in results if result.status is not Status.SKIPPED}
    statuses = {result.status for result in asked.values()}
    if Status.CRITICAL in statuses:
        return Verdict.NOT_READY
    if coverage(results) < ENOUGH_COVERAGE or ("link" in asked and asked["link"].points is None):
        return Verdict.UNDETERMINED
    return Verdict.LIMITED if Status.WARNING in statuses else Verdict.READY


def next_action(results: Sequence[CheckResult]) -> NextAction | None:
    """The finding to fix first: root causes before consequences, then the worst, what weighs most, what is quickest.

    A cause is as bad as the worst of its consequences.
    """
    problems = [
        (finding, result)
        for result in results
        for finding in result.findings
        if finding.severity in TO_FIX and not SPECS[finding.code].nothing_to_do
    ]
    causes = [finding for finding, _ in problems if finding.severity in BAD]

    def priority(problem: tuple[ReportedFinding, CheckResult]) -> tuple[bool, int, float, float]:
        finding, result = problem
        spec = SPECS[finding.code]
        consequence = any(explains(SPECS[cause.code], finding) for cause in causes)
        badness = min(
            rank(other.severity)
            for other, _ in problems
            if other is finding or (finding in causes and explains(spec, other))
        )
        lost = result.weight - (result.points or 0.0)
        return consequence, badness, -lost, math.inf if spec.effort_min is None else spec.effort_min

    if not problems:
        return None
    finding, result = min(problems, key=priority)
    return NextAction(check=result.id, code=finding.code)
