"""Makes a headset or microphone that is there the default device, as the sound settings do (AudioObjectSetPropertyData).

The volume and the mute switch are never touched; nor is a Bluetooth headset's microphone chosen, which would make it sound
like a telephone.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence

from amif_netcheck.children.threads import BackgroundCall
from amif_netcheck.model.facts import SPOKEN_INTO, WORN, Direction, Reason, SoundBus, SoundKind, Unavailable
from amif_netcheck.model.fix import Fix, FixKind, FixOutcome, FixResult
from amif_netcheck.platforms.macos import bluetooth, sound_devices, sound_objects
from amif_netcheck.platforms.macos.properties import NO_SUCH_OBJECT, REFUSALS, PropertyError, PropertyLibrary
from amif_netcheck.platforms.macos.sound_devices import MacSoundDevice
from amif_netcheck.platforms.macos.sound_objects import HalDevices
from amif_netcheck.platforms.macos.tools import Tools

_KINDS = {Direction.OUTPUT: WORN, Direction.INPUT: SPOKEN_INTO}
_NOTHING_ANSWERS = (OSError, AttributeError, PropertyError)
"""There is no such framework, or its list is kept from us."""
_POLL_S = 0.1
_HAND_OVER_S = 0.1
"""What came in time is handed over before nobody waits for it any more."""


class MacSoundDevices:
    """`library` opens CoreAudio, which may hang for as long as its server does; by `tools` Bluetooth tells of its devices."""

    def __init__(self, library: Callable[[], PropertyLibrary], tools: Tools) -> None:
        self._library, self._tools = library, tools

    def offers(self, about: tuple[str, ...], until: float) -> tuple[Fix, ...]:
        """One fix, when the device is there, and it is plain which one it is. `about`: its name, then directions."""
        listed = BackgroundCall(lambda: self._listed(until)).result(until)
        fix = None if listed is None or isinstance(listed, Unavailable) else plan(listed, about)
        return () if fix is None else (fix,)

    def carry_out(self, fix: Fix, until: float) -> FixResult:
        """Choose, and ask by `until` (`time.monotonic`) until it is so."""
        result = BackgroundCall(lambda: self._choose(fix, until - _HAND_OVER_S)).result(until)
        if isinstance(result, Unavailable):
            late = result.reason is Reason.TIMEOUT
            outcome = FixOutcome.UNFINISHED if late else FixOutcome.FAILED
            return FixResult(outcome=outcome, detail=result.detail)
        return result

    def _listed(self, until: float) -> HalDevices | None:
        try:
            listed = sound_objects.devices(self._library())
            return bluetooth.described(listed, self._tools, (until - time.monotonic()) / 2)
        except _NOTHING_ANSWERS:
            return None

    def _choose(self, fix: Fix, until: float) -> FixResult:
        try:
            library = self._library()
            things = {device.uid: device.thing for device in sound_objects.devices(library).devices}
        except _NOTHING_ANSWERS as error:
            return FixResult(outcome=FixOutcome.FAILED, detail=str(error))
        wanted = [
            (Direction(direction), things.get(uid, 0))
            for direction, uid in zip(fix.target[::2], fix.target[1::2], strict=True)
        ]
        if not all(thing for _, thing in wanted):
            return FixResult(outcome=FixOutcome.GONE)
        for step, (direction, thing) in enumerate(wanted):
            try:
                sound_objects.choose(library, direction, thing)
            except PropertyError as error:
                return FixResult(outcome=_outcome(error, first=step == 0), detail=error.code)
        while any(sound_objects.chosen(library, direction) != thing for direction, thing in wanted):
            if time.monotonic() + _POLL_S > until:
                return FixResult(outcome=FixOutcome.UNFINISHED, detail="another device is still chosen")
            time.sleep(_POLL_S)
        return FixResult(outcome=FixOutcome.DONE)


def plan(listed: HalDevices, about: tuple[str, ...]) -> Fix | None:
    """What is to be chosen, in those directions where it is not yet. Pure."""
    devices = sound_devices.with_sources(listed)
    params = dict.fromkeys(("output", "input", "output_before", "input_before"), "")
    target: list[str] = []
    for direction, meant in _meant(devices, about[0], [Direction(text) for text in about[1:]]).items():
        current = next((one for one in _devices_of(direction, devices) if one.device.default), None)
        if any(_sounds_like_a_telephone(one) for one in meant) or _stays(current, meant):
            continue
        if len(meant) > 1:
            return None
        for one in meant:
            params[direction.value] = one.device.name
            params[f"{direction.value}_before"] = current.device.name if current else ""
            target += [direction.value, one.source.uid]
    return Fix(kind=FixKind.CHOOSE_DEVICE, params=params, target=tuple(target)) if target else None


def _meant(
    devices: Iterable[MacSoundDevice], name: str, directions: Sequence[Direction]
) -> dict[Direction, list[MacSoundDevice]]:
    """By direction: the devices of this name; where none has it, the other half of the apparatus of one that has."""
    halves = [one for one in devices if one.device.direction in directions and _may_be_meant(one)]
    named = [one for one in halves if one.device.name == name]
    apparatuses = {one.device.apparatus for one in named}
    related = [one for one in halves if one.device.apparatus in apparatuses]
    return {
        direction: _devices_of(direction, named) or _devices_of(direction, related)
        for direction in directions
    }


def _devices_of(direction: Direction, devices: Iterable[MacSoundDevice]) -> list[MacSoundDevice]:
    return [one for one in devices if one.device.direction is direction]


def _may_be_meant(one: MacSoundDevice) -> bool:
    """There, listed by the settings, and no aggregate: what is in one is somebody's own choice."""
    device, half = one.device, one.source.half(one.device.direction)
    listed = half is not None and half.can_be_default and not one.source.hidden
    return (
        bool(device.plugged) and listed and not one.source.parts and device.kind in _KINDS[device.direction]
    )


def _sounds_like_a_telephone(one: MacSoundDevice) -> bool:
    return one.device.bus is SoundBus.BLUETOOTH and one.device.direction is Direction.INPUT


def _stays(current: MacSoundDevice | None, meant: list[MacSoundDevice]) -> bool:
    """The choice as it is stays when it is the device itself, holds it, or is a program."""
    if current is None:
        return False
    things = {current.source.thing, *current.source.parts}
    return any(one.source.thing in things for one in meant) or current.device.kind is SoundKind.VIRTUAL


def _outcome(error: PropertyError, *, first: bool) -> FixOutcome:
    """What an error means; after the first step, a part was done."""
    if not first:
        return FixOutcome.FAILED
    if error.code in NO_SUCH_OBJECT:
        return FixOutcome.GONE
    return FixOutcome.REFUSED if error.code in REFUSALS else FixOutcome.FAILED
