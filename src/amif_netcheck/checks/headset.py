"""The note: "privilégiez un casque et un micro externes, ou un kit mains libres"."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import structs

from amif_netcheck.checks import headset_settings, sound_test
from amif_netcheck.checks.headset_findings import (
    BUILT_IN,
    CALLS_ONLY,
    EVIDENCE,
    FINDINGS,
    IN_USE,
    INPUT_ELSEWHERE,
    LOUDSPEAKER,
    NO_DEVICE,
    NO_LIBRARY,
    NO_MICROPHONE,
    NO_OUTPUT,
    NO_SERVER,
    NOT_CHOSEN,
    OUTPUT_ELSEWHERE,
    OWN_MICROPHONE,
    PACKAGE,
    REMOTE,
    STOPPED,
    UNKNOWN,
    UNSEEN,
    UNTOLD,
    WEBCAM_MICROPHONE,
    device_finding,
)
from amif_netcheck.checks.unknown import could_not_tell
from amif_netcheck.model.facts import (
    SPOKEN_INTO,
    WORN,
    DeviceSource,
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
from amif_netcheck.model.finding import Finding, ParamValue

__all__ = ["FINDINGS", "check"]

_OBSTACLES = {
    SoundObstacle.NO_SERVER: NO_SERVER,
    SoundObstacle.REMOTE: REMOTE,
    SoundObstacle.STOPPED: STOPPED,
    SoundObstacle.NO_LIBRARY: NO_LIBRARY,
}
_UNTOLD_KINDS = {SoundKind.VIRTUAL, SoundKind.UNKNOWN}


def check(facts: Facts, _earlier: Sequence[Finding] = ()) -> list[Finding]:
    """Judge the default devices, whether something better is plugged in and not chosen, and the sound test."""
    return [*headset_settings.refusals(facts.headset), *_devices(facts), *sound_test.findings(facts)]


def _devices(facts: Facts) -> list[Finding]:
    headset = facts.headset
    if isinstance(headset, Unavailable):
        return [could_not_tell(UNKNOWN, headset, "facts.headset")]
    if isinstance(headset.devices, Unavailable):
        return [_unseen(headset, headset.devices)]
    if not headset.devices:
        return [device_finding(NO_DEVICE, None, {"reason": Reason.NOT_PRESENT.value})]
    present = _present(headset.devices, calls_apart=headset.source is DeviceSource.SYSTEM)
    output = _used(present, Direction.OUTPUT, WORN)
    entry = _used(present, Direction.INPUT, SPOKEN_INTO)
    return [
        *(_missing(present) or [_choice(present, output, entry)]),
        *headset_settings.findings(present, output, entry),
    ]


def _present(devices: Sequence[SoundDevice], *, calls_apart: bool) -> list[SoundDevice]:
    """What is plugged in. PulseAudio's role for calls is used by telephones alone, so that it tells nothing of a meeting."""
    present = [device for device in devices if device.plugged is not False]
    return present if calls_apart else [structs.replace(device, communications=False) for device in present]


def _unseen(headset: HeadsetFacts, missing: Unavailable) -> Finding:
    """Why devices could not be looked at."""
    spec = _OBSTACLES.get(headset.obstacle)
    if spec is None:
        return could_not_tell(UNKNOWN, missing, *EVIDENCE)
    params: dict[str, ParamValue] = {"reason": missing.reason.value}
    if headset.package:
        params[PACKAGE] = headset.package
    variant = PACKAGE if headset.package and PACKAGE in spec.variants else ""
    return spec.finding(*EVIDENCE, variant=variant, params=params)


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
        spec.finding(*EVIDENCE)
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
        return device_finding(UNSEEN, unseen, {"reason": Reason.UNSUPPORTED.value})
    return device_finding(IN_USE, output if output.kind is SoundKind.HEADSET else entry)


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
    if better.communications:
        return device_finding(CALLS_ONLY, better)
    half = other_is_good or better.kind is _ONE_WAY[direction]
    return device_finding(_ELSEWHERE[direction] if half else NOT_CHOSEN, better)


def _can_not_be_seen(device: SoundDevice) -> bool:
    """A socket can be chosen with nothing in it; some do not tell."""
    return device.bus is SoundBus.JACK and device.plugged is None


def _as_it_is(output: SoundDevice | None, entry: SoundDevice | None) -> Finding:
    """Nothing better is there."""
    used = [device for device in (output, entry) if device is not None]
    untold = next((device for device in used if device.kind in _UNTOLD_KINDS), None)
    if output is None or entry is None or untold is not None:
        return device_finding(UNTOLD, untold or next(iter(used), None), {"reason": Reason.UNSUPPORTED.value})
    if output.kind in WORN:
        return device_finding(WEBCAM_MICROPHONE if entry.kind is SoundKind.WEBCAM else OWN_MICROPHONE, entry)
    all_built_in = entry.kind is SoundKind.BUILT_IN and output.kind is SoundKind.BUILT_IN
    return device_finding(BUILT_IN if all_built_in else LOUDSPEAKER, output)


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
