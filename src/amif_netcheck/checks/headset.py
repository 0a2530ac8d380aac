"""The note: "privilégiez un casque et un micro externes, ou un kit mains libres"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from amif_netcheck.checks import limits, limits_sound, sound_test
from amif_netcheck.checks.spec import FindingSpec
from amif_netcheck.checks.unknown import could_not_tell, unknown_spec
from amif_netcheck.model.facts import (
    SPOKEN_INTO,
    WORN,
    Direction,
    Facts,
    HeadsetFacts,
    Reason,
    SoundBus,
    SoundDevice,
    SoundKind,
    SoundObstacle,
    Unavailable,
)
from amif_netcheck.model.finding import Finding, ParamValue, Severity
from amif_netcheck.model.fix import FixKind

_OK = (Severity.OK,)
_NOTE = (Severity.INFO,)
_WARNING = (Severity.WARNING,)
_CRITICAL = (Severity.CRITICAL,)
_UNTOLD = (Severity.UNKNOWN,)
_NAMED, _PACKAGE = "named", "package"
_CHOOSE = (FixKind.CHOOSE_DEVICE,)

_device = partial(FindingSpec, vocabulary=("device_kind", "device_bus"), private={"device": "device"})
_named_device = partial(_device, variants=(_NAMED,), private_variants=(_NAMED,))

IN_USE = _named_device("headset.in_use", _OK)
NOT_CHOSEN = _named_device(
    "headset.not_chosen",
    _WARNING,
    effort_min=1,
    fixes=_CHOOSE,
    directions=(Direction.OUTPUT, Direction.INPUT),
)
OUTPUT_ELSEWHERE = _named_device(
    "headset.output_elsewhere", _WARNING, effort_min=1, fixes=_CHOOSE, directions=(Direction.OUTPUT,)
)
INPUT_ELSEWHERE = _named_device(
    "headset.input_elsewhere", _WARNING, effort_min=1, fixes=_CHOOSE, directions=(Direction.INPUT,)
)
OWN_MICROPHONE = _device("headset.own_microphone", _NOTE, effort_min=2)
WEBCAM_MICROPHONE = _device("headset.webcam_microphone", _NOTE, effort_min=2)
LOUDSPEAKER = _device("headset.loudspeaker", _NOTE, effort_min=2)
BUILT_IN = _device("headset.built_in", _NOTE, effort_min=2)
UNSEEN = _device("headset.unseen", _UNTOLD)
UNTOLD = _device("headset.untold", _UNTOLD)
NO_MICROPHONE = FindingSpec("headset.no_microphone", _CRITICAL)
NO_OUTPUT = FindingSpec("headset.no_output", _CRITICAL)
INPUT_MUTED = _device("headset.input_muted", _CRITICAL, effort_min=1)
INPUT_LOW = _device(
    "headset.input_low", (Severity.INFO, Severity.WARNING), limits=(limits_sound.INPUT_VOLUME,), effort_min=1
)
OUTPUT_MUTED = _device("headset.output_muted", _WARNING, effort_min=1)
TELEPHONE_SOUND = _device("headset.telephone_sound", _WARNING, limits=(limits_sound.RATE,))
BATTERY = _device("headset.battery", (Severity.INFO, Severity.WARNING), limits=(limits_sound.BATTERY,))
NO_DEVICE = FindingSpec("headset.no_device", _UNTOLD)
NO_SERVER = FindingSpec("headset.no_server", _UNTOLD, vocabulary=(_PACKAGE,))
NO_LIBRARY = FindingSpec("headset.no_library", _UNTOLD, variants=(_PACKAGE,), vocabulary=(_PACKAGE,))
REMOTE = FindingSpec("headset.remote", _UNTOLD, vocabulary=(_PACKAGE,))
STOPPED = FindingSpec("headset.stopped", _UNTOLD, vocabulary=(_PACKAGE,))
UNKNOWN = unknown_spec("headset")
FINDINGS = (
    *(IN_USE, NOT_CHOSEN, OUTPUT_ELSEWHERE, INPUT_ELSEWHERE),
    *(OWN_MICROPHONE, WEBCAM_MICROPHONE, LOUDSPEAKER, BUILT_IN, UNSEEN, UNTOLD),
    *(NO_MICROPHONE, NO_OUTPUT, INPUT_MUTED, INPUT_LOW, OUTPUT_MUTED, TELEPHONE_SOUND, BATTERY),
    *(NO_DEVICE, NO_SERVER, NO_LIBRARY, REMOTE, STOPPED, *sound_test.FINDINGS, UNKNOWN),
)

_OBSTACLES = {
    SoundObstacle.NO_SERVER: NO_SERVER,
    SoundObstacle.REMOTE: REMOTE,
    SoundObstacle.STOPPED: STOPPED,
    SoundObstacle.NO_LIBRARY: NO_LIBRARY,
}
_UNTOLD_KINDS = {SoundKind.VIRTUAL, SoundKind.UNKNOWN}
_EVIDENCE = ("facts.headset.devices",)


def check(facts: Facts, _earlier: Sequence[Finding] = ()) -> list[Finding]:
    """Judge the default devices, whether something better is plugged in and not chosen, and the sound test."""
    return [*_devices(facts), *sound_test.findings(facts)]


def _devices(facts: Facts) -> list[Finding]:
    headset = facts.headset
    if isinstance(headset, Unavailable):
        return [could_not_tell(UNKNOWN, headset, "facts.headset")]
    if isinstance(headset.devices, Unavailable):
        return [_unseen(headset, headset.devices)]
    if not headset.devices:
        return [_finding(NO_DEVICE, None, {"reason": Reason.NOT_PRESENT.value})]
    present = [device for device in headset.devices if device.plugged is not False]
    output = _used(present, Direction.OUTPUT, WORN)
    entry = _used(present, Direction.INPUT, SPOKEN_INTO)
    return [
        *(_missing(present) or [_choice(present, output, entry)]),
        *_ways_to_be_unheard(entry),
        *_ways_to_hear_nothing(output),
        *_bluetooth([device for device in (output, entry) if device is not None]),
    ]


def _unseen(headset: HeadsetFacts, missing: Unavailable) -> Finding:
    """Why devices could not be looked at."""
    spec = _OBSTACLES.get(headset.obstacle)
    if spec is None:
        return could_not_tell(UNKNOWN, missing, *_EVIDENCE)
    params: dict[str, ParamValue] = {"reason": missing.reason.value}
    if headset.package:
        params[_PACKAGE] = headset.package
    variant = _PACKAGE if headset.package and _PACKAGE in spec.variants else ""
    return spec.finding(*_EVIDENCE, variant=variant, params=params)


def _used(
    devices: list[SoundDevice], direction: Direction, kinds: frozenset[SoundKind]
) -> SoundDevice | None:
    """The chosen one.

    Where the system names none that is there, whatever is used is as good as the first one that is awake, unless one of
    `kinds` is among them: that it is used nobody said.
    """
    mine = [device for device in devices if device.direction is direction and not device.asleep]
    chosen = next((device for device in mine if device.default), None)
    if chosen is None and not any(device.kind in kinds for device in mine):
        return mine[0] if mine else None
    return chosen


def _missing(present: list[SoundDevice]) -> list[Finding]:
    there = {device.direction for device in present}
    return [
        spec.finding(*_EVIDENCE)
        for direction, spec in ((Direction.INPUT, NO_MICROPHONE), (Direction.OUTPUT, NO_OUTPUT))
        if direction not in there
    ]


def _choice(present: list[SoundDevice], output: SoundDevice | None, entry: SoundDevice | None) -> Finding:
    """Which devices are used, or what would be better."""
    worn = output is not None and output.kind in WORN
    spoken = entry is not None and entry.kind in SPOKEN_INTO
    if output is not None and entry is not None and worn and spoken:
        return _in_use(output, entry)
    return (
        _elsewhere(present, Direction.OUTPUT, used=output, other=entry, other_is_good=spoken)
        or _elsewhere(present, Direction.INPUT, used=entry, other=output, other_is_good=worn)
        or _as_it_is(output, entry)
    )


def _in_use(output: SoundDevice, entry: SoundDevice) -> Finding:
    unseen = next((device for device in (output, entry) if _can_not_be_seen(device)), None)
    if unseen is not None:
        return _finding(UNSEEN, unseen, {"reason": Reason.UNSUPPORTED.value})
    return _finding(IN_USE, output if output.kind is SoundKind.HEADSET else entry)


_GOOD = {Direction.OUTPUT: WORN, Direction.INPUT: SPOKEN_INTO}
_ONE_WAY = {Direction.OUTPUT: SoundKind.HEADPHONES, Direction.INPUT: SoundKind.MICROPHONE}
_ELSEWHERE = {Direction.OUTPUT: OUTPUT_ELSEWHERE, Direction.INPUT: INPUT_ELSEWHERE}


def _elsewhere(
    present: list[SoundDevice],
    direction: Direction,
    *,
    used: SoundDevice | None,
    other: SoundDevice | None,
    other_is_good: bool,
) -> Finding | None:
    """Something better than what is `used` in a direction; `other` is what the other direction uses."""
    if used is not None and used.kind in _GOOD[direction] | _UNTOLD_KINDS:
        return None
    better = _better(present, direction, _GOOD[direction], other)
    if better is None:
        return None
    half = other_is_good or better.kind is _ONE_WAY[direction]
    return _finding(_ELSEWHERE[direction] if half else NOT_CHOSEN, better)


def _can_not_be_seen(device: SoundDevice) -> bool:
    """A socket can be chosen with nothing in it; some do not tell."""
    return device.bus is SoundBus.JACK and device.plugged is None


def _as_it_is(output: SoundDevice | None, entry: SoundDevice | None) -> Finding:
    """Nothing better is there."""
    used = [device for device in (output, entry) if device is not None]
    untold = next((device for device in used if device.kind in _UNTOLD_KINDS), None)
    if output is None or entry is None or untold is not None:
        return _finding(UNTOLD, untold or next(iter(used), None), {"reason": Reason.UNSUPPORTED.value})
    if output.kind in WORN:
        return _finding(WEBCAM_MICROPHONE if entry.kind is SoundKind.WEBCAM else OWN_MICROPHONE, entry)
    all_built_in = entry.kind is SoundKind.BUILT_IN and output.kind is SoundKind.BUILT_IN
    return _finding(BUILT_IN if all_built_in else LOUDSPEAKER, output)


def _better(
    present: list[SoundDevice], direction: Direction, kinds: frozenset[SoundKind], beside: SoundDevice | None
) -> SoundDevice | None:
    """Something plugged in that is not chosen; what belongs to the other direction's device first, then the surest."""
    mine = [device for device in present if device.direction is direction]
    all_asleep = all(device.asleep for device in mine)  # then no other one is in use
    candidates = [
        device
        for device in mine
        if device.kind in kinds and device.plugged and not device.default and not all_asleep
    ]
    apparatus = beside.apparatus if beside is not None else None
    return min(
        candidates,
        key=lambda device: (device.apparatus != apparatus, not device.sure, device.asleep),
        default=None,
    )


def _is_mute(device: SoundDevice) -> bool:
    return bool(device.muted) or device.volume_pct == 0


def _ways_to_be_unheard(entry: SoundDevice | None) -> list[Finding]:
    if entry is None or not entry.default:
        return []
    if _is_mute(entry):
        return [_finding(INPUT_MUTED, entry)]
    return [] if entry.volume_pct is None else _limit_finding(INPUT_LOW, entry.volume_pct, entry)


def _ways_to_hear_nothing(output: SoundDevice | None) -> list[Finding]:
    return [_finding(OUTPUT_MUTED, output)] if output and output.default and _is_mute(output) else []


def _bluetooth(used: list[SoundDevice]) -> list[Finding]:
    """A headset in the mode of a telephone, and one that is nearly empty; each said once."""
    findings: list[Finding] = []
    narrow = next((device for device in used if device.hands_free and device.rate_hz), None)
    if narrow is not None and narrow.rate_hz is not None:
        findings += _limit_finding(TELEPHONE_SOUND, narrow.rate_hz / 1000, narrow)
    charges = [(device.battery_pct, device) for device in used if device.battery_pct is not None]
    if charges:
        charge, weakest = min(charges, key=lambda item: item[0])
        findings += _limit_finding(BATTERY, charge, weakest)
    return findings


def _limit_finding(spec: FindingSpec, value: float, device: SoundDevice) -> list[Finding]:
    """The finding when `value` is beyond the spec's limit."""
    (limit,) = spec.limits
    severity, crossed = limits.judge(value, limit)
    if crossed is None:
        return []
    return [_finding(spec, device, limits.comparison(value, limit, crossed), severity)]


def _finding(
    spec: FindingSpec,
    device: SoundDevice | None,
    params: Mapping[str, ParamValue] | None = None,
    severity: Severity | None = None,
) -> Finding:
    """With the device that it is about."""
    about: dict[str, ParamValue] = {}
    if device is not None:
        about = {"device": device.name, "device_kind": device.kind.value, "device_bus": device.bus.value}
    named = device is not None and device.name and _NAMED in spec.variants
    return spec.finding(
        *_EVIDENCE, severity=severity, variant=_NAMED if named else "", params={**(params or {}), **about}
    )
