"""The camera, of which the note has no advice: is there one, may it be used, is it free."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from amif_netcheck.catalog.calls import CALL
from amif_netcheck.checks.spec import FindingSpec
from amif_netcheck.checks.unknown import could_not_tell, unknown_spec
from amif_netcheck.model.facts import (
    AllowedFor,
    Camera,
    CameraApplication,
    CameraBus,
    CameraFacts,
    Facts,
    Unavailable,
)
from amif_netcheck.model.finding import Finding, ParamValue, Severity
from amif_netcheck.model.fix import FixKind

_NAMED = 3
"""A sentence names at most so many applications."""
_CAMERAS, _APPLICATIONS = "facts.camera.cameras", "facts.camera.applications"
_BROWSER = "browser"

_OK, _NOTE, _WARNING = (Severity.OK,), (Severity.INFO,), (Severity.WARNING,)
_NAMED_DEVICE = "named"
_camera = partial(
    FindingSpec, variants=(_NAMED_DEVICE,), private_variants=(_NAMED_DEVICE,), private={"device": "device"}
)

READY = _camera("camera.ready", _OK)
USE_UNTOLD = _camera("camera.use_untold", (Severity.UNKNOWN,))
NONE = FindingSpec("camera.none", _NOTE, effort_min=5)
REFUSED = FindingSpec("camera.refused", _WARNING, effort_min=2)
IN_USE = FindingSpec(
    "camera.in_use",
    (Severity.INFO, Severity.WARNING),
    effort_min=1,
    fixes=(FixKind.CLOSE_APPLICATION,),
    vocabulary=("families",),
)
IN_USE_UNNAMED = FindingSpec("camera.in_use_unnamed", (Severity.INFO, Severity.WARNING), effort_min=2)
VIRTUAL_ONLY = _camera("camera.virtual_only", _NOTE, effort_min=5)
VIRTUAL_CHOSEN = _camera("camera.virtual_chosen", _NOTE, effort_min=1)
UNKNOWN = unknown_spec("camera")
FINDINGS = (
    READY,
    USE_UNTOLD,
    NONE,
    REFUSED,
    IN_USE,
    IN_USE_UNNAMED,
    VIRTUAL_ONLY,
    VIRTUAL_CHOSEN,
    UNKNOWN,
)


def check(facts: Facts, _earlier: Sequence[Finding] = ()) -> list[Finding]:
    """One can take part without a camera, so that nothing here is critical, and none at all is but worth knowing.

    Who has the camera is a warning where only one program can. The given meeting's own application is not accused; nor is a
    browser when a meeting was given, since that may be the meeting.
    """
    seen = facts.camera
    if isinstance(seen, Unavailable):
        return [could_not_tell(UNKNOWN, seen, "facts.camera")]
    problems = [*_refusal(seen), *_absence(seen), *_users(seen)]
    return problems or [_in_order(seen)]


def _refusal(seen: CameraFacts) -> list[Finding]:
    """A refusal that binds this program alone (macOS) or programs in a sandbox (Linux) says nothing of the meeting."""
    if seen.allowed is not False or seen.allowed_for is not AllowedFor.EVERY_PROGRAM:
        return []
    return [REFUSED.finding("facts.camera.allowed", "facts.camera.allowed_for")]


def _absence(seen: CameraFacts) -> list[Finding]:
    """No camera, none that is hardware, or one of a program's that was chosen."""
    if isinstance(seen.cameras, Unavailable):
        return [could_not_tell(UNKNOWN, seen.cameras, _CAMERAS)]
    if not seen.cameras:
        return [NONE.finding(_CAMERAS)]
    if all(camera.bus is CameraBus.VIRTUAL for camera in seen.cameras):
        return [_naming(VIRTUAL_ONLY, _foremost(seen.cameras))]
    chosen = next((camera for camera in seen.cameras if camera.default), None)
    if chosen is not None and chosen.bus is CameraBus.VIRTUAL:
        return [_naming(VIRTUAL_CHOSEN, chosen)]
    return []


def _users(seen: CameraFacts) -> list[Finding]:
    if isinstance(seen.applications, Unavailable):
        return []
    severity = Severity.INFO if seen.shared else Severity.WARNING
    named: dict[str, CameraApplication] = {}
    for application in seen.applications:
        if _name(application) and not _may_be_meeting(application, seen):
            named.setdefault(_name(application), application)
    if named:
        first = list(named.values())[:_NAMED]
        params: dict[str, ParamValue] = {
            "applications": list(named)[:_NAMED],
            "families": ["" if known.family == CALL else known.family for known in first],
            "processes": [known.process for known in first],
        }
        return [IN_USE.finding(_APPLICATIONS, severity=severity, params=params)]
    if any(not _name(application) for application in seen.applications):
        return [IN_USE_UNNAMED.finding(_APPLICATIONS, severity=severity)]
    return []


def _may_be_meeting(application: CameraApplication, seen: CameraFacts) -> bool:
    if not seen.meeting_given:
        return False
    of_meeting = bool(seen.meeting_product) and application.product == seen.meeting_product
    return of_meeting or application.family == _BROWSER


def _name(application: CameraApplication) -> str:
    return application.product or application.application or application.process


def _in_order(seen: CameraFacts) -> Finding:
    """There is one, and nothing speaks against it; whether it is free is said only where it is known."""
    assert not isinstance(seen.cameras, Unavailable)  # noqa: S101 - else there was a finding
    foremost = _foremost(seen.cameras)
    if isinstance(seen.applications, Unavailable):
        return _naming(USE_UNTOLD, foremost, missing=seen.applications)
    return _naming(READY, foremost)


def _foremost(cameras: Sequence[Camera]) -> Camera:
    """The one that is spoken of: hardware first, then the system's choice, then the order of the list."""
    return min(cameras, key=lambda camera: (camera.bus is CameraBus.VIRTUAL, camera.default is not True))


def _naming(spec: FindingSpec, camera: Camera, missing: Unavailable | None = None) -> Finding:
    """`missing`: what could not be told of it."""
    params: dict[str, ParamValue] = {"reason": missing.reason.value} if missing else {}
    if camera.name:
        params["device"] = camera.name
    variant = _NAMED_DEVICE if camera.name else ""
    return spec.finding(_CAMERAS, _APPLICATIONS, variant=variant, params=params)
