"""What the sound server answered (see `pulse_child`), and its streams. Pure."""

from __future__ import annotations

from msgspec import Struct

from amif_netcheck.model.facts import SoundUse
from amif_netcheck.platforms.answers import SoundStream
from amif_netcheck.platforms.text import clean

NO_CARD = 2**32 - 1


class PulseDevice(Struct, frozen=True, kw_only=True):
    """A sink or a source. `ports`: name -> `yes`, `no` or `unknown` (plugged in?); `port` is the one in use.

    `port_labels`: name -> what the system's settings call it. `volume` is 1 at the full scale of the system's slider;
    `decibels`: it means decibels too.
    """

    name: str
    description: str = ""
    index: int
    mute: bool = False
    volume: float = 1.0
    decibels: bool = False
    rate: int = 0
    card: int = NO_CARD
    monitor: bool = False
    port: str = ""
    ports: dict[str, str] = {}
    port_labels: dict[str, str] = {}
    properties: dict[str, str] = {}


class PulseCard(Struct, frozen=True, kw_only=True):
    """A sound card or a Bluetooth device, with the modes (`profiles`) that it can be in."""

    index: int
    profile: str = ""
    profiles: tuple[str, ...] = ()
    properties: dict[str, str] = {}


class PulseStream(Struct, frozen=True, kw_only=True):
    """A sink input or a source output. `client`: of a program, not of the server's own modules; `peaks`: a meter."""

    corked: bool = False
    mute: bool = False
    client: bool = True
    source: int = -1
    peaks: bool = False
    properties: dict[str, str] = {}


class PulseSnapshot(Struct, frozen=True, kw_only=True):
    """All of it."""

    server: str = ""
    default_output: str = ""
    default_input: str = ""
    outputs: tuple[PulseDevice, ...] = ()
    inputs: tuple[PulseDevice, ...] = ()
    cards: tuple[PulseCard, ...] = ()
    playing: tuple[PulseStream, ...] = ()
    recording: tuple[PulseStream, ...] = ()


_NOBODYS_ROLES = {"event", "filter", "a11y", "test"}
"""Bells, the server's own filters, screen readers, the sound settings' own test."""


def streams(answer: PulseSnapshot) -> tuple[SoundStream, ...]:
    """What programs play and record; a monitor's recorder hears this computer, not its microphone."""
    monitors = {source.index for source in answer.inputs if source.monitor}
    playing = [(stream, SoundUse.PLAYS) for stream in answer.playing]
    recording = [
        (stream, SoundUse.RECORDS)
        for stream in answer.recording
        if stream.source not in monitors
        and not stream.peaks
        and stream.properties.get("stream.monitor") != "true"
    ]
    return tuple(
        SoundStream(
            application=clean(stream.properties.get("application.name", "")),
            process=clean(stream.properties.get("application.process.binary", "")),
            pid=_number(stream.properties.get("application.process.id", "")),
            use=use,
            muted=stream.mute,
            paused=stream.corked,
        )
        for stream, use in (*playing, *recording)
        if _is_program(stream) and stream.properties.get("media.role", "").casefold() not in _NOBODYS_ROLES
    )


def _is_program(stream: PulseStream) -> bool:
    """Not one of the server's own modules; PipeWire's belong to a group of links."""
    named = stream.properties.get("application.name") or stream.properties.get("application.process.id")
    return stream.client and bool(named) and "node.link-group" not in stream.properties


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0  # noqa: PLR2004
