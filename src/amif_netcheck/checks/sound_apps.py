"""The note: "fermer les applications utilisant du son (Skype…)"."""

from __future__ import annotations

from amif_netcheck.checks.unknown import could_not_tell
from amif_netcheck.model.facts import (
    Facts,
    SoundApplication,
    SoundAppsFacts,
    SoundObstacle,
    SoundUse,
    Unavailable,
)
from amif_netcheck.model.finding import Finding, ParamValue, Severity

_NAMED = 3
"""A sentence names at most so many applications."""

_OBSTACLES = {
    SoundObstacle.NO_SERVER: "sound_apps.no_server",
    SoundObstacle.REMOTE: "sound_apps.remote",
    SoundObstacle.STOPPED: "sound_apps.stopped",
}
_BROWSER = "browser"


def check(facts: Facts) -> list[Finding]:
    """Who holds the microphone is a warning; who plays, and a silent application for calls, is worth knowing.

    The given meeting's own application is not accused; nor is a browser that holds the microphone when a meeting was
    given, since that may be the meeting.
    """
    sound = facts.sound_apps
    if isinstance(sound, Unavailable):
        return [could_not_tell("sound_apps", sound, "facts.sound_apps")]
    findings = []
    recording: list[SoundApplication] = []
    playing: list[SoundApplication] = []
    if isinstance(sound.applications, Unavailable):
        findings.append(_not_told(sound, sound.applications))
    else:
        active = [each for each in sound.applications if not each.paused]
        meeting = {_name(each) for each in active if _may_be_meeting(each, sound)}
        others = [each for each in active if _name(each) not in meeting]
        recording = [each for each in others if each.use is SoundUse.RECORDS]
        holders = {_name(each) for each in recording}
        playing = [
            each
            for each in others
            if each.use is SoundUse.PLAYS and not each.muted and _name(each) not in holders
        ]
    if recording:
        findings.append(_found("sound_apps.holds_microphone", Severity.WARNING, recording))
    if playing:
        findings.append(_found("sound_apps.plays", Severity.INFO, playing))
    if isinstance(sound.calls, Unavailable):
        findings.append(could_not_tell("sound_apps", sound.calls, "facts.sound_apps.calls"))
    else:
        named = {_name(each) for each in (*recording, *playing)}
        silent = dict.fromkeys(
            each.product
            for each in sound.calls
            if each.product not in named and each.product != sound.meeting_product
        )
        if silent:
            findings.append(_open([*silent]))
    if not findings:
        evidence = ("facts.sound_apps.applications", "facts.sound_apps.calls")
        findings.append(Finding(code="sound_apps.quiet", severity=Severity.OK, evidence=evidence))
    return findings


def _may_be_meeting(application: SoundApplication, sound: SoundAppsFacts) -> bool:
    if not sound.meeting_given:
        return False
    in_browser = application.family == _BROWSER and application.use is SoundUse.RECORDS
    return in_browser or (bool(sound.meeting_product) and application.product == sound.meeting_product)


def _not_told(sound: SoundAppsFacts, missing: Unavailable) -> Finding:
    code = _OBSTACLES.get(sound.obstacle)
    evidence = "facts.sound_apps.applications"
    if code is None:
        return could_not_tell("sound_apps", missing, evidence)
    params: dict[str, ParamValue] = {"reason": missing.reason.value}
    return Finding(code=code, severity=Severity.UNKNOWN, params=params, evidence=(evidence,))


def _name(application: SoundApplication) -> str:
    return application.product or application.application or application.process


def _found(code: str, severity: Severity, applications: list[SoundApplication]) -> Finding:
    first: dict[str, SoundApplication] = {}
    for each in applications:
        if len(first) < _NAMED:
            first.setdefault(_name(each), each)
    params: dict[str, ParamValue] = {
        "applications": list(first),
        "families": [each.family if each.family != "call" else "" for each in first.values()],
        "processes": [each.process for each in first.values()],
    }
    return Finding(code=code, severity=severity, params=params, evidence=("facts.sound_apps.applications",))


def _open(products: list[str]) -> Finding:
    params: dict[str, ParamValue] = {"applications": products[:_NAMED]}
    return Finding(
        code="sound_apps.call_open",
        severity=Severity.INFO,
        params=params,
        evidence=("facts.sound_apps.calls",),
    )
