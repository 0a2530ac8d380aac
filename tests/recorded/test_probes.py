"""The probes on recorded machines: from what a system answers to facts, on any system."""

from __future__ import annotations

import os
import time
from ipaddress import IPv4Address
from typing import Any

import pytest

from amif_netcheck.catalog.meeting_services import MeetingService, Rung
from amif_netcheck.measure.ledger import Ledger
from amif_netcheck.measure.names import Address, Names
from amif_netcheck.model.facts import (
    NOT_REQUESTED,
    Answers,
    Application,
    Carriage,
    Device,
    DeviceKind,
    LinkKind,
    NeighboursFacts,
    Reason,
    Route,
    RoutesByFamily,
    Source,
    TrafficFacts,
    Unavailable,
    VpnFacts,
)
from amif_netcheck.platforms.answers import (
    ByteCounters,
    Egress,
    Gateway,
    Interface,
    Neighbour,
    ProcessTraffic,
    TrafficByProcess,
)
from amif_netcheck.platforms.base import Platform
from amif_netcheck.platforms.recorded import Machine, Recorded, RecordedRoute
from amif_netcheck.probes import egress, neighbours, traffic, vpn
from amif_netcheck.probes.context import Context

ETH0 = Interface(
    name="eth0",
    kind=LinkKind.HARDWARE,
    carriage=Carriage.DIRECT,
    up=True,
    addresses=("192.168.1.20",),
    routes=True,
)
WG0 = Interface(
    name="wg0",
    kind=LinkKind.WIREGUARD,
    carriage=Carriage.TUNNEL,
    up=True,
    addresses=("10.8.0.2",),
    routes=True,
)
BOX = Gateway(address="192.168.1.1", interface="eth0")
LAN = RecordedRoute(to="0.0.0.0/0", source="192.168.1.20", interface="eth0")
TUNNEL = RecordedRoute(to="0.0.0.0/0", source="10.8.0.2", interface="wg0")


@pytest.fixture(autouse=True)
def _a_recording_needs_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traffic, "_SHORTEST_WINDOW_S", 0.0)


def looked_at(machine: Machine, meeting: str = "") -> VpnFacts:
    facts = vpn.probe(Context(platform=Recorded(machine), meeting=meeting), time.monotonic() + 5)
    assert isinstance(facts, VpnFacts)
    return facts


def carriages(machine: Machine) -> tuple[object, object]:
    internet = looked_at(machine).internet
    return tuple(
        way.carriage if isinstance(way, Route) else way.reason for way in (internet.ipv4, internet.ipv6)
    )  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("ways", "expected"),
    [
        pytest.param((LAN,), (Carriage.DIRECT, Reason.NOT_PRESENT), id="plain"),
        pytest.param((), (Reason.NOT_PRESENT, Reason.NOT_PRESENT), id="no network"),
        pytest.param((TUNNEL,), (Carriage.TUNNEL, Reason.NOT_PRESENT), id="full"),
        pytest.param(
            (RecordedRoute(to="0.0.0.0/1", source="10.8.0.2", interface="wg0"), LAN),
            (Carriage.DIRECT, Reason.NOT_PRESENT),
            id="half of the Internet is no full tunnel",
        ),
        pytest.param(
            (RecordedRoute(to="0.0.0.0/1", source="10.8.0.2", interface="wg0"), RecordedRoute(to="128.0.0.0/1", source="10.8.0.2", interface="wg0")),
            (Carriage.TUNNEL, Reason.NOT_PRESENT),
            id="both halves are",
        ),
        pytest.param((LAN, RecordedRoute(to="::/0", source="2001:0:abcd::1", interface="wg0")), (Carriage.DIRECT, Reason.NOT_PRESENT), id="Teredo"),
        pytest.param((LAN, RecordedRoute(to="::/0", source="2002:c000:204::1", interface="wg0")), (Carriage.DIRECT, Reason.NOT_PRESENT), id="6to4"),
        pytest.param((LAN, RecordedRoute(to="::/0", source="2a01::2", interface="wg0")), (Carriage.DIRECT, Carriage.TUNNEL), id="IPv6 in the tunnel"),
        pytest.param((RecordedRoute(to="0.0.0.0/0", blocked=True),), (Reason.BLOCKED, Reason.NOT_PRESENT), id="a kill switch"),
    ],
)  # fmt: skip
def test_the_way_to_the_internet(ways: tuple[RecordedRoute, ...], expected: tuple[object, object]) -> None:
    assert carriages(Machine(interfaces=(ETH0, WG0), routes=ways, gateway=BOX)) == expected


def test_of_a_meetings_addresses_one_inside_the_tunnel_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    def both(_self: Names, _host: str, *, until: float) -> tuple[Address, ...]:
        return IPv4Address("198.51.100.1"), IPv4Address("203.0.113.7")

    monkeypatch.setattr(Names, "resolve", both)
    inside = RecordedRoute(to="203.0.113.0/24", source="10.8.0.2", interface="wg0")
    facts = looked_at(Machine(interfaces=(ETH0, WG0), routes=(inside, LAN)), "meet.example")
    assert not isinstance(facts.meeting, Unavailable)
    assert isinstance(facts.meeting.ipv4, Route)
    assert facts.meeting.ipv4.carriage is Carriage.TUNNEL


def test_the_way_is_that_of_the_service_s_own_ports_and_relays(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {"meet.example": IPv4Address("198.51.100.1"), "turn.example": IPv4Address("203.0.113.7")}
    monkeypatch.setattr(Names, "resolve", lambda _self, host, *, until: (known[host],))
    asked: dict[str, tuple[int, ...]] = {}

    class Noting(Recorded):
        def call_egresses(
            self, address: Address, media_ports: tuple[int, ...]
        ) -> tuple[Egress, ...] | Unavailable:
            asked[str(address)] = media_ports
            return super().call_egresses(address, media_ports)

    service = MeetingService(
        ladder=(
            Rung(way="udp", ports=("50000-60000",)),
            Rung(way="turn-tls", ports=("443",), host="turn.example"),
        )
    )
    inside = RecordedRoute(to="203.0.113.0/24", source="10.8.0.2", interface="wg0")
    machine = Machine(interfaces=(ETH0, WG0), routes=(inside, LAN))
    context = Context(platform=Noting(machine), meeting="meet.example", service=service)
    facts = vpn.probe(context, time.monotonic() + 5)
    assert isinstance(facts, VpnFacts)
    assert isinstance(facts.meeting, RoutesByFamily)
    assert isinstance(facts.meeting.ipv4, Route)
    assert facts.meeting.ipv4.carriage is Carriage.TUNNEL
    assert 50000 in asked["198.51.100.1"]


def test_only_tunnels_that_are_up_with_an_address_of_their_own_are_listed() -> None:
    down = Interface(
        name="wg1", kind=LinkKind.WIREGUARD, carriage=Carriage.TUNNEL, up=False, addresses=("10.8.1.2",)
    )
    link_only = Interface(
        name="utun3", kind=LinkKind.TUN, carriage=Carriage.TUNNEL, up=True, addresses=("fe80::1",)
    )
    facts = looked_at(
        Machine(interfaces=(ETH0, WG0, down, link_only), routes=(LAN,), tunnel_owners={"wg0": "wireguard-go"})
    )
    assert not isinstance(facts.tunnels, Unavailable)
    assert [(tunnel.interface, tunnel.product, tunnel.routes) for tunnel in facts.tunnels] == [
        ("wg0", "WireGuard", True)
    ]


def watched(machine: Machine, ledger: Ledger | None = None) -> TrafficFacts:
    context = Context(platform=Recorded(machine), ledger=ledger or Ledger(), quick=True)
    context.stop.set()  # the recording needs no time to pass
    facts = traffic.probe(context, time.monotonic() + 5)
    assert isinstance(facts, TrafficFacts)
    return facts


def counted(*readings: tuple[int, int]) -> dict[str, tuple[ByteCounters, ...]]:
    return {"eth0": tuple(ByteCounters(received=received, sent=sent) for received, sent in readings)}


def megabits(rate: float, facts: TrafficFacts) -> float:
    return rate * facts.window_s


def test_traffic_is_the_difference_of_the_counters() -> None:
    facts = watched(
        Machine(
            interfaces=(ETH0,),
            routes=(LAN,),
            counters=counted((1000, 50), (126_000, 250_050)),
            processes={1: "init"},
        )
    )
    assert megabits(facts.down_mbit_s, facts) == pytest.approx(1.0)
    assert megabits(facts.up_mbit_s, facts) == pytest.approx(2.0)


def test_a_counter_that_was_reset_starts_at_zero() -> None:
    facts = watched(
        Machine(
            interfaces=(ETH0,),
            routes=(LAN,),
            counters=counted((10**9, 10**9), (125_000, 0)),
            processes={1: "init"},
        )
    )
    assert megabits(facts.down_mbit_s, facts) == pytest.approx(1.0)
    assert facts.up_mbit_s == 0


def test_under_a_tunnel_the_hardware_is_read() -> None:
    machine = Machine(
        interfaces=(ETH0, WG0),
        routes=(TUNNEL,),
        gateway=BOX,
        counters=counted((0, 0), (0, 0)),
        processes={1: "init"},
    )
    assert watched(machine).interface == "eth0"


def test_our_own_traffic_is_taken_out() -> None:
    ledger = Ledger()
    sizes = iter([(0, 0), (125_000, 250_000)])
    ledger.read = lambda: next(sizes)  # type: ignore[method-assign]
    facts = watched(
        Machine(
            interfaces=(ETH0,),
            routes=(LAN,),
            counters=counted((0, 0), (250_000, 250_000)),
            processes={1: "init"},
        ),
        ledger,
    )
    assert facts.down_mbit_s == 0
    assert megabits(facts.up_mbit_s, facts) == pytest.approx(1.0)
    assert megabits(facts.own_down_mbit_s, facts) == pytest.approx(2.0)


def test_a_window_that_is_too_short_tells_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traffic, "_SHORTEST_WINDOW_S", 1.0)
    machine = Machine(
        interfaces=(ETH0,), routes=(LAN,), counters=counted((0, 0), (0, 0)), processes={1: "init"}
    )
    facts = traffic.probe(Context(platform=Recorded(machine)), time.monotonic() + 0.6)
    assert isinstance(facts, Unavailable)
    assert facts.reason is Reason.TIMEOUT


def test_without_a_way_out_there_is_nothing_to_measure() -> None:
    facts = traffic.probe(Context(platform=Recorded(Machine(interfaces=(ETH0,)))), time.monotonic() + 5)
    assert facts == Unavailable(reason=Reason.NOT_PRESENT, detail="no route")


def process(pid: int, name: str, sent: int | Unavailable = 0, **more: Any) -> ProcessTraffic:
    received = sent if isinstance(sent, Unavailable) else 0
    return ProcessTraffic(pid=pid, name=name, sent=sent, received=received, **more)


def by_process(*processes: ProcessTraffic) -> TrafficByProcess:
    return TrafficByProcess(window_s=2.0, processes=processes)


def applications(moved: TrafficByProcess) -> dict[str, Application]:
    facts = watched(
        Machine(interfaces=(ETH0,), routes=(LAN,), counters=counted((0, 0)), traffic_by_process=moved)
    )
    assert not isinstance(facts.applications, Unavailable)
    return {each.process: each for each in facts.applications}


def test_applications_by_what_they_moved_within_the_window() -> None:
    found = applications(
        by_process(
            process(72, "curl", 250_000, connections=1),
            process(70, "rclone", 500_000, connections=2),
            process(71, "rclone", 250_000),
            process(os.getpid(), "python", 10**6, connections=1),
            process(73, "firefox", connections=1),
            process(74, "sshd", connections=1),
        )
    )
    assert list(found) == ["rclone", "curl", "firefox"], "neither we, nor the silent unknown"
    assert found["rclone"].up_mbit_s == pytest.approx(3.0), "of all its processes, over their own window"
    assert found["curl"].up_mbit_s == pytest.approx(1.0)
    assert (found["rclone"].product, found["rclone"].family) == ("rclone", "cloud_sync")
    assert (found["firefox"].connections, found["firefox"].up_mbit_s) == (1, 0)


def test_who_talks_over_udp_is_named_by_connections() -> None:
    found = applications(
        by_process(
            process(70, "onedrive", 125_000, connections=2, udp_connections=1),
            process(71, "firefox", connections=2, udp_connections=2, quic_connections=2),
            process(72, "unheard-of", connections=1, udp_connections=1, quic_connections=1),
            process(73, "chronyd", connections=1, udp_connections=1),
        )
    )
    assert list(found) == ["onedrive", "firefox", "unheard-of"]
    assert found["firefox"].quic_connections == 2


@pytest.mark.parametrize(
    ("name", "ancestors", "started", "product", "family"),
    [
        ("http", ("apt-get", "bash", "sudo"), "apt-get", "apt", "update"),
        ("https", ("packagekitd", "systemd"), "packagekitd", "Linux", "update"),
        ("mirror+https", ("unattended-upgr", "apt.systemd.dai"), "unattended-upgr", "Linux", "update"),
        ("http", ("bash", "gnome-terminal-"), "http", "", ""),  # HTTPie
        ("git-remote-https", ("git", "git", "bash"), "git", "", ""),
        ("ssh", ("rsync", "rsync", "backup.sh"), "rsync", "rsync", "backup"),
        ("ssh", ("bash", "konsole"), "ssh", "", ""),
        ("curl", ("update.sh", "bash"), "curl", "", ""),
        ("Socket Process", ("firefox-esr", "gnome-shell"), "firefox-esr", "Firefox", "browser"),
        ("Isolated Web Co", ("thunderbird",), "thunderbird", "", ""),
        ("WebKitNetworkPr", ("bwrap", "epiphany", "gnome-shell"), "epiphany", "", ""),
        ("QtWebEngineProcess", ("QtWebEngineProc", "falkon"), "falkon", "", ""),
        ("WebKitNetworkPr", ("systemd",), "WebKitNetworkPr", "", ""),
        ("flatpak", ("bash",), "flatpak", "Flatpak", "update"),
        ("snapd", ("systemd",), "snapd", "Snap", "update"),
        ("steam", ("bash",), "steam", "Steam", "game"),
    ],
)  # fmt: skip
def test_a_helper_is_named_by_what_the_person_started(
    name: str, ancestors: tuple[str, ...], started: str, product: str, family: str
) -> None:
    found = applications(by_process(process(70, name, 250_000, ancestors=ancestors)))
    assert {key: (one.product, one.family) for key, one in found.items()} == {started: (product, family)}


def test_helpers_count_with_the_program_that_they_work_for() -> None:
    found = applications(
        by_process(
            process(70, "http", 250_000, ancestors=("apt-get",)),
            process(71, "https", 250_000, ancestors=("apt-get",)),
            process(72, "apt-get", 250_000),
        )
    )
    assert {name: one.up_mbit_s for name, one in found.items()} == {"apt-get": pytest.approx(3.0)}


def test_who_has_sockets_without_a_peer_may_move_something_unless_it_belongs_to_the_system() -> None:
    found = applications(
        by_process(
            process(70, "qbittorrent-nox", unconnected_udp=4),
            process(71, "a-game", unconnected_udp=1),
            process(72, "avahi-daemon", unconnected_udp=2),
        )
    )
    assert {name: one.unconnected_udp for name, one in found.items()} == {"a-game": 1, "qbittorrent-nox": 4}


def test_what_hidden_programs_moved_is_a_rate_over_the_processes_own_window() -> None:
    moved = TrafficByProcess(
        window_s=2.0, processes=(), others_hidden=True, hidden_sent=250_000, hidden_received=500_000
    )
    facts = watched(
        Machine(interfaces=(ETH0,), routes=(LAN,), counters=counted((0, 0)), traffic_by_process=moved)
    )
    assert facts.others_hidden
    assert (facts.hidden_up_mbit_s, facts.hidden_down_mbit_s) == (1.0, 2.0)


def test_where_the_system_counts_no_bytes_the_rate_is_not_said_to_be_none() -> None:
    untold = Unavailable(reason=Reason.NOT_PERMITTED)
    found = applications(by_process(process(70, "onedrive", untold, connections=3), process(71, "rclone", 1)))
    assert {name: each.counted for name, each in found.items()} == {"onedrive": False, "rclone": True}


def test_where_the_system_tells_nothing_of_processes_the_rest_is_known() -> None:
    facts = watched(
        Machine(
            interfaces=(ETH0,), routes=(LAN,), counters=counted((0, 0), (125_000, 0)), traffic_by_process=None
        )
    )
    assert isinstance(facts.applications, Unavailable)
    assert megabits(facts.down_mbit_s, facts) == pytest.approx(1.0)


HOUSE = Machine(
    interfaces=(ETH0,),
    routes=(LAN,),
    gateway=BOX,
    networks={"eth0": ("192.168.1.0/24",)},
    neighbours={
        "eth0": (
            Neighbour(address="192.168.1.1", mac="f4:ca:e5:00:00:01"),
            Neighbour(address="192.168.1.20", mac="00:11:22:33:44:20"),
            Neighbour(address="192.168.1.31", mac="f4:ca:e5:00:00:31"),
            Neighbour(address="192.168.1.40", mac="da:a1:19:00:00:40"),
            Neighbour(address="10.0.0.9", mac="00:11:22:33:44:09"),
        )
    },
)


def test_offline_the_systems_own_table_tells_who_is_there() -> None:
    context = Context(platform=Recorded(HOUSE), offline=True, sweep=True)
    facts = neighbours.probe(context, time.monotonic() + 5)
    assert facts == NeighboursFacts(
        interface="eth0",
        devices=(
            Device(
                kind=DeviceKind.BOX, vendor="FREEBOX SAS", addresses=("192.168.1.1",), mac="f4:ca:e5:00:00:01",
                seen_by=(Source.TABLE,),
            ),
            Device(
                kind=DeviceKind.TV_BOX, product="freebox_device", vendor="FREEBOX SAS", addresses=("192.168.1.31",),
                mac="f4:ca:e5:00:00:31", seen_by=(Source.TABLE,),
            ),
            Device(
                kind=DeviceKind.PRIVATE_ADDRESS, addresses=("192.168.1.40",), mac="da:a1:19:00:00:40",
                seen_by=(Source.TABLE,),
            ),
        ),
        total=3,
        table=Answers(devices=3),
        mdns=NOT_REQUESTED,
        ssdp=NOT_REQUESTED,
        sweep=NOT_REQUESTED,
        others=NOT_REQUESTED,
    )  # fmt: skip


def test_behind_a_tunnel_alone_nobody_can_tell_who_is_there() -> None:
    machine = Machine(interfaces=(WG0,), routes=(TUNNEL,), networks={"wg0": ("10.8.0.0/24",)})
    facts = neighbours.probe(Context(platform=Recorded(machine), offline=True), time.monotonic() + 5)
    assert facts == Unavailable(reason=Reason.BLOCKED, detail="a tunnel hides the local network")


def test_of_hundreds_of_devices_those_that_matter_are_kept() -> None:
    crowd = tuple(
        Neighbour(
            address=f"10.1.{each // 250}.{each % 250 + 1}",
            mac=f"02:00:00:00:{each // 256:02x}:{each % 256:02x}",
        )
        for each in range(900)
    )
    player = Neighbour(address="10.1.9.9", mac="f4:ca:e5:00:00:31")
    machine = Machine(
        interfaces=(ETH0,), routes=(LAN,), gateway=BOX, networks={"eth0": ("10.1.0.0/16",)}, neighbours={"eth0": (*crowd, player)}
    )  # fmt: skip
    facts = neighbours.probe(Context(platform=Recorded(machine), offline=True), time.monotonic() + 5)
    assert isinstance(facts, NeighboursFacts)
    assert (facts.total, len(facts.devices)) == (901, 100)
    assert facts.devices[0].kind is DeviceKind.TV_BOX


def test_a_system_without_a_backend_says_so() -> None:
    for probe in (vpn.probe, traffic.probe, neighbours.probe):
        facts = probe(Context(platform=Platform()), time.monotonic() + 1)
        assert isinstance(facts, Unavailable)
        assert facts.reason is Reason.UNSUPPORTED


@pytest.mark.parametrize(
    ("ipv4", "ipv6", "expected"),
    [
        (Reason.TIMEOUT, Reason.NOT_PRESENT, Reason.TIMEOUT),
        (Reason.NOT_PRESENT, Reason.NOT_PERMITTED, Reason.NOT_PERMITTED),
        (Reason.BLOCKED, Reason.NOT_PRESENT, Reason.BLOCKED),
        (Reason.NOT_PRESENT, Reason.NOT_PRESENT, Reason.NOT_PRESENT),
    ],
)
def test_a_way_that_could_not_be_looked_up_is_not_taken_for_none(
    ipv4: Reason, ipv6: Reason, expected: Reason
) -> None:
    class Disturbed(Recorded):
        def egress(self, address: Address) -> tuple[str, str] | Unavailable:
            return Unavailable(reason=ipv4 if address.version == 4 else ipv6)

    context = Context(platform=Disturbed(Machine(interfaces=(ETH0,), routes=(LAN,))), offline=True)
    answer = egress.egress_interface(context, time.monotonic() + 5)
    assert isinstance(answer, Unavailable)
    assert answer.reason is expected
