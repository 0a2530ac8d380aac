"""Wi-Fi as the kernel tells it: the link, its signal and rates, and which networks were heard lately. No privileges, no scan."""

from __future__ import annotations

import socket
import sys
import time
from collections.abc import Iterator
from typing import TypeVar

from msgspec import Struct

from amif_netcheck.model.facts import Band, Generation, OtherBand, Reason, Unavailable, WifiLink, WifiSource
from amif_netcheck.platforms import radio
from amif_netcheck.platforms.linux.generic_netlink import GenericNetlink
from amif_netcheck.platforms.linux.netlink import attribute, attributes, signed, unavailable, unsigned
from amif_netcheck.platforms.text import clean

T = TypeVar("T")

# linux/nl80211.h
_GET_INTERFACE, _GET_STATION, _GET_SCAN, _GET_SURVEY = 5, 17, 32, 50
_IFINDEX, _IFTYPE, _MAC, _STA_INFO, _FREQ, _BSS, _SSID, _SURVEY, _WIDTH, _MLO_LINKS = (
    *(3, 5, 6, 21, 38, 47, 52, 84, 159),
    312,
)
_STATION, _P2P_CLIENT = 2, 8
_SIGNAL, _SEND_RATE, _SIGNAL_AVERAGE, _RECEIVE_RATE, _FLAGS, _BEACON_SIGNAL = 7, 8, 13, 14, 17, 30
_TDLS_PEER = 1 << 6
_RATE_16, _HT, _RATE_32, _VHT, _HE, _EHT = 1, 2, 5, 6, 13, 19
_BSS_BSSID, _BSS_FREQ, _BSS_ELEMENTS, _BSS_SIGNAL, _BSS_STATUS, _BSS_BEACON_ELEMENTS = 1, 2, 6, 7, 9, 11
_ASSOCIATED = 1
_SURVEY_NOISE, _SURVEY_IN_USE = 2, 3
_WIDTHS_MHZ = {0: 20, 1: 20, 2: 40, 3: 80, 4: 160, 5: 160, 6: 5, 7: 10, 13: 320}  # 4 is 80 and 80 MHz apart
_WIDTH_WITHOUT_HT = 0
_ELEMENT_SSID = 0  # IEEE 802.11, 9.4.2.2

_GENERATIONS = (
    (_EHT, Generation.WIFI_7),
    (_HE, Generation.WIFI_6),
    (_VHT, Generation.WIFI_5),
    (_HT, Generation.WIFI_4),
)
_TENTHS = 10
_MBM = 100
_KNOWS_S = 1.0

_UNTOLD = Unavailable(reason=Reason.UNSUPPORTED, detail="the driver does not tell")
_NOT_CONNECTED = Unavailable(reason=Reason.NOT_PRESENT, detail="not connected to an access point")


class Nl80211Replies(Struct, frozen=True, kw_only=True):
    """The attributes of the kernel's answers, as bytes; each list may be empty."""

    interface: list[bytes]
    stations: list[bytes] = []
    survey: list[bytes] = []
    scan: list[bytes] = []


def knows(index: int) -> bool:
    """Is this interface a Wi-Fi one?"""
    try:
        with GenericNetlink(time.monotonic() + _KNOWS_S) as kernel:
            family = kernel.family("nl80211")
            return family is not None and bool(kernel.command(family, _GET_INTERFACE, _asked(index)))
    except OSError:
        return False


def link(interface: str, until: float) -> WifiLink | Unavailable:
    """The radio link of `interface`, by `until` (`time.monotonic`)."""
    try:
        question = _asked(socket.if_nametoindex(interface))
    except OSError as error:
        return Unavailable(reason=Reason.NOT_PRESENT, detail=str(error))
    try:
        with GenericNetlink(until) as kernel:
            family = kernel.family("nl80211")
            if family is None:
                return Unavailable(reason=Reason.NOT_PRESENT, detail="this kernel has no nl80211")
            return parse(
                Nl80211Replies(
                    interface=kernel.command(family, _GET_INTERFACE, question),
                    stations=kernel.command(family, _GET_STATION, question, dump=True),
                    survey=_if_told(kernel, family, _GET_SURVEY, question),
                    scan=_if_told(kernel, family, _GET_SCAN, question),
                )
            )
    except OSError as error:
        return unavailable(error, "nl80211")


def _if_told(kernel: GenericNetlink, family: int, command: int, question: bytes) -> list[bytes]:
    """What sharpens the picture and not every driver has."""
    try:
        return kernel.command(family, command, question, dump=True)
    except TimeoutError:
        raise
    except OSError:
        return []


def _asked(index: int) -> bytes:
    return attribute(_IFINDEX, index.to_bytes(4, sys.byteorder))


def parse(answers: Nl80211Replies) -> WifiLink | Unavailable:
    """The link from the kernel's answers."""
    interface = dict(attributes(answers.interface[0])) if answers.interface else {}
    if unsigned(interface.get(_IFTYPE, b"")) not in {_STATION, _P2P_CLIENT}:
        return Unavailable(reason=Reason.NOT_PRESENT, detail="not a Wi-Fi client")
    networks = [dict(attributes(dict(attributes(answer)).get(_BSS, b""))) for answer in answers.scan]
    ours = next((bss for bss in networks if unsigned(bss.get(_BSS_STATUS, b"")) == _ASSOCIATED), {})
    station = _access_point(answers.stations, ours.get(_BSS_BSSID))
    if station is None:
        return _NOT_CONNECTED
    frequency, width = _channel(interface, ours)
    signal = _signal(station, ours)
    name = clean(interface.get(_SSID) or _name(ours))
    band = radio.derived(radio.band_of, frequency, _UNTOLD)
    return WifiLink(
        source=_UNTOLD if signal is None else WifiSource.NL80211,
        signal_dbm=_or_untold(signal),
        signal_pct=radio.derived(radio.percent_of, signal, _UNTOLD),
        noise_dbm=_or_untold(_noise(answers.survey)),
        frequency_mhz=_or_untold(frequency),
        band=band,
        channel=radio.derived(radio.channel_of, frequency, _UNTOLD),
        width_mhz=radio.derived(_WIDTHS_MHZ.get, width, _UNTOLD),
        receive_mbit_s=_or_untold(_rate(station.get(_RECEIVE_RATE, b""))),
        send_mbit_s=_or_untold(_rate(station.get(_SEND_RATE, b""))),
        generation=_generation(station, width),
        ssid=name or _UNTOLD,
        other_bands=_other_bands(networks, name, band),
    )


def _or_untold(value: T | None) -> T | Unavailable:
    return _UNTOLD if value is None else value


def _access_point(answers: list[bytes], bssid: bytes | None) -> dict[int, bytes] | None:
    """What the kernel knows of our access point; other stations are neighbours that we talk to directly (TDLS)."""
    stations: list[tuple[bytes, dict[int, bytes]]] = []
    for answer in answers:
        attrs = dict(attributes(answer))
        station = dict(attributes(attrs.get(_STA_INFO, b"")))
        flags = station.get(_FLAGS, b"")
        if not (unsigned(flags[4:8]) or 0) & _TDLS_PEER:  # a mask, then the values
            stations.append((attrs.get(_MAC, b""), station))
    return next((station for mac, station in stations if mac == bssid), stations[0][1] if stations else None)


def _signal(station: dict[int, bytes], ours: dict[int, bytes]) -> float | None:
    """The average first; a driver that keeps none tells the last packet's, or what the beacon was heard with."""
    values = [signed(station.get(kind, b"")[:1]) for kind in (_SIGNAL_AVERAGE, _SIGNAL, _BEACON_SIGNAL)]
    readings = [float(value) for value in values if value is not None]
    beacon = _beacon_dbm(ours)
    return next((value for value in readings if radio.is_signal(value)), beacon)


def _beacon_dbm(bss: dict[int, bytes]) -> float | None:
    """How strong a network's beacon was."""
    value = signed(bss.get(_BSS_SIGNAL, b""))
    return value / _MBM if value is not None and radio.is_signal(value / _MBM) else None


def _channel(interface: dict[int, bytes], ours: dict[int, bytes]) -> tuple[int | None, int | None]:
    """(frequency in MHz, kind of width). A link over several channels at once (Wi-Fi 7) counts by its widest."""
    several = [dict(attributes(value)) for _, value in attributes(interface.get(_MLO_LINKS, b""))]
    channels = [
        (frequency, unsigned(link.get(_WIDTH, b"")))
        for link in (several or [interface])
        if (frequency := unsigned(link.get(_FREQ, b"")))
    ]
    if channels:
        return max(channels, key=lambda channel: (_WIDTHS_MHZ.get(channel[1] or 0, 0), channel[0]))
    return unsigned(ours.get(_BSS_FREQ, b"")), None


def _rate(info: bytes) -> float | None:
    """Mbit/s. The kernel counts in tenths, in 32 bits when 16 are too few."""
    rate = dict(attributes(info))
    tenths = unsigned(rate.get(_RATE_32, b"")) or unsigned(rate.get(_RATE_16, b""))
    return tenths / _TENTHS if tenths else None


def _generation(station: dict[int, bytes], width: int | None) -> Generation | Unavailable:
    """The newest that packets of either direction used; old rates alone prove nothing on a channel of 802.11n or later."""
    rates = [dict(attributes(station.get(kind, b""))) for kind in (_SEND_RATE, _RECEIVE_RATE)]
    newest = next((which for mark, which in _GENERATIONS if any(mark in rate for rate in rates)), None)
    if newest is not None:
        return newest
    return Generation.LEGACY if width == _WIDTH_WITHOUT_HT and any(rates) else _UNTOLD


def _noise(survey: list[bytes]) -> float | None:
    for answer in survey:
        channel = dict(attributes(dict(attributes(answer)).get(_SURVEY, b"")))
        noise = signed(channel.get(_SURVEY_NOISE, b""))
        if _SURVEY_IN_USE in channel and noise is not None and radio.is_signal(noise):
            return float(noise)
    return None


def _name(bss: dict[int, bytes]) -> bytes:
    """A network's name, from the elements of its beacon; empty when it hides it."""
    for kind, value in _elements(bss.get(_BSS_ELEMENTS) or bss.get(_BSS_BEACON_ELEMENTS, b"")):
        if kind == _ELEMENT_SSID:
            return value if any(value) else b""
    return b""


def _elements(data: bytes) -> Iterator[tuple[int, bytes]]:
    """(id, value) of a beacon's elements, as far as they make sense: they come from the air."""
    offset = 0
    while offset + 2 <= len(data):
        length = data[offset + 1]
        if offset + 2 + length > len(data):
            return
        yield data[offset], data[offset + 2 : offset + 2 + length]
        offset += 2 + length


def _other_bands(
    networks: list[dict[int, bytes]], name: str, band: Band | Unavailable
) -> tuple[OtherBand, ...] | Unavailable:
    if not name or isinstance(band, Unavailable) or not networks:
        return Unavailable(reason=Reason.NOT_PRESENT, detail="no network was heard lately")
    scanned = [
        radio.ScannedNetwork(name=clean(_name(bss)), frequency_mhz=frequency, signal_dbm=_beacon_dbm(bss))
        for bss in networks
        if (frequency := unsigned(bss.get(_BSS_FREQ, b"")))
    ]
    return radio.other_bands(scanned, name, band)
