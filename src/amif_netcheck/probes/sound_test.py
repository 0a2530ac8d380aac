"""The sound test: only when the person asked for it. What is recorded never leaves the process that recorded it."""

from __future__ import annotations

import time
from collections.abc import Iterable

from msgspec import structs

from amif_netcheck.measure.stages import guarded
from amif_netcheck.model.facts import (
    NOT_REQUESTED,
    Direction,
    Reason,
    Recording,
    SoundDevice,
    SoundObstacle,
    SoundTestFacts,
    Unavailable,
    is_worn,
)
from amif_netcheck.platforms.answers import Sound
from amif_netcheck.probes.context import Context, SoundTest
from amif_netcheck.sound import recorder as measured

_LOOK_S = 4.0
"""A tenth of that is usual; a busy computer must not be believed to have the microphone that it has lost."""


def probe(context: Context, until: float) -> SoundTestFacts | Unavailable:
    """Record, listen for an echo unless one wears a headset, play back, by `until` (`time.monotonic`)."""
    if context.sound_test is SoundTest.NO:
        return NOT_REQUESTED
    sound = context.platform.sound(until - measured.LEAST_S)
    facts = _known_obstacle(sound) or _tested(sound, context, until)
    if isinstance(facts, Unavailable) or isinstance(sound.devices, Unavailable):
        return facts
    return structs.replace(
        facts,
        input=next(iter(_chosen(sound.devices, Direction.INPUT)), ""),
        output=next(iter(_chosen(sound.devices, Direction.OUTPUT)), ""),
    )


def _tested(sound: Sound, context: Context, until: float) -> SoundTestFacts:
    devices = () if isinstance(sound.devices, Unavailable) else sound.devices
    facts = measured.test(
        with_echo=context.sound_test is SoundTest.WITH_ECHO or not is_worn(devices),
        until=until,
        stop=context.stop,
        cue=context.on_cue,
        live=context.live,
        keep=context.on_recorded,
    )
    if isinstance(facts.recording, Recording) and not _same_microphone(sound, context, until):
        changed = Unavailable(reason=Reason.BLOCKED, detail="the default source changed meanwhile")
        return SoundTestFacts(recording=changed, echo=changed, obstacle=SoundObstacle.CHANGED)
    if facts.obstacle is SoundObstacle.NO_LIBRARY:
        return structs.replace(facts, package=context.platform.missing_for_sound())
    if facts.obstacle is SoundObstacle.NO_DEVICE and sound.obstacle is not SoundObstacle.NONE:
        return structs.replace(facts, obstacle=sound.obstacle)
    return facts


def _same_microphone(before: Sound, context: Context, until: float) -> bool:
    """Sound servers move a recording to another microphone when its own goes away. Where that can't be told, it is the same."""
    if isinstance(before.devices, Unavailable):
        return True
    after = guarded(
        "looking at the microphone again",
        lambda: context.platform.sound(min(until, time.monotonic() + _LOOK_S)),
    )
    if isinstance(after, Unavailable) or isinstance(after.devices, Unavailable):
        return True
    same = _chosen(before.devices, Direction.INPUT) == _chosen(after.devices, Direction.INPUT)
    return same and not after.records_itself


def _chosen(devices: Iterable[SoundDevice], direction: Direction) -> list[str]:
    return [device.name for device in devices if device.default and device.direction is direction]


def _known_obstacle(sound: Sound) -> SoundTestFacts | Unavailable | None:
    """What need not be tried; None when nothing stands in the way."""
    if sound.obstacle in {SoundObstacle.STOPPED, SoundObstacle.NO_DEVICE} and isinstance(
        sound.streams, Unavailable
    ):
        return SoundTestFacts(recording=sound.streams, obstacle=sound.obstacle)
    if isinstance(sound.devices, Unavailable):  # offline, PortAudio would ask a sound server elsewhere
        return sound.devices if sound.devices.reason is Reason.NOT_REQUESTED else None
    if not sound.records_itself:
        return None
    # PortAudio would record what is played. A sound server does so too where there is no microphone at all.
    has_microphone = any(device.direction is Direction.INPUT for device in sound.devices)
    return SoundTestFacts(
        recording=Unavailable(reason=Reason.NOT_PRESENT, detail="the default source is a monitor"),
        obstacle=SoundObstacle.MONITOR if has_microphone else SoundObstacle.NO_DEVICE,
    )
