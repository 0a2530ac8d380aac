"""Makes a headset or microphone that is plugged in the default device of the sound server, as the system's settings do.

A jack is chosen by its port as well. The volume and the mute switch are never touched, nor is the mode of a Bluetooth
headset, whose microphone would make it sound like a telephone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from amif_netcheck.model.facts import SPOKEN_INTO, WORN, Direction, SoundBus, SoundDevice, SoundKind
from amif_netcheck.model.fix import Fix, FixKind, FixOutcome, FixResult
from amif_netcheck.platforms.linux import pulse, pulse_devices, pulse_server
from amif_netcheck.platforms.linux.pulse_devices import SelectableDevice

_KINDS = {Direction.OUTPUT: WORN, Direction.INPUT: SPOKEN_INTO}


def offers(about: tuple[str, ...], until: float) -> tuple[Fix, ...]:
    """One fix, when the device is there, and it is plain which one it is. `about`: its name, then directions."""
    reply = pulse_server.ask_child({}, "sound", until)
    if reply.answer is None:
        return ()
    try:
        answer = msgspec.convert(reply.answer, pulse.PulseSnapshot)
    except msgspec.ValidationError:
        return ()
    fix = plan(answer, about)
    return () if fix is None else (fix,)


def plan(answer: pulse.PulseSnapshot, about: tuple[str, ...]) -> Fix | None:
    """What is to be chosen, in those directions where it is not yet. Pure."""
    devices = pulse_devices.with_locations(answer)
    params = dict.fromkeys(("output", "input", "output_before", "input_before"), "")
    target: list[str] = []
    for direction, meant in _meant(devices, about[0], [Direction(text) for text in about[1:]]).items():
        current = _default(direction, devices)
        if any(_needs_other_mode(candidate.device) for candidate in meant) or _stays(current, meant):
            continue
        if len(meant) > 1:
            return None
        for candidate in meant:
            params[direction.value] = candidate.device.name
            params[f"{direction.value}_before"] = current.device.name if current else ""
            target += [direction.value, candidate.name, candidate.port]
    return Fix(kind=FixKind.CHOOSE_DEVICE, params=params, target=tuple(target)) if target else None


def _meant(
    devices: Iterable[SelectableDevice], name: str, directions: Sequence[Direction]
) -> dict[Direction, list[SelectableDevice]]:
    """By direction: the devices of this name; where none has it, the other half of the apparatus of one that has."""
    halves = [half for half in devices if half.device.direction in directions and _may_be_meant(half)]
    named = [half for half in halves if half.device.name == name]
    apparatuses = {half.device.apparatus for half in named}
    related = [half for half in halves if half.device.apparatus in apparatuses]
    return {
        direction: _devices_of(direction, named) or _devices_of(direction, related)
        for direction in directions
    }


def _devices_of(direction: Direction, devices: Iterable[SelectableDevice]) -> list[SelectableDevice]:
    return [candidate for candidate in devices if candidate.device.direction is direction]


def _may_be_meant(candidate: SelectableDevice) -> bool:
    """Plugged in, and no filter: what a filter lets through is somebody's own choice."""
    device = candidate.device
    return (
        bool(device.plugged)
        and device.kind in _KINDS[device.direction]
        and candidate.name == candidate.behind
    )


def _needs_other_mode(device: SoundDevice) -> bool:
    """A Bluetooth headset's microphone works in the mode of a telephone; PipeWire lists it in the others too."""
    is_microphone = device.bus is SoundBus.BLUETOOTH and device.direction is Direction.INPUT
    return is_microphone and not device.hands_free


def _default(direction: Direction, devices: Iterable[SelectableDevice]) -> SelectableDevice | None:
    return next(
        (candidate for candidate in _devices_of(direction, devices) if candidate.device.default), None
    )


def _stays(current: SelectableDevice | None, meant: list[SelectableDevice]) -> bool:
    """The choice as it is stays when it is the device itself, a filter over it, or a program."""
    if current is None:
        return False
    is_it = any(candidate.name == current.behind and candidate.port == current.port for candidate in meant)
    return is_it or current.device.kind is SoundKind.VIRTUAL


def carry_out(fix: Fix, until: float) -> FixResult:
    """Choose, and ask the server by `until` (`time.monotonic`) until it says that it is so."""
    triples = zip(fix.target[::3], fix.target[1::3], fix.target[2::3], strict=True)
    wanted = [{"direction": direction, "name": name, "port": port} for direction, name, port in triples]
    reply = pulse_server.ask_child({"choose": wanted}, "outcome", until)
    if reply.answer is not None:
        return FixResult(outcome=FixOutcome(reply.answer))
    if reply.error or reply.ended:
        return FixResult(outcome=FixOutcome.FAILED, detail=reply.error or "the process that asks ended")
    return FixResult(outcome=FixOutcome.UNFINISHED, detail="the sound server did not answer in time")
