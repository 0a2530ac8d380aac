"""Who is on the network under Windows: tables of sockets with their owners, and services by the name of their host."""

from __future__ import annotations

import ctypes
import struct
import threading
import time
from ctypes import Structure
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amif_netcheck.checks import traffic as traffic_check
from amif_netcheck.model.facts import Reason, Unavailable
from amif_netcheck.platforms.answers import ProcessTraffic, TrafficByProcess
from amif_netcheck.platforms.windows import process_traffic, services, structures, tables
from amif_netcheck.platforms.windows.process_traffic import WindowsSources
from amif_netcheck.platforms.windows.services import ServiceManager, ServiceRow
from amif_netcheck.platforms.windows.tables import SocketEntry
from amif_netcheck.probes import traffic as traffic_probe
from tests import builders
from tests.recorded.fake_windows import FakeKernel, process
from tests.recorded.windows_tables import FakeIpHelper, table

OWN = frozenset({"192.168.1.20"})
NAMES = {4: "System", 100: "OneDrive.exe", 200: "chrome.exe", 300: "svchost.exe", 400: "svchost.exe"}


def tcp(pid: int, remote: str = "203.0.113.5", **changes: Any) -> SocketEntry:
    known: dict[str, Any] = {
        "pid": pid,
        "local": "192.168.1.20",
        "local_port": 50_000,
        "remote_port": 443,
        "state": 5,
    }
    return SocketEntry(**known | {"remote": remote} | changes)


def udp(pid: int, local: str = "0.0.0.0", port: int = 61_000) -> SocketEntry:
    return SocketEntry(pid=pid, local=local, local_port=port, udp=True)


def watched(
    *entries: SocketEntry,
    hosted: dict[int, tuple[str, ...]] | None = None,
    names: dict[int, str] | Unavailable = NAMES,
) -> TrafficByProcess | Unavailable:
    sources = WindowsSources(
        sockets=lambda: entries,
        processes=lambda: names,
        ancestors=lambda _pid: (),
        services=lambda: hosted or {},
    )
    return process_traffic.watch(OWN, time.monotonic(), threading.Event(), sources)


def seen(*entries: SocketEntry, **given_names: Any) -> dict[str, ProcessTraffic]:
    answer = watched(*entries, **given_names)
    assert not isinstance(answer, Unavailable)
    return {process.name: process for process in answer.processes}


def test_connections_are_counted_and_bytes_are_the_administrators() -> None:
    found = seen(tcp(100), tcp(100, local_port=50_001), tcp(200))
    assert {name: process.connections for name, process in found.items()} == {
        "OneDrive.exe": 2,
        "chrome.exe": 1,
    }
    sent = found["OneDrive.exe"].sent
    assert isinstance(sent, Unavailable)
    assert sent.reason is Reason.NOT_PERMITTED


@pytest.mark.parametrize(
    "entry",
    [
        tcp(100, "127.0.0.1"),
        tcp(100, "192.168.1.20"),
        tcp(100, "0.0.0.0", state=2),
        tcp(100, state=11),
        udp(100, "127.0.0.1"),
        udp(100, port=5353),
        udp(100, port=1900),
        tcp(999),
    ],
)
def test_what_uses_no_line_names_nobody(entry: SocketEntry) -> None:
    assert seen(entry) == {}


def test_udp_sockets_have_no_peer_that_anybody_tells() -> None:
    found = seen(udp(200), udp(200, "::", 61_001))["chrome.exe"]
    assert (found.unconnected_udp, found.quic_connections, found.connections) == (2, 0, 0)


def test_a_host_of_services_is_named_for_the_one_that_is_heavy() -> None:
    found = seen(tcp(300), tcp(400), udp(400), hosted={300: ("AppXSvc", "DoSvc"), 400: ("Dnscache",)})
    assert set(found) == {"DoSvc", "svchost.exe"}
    assert found["svchost.exe"].unconnected_udp == 0


def test_services_are_not_asked_where_no_host_of_them_is_on_the_network() -> None:
    def asked() -> dict[int, tuple[str, ...]]:
        raise AssertionError

    sources = WindowsSources(lambda: NAMES, lambda _pid: (), lambda: (tcp(100),), asked)
    assert isinstance(
        process_traffic.watch(OWN, time.monotonic(), threading.Event(), sources), TrafficByProcess
    )


def test_a_connection_that_ends_meanwhile_counts() -> None:
    readings = iter([(tcp(100),), (), ()])
    sources = WindowsSources(lambda: NAMES, lambda _pid: (), lambda: next(readings, ()), dict)
    answer = process_traffic.watch(OWN, time.monotonic() + 0.6, threading.Event(), sources)
    assert isinstance(answer, TrafficByProcess)
    assert [process.connections for process in answer.processes] == [1]
    assert 0.5 < answer.window_s < 2


def test_without_tables_or_names_there_is_no_answer() -> None:
    refused = Unavailable(reason=Reason.NOT_PERMITTED)
    sources = WindowsSources(lambda: NAMES, lambda _pid: (), lambda: refused, dict)
    assert process_traffic.watch(OWN, time.monotonic(), threading.Event(), sources) == refused
    assert watched(tcp(100), names=refused) == refused


def test_of_a_busy_line_the_known_program_with_connections_is_probable() -> None:
    """The rates of the interface are high, and nobody counts for whom."""
    answer = watched(tcp(100), tcp(100, local_port=50_001), tcp(300), hosted={300: ("wuauserv",)})
    assert isinstance(answer, TrafficByProcess)
    applications = traffic_probe._applications(answer)
    finding = traffic_check.check(builders.traffic(40.0, 0.5, *applications))[0]
    assert finding.code == "traffic.heavy"
    assert finding.variant == "probable"
    assert finding.params["likely"] == ["OneDrive", "Windows Update"]


def ports_row(layout: type[Structure], **fields: Any) -> Structure:
    row = layout()
    for name, value in fields.items():
        if isinstance(value, bytes):
            getattr(row, name)[: len(value)] = value
        else:
            setattr(row, name, value)
    return row


@pytest.mark.parametrize(
    ("missing", "reason", "known"),
    [
        ("tcp 4", Reason.UNSUPPORTED, False),
        ("udp 4", Reason.NOT_PRESENT, False),
        ("tcp 6", Reason.NOT_PERMITTED, False),
        ("udp 6", Reason.ERROR, False),
        ("tcp 6", Reason.UNSUPPORTED, True),
        ("udp 6", Reason.NOT_PRESENT, True),
    ],
)
def test_a_table_that_is_missing_leaves_sockets_unknown_unless_there_is_no_ipv6(
    missing: str, reason: Reason, known: bool
) -> None:
    row = ports_row(structures.UdpRow, local_address=b"\0\0\0\0", local_port=struct.pack("!H", 61_000), pid=9)
    tables_by_name: dict[str, Any] = dict.fromkeys(("tcp 4", "tcp 6", "udp 4", "udp 6"), table())
    if missing != "udp 4":
        tables_by_name["udp 4"] = table(row)
    refusal = Unavailable(reason=reason, detail=missing)
    found = process_traffic.sockets(FakeIpHelper(**tables_by_name | {missing: refusal}))
    if known:
        assert not isinstance(found, Unavailable)
        assert [entry.pid for entry in found] == [9]
    else:
        assert found == refusal


def test_rows_of_both_families_are_read_alike() -> None:
    """Laid out by hand after tcpmib.h and udpmib.h; an IPv4 address within IPv6 is that address."""
    mapped = bytes(10) + b"\xff\xff\xcb\x00\x71\x05"
    helper = FakeIpHelper(
        **{
            "tcp 4": table(),
            "tcp 6": table(
                ports_row(
                    structures.Tcp6Row,
                    remote_address=mapped,
                    remote_port=struct.pack("!H", 443),
                    local_port=struct.pack("!H", 50_000),
                    state=5,
                    pid=9,
                )
            ),
            "udp 4": table(
                ports_row(
                    structures.UdpRow, local_address=b"\0\0\0\0", local_port=struct.pack("!H", 61_000), pid=9
                )
            ),
            "udp 6": table(ports_row(structures.Udp6Row, local_port=struct.pack("!H", 5353), pid=9)),
        }
    )
    found = process_traffic.sockets(helper)
    assert not isinstance(found, Unavailable)
    assert {(entry.remote, entry.remote_port, entry.local_port, entry.udp) for entry in found} == {
        ("203.0.113.5", 443, 50_000, False),
        ("", 0, 61_000, True),
        ("", 0, 5353, True),
    }
    assert isinstance(process_traffic.sockets(FakeIpHelper()), Unavailable)
    assert tables.tcp(b"", 4) == ()


BASE = 0x7FF0_0000
ROWS = [("Dnscache", 10), ("BITS", 20), ("wuauserv", 20), ("Gone", 0)]


def enumerated() -> tuple[bytes, int, int]:
    """As EnumServicesStatusExW fills it: rows, and behind them the names that they point to."""
    at = len(ROWS) * ctypes.sizeof(ServiceRow)
    rows, names = b"", b""
    for name, pid in ROWS:
        rows += bytes(ServiceRow(name=BASE + at + len(names), pid=pid, state=4))
        names += name.encode("utf-16-le") + b"\0\0"
    return rows + names, BASE, len(ROWS)


def test_services_are_listed_by_their_process() -> None:
    assert ctypes.sizeof(ServiceRow) == 56
    assert services.parse(*enumerated()) == {10: ("Dnscache",), 20: ("BITS", "wuauserv")}


def test_where_windows_lists_no_services_there_are_none() -> None:
    class Refusing(ServiceManager):
        def running(self) -> tuple[bytes, int, int] | Unavailable:
            return Unavailable(reason=Reason.NOT_PERMITTED)

    assert services.by_process(Refusing()) == {}


@given(st.binary(max_size=400), st.integers(0, 2**63), st.integers(0, 2**31))
def test_lists_of_services_of_any_kind_are_no_error(junk: bytes, base: int, count: int) -> None:
    assert isinstance(services.parse(junk, base, count), dict)


def test_names_and_ancestors_come_from_one_reading_of_all_processes() -> None:
    kernel = FakeKernel([process(10, "explorer.exe"), process(20, "OneDrive.exe", parent=10, created=2)])
    sources = WindowsSources.of_kernel(kernel)
    names = sources.processes()
    kernel.processes.clear()
    assert not isinstance(names, Unavailable)
    assert names[20] == "OneDrive.exe"
    assert sources.ancestors(20) == ("explorer.exe",)


def test_where_the_kernel_does_not_tell_the_processes_nobody_is_named() -> None:
    sources = WindowsSources.of_kernel(FakeKernel(answers={5: PermissionError("NTSTATUS C0000022")}))
    assert isinstance(sources.processes(), Unavailable)


def test_a_service_manager_that_hangs_costs_the_names_of_services_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    let_go = threading.Event()

    def hang(_manager: object) -> dict[int, tuple[str, ...]]:
        let_go.wait(30)
        return {1: ("wuauserv",)}

    monkeypatch.setattr(services, "by_process", hang)
    monkeypatch.setattr(process_traffic, "ServiceManager", object)
    try:
        assert process_traffic._services() == {}
    finally:
        let_go.set()
