"""What one hears with and speaks into."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import Annotated

from msgspec import Struct

from amif_netcheck.model.facts.base import NOT_REQUESTED, Fact, Unavailable, private
from amif_netcheck.model.facts.sound import SoundObstacle


class SoundKind(Enum):
    """What a sound device is."""

    HEADSET = "headset"  # with a microphone
    HEADPHONES = "headphones"
    MICROPHONE = "microphone"  # an external one
    SPEAKERPHONE = "speakerphone"  # a hands-free kit: microphone and loudspeaker that do not hear each other
    SPEAKER = "speaker"  # external loudspeakers
    WEBCAM = "webcam"
    BUILT_IN = "built_in"  # in the computer
    HDMI = "hdmi"  # a screen's or a television's loudspeakers
    VIRTUAL = "virtual"  # a program
    UNKNOWN = "unknown"


_AT_THE_EAR = frozenset({SoundKind.HEADSET, SoundKind.HEADPHONES})
WORN = frozenset({SoundKind.HEADSET, SoundKind.HEADPHONES, SoundKind.SPEAKERPHONE})
"""What keeps the others' voices out of the microphone."""
SPOKEN_INTO = frozenset({SoundKind.HEADSET, SoundKind.MICROPHONE, SoundKind.SPEAKERPHONE})
"""Microphones that are near the mouth, or made for a room."""


class SoundBus(Enum):
    """How it is attached."""

    USB = "usb"
    BLUETOOTH = "bluetooth"
    JACK = "jack"
    INTERNAL = "internal"
    VIRTUAL = "virtual"
    UNKNOWN = "unknown"


class Direction(Enum):
    """Of sound, seen from the computer."""

    OUTPUT = "output"
    INPUT = "input"


class DeviceSource(Enum):
    """Who told."""

    PULSE = "pulse"  # the sound server: PulseAudio or PipeWire
    PORTAUDIO = "portaudio"  # names only
    SYSTEM = "system"  # Windows or macOS itself


class AllowedFor(Enum):
    """Whom the answer about the microphone, or the camera, binds."""

    EVERY_PROGRAM = "every_program"  # all programs of the desktop, browsers among them (Windows)
    THIS_PROGRAM = "this_program"  # the one that started us, such as a terminal (macOS)
    SANDBOXED = "sandboxed"  # none outside a sandbox (Linux)


class SoundDevice(Struct, frozen=True, kw_only=True):
    """A device one can hear with or speak into.

    Those with the same `apparatus` are the two directions of one thing. `plugged` is None where the system can't tell,
    `communications`: the system gives it to calls, where it makes a difference (Windows' default communication device, the
    role `phone` of PulseAudio). `volume_pct` is the system's own scale, `volume_db` the same in decibels below full volume
    (-200 is silence), None where the system does not say what its scale means. `sure` is false for a kind that was guessed from a name. `hands_free` is a
    Bluetooth headset as a telephone; its sound is then sampled at `rate_hz`. `asleep`: there, but it has to be woken by a
    change of its mode (a Bluetooth headset's microphone while it plays music).
    """

    name: Annotated[str, private("device")]
    direction: Direction
    kind: SoundKind
    bus: SoundBus
    default: bool
    communications: bool = False
    apparatus: int
    plugged: bool | None = None
    muted: bool = False
    volume_pct: float | None = None
    volume_db: float | None = None
    rate_hz: int | None = None
    hands_free: bool = False
    asleep: bool = False
    battery_pct: float | None = None
    sure: bool = True


class HeadsetFacts(Fact, frozen=True, kw_only=True):
    """All sound devices, defaults first.

    `package` is what this system calls what is missing, where something is. `microphone_allowed` is what the person has
    answered when the system asked whether programs may use the microphone, and `microphone_allowed_for` whom that binds.
    """

    devices: tuple[SoundDevice, ...] | Unavailable
    source: DeviceSource | Unavailable = NOT_REQUESTED
    obstacle: SoundObstacle = SoundObstacle.NONE
    package: str = ""
    microphone_allowed: bool | Unavailable = NOT_REQUESTED
    microphone_allowed_for: AllowedFor = AllowedFor.SANDBOXED


def is_worn(devices: Iterable[SoundDevice]) -> bool:
    """Is what one hears with at the ear, where the microphone can't hear it?"""
    return any(
        device.default and device.direction is Direction.OUTPUT and device.kind in _AT_THE_EAR
        for device in devices
    )
