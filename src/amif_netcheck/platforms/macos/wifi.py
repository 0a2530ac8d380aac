"""The radio link as CoreWLAN tells it, without a scan and without the person's location; else as the I/O Registry does.

Signal, noise, channel, rate and generation need no permission; the network's name is given to programs alone that may know
where the computer is, which nobody is asked for here (`NOT_PERMITTED`). CoreWLAN is reached by pyobjc, in a thread.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

from msgspec import Struct

from amif_netcheck.children.threads import BackgroundCall
from amif_netcheck.model.facts import Band, Generation, Reason, Unavailable, WifiLink, WifiSource
from amif_netcheck.platforms import radio
from amif_netcheck.platforms.macos.tools import Tools

Figure = TypeVar("Figure")

_TOOL_S = 2.0
# CoreWLANTypes.h
_STATION = 1
_BANDS = {1: Band.GHZ_2_4, 2: Band.GHZ_5, 3: Band.GHZ_6}
_WIDTHS_MHZ = {1: 20, 2: 40, 3: 80, 4: 160}
_GENERATIONS = {
    **dict.fromkeys((1, 2, 3), Generation.LEGACY),  # 802.11a, b, g
    4: Generation.WIFI_4,
    5: Generation.WIFI_5,
    6: Generation.WIFI_6,
    7: Generation.WIFI_7,
}
_REGISTERED = re.compile(r'"(BSD Name|IOInterfaceName|IO80211\w+)" = (?:"([^"]*)"|(\d+))')
_REGISTRY_NODE = re.compile(r"^[ |]*\+-o ")
_CHANNELS = 256
_STARTS_MHZ = {Band.GHZ_2_4: 2407, Band.GHZ_5: 5000, Band.GHZ_6: 5950}
"""Channel 0 of a band; channels are 5 MHz apart (IEEE 802.11-2020, annex E)."""

_UNTOLD = Unavailable(reason=Reason.UNSUPPORTED, detail="CoreWLAN does not tell")
_NO_NAME = Unavailable(
    reason=Reason.NOT_PERMITTED, detail="names of networks take the permission to know the location"
)
_NOT_CONNECTED = Unavailable(reason=Reason.NOT_PRESENT, detail="not connected to an access point")


class CoreWlanReading(Struct, frozen=True, kw_only=True):
    """What a `CWInterface` says, in CoreWLAN's own numbers; 0 where it knows nothing. Rates in Mbit/s."""

    powered: bool
    mode: int
    signal_dbm: int
    noise_dbm: int
    send_mbit_s: float
    generation: int
    channel: int = 0
    band: int = 0
    width: int = 0


Reader = Callable[[str], CoreWlanReading | Unavailable]
"""Reads one interface by its name; may hang."""


def link(interface: str, until: float, tools: Tools, read: Reader) -> WifiLink | Unavailable:
    """See `Platform.wifi`."""
    reading = BackgroundCall(lambda: read(interface)).result(until)
    if isinstance(reading, CoreWlanReading):
        return parse(reading)
    shown = tools.output(
        "/usr/sbin/ioreg", "-r", "-k", "IO80211Channel", "-d", "1", "-w", "0", seconds=_TOOL_S
    )
    by_registry = None if isinstance(shown, Unavailable) else parse_registry(shown, interface)
    return reading if by_registry is None else by_registry


def parse(reading: CoreWlanReading) -> WifiLink | Unavailable:
    """The link from what CoreWLAN says."""
    if not reading.powered:
        return Unavailable(reason=Reason.NOT_PRESENT, detail="Wi-Fi is switched off")
    has_signal = radio.is_signal(reading.signal_dbm)
    if reading.mode != _STATION and not (has_signal and reading.mode == 0):
        return _NOT_CONNECTED
    if not has_signal and not reading.send_mbit_s:
        return _NOT_CONNECTED
    signal = float(reading.signal_dbm) if has_signal else None
    band = _BANDS.get(reading.band)
    return WifiLink(
        source=_UNTOLD if signal is None else WifiSource.CORE_WLAN,
        signal_dbm=_or_untold(signal),
        signal_pct=radio.derived(radio.percent_of, signal, _UNTOLD),
        noise_dbm=float(reading.noise_dbm) if radio.is_signal(reading.noise_dbm) else _UNTOLD,
        frequency_mhz=_or_untold(frequency_of(band, reading.channel)),
        band=_or_untold(band),
        channel=reading.channel if reading.channel > 0 else _UNTOLD,
        width_mhz=_or_untold(_WIDTHS_MHZ.get(reading.width)),
        receive_mbit_s=_UNTOLD,
        send_mbit_s=reading.send_mbit_s if reading.send_mbit_s > 0 else _UNTOLD,
        generation=_or_untold(_GENERATIONS.get(reading.generation)),
        ssid=_NO_NAME,
        other_bands=_NO_NAME,
    )


def frequency_of(band: Band | None, channel: int) -> int | None:
    """The centre of a channel in MHz: what `radio.channel_of` makes this channel of, in this band; None when nothing does."""
    start = None if band is None else _STARTS_MHZ.get(band)
    if start is None or not 0 < channel < _CHANNELS:
        return None
    special = {(Band.GHZ_2_4, 14): 2484, (Band.GHZ_6, 2): 5935}
    return special.get((band or Band.GHZ_5, channel), start + 5 * channel)


def parse_registry(shown: str, interface: str) -> WifiLink | None:
    """The channel of an interface, from `ioreg -r -k IO80211Channel -d 1`; it tells no signal. None when it isn't there."""
    nodes: list[dict[str, str]] = []
    for line in shown.splitlines():
        if _REGISTRY_NODE.match(line) or not nodes:
            nodes.append({})
        for key, text, number in _REGISTERED.findall(line):
            nodes[-1][key] = text or number
    mine = next(
        (node for node in nodes if interface in {node.get("BSD Name"), node.get("IOInterfaceName")}), {}
    )
    channel, frequency, width = (
        int(mine.get(key, "0") if mine.get(key, "0").isdecimal() else "0")
        for key in ("IO80211Channel", "IO80211ChannelFrequency", "IO80211ChannelBandwidth")
    )
    if not channel:
        return None
    return WifiLink(
        source=_UNTOLD,
        signal_dbm=_UNTOLD,
        signal_pct=_UNTOLD,
        frequency_mhz=frequency or _UNTOLD,
        band=radio.derived(radio.band_of, frequency or None, _UNTOLD),
        channel=channel,
        width_mhz=width or _UNTOLD,
        receive_mbit_s=_UNTOLD,
        send_mbit_s=_UNTOLD,
        generation=_UNTOLD,
        ssid=_NO_NAME,
        other_bands=_NO_NAME,
    )


def _or_untold(value: Figure | None) -> Figure | Unavailable:
    return _UNTOLD if value is None else value
