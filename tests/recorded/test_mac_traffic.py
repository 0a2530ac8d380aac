"""What each process moves on a Mac: nettop's samples, written by hand in the shapes of public ones.

Shapes: `-P -J bytes_in,bytes_out` of macOS 12 (Tao93/NetTool#7); with connections, of macOS 15 and 26 (public test fixtures that
hold lines such as `23:01:00,tcp4 100.65.155.123:54780<->104.18.32.47:443,utun14,Established,4355,28456,`).
"""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amif_netcheck.model.facts import Reason, Unavailable
from amif_netcheck.platforms.answers import ByteCounters, ProcessTraffic, TrafficByProcess
from amif_netcheck.platforms.macos import nettop, process_traffic
from amif_netcheck.platforms.macos.nettop import FlowEndpoint, Moved, NettopFlow
from amif_netcheck.platforms.macos.process_traffic import MacTrafficSources
from tests.recorded.mac_layouts import WIREGUARD
from tests.recorded.macs import FakeKernel, FakeTools, ifmibdata

HEAD = ",state,bytes_in,bytes_out,"
FIRST = f"""{HEAD}
apsd.312,,11417,23504,
tcp4 192.168.1.20:49180<->17.57.146.20:5223,Established,11417,23504,
Google Chrome H.976,,69502,80212,
tcp4 192.168.1.20:54780<->203.0.113.47:443,Established,4355,28456,
udp4 192.168.1.20:58001<->203.0.113.48:443,,60000,50000,
tcp4 127.0.0.1:62854<->127.0.0.1:1082,Established,6035,3578,
mDNSResponder.250,,100,200,
udp4 *:5353<->*:*,,100,200,
qbittorrent.800,,0,0,
udp4 *:6881<->*:*,,0,0,
com.apple.WebKi.1398,,500,600,
tcp6 2001:db8:1:2::20.52344<->2001:db8::113.443,Established,500,600,
"""
SECOND = f"""{HEAD}
apsd.312,,11417,23504,
tcp4 192.168.1.20:49180<->17.57.146.20:5223,Established,11417,23504,
Google Chrome H.976,,9,9,
tcp4 192.168.1.20:54780<->203.0.113.47:443,Established,1004355,38456,
udp4 192.168.1.20:58001<->203.0.113.48:443,,3060000,150000,
tcp4 127.0.0.1:62854<->127.0.0.1:1082,Established,99006035,99003578,
tcp4 192.168.1.20:54999<->203.0.113.49:443,SynSent,700,80,
mDNSResponder.250,,150,250,
udp4 *:5353<->*:*,,150,250,
qbittorrent.800,,0,0,
udp4 *:6881<->*:*,,0,0,
com.apple.WebKi.1398,,500,600,
tcp6 2001:db8:1:2::20.52344<->2001:db8::113.443,Established,100500,600,
newcomer, Inc..2000,,50,60,
tcp4 192.168.1.20:55000<->203.0.113.50:443,Established,50,60,
"""
NAMES = {312: "apsd", 976: "Google Chrome Helper", 250: "mDNSResponder", 800: "qbittorrent", 1398: "com.apple.WebKit.Networking"}  # fmt: skip
OWN = frozenset({"192.168.1.20", "2001:db8:1:2::20"})


def sources(
    shown: str | Unavailable | Callable[[], str | Unavailable],
    *,
    tunnels: Callable[[], dict[str, ByteCounters]] = dict,
    owners: dict[str, str] | None = None,
    names: dict[int, str] | Unavailable | None = None,
) -> tuple[MacTrafficSources, FakeTools]:
    tools = FakeTools()
    tools.outputs["nettop"] = shown
    running = NAMES if names is None else names
    return MacTrafficSources(
        tools=tools,
        tunnels=tunnels,
        owners=lambda: owners or {},
        processes=lambda: running,
        ancestors=lambda pid: ("Google Chrome",) if pid == 976 else (),
    ), tools


def watch(all_sources: MacTrafficSources, window_s: float = 2.4) -> TrafficByProcess:
    found = process_traffic.watch(OWN, time.monotonic() + window_s, threading.Event(), all_sources)
    assert isinstance(found, TrafficByProcess)
    return found


def by_pid(found: TrafficByProcess) -> dict[int, ProcessTraffic]:
    return {process.pid: process for process in found.processes}


def test_what_each_process_moved() -> None:
    all_sources, tools = sources(FIRST + SECOND)
    found = watch(all_sources)
    assert found.window_s == 2.0
    assert tools.asked == ["nettop -L 2 -x -n -J state,bytes_in,bytes_out -s 2"]
    chrome = by_pid(found)[976]
    assert (chrome.received, chrome.sent) == (1_000_000 + 3_000_000 + 700, 10_000 + 100_000 + 80)
    assert (chrome.connections, chrome.udp_connections, chrome.quic_connections) == (3, 1, 1)
    assert (chrome.name, chrome.ancestors) == ("Google Chrome Helper", ("Google Chrome",))
    web = by_pid(found)[1398]
    assert (web.name, web.received, web.sent) == ("com.apple.WebKit.Networking", 100_000, 0)
    assert by_pid(found)[312].received == 0


def test_a_name_that_the_process_list_lacks_is_nettops() -> None:
    found = by_pid(watch(sources(FIRST + SECOND)[0]))
    assert (found[2000].name, found[2000].received, found[2000].sent) == ("newcomer, Inc.", 50, 60)
    refused = Unavailable(reason=Reason.NOT_PERMITTED)
    assert by_pid(watch(sources(FIRST + SECOND, names=refused)[0]))[976].name == "Google Chrome H"


def test_sockets_from_which_anybody_can_be_reached() -> None:
    found = by_pid(watch(sources(FIRST + SECOND)[0]))
    assert found[800].unconnected_udp == 1
    assert found[250].unconnected_udp == 0  # announcements
    assert found[976].unconnected_udp == 0


def test_sums_alone_are_read_too() -> None:
    shown = ",bytes_in,bytes_out,\nsystemstats.503,0,0,\napsd.533,11417,23504,\n"
    later = ",bytes_in,bytes_out,\nsystemstats.503,0,0,\napsd.533,12417,23604,\n"
    found = by_pid(watch(sources(shown + later)[0]))
    assert (found[533].received, found[533].sent) == (1000, 100)


def test_the_first_columns_of_other_versions() -> None:
    head = "\x04\x08\x08time,,interface,state,bytes_in,bytes_out,rx_dupe,rx_ooo,re-tx,rtt_avg,arch,"
    shown = (
        f"{head}\n20:48:16.223325,io.tailscale.ip.79391,,,3950703,10739706,14139,614,71703,,,\n"
        "20:48:16.223341,tcp4 192.168.1.20:53344<->203.0.113.30:443,en9,Established,7606,21720,0,0,0,1.00 ms,,\n"
        f"{head}\n20:48:18.212278,io.tailscale.ip.79391,,,0,0,0,0,0,,,\n"
        "20:48:18.212294,tcp4 192.168.1.20:53344<->203.0.113.30:443,en9,Established,8606,21820,0,0,0,1.00 ms,,\n"
    )
    first, second = nettop.parse(shown)
    flow = NettopFlow(
        udp=False, local=FlowEndpoint("192.168.1.20", 53344), remote=FlowEndpoint("203.0.113.30", 443)
    )
    assert first[79391].name == "io.tailscale.ip"
    assert (first[79391].flows[flow], second[79391].flows[flow]) == (Moved(7606, 21720), Moved(8606, 21820))


@pytest.mark.parametrize(
    ("text", "local", "remote"),
    [
        ("udp6 *.5353<->*.*", ("", 5353), ("", 0)),
        ("udp4 *:*<->*:*", ("", 0), ("", 0)),
        ("udp6 fe80::1%en0.546<->*.*", ("fe80::1", 546), ("", 0)),
        ("tcp6 2001:db8::2.53147<->2001:db8::113.80", ("2001:db8::2", 53147), ("2001:db8::113", 80)),
        ("tcp4 192.0.2.1:1<->server.example:443", ("192.0.2.1", 1), ("server.example", 443)),
    ],
)
def test_both_ends_of_a_connection(text: str, local: tuple[str, int], remote: tuple[str, int]) -> None:
    (sample,) = nettop.parse(f"{HEAD}\nx.1,,0,0,\n{text},,1,2,\n")
    (flow,) = sample[1].flows
    assert (tuple(flow.local), tuple(flow.remote)) == (local, remote)


def tunnel_that_carries(received: int, sent: int) -> Callable[[], dict[str, ByteCounters]]:
    readings = itertools.chain(
        [ByteCounters(received=1000, sent=1000)],
        itertools.repeat(ByteCounters(received=1000 + received, sent=1000 + sent)),
    )
    return lambda: {"utun2": next(readings)}


VPN_FIRST = f"""{HEAD}
com.wireguard.m.700,,0,0,
udp4 192.168.1.20:51820<->203.0.113.9:51820,,1000,1000,
Dropbox.701,,0,0,
tcp4 10.6.0.2:50000<->203.0.113.60:443,Established,100,100,
"""
VPN_SECOND = f"""{HEAD}
com.wireguard.m.700,,0,0,
udp4 192.168.1.20:51820<->203.0.113.9:51820,,1051000,2101000,
Dropbox.701,,0,0,
tcp4 10.6.0.2:50000<->203.0.113.60:443,Established,1000100,2000100,
"""


@pytest.mark.parametrize(
    ("name", "owners"),
    [
        ("com.wireguard.macos.network-extension", {}),
        ("wireguard-go", {}),
        ("com.example.vpn.tunnel", {"utun2": "com.example.vpn"}),
    ],
)
def test_what_goes_through_a_tunnel_is_not_its_holders(name: str, owners: dict[str, str]) -> None:
    all_sources, _ = sources(
        VPN_FIRST + VPN_SECOND,
        tunnels=tunnel_that_carries(1_000_000, 2_000_000),
        owners=owners,
        names={700: name, 701: "Dropbox"},
    )
    found = by_pid(watch(all_sources))
    assert (found[700].received, found[700].sent) == (50_000, 100_000)
    assert (found[700].quic_connections, found[700].unconnected_udp) == (0, 0)
    assert (found[701].received, found[701].sent) == (1_000_000, 2_000_000)


def test_an_idle_tunnel_takes_nothing_from_anybody() -> None:
    all_sources, _ = sources(VPN_FIRST + VPN_SECOND, names={700: "wireguard-go", 701: "Dropbox"})
    assert by_pid(watch(all_sources))[700].received == 1_050_000


def test_of_two_programs_that_may_hold_the_tunnel_none_is_spared() -> None:
    all_sources, _ = sources(
        VPN_FIRST + VPN_SECOND,
        tunnels=tunnel_that_carries(1_000_000, 2_000_000),
        names={700: "wireguard-go", 701: "openvpn"},
    )
    found = by_pid(watch(all_sources))
    assert (found[700].received, found[701].received) == (1_050_000, 1_000_000)


def test_tunnels_are_counted_by_the_kernel() -> None:
    index = 24
    kernel = WIREGUARD.kernel()
    counting = FakeKernel(names=kernel.names, table=kernel.table, counters={index: ifmibdata("utun2", 7, 8)})
    network = WIREGUARD.network()
    network._kernel = counting
    assert network.counters("utun2") == ByteCounters(received=7, sent=8)
    assert network._tunnel_counters() == {"utun2": ByteCounters(received=7, sent=8)}


def test_a_tool_that_fails_leaves_it_unknown() -> None:
    refused = Unavailable(reason=Reason.TIMEOUT, detail="nettop took longer")
    assert process_traffic.watch(OWN, time.monotonic() + 1, threading.Event(), sources(refused)[0]) == refused
    once = process_traffic.watch(OWN, time.monotonic() + 1, threading.Event(), sources(FIRST)[0])
    assert isinstance(once, Unavailable)
    assert once.reason is Reason.ERROR


def test_it_ends_when_it_is_told_to() -> None:
    over, stop = threading.Event(), threading.Event()

    def hangs() -> str:
        over.wait(30)
        return FIRST + SECOND

    stop.set()
    began = time.monotonic()
    try:
        found = process_traffic.watch(OWN, began + 20, stop, sources(hangs)[0])
    finally:
        over.set()
    assert isinstance(found, Unavailable)
    assert time.monotonic() - began < 5


@given(st.text(max_size=300))
def test_samples_that_make_no_sense(text: str) -> None:
    nettop.parse(text)
    nettop.parse(f"{HEAD}\n{text}\nx.1,,0,0,\n{text}<->{text},,1,2,\ntcp4 {text}<->{text},,1,2,\n")
