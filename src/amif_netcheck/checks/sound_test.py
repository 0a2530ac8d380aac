"""What the sound test says of the microphone: findings of `headset`, only when the test was asked for."""

from __future__ import annotations

from collections.abc import Mapping

from amif_netcheck.checks import limits, limits_sound
from amif_netcheck.checks.spec import FindingSpec
from amif_netcheck.model.facts import (
    NOT_REQUESTED,
    AllowedFor,
    Direction,
    Echo,
    Facts,
    HeadsetFacts,
    Reason,
    Recording,
    SoundObstacle,
    Unavailable,
)
from amif_netcheck.model.finding import Finding, ParamValue, Severity

_PACKAGE, _BLOCKED = "package", "blocked"
_CRITICAL, _UNTOLD = (Severity.CRITICAL,), (Severity.UNKNOWN,)
_GRADES = (Severity.INFO, Severity.WARNING)
_FAILED_WORDS = (_PACKAGE,)

GOOD = FindingSpec("headset.test_good", (Severity.OK,))
WEAK = FindingSpec("headset.test_weak", _GRADES, limits=(limits_sound.LEVEL,), effort_min=1)
SILENT = FindingSpec("headset.test_silent", _CRITICAL, limits=(limits_sound.SILENCE,), effort_min=1)
NO_SIGNAL = FindingSpec("headset.test_no_signal", _CRITICAL, effort_min=1)
CLIPPED = FindingSpec(
    "headset.test_clipped", (Severity.WARNING,), limits=(limits_sound.CLIPPED,), effort_min=1
)
NOISY = FindingSpec("headset.test_noisy", _GRADES, limits=(limits_sound.SPEECH_OVER_NOISE,), effort_min=2)
ECHO = FindingSpec("headset.test_echo", _GRADES, limits=(limits_sound.ECHO,), effort_min=1)
NO_SPEECH = FindingSpec("headset.test_no_speech", _UNTOLD)
ECHO_FAILED = FindingSpec("headset.test_echo_failed", _UNTOLD)
REFUSED = FindingSpec("headset.test_refused", _UNTOLD)
# Whoever is in the meeting would hear the computer, and nobody's voice: that is known without a recording.
MONITOR = FindingSpec("headset.test_monitor", _CRITICAL, effort_min=1, vocabulary=_FAILED_WORDS)
NO_LIBRARY = FindingSpec("headset.test_no_library", _UNTOLD, variants=(_PACKAGE,), vocabulary=_FAILED_WORDS)
NO_DEVICE = FindingSpec("headset.test_no_device", _UNTOLD, vocabulary=_FAILED_WORDS)
STOPPED = FindingSpec("headset.test_stopped", _UNTOLD, vocabulary=_FAILED_WORDS)
CHANGED = FindingSpec("headset.test_changed", _UNTOLD, vocabulary=_FAILED_WORDS)
FAILED = FindingSpec("headset.test_failed", _UNTOLD, variants=(_BLOCKED,), vocabulary=_FAILED_WORDS)
FINDINGS = (
    *(GOOD, WEAK, SILENT, NO_SIGNAL, CLIPPED, NOISY, ECHO, NO_SPEECH, ECHO_FAILED),
    *(REFUSED, MONITOR, NO_LIBRARY, NO_DEVICE, STOPPED, CHANGED, FAILED),
)

_OBSTACLES = {
    SoundObstacle.NO_LIBRARY: NO_LIBRARY,
    SoundObstacle.NO_SERVER: NO_DEVICE,
    SoundObstacle.NO_DEVICE: NO_DEVICE,
    SoundObstacle.REMOTE: NO_DEVICE,
    SoundObstacle.MONITOR: MONITOR,
    SoundObstacle.CHANGED: CHANGED,
    SoundObstacle.STOPPED: STOPPED,
}
_RECORDING = "facts.sound_test.recording"


def findings(facts: Facts) -> list[Finding]:
    """Nothing when it was not asked for, nor of devices that are not chosen any more.

    A recording that says nothing about speech is no praise.
    """
    tested = facts.sound_test
    if isinstance(tested, Unavailable):
        return [] if tested.reason is Reason.NOT_REQUESTED else [_failed(tested, SoundObstacle.NONE, "")]
    if not _is_chosen(tested.input, Direction.INPUT, facts.headset):
        return []
    if _refused_to_us(facts.headset) and (
        isinstance(tested.recording, Unavailable) or tested.recording.all_zero
    ):
        evidence = ("facts.headset.microphone_allowed", _RECORDING)
        return [REFUSED.finding(*evidence, params={"reason": Reason.NOT_PERMITTED.value})]
    if isinstance(tested.recording, Unavailable):
        return [_failed(tested.recording, tested.obstacle, tested.package)]
    echo_heard = isinstance(tested.echo, Echo) and tested.echo.heard
    same_output = _is_chosen(tested.output, Direction.OUTPUT, facts.headset)
    return [
        *_voice(tested.recording, echo_heard=echo_heard),
        *_echo(tested.echo if same_output else NOT_REQUESTED),
    ]


def _refused_to_us(headset: HeadsetFacts | Unavailable) -> bool:
    """May this program alone not use the microphone? The meeting's may have its own permission: nothing is known of it."""
    return (
        isinstance(headset, HeadsetFacts)
        and headset.microphone_allowed is False
        and headset.microphone_allowed_for is AllowedFor.THIS_PROGRAM
    )


def _is_chosen(name: str | None, direction: Direction, headset: HeadsetFacts | Unavailable) -> bool:
    """Is what was tested still the default device, as far as is known?"""
    if name is None or isinstance(headset, Unavailable) or isinstance(headset.devices, Unavailable):
        return True
    defaults = {device.name for device in headset.devices if device.default and device.direction is direction}
    return name in (defaults or {""})


def _failed(missing: Unavailable, obstacle: SoundObstacle, package: str) -> Finding:
    params: dict[str, ParamValue] = {"reason": missing.reason.value}
    if package:
        params[_PACKAGE] = package
    spec = _OBSTACLES.get(obstacle, FAILED)
    variant = ""
    if package and _PACKAGE in spec.variants:
        variant = _PACKAGE
    elif missing.reason is Reason.BLOCKED and _BLOCKED in spec.variants:
        variant = _BLOCKED
    return spec.finding(_RECORDING, variant=variant, params=params)


def _voice(recording: Recording, *, echo_heard: bool) -> list[Finding]:
    """Not even noise means that nobody lets us hear the microphone.

    Unless it heard the chirp: then it hides its noise, and nobody spoke, or too softly.
    """
    if recording.all_zero:
        return [_finding(NO_SPEECH if echo_heard else NO_SIGNAL, recording)]
    silent = limits.judge(recording.level_dbfs, limits_sound.SILENCE)[0] is not Severity.OK
    if silent and not echo_heard:
        return [_finding(SILENT, recording)]
    clipped = _limit_finding(CLIPPED, recording.clipped_pct, recording)
    if not recording.speech:
        return [*clipped, _finding(NO_SPEECH, recording)]
    findings = [
        *clipped,
        *_limit_finding(WEAK, recording.level_dbfs, recording),
        *_limit_finding(NOISY, recording.level_dbfs - recording.noise_dbfs, recording),
    ]
    return findings or [_finding(GOOD, recording)]


def _limit_finding(spec: FindingSpec, value: float, recording: Recording) -> list[Finding]:
    """The finding when `value` is beyond the spec's limit."""
    (limit,) = spec.limits
    severity, crossed = limits.judge(value, limit)
    if crossed is None:
        return []
    return [_finding(spec, recording, severity, limits.comparison(value, limit, crossed))]


def _finding(
    spec: FindingSpec,
    recording: Recording,
    severity: Severity | None = None,
    params: Mapping[str, ParamValue] | None = None,
) -> Finding:
    levels = {"level_dbfs": recording.level_dbfs, "noise_dbfs": recording.noise_dbfs}
    return spec.finding(_RECORDING, severity=severity, params={**levels, **(params or {})})


def _echo(echo: Echo | Unavailable) -> list[Finding]:
    """The meeting's window takes most echoes away; one as loud as what was played is more than it can do."""
    evidence = ("facts.sound_test.echo",)
    if isinstance(echo, Unavailable):
        if echo.reason is Reason.NOT_REQUESTED:
            return []
        return [ECHO_FAILED.finding(*evidence, params={"reason": echo.reason.value})]
    if not echo.heard or echo.strength_db is None:
        return []
    severity, crossed = limits.judge(echo.strength_db, limits_sound.ECHO)
    if crossed is None:
        return []
    params = limits.comparison(echo.strength_db, limits_sound.ECHO, crossed)
    return [ECHO.finding(*evidence, severity=severity, params={**params, "delay_ms": echo.delay_ms or 0.0})]
