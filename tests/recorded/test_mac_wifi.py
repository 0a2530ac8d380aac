"""The radio link of Macs: CoreWLAN's numbers, and the registry's where there is no CoreWLAN."""

from __future__ import annotations

import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from amif_netcheck.model.facts import Band, Generation, Reason, Unavailable, WifiLink, WifiSource
from amif_netcheck.platforms import radio
from amif_netcheck.platforms.macos import core_wlan, wifi
from amif_netcheck.platforms.macos.wifi import CoreWlanReading
from tests.recorded.macs import FakeTools

# CoreWLAN's own numbers (CoreWLANTypes.h): a station, channel 36 at 5 GHz, 80 MHz wide, 802.11ax.
AT_HOME = CoreWlanReading(
    powered=True,
    mode=1,
    signal_dbm=-58,
    noise_dbm=-93,
    send_mbit_s=866.0,
    generation=6,
    channel=36,
    band=2,
    width=3,
)
# Shape: macOS 14.4, sebhildebrandt/systeminformation#895.
REGISTRY = """+-o AppleBCMWLANSkywalkInterface  <class AppleBCMWLANSkywalkInterface, id 0x1000006e6, registered, matched, active, busy 0 (19 ms), retain 35>
    {
      "IO80211Channel" = 108
      "IO80211Band" = "5 GHz"
      "IO80211InterfaceRole" = "Infrastructure"
      "IO80211ChannelBandwidth" = 80
      "IO80211SSID" = "<SSID Redacted>"
      "IOInterfaceName" = "en0"
      "IO80211ChannelFrequency" = 5540
    }
+-o AppleBCMWLANVirtualInterface  <class AppleBCMWLANVirtualInterface, id 0x1000006e7, registered, matched, active, busy 0 (1 ms), retain 9>
    {
      "IO80211Channel" = 6
      "IOInterfaceName" = "awdl0"
    }
"""


def tools_with(registry: str | None = None) -> FakeTools:
    tools = FakeTools()
    if registry is not None:
        tools.outputs["ioreg -r -k IO80211Channel"] = registry
    return tools


def link(reading: CoreWlanReading | Unavailable, registry: str | None = None) -> WifiLink | Unavailable:
    return wifi.link("en0", time.monotonic() + 5, tools_with(registry), lambda _name: reading)


def test_a_link_at_home() -> None:
    found = link(AT_HOME)
    assert isinstance(found, WifiLink)
    assert (found.source, found.signal_dbm, found.signal_pct, found.noise_dbm) == (
        WifiSource.CORE_WLAN,
        -58.0,
        84.0,
        -93.0,
    )
    assert (found.frequency_mhz, found.band, found.channel, found.width_mhz) == (5180, Band.GHZ_5, 36, 80)
    assert (found.send_mbit_s, found.generation, found.estimated) == (866.0, Generation.WIFI_6, False)
    assert isinstance(found.receive_mbit_s, Unavailable)


def test_the_name_of_the_network_is_not_asked_for() -> None:
    found = link(AT_HOME)
    assert isinstance(found, WifiLink)
    for private in (found.ssid, found.other_bands):
        assert isinstance(private, Unavailable)
        assert private.reason is Reason.NOT_PERMITTED


@pytest.mark.parametrize(
    ("band", "channel", "frequency"),
    [(1, 1, 2412), (1, 13, 2472), (1, 14, 2484), (2, 36, 5180), (2, 165, 5825), (3, 1, 5955), (3, 2, 5935), (3, 233, 7115)],
)  # fmt: skip
def test_channels_have_a_frequency(band: int, channel: int, frequency: int) -> None:
    found = link(structs.replace(AT_HOME, band=band, channel=channel))
    assert isinstance(found, WifiLink)
    assert found.frequency_mhz == frequency
    assert radio.channel_of(frequency) == channel


@pytest.mark.parametrize(
    ("number", "generation"),
    [(1, Generation.LEGACY), (3, Generation.LEGACY), (4, Generation.WIFI_4), (5, Generation.WIFI_5), (7, Generation.WIFI_7)],
)  # fmt: skip
def test_generations(number: int, generation: Generation) -> None:
    found = link(structs.replace(AT_HOME, generation=number))
    assert isinstance(found, WifiLink)
    assert found.generation is generation


def test_numbers_that_mean_nothing_are_unknown() -> None:
    strange = structs.replace(AT_HOME, generation=64, band=9, width=17, channel=0, noise_dbm=0)
    found = link(strange)
    assert isinstance(found, WifiLink)
    assert (found.signal_dbm, found.send_mbit_s) == (-58.0, 866.0)
    for figure in (
        found.generation,
        found.band,
        found.width_mhz,
        found.channel,
        found.frequency_mhz,
        found.noise_dbm,
    ):
        assert isinstance(figure, Unavailable)


@pytest.mark.parametrize(
    "reading",
    [
        structs.replace(AT_HOME, powered=False),
        structs.replace(AT_HOME, signal_dbm=0, send_mbit_s=0.0),
        structs.replace(AT_HOME, mode=3),
        structs.replace(AT_HOME, mode=0, signal_dbm=0, send_mbit_s=0.0),
    ],
    ids=["switched off", "not connected", "an access point itself", "nothing at all"],
)
def test_without_a_network_there_is_no_link(reading: CoreWlanReading) -> None:
    found = link(reading)
    assert isinstance(found, Unavailable)
    assert found.reason is Reason.NOT_PRESENT


def test_the_registry_tells_the_channel_where_there_is_no_corewlan() -> None:
    missing = Unavailable(reason=Reason.UNSUPPORTED, detail="CoreWLAN: no module")
    found = link(missing, REGISTRY)
    assert isinstance(found, WifiLink)
    assert (found.channel, found.frequency_mhz, found.band, found.width_mhz) == (108, 5540, Band.GHZ_5, 80)
    for figure in (found.source, found.signal_dbm, found.ssid):
        assert isinstance(figure, Unavailable)
    assert link(missing) == missing
    assert link(missing, REGISTRY.replace("en0", "en1")) == missing


def test_a_framework_that_hangs_is_left_behind() -> None:
    over = threading.Event()

    def hangs(_interface: str) -> CoreWlanReading:
        over.wait(30)
        return AT_HOME

    began = time.monotonic()
    try:
        found = wifi.link("en0", began + 0.2, tools_with(REGISTRY), hangs)
        assert time.monotonic() - began < 5
    finally:
        over.set()
    assert isinstance(found, WifiLink)
    assert found.channel == 108


def test_a_framework_that_breaks_is_an_error_and_no_exception() -> None:
    def breaks(_interface: str) -> CoreWlanReading:
        raise RuntimeError("objc")

    found = wifi.link("en0", time.monotonic() + 5, tools_with(), breaks)
    assert isinstance(found, Unavailable)
    assert found.reason is Reason.ERROR


def test_elsewhere_there_is_no_corewlan(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "objc", None)
    found = core_wlan.read("en0")
    assert isinstance(found, Unavailable)
    assert found.reason is Reason.UNSUPPORTED


@given(st.text(max_size=300))
def test_a_registry_of_radios_that_makes_no_sense(text: str) -> None:
    wifi.parse_registry(text, "en0")
    wifi.parse_registry(f'+-o x\n"IOInterfaceName" = "en0"\n"IO80211Channel" = 1\n{text}', "en0")


@given(
    st.builds(
        CoreWlanReading,
        powered=st.booleans(),
        mode=st.integers(-1, 9),
        signal_dbm=st.integers(-300, 300),
        noise_dbm=st.integers(-300, 300),
        send_mbit_s=st.floats(-1, 1e5),
        generation=st.integers(-1, 200),
        channel=st.integers(-1, 500),
        band=st.integers(-1, 9),
        width=st.integers(-1, 9),
    )
)
def test_any_numbers_are_read(reading: CoreWlanReading) -> None:
    assert isinstance(wifi.parse(reading), WifiLink | Unavailable)
