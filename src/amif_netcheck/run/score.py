"""The one place that weighs: findings to points, points to a score, and what to fix first. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from amif_netcheck.checks.order import to_mend
from amif_netcheck.model.finding import BAD, Finding, Severity, worst
from amif_netcheck.model.report import CheckResult, NextAction, ReportedFinding, Status, Verdict

POINTS: dict[Status, float | None] = {
    Status.OK: 1.0,
    Status.INFO: 1.0,
    Status.WARNING: 0.25,
    Status.CRITICAL: 0.0,
    Status.UNKNOWN: None,
    Status.SKIPPED: None,
}
"""The share of its weight that a check keeps. What is worth knowing costs nothing: with nothing to mend, 100 are full."""
MOST = 100
MOST_NOT_READY = 49
"""While something keeps the person from taking part, the score says so, however well all the rest is."""
ENOUGH_COVERAGE = 0.8
_DISPENSABLE = frozenset({"camera"})
"""What isn't known of these keeps no verdict back: one can take part without."""


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
    """The points as a share of the weights assessed, of 100, or of 49 while something blocks; None when nothing was assessed."""
    assessed = [
        (result.points, result.weight, result.status) for result in results if result.points is not None
    ]
    total = sum(weight for _, weight, _ in assessed)
    if not total:
        return None
    blocked = any(status is Status.CRITICAL for _, _, status in assessed)
    return round((MOST_NOT_READY if blocked else MOST) * sum(points for points, _, _ in assessed) / total)


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
    counted = [result for result in results if result.points is not None or result.id not in _DISPENSABLE]
    if coverage(counted) < ENOUGH_COVERAGE or ("link" in asked and asked["link"].points is None):
        return Verdict.UNDETERMINED
    return Verdict.LIMITED if Status.WARNING in statuses else Verdict.READY


def next_action(results: Sequence[CheckResult]) -> NextAction | None:
    """The finding to fix first. Where too little is known to tell, a harmless note is not that: what could not be told is."""
    only_bad = verdict(results) is Verdict.UNDETERMINED
    for problem in to_mend(results):
        if problem.finding.severity in BAD or not only_bad:
            return NextAction(check=problem.result.id, code=problem.finding.code)
    return None
