"""What numbers about Wi-Fi mean; what an interface and a computer are; every source's answers, however odd."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amif_netcheck.model.facts import (
    Band,
    Computer,
    Duplex,
    EthernetLink,
    LinkKind,
    Medium,
    OtherBand,
    Reason,
    Unavailable,
    WifiLink,
    WifiSource,
)
from amif_netcheck.platforms import ethernet, radio
from amif_netcheck.platforms.linux import computer, netlink, nl80211, proc_wireless, wifi
from amif_netcheck.platforms.linux import network_manager as nm
from amif_netcheck.platforms.linux.ports import SysfsAttributes, medium
from amif_netcheck.platforms.linux.topology import BaseInterface
from tests.builders import wifi as told

UNTOLD = Unavailable(reason=Reason.UNSUPPORTED)


@pytest.mark.parametrize(
    ("frequency", "band", "channel"),
    [
        (2412, Band.GHZ_2_4, 1), (2437, Band.GHZ_2_4, 6), (2472, Band.GHZ_2_4, 13), (2484, Band.GHZ_2_4, 14),
        (4920, Band.GHZ_5, 184), (4980, Band.GHZ_5, 196), (5035, Band.GHZ_5, 7), (5180, Band.GHZ_5, 36),
        (5500, Band.GHZ_5, 100), (5825, Band.GHZ_5, 165), (5885, Band.GHZ_5, 177),
        (5935, Band.GHZ_6, 2), (5955, Band.GHZ_6, 1), (6215, Band.GHZ_6, 53), (7115, Band.GHZ_6, 233),
        (58_320, Band.GHZ_60, 1), (64_800, Band.GHZ_60, 4),
        (2407, Band.GHZ_2_4, None), (2413, Band.GHZ_2_4, None),
        (0, None, None), (-1, None, None), (900, None, None), (1 << 40, None, None),
    ],
)  # fmt: skip
def test_band_and_channel(frequency: int, band: Band | None, channel: int | None) -> None:
    assert (radio.band_of(frequency), radio.channel_of(frequency)) == (band, channel)


@pytest.mark.parametrize(
    ("dbm", "percent"), [(-50, 100), (-30, 100), (-75, 50), (-67, 66), (-80, 40), (-100, 0), (-120, 0)]
)
def test_per_cent_as_windows_counts(dbm: float, percent: float) -> None:
    assert radio.percent_of(dbm) == pytest.approx(percent)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Livebox-1A2B", "Livebox-1A2B", True),
        ("Livebox-1A2B", "Livebox-1A2B-5G", True),
        ("freebox_x_2.4GHz", "freebox_x_5GHz", True),
        ("Bbox-77 5 GHz", "Bbox-77", True),
        ("Livebox-1A2B", "Livebox-1A2C", False),
        ("Livebox-1A2B", "Livebox-1A2B-guest", False),
        ("", "", False),
        ("5G", "5G", True),
        ("5G", "2.4G", False),
        ("Mairie5", "Mairie", False),
    ],
)
def test_one_network_by_two_names(one: str, other: str, same: bool) -> None:
    assert radio.same_network(one, other) is radio.same_network(other, one) is same


def test_of_another_band_the_same_name_and_then_the_strongest_counts() -> None:
    heard = [
        radio.ScannedNetwork(name="Box-5G", frequency_mhz=5180, signal_dbm=-40.0),
        radio.ScannedNetwork(name="Box", frequency_mhz=5200, signal_dbm=None),
        radio.ScannedNetwork(name="Box", frequency_mhz=5220, signal_dbm=-70.0),
        radio.ScannedNetwork(name="Box", frequency_mhz=2462, signal_dbm=-30.0),
        radio.ScannedNetwork(name="Box", frequency_mhz=12, signal_dbm=-30.0),
        radio.ScannedNetwork(name="Other", frequency_mhz=5180, signal_dbm=-30.0),
    ]
    assert radio.other_bands(heard, "Box", Band.GHZ_2_4) == (
        OtherBand(band=Band.GHZ_5, signal_dbm=-70.0, same_name=True),
    )


# --- what an interface is ---------------------------------------------------------------------------


def card(**signs: object) -> SysfsAttributes:
    return SysfsAttributes(on_a_bus=True, **signs)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "signs", "expected"),
    [
        (LinkKind.HARDWARE, card(driver="e1000e"), Medium.ETHERNET),
        (LinkKind.HARDWARE, card(driver="iwlwifi", radio=True), Medium.WIFI),
        (LinkKind.HARDWARE, card(uevent="DEVTYPE=wlan\nINTERFACE=wlan0\n"), Medium.WIFI),
        (LinkKind.HARDWARE, card(uevent="DEVTYPE=wwan\n", driver="qmi_wwan"), Medium.CELLULAR),
        (LinkKind.HARDWARE, card(driver="cdc_mbim"), Medium.CELLULAR),
        (LinkKind.HARDWARE, SysfsAttributes(uevent="DEVTYPE=bluetooth\n"), Medium.BLUETOOTH),
        (LinkKind.HARDWARE, card(driver="ipheth", usb_vendor="05ac"), Medium.TETHERED_PHONE),
        (LinkKind.HARDWARE, card(driver="rndis_host"), Medium.TETHERED_PHONE),
        (LinkKind.HARDWARE, card(driver="cdc_ncm", usb_vendor="18d1"), Medium.TETHERED_PHONE),
        (LinkKind.HARDWARE, card(driver="cdc_ncm", usb_vendor="17ef"), Medium.ETHERNET),  # a docking station
        (LinkKind.HARDWARE, card(driver="cdc_ether", usb_vendor="12d1"), Medium.CELLULAR),
        (LinkKind.HARDWARE, card(driver="rndis_host", usb_vendor="12d1"), Medium.CELLULAR),
        (LinkKind.HARDWARE, card(driver="cdc_ncm", usb_vendor="05ac"), Medium.TETHERED_PHONE),
        (LinkKind.HARDWARE, card(driver="asix", usb_vendor="05ac"), Medium.ETHERNET),
        (LinkKind.HARDWARE, card(driver="virtio_net"), Medium.VIRTUAL),
        (LinkKind.HARDWARE, card(driver="mac80211_hwsim", radio=True), Medium.VIRTUAL),
        (LinkKind.HARDWARE, SysfsAttributes(), Medium.VIRTUAL),
        (LinkKind.HARDWARE, None, Medium.UNKNOWN),
        (LinkKind.VIRTUAL, SysfsAttributes(), Medium.VIRTUAL),
        (LinkKind.VIRTUAL, None, Medium.VIRTUAL),
        (LinkKind.BRIDGE, None, Medium.VIRTUAL),
        (LinkKind.TUN, SysfsAttributes(), Medium.UNKNOWN),
        (LinkKind.PPP, SysfsAttributes(), Medium.UNKNOWN),
        (LinkKind.UNKNOWN, card(), Medium.UNKNOWN),
    ],
)
def test_what_carries(kind: LinkKind, signs: SysfsAttributes | None, expected: Medium) -> None:
    assert medium(BaseInterface(name="x0", index=2, kind=kind), signs) is expected


def test_a_port_without_hardware_addresses_is_a_modem() -> None:
    raw = BaseInterface(name="wwan0", index=2, kind=LinkKind.HARDWARE, raw_ip=True)
    assert medium(raw, card(driver="something_new")) is Medium.CELLULAR


@pytest.mark.parametrize(
    ("rate", "duplex", "expected"),
    [
        (1000, Duplex.FULL, EthernetLink(rate_mbit_s=1000, duplex=Duplex.FULL)),
        (10, Duplex.HALF, EthernetLink(rate_mbit_s=10, duplex=Duplex.HALF)),
    ],
)
def test_a_cable(rate: int, duplex: Duplex, expected: EthernetLink) -> None:
    assert ethernet.parse(rate, duplex) == expected


@pytest.mark.parametrize("rate", [0, -1, 65535 * 65537, 4294967295])
def test_a_cable_whose_driver_does_not_tell(rate: int) -> None:
    link = ethernet.parse(rate, None)
    assert isinstance(link.rate_mbit_s, Unavailable)
    assert isinstance(link.duplex, Unavailable)


@pytest.mark.parametrize(
    ("signs", "expected"),
    [
        (computer.VirtualizationHints(cpuinfo="flags\t\t: fpu vme\n", dmi="LENOVO\n20XW"), Computer.PHYSICAL),
        (computer.VirtualizationHints(cpuinfo="Features\t: fp asimd\n", dmi=""), Computer.PHYSICAL),  # ARM
        (computer.VirtualizationHints(cpuinfo="flags\t\t: fpu hypervisor vme\n"), Computer.VIRTUAL_MACHINE),
        (computer.VirtualizationHints(cpuinfo="model name\t: hypervisor\nflags\t: fpu\n"), Computer.PHYSICAL),
        (computer.VirtualizationHints(cpuinfo="Features\t: fp\n", dmi="QEMU\nQEMU Virtual Machine"), Computer.VIRTUAL_MACHINE),
        (computer.VirtualizationHints(cpuinfo="Features\t: fp\n", device_tree="linux,kvm"), Computer.VIRTUAL_MACHINE),
        (computer.VirtualizationHints(cpuinfo="flags : fpu", dmi="Microsoft Corporation\nSurface Pro 9"), Computer.PHYSICAL),
        (computer.VirtualizationHints(cpuinfo="flags : fpu", dmi="Microsoft Corporation\nVirtual Machine"), Computer.VIRTUAL_MACHINE),
        (computer.VirtualizationHints(cpuinfo="flags : hypervisor", xen="control_d\n"), Computer.PHYSICAL),
        (computer.VirtualizationHints(cpuinfo="flags : hypervisor", release="5.15.167.4-microsoft-standard-WSL2"), Computer.WSL),
        (computer.VirtualizationHints(release="4.4.0-19041-Microsoft"), Computer.WSL),
        (computer.VirtualizationHints(cpuinfo="flags : fpu", container=True), Computer.CONTAINER),
        (computer.VirtualizationHints(cpuinfo="flags : hypervisor", container=True), Computer.VIRTUAL_MACHINE),
    ],
)  # fmt: skip
def test_which_kind_of_computer(signs: computer.VirtualizationHints, expected: Computer) -> None:
    assert computer.parse(signs) is expected


def test_a_computer_that_shows_nothing() -> None:
    assert isinstance(computer.parse(computer.VirtualizationHints()), Unavailable)


# --- NetworkManager ---------------------------------------------------------------------------------

MY_BOX = {"Ssid": b"Mairie", "Frequency": 2437, "Strength": 55, "HwAddress": "02:00:00:00:00:05"}


def test_networkmanagers_percentage_is_turned_back_into_decibels() -> None:
    link = nm.parse(
        nm.NetworkManagerProperties(
            device={"Bitrate": 144_400},
            active=MY_BOX,
            scanned=[MY_BOX, {"Ssid": b"Mairie", "Frequency": 5180, "Strength": 70}],
        )
    )
    assert isinstance(link, WifiLink)
    assert (link.source, link.signal_dbm, link.estimated) == (WifiSource.NETWORK_MANAGER, -67.0, True)
    assert (link.band, link.channel, link.send_mbit_s, link.ssid) == (Band.GHZ_2_4, 6, 144.4, "Mairie")
    assert link.other_bands == (OtherBand(band=Band.GHZ_5, signal_dbm=-58.0),)


@pytest.mark.parametrize(
    "active",
    [
        {"Strength": 0, "Frequency": 0, "Ssid": b""},
        {"Strength": "much", "Frequency": [5180], "Ssid": "text"},
        {"Unknown": 1},
    ],
)
def test_what_networkmanager_does_not_tell_is_not_made_up(active: dict[str, object]) -> None:
    link = nm.parse(nm.NetworkManagerProperties(device={"Bitrate": None}, active=active, scanned=[{}]))
    assert isinstance(link, WifiLink)
    for fact in (link.signal_dbm, link.signal_pct, link.band, link.channel, link.send_mbit_s, link.ssid):
        assert isinstance(fact, Unavailable)
    assert not link.estimated


def test_networkmanager_without_an_access_point() -> None:
    assert isinstance(nm.parse(nm.NetworkManagerProperties(device={}, active={})), Unavailable)


# --- /proc/net/wireless -----------------------------------------------------------------------------

# Written as the kernel's net/wireless/wext-proc.c formats it; the figures are made up.
HEAD = (
    "Inter-| sta-|   Quality        |   Discarded packets               | Missed | WE\n"
    " face | tus | link level noise |  nwid  crypt   frag  retry   misc | beacon | 22\n"
)
IN_DBM = HEAD + " wlan0: 0000   54.  -56.  -256        0      0      0      0     55        0\n"
WITH_NOISE = HEAD + "wlp2s0: 0000   38.  -72.   -95.       0      0      0      0      0        0\n"
OWN_UNIT = HEAD + " wlan0: 0000   70.   40.     0.       0      0      0      0      0        0\n"


@pytest.mark.parametrize(
    ("content", "interface", "signal", "noise"),
    [(IN_DBM, "wlan0", -56.0, None), (WITH_NOISE, "wlp2s0", -72.0, -95.0), (OWN_UNIT, "wlan0", None, None)],
)
def test_proc(content: str, interface: str, signal: float | None, noise: float | None) -> None:
    link = proc_wireless.parse(content.encode(), interface)
    assert isinstance(link, WifiLink)
    read = tuple(None if isinstance(v, Unavailable) else v for v in (link.signal_dbm, link.noise_dbm))
    assert read == (signal, noise)
    assert isinstance(link.source, Unavailable) == (signal is None)


@pytest.mark.parametrize(
    "content", ["", HEAD, " wlan0: 0000\n", " wlan0: a b c d e\n", IN_DBM.replace("wlan0", "x")]
)
def test_proc_that_says_nothing(content: str) -> None:
    link = proc_wireless.parse(content.encode(), "wlan0")
    assert isinstance(link, Unavailable) or isinstance(link.signal_dbm, Unavailable)


# --- several sources --------------------------------------------------------------------------------


def test_the_second_source_fills_what_the_first_left_open_and_nothing_else() -> None:
    kernel = told(UNTOLD, Band.GHZ_2_4, ssid="Mairie")
    manager = nm.parse(nm.NetworkManagerProperties(device={"Bitrate": 72_000}, active=MY_BOX))
    assert isinstance(manager, WifiLink)
    both = wifi.merge_missing(kernel, manager)
    assert isinstance(both, WifiLink)
    assert (both.signal_dbm, both.estimated, both.send_mbit_s) == (-67.0, True, 72.0)
    sure = wifi.merge_missing(told(-50.0, Band.GHZ_2_4), manager)
    assert isinstance(sure, WifiLink)
    assert (sure.signal_dbm, sure.estimated) == (-50.0, False)


def test_networks_heard_by_the_second_source_count() -> None:
    fast = OtherBand(band=Band.GHZ_5, signal_dbm=-60.0)
    both = wifi.merge_missing(told(-50.0, Band.GHZ_2_4), told(-50.0, Band.GHZ_2_4, fast))
    assert isinstance(both, WifiLink)
    assert both.other_bands == (fast,)


def test_a_source_that_failed_changes_nothing() -> None:
    kernel = told(-50.0)
    assert wifi.merge_missing(kernel, UNTOLD) == wifi.merge_missing(UNTOLD, kernel) == kernel
    assert wifi.merge_missing(UNTOLD, Unavailable(reason=Reason.ERROR)) == UNTOLD


# --- bytes that make no sense -----------------------------------------------------------------------


@given(st.binary(max_size=200))
def test_any_bytes_are_cut_into_attributes_and_messages_without_an_accident(data: bytes) -> None:
    assert sum(len(value) + 4 for _, value in netlink.attributes(data)) <= len(data) + 3
    assert sum(len(content) + 16 for *_, content in netlink.messages(data)) <= len(data) + 3


pieces = st.lists(st.tuples(st.integers(0, 400), st.binary(max_size=24)), max_size=8).map(
    lambda all_of_them: b"".join(netlink.attribute(kind, value) for kind, value in all_of_them)
)
NAMES = {3: (2).to_bytes(4, "little"), 5: (2).to_bytes(4, "little")}
CLIENT = b"".join(netlink.attribute(kind, value) for kind, value in NAMES.items())


@given(
    st.lists(pieces, max_size=2), st.lists(pieces, max_size=3), st.lists(st.binary(max_size=80), max_size=3)
)
def test_whatever_the_kernel_or_the_air_says_is_a_link_or_a_reason(
    stations: list[bytes], survey: list[bytes], air: list[bytes]
) -> None:
    scan = [
        netlink.attribute(47, netlink.attribute(6, each) + netlink.attribute(9, b"\1\0\0\0")) for each in air
    ]
    link = nl80211.parse(
        nl80211.Nl80211Replies(interface=[CLIENT], stations=stations, survey=survey, scan=scan)
    )
    assert isinstance(link, (WifiLink, Unavailable))
    if isinstance(link, WifiLink) and isinstance(link.signal_dbm, float):
        assert -120 < link.signal_dbm < 0
