"""Facts under the checks: in a run, and again of a saved report. Pure but for the log; needs no probe."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence

from msgspec import structs

from amif_netcheck import __version__
from amif_netcheck.checks import limits
from amif_netcheck.checks.registry import SPECS
from amif_netcheck.checks.unknown import could_not_tell
from amif_netcheck.model.desk import ChangedLimit
from amif_netcheck.model.facts import NOT_REQUESTED, Facts, Reason, Unavailable
from amif_netcheck.model.finding import Finding
from amif_netcheck.model.report import Privacy, ProbeError, Report, Tool
from amif_netcheck.prediction.foretell import foretold_again
from amif_netcheck.run import score
from amif_netcheck.run.checklist import CHECKLIST, IDS, IN_ORDER, CheckSpec

log = logging.getLogger(__name__)


_USUAL: Mapping[str, ChangedLimit] = {}
"""No limit is another one than usual."""


def judge(
    entry: CheckSpec,
    facts: Facts,
    findings: Mapping[str, Sequence[Finding]],
    errors: list[ProbeError],
    changed: Mapping[str, ChangedLimit] = _USUAL,
) -> list[Finding]:
    """A check's findings, given those of other checks so far by id, by the limits that a desk has `changed`.

    One that crashes could not tell.
    """
    earlier = [finding for check in entry.after for finding in findings.get(check, ())]
    try:
        with limits.changed(changed):
            return entry.check(facts, earlier)
    except Exception as error:
        log.exception("check %s crashed", entry.id)
        errors.append(ProbeError(where=f"checks.{entry.id}", reason=Reason.ERROR.value, detail=repr(error)))
        return [could_not_tell(SPECS[f"{entry.id}.unknown"], Unavailable(reason=Reason.ERROR))]


def judge_all(
    facts: Facts,
    asked: Collection[str],
    errors: list[ProbeError],
    changed: Mapping[str, ChangedLimit] = _USUAL,
) -> dict[str, list[Finding]]:
    """The findings of all checks that were asked for, by id, each check given those of the earlier ones."""
    findings: dict[str, list[Finding]] = {}
    for entry in IN_ORDER:
        if entry.id in asked:
            findings[entry.id] = judge(entry, facts, findings, errors, changed)
    return findings


def weigh(report: Report) -> Report:
    """The same report with score, coverage, verdict and next action computed from its checks."""
    return structs.replace(
        report,
        score=score.score(report.checks),
        coverage=score.coverage(report.checks),
        verdict=score.verdict(report.checks),
        next_action=score.next_action(report.checks),
    )


def judge_again(report: Report, changed: Mapping[str, ChangedLimit] | None = None) -> Report:
    """A saved report's facts under today's checks; what was measured, when and how long stays as it was.

    `changed` are the limits that the desk of the one who reads has changed; without it, those of the report hold on.
    """
    desk = report.desk if changed is None else structs.replace(report.desk, limits=dict(changed))
    errors = [error for error in report.errors if not error.where.startswith("checks.")]
    durations = {result.id: result.duration_s for result in report.checks}
    facts = foretold_again(report.facts)
    findings = judge_all(facts, report.asked, errors, desk.limits)
    if report.privacy is Privacy.REDACTED:
        findings = {check: [_without_names(finding) for finding in made] for check, made in findings.items()}
    results = tuple(
        score.result(entry.id, entry.weight, findings[entry.id], durations.get(entry.id, 0.0))
        if entry.id in findings
        else score.skipped(entry.id, entry.weight)
        for entry in CHECKLIST
    )
    return weigh(
        structs.replace(
            report,
            tool=Tool(name="amif-netcheck", version=__version__),
            facts=facts,
            checks=results,
            asked=tuple(check for check in report.asked if check in IDS),
            errors=tuple(errors),
            desk=desk,
        )
    )


def _without_names(finding: Finding) -> Finding:
    """The facts of a redacted report hold tokens for names: no sentence calls anything by them."""
    return structs.replace(finding, variant=SPECS[finding.code].public_variant(finding.variant))


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
