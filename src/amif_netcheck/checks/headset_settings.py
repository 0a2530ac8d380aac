"""What is set on this computer that keeps the others from hearing, or being heard: permission, switches, volumes, calls."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from amif_netcheck.checks import limits, limits_sound
from amif_netcheck.checks.headset_findings import (
    BATTERY,
    CALLS_APART,
    CALLS_ELSEWHERE,
    INPUT_LOW,
    INPUT_MUTED,
    INPUT_NOTHING,
    OUTPUT_MUTED,
    REFUSED,
    TELEPHONE_SOUND,
    device_finding,
    limit_finding,
)
from amif_netcheck.model.facts import (
    SPOKEN_INTO,
    WORN,
    AllowedFor,
    Direction,
    HeadsetFacts,
    SoundDevice,
    Unavailable,
)
from amif_netcheck.model.finding import Finding, Severity, rank

_GOOD = {Direction.OUTPUT: WORN, Direction.INPUT: SPOKEN_INTO}


def refusals(headset: HeadsetFacts | Unavailable) -> list[Finding]:
    """That no program of the meeting's kind may use the microphone.

    A refusal that binds this program alone (macOS) or programs in a sandbox (Linux) says nothing of the meeting.
    """
    if isinstance(headset, Unavailable) or headset.microphone_allowed is not False:
        return []
    if headset.microphone_allowed_for is not AllowedFor.EVERY_PROGRAM:
        return []
    return [REFUSED.finding("facts.headset.microphone_allowed", "facts.headset.microphone_allowed_for")]


def findings(
    present: Sequence[SoundDevice], output: SoundDevice | None, entry: SoundDevice | None
) -> list[Finding]:
    """Of the devices in use, and of those that the system gives to calls."""
    call_output, call_entry = (_for_calls(present, way) for way in (Direction.OUTPUT, Direction.INPUT))
    used = [device for device in (output, entry) if device is not None]
    return [
        *(_unheard(entry) or _unheard(call_entry)),
        *(_unhearing(output) or _unhearing(call_output)),
        *_calls(output, call_output, entry, call_entry),
        *_bluetooth(used),
    ]


def _for_calls(present: Iterable[SoundDevice], direction: Direction) -> SoundDevice | None:
    """The device that the system gives to calls; none where it makes no difference."""
    given = (device for device in present if device.communications and device.direction is direction)
    return next((device for device in given if not device.asleep), None)


def _is_in_use(device: SoundDevice | None) -> bool:
    return device is not None and (device.default or device.communications)


def _is_mute(device: SoundDevice) -> bool:
    return bool(device.muted) or device.volume_pct == 0


def _unheard(entry: SoundDevice | None) -> list[Finding]:
    if entry is None or not _is_in_use(entry):
        return []
    return [device_finding(INPUT_MUTED, entry)] if _is_mute(entry) else _volume(entry)


def _volume(entry: SoundDevice) -> list[Finding]:
    """A volume is low when each scale that the system tells says so.

    A percentage alone is no measure on Windows, where one device's half is another one's whisper; decibels below full
    are none where full is 30 dB too loud.
    """
    if entry.volume_pct is None:
        return []
    if _is_below(entry.volume_pct, limits_sound.INPUT_NOTHING) and (
        entry.volume_db is None or _is_below(entry.volume_db, limits_sound.INPUT_NOTHING_DB)
    ):
        return limit_finding(INPUT_NOTHING, entry.volume_pct, entry)
    severity, crossed = limits.judge(entry.volume_pct, limits_sound.INPUT_VOLUME)
    if entry.volume_db is not None:
        by_db = limits.judge(entry.volume_db, limits_sound.INPUT_VOLUME_DB)[0]
        if rank(by_db) > rank(severity):  # the milder of the two
            severity = by_db
            crossed = None if by_db is Severity.OK else limits_sound.INPUT_VOLUME.info
    if crossed is None:
        return []
    params = limits.comparison(entry.volume_pct, limits_sound.INPUT_VOLUME, crossed)
    return [device_finding(INPUT_LOW, entry, params, severity)]


def _is_below(value: float, limit: limits.Limit) -> bool:
    return limits.judge(value, limit)[1] is not None


def _unhearing(output: SoundDevice | None) -> list[Finding]:
    muted = output is not None and _is_in_use(output) and _is_mute(output)
    return [device_finding(OUTPUT_MUTED, output)] if muted else []


def _calls(
    output: SoundDevice | None,
    call_output: SoundDevice | None,
    entry: SoundDevice | None,
    call_entry: SoundDevice | None,
) -> list[Finding]:
    """Where the system gives calls another device than all the rest, one finding: the worse direction's.

    That calls alone have the better one is said where devices are chosen. A Bluetooth headset is two devices on Windows 10,
    for music and for calls: with the same apparatus, nothing is apart.
    """
    apart = [
        (used, given)
        for used, given in ((entry, call_entry), (output, call_output))
        if used is not None and given is not None and used.default and used.apparatus != given.apparatus
    ]
    for spec, given_is_good in ((CALLS_ELSEWHERE, False), (CALLS_APART, True)):
        for used, given in apart:
            good = _GOOD[used.direction]
            if used.kind in good and (given.kind in good) is given_is_good:
                return [device_finding(spec, given)]
    return []


def _bluetooth(used: list[SoundDevice]) -> list[Finding]:
    """A headset in the mode of a telephone, and one that is nearly empty; each said once."""
    found: list[Finding] = []
    narrow = next((device for device in used if device.hands_free and device.rate_hz), None)
    if narrow is not None and narrow.rate_hz is not None:
        found += limit_finding(TELEPHONE_SOUND, narrow.rate_hz / 1000, narrow)
    charges = [(device.battery_pct, device) for device in used if device.battery_pct is not None]
    if charges:
        charge, weakest = min(charges, key=lambda item: item[0])
        found += limit_finding(BATTERY, charge, weakest)
    return found
