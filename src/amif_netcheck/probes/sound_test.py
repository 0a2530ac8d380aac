"""The sound test: only when the person asked for it. What is recorded never leaves the process that recorded it."""

from __future__ import annotations

from msgspec import structs

from amif_netcheck.measure import sound as measured
from amif_netcheck.model.facts import (
    NOT_REQUESTED,
    Direction,
    Reason,
    SoundKind,
    SoundObstacle,
    SoundTestFacts,
    Unavailable,
)
from amif_netcheck.probes.context import Context, SoundTest

_IN_THE_EAR = {SoundKind.HEADSET, SoundKind.HEADPHONES}


def probe(context: Context, until: float) -> SoundTestFacts | Unavailable:
    """Record, listen for an echo unless one wears a headset, play back, by `until` (`time.monotonic`)."""
    if context.sound_test is SoundTest.NO:
        return NOT_REQUESTED
    sound = context.platform.sound(until - measured.LEAST_S)
    if sound.obstacle in {SoundObstacle.STOPPED, SoundObstacle.NO_DEVICE} and isinstance(
        sound.streams, Unavailable
    ):
        return SoundTestFacts(recording=sound.streams, obstacle=sound.obstacle)
    if isinstance(sound.devices, Unavailable) and sound.devices.reason is Reason.NOT_REQUESTED:
        return sound.devices  # PortAudio would ask it
    devices = () if isinstance(sound.devices, Unavailable) else sound.devices
    worn = any(
        each.default and each.direction is Direction.OUTPUT and each.kind in _IN_THE_EAR for each in devices
    )
    facts = measured.test(
        with_echo=context.sound_test is SoundTest.WITH_ECHO or not worn,
        until=until,
        stop=context.stop,
        cue=context.on_cue,
    )
    if facts.obstacle is SoundObstacle.NO_LIBRARY:
        return structs.replace(facts, package=context.platform.portaudio_package())
    if facts.obstacle is SoundObstacle.NO_DEVICE and sound.obstacle is not SoundObstacle.NONE:
        return structs.replace(facts, obstacle=sound.obstacle)
    return facts
