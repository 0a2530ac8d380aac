"""What one hears with and speaks into: the system's sound devices, or PortAudio's. Opens none of them, sends nothing."""

from __future__ import annotations

from functools import partial

from msgspec import structs

from amif_netcheck.children.threads import BackgroundCall
from amif_netcheck.model.facts import (
    AllowedFor,
    DeviceSource,
    HeadsetFacts,
    Reason,
    SoundObstacle,
    Unavailable,
)
from amif_netcheck.platforms.answers import Sound
from amif_netcheck.probes.context import Context
from amif_netcheck.sound import recorder as measured

_ALLOWED_FOR = {"windows": AllowedFor.EVERY_PROGRAM, "macos": AllowedFor.THIS_PROGRAM}
"""Whom a system's answer about the microphone binds."""


def probe(context: Context, until: float) -> HeadsetFacts | Unavailable:
    """Ask the sound system, by `until` (`time.monotonic`)."""
    allowed = BackgroundCall(partial(context.platform.microphone_allowed, until))
    sound = context.platform.sound(until)
    if isinstance(sound.devices, Unavailable):
        facts = _by_names(context, sound, sound.devices, until)
    else:
        facts = HeadsetFacts(devices=sound.devices, source=sound.source, obstacle=sound.obstacle)
    binds = _ALLOWED_FOR.get(context.platform.name, AllowedFor.SANDBOXED)
    return structs.replace(facts, microphone_allowed=allowed.result(until), microphone_allowed_for=binds)


def _by_names(context: Context, sound: Sound, missing: Unavailable, until: float) -> HeadsetFacts:
    """Where no sound server tells, PortAudio lists devices, whose names say what they may be."""
    if missing.reason is Reason.NOT_REQUESTED:  # PortAudio would ask it too
        return HeadsetFacts(devices=missing, obstacle=sound.obstacle)
    if sound.obstacle is SoundObstacle.STOPPED:  # PortAudio would wait for it too
        return HeadsetFacts(devices=missing, obstacle=sound.obstacle)
    listed = measured.devices(until=until, stop=context.stop)
    if isinstance(listed.devices, Unavailable):
        no_library = (
            listed.obstacle is SoundObstacle.NO_LIBRARY and sound.obstacle is not SoundObstacle.REMOTE
        )
        return HeadsetFacts(
            devices=missing,
            obstacle=listed.obstacle if no_library else sound.obstacle,
            package=context.platform.missing_for_sound() if no_library else "",
        )
    if not listed.devices and missing.reason is not Reason.UNSUPPORTED:  # of ways to a sound server alone
        return HeadsetFacts(devices=missing, obstacle=sound.obstacle)
    return HeadsetFacts(devices=listed.devices, source=DeviceSource.PORTAUDIO)
