"""The probes on Macs: from what tools print and the kernel answers to the facts of a report."""

from __future__ import annotations

import socket
import sys
import threading
import time
import types
from ipaddress import ip_address

import pytest

from amif_netcheck.measure.exchange import EchoExchange
from amif_netcheck.model.facts import (
    Band,
    CallPart,
    Carriage,
    Computer,
    Duplex,
    EthernetLink,
    LinkKind,
    Medium,
    NeighboursFacts,
    ProximityFacts,
    Reason,
    Route,
    TrafficFacts,
    Tunnel,
    Unavailable,
    VpnFacts,
    WifiLink,
)
from amif_netcheck.platforms.answers import ByteCounters
from amif_netcheck.platforms.icmp import echo_socket
from amif_netcheck.platforms.macos import core_wlan, interface_counters
from amif_netcheck.platforms.macos.network_kernel import DarwinNetworkKernel
from amif_netcheck.platforms.macos.platform import MacOS
from amif_netcheck.platforms.macos.wifi import CoreWlanReading
from amif_netcheck.probes import neighbours, proximity, traffic, vpn
from amif_netcheck.probes.context import Context
from tests.recorded import mac_layouts as layouts
from tests.recorded.macs import FakeKernel, FakeTools, Mac, ifmibdata
from tests.recorded.test_mac_tools import NDP, arp_entries
from tests.recorded.test_mac_traffic import FIRST, SECOND
from tests.recorded.test_mac_wifi import AT_HOME

MEETING = "192.0.2.80"


class PlayedMac(MacOS):
    """A Mac whose network is a layout, and whose programs are these."""

    def __init__(
        self, mac: Mac, running: dict[int, str] | None = None, tools: FakeTools | None = None
    ) -> None:
        super().__init__()
        self._network = mac.network(read_wifi=lambda _interface: AT_HOME, tools=tools)
        self._network._processes = self.processes
        self._running = running or {}

    def processes(self) -> dict[int, str] | Unavailable:
        return self._running


def ways(mac: Mac, running: dict[int, str] | None = None) -> VpnFacts:
    context = Context(platform=PlayedMac(mac, running), meeting=MEETING)
    facts = vpn.probe(context, time.monotonic() + 5)
    assert isinstance(facts, VpnFacts)
    return facts


def test_a_vpn_for_everything() -> None:
    facts = ways(layouts.WIREGUARD)
    assert not isinstance(facts.meeting, Unavailable)
    assert facts.meeting.ipv4 == Route(
        source="10.6.0.2",
        interface="utun2",
        link_kind=LinkKind.TUN,
        carriage=Carriage.TUNNEL,
        part=CallPart.ALL,
    )
    assert facts.tunnels == (
        Tunnel(interface="utun2", link_kind=LinkKind.TUN, product="WireGuard", routes=True),
    )


def test_a_vpn_for_the_office_alone() -> None:
    facts = ways(layouts.ANYCONNECT_SPLIT, {500: "Cisco Secure Client", 90: "vpnagentd"})
    internet = facts.internet.ipv4
    assert isinstance(internet, Route)
    assert (internet.interface, internet.carriage) == ("en0", Carriage.DIRECT)
    assert not isinstance(facts.tunnels, Unavailable)
    assert [(tunnel.interface, tunnel.product) for tunnel in facts.tunnels] == [
        ("utun4", "Cisco Secure Client")
    ]


@pytest.mark.parametrize("mac", [layouts.WIFI_ALONE, layouts.PRIVATE_RELAY, layouts.VIRTUAL_MACHINES])
def test_without_a_vpn_none_is_named(mac: Mac) -> None:
    facts = ways(mac, {77: "tailscaled"})
    assert facts.tunnels == ()
    assert isinstance(facts.internet.ipv4, Route)
    assert facts.internet.ipv4.carriage is Carriage.DIRECT
    assert isinstance(facts.internet.ipv6, Unavailable)
    assert facts.internet.ipv6.reason is Reason.NOT_PRESENT


def carried(mac: Mac) -> ProximityFacts:
    facts = proximity.probe(Context(platform=PlayedMac(mac), meeting=MEETING), time.monotonic() + 5)
    assert isinstance(facts, ProximityFacts)
    return facts


@pytest.mark.parametrize("mac", [layouts.WIFI_ALONE, layouts.WIREGUARD, layouts.IKEV2, layouts.FORTICLIENT])
def test_the_radio_under_everything(mac: Mac) -> None:
    facts = carried(mac)
    assert (facts.interface, facts.medium, facts.computer) == ("en0", Medium.WIFI, Computer.PHYSICAL)
    assert isinstance(facts.wifi, WifiLink)
    assert (facts.wifi.signal_dbm, facts.wifi.band) == (-58.0, Band.GHZ_5)


@pytest.mark.parametrize(
    ("mac", "interface", "rate"), [(layouts.DOCK, "en7", 1000), (layouts.THUNDERBOLT_DOCK, "en5", 2500)]
)
def test_a_cable(mac: Mac, interface: str, rate: int) -> None:
    facts = carried(mac)
    assert (facts.interface, facts.medium) == (interface, Medium.ETHERNET)
    assert facts.ethernet == EthernetLink(rate_mbit_s=rate, duplex=Duplex.FULL)


def test_traffic_with_its_programs() -> None:
    mac = layouts.WIFI_ALONE
    tools = mac.tools()
    tools.outputs["nettop"] = FIRST + SECOND
    platform = PlayedMac(mac, {976: "Google Chrome Helper"}, tools)
    kernel = mac.kernel()
    counting = FakeKernel(
        names=kernel.names, table=kernel.table, counters={14: ifmibdata("en0", 6 << 32, 5 << 32)}
    )
    platform._network._kernel = counting
    facts = traffic.probe(Context(platform=platform), time.monotonic() + 1.7)
    assert isinstance(facts, TrafficFacts)
    assert facts.interface == "en0"
    assert (facts.down_mbit_s, facts.up_mbit_s) == (0.0, 0.0)
    assert not isinstance(facts.applications, Unavailable)
    first = facts.applications[0]
    assert (first.process, first.counted) == ("Google Chrome Helper", True)
    assert first.down_mbit_s == pytest.approx(4_000_700 * 8 / 1e6)


def test_counters_in_earnest_do_not_go_backwards() -> None:
    platform = PlayedMac(layouts.WIFI_ALONE)
    platform._network._kernel = FakeKernel(counters={14: ifmibdata("en0", 7 << 32, 3)})
    assert platform.counters("en0") == ByteCounters(received=7 << 32, sent=3)


def test_an_interface_without_counters_is_told_from_counters_that_are_refused() -> None:
    platform = PlayedMac(layouts.WIFI_ALONE)
    platform._network._kernel = FakeKernel()
    gone = platform.counters("en0")
    assert isinstance(gone, Unavailable)
    assert gone.reason is Reason.NOT_PRESENT
    refused = interface_counters.of_interface(FakeKernel(refuses=True), 14)
    assert isinstance(refused, Unavailable)
    assert refused.reason is Reason.NOT_PERMITTED


def test_an_echo_comes_with_its_ipv4_header_and_among_those_of_others() -> None:
    """As macOS hands them over: the header's length in its second half byte, its own length in the computer's order of bytes."""
    ours, others = EchoExchange(ipv6=False), EchoExchange(ipv6=False)
    header = bytes.fromhex("4500 a800 1234 0000 4001 0000 c0a80101 c0a80114")
    options = bytes.fromhex("4600 ac00 1234 0000 4001 0000 c0a80101 c0a80114 94040000")
    for before in (header, options):
        reply = bytearray(ours.request(7))
        reply[0] = 0
        assert ours.sequence_of(before + bytes(reply)) == 7
        assert others.sequence_of(before + bytes(reply)) is None


def test_neighbours_from_the_tables_alone() -> None:
    mac = layouts.WIFI_ALONE
    tools = mac.tools()
    tools.outputs["ndp -an"] = NDP
    platform = PlayedMac(mac, tools=tools)
    kernel = mac.kernel()
    platform._network._kernel = FakeKernel(names=kernel.names, table=kernel.table, arp=arp_entries())
    facts = neighbours.probe(Context(platform=platform, offline=True), time.monotonic() + 5)
    assert isinstance(facts, NeighboursFacts)
    assert facts.interface == "en0"
    assert not isinstance(facts.table, Unavailable)
    assert facts.table.devices >= 1


def test_what_corewlan_says_is_taken_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Frameworks by pyobjc: a class with a method a property."""

    class FakeChannel:
        channelNumber = staticmethod(lambda: 36)  # noqa: N815 - Apple's names
        channelBand = staticmethod(lambda: 2)  # noqa: N815
        channelWidth = staticmethod(lambda: 3)  # noqa: N815

    def interface(channel: FakeChannel | None) -> types.SimpleNamespace:
        return types.SimpleNamespace(
            powerOn=lambda: True,
            interfaceMode=lambda: 1,
            rssiValue=lambda: -58,
            noiseMeasurement=lambda: -93,
            transmitRate=lambda: 866.0,
            activePHYMode=lambda: 6,
            wlanChannel=lambda: channel,
            ssid=lambda: pytest.fail("the name takes the location"),
        )

    known = {"en0": interface(FakeChannel()), "en1": interface(None)}
    client = types.SimpleNamespace(interfaceWithName_=known.get)
    framework = types.ModuleType("CoreWLAN")
    framework.CWWiFiClient = types.SimpleNamespace(sharedWiFiClient=lambda: client)  # type: ignore[attr-defined]
    bridge = types.ModuleType("objc")
    bridge.autorelease_pool = threading.Lock  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "CoreWLAN", framework)
    monkeypatch.setitem(sys.modules, "objc", bridge)
    assert core_wlan.read("en0") == AT_HOME
    without = core_wlan.read("en1")
    assert isinstance(without, CoreWlanReading)
    assert without.channel == 0
    absent = core_wlan.read("en9")
    assert isinstance(absent, Unavailable)
    assert absent.reason is Reason.NOT_PRESENT


@pytest.mark.skipif(sys.platform == "darwin", reason="it answers there")
def test_on_another_system_the_kernel_is_left_alone() -> None:
    kernel = DarwinNetworkKernel()
    for question in (
        kernel.routes,
        kernel.neighbours,
        lambda: kernel.interface_data(1),
        lambda: kernel.route_to(ip_address("192.0.2.1")),
        lambda: kernel.value("hw.model"),
    ):
        with pytest.raises(OSError, match="not macOS"):
            question()


@pytest.mark.skipif(sys.platform == "win32", reason="not under Wine: it starts the host's /usr/bin/env")
def test_every_question_about_the_network_has_an_answer_anywhere() -> None:
    """Without a Mac's tools and kernel too: nothing raises, and nothing takes long."""
    platform = MacOS()
    began = time.monotonic()
    platform.interfaces()
    platform.gateway()
    platform.metered()
    platform.proxy_settings()
    platform.tunnel_owners()
    assert isinstance(platform.computer(), Unavailable)
    assert isinstance(platform.neighbours("en99"), Unavailable)
    assert isinstance(platform.port("en99"), Unavailable)
    assert isinstance(platform.ethernet("en99"), Unavailable)
    assert isinstance(platform.counters("en99"), Unavailable)
    assert isinstance(platform.wifi("en99", time.monotonic() + 1), Unavailable)
    assert isinstance(platform.traffic_by_process(time.monotonic() + 1, threading.Event()), Unavailable)
    with socket.socket() as sock:
        assert isinstance(platform.acked_bytes(sock, 1), Unavailable)
    answer = echo_socket("127.0.0.1", 0)
    if not isinstance(answer, Unavailable):
        answer.close()
    assert time.monotonic() - began < 20
