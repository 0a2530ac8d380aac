"""What the sound test says of the microphone: findings of `headset`, only when the test was asked for."""

from __future__ import annotations

from amif_netcheck.checks import limits, limits_sound
from amif_netcheck.model.facts import (
    NOT_REQUESTED,
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

_OBSTACLES = {
    SoundObstacle.NO_LIBRARY: "headset.test_no_library",
    SoundObstacle.NO_SERVER: "headset.test_no_device",
    SoundObstacle.NO_DEVICE: "headset.test_no_device",
    SoundObstacle.REMOTE: "headset.test_no_device",
    SoundObstacle.MONITOR: "headset.test_monitor",
    SoundObstacle.CHANGED: "headset.test_changed",
    SoundObstacle.STOPPED: "headset.test_stopped",
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
    if isinstance(tested.recording, Unavailable):
        return [_failed(tested.recording, tested.obstacle, tested.package)]
    echo_heard = isinstance(tested.echo, Echo) and tested.echo.heard
    same_output = _is_chosen(tested.output, Direction.OUTPUT, facts.headset)
    return [
        *_heard(tested.recording, echo_heard=echo_heard),
        *_echo(tested.echo if same_output else NOT_REQUESTED),
    ]


def _is_chosen(name: str | None, direction: Direction, headset: HeadsetFacts | Unavailable) -> bool:
    """Is what was tested still the default device, as far as is known?"""
    if name is None or isinstance(headset, Unavailable) or isinstance(headset.devices, Unavailable):
        return True
    chosen = {each.name for each in headset.devices if each.default and each.direction is direction}
    return name in (chosen or {""})


def _failed(missing: Unavailable, obstacle: SoundObstacle, package: str) -> Finding:
    params: dict[str, ParamValue] = {"reason": missing.reason.value}
    if package:
        params["package"] = package
    code = _OBSTACLES.get(obstacle, "headset.test_failed")
    # Whoever is in the meeting would hear the computer, and nobody's voice: that is known without a recording.
    severity = Severity.CRITICAL if obstacle is SoundObstacle.MONITOR else Severity.UNKNOWN
    return Finding(code=code, severity=severity, params=params, evidence=(_RECORDING,))


def _heard(recording: Recording, *, echo_heard: bool) -> list[Finding]:
    """Not even noise means that nobody lets us hear the microphone.

    Unless it heard the chirp: then it hides its noise, and nobody spoke, or too softly.
    """
    if recording.all_zero and echo_heard:
        return [_of("headset.test_no_speech", Severity.UNKNOWN, recording)]
    if recording.all_zero:
        return [_of("headset.test_no_signal", Severity.CRITICAL, recording)]
    silent, _ = limits.judge(recording.level_dbfs, limits_sound.SILENCE)
    if silent is not Severity.OK and not echo_heard:
        return [_of("headset.test_silent", silent, recording)]
    found = []
    clipped, crossed = limits.judge(recording.clipped_pct, limits_sound.CLIPPED)
    if crossed is not None:
        found.append(
            _of("headset.test_clipped", clipped, recording, _beyond("pct", recording.clipped_pct, crossed))
        )
    if not recording.speech:
        return [*found, _of("headset.test_no_speech", Severity.UNKNOWN, recording)]
    weak, crossed = limits.judge(recording.level_dbfs, limits_sound.LEVEL)
    if crossed is not None:
        found.append(
            _of("headset.test_weak", weak, recording, _beyond("dbfs", recording.level_dbfs, crossed))
        )
    above_db = recording.level_dbfs - recording.noise_dbfs
    noisy, crossed = limits.judge(above_db, limits_sound.SPEECH_OVER_NOISE)
    if crossed is not None:
        found.append(_of("headset.test_noisy", noisy, recording, _beyond("db", above_db, crossed)))
    return found or [_of("headset.test_good", Severity.OK, recording)]


def _of(
    code: str, severity: Severity, recording: Recording, more: dict[str, ParamValue] | None = None
) -> Finding:
    params: dict[str, ParamValue] = {
        "level_dbfs": recording.level_dbfs,
        "noise_dbfs": recording.noise_dbfs,
        **(more or {}),
    }
    return Finding(code=code, severity=severity, params=params, evidence=(_RECORDING,))


def _beyond(unit: str, value: float, crossed: limits.Threshold) -> dict[str, ParamValue]:
    return {f"value_{unit}": value, f"limit_{unit}": crossed.value, "source": crossed.source}


def _echo(echo: Echo | Unavailable) -> list[Finding]:
    """The meeting's window takes most echoes away; one as loud as what was played is more than it can do."""
    evidence = ("facts.sound_test.echo",)
    if isinstance(echo, Unavailable):
        if echo.reason is Reason.NOT_REQUESTED:
            return []
        params: dict[str, ParamValue] = {"reason": echo.reason.value}
        return [
            Finding(
                code="headset.test_echo_failed", severity=Severity.UNKNOWN, params=params, evidence=evidence
            )
        ]
    if not echo.heard or echo.strength_db is None:
        return []
    severity, crossed = limits.judge(echo.strength_db, limits_sound.ECHO)
    if crossed is None:
        return []
    params = {
        "value_db": echo.strength_db,
        "limit_db": crossed.value,
        "source": crossed.source,
        "delay_ms": echo.delay_ms or 0.0,
    }
    return [Finding(code="headset.test_echo", severity=severity, params=params, evidence=evidence)]
