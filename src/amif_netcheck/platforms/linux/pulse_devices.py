"""The sound server's sinks and sources (see `pulse`), to devices. Pure.

Properties and ports: pulseaudio's src/pulse/proplist.h and alsa-mixer paths; PipeWire's pipewire-pulse and api.bluez5.
"""

from __future__ import annotations

import math
import re
from typing import NamedTuple

from amif_netcheck.model.facts import Direction, SoundBus, SoundDevice, SoundKind
from amif_netcheck.platforms import sound_kinds
from amif_netcheck.platforms.linux.pulse import NO_CARD, PulseDevice, PulseSnapshot
from amif_netcheck.platforms.sound_kinds import EXTERNAL
from amif_netcheck.platforms.text import clean

_PERCENT = 100
_SILENCE_DB = -200.0
_FORM_FACTORS = {
    "headset": SoundKind.HEADSET,
    "handset": SoundKind.HEADSET,
    "headphone": SoundKind.HEADPHONES,
    "hands-free": SoundKind.SPEAKERPHONE,
    "speakerphone": SoundKind.SPEAKERPHONE,
    "microphone": SoundKind.MICROPHONE,
    "webcam": SoundKind.WEBCAM,
    "internal": SoundKind.BUILT_IN,
    "computer": SoundKind.BUILT_IN,
    "speaker": SoundKind.SPEAKER,
    "portable": SoundKind.SPEAKER,
    "hifi": SoundKind.SPEAKER,
    "car": SoundKind.SPEAKER,
    "tv": SoundKind.HDMI,
}
_BUSES = {
    "usb": SoundBus.USB,
    "bluetooth": SoundBus.BLUETOOTH,
    "pci": SoundBus.INTERNAL,
    "isa": SoundBus.INTERNAL,
    "platform": SoundBus.INTERNAL,
}
_OUTPUT_PORTS = (
    ("hdmi|displayport", SoundKind.HDMI),
    ("headset", SoundKind.HEADSET),
    ("headphone", SoundKind.HEADPHONES),
    ("lineout|line-out|iec958|spdif|digital", SoundKind.SPEAKER),
    ("speaker", SoundKind.BUILT_IN),
)
_INPUT_PORTS = (
    ("headset|headphone", SoundKind.HEADSET),
    ("internal|int-mic|dmic|digital mic|array", SoundKind.BUILT_IN),
    ("line", SoundKind.UNKNOWN),
    ("mic", SoundKind.MICROPHONE),
)
_IN_THE_EAR = {SoundKind.HEADSET, SoundKind.HEADPHONES}
_BY_JACK = {*_IN_THE_EAR, SoundKind.MICROPHONE, SoundKind.SPEAKER}
_PLUGGED = {"yes": True, "no": False}
_DUMMIES = ("auto_null", "auto_null.monitor")
_HANDS_FREE = re.compile(r"headset[-_]head[-_]unit|handsfree|hands-free|\bhfp|\bhsp")
_COMMUNICATIONS = "phone"
"""The role in `device.intended_roles` of what PulseAudio gives to calls (module-intended-roles)."""
_CODEC_RATES = (("msbc", 16000), ("cvsd", 8000), ("lc3", 32000))


class SelectableDevice(NamedTuple):
    """A device, and the sink or source that it is chosen by.

    `behind` is the sink or source with the hardware: another one for a filter. `port` is to be set first, empty when it is
    the one in use. A device that sleeps has none of these.
    """

    device: SoundDevice
    name: str = ""
    behind: str = ""
    port: str = ""


def devices(answer: PulseSnapshot) -> tuple[SoundDevice, ...]:
    """Sinks and sources as devices, defaults first, then those for calls; a second port with something in it is a device of its own."""
    return tuple(selectable.device for selectable in with_locations(answer))


def with_locations(answer: PulseSnapshot) -> tuple[SelectableDevice, ...]:
    """The same devices in the same order, with where they are."""
    reader = _DeviceReader(answer)
    read = [
        *(selectable for sink in answer.outputs for selectable in reader.read(sink, Direction.OUTPUT)),
        *(selectable for source in answer.inputs for selectable in reader.read(source, Direction.INPUT)),
    ]
    devices = [selectable.device for selectable in read]
    read = [
        selectable._replace(device=sound_kinds.by_partner(selectable.device, devices)) for selectable in read
    ]
    read += [
        SelectableDevice(device)
        for device in reader.sleeping_microphones([selectable.device for selectable in read])
    ]
    return tuple(
        sorted(
            read, key=lambda selectable: (not selectable.device.default, not selectable.device.communications)
        )
    )


class _DeviceReader:
    """Reads devices with all others in sight: filters are what is behind them."""

    def __init__(self, answer: PulseSnapshot) -> None:
        self._answer = answer
        self._by_name = {device.name: device for device in (*answer.outputs, *answer.inputs)}
        self._cards = {card.index: card for card in answer.cards}
        self._apparatuses: dict[str, int] = {}

    def read(self, device: PulseDevice, direction: Direction) -> list[SelectableDevice]:
        if device.monitor or device.name in _DUMMIES:
            return []
        is_output = direction is Direction.OUTPUT
        default = device.name == (self._answer.default_output if is_output else self._answer.default_input)
        behind = self._behind(device)
        ports = [
            behind.port,
            *(port for port, state in behind.ports.items() if state == "yes" and port != behind.port),
        ]
        return [
            SelectableDevice(
                self._one(
                    device,
                    behind,
                    direction,
                    port,
                    default=default and port == behind.port,
                    named=len(ports) > 1,
                ),
                device.name,
                behind.name,
                "" if port == behind.port else port,
            )
            for port in ports
        ]

    def _one(
        self,
        device: PulseDevice,
        behind: PulseDevice,
        direction: Direction,
        port: str,
        *,
        default: bool,
        named: bool,
    ) -> SoundDevice:
        """`named`: with its port's name, as in the system's settings, since another port is a device too."""
        properties = self._properties(behind)
        kind, bus, sure = _kind(behind, properties, direction, port)
        hands_free = bus is SoundBus.BLUETOOTH and bool(_HANDS_FREE.search(self._mode(behind)))
        plugged = _PLUGGED.get(behind.ports.get(port, ""))
        volume = min(device.volume, behind.volume)
        name = device.description or device.name
        label = behind.port_labels.get(port, "") if named else ""
        return SoundDevice(
            name=clean(f"{label} - {name}" if label else name),
            direction=direction,
            kind=kind,
            bus=bus,
            default=default,
            apparatus=self._apparatus(behind),
            plugged=True if plugged is None and bus in EXTERNAL else plugged,
            muted=device.mute or behind.mute,
            volume_pct=round(volume * _PERCENT, 1),
            volume_db=_decibels(volume) if device.decibels and behind.decibels else None,
            communications=_COMMUNICATIONS in properties.get("device.intended_roles", "").split(),
            rate_hz=_rate(behind, hands_free=hands_free) or None,
            hands_free=hands_free,
            battery_pct=_battery(properties),
            sure=sure,
        )

    def sleeping_microphones(self, devices: list[SoundDevice]) -> list[SoundDevice]:
        """Bluetooth headsets that play music have a microphone too: it wakes when their mode is changed."""
        awake = {device.apparatus for device in devices if device.direction is Direction.INPUT}
        asleep = []
        for device in devices:
            card = next(
                (
                    self._cards.get(sink.card)
                    for sink in self._answer.outputs
                    if self._apparatus(sink) == device.apparatus
                ),
                None,
            )
            if (
                device.bus is SoundBus.BLUETOOTH
                and device.direction is Direction.OUTPUT
                and device.apparatus not in awake
                and card is not None
                and any(_HANDS_FREE.search(profile) for profile in card.profiles)
            ):
                asleep.append(
                    SoundDevice(
                        name=device.name,
                        direction=Direction.INPUT,
                        kind=SoundKind.HEADSET if device.kind is SoundKind.HEADPHONES else device.kind,
                        bus=device.bus,
                        default=False,
                        apparatus=device.apparatus,
                        plugged=True,
                        asleep=True,
                        battery_pct=device.battery_pct,
                        sure=device.sure,
                    )
                )
        return asleep

    def _behind(self, device: PulseDevice) -> PulseDevice:
        """A filter (echo cancellation, noise suppression) is the device that it filters, when it says which."""
        visited = {device.name}
        while not _tells(device.properties) and not device.ports:
            master = self._by_name.get(device.properties.get("device.master_device", ""))
            if master is None or master.monitor or master.name in visited:
                break
            device = master
            visited.add(device.name)
        return device

    def _properties(self, device: PulseDevice) -> dict[str, str]:
        card = self._cards.get(device.card)
        return {**(card.properties if card else {}), **device.properties}

    def _mode(self, device: PulseDevice) -> str:
        card = self._cards.get(device.card)
        properties = self._properties(device)
        modes = (
            properties.get("api.bluez5.profile", ""),
            properties.get("bluetooth.protocol", ""),
            properties.get("device.profile.name", ""),
            card.profile if card else "",
        )
        return next((mode.casefold() for mode in modes if mode), "")

    def _apparatus(self, device: PulseDevice) -> int:
        """By its card; without one, by the device that it is a filter or the monitor of."""
        name = device.name
        for _ in range(len(self._by_name)):
            master = self._by_name.get(name.removesuffix(".monitor"))
            if master is None or master.card != NO_CARD or not master.properties.get("device.master_device"):
                break
            name = master.properties["device.master_device"]
        master = self._by_name.get(name.removesuffix(".monitor"), device)
        key = f"card {master.card}" if master.card != NO_CARD else master.name
        return self._apparatuses.setdefault(key, len(self._apparatuses) + 1)


def _decibels(volume: float) -> float:
    """PulseAudio's volume is cubic (pulse/volume.c): 60 dB for each power of ten, down to what it calls silence."""
    return max(_SILENCE_DB, round(60 * math.log10(volume), 1)) if volume > 0 else _SILENCE_DB


def _tells(properties: dict[str, str]) -> bool:
    return any(properties.get(key) for key in ("device.form_factor", "device.bus", "device.api"))


def _kind(
    device: PulseDevice, properties: dict[str, str], direction: Direction, port: str
) -> tuple[SoundKind, SoundBus, bool]:
    """What it is, how it is attached, and whether that is sure: form factor, then port, then name."""
    bus = _BUSES.get(properties.get("device.bus", ""), SoundBus.UNKNOWN)
    if properties.get("device.api", "").startswith("bluez"):
        bus = SoundBus.BLUETOOTH
    by_form = _FORM_FACTORS.get(properties.get("device.form_factor", ""))
    by_port = _by_port(port, f"{device.name} {properties.get('device.profile.name', '')}", direction)
    if by_form is SoundKind.HEADPHONES and direction is Direction.INPUT:
        return SoundKind.HEADSET, bus, True
    if by_form is not None and by_form is not SoundKind.BUILT_IN:
        return by_form, bus, True
    if bus in EXTERNAL:
        return _outside(device, properties, direction, by_port), bus, by_port in _IN_THE_EAR
    if by_port is not None:
        return by_port, SoundBus.JACK if by_port in _BY_JACK else SoundBus.INTERNAL, True
    is_card = bus is SoundBus.INTERNAL or properties.get("device.api") == "alsa"
    if is_card or by_form is SoundKind.BUILT_IN:
        return SoundKind.BUILT_IN, SoundBus.INTERNAL, by_form is SoundKind.BUILT_IN
    return SoundKind.VIRTUAL, SoundBus.VIRTUAL, True


def _outside(
    device: PulseDevice, properties: dict[str, str], direction: Direction, by_port: SoundKind | None
) -> SoundKind:
    """Something by USB or Bluetooth that does not say what it is."""
    if by_port is SoundKind.HEADSET or by_port is SoundKind.HEADPHONES:
        return by_port
    names = (properties.get("device.product.name", ""), device.description, device.name)
    return sound_kinds.outside(names, direction)


def _by_port(port: str, name: str, direction: Direction) -> SoundKind | None:
    if re.search("hdmi", name.casefold()):
        return SoundKind.HDMI
    patterns = _OUTPUT_PORTS if direction is Direction.OUTPUT else _INPUT_PORTS
    return next((kind for pattern, kind in patterns if re.search(pattern, port.casefold())), None)


def _rate(device: PulseDevice, *, hands_free: bool) -> int:
    if not hands_free:
        return device.rate
    codec = (
        device.properties.get("api.bluez5.codec") or device.properties.get("bluetooth.codec", "")
    ).casefold()
    return next((rate for name, rate in _CODEC_RATES if name in codec), device.rate)


def _battery(properties: dict[str, str]) -> float | None:
    text = properties.get("bluetooth.battery", "").removesuffix("%")
    try:
        level = float(text)
    except ValueError:
        return None
    return level if 0 <= level <= _PERCENT else None
