"""A finding's words in a language, and a report with all of them filled in."""

from __future__ import annotations

import re
from dataclasses import dataclass

from msgspec import structs

from amif_netcheck.advice import (
    applications,
    apps,
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
from amif_netcheck.model.facts import Reason
from amif_netcheck.model.finding import Finding, Severity
from amif_netcheck.model.report import Report, ReportedFinding

_UNKNOWN_SUFFIX = ".unknown"
_SOME_DEVICE = "headset"
"""What is spoken of where no device is at hand."""
_TOKEN = re.compile(r"device-\d+")
"""A device's name that was taken out: a sentence does without."""

WORDS: dict[str, FindingWords] = {
    **proximity.WORDS,
    **traffic.WORDS,
    **neighbours.WORDS,
    **vpn.WORDS,
    **firewall.WORDS,
    **sound_apps.WORDS,
    **apps.WORDS,
    **headset.WORDS,
    **sound_test.WORDS,
    **link.WORDS,
}
"""All words by code, or by `code/variant`."""


@dataclass(frozen=True)
class FindingText:
    """A finding in a person's language."""

    title: str
    summary: str
    meaning: str
    steps: tuple[str, ...]


def codes(checks: tuple[str, ...]) -> tuple[str, ...]:
    """Every finding code there is, without variants, in the order of `checks`."""
    found = [code for code in WORDS if "/" not in code]
    return tuple(
        code
        for check in checks
        for code in (*(each for each in found if each.startswith(f"{check}.")), f"{check}{_UNKNOWN_SUFFIX}")
    )


def say(finding: Finding | ReportedFinding, language: Language, system: str) -> FindingText:
    """The words for `finding`, with the steps for `system`."""
    words = _words(finding)
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
    words = unknown.REASONS["error"] if code.endswith(_UNKNOWN_SUFFIX) else WORDS[code]
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
            said = say(finding, language, report.system.os)
            findings.append(
                structs.replace(finding, summary=said.summary, meaning=said.meaning, advice=said.steps)
            )
        checks.append(structs.replace(result, findings=tuple(findings)))
    return structs.replace(report, checks=tuple(checks), language=language.code)


def _words(finding: Finding | ReportedFinding) -> FindingWords:
    if finding.code.endswith(_UNKNOWN_SUFFIX):
        return unknown.REASONS.get(str(finding.params.get("reason")), unknown.REASONS["error"])
    variant = _variant(finding)
    return WORDS.get(f"{finding.code}/{variant}") or WORDS[finding.code]


def _variant(finding: Finding | ReportedFinding) -> str:
    """Words change with the place of a fault, and with whether we can name the culprit."""
    by_cable = finding.params.get("medium") == "ethernet"
    if "place" in finding.params:
        place = str(finding.params["place"])
        return {"home": "home_by_cable", "unknown": "by_cable"}.get(place, place) if by_cable else place
    variants = {
        "other_name": finding.params.get("same_name") == "no",
        "likely": bool(finding.params.get("likely")),
        "measured": bool(finding.params.get("devices")) and "down_mbit_s" in finding.params,
        "library": str(finding.params.get("engine", "")).startswith("speedtest-cli"),
        "graded": {"download_mbit_s", "upload_mbit_s", "added_ms"} <= finding.params.keys(),
        "rates": {"download_mbit_s", "upload_mbit_s"} <= finding.params.keys(),
        "package": "package" in finding.params,
        "named": _is_named(finding),
        "blocked": finding.params.get("reason") == Reason.BLOCKED.value,
        "by_cable": by_cable,
    }
    return next((variant for variant, fits in variants.items() if fits), "")


def _is_named(finding: Finding | ReportedFinding) -> bool:
    device = str(finding.params.get("device", ""))
    return bool(finding.params.get("product") or finding.params.get("applications")) or (
        bool(device) and not _TOKEN.fullmatch(device)
    )


class _Missing(dict[str, str]):
    """A param that an older report does not have is left out of its sentence."""

    def __missing__(self, key: str) -> str:
        return "—"


def _fill(template: str, written: dict[str, str]) -> str:
    return template.format_map(_Missing(written))
