"""Facts under the checks: in a run, and again of a saved report. Pure but for the log; needs no probe."""

from __future__ import annotations

import logging

from msgspec import structs

from amif_netcheck import __version__
from amif_netcheck.model.facts import NOT_REQUESTED, Facts, Reason
from amif_netcheck.model.finding import Finding, ParamValue, Severity
from amif_netcheck.model.report import ProbeError, Report, Tool
from amif_netcheck.run import score
from amif_netcheck.run.checklist import CHECKLIST, IDS, CheckSpec

log = logging.getLogger(__name__)


def judge(entry: CheckSpec, facts: Facts, errors: list[ProbeError]) -> list[Finding]:
    """A check's findings; one that crashes could not tell."""
    try:
        return entry.check(facts)
    except Exception as error:
        log.exception("check %s crashed", entry.id)
        errors.append(ProbeError(where=f"checks.{entry.id}", reason=Reason.ERROR.value, detail=repr(error)))
        params: dict[str, ParamValue] = {"reason": Reason.ERROR.value}
        return [Finding(code=f"{entry.id}.unknown", severity=Severity.UNKNOWN, params=params)]


def weigh(report: Report) -> Report:
    """The same report with score, coverage, verdict and next action computed from its checks."""
    return structs.replace(
        report,
        score=score.score(report.checks),
        coverage=score.coverage(report.checks),
        verdict=score.verdict(report.checks),
        next_action=score.next_action(report.checks),
    )


def judge_again(report: Report) -> Report:
    """A saved report's facts under today's checks; what was measured, when and how long stays as it was."""
    errors = [error for error in report.errors if not error.where.startswith("checks.")]
    results = []
    durations = {each.id: each.duration_s for each in report.checks}
    for entry in CHECKLIST:
        if entry.id not in report.asked:
            results.append(score.skipped(entry.id, entry.weight))
            continue
        findings = judge(entry, report.facts, errors)
        results.append(score.result(entry.id, entry.weight, findings, durations.get(entry.id, 0.0)))
    return weigh(
        structs.replace(
            report,
            tool=Tool(name="amif-netcheck", version=__version__),
            checks=tuple(results),
            asked=tuple(check for check in report.asked if check in IDS),
            errors=tuple(errors),
        )
    )


def renewed(earlier: Report, later: Report) -> Report:
    """`earlier` with the facts that `later`, a run of some of its checks, brought anew; all of it judged again."""
    subjects = _measured(later)
    probes = {f"probes.{subject}" for subject in subjects}
    facts = {subject: getattr(later.facts, subject) for subject in subjects}
    newer = {result.id: result for result in later.checks if result.id in later.asked}
    return judge_again(
        structs.replace(
            earlier,
            generated_at=later.generated_at,
            duration_s=later.duration_s if set(earlier.asked) <= set(later.asked) else earlier.duration_s,
            facts=structs.replace(earlier.facts, **facts),
            asked=tuple(check for check in IDS if check in {*earlier.asked, *later.asked}),
            checks=tuple(newer.get(result.id, result) for result in earlier.checks),
            errors=(*(error for error in earlier.errors if error.where not in probes), *later.errors),
        )
    )


def _measured(report: Report) -> set[str]:
    """The subjects that a run asked for: what its checks need, and what they use where that was requested."""
    specs = [spec for spec in CHECKLIST if spec.id in report.asked]
    used = {subject for spec in specs for subject in spec.uses}
    return {subject for spec in specs for subject in spec.needs} | {
        subject for subject in used if getattr(report.facts, subject) != NOT_REQUESTED
    }
