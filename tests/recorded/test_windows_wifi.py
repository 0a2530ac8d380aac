"""The radio link of Windows, from answers laid out by hand after wlanapi.h; what is the location's is never asked without leave."""

from __future__ import annotations

import ctypes
import struct
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amif_netcheck.model.facts import Band, Generation, OtherBand, Reason, Unavailable, WifiLink, WifiSource
from amif_netcheck.platforms.windows import wifi, wlan
from amif_netcheck.platforms.windows.adapters import Adapter
from amif_netcheck.platforms.windows.tables import InterfaceRow
from amif_netcheck.platforms.windows.wlan import Wlan
from tests.recorded.fake_windows import FakeRegistry

GUID = "{00000007-0007-0007-0007-000000000007}"
BSSID = b"\x02\x00\x00\x00\x00\x05"
NO_SUCH_OPCODE = Unavailable(reason=Reason.ERROR, detail="error 87")
REFUSED = Unavailable(reason=Reason.NOT_PERMITTED, detail="error 5")
LOCATION = r"SOFTWARE\Microsoft\Windows\CurrentVersion\CapabilityAccessManager\ConsentStore\location"

SIZES = {
    wlan.Dot11Ssid: 36,
    wlan.ConnectionAttributes: 604,
    wlan.RealtimeQuality: 24,
    wlan.RealtimeLink: 272,
    wlan.BssEntry: 360,
}


@pytest.mark.parametrize("layout", SIZES, ids=lambda layout: layout.__name__)
def test_a_structure_of_wi_fi_is_as_long_as_in_windows(layout: type[ctypes.Structure]) -> None:
    assert ctypes.sizeof(layout) == SIZES[layout]


def ssid(name: str) -> wlan.Dot11Ssid:
    octets = name.encode()
    made = wlan.Dot11Ssid(length=len(octets))
    made.octets[: len(octets)] = octets
    return made


def connection(name: str = "Mairie", phy_type: int = 8, quality: int = 80, **rates: int) -> bytes:
    made = wlan.ConnectionAttributes(
        state=1,
        ssid=ssid(name),
        phy_type=phy_type,
        signal_quality=quality,
        **{"rx_rate": 433_300, "tx_rate": 390_000} | rates,
    )
    made.bssid[:] = BSSID
    return bytes(made)


def realtime(*links: wlan.RealtimeLink, phy_type: int = 10) -> bytes:
    head = wlan.RealtimeQuality(
        phy_type=phy_type, link_quality=70, rx_rate=1_201_000, tx_rate=960_700, links=len(links)
    )
    return bytes(head) + b"".join(map(bytes, links))


def networks(*heard: tuple[str, int, int, bytes]) -> bytes:
    entries = []
    for name, frequency_mhz, rssi, bssid in heard:
        entry = wlan.BssEntry(ssid=ssid(name), frequency_khz=frequency_mhz * 1000, rssi=rssi)
        entry.bssid[:] = bssid
        entries.append(bytes(entry))
    body = b"".join(entries)
    return struct.pack("<II", 8 + len(body), len(entries)) + body


def number(value: int) -> bytes:
    return struct.pack("<i", value)


def parsed(**answers: bytes | Unavailable) -> WifiLink:
    given_answers: dict[str, bytes | Unavailable] = dict.fromkeys(
        ("rssi", "realtime", "channel", "connection", "networks"), NO_SUCH_OPCODE
    )
    link = wifi.parse(**given_answers | answers)
    assert isinstance(link, WifiLink)
    return link


def test_windows_10_and_11_tell_all_of_it() -> None:
    link = parsed(
        rssi=number(-61),
        channel=number(36),
        connection=connection(),
        networks=networks(
            ("Mairie", 5180, -61, BSSID),
            ("Mairie", 2437, -48, b"\x02" * 6),
            ("Autre", 2412, -70, b"\x04" * 6),
        ),
    )
    assert link == WifiLink(
        source=WifiSource.WLANAPI,
        signal_dbm=-61.0,
        signal_pct=78.0,
        noise_dbm=link.noise_dbm,
        frequency_mhz=5180,
        band=Band.GHZ_5,
        channel=36,
        width_mhz=NO_SUCH_OPCODE,
        receive_mbit_s=433.3,
        send_mbit_s=390.0,
        generation=Generation.WIFI_5,
        ssid="Mairie",
        other_bands=(OtherBand(band=Band.GHZ_2_4, signal_dbm=-48.0),),
    )
    assert isinstance(link.noise_dbm, Unavailable)


def test_without_leave_for_the_location_24h2_still_tells_signal_band_channel_and_rates() -> None:
    link = parsed(
        rssi=number(-55),
        channel=number(37),
        realtime=realtime(wlan.RealtimeLink(frequency_mhz=6135, bandwidth=160, rssi=-56)),
        connection=REFUSED,
        networks=REFUSED,
    )
    assert (link.signal_dbm, link.band, link.channel, link.width_mhz) == (-55.0, Band.GHZ_6, 37, 160)
    assert (link.receive_mbit_s, link.send_mbit_s, link.generation) == (1201.0, 960.7, Generation.WIFI_6)
    assert link.ssid == REFUSED
    assert link.other_bands == REFUSED


def test_of_several_links_at_once_the_strongest_counts() -> None:
    link = parsed(
        realtime=realtime(
            wlan.RealtimeLink(frequency_mhz=2437, bandwidth=20, rssi=-71),
            wlan.RealtimeLink(frequency_mhz=5180, bandwidth=80, rssi=-60),
            phy_type=11,
        )
    )
    assert (link.signal_dbm, link.band, link.generation) == (-60.0, Band.GHZ_5, Generation.WIFI_7)


@pytest.mark.parametrize("rssi", [number(0), number(-128), b"\0", NO_SUCH_OPCODE])
def test_a_percentage_gives_an_estimate_where_the_driver_tells_no_decibels(rssi: bytes | Unavailable) -> None:
    link = parsed(rssi=rssi, connection=connection(quality=80))
    assert (link.signal_dbm, link.signal_pct, link.estimated) == (-60.0, 80.0, True)


@pytest.mark.parametrize(
    ("channel", "phy_type", "band"),
    [
        (11, 10, Band.GHZ_2_4),
        (6, 7, Band.GHZ_2_4),
        (1, 7, Band.GHZ_2_4),
        (1, 10, None),
        (2, 10, None),
        (13, 10, None),
        (44, 10, Band.GHZ_5),
        (100, 8, Band.GHZ_5),
        (149, 8, Band.GHZ_5),
        (149, 10, None),
        (233, 10, None),
        (200, 8, None),
    ],
)
def test_a_channels_number_tells_the_band_where_no_other_has_it(
    channel: int, phy_type: int, band: Band | None
) -> None:
    link = parsed(channel=number(channel), connection=connection(phy_type=phy_type))
    assert (None if isinstance(link.band, Unavailable) else link.band) is band
    assert link.channel == channel


def test_where_nothing_is_told_a_refusal_outweighs_the_rest() -> None:
    nothing = wifi.parse(
        rssi=NO_SUCH_OPCODE,
        realtime=NO_SUCH_OPCODE,
        channel=REFUSED,
        connection=NO_SUCH_OPCODE,
        networks=NO_SUCH_OPCODE,
    )
    assert nothing == REFUSED


def test_rates_that_no_radio_has_are_unknown() -> None:
    link = parsed(rssi=number(-50), connection=connection(rx_rate=2**32 - 1, tx_rate=0))
    assert isinstance(link.receive_mbit_s, Unavailable)
    assert isinstance(link.send_mbit_s, Unavailable)


@given(st.lists(st.binary(max_size=900), min_size=5, max_size=5))
def test_answers_of_any_kind_are_no_error(junk: list[bytes]) -> None:
    names = ("rssi", "realtime", "channel", "connection", "networks")
    link = wifi.parse(**dict(zip(names, junk, strict=True)))
    assert isinstance(link, WifiLink | Unavailable)


class FakeWlan(Wlan):
    """Answers by opcode; notes what was asked."""

    def __init__(self, answers: dict[int, bytes | Unavailable], heard: bytes = b"") -> None:
        super().__init__()
        self._answers, self._heard = answers, heard
        self.asked: list[Any] = []
        self._failure = NO_SUCH_OPCODE  # there is no handle to close

    def query(self, guid: str, opcode: int) -> bytes | Unavailable:
        assert guid == GUID
        self.asked.append(opcode)
        return self._answers.get(opcode, NO_SUCH_OPCODE)

    def networks(self, guid: str) -> bytes | Unavailable:
        self.asked.append("networks")
        return self._heard


ANSWERS: dict[int, bytes | Unavailable] = {
    wlan.RSSI: number(-50),
    wlan.CHANNEL_NUMBER: number(44),
    wlan.CURRENT_CONNECTION: connection(),
}


def test_without_leave_nothing_is_asked_that_would_make_windows_ask_the_person() -> None:
    service = FakeWlan(ANSWERS)
    link = wifi.ask(GUID, lambda: service, may_locate=False)
    assert service.asked == [wlan.RSSI, wlan.REALTIME_QUALITY, wlan.CHANNEL_NUMBER]
    assert isinstance(link, WifiLink)
    assert isinstance(link.ssid, Unavailable)
    assert link.ssid.reason is Reason.NOT_PERMITTED
    assert (link.signal_dbm, link.band) == (-50.0, Band.GHZ_5)


def test_with_leave_the_name_and_the_other_bands_are_asked_too() -> None:
    service = FakeWlan(ANSWERS, networks(("Mairie", 5220, -50, BSSID), ("Mairie", 2412, -40, b"\x02" * 6)))
    link = wifi.ask(GUID, lambda: service, may_locate=True)
    assert isinstance(link, WifiLink)
    assert link.ssid == "Mairie"
    assert link.other_bands == (OtherBand(band=Band.GHZ_2_4, signal_dbm=-40.0),)


def test_where_the_connection_is_refused_after_all_what_was_heard_is_not_asked() -> None:
    service = FakeWlan({**ANSWERS, wlan.CURRENT_CONNECTION: REFUSED})
    link = wifi.ask(GUID, lambda: service, may_locate=True)
    assert "networks" not in service.asked
    assert isinstance(link, WifiLink)
    assert link.ssid == REFUSED


@pytest.mark.parametrize(
    ("build", "values", "expected"),
    [
        (19045, {}, True),
        (22631, {}, True),
        (26100, {}, False),
        (26100, {"HKLM": "Allow", "HKCU": "Allow", "NonPackaged": "Allow"}, True),
        (26100, {"HKLM": "Allow", "HKCU": "Allow", "NonPackaged": "Deny"}, False),
        (26100, {"HKLM": "Deny", "HKCU": "Allow", "NonPackaged": "Allow"}, False),
        (26100, {"HKLM": "Allow", "NonPackaged": "Allow"}, False),
    ],
)
def test_the_location_is_asked_where_windows_does_not_care_or_all_have_allowed_it(
    build: int, values: dict[str, str], *, expected: bool
) -> None:
    keys = {
        "HKLM": rf"HKLM\{LOCATION}",
        "HKCU": rf"HKCU\{LOCATION}",
        "NonPackaged": rf"HKCU\{LOCATION}\NonPackaged",
    }
    registry = FakeRegistry({keys[name]: {"Value": value} for name, value in values.items()})
    assert wifi.may_locate(registry, build) is expected


def test_a_cable_is_not_asked_for_its_radio_link() -> None:
    card = Adapter(name="Ethernet", row=InterfaceRow(index=1, type=6, hardware=True))
    answer = wifi.of_adapter(card, time.monotonic() + 1)
    assert isinstance(answer, Unavailable)
    assert answer.reason is Reason.NOT_PRESENT


def test_a_service_that_hangs_costs_the_link_and_nothing_else() -> None:
    class Hanging(FakeWlan):
        def query(self, guid: str, opcode: int) -> bytes | Unavailable:
            time.sleep(1)
            return NO_SUCH_OPCODE

    began = time.monotonic()
    answer = wifi.link(GUID, began + 0.1, lambda: Hanging({}))
    assert isinstance(answer, Unavailable)
    assert answer.reason is Reason.TIMEOUT
    assert time.monotonic() - began < 0.5
