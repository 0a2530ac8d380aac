"""CoreAudio and CoreMediaIO as tables: object -> property -> bytes. Selectors as in AudioHardware.h and CMIOHardwareDevice.h."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

from amif_netcheck.platforms.macos.properties import GLOBAL, INPUT, OUTPUT, SYSTEM, PropertyError

Property = bytes | str | PropertyError
Table = dict[tuple[str, str, int], Property]


def number(value: int | str) -> bytes:
    return struct.pack("=I", int.from_bytes(value.encode(), "big") if isinstance(value, str) else value)


def real(value: float) -> bytes:
    return struct.pack("=f", value)


def things(*values: int) -> bytes:
    return struct.pack(f"={len(values)}I", *values)


class FakeHal:
    """See `PropertyLibrary`. `before` is called at the start of each call; what is written is kept, and listed in `written`."""

    def __init__(self, objects: dict[int, Table], before: Callable[[], None] = lambda: None) -> None:
        self.objects = objects
        self.before = before
        self.written: list[tuple[int, str, bytes]] = []
        self.refusal: str = ""
        self.obeys = True

    def __call__(self) -> FakeHal:
        return self

    def data(self, thing: int, selector: str, scope: str = GLOBAL, element: int = 0) -> bytes:
        value = self._value(thing, selector, scope, element)
        assert isinstance(value, bytes), f"{selector} is a text"
        return value

    def text(self, thing: int, selector: str, scope: str = GLOBAL) -> str:
        value = self._value(thing, selector, scope, 0)
        assert isinstance(value, str), f"{selector} is no text"
        return value

    def write(self, thing: int, selector: str, data: bytes) -> None:
        self.before()
        if self.refusal:
            raise PropertyError(self.refusal)
        self.written.append((thing, selector, data))
        if self.obeys:
            self.objects[thing][selector, GLOBAL, 0] = data

    def _value(self, thing: int, selector: str, scope: str, element: int) -> bytes | str:
        self.before()
        if thing not in self.objects:
            raise PropertyError("!obj")
        value = self.objects[thing].get((selector, scope, element), PropertyError("who?"))
        if isinstance(value, PropertyError):
            raise PropertyError(value.code)
        return value


class Half:
    """One direction of a device."""

    def __init__(
        self,
        *,
        term: str | int = 0,
        source: str = "",
        jack: bool | None = None,
        mute: bool | None = None,
        volume: float | None = None,
        decibels: tuple[float, float, float] | None = None,
        channels: tuple[float, ...] = (),
        listed: bool = True,
    ) -> None:
        self.term = term
        self.properties: Table = {("dflt", "", 0): number(int(listed))}
        if source:
            self.properties["ssrc", "", 0] = number(source)
        if jack is not None:
            self.properties["jack", "", 0] = number(int(jack))
        if mute is not None:
            self.properties["mute", "", 0] = number(int(mute))
        if volume is not None:
            self.properties["volm", "", 0] = real(volume)
        if decibels is not None:
            level, low, high = decibels
            self.properties["vold", "", 0] = real(level)
            self.properties["vdb#", "", 0] = struct.pack("=dd", low, high)
        for channel, slider in enumerate(channels, 1):
            self.properties["volm", "", channel] = real(slider)


def device(
    name: str,
    uid: str,
    transport: str,
    *,
    model: str = "",
    out: Half | None = None,
    into: Half | None = None,
    rate: float = 48000.0,
    running: bool | None = False,
    hidden: bool = False,
    parts: tuple[str, ...] = (),
) -> dict[str, Any]:
    return {**locals()}


def _running(running: bool | None) -> Table:
    return {} if running is None else {("gone", GLOBAL, 0): number(int(running))}


def mac(
    *devices: dict[str, Any],
    output: str = "",
    entry: str = "",
    processes: tuple[tuple[int, str, bool, bool], ...] | PropertyError | None = (),
) -> FakeHal:
    """`output` and `entry` are the UIDs of the default devices; `processes`: pid, bundle, records, plays; None before 14.2."""
    by_uid = {each["uid"]: 40 + 10 * place for place, each in enumerate(devices)}
    system: Table = {
        ("dev#", GLOBAL, 0): things(*by_uid.values()),
        ("dOut", GLOBAL, 0): number(by_uid.get(output, 0)),
        ("dIn ", GLOBAL, 0): number(by_uid.get(entry, 0)),
    }
    objects: dict[int, Table] = {SYSTEM: system}
    for each in devices:
        thing = by_uid[each["uid"]]
        objects[thing] = table = {
            ("lnam", GLOBAL, 0): each["name"],
            ("uid ", GLOBAL, 0): each["uid"],
            ("tran", GLOBAL, 0): number(each["transport"]),
            ("nsrt", GLOBAL, 0): struct.pack("=d", each["rate"]),
            ("hidn", GLOBAL, 0): number(int(each["hidden"])),
            **_running(each["running"]),
        }
        if each["model"]:
            table["muid", GLOBAL, 0] = each["model"]
        if each["parts"]:
            table["agrp", GLOBAL, 0] = things(*(by_uid[uid] for uid in each["parts"] if uid in by_uid))
        for place, (scope, half) in enumerate(((OUTPUT, each["out"]), (INPUT, each["into"])), 1):
            table["stm#", scope, 0] = things(thing + place) if half else b""
            if half:
                objects[thing + place] = {("term", GLOBAL, 0): number(half.term)}
                for (selector, _, element), value in half.properties.items():
                    table[selector, scope, element] = value
    if isinstance(processes, PropertyError):
        system["prs#", GLOBAL, 0] = processes
    elif processes is not None:
        system["prs#", GLOBAL, 0] = things(*(1000 + place for place in range(len(processes))))
        for place, (pid, bundle, records, plays) in enumerate(processes):
            objects[1000 + place] = {
                ("ppid", GLOBAL, 0): number(pid),
                ("pbid", GLOBAL, 0): bundle,
                ("piri", GLOBAL, 0): number(int(records)),
                ("piro", GLOBAL, 0): number(int(plays)),
            }
    return FakeHal(objects)


SPEAKERS = device(
    "Haut-parleurs MacBook Pro",
    "BuiltInSpeakerDevice",
    "bltn",
    model="Speaker",
    out=Half(term="spkr", source="ispk", mute=False, volume=0.5, decibels=(-20.5, -63.5, 0.0)),
)
MICROPHONE = device(
    "Micro MacBook Pro",
    "BuiltInMicrophoneDevice",
    "bltn",
    model="Digital Mic",
    into=Half(term="micr", source="imic", mute=False, volume=0.6, decibels=(6.0, -12.0, 12.0)),
)
OWN: Any = {"output": "BuiltInSpeakerDevice", "entry": "BuiltInMicrophoneDevice"}
