"""A report as a page: the answer and what to do first for the participant, then each check, charts, and all facts for the desk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from markupsafe import Markup

from amif_netcheck.advice.language import Language
from amif_netcheck.advice.lookup import say
from amif_netcheck.advice.next_step import answer
from amif_netcheck.advice.scenarios import scenario_name
from amif_netcheck.advice.tips import TIPS
from amif_netcheck.advice.verdicts import STATUS_WORDS, VERDICT_WORDS, first, worst_first
from amif_netcheck.advice.words import AGAIN
from amif_netcheck.checks import limits
from amif_netcheck.model.finding import TO_FIX, Severity
from amif_netcheck.model.report import CheckResult, Privacy, Report, ReportedFinding, Status, Verdict
from amif_netcheck.output.moments import moment
from amif_netcheck.output.page import facts, line_charts, measured
from amif_netcheck.output.page.rendering import page, svg

SYMBOLS = {
    Status.OK: "✓",
    Status.INFO: "i",
    Status.WARNING: "!",
    Status.CRITICAL: "✗",
    Status.UNKNOWN: "?",
    Status.SKIPPED: "–",
}
_SYSTEMS = {"windows": "Windows", "macos": "macOS", "linux": "Linux"}
VERDICT_CLASSES = {
    Verdict.READY: "ok",
    Verdict.LIMITED: "warning",
    Verdict.NOT_READY: "critical",
    Verdict.UNDETERMINED: "unknown",
}


@dataclass(frozen=True)
class Found:
    """A finding of a check, and its words."""

    status: Status
    summary: str
    meaning: str
    steps: tuple[str, ...]


@dataclass(frozen=True)
class Check:
    """One line of the checklist with what belongs to it."""

    status: Status
    title: str
    findings: tuple[Found, ...]
    measures: tuple[measured.Measure, ...]


@dataclass(frozen=True)
class FirstStep:
    """What to do first, under its heading."""

    heading: str
    summary: str = ""
    meaning: str = ""
    steps: tuple[str, ...] = ()


def render(report: Report, language: Language) -> bytes:
    """The whole page of a report that is already redacted, with the limits that it was judged by."""
    with limits.changed(report.desk.limits):
        return _render(report, language)


def _render(report: Report, language: Language) -> bytes:
    text = language.text
    verdict = text(VERDICT_WORDS[report.verdict])
    done = first(report)
    checks = tuple(
        _check(result, report, language, done)
        for result in report.checks
        if result.status is not Status.SKIPPED
    )
    when = moment(report.generated_at, language)
    return page(
        "report.html",
        language,
        title=text("{title}: {headline}").format(title=f"amif-netcheck, {when}", headline=verdict),
        verdict=verdict,
        verdict_class=VERDICT_CLASSES[report.verdict],
        answer=answer(report, language).removeprefix(verdict).removeprefix(" · "),
        first=_first(done, report, language),
        checks=checks,
        charts=[_figure(chart) for chart in line_charts.of_report(report, language)],
        about=tuple(_about(report, when, language)),
        subjects=tuple(facts.subjects(report.facts, language)),
        errors=tuple(
            (error.where, facts.cut(f"{error.reason} {error.detail}".strip())) for error in report.errors
        ),
        demo=scenario_name(report.demo, language),
        contact="" if report.verdict is Verdict.READY else facts.cut(report.desk.contact),
        symbols=SYMBOLS,
        words=STATUS_WORDS,
    )


def _check(result: CheckResult, report: Report, language: Language, done: ReportedFinding | None) -> Check:
    """Without the steps of the finding `done`, which stand on top."""
    tip = TIPS.get(result.id)
    return Check(
        status=result.status,
        title=language.text(tip.title) if tip else result.id,
        findings=tuple(_found(result, report, language, done)),
        measures=measured.of_check(result, report, language),
    )


def _found(
    result: CheckResult, report: Report, language: Language, done: ReportedFinding | None
) -> Iterator[Found]:
    """Each step once, for what there is something to do about."""
    told = {language.text(AGAIN)}
    for finding in worst_first(result):
        words = say(finding, language, report.system.os, desk=report.desk)
        to_do = finding.severity in TO_FIX | {Severity.UNKNOWN} and finding is not done
        steps = tuple(dict.fromkeys(step for step in words.steps if to_do and step not in told))
        told.update(steps)
        yield Found(Status(finding.severity.value), words.summary, words.meaning if to_do else "", steps)


def _first(finding: ReportedFinding | None, report: Report, language: Language) -> FirstStep:
    if finding is None:
        nothing = language.text("Nothing to do: have a good meeting.")
        return FirstStep(nothing if report.verdict is Verdict.READY else "")
    if report.next_action is None:
        heading = language.text("What to do")
    elif report.verdict is Verdict.READY:
        heading = language.text("If there is time")
    else:
        heading = language.text("To fix first")
    words = say(finding, language, report.system.os, desk=report.desk)
    return FirstStep(heading, words.summary, words.meaning, words.steps)


def _figure(chart: ET.Element) -> tuple[str, Markup]:
    """Its title as a heading, and itself."""
    return chart.findtext("title", ""), svg(chart)


def _about(report: Report, when: str, language: Language) -> Iterator[tuple[str, str]]:
    text = language.text
    yield text("Checked on"), when
    system = _SYSTEMS.get(report.system.os, report.system.os)
    yield text("System"), facts.cut(f"{system} {report.system.release}".strip())
    if report.site:
        yield text("Site"), facts.cut(report.site)
    yield (
        text("Names and addresses"),
        (text("replaced by codes") if report.privacy is Privacy.REDACTED else text("as they are")),
    )
    yield text("Judged by"), facts.cut(f"{report.tool.name} {report.tool.version}")
