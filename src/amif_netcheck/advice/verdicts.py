"""The words of statuses and verdicts, and which finding is told first; what plain text and the terminal app share."""

from __future__ import annotations

from amif_netcheck.advice.language import N_, Language
from amif_netcheck.checks.registry import SPECS
from amif_netcheck.model.finding import rank
from amif_netcheck.model.report import CheckResult, Report, ReportedFinding, Status, Verdict

STATUS_WORDS = {
    Status.OK: N_("OK"),
    Status.INFO: N_("To know"),
    Status.WARNING: N_("Caution"),
    Status.CRITICAL: N_("Blocking"),
    Status.UNKNOWN: N_("Unknown"),
    Status.SKIPPED: N_("Not asked"),
}
VERDICT_WORDS = {
    Verdict.READY: N_("Ready"),
    Verdict.LIMITED: N_("Ready, with reservations"),
    Verdict.NOT_READY: N_("Not ready yet"),
    Verdict.UNDETERMINED: N_("Can't tell"),
}


def worst_first(result: CheckResult) -> list[ReportedFinding]:
    """A check's findings in the order in which they are told."""
    return sorted(result.findings, key=lambda finding: rank(finding.severity))


def counts(report: Report, language: Language) -> str:
    """How many rows are what: `1 blocking · 7 to improve`; empty where none is."""
    statuses = [result.status for result in report.checks]
    forms = (
        (
            Status.CRITICAL,
            language.plural("{count} blocking", "{count} blocking", statuses.count(Status.CRITICAL)),
        ),
        (
            Status.WARNING,
            language.plural("{count} to improve", "{count} to improve", statuses.count(Status.WARNING)),
        ),
        (
            Status.UNKNOWN,
            language.plural("{count} not checked", "{count} not checked", statuses.count(Status.UNKNOWN)),
        ),
    )
    return " · ".join(
        form.format(count=statuses.count(status)) for status, form in forms if status in statuses
    )


def checked(report: Report, language: Language) -> str:
    """`3 of 9 points checked`; empty where all that was asked for was, or where `counts` tells of all that was not."""
    asked = [result for result in report.checks if result.status is not Status.SKIPPED]
    done = sum(result.points is not None for result in asked)
    if all(result.points is not None or result.status is Status.UNKNOWN for result in asked):
        return ""
    form = language.plural("{done} of {asked} point checked", "{done} of {asked} points checked", done)
    return form.format(done=done, asked=len(asked))


def displayed_score(report: Report) -> int | None:
    """The score, where it says something: without a network, or where too little is known, figures would reassure."""
    action = report.next_action
    offline = action is not None and SPECS[action.code].explains_all
    return None if offline or report.verdict is Verdict.UNDETERMINED else report.score


def first(report: Report) -> ReportedFinding | None:
    """What to do first; when nothing is wrong but too little is known, what could not be told."""
    findings = [finding for result in report.checks for finding in worst_first(result)]
    if report.next_action is not None:
        return next(finding for finding in findings if finding.code == report.next_action.code)
    if report.verdict is Verdict.UNDETERMINED:
        return next(
            (
                finding
                for result in reversed(report.checks)
                if result.status is Status.UNKNOWN
                for finding in worst_first(result)
            ),
            None,
        )
    return None
