"""What carries the meeting, on real interfaces; NetworkManager on a real bus; and the kernel's generic netlink."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from amif_netcheck.model.facts import Band, OtherBand, Reason, Unavailable, WifiLink, WifiSource
from amif_netcheck.platforms.linux import network_manager, nl80211, wifi
from amif_netcheck.platforms.linux.generic_netlink import GenericNetlink
from amif_netcheck.platforms.linux.netlink import attributes
from tests.lab.house import House
from tests.real import buses
from tests.real.support import Network

pytestmark = pytest.mark.real

PROXIMITY = ("--only", "proximity", "--offline")
SAMPLES = Path(__file__).resolve().parents[1] / "data" / "nl80211"
SOURCE = Path(__file__).resolve().parents[1] / "recorded" / "nl80211_samples.c"
AMPLE_S = 20.0
"""Far more than any answer needs, for a busy machine."""


def soon() -> float:
    return time.monotonic() + AMPLE_S


# --- the whole program ------------------------------------------------------------------------------


def test_a_house_of_namespaces_is_no_real_cable(network: Network) -> None:
    house = House(network)
    run = network.check(house.home, *PROXIMITY)
    finding = run.finding("proximity")
    assert (finding["code"], finding["severity"]) == ("proximity.virtual", "unknown")
    assert run.fact("proximity.medium") == "virtual"
    assert run.fact("proximity.ethernet.state") == run.fact("proximity.wifi.state") == "unavailable"
    assert (run.report["verdict"], run.code) == ("undetermined", 4)
    words = network.run_cli(house.home, *PROXIMITY, "--plain", "--lang", "fr").stdout
    assert "ordinateur virtuel" in words
    assert "Lancez cette vérification sur l’ordinateur lui-même" in words
    assert "Wi-Fi est" not in words


def test_a_bridge_over_made_up_cables_is_none_either(network: Network) -> None:
    house = House(network)
    link = network.check(house.home, *PROXIMITY).fact("proximity.interface")
    house.home.ip_batch("link add br0 type bridge", f"link set {link} master br0", "link set br0 up")
    house.home.run("sh", "-c", f"ip -4 addr flush dev {link}; ip addr add 192.168.1.77/24 dev br0")
    house.home.run("ip", "route", "replace", "default", "via", "192.168.1.1", "dev", "br0")
    run = network.check(house.home, *PROXIMITY)
    assert run.fact("proximity.interface") == "br0"
    assert run.finding("proximity")["code"] == "proximity.virtual"


def test_no_network_is_no_distance(network: Network) -> None:
    alone = network.namespace("alone")
    run = network.check(alone, *PROXIMITY)
    finding = run.finding("proximity")
    assert (finding["code"], finding["params"]) == ("proximity.unknown", {"reason": "not_present"})


# --- NetworkManager ---------------------------------------------------------------------------------


@pytest.fixture
def manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[buses.NetworkManager]:
    with buses.NetworkManager(tmp_path) as mock:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", mock.address)
        monkeypatch.setattr(network_manager, "_LONGEST_S", AMPLE_S)
        yield mock


@pytest.mark.real(*buses.NEEDED)
def test_networkmanager_tells_the_link_and_what_it_heard(manager: buses.NetworkManager) -> None:
    manager.access_point("Mairie", 2437, 55, active=True)
    manager.access_point("Voisin", 5180, 90)
    manager.access_point("Mairie-5G", 5180, 80)
    link = network_manager.link("wlan0", soon())
    assert isinstance(link, WifiLink)
    assert (link.source, link.signal_dbm, link.signal_pct) == (WifiSource.NETWORK_MANAGER, -67.0, 66.0)
    assert (link.ssid, link.band, link.channel, link.send_mbit_s) == ("Mairie", Band.GHZ_2_4, 6, 72.2)
    assert link.other_bands == (OtherBand(band=Band.GHZ_5, signal_dbm=-52.0, same_name=False),)
    assert wifi.link("wlan0", soon()) == link, (
        "the kernel here knows no such interface: the second source is asked"
    )


@pytest.mark.real(*buses.NEEDED)
def test_a_hostile_name_of_a_network_is_data(manager: buses.NetworkManager) -> None:
    manager.access_point("\x1b[2J[red]<b>\u202e", 5180, 60, active=True)
    link = network_manager.link("wlan0", soon())
    assert isinstance(link, WifiLink)
    assert link.ssid == "\x1b[2J[red]<b>\u202e"
    assert link.signal_dbm == -64.0


@pytest.mark.real(*buses.NEEDED)
def test_an_interface_that_networkmanager_does_not_know(manager: buses.NetworkManager) -> None:
    link = network_manager.link("wlan9", soon())
    assert isinstance(link, Unavailable)


@pytest.mark.real(*buses.NEEDED)
def test_without_an_access_point_in_use(manager: buses.NetworkManager) -> None:
    manager.access_point("Mairie", 2437, 55)
    link = network_manager.link("wlan0", soon())
    assert isinstance(link, Unavailable)
    assert link.reason is Reason.NOT_PRESENT


@pytest.mark.real(*buses.NEEDED)
@pytest.mark.parametrize("who", ["daemon", "mock"])
def test_a_bus_that_hangs_is_left_behind(manager: buses.NetworkManager, who: str) -> None:
    manager.access_point("Mairie", 2437, 55, active=True)
    process: subprocess.Popen[bytes] = getattr(manager, who)
    process.send_signal(signal.SIGSTOP)
    try:
        started = time.monotonic()
        link = network_manager.link("wlan0", started + 0.5)
        assert time.monotonic() - started < AMPLE_S / 2
    finally:
        process.send_signal(signal.SIGCONT)
    assert isinstance(link, Unavailable)
    assert link.reason is Reason.TIMEOUT


@pytest.mark.parametrize(
    "address", ["unix:path=/nowhere/at/all", "nonsense", "tcp:host=localhost,port=1", ""]
)
def test_no_bus_at_all(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, address: str) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address or f"unix:path={tmp_path}")
    link = network_manager.link("wlan0", soon())
    assert isinstance(link, Unavailable)
    assert link.reason in {Reason.NOT_PRESENT, Reason.ERROR}


# --- the kernel -------------------------------------------------------------------------------------


def test_generic_netlink_answers_and_refuses() -> None:
    with GenericNetlink(soon()) as kernel:
        assert kernel.family("nlctrl") == 16
        assert kernel.family("no-such-family") is None
        families = kernel.command(16, 3, b"", dump=True)
        names = {dict(attributes(each)).get(2, b"").rstrip(b"\0") for each in families}
        assert b"nlctrl" in names
        with pytest.raises(OSError, match=r"."):
            kernel.command(16, 250, b"")


def test_the_loopback_is_no_radio() -> None:
    assert not nl80211.knows(1)
    link = nl80211.link("lo", soon())
    assert isinstance(link, Unavailable)
    assert link.reason is not Reason.ERROR


def test_an_interface_that_is_not_there_is_no_accident() -> None:
    for name in ("no-such-thing", "", "\x1b[2J", "x" * 200):
        assert isinstance(wifi.link(name, soon()), Unavailable)


@pytest.mark.real("gcc")
def test_the_samples_are_what_linuxs_own_header_lays_out(tmp_path: Path) -> None:
    binary = tmp_path / "samples"
    subprocess.run(["gcc", "-Wall", "-Wextra", "-Werror", str(SOURCE), "-o", str(binary)], check=True)
    found = sorted(SAMPLES.glob("*.json"))
    assert found
    for file in found:
        again = subprocess.run([str(binary), file.stem], check=True, capture_output=True).stdout
        assert msgspec.json.decode(again) == msgspec.json.decode(file.read_bytes()), file.name
