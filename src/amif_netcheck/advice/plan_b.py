"""What is left to do when things can't be mended in time: by what the line carries, and what there is."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from amif_netcheck.advice.agenda import agenda
from amif_netcheck.advice.appointment import Occasion
from amif_netcheck.advice.language import N_, Language
from amif_netcheck.model.facts import Facts, LinkFacts, Medium, ProximityFacts, Transfer
from amif_netcheck.model.finding import BAD, Severity
from amif_netcheck.model.report import Report, ReportedFinding

_VOICE_MBIT_S = 0.1
"""What a voice takes, with its packets' headers."""
_BY_PHONE = {Medium.CELLULAR, Medium.TETHERED_PHONE, Medium.BLUETOOTH}
_OF_THE_LINE = {"proximity", "traffic", "neighbours", "link"}
_OF_THE_COMPUTER = {"apps"}
_BEYOND = "beyond"
_TIGHT_MIN = 10
"""In less, a box or a computer that has to be restarted may not be back in time."""


class Fallback(Enum):
    """In the order in which to try them."""

    CABLE = "cable"
    HOTSPOT = "hotspot"
    CAMERA_OFF = "camera_off"
    TELEPHONE = "telephone"


WORDS = {
    Fallback.CABLE: N_("Connect the computer to the box with a network cable."),
    Fallback.HOTSPOT: N_(
        "Share your phone's connection: switch its hotspot on, then choose it in this computer's Wi-Fi list."
    ),
    Fallback.CAMERA_OFF: N_("In the meeting, leave your camera off: your voice needs little."),
}
_TELEPHONE = N_("Take part by telephone: {number}")
_TELEPHONE_WITH_CODE = N_("Take part by telephone: {number}, code {code}")


def plan_b(report: Report, occasion: Occasion) -> tuple[Fallback, ...]:
    """The ways that help with what is bad; none where all of that can be mended before the meeting begins."""
    bad = [finding for result in report.checks for finding in result.findings if finding.severity in BAD]
    if not bad or not _may_stay(report, occasion):
        return ()
    return tuple(_ways(bad, report.facts, occasion))


def say(way: Fallback, language: Language, occasion: Occasion) -> tuple[str, ...]:
    """What to do, in a line or, by telephone, one a number."""
    if way is not Fallback.TELEPHONE:
        return (language.text(WORDS[way]),)
    with_code, without = language.text(_TELEPHONE_WITH_CODE), language.text(_TELEPHONE)
    return tuple(
        (with_code if phone.code else without).format(number=phone.number, code=phone.code)
        for phone in occasion.phones
    )


def _may_stay(report: Report, occasion: Occasion) -> bool:
    """May something bad be left when the meeting begins? Without its time, it may; in the last minutes, what blocks."""
    if occasion.minutes_left is None:
        return True
    items = agenda(report.checks, occasion.minutes_left)
    tight = occasion.minutes_left < _TIGHT_MIN
    return any(
        (tight and item.finding.severity is Severity.CRITICAL)
        or (not item.in_time and item.finding.severity in BAD)
        for item in items
    )


def _ways(bad: list[ReportedFinding], facts: Facts, occasion: Occasion) -> Iterator[Fallback]:
    medium = facts.proximity.medium if isinstance(facts.proximity, ProximityFacts) else Medium.UNKNOWN
    on_line = [finding for finding in bad if _check(finding) in _OF_THE_LINE]
    closed = [finding for finding in bad if _check(finding) == "firewall"]
    if medium in {Medium.WIFI, Medium.UNKNOWN} and any(_is_at_home(finding) for finding in on_line):
        yield Fallback.CABLE
    if medium not in _BY_PHONE and (on_line or closed):
        yield Fallback.HOTSPOT
    loaded = on_line or any(_check(finding) in _OF_THE_COMPUTER for finding in bad)
    if loaded and _carries_voice(bad, facts):
        yield Fallback.CAMERA_OFF
    if occasion.phones:
        yield Fallback.TELEPHONE


def _check(finding: ReportedFinding) -> str:
    return finding.code.partition(".")[0]


def _is_at_home(finding: ReportedFinding) -> bool:
    """Between the computer and its box, as far as is known."""
    return _check(finding) in {"proximity", "link"} and finding.params.get("place") != _BEYOND


def _carries_voice(bad: list[ReportedFinding], facts: Facts) -> bool:
    closed = any(
        finding.severity is Severity.CRITICAL
        and (_check(finding) == "firewall" or finding.code == "link.no_network")
        for finding in bad
    )
    upload = facts.link.upload if isinstance(facts.link, LinkFacts) else None
    return not closed and not (isinstance(upload, Transfer) and upload.mbit_s < _VOICE_MBIT_S)
