"""A finding's words in a language, and a report with all of them filled in."""

from __future__ import annotations

from dataclasses import dataclass

from msgspec import structs

from amif_netcheck.advice import (
    applications,
    apps,
    camera,
    certificates,
    firewall,
    firewall_media,
    headset,
    link,
    neighbours,
    proximity,
    sound_apps,
    sound_test,
    traffic,
    unknown,
    vpn,
)
from amif_netcheck.advice.headline import fitted
from amif_netcheck.advice.language import N_, Language
from amif_netcheck.advice.words import FindingWords, by_time, fill
from amif_netcheck.checks.registry import SPECS
from amif_netcheck.model.desk import NO_DESK, Desk
from amif_netcheck.model.finding import Finding, ParamValue, Severity
from amif_netcheck.model.report import Report, ReportedFinding

DEGREES = {
    Severity.INFO: N_("a little low"),
    Severity.WARNING: N_("too low"),
    Severity.CRITICAL: N_("far too low"),
}
"""What `{degree}` stands for in a finding's words."""
_DESK = "IT desk"
"""Every English step that sends somebody there says so."""
_SOME_DEVICE = "headset"
"""What is spoken of where no device is at hand."""

WORDS: dict[str, FindingWords] = {
    **proximity.WORDS,
    **traffic.WORDS,
    **neighbours.WORDS,
    **vpn.WORDS,
    **firewall.WORDS,
    **firewall_media.WORDS,
    **certificates.WORDS,
    **sound_apps.WORDS,
    **apps.WORDS,
    **headset.WORDS,
    **sound_test.WORDS,
    **camera.WORDS,
    **link.WORDS,
    **unknown.words(spec.check for spec in SPECS.values()),
}
"""All words by code, or by `code/variant`."""


@dataclass(frozen=True)
class FindingText:
    """A finding in a person's language; `headline` is it in one short line."""

    title: str
    headline: str
    summary: str
    meaning: str
    steps: tuple[str, ...]


def say(
    finding: Finding | ReportedFinding,
    language: Language,
    system: str,
    *,
    minutes_left: float | None = None,
    desk: Desk = NO_DESK,
) -> FindingText:
    """The words for `finding`, with the steps for `system`, and how the `desk` is reached where they send somebody there.

    Steps that take longer than `minutes_left` come last, for later.
    """
    words = WORDS[key(finding.code, finding.variant)]
    harmless = finding.severity is Severity.INFO  # nothing shows that the meeting will suffer: don't say so
    written = language.params(_with_degree(finding, language))
    steps = (*words.steps_on.get(system, ()), *words.steps)
    if desk.managed and words.steps_managed:
        steps = words.steps_managed
    sends = next((step for step in steps if _DESK in step), "")
    now, later = by_time(steps, minutes_left)
    of_apps: tuple[str, ...] = ()
    of_apps_later: tuple[str, ...] = ()
    if words.otherwise:
        of_apps, of_apps_later = applications.by_time_left(
            finding.params, words.otherwise, language, system, minutes_left
        )
    return FindingText(
        title=language.text(words.title),
        headline=headline(finding, language),
        summary=fill(language.text(words.summary), written),
        meaning="" if harmless else language.text(words.meaning),
        steps=(
            *of_apps,
            *(_told(step, language, desk, written, first=step == sends) for step in now),
            *(_after_the_meeting(step, language) for step in of_apps_later),
            *(
                _after_the_meeting(_told(step, language, desk, written, first=step == sends), language)
                for step in later
            ),
        ),
    )


def _told(step: str, language: Language, desk: Desk, written: dict[str, str], *, first: bool) -> str:
    """A step; the first one that sends somebody to the `desk` says how it is reached."""
    text = fill(language.text(step), written)
    if not first or not desk.contact:
        return text
    return language.text("{step} To reach it: {contact}").format(step=text, contact=desk.contact)


def _after_the_meeting(step: str, language: Language) -> str:
    return language.text("After the meeting: {step}").format(step=step[:1].lower() + step[1:])


def headline(finding: Finding | ReportedFinding, language: Language) -> str:
    """The finding in one short line, for a row."""
    words = WORDS[key(finding.code, finding.variant)]
    return fitted(language.text(words.headline), _with_degree(finding, language), language)


def _with_degree(finding: Finding | ReportedFinding, language: Language) -> dict[str, ParamValue]:
    """Its params, and in words how far from good it is, for what is measured against one figure."""
    return {**finding.params, "degree": language.text(DEGREES.get(finding.severity, ""))}


def general(code: str, language: Language, system: str) -> FindingText:
    """The words for a code without a case at hand; `headline` and `summary` are empty. `code` may name a variant."""
    words = WORDS[code]
    steps = (*words.steps_on.get(system, ()), *words.steps)
    some_device = language.params({"device_kind": _SOME_DEVICE})
    about_each = language.text(words.otherwise).format(name=language.text(applications.EACH))
    return FindingText(
        title=language.text(words.title),
        headline="",
        summary="",
        meaning=language.text(words.meaning),
        steps=(
            *((about_each,) if about_each else ()),
            *(language.text(step).replace("{device_kind}", some_device["device_kind"]) for step in steps),
        ),
    )


def word(report: Report, language: Language) -> Report:
    """The same report with summary, meaning and advice of every finding in `language`."""
    checks = []
    for result in report.checks:
        findings = []
        for finding in result.findings:
            text = say(finding, language, report.system.os, desk=report.desk)
            findings.append(
                structs.replace(finding, summary=text.summary, meaning=text.meaning, advice=text.steps)
            )
        checks.append(structs.replace(result, findings=tuple(findings)))
    return structs.replace(report, checks=tuple(checks), language=language.code)


def key(code: str, variant: str) -> str:
    """By what `WORDS` knows a finding."""
    return f"{code}/{variant}" if variant else code
