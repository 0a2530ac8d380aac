"""A finding's words in a language, and a report with all of them filled in."""

from __future__ import annotations

from dataclasses import dataclass

from msgspec import structs

from amif_netcheck.advice import (
    applications,
    apps,
    certificates,
    firewall,
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
from amif_netcheck.advice.language import Language
from amif_netcheck.advice.words import FindingWords
from amif_netcheck.checks.registry import SPECS
from amif_netcheck.model.finding import Finding, Severity
from amif_netcheck.model.report import Report, ReportedFinding

_SOME_DEVICE = "headset"
"""What is spoken of where no device is at hand."""

WORDS: dict[str, FindingWords] = {
    **proximity.WORDS,
    **traffic.WORDS,
    **neighbours.WORDS,
    **vpn.WORDS,
    **firewall.WORDS,
    **certificates.WORDS,
    **sound_apps.WORDS,
    **apps.WORDS,
    **headset.WORDS,
    **sound_test.WORDS,
    **link.WORDS,
    **unknown.words(spec.check for spec in SPECS.values()),
}
"""All words by code, or by `code/variant`."""


@dataclass(frozen=True)
class FindingText:
    """A finding in a person's language."""

    title: str
    summary: str
    meaning: str
    steps: tuple[str, ...]


def say(finding: Finding | ReportedFinding, language: Language, system: str) -> FindingText:
    """The words for `finding`, with the steps for `system`."""
    words = WORDS[key(finding.code, finding.variant)]
    harmless = finding.severity is Severity.INFO  # nothing shows that the meeting will suffer: don't say so
    written = language.params(finding.params)
    return FindingText(
        title=language.text(words.title),
        summary=_fill(language.text(words.summary), written),
        meaning="" if harmless else language.text(words.meaning),
        steps=(
            *(
                applications.steps(finding.params, words.otherwise, language, system)
                if words.otherwise
                else ()
            ),
            *(
                _fill(language.text(step), written)
                for step in (*words.steps_on.get(system, ()), *words.steps)
            ),
        ),
    )


def general(code: str, language: Language, system: str) -> FindingText:
    """The words for a code without a case at hand; `summary` is empty. `code` may name a variant."""
    words = WORDS[code]
    steps = (*words.steps_on.get(system, ()), *words.steps)
    some_device = language.params({"device_kind": _SOME_DEVICE})
    about_each = language.text(words.otherwise).format(name=language.text(applications.EACH))
    return FindingText(
        title=language.text(words.title),
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
            text = say(finding, language, report.system.os)
            findings.append(
                structs.replace(finding, summary=text.summary, meaning=text.meaning, advice=text.steps)
            )
        checks.append(structs.replace(result, findings=tuple(findings)))
    return structs.replace(report, checks=tuple(checks), language=language.code)


def key(code: str, variant: str) -> str:
    """By what `WORDS` knows a finding."""
    return f"{code}/{variant}" if variant else code


class _Missing(dict[str, str]):
    """A param that an older report does not have is left out of its sentence."""

    def __missing__(self, key: str) -> str:
        return "—"


def _fill(template: str, written: dict[str, str]) -> str:
    return template.format_map(_Missing(written))
