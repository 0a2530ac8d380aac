"""What a sound device is, as far as every system tells it in the same way: by its name, and by its other half. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from msgspec import structs

from amif_netcheck.catalog.sound_devices import kind_by_name
from amif_netcheck.model.facts import Direction, SoundBus, SoundDevice, SoundKind

EXTERNAL = frozenset({SoundBus.USB, SoundBus.BLUETOOTH})
"""The buses of things outside the computer."""
_SOCKETS = re.compile(r"\bdock(ing)?\b|\bhub\b|displaylink")
"""What only has sockets for something: a docking station plays and records, and is neither headset nor microphone."""
_SAID_OF_BOTH = frozenset({SoundKind.HEADSET, SoundKind.SPEAKERPHONE, SoundKind.WEBCAM})


def outside(names: Sequence[str], direction: Direction) -> SoundKind:
    """Something by USB or Bluetooth that does not say what it is: by its names; what records is else a microphone."""
    by_name = kind_by_name(" ".join(names))
    if by_name is SoundKind.UNKNOWN and direction is Direction.INPUT:
        return SoundKind.MICROPHONE
    return by_name


def has_sockets(name: str) -> bool:
    """Is this a thing with sockets for others, so that what is heard or spoken into is not known?"""
    return bool(_SOCKETS.search(name.casefold()))


def by_partner(device: SoundDevice, devices: Iterable[SoundDevice]) -> SoundDevice:
    """Something outside the computer that both plays and records is what its better known half is, else a headset."""
    if (
        device.sure
        or device.bus not in EXTERNAL
        or device.kind not in {SoundKind.UNKNOWN, SoundKind.MICROPHONE}
    ):
        return device
    if has_sockets(device.name):
        return structs.replace(device, kind=SoundKind.UNKNOWN)
    partners = [
        other.kind
        for other in devices
        if other.apparatus == device.apparatus and other.direction is not device.direction
    ]
    if not partners:
        return device
    kinds = _SAID_OF_BOTH & set(partners)
    return structs.replace(device, kind=min(kinds, key=list(SoundKind).index) if kinds else SoundKind.HEADSET)
