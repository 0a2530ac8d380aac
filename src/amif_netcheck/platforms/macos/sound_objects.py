"""What CoreAudio says of its devices and of the processes that use them. Reads properties alone: no stream is opened.

Selectors: AudioHardware.h and AudioHardwareBase.h. The process objects are there from macOS 14.2 on; before, the list is
an unknown property.
"""

from __future__ import annotations

import sys

from msgspec import Struct

from amif_netcheck.model.facts import Direction
from amif_netcheck.platforms.macos.properties import (
    INPUT,
    OUTPUT,
    SYSTEM,
    PropertyLibrary,
    PropertyReader,
)

_SCOPES = {Direction.OUTPUT: OUTPUT, Direction.INPUT: INPUT}
_DEFAULTS = {Direction.OUTPUT: "dOut", Direction.INPUT: "dIn "}
_CHANNELS = (0, 1, 2)
"""The whole of a device, then its first two channels: some have a volume for each alone."""


class HalHalf(Struct, frozen=True, kw_only=True):
    """What a device is in one direction. Volumes are None where the system does not set them.

    `terminal` is the type of its first stream and `source` its data source, as four letters or a number of the USB
    specification, empty where there is none. `volume` is 1 at the full scale of the system's slider, `decibels` what it
    means below the loudest. `can_be_default` is what the sound settings list.
    """

    terminal: str = ""
    source: str = ""
    jack: bool | None = None
    muted: bool = False
    volume: float | None = None
    decibels: float | None = None
    can_be_default: bool = True


class HalDevice(Struct, frozen=True, kw_only=True):
    """One of CoreAudio's devices: `transport` as four letters, `related` are the objects of the same hardware.

    `running`: somebody has it open, None where nobody tells; `parts` are the devices that an aggregate is made of. `minor_type` and `battery_pct`
    are what Bluetooth says of its own (see `bluetooth`).
    """

    thing: int
    name: str
    uid: str = ""
    model: str = ""
    transport: str = ""
    rate_hz: float = 0.0
    running: bool | None = False
    hidden: bool = False
    related: tuple[int, ...] = ()
    parts: tuple[int, ...] = ()
    minor_type: str = ""
    battery_pct: float | None = None
    output: HalHalf | None = None
    input: HalHalf | None = None

    def half(self, direction: Direction) -> HalHalf | None:
        """What it is in this direction; None when it has no streams there."""
        return self.output if direction is Direction.OUTPUT else self.input


class HalDevices(Struct, frozen=True, kw_only=True):
    """All devices, and the objects that are chosen, 0 where none is."""

    devices: tuple[HalDevice, ...]
    default_output: int = 0
    default_input: int = 0

    def default(self, direction: Direction) -> int:
        """The object that is chosen in this direction."""
        return self.default_output if direction is Direction.OUTPUT else self.default_input


class HalProcess(Struct, frozen=True, kw_only=True):
    """A process that uses CoreAudio, and what it does now; None where that is kept from us."""

    pid: int
    bundle: str = ""
    records: bool | None = None
    plays: bool | None = None


def devices(library: PropertyLibrary) -> HalDevices:
    """All devices.

    Raises:
        PropertyError: the list is kept from us.
    """
    reader = PropertyReader(library)
    things = reader.listed(SYSTEM, "dev#")
    found = [_device(reader, thing) for thing in things]
    return HalDevices(
        devices=tuple(device for device in found if device is not None),
        default_output=reader.number(SYSTEM, _DEFAULTS[Direction.OUTPUT]) or 0,
        default_input=reader.number(SYSTEM, _DEFAULTS[Direction.INPUT]) or 0,
    )


def processes(library: PropertyLibrary) -> tuple[HalProcess, ...]:
    """All processes that use CoreAudio, idle or not.

    Raises:
        PropertyError: `NO_SUCH_PROPERTY` before macOS 14.2, or the list is kept from us.
    """
    reader = PropertyReader(library)
    found = [_process(reader, thing) for thing in reader.listed(SYSTEM, "prs#")]
    return tuple(process for process in found if process is not None)


def choose(library: PropertyLibrary, direction: Direction, thing: int) -> None:
    """Make a device the default one.

    Raises:
        PropertyError: it is refused, or the device went away.
    """
    library.write(SYSTEM, _DEFAULTS[direction], thing.to_bytes(4, sys.byteorder))


def chosen(library: PropertyLibrary, direction: Direction) -> int:
    """The default device, 0 where there is none."""
    return PropertyReader(library).number(SYSTEM, _DEFAULTS[direction]) or 0


def _device(reader: PropertyReader, thing: int) -> HalDevice | None:
    """None for one that went away meanwhile."""
    name, uid = reader.text(thing, "lnam"), reader.text(thing, "uid ")
    if not name and not uid:
        return None
    return HalDevice(
        thing=thing,
        name=name or uid,
        uid=uid,
        model=reader.text(thing, "muid"),
        transport=reader.code(thing, "tran"),
        rate_hz=reader.wide_real(thing, "nsrt") or 0.0,
        running=_flag(reader, thing, "gone"),
        hidden=bool(reader.number(thing, "hidn")),
        related=reader.things(thing, "akin"),
        parts=reader.things(thing, "agrp"),
        output=_half(reader, thing, OUTPUT),
        input=_half(reader, thing, INPUT),
    )


def _half(reader: PropertyReader, thing: int, scope: str) -> HalHalf | None:
    streams = reader.things(thing, "stm#", scope)
    if not streams:
        return None
    jack = reader.number(thing, "jack", scope)
    volume, decibels = _volume(reader, thing, scope)
    return HalHalf(
        terminal=reader.code(streams[0], "term"),
        source=reader.code(thing, "ssrc", scope),
        jack=None if jack is None else bool(jack),
        muted=bool(reader.number(thing, "mute", scope)),
        volume=volume,
        decibels=decibels,
        can_be_default=reader.number(thing, "dflt", scope) != 0,
    )


def _volume(reader: PropertyReader, thing: int, scope: str) -> tuple[float | None, float | None]:
    """The slider, and decibels below its top; of the channels the louder one, as the slider shows it."""
    for elements in (_CHANNELS[:1], _CHANNELS[1:]):
        sliders = [
            (volume, element)
            for element in elements
            if (volume := reader.real(thing, "volm", scope, element)) is not None
        ]
        if sliders:
            volume, element = max(sliders)
            level = reader.real(thing, "vold", scope, element)
            top = reader.highest(thing, "vdb#", scope, element)
            return volume, None if level is None or top is None else min(0.0, level - top)
    return None, None


def _process(reader: PropertyReader, thing: int) -> HalProcess | None:
    """None for one that ended meanwhile, which is no more kept from us than it does anything."""
    pid = reader.number(thing, "ppid")
    process = HalProcess(
        pid=pid or 0,
        bundle=reader.text(thing, "pbid"),
        records=_flag(reader, thing, "piri"),
        plays=_flag(reader, thing, "piro"),
    )
    ended = None in {process.records, process.plays} and reader.number(thing, "ppid") is None
    return None if not pid or ended else process


def _flag(reader: PropertyReader, thing: int, selector: str) -> bool | None:
    number = reader.number(thing, selector)
    return None if number is None else bool(number)
