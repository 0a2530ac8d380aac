"""The note: "privilégiez un casque et un micro externes, ou un kit mains libres"."""

from __future__ import annotations

from amif_netcheck.checks import limits, limits_sound, sound_test
from amif_netcheck.checks.unknown import could_not_tell
from amif_netcheck.model.facts import (
    SPOKEN_INTO,
    WORN,
    Direction,
    Facts,
    HeadsetFacts,
    SoundBus,
    SoundDevice,
    SoundKind,
    SoundObstacle,
    Unavailable,
)
from amif_netcheck.model.finding import Finding, ParamValue, Severity

_UNTOLD = {SoundKind.VIRTUAL, SoundKind.UNKNOWN}

_OBSTACLES = {
    SoundObstacle.NO_SERVER: "headset.no_server",
    SoundObstacle.REMOTE: "headset.remote",
    SoundObstacle.STOPPED: "headset.stopped",
    SoundObstacle.NO_LIBRARY: "headset.no_library",
}
_EVIDENCE = ("facts.headset.devices",)


def check(facts: Facts) -> list[Finding]:
    """Judge the default devices, whether something better is plugged in and not chosen, and the sound test."""
    return [*_devices(facts), *sound_test.findings(facts)]


def _devices(facts: Facts) -> list[Finding]:
    headset = facts.headset
    if isinstance(headset, Unavailable):
        return [could_not_tell("headset", headset, "facts.headset")]
    if isinstance(headset.devices, Unavailable):
        return [_not_told(headset, headset.devices)]
    present = [each for each in headset.devices if each.plugged is not False]
    if not headset.devices:
        return [_finding("headset.no_device", Severity.UNKNOWN, None, {"reason": "not_present"})]
    findings = _missing(present)
    output = _used(present, Direction.OUTPUT, WORN)
    entry = _used(present, Direction.INPUT, SPOKEN_INTO)
    if not findings:
        findings += _choice(present, output, entry)
    if entry is not None and entry.default:
        findings += _ways_to_be_unheard(entry)
    if output is not None and output.default and (output.muted or output.volume_pct == 0):
        findings.append(_finding("headset.output_muted", Severity.WARNING, output))
    findings += _bluetooth([each for each in (output, entry) if each is not None])
    return findings


def _not_told(headset: HeadsetFacts, missing: Unavailable) -> Finding:
    code = _OBSTACLES.get(headset.obstacle)
    if code is None:
        return could_not_tell("headset", missing, "facts.headset.devices")
    params: dict[str, ParamValue] = {"reason": missing.reason.value}
    if headset.package:
        params["package"] = headset.package
    return _finding(code, Severity.UNKNOWN, None, params)


def _used(
    devices: list[SoundDevice], direction: Direction, kinds: frozenset[SoundKind]
) -> SoundDevice | None:
    """The chosen one.

    Where the system names none that is there, whatever is used is as good as the first one that is awake, unless one of
    `kinds` is among them: that it is used nobody said.
    """
    mine = [each for each in devices if each.direction is direction and not each.asleep]
    chosen = next((each for each in mine if each.default), None)
    if chosen is None and not any(each.kind in kinds for each in mine):
        return mine[0] if mine else None
    return chosen


def _missing(present: list[SoundDevice]) -> list[Finding]:
    there = {each.direction for each in present}
    findings = []
    if Direction.INPUT not in there:
        findings.append(_finding("headset.no_microphone", Severity.CRITICAL, None))
    if Direction.OUTPUT not in there:
        findings.append(_finding("headset.no_output", Severity.CRITICAL, None))
    return findings


def _choice(
    present: list[SoundDevice], output: SoundDevice | None, entry: SoundDevice | None
) -> list[Finding]:
    """Which devices are used, and what would be better; exactly one finding."""
    worn = output is not None and output.kind in WORN
    spoken = entry is not None and entry.kind in SPOKEN_INTO
    if output is not None and entry is not None and worn and spoken:
        unseen = next((each for each in (output, entry) if _can_not_be_seen(each)), None)
        if unseen is not None:
            return [_finding("headset.unseen", Severity.UNKNOWN, unseen, {"reason": "unsupported"})]
        return [
            _finding("headset.in_use", Severity.OK, output if output.kind is SoundKind.HEADSET else entry)
        ]
    if not worn and (output is None or output.kind not in _UNTOLD):
        better = _better(present, Direction.OUTPUT, WORN, entry)
        if better is not None:
            half = spoken or better.kind is SoundKind.HEADPHONES
            code = "headset.output_elsewhere" if half else "headset.not_chosen"
            return [_finding(code, Severity.WARNING, better)]
    if not spoken and (entry is None or entry.kind not in _UNTOLD):
        better = _better(present, Direction.INPUT, SPOKEN_INTO, output)
        if better is not None:
            half = worn or better.kind is SoundKind.MICROPHONE
            code = "headset.input_elsewhere" if half else "headset.not_chosen"
            return [_finding(code, Severity.WARNING, better)]
    return [_as_it_is(output, entry)]


def _can_not_be_seen(device: SoundDevice) -> bool:
    """A socket can be chosen with nothing in it; some do not tell."""
    return device.bus is SoundBus.JACK and device.plugged is None


def _as_it_is(output: SoundDevice | None, entry: SoundDevice | None) -> Finding:
    """Nothing better is there."""
    if output is None or entry is None:
        return _finding("headset.untold", Severity.UNKNOWN, output or entry, {"reason": "unsupported"})
    if output.kind in _UNTOLD or entry.kind in _UNTOLD:
        untold = output if output.kind in _UNTOLD else entry
        return _finding("headset.untold", Severity.UNKNOWN, untold, {"reason": "unsupported"})
    if output.kind in WORN:
        code = "headset.webcam_microphone" if entry.kind is SoundKind.WEBCAM else "headset.own_microphone"
        return _finding(code, Severity.INFO, entry)
    if entry.kind is not SoundKind.BUILT_IN or output.kind is not SoundKind.BUILT_IN:
        return _finding("headset.loudspeaker", Severity.INFO, output)
    return _finding("headset.built_in", Severity.INFO, output)


def _better(
    present: list[SoundDevice], direction: Direction, kinds: frozenset[SoundKind], beside: SoundDevice | None
) -> SoundDevice | None:
    """Something plugged in that is not chosen; what belongs to the other direction's device first, then the surest."""
    mine = [each for each in present if each.direction is direction]
    all_asleep = all(each.asleep for each in mine)  # then no other one is in use
    found = [
        each for each in mine if each.kind in kinds and each.plugged and not each.default and not all_asleep
    ]
    apparatus = beside.apparatus if beside is not None else None
    return min(
        found, key=lambda each: (each.apparatus != apparatus, not each.sure, each.asleep), default=None
    )


def _ways_to_be_unheard(entry: SoundDevice) -> list[Finding]:
    if entry.muted or entry.volume_pct == 0:
        return [_finding("headset.input_muted", Severity.CRITICAL, entry)]
    if entry.volume_pct is None:
        return []
    return _beyond("headset.input_low", entry.volume_pct, limits_sound.INPUT_VOLUME, entry)


def _bluetooth(used: list[SoundDevice]) -> list[Finding]:
    """A headset in the mode of a telephone, and one that is nearly empty; each said once."""
    findings: list[Finding] = []
    narrow = next((each for each in used if each.hands_free and each.rate_hz), None)
    if narrow is not None and narrow.rate_hz is not None:
        findings += _beyond("headset.telephone_sound", narrow.rate_hz / 1000, limits_sound.RATE, narrow)
    empty = [each for each in used if each.battery_pct is not None]
    if empty:
        weakest = min(empty, key=lambda each: each.battery_pct or 0.0)
        findings += _beyond("headset.battery", weakest.battery_pct or 0.0, limits_sound.BATTERY, weakest)
    return findings


def _beyond(code: str, value: float, limit: limits.Limit, device: SoundDevice) -> list[Finding]:
    severity, crossed = limits.judge(value, limit)
    if crossed is None:
        return []
    params: dict[str, ParamValue] = {
        f"value_{limit.unit}": value,
        f"limit_{limit.unit}": crossed.value,
        "source": crossed.source,
    }
    return [_finding(code, severity, device, params)]


def _finding(
    code: str, severity: Severity, device: SoundDevice | None, params: dict[str, ParamValue] | None = None
) -> Finding:
    """With the device that it is about."""
    more: dict[str, ParamValue] = {}
    if device is not None:
        more = {"device": device.name, "device_kind": device.kind.value, "device_bus": device.bus.value}
    return Finding(code=code, severity=severity, params={**(params or {}), **more}, evidence=_EVIDENCE)
