"""The radio link, from what wlanapi answers. Each figure is known or not by itself: Windows may withhold the network's name alone."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable, Iterator
from ctypes import Structure as Layout
from typing import Any, TypeVar

from amif_netcheck.children.threads import BackgroundCall
from amif_netcheck.model.facts import (
    Band,
    Generation,
    Medium,
    OtherBand,
    Reason,
    Unavailable,
    WifiLink,
    WifiSource,
)
from amif_netcheck.platforms import radio
from amif_netcheck.platforms.radio import ScannedNetwork
from amif_netcheck.platforms.text import clean
from amif_netcheck.platforms.windows import ports, wlan
from amif_netcheck.platforms.windows.adapters import Adapter
from amif_netcheck.platforms.windows.registry_values import RegistryReader
from amif_netcheck.platforms.windows.wlan import Wlan

_LOCATION = r"\SOFTWARE\Microsoft\Windows\CurrentVersion\CapabilityAccessManager\ConsentStore\location"
_CONSENTS = (f"HKLM{_LOCATION}", f"HKCU{_LOCATION}", f"HKCU{_LOCATION}\\NonPackaged")
"""The computer's, the person's, and theirs for programs that come from no store."""
_ASKS_SINCE = 25_976
"""The first build of Windows that treats Wi-Fi as location; 24H2 is 26100."""
_GENERATIONS = {
    **dict.fromkeys((4, 5, 6), Generation.LEGACY),
    7: Generation.WIFI_4,
    8: Generation.WIFI_5,
    10: Generation.WIFI_6,
    11: Generation.WIFI_7,
}
"""windot11.h, DOT11_PHY_TYPE: OFDM, HR-DSSS and ERP; HT, VHT, HE, EHT."""
_WIDTHS_MHZ = {20, 40, 80, 160, 320}
_2_4_GHZ_CHANNELS = range(1, 15)
_5_GHZ_CHANNELS = range(36, 178)
_CHANNEL_2 = 2
_BEFORE_6_GHZ = {Generation.LEGACY, Generation.WIFI_4, Generation.WIFI_5}
_FASTEST_KBIT_S = 60_000_000
_WITHHELD = Unavailable(reason=Reason.NOT_PERMITTED, detail="Windows asks for the location first")
_UNTOLD = Unavailable(reason=Reason.UNSUPPORTED, detail="the driver does not tell")

Value = TypeVar("Value")


def of_adapter(adapter: Adapter, until: float) -> WifiLink | Unavailable:
    """The radio link of an adapter, by `until` (`time.monotonic`)."""
    if ports.medium(adapter) is not Medium.WIFI:
        return Unavailable(reason=Reason.NOT_PRESENT, detail="no Wi-Fi")
    return link(adapter.row.guid, until)


def link(guid: str, until: float, session: Callable[[], Wlan] = Wlan) -> WifiLink | Unavailable:
    """The radio link of the adapter with this GUID, by `until` (`time.monotonic`)."""
    return BackgroundCall(
        lambda: ask(guid, session, may_locate=may_locate(RegistryReader(), _build()))
    ).result(until)


def may_locate(registry: RegistryReader, build: int) -> bool:
    """Can everything be asked without Windows asking the person? Where it is the location's, they have allowed it already."""
    consents = (registry.values(path).get("Value") for path in _CONSENTS)
    return build < _ASKS_SINCE or all(consent == "Allow" for consent in consents)


def _build() -> int:
    if sys.platform == "win32":
        return sys.getwindowsversion().build
    return 0


def ask(guid: str, session: Callable[[], Wlan], *, may_locate: bool) -> WifiLink | Unavailable:
    """Ask the service; nothing that is the location's unless `may_locate`."""
    with session() as service:
        connection = service.query(guid, wlan.CURRENT_CONNECTION) if may_locate else _WITHHELD
        # Without the network's name what was heard means nothing.
        heard = connection if isinstance(connection, Unavailable) else service.networks(guid)
        return parse(
            rssi=service.query(guid, wlan.RSSI),
            realtime=service.query(guid, wlan.REALTIME_QUALITY),
            channel=service.query(guid, wlan.CHANNEL_NUMBER),
            connection=connection,
            networks=heard,
        )


def parse(
    *,
    rssi: bytes | Unavailable,
    realtime: bytes | Unavailable,
    channel: bytes | Unavailable,
    connection: bytes | Unavailable,
    networks: bytes | Unavailable,
) -> WifiLink | Unavailable:
    """From the answers to each question; `Unavailable` as a whole where none of them tells anything."""
    quality = _layout(wlan.RealtimeQuality, realtime)
    attributes = _layout(wlan.ConnectionAttributes, connection)
    strongest = max(_links(realtime), key=lambda each: each.rssi, default=None)
    heard = list(_entries(networks))
    frequency = _frequency(strongest) or _own_frequency(attributes, heard)
    number = _number(channel)
    signal, estimated = _signal(rssi, strongest, quality, attributes)
    if signal is None and quality is None and attributes is None and number is None:
        return _first_failure(rssi, realtime, channel, connection)
    name = _name(attributes)
    associated = attributes or quality
    generation = _GENERATIONS.get(associated.phy_type) if associated else None
    band = _band(frequency, number, generation)
    return WifiLink(
        source=WifiSource.WLANAPI,
        signal_dbm=_or(signal, rssi),
        signal_pct=radio.derived(radio.percent_of, signal, _why(rssi)),
        estimated=estimated,
        noise_dbm=Unavailable(reason=Reason.UNSUPPORTED, detail="Windows does not tell"),
        frequency_mhz=_or(frequency, realtime),
        band=_or(band, realtime),
        channel=_or(number or (None if frequency is None else radio.channel_of(frequency)), channel),
        width_mhz=_or(_width(strongest), realtime),
        receive_mbit_s=_or(_rate(quality, attributes, "rx_rate"), connection),
        send_mbit_s=_or(_rate(quality, attributes, "tx_rate"), connection),
        generation=_or(generation, connection),
        ssid=_or(name or None, connection),
        other_bands=_other_bands(heard, name, band, networks),
    )


def _signal(
    rssi: bytes | Unavailable, strongest: Any, quality: Any, attributes: Any
) -> tuple[float | None, bool]:
    """In dBm, and whether that was worked out from a percentage."""
    if isinstance(rssi, bytes) and len(rssi) >= 4:  # noqa: PLR2004 - a LONG
        told = float(int.from_bytes(rssi[:4], "little", signed=True))
        if radio.is_signal(told):
            return told, False
    if strongest is not None and radio.is_signal(strongest.rssi):
        return float(strongest.rssi), False
    percentages = [
        each for each in (quality and quality.link_quality, attributes and attributes.signal_quality) if each
    ]
    return (min(percentages[0], 100) / 2 - 100, True) if percentages else (None, False)


def _frequency(strongest: Any) -> int | None:
    told = None if strongest is None else strongest.frequency_mhz
    return told if told and radio.band_of(told) else None


def _band(frequency: int | None, channel: int | None, generation: Generation | None) -> Band | None:
    """By the frequency. A channel's number alone may be 6 GHz' as well, where it is 2, or one more than a multiple of four.

    6 GHz takes Wi-Fi 6 or later.
    """
    if frequency is not None:
        return radio.band_of(frequency)
    if channel is None:
        return None
    may_be_6_ghz = generation not in _BEFORE_6_GHZ and (channel % 4 == 1 or channel == _CHANNEL_2)
    if may_be_6_ghz:
        return None
    if channel in _2_4_GHZ_CHANNELS:
        return Band.GHZ_2_4
    return Band.GHZ_5 if channel in _5_GHZ_CHANNELS else None


def _number(channel: bytes | Unavailable) -> int | None:
    told = int.from_bytes(channel[:4], "little") if isinstance(channel, bytes) and len(channel) >= 4 else 0  # noqa: PLR2004 - a ULONG
    return told if 0 < told < 256 else None  # noqa: PLR2004 - no band has more


def _width(strongest: Any) -> int | None:
    told = None if strongest is None else strongest.bandwidth
    return told if told in _WIDTHS_MHZ else None


def _rate(quality: Any, attributes: Any, field: str) -> float | None:
    """In Mbit/s."""
    told = next((getattr(each, field) for each in (quality, attributes) if each), 0)
    return told / 1000 if 0 < told <= _FASTEST_KBIT_S else None


def _name(attributes: Any) -> str:
    return "" if attributes is None else _ssid(attributes.ssid)


def _ssid(given: Any) -> str:
    octets = bytes(given.octets)[: min(given.length, 32)]
    return clean(octets) if any(octets) else ""


def _other_bands(
    heard: list[Any], name: str, band: Band | None, networks: bytes | Unavailable
) -> tuple[OtherBand, ...] | Unavailable:
    if isinstance(networks, Unavailable):
        return networks
    return radio.other_bands(map(_scanned, heard), name, band) if name and band else _UNTOLD


def _entries(networks: bytes | Unavailable) -> Iterator[Any]:
    """The entries of WLAN_BSS_LIST."""
    if isinstance(networks, Unavailable) or len(networks) < 8:  # noqa: PLR2004 - two counts
        return
    size = ctypes.sizeof(wlan.BssEntry)
    count = min(int.from_bytes(networks[4:8], "little"), (len(networks) - 8) // size)
    for number in range(count):
        yield wlan.BssEntry.from_buffer_copy(networks, 8 + number * size)


def _scanned(entry: Any) -> ScannedNetwork:
    signal = float(entry.rssi) if radio.is_signal(entry.rssi) else None
    return ScannedNetwork(
        name=_ssid(entry.ssid), frequency_mhz=entry.frequency_khz // 1000, signal_dbm=signal
    )


def _own_frequency(attributes: Any, heard: list[Any]) -> int | None:
    """Of the access point that we are connected to, where it is among those that were heard."""
    mine = None if attributes is None else bytes(attributes.bssid)
    own = (entry.frequency_khz // 1000 for entry in heard if mine and bytes(entry.bssid) == mine)
    return next((frequency for frequency in own if radio.band_of(frequency)), None)


def _links(realtime: bytes | Unavailable) -> Iterator[Any]:
    quality = _layout(wlan.RealtimeQuality, realtime)
    if quality is None or isinstance(realtime, Unavailable):
        return
    begin, size = ctypes.sizeof(wlan.RealtimeQuality), ctypes.sizeof(wlan.RealtimeLink)
    for number in range(min(quality.links, (len(realtime) - begin) // size)):
        yield wlan.RealtimeLink.from_buffer_copy(realtime, begin + number * size)


def _layout(layout: type[Layout], answer: bytes | Unavailable) -> Any:
    """The structure in an answer; None where there is none, or not the whole of it."""
    whole = isinstance(answer, bytes) and len(answer) >= ctypes.sizeof(layout)
    return layout.from_buffer_copy(answer) if whole and isinstance(answer, bytes) else None


def _or(value: Value | None, asked: bytes | Unavailable) -> Value | Unavailable:
    return _why(asked) if value is None else value


def _why(asked: bytes | Unavailable) -> Unavailable:
    return asked if isinstance(asked, Unavailable) else _UNTOLD


def _first_failure(*answers: bytes | Unavailable) -> Unavailable:
    """A refusal outweighs the rest; without any failure the driver has told nothing."""
    failures = [answer for answer in answers if isinstance(answer, Unavailable)]
    refused = (
        failure for failure in failures if failure.reason is Reason.NOT_PERMITTED and failure is not _WITHHELD
    )
    return next(refused, None) or next(iter(failures), _UNTOLD)
