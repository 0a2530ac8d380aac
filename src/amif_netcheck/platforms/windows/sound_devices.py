"""Core Audio's endpoints (see `core_audio`), to devices: by what their drivers say they are, then by name. Pure.

Form factors: EndpointFormFactor of mmdeviceapi.h. Nodes: KSNODETYPE_xxx of ksmedia.h, which follow the terminal types of USB
("Universal Serial Bus Device Class Definition for Terminal Types"). Buses: PnP enumerators.
"""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from typing import NamedTuple

from msgspec import structs

from amif_netcheck.catalog.sound_devices import kind_by_name
from amif_netcheck.model.facts import Direction, SoundBus, SoundDevice, SoundKind
from amif_netcheck.platforms import sound_kinds
from amif_netcheck.platforms.sound_kinds import EXTERNAL
from amif_netcheck.platforms.text import clean
from amif_netcheck.platforms.windows import jacks
from amif_netcheck.platforms.windows.core_audio import (
    ACTIVE,
    COMMUNICATIONS,
    CONSOLE,
    AudioSnapshot,
    Endpoint,
)
from amif_netcheck.platforms.windows.devices import THE_COMPUTER

_NO_CONTAINER = ("", "00000000-0000-0000-0000-000000000000")
_FORMS = {
    3: SoundKind.HEADPHONES,
    5: SoundKind.HEADSET,
    6: SoundKind.HEADSET,  # a handset
    9: SoundKind.HDMI,
}
_REMOTE, _SPEAKERS, _LINE, _SPDIF = 0, 1, 2, 8
_NODES = {
    "dff21ce2-f70f-11d0-b917-00a0c9223196": SoundKind.HEADPHONES,
    "dff21ce3-f70f-11d0-b917-00a0c9223196": SoundKind.HEADSET,  # of a head-mounted display
    "dff21de1-f70f-11d0-b917-00a0c9223196": SoundKind.HEADSET,  # a handset
    "dff21de2-f70f-11d0-b917-00a0c9223196": SoundKind.HEADSET,
    "dff21de3-f70f-11d0-b917-00a0c9223196": SoundKind.SPEAKERPHONE,
    "dff21de4-f70f-11d0-b917-00a0c9223196": SoundKind.SPEAKERPHONE,  # that suppresses echo
    "dff21de5-f70f-11d0-b917-00a0c9223196": SoundKind.SPEAKERPHONE,  # that cancels it
    "d1b9cc2a-f519-417f-91c9-55fa65481001": SoundKind.HDMI,
    "e47e4031-3ea6-418d-8f9b-b73843ccba97": SoundKind.HDMI,  # DisplayPort
}
_ARRAYS = ("dff21be5-f70f-11d0-b917-00a0c9223196", "dff21be6-f70f-11d0-b917-00a0c9223196")
"""Several microphones that work as one, the second with a processor of its own."""
_BOARD = ("HDAUDIO", "INTELAUDIO", "PCI", "ACPI", "SOUNDWIRE", "AMDAUDIO")
_MADE_UP = ("ROOT", "SWD", "MMDEVAPI", "VMBUS")
"""Devices that a program, or the system itself, has added."""
_HANDS_FREE = "BTHHFENUM"
_TELEPHONE_HZ = 24_000
"""Bluetooth's hands-free profile samples at 8, 16 or, on AirPods, 24 kHz; what carries music does so at 44.1 or more."""
_PERCENT = 100
_UNRESOLVED = re.compile(r"@[^,;]*,#\d+;([^;]*?)(?:%0)?\s*;\((.*?)\)\)?\s*$", re.DOTALL)
"""A name that Windows has not looked up in its driver: the driver's file, its text with `%1`, and what `%1` stands for."""


class _Told(NamedTuple):
    kind: SoundKind
    bus: SoundBus
    sure: bool


def devices(answer: AudioSnapshot, with_camera: Container[str] = ()) -> tuple[SoundDevice, ...]:
    """Endpoints as devices, defaults first, then those for calls. `with_camera`: containers that have a camera too."""
    sensing = {endpoint.adapter for endpoint in answer.endpoints if endpoint.state != ACTIVE}
    numbers: dict[str, int] = {}
    read = []
    for endpoint in answer.endpoints:
        number = numbers.setdefault(_apparatus(endpoint), len(numbers) + 1)
        read.append(_device(endpoint, answer, number, senses=endpoint.adapter in sensing))
    read = [
        _beside_camera(device, read) if endpoint.container.casefold() in with_camera else device
        for device, endpoint in zip(read, answer.endpoints, strict=True)
    ]
    read = [sound_kinds.by_partner(device, read) for device in read]
    read = [
        _loudspeaker(device, endpoint, read)
        for device, endpoint in zip(read, answer.endpoints, strict=True)
        if device.kind is not SoundKind.HDMI or device.plugged is not False
    ]
    return tuple(sorted(read, key=lambda device: (not device.default, not device.communications)))


def readable(name: str) -> str:
    """A name as Windows shows it: of a Bluetooth headset it is sometimes left as a reference into a driver's texts."""
    unresolved = _UNRESOLVED.search(name)
    if unresolved is None:
        return " ".join(name.split())
    text, stands_for = unresolved.groups()
    full = text.replace("%1", stands_for).replace("%0", "").strip()
    before = name[: unresolved.start()].rstrip()
    return " ".join(f"{before}{full})".split() if before.endswith("(") else full.split())


def _device(endpoint: Endpoint, answer: AudioSnapshot, apparatus: int, *, senses: bool) -> SoundDevice:
    """`senses`: the adapter has told of another socket that it is empty, so that it would have told of this one."""
    told = _told(endpoint)
    way = endpoint.direction
    hands_free = told.bus is SoundBus.BLUETOOTH and _is_telephone(endpoint)
    return SoundDevice(
        name=clean(readable(endpoint.name) or readable(endpoint.adapter)),
        direction=way,
        kind=told.kind,
        bus=told.bus,
        default=endpoint.id == answer.defaults.get((way, CONSOLE)),
        communications=endpoint.id == answer.defaults.get((way, COMMUNICATIONS)),
        apparatus=apparatus,
        plugged=_plugged(endpoint, told, senses=senses),
        muted=bool(endpoint.muted),
        volume_pct=None if endpoint.volume is None else round(endpoint.volume * _PERCENT, 1),
        volume_db=_decibels(endpoint),
        rate_hz=endpoint.rate_hz,
        hands_free=hands_free,
        sure=told.sure,
    )


def _apparatus(endpoint: Endpoint) -> str:
    """What is one thing: outside the computer its container says so, inside it its adapter."""
    if _is_outside(endpoint):
        return endpoint.container
    return endpoint.adapter or endpoint.id


def _is_outside(endpoint: Endpoint) -> bool:
    return endpoint.container not in {*_NO_CONTAINER, THE_COMPUTER}


def _is_telephone(endpoint: Endpoint) -> bool:
    """The half of a Bluetooth headset that calls use. Windows 11 has but one output for both ways to use it."""
    slow = endpoint.rate_hz is not None and endpoint.rate_hz <= _TELEPHONE_HZ
    return slow or (endpoint.rate_hz is None and endpoint.bus.upper() == _HANDS_FREE)


def _told(endpoint: Endpoint) -> _Told:
    bus = _bus(endpoint)
    said = _NODES.get(endpoint.node.strip("{}").casefold()) or _FORMS.get(
        -1 if endpoint.form_factor is None else endpoint.form_factor
    )
    if said is SoundKind.HEADPHONES and endpoint.direction is Direction.INPUT:
        said = SoundKind.HEADSET
    if bus is SoundBus.VIRTUAL or endpoint.form_factor == _REMOTE:
        return _Told(SoundKind.VIRTUAL, SoundBus.VIRTUAL, sure=True)
    if bus is SoundBus.INTERNAL:
        return _inside(endpoint, said)
    if said is not None:
        return _Told(said, bus, sure=True)
    return _by_name(endpoint, bus)


def _by_name(endpoint: Endpoint, bus: SoundBus) -> _Told:
    """Of something outside whose driver says no more than "speakers" or "microphone"."""
    names = (readable(endpoint.name), endpoint.adapter)
    if bus not in EXTERNAL:
        return _Told(kind_by_name(" ".join(names)), bus, sure=False)
    kind = sound_kinds.outside(names, endpoint.direction)
    if kind is SoundKind.UNKNOWN and bus is SoundBus.BLUETOOTH and endpoint.form_factor == _SPEAKERS:
        return _Told(SoundKind.SPEAKER, bus, sure=True)  # a headset's half would say so
    return _Told(kind, bus, sure=False)


def _bus(endpoint: Endpoint) -> SoundBus:
    """How it is attached. What stands on USB but belongs to the computer, as the sound of some boards does, is inside."""
    name, outside = endpoint.bus.upper(), _is_outside(endpoint)
    if name.startswith("BTH"):
        return SoundBus.BLUETOOTH
    if name in _MADE_UP:
        return SoundBus.UNKNOWN if outside else SoundBus.VIRTUAL
    if endpoint.container.casefold() == THE_COMPUTER or name in _BOARD:
        return SoundBus.INTERNAL
    # makers' drivers have enumerators of their own, such as TUSBAUDIO_ENUM
    return SoundBus.USB if "USB" in name else SoundBus.UNKNOWN


def _inside(endpoint: Endpoint, said: SoundKind | None) -> _Told:
    """Of the computer's own sound: a screen's, a socket's, or built in."""
    is_output = endpoint.direction is Direction.OUTPUT
    if said is not None:
        bus = SoundBus.INTERNAL if said is SoundKind.HDMI else SoundBus.JACK
        return _Told(said, bus, sure=True)
    if endpoint.form_factor in {_LINE, _SPDIF}:
        return _Told(SoundKind.SPEAKER if is_output else SoundKind.UNKNOWN, SoundBus.JACK, sure=True)
    ports = {jack.port for jack in endpoint.jacks}
    is_array = endpoint.node.strip("{}").casefold() in _ARRAYS
    if ports == {jacks.JACK} and not is_array:
        return _Told(SoundKind.SPEAKER if is_output else SoundKind.MICROPHONE, SoundBus.JACK, sure=True)
    if any(jack.senses and jack.connected and jack.port != jacks.BUILT_IN for jack in endpoint.jacks):
        # built in, with a socket that takes its place; what people put into it is mostly worn
        kind = SoundKind.HEADPHONES if is_output else SoundKind.MICROPHONE
        return _Told(kind, SoundBus.JACK, sure=False)
    return _Told(SoundKind.BUILT_IN, SoundBus.INTERNAL, sure=is_array or ports == {jacks.BUILT_IN})


def _plugged(endpoint: Endpoint, told: _Told, *, senses: bool) -> bool | None:
    """An endpoint with nothing in it is inactive, where the driver senses it."""
    if endpoint.state != ACTIVE:
        return False
    if told.bus in EXTERNAL or told.kind is SoundKind.HDMI:
        return True
    sockets = [jack for jack in endpoint.jacks if jack.port != jacks.BUILT_IN]
    if any(jack.senses for jack in sockets):
        return any(jack.connected for jack in sockets if jack.senses)
    return True if senses and told.bus is SoundBus.JACK else None


def _decibels(endpoint: Endpoint) -> float | None:
    """Below the highest that the device has: its own scale may go beyond 0 dB, as a microphone's gain does."""
    if endpoint.level_db is None or endpoint.most_db is None:
        return None
    return min(0.0, round(endpoint.level_db - endpoint.most_db, 1))


def _beside_camera(device: SoundDevice, all_of_them: Sequence[SoundDevice]) -> SoundDevice:
    """What stands outside and has a camera is a webcam, or with loudspeakers a kit for a room: nobody wears it."""
    if device.sure or device.bus not in EXTERNAL:
        return device
    ways = {other.direction for other in all_of_them if other.apparatus == device.apparatus}
    both = len(ways) == len(Direction)
    if not both and device.direction is Direction.OUTPUT:
        return device
    return structs.replace(device, kind=SoundKind.SPEAKERPHONE if both else SoundKind.WEBCAM)


def _loudspeaker(device: SoundDevice, endpoint: Endpoint, all_of_them: Sequence[SoundDevice]) -> SoundDevice:
    """What says "speakers" and has no better half is a loudspeaker; one by Bluetooth with a microphone is a hands-free kit."""
    if device.bus not in EXTERNAL or sound_kinds.has_sockets(device.name):
        return device
    if device.kind is SoundKind.UNKNOWN and endpoint.form_factor == _SPEAKERS:
        return structs.replace(device, kind=SoundKind.SPEAKER)
    halves = [other for other in all_of_them if other.apparatus == device.apparatus]
    speaks_aloud = device.bus is SoundBus.BLUETOOTH and SoundKind.SPEAKER in {half.kind for half in halves}
    if speaks_aloud and any(half.direction is Direction.INPUT for half in halves):
        return structs.replace(device, kind=SoundKind.SPEAKERPHONE)
    return device
