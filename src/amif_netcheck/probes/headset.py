"""What one hears with and speaks into: the system's sound devices. Opens none of them, sends nothing."""

from __future__ import annotations

from amif_netcheck.model.facts import DeviceSource, HeadsetFacts, Unavailable
from amif_netcheck.probes.context import Context


def probe(context: Context, until: float) -> HeadsetFacts | Unavailable:
    """Ask the sound system, by `until` (`time.monotonic`)."""
    sound = context.platform.sound(until)
    if isinstance(sound.devices, Unavailable):
        return HeadsetFacts(
            devices=sound.devices,
            obstacle=sound.obstacle,
            package=context.platform.portaudio_package(),
        )
    return HeadsetFacts(
        devices=sound.devices,
        source=DeviceSource.PULSE,
        obstacle=sound.obstacle,
    )
