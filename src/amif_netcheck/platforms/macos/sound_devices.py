"""CoreAudio's devices (see `sound_objects`) to devices as people know them. Pure.

Transport types and terminal types: AudioHardwareBase.h; terminal types of USB devices: USB Device Class Definition for
Terminal Types 1.0, which the HAL hands on as numbers. Data sources of the computer's own sound are four letters that no
header lists: `ispk` and `imic` for what is built in, `hdpn` and `emic` for the jack, `espk` and `line` for other sockets.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from amif_netcheck.catalog.sound_devices import kind_by_name
from amif_netcheck.model.facts import Direction, SoundBus, SoundDevice, SoundKind
from amif_netcheck.platforms import sound_kinds
from amif_netcheck.platforms.macos.sound_objects import HalDevice, HalDevices, HalHalf
from amif_netcheck.platforms.sound_kinds import EXTERNAL
from amif_netcheck.platforms.text import clean

_PERCENT = 100
_SILENCE_DB = -200.0
_NARROW_HZ = 24000
"""A Bluetooth headset as a telephone: 8, 16, or 24 kHz (AirPods)."""

_BUSES = {
    "bltn": SoundBus.INTERNAL,
    "usb ": SoundBus.USB,
    "blue": SoundBus.BLUETOOTH,
    "blea": SoundBus.BLUETOOTH,
    "hdmi": SoundBus.INTERNAL,  # the socket is the computer's, as on Linux
    "dprt": SoundBus.INTERNAL,
    "virt": SoundBus.VIRTUAL,
    "grup": SoundBus.VIRTUAL,
    "fgrp": SoundBus.VIRTUAL,
}
_AGGREGATES = ("grup", "fgrp")
_KINDS_BY_TRANSPORT = {
    "hdmi": SoundKind.HDMI,
    "dprt": SoundKind.HDMI,
    "airp": SoundKind.SPEAKER,
    "ccwd": SoundKind.MICROPHONE,  # an iPhone's, by cable or not
    "ccwl": SoundKind.MICROPHONE,
    "virt": SoundKind.VIRTUAL,
}
_JACK_UIDS = ("BuiltInHeadphoneOutputDevice", "BuiltInHeadphoneInputDevice", "BuiltInHeadsetInputDevice")
_AT_THE_JACK = ("hdpn", "hdph", "emic", "hmic")
_OTHER_SOCKETS = ("espk", "line", "spdf")
_HEADSET, _SPEAKERPHONE, _HEADPHONES = SoundKind.HEADSET, SoundKind.SPEAKERPHONE, SoundKind.HEADPHONES
_KINDS_BY_TERMINAL = {
    "hdph": _HEADPHONES,
    "hmic": _HEADSET,
    "rspk": _HEADSET,  # a handset
    "rmic": _HEADSET,
    "hdmi": SoundKind.HDMI,
    "dprt": SoundKind.HDMI,
    str(0x0302): _HEADPHONES,
    str(0x0401): _HEADSET,
    str(0x0402): _HEADSET,
    str(0x0403): _SPEAKERPHONE,
    str(0x0404): _SPEAKERPHONE,
    str(0x0405): _SPEAKERPHONE,
}
"""What says no more than "microphone" or "loudspeaker" says nothing: cheap headsets call their two halves so."""
_KINDS_BY_MINOR_TYPE = {
    "Headset": _HEADSET,
    "Handsfree": _SPEAKERPHONE,
    "HandsFree": _SPEAKERPHONE,
    "Headphones": _HEADPHONES,
    "Headphone": _HEADPHONES,
    "Speaker": SoundKind.SPEAKER,
    "Loudspeaker": SoundKind.SPEAKER,
    "PortableAudio": SoundKind.SPEAKER,
    "Portable Audio": SoundKind.SPEAKER,
    "CarAudio": SoundKind.SPEAKER,
    "Car Audio": SoundKind.SPEAKER,
    "HiFiAudio": SoundKind.SPEAKER,
    "HiFi Audio": SoundKind.SPEAKER,
    "Microphone": SoundKind.MICROPHONE,
}
"""Minor classes of audio devices (Bluetooth Assigned Numbers, 2.8.2.5), as `system_profiler` may spell them."""
_APPLE_HEADSETS = re.compile(r"20[0-9a-f]{2} 4c", re.IGNORECASE)
"""The model of AirPods and Beats: product and maker (4c is Apple) as Bluetooth numbers them."""
_SOCKETS = re.compile(r"\bdock(ing)?\b|\bhub\b|displaylink|thunderbolt \d|\bcaldigit\b|realtek")
"""What only has sockets for something: a docking station plays and records, and nobody knows what is plugged into it."""
_TELLING_NOTHING = {SoundKind.BUILT_IN, SoundKind.VIRTUAL}
"""Kinds by name that something at a cable or a radio can't be."""

_OF_ONE_DIRECTION = {
    SoundKind.HDMI: {Direction.OUTPUT: SoundKind.HDMI, Direction.INPUT: SoundKind.WEBCAM},
    SoundKind.MICROPHONE: {Direction.OUTPUT: SoundKind.UNKNOWN, Direction.INPUT: SoundKind.MICROPHONE},
}
"""A screen listens from afar, as a webcam does; a microphone on the desk has a socket for something to hear with."""


class MacSoundDevice(NamedTuple):
    """A device as people know it, and the object it is chosen by."""

    device: SoundDevice
    source: HalDevice


def devices(answer: HalDevices) -> tuple[SoundDevice, ...]:
    """All devices that can be chosen, the default ones first; one that plays and records is two."""
    return tuple(found.device for found in with_sources(answer))


def with_sources(answer: HalDevices) -> tuple[MacSoundDevice, ...]:
    """The same in the same order, with where they are."""
    reader = _HalReader(answer)
    read = [
        MacSoundDevice(reader.read(device, half, direction), device)
        for direction in (Direction.OUTPUT, Direction.INPUT)
        for device in answer.devices
        if (half := device.half(direction)) is not None
        and _is_offered(device, half, answer.default(direction))
    ]
    named = [found.device for found in read]
    read = [found._replace(device=sound_kinds.by_partner(found.device, named)) for found in read]
    return tuple(sorted(read, key=lambda found: not found.device.default))


def records_itself(answer: HalDevices) -> bool:
    """Is what this computer plays chosen as its microphone (BlackHole, Loopback), alone or with something else?"""
    played = {answer.default_output, *_parts(answer, answer.default_output)}
    heard = {answer.default_input, *_parts(answer, answer.default_input)}
    both = [device for device in answer.devices if device.thing in played & heard]
    return any(device.transport == "virt" for device in both)


def _is_offered(device: HalDevice, half: HalHalf, default: int) -> bool:
    """In the sound settings, or chosen all the same."""
    return device.thing == default or (half.can_be_default and not device.hidden)


def _parts(answer: HalDevices, thing: int) -> tuple[int, ...]:
    return next((device.parts for device in answer.devices if device.thing == thing), ())


class _HalReader:
    """Reads devices with all others in sight: aggregates are what is in them, a jack may have two halves."""

    def __init__(self, answer: HalDevices) -> None:
        self._answer = answer
        self._by_thing = {device.thing: device for device in answer.devices}
        self._apparatuses: dict[str, int] = {}
        halves = [
            (device, half) for device in answer.devices for half in (device.input, device.output) if half
        ]
        self._jack_hears = any(_at_jack(device, half) for device, half in halves if half is device.input)
        self._jack_plays = any(_at_jack(device, half) for device, half in halves if half is device.output)

    def read(self, device: HalDevice, half: HalHalf, direction: Direction) -> SoundDevice:
        behind, behind_half = self._behind(device, half, direction)
        kind, bus, sure = self._kind(behind, behind_half, direction)
        rate = behind.rate_hz
        return SoundDevice(
            name=clean(device.name),
            direction=direction,
            kind=kind,
            bus=bus,
            default=device.thing == self._answer.default(direction),
            apparatus=self._apparatus(behind, bus),
            plugged=_plugged(behind_half, bus, kind, direction) if device is behind else None,
            muted=half.muted or behind_half.muted,
            volume_pct=None if half.volume is None else round(min(1.0, max(0.0, half.volume)) * _PERCENT, 1),
            volume_db=None if half.decibels is None else max(_SILENCE_DB, round(half.decibels, 1)),
            rate_hz=round(rate) if 1 <= rate < 2**31 else None,
            hands_free=bus is SoundBus.BLUETOOTH
            and 1 <= rate <= _NARROW_HZ
            and _carries_a_call(behind, direction),
            battery_pct=behind.battery_pct,
            sure=sure,
        )

    def _behind(self, device: HalDevice, half: HalHalf, direction: Direction) -> tuple[HalDevice, HalHalf]:
        """The one real device in an aggregate; the aggregate itself when there are several, or none."""
        if device.transport not in _AGGREGATES:
            return device, half
        real = [
            (part, found)
            for thing in device.parts
            if (part := self._by_thing.get(thing)) is not None
            and part.transport not in {*_AGGREGATES, "virt"}
            and (found := part.half(direction)) is not None
        ]
        return real[0] if len(real) == 1 else (device, half)

    def _kind(
        self, device: HalDevice, half: HalHalf, direction: Direction
    ) -> tuple[SoundKind, SoundBus, bool]:
        """What it is, how it is attached, and whether that is sure."""
        bus = _BUSES.get(device.transport, SoundBus.UNKNOWN)
        if device.transport == "bltn":
            return self._built_in(device, half, direction)
        if device.transport in _AGGREGATES:
            return SoundKind.VIRTUAL, bus, True
        by_transport = _KINDS_BY_TRANSPORT.get(device.transport)
        if by_transport is not None:
            return by_transport, bus, True
        kind, sure = _outside(device, half, direction)
        return kind, bus, sure

    def _built_in(
        self, device: HalDevice, half: HalHalf, direction: Direction
    ) -> tuple[SoundKind, SoundBus, bool]:
        if _at_jack(device, half):
            # The jack's microphone is listed whatever is plugged in, so that a headset is likely, not sure.
            if direction is Direction.INPUT:
                return (_HEADSET if self._jack_plays else SoundKind.MICROPHONE), SoundBus.JACK, False
            return (_HEADSET if self._jack_hears else _HEADPHONES), SoundBus.JACK, not self._jack_hears
        if half.source in _OTHER_SOCKETS or half.terminal in _OTHER_SOCKETS:
            kind = SoundKind.SPEAKER if direction is Direction.OUTPUT else SoundKind.UNKNOWN
            return kind, SoundBus.JACK, True
        return SoundKind.BUILT_IN, SoundBus.INTERNAL, True

    def _apparatus(self, device: HalDevice, bus: SoundBus) -> int:
        """Numbered by what two halves of one thing have in common."""
        return self._apparatuses.setdefault(_hardware(device, bus), len(self._apparatuses) + 1)


def _carries_a_call(device: HalDevice, direction: Direction) -> bool:
    """A headset's microphone keeps its low rate when nobody listens; what it plays has one only in a call."""
    return direction is Direction.OUTPUT or bool(device.running)


def _at_jack(device: HalDevice, half: HalHalf) -> bool:
    return device.transport == "bltn" and (
        device.uid in _JACK_UIDS or half.source in _AT_THE_JACK or half.terminal in _AT_THE_JACK
    )


def _outside(device: HalDevice, half: HalHalf, direction: Direction) -> tuple[SoundKind, bool]:
    """Something by USB, Bluetooth or another cable: by its screen, its maker, its terminal, then its name; and is that sure?"""
    names = f"{device.name} {device.model} {device.uid if 'USBAudio' in device.uid else ''}".casefold()
    by_name = kind_by_name(names)
    by_terminal = _KINDS_BY_MINOR_TYPE.get(device.minor_type) or _KINDS_BY_TERMINAL.get(half.terminal)
    if by_name in _TELLING_NOTHING:
        by_name = SoundKind.UNKNOWN
    if by_name in _OF_ONE_DIRECTION:
        return _OF_ONE_DIRECTION[by_name][direction], True
    if _APPLE_HEADSETS.fullmatch(device.model) or (
        by_terminal is _HEADPHONES and (direction is Direction.INPUT or by_name is _HEADSET)
    ):
        return _HEADSET, True
    if by_terminal is not None and by_name in {SoundKind.UNKNOWN, by_terminal}:
        return by_terminal, True
    if by_name is not SoundKind.UNKNOWN:
        return by_name, False
    if _SOCKETS.search(names):
        return SoundKind.UNKNOWN, True
    return (SoundKind.MICROPHONE if direction is Direction.INPUT else SoundKind.UNKNOWN), False


def _hardware(device: HalDevice, bus: SoundBus) -> str:
    """The same text for the halves of one thing.

    A Bluetooth device is `<address>:output` and `<address>:input`; a USB one `AppleUSBAudioEngine:<maker>:<product>:<serial
    or place>:<interfaces>`, with the same serial for both halves, whose products may differ (Studio Display).
    """
    if bus is SoundBus.JACK:
        return "jack"
    if bus is SoundBus.BLUETOOTH:
        return device.uid.removesuffix(":output").removesuffix(":input")
    engine, *parts = device.uid.split(":")
    if engine == "AppleUSBAudioEngine" and len(parts) >= 4:  # noqa: PLR2004 - maker, product, serial, interfaces
        maker, serial = parts[0], parts[-2]
        return f"{maker} {serial}" if serial.strip("0") else ":".join(parts[:-1])
    if bus is SoundBus.USB and len(device.related) > 1:
        return f"related {min(device.related)}"
    return device.uid or str(device.thing)


def _plugged(half: HalHalf, bus: SoundBus, kind: SoundKind, direction: Direction) -> bool | None:
    """What is at a cable or a radio is listed while it is there, and so is what a jack plays.

    A jack's microphone is listed whatever is plugged in; some do not tell.
    """
    if bus is SoundBus.JACK:
        return half.jack is not False if direction is Direction.OUTPUT else half.jack
    return True if bus in EXTERNAL or kind in {SoundKind.HDMI, SoundKind.MICROPHONE} else None
