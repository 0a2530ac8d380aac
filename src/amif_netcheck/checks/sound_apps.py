"""The note: "fermer les applications utilisant du son (Skype…)"."""

from __future__ import annotations

from collections.abc import Sequence

from amif_netcheck.catalog.calls import CALL
from amif_netcheck.checks.spec import FindingSpec
from amif_netcheck.checks.unknown import could_not_tell, unknown_spec
from amif_netcheck.model.facts import (
    Facts,
    SoundApplication,
    SoundAppsFacts,
    SoundObstacle,
    SoundUse,
    Unavailable,
)
from amif_netcheck.model.finding import Finding, ParamValue, Severity
from amif_netcheck.model.fix import FixKind

_NAMED = 3
"""A sentence names at most so many applications."""

QUIET = FindingSpec("sound_apps.quiet", (Severity.OK,))
HOLDS_MICROPHONE = FindingSpec(
    "sound_apps.holds_microphone",
    (Severity.WARNING,),
    effort_min=1,
    fixes=(FixKind.CLOSE_APPLICATION,),
    vocabulary=("families",),
)
PLAYS = FindingSpec(
    "sound_apps.plays",
    (Severity.INFO,),
    effort_min=1,
    fixes=(FixKind.PAUSE_PLAYER, FixKind.CLOSE_APPLICATION),
    vocabulary=("families",),
)
CALL_OPEN = FindingSpec(
    "sound_apps.call_open", (Severity.INFO,), effort_min=1, fixes=(FixKind.CLOSE_APPLICATION,)
)
NO_SERVER = FindingSpec("sound_apps.no_server", (Severity.UNKNOWN,))
REMOTE = FindingSpec("sound_apps.remote", (Severity.UNKNOWN,))
STOPPED = FindingSpec("sound_apps.stopped", (Severity.UNKNOWN,))
UNKNOWN = unknown_spec("sound_apps")
FINDINGS = (QUIET, HOLDS_MICROPHONE, PLAYS, CALL_OPEN, NO_SERVER, REMOTE, STOPPED, UNKNOWN)

_OBSTACLES = {
    SoundObstacle.NO_SERVER: NO_SERVER,
    SoundObstacle.REMOTE: REMOTE,
    SoundObstacle.STOPPED: STOPPED,
}
_BROWSER = "browser"


def check(facts: Facts, _earlier: Sequence[Finding] = ()) -> list[Finding]:
    """Who holds the microphone is a warning; who plays, and a silent application for calls, is worth knowing.

    The given meeting's own application is not accused; nor is a browser that holds the microphone when a meeting was
    given, since that may be the meeting.
    """
    sound = facts.sound_apps
    if isinstance(sound, Unavailable):
        return [could_not_tell(UNKNOWN, sound, "facts.sound_apps")]
    recording, playing = _active(sound)
    named = {_name(application) for application in (*recording, *playing)}
    findings = [
        *_unseen(sound),
        *([_naming(HOLDS_MICROPHONE, recording)] if recording else []),
        *([_naming(PLAYS, playing)] if playing else []),
        *_silent_calls(sound, named),
    ]
    return findings or [QUIET.finding("facts.sound_apps.applications", "facts.sound_apps.calls")]


def _active(sound: SoundAppsFacts) -> tuple[list[SoundApplication], list[SoundApplication]]:
    """Who records, and who is heard and does not record; without what may be the meeting."""
    if isinstance(sound.applications, Unavailable):
        return [], []
    active = [application for application in sound.applications if not application.paused]
    meeting = {_name(application) for application in active if _may_be_meeting(application, sound)}
    others = [application for application in active if _name(application) not in meeting]
    recording = [application for application in others if application.use is SoundUse.RECORDS]
    holders = {_name(application) for application in recording}
    audible = [application for application in others if _is_heard(application)]
    return recording, [application for application in audible if _name(application) not in holders]


def _is_heard(application: SoundApplication) -> bool:
    return application.use is SoundUse.PLAYS and not application.muted


def _may_be_meeting(application: SoundApplication, sound: SoundAppsFacts) -> bool:
    if not sound.meeting_given:
        return False
    in_browser = application.family == _BROWSER and application.use is SoundUse.RECORDS
    return in_browser or (bool(sound.meeting_product) and application.product == sound.meeting_product)


def _unseen(sound: SoundAppsFacts) -> list[Finding]:
    """Why applications could not be looked at; nothing when they could."""
    if not isinstance(sound.applications, Unavailable):
        return []
    evidence, spec = "facts.sound_apps.applications", _OBSTACLES.get(sound.obstacle)
    if spec is None:
        return [could_not_tell(UNKNOWN, sound.applications, evidence)]
    return [spec.finding(evidence, params={"reason": sound.applications.reason.value})]


def _silent_calls(sound: SoundAppsFacts, named: set[str]) -> list[Finding]:
    """Applications for calls that are open, but for the meeting's and for those that were named already."""
    if isinstance(sound.calls, Unavailable):
        return [could_not_tell(UNKNOWN, sound.calls, "facts.sound_apps.calls")]
    products = dict.fromkeys(
        call.product for call in sound.calls if call.product not in {*named, sound.meeting_product}
    )
    if not products:
        return []
    return [CALL_OPEN.finding("facts.sound_apps.calls", params={"applications": [*products][:_NAMED]})]


def _name(application: SoundApplication) -> str:
    return application.product or application.application or application.process


def _naming(spec: FindingSpec, applications: list[SoundApplication]) -> Finding:
    """With the first few of them."""
    first: dict[str, SoundApplication] = {}
    for application in applications:
        if len(first) < _NAMED:
            first.setdefault(_name(application), application)
    params: dict[str, ParamValue] = {
        "applications": list(first),
        "families": ["" if known.family == CALL else known.family for known in first.values()],
        "processes": [known.process for known in first.values()],
    }
    return spec.finding("facts.sound_apps.applications", params=params)
