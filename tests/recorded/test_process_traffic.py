"""Which process moved what, on Linux: from readings of sockets and of who holds them."""

from __future__ import annotations

import errno
import socket
import threading
import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import psutil
import pytest

from amif_netcheck.model.facts import Reason, Unavailable
from amif_netcheck.platforms.answers import ProcessTraffic, TrafficByProcess
from amif_netcheck.platforms.linux import process_traffic
from amif_netcheck.platforms.linux.inet_diag import Endpoints, TcpSocket
from amif_netcheck.platforms.linux.process_traffic import OwnedSocket, Sources, TunnelCounters

HERE = "192.168.1.20"
PEER = Endpoints(HERE, 40000, "203.0.113.7", 443)
NAMES = {1: "systemd", 70: "rclone", 71: "firefox", 72: "chronyd"}


def reading(*moved: tuple[Endpoints, int, int]) -> list[TcpSocket]:
    return [TcpSocket(endpoints, sent, received) for endpoints, sent, received in moved]


class Readings:
    """Successive readings of the sockets, the last of which repeats."""

    def __init__(self, *readings: list[TcpSocket] | OSError) -> None:
        self._readings: Iterator[list[TcpSocket] | OSError] = iter(readings)
        self._last: list[TcpSocket] | OSError = []

    def __call__(self) -> list[TcpSocket]:
        self._last = next(self._readings, self._last)
        if isinstance(self._last, OSError):
            raise self._last
        return self._last


def watched_whole(
    readings: Readings, *owned: OwnedSocket, names: dict[int, str] | None = None, **more: Any
) -> TrafficByProcess:
    """A watch that is stopped at once: the base, and one reading at the end; `more` are other sources."""
    stop = threading.Event()
    stop.set()
    more = {"tunnels_by_process": dict, "tunnel_counters": dict, "ancestors": lambda _pid: (), **more}
    sources = Sources(readings, lambda: owned, lambda: names or NAMES, **more)
    traffic = process_traffic.watch(frozenset({HERE}), time.monotonic() + 5, stop, sources)
    assert not isinstance(traffic, Unavailable)
    return traffic


def watched(
    readings: Readings, *owned: OwnedSocket, names: dict[int, str] | None = None, **more: Any
) -> dict[str, ProcessTraffic]:
    return {
        process.name: process for process in watched_whole(readings, *owned, names=names, **more).processes
    }


def test_what_moved_since_the_base_counts_and_a_new_connection_from_zero() -> None:
    appeared = Endpoints(HERE, 40004, "203.0.113.9", 443)
    found = watched(
        Readings(reading((PEER, 10**9, 5)), reading((PEER, 10**9 + 250, 10), (appeared, 40, 2))),
        OwnedSocket(pid=70, endpoints=PEER),
        OwnedSocket(pid=71, endpoints=appeared),
    )
    assert (found["rclone"].sent, found["rclone"].received) == (250, 5)
    assert (found["firefox"].sent, found["firefox"].received) == (40, 2)


def test_a_counter_that_went_backwards_is_another_connections() -> None:
    readings = Readings(reading((PEER, 1000, 0)), reading((PEER, 30, 0)))
    assert watched(readings, OwnedSocket(pid=70, endpoints=PEER))["rclone"].sent == 30


def test_what_stays_within_the_computer_uses_no_line() -> None:
    inside, loopback = Endpoints(HERE, 1, HERE, 2), Endpoints("127.0.0.1", 3, "127.0.0.1", 4)
    found = watched(
        Readings(reading((inside, 0, 0), (loopback, 0, 0)), reading((inside, 10, 0), (loopback, 10, 0))),
        OwnedSocket(pid=70, endpoints=inside),
        OwnedSocket(pid=70, endpoints=loopback),
    )
    assert found == {}


def test_connections_over_udp_are_counted_apart() -> None:
    def udp(pid: int, port: int) -> OwnedSocket:
        return OwnedSocket(pid=pid, endpoints=Endpoints(HERE, 50000, "203.0.113.8", port), udp=True)

    found = watched(
        Readings([]),
        OwnedSocket(pid=71, endpoints=PEER),
        OwnedSocket(pid=71, endpoints=PEER, udp=True),  # the same numbers, another protocol
        udp(71, 443),
        udp(72, 123),
    )
    counts = {
        name: (each.connections, each.udp_connections, each.quic_connections) for name, each in found.items()
    }
    assert counts == {"firefox": (3, 2, 2), "chronyd": (1, 1, 0)}


def test_without_a_base_bytes_are_unknown_and_connections_are_not() -> None:
    readings = Readings(PermissionError(errno.EPERM, "refused"), reading((PEER, 10**9, 0)))
    process = watched(readings, OwnedSocket(pid=70, endpoints=PEER))["rclone"]
    assert process.connections == 1
    assert isinstance(process.sent, Unavailable)
    assert process.sent.reason is Reason.NOT_PERMITTED


def test_a_later_reading_that_fails_keeps_the_others() -> None:
    readings = Readings(reading((PEER, 0, 0)), OSError(errno.EBUSY, "busy"))
    assert watched(readings, OwnedSocket(pid=70, endpoints=PEER))["rclone"].sent == 0


def test_a_process_that_ended_is_not_named() -> None:
    readings = Readings(reading((PEER, 0, 0)), reading((PEER, 10, 0)))
    assert watched(readings, OwnedSocket(pid=70, endpoints=PEER), names={1: "init"}) == {}


@pytest.mark.parametrize(
    ("sources", "reason"),
    [
        (Sources(Readings([]), lambda: (), lambda: Unavailable(reason=Reason.NOT_PERMITTED)), Reason.NOT_PERMITTED),
        (Sources(Readings(TimeoutError("slow")), lambda: (), lambda: NAMES), Reason.TIMEOUT),
    ],
    ids=["no names of processes", "neither bytes nor connections"],
)  # fmt: skip
def test_what_can_not_be_told(sources: Sources, reason: Reason) -> None:
    traffic = process_traffic.watch(frozenset(), time.monotonic(), threading.Event(), sources)
    assert isinstance(traffic, Unavailable)
    assert traffic.reason is reason


QBITTORRENT = [
    ("192.168.1.20", 1900, "", 0),
    ("192.168.1.20", 37963, "", 0),
    ("192.168.1.20", 55376, "", 0),
    ("192.168.1.20", 6882, "", 0),
    ("127.0.0.1", 6882, "", 0),
    ("192.168.1.20", 42764, "10.255.255.53", 53),
    ("fe80::3828:cdff:fefb:619", 6882, "", 0),
    ("::1", 6882, "", 0),
]
TRANSMISSION = [("0.0.0.0", 6883, "", 0), ("2001:db8:1::20", 6883, "", 0)]
ARIA2 = [("0.0.0.0", 6984, "", 0)]
NOT_OURS_TO_COUNT = [
    ("0.0.0.0", 5353, "", 0),
    ("::", 5353, "", 0),
    ("127.0.0.53", 53, "", 0),
    ("::1", 9999, "", 0),
]


def entry(kind: int, here: tuple[str, int], there: tuple[str, int], pid: int | None) -> SimpleNamespace:
    """As `psutil.net_connections` gives it."""
    local, remote = (SimpleNamespace(ip=address, port=port) for address, port in (here, there))
    return SimpleNamespace(type=kind, laddr=local, raddr=remote if there[0] else (), pid=pid)


@pytest.mark.parametrize(
    ("listed", "unconnected", "connected"),
    [
        pytest.param(QBITTORRENT, 4, 1, id="qBittorrent 4.5.2"),
        pytest.param(TRANSMISSION, 2, 0, id="Transmission 3.00"),
        pytest.param(ARIA2, 1, 0, id="aria2 1.36.0"),
        pytest.param(NOT_OURS_TO_COUNT, 0, 0, id="announcements, and what stays within the computer"),
    ],
)
def test_sockets_without_a_peer_are_counted_where_they_reach_others(
    listed: list[tuple[str, int, str, int]], unconnected: int, connected: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As psutil lists the UDP sockets of real programs."""
    entries = [entry(socket.SOCK_DGRAM, (here, port), (peer, at), 70) for here, port, peer, at in listed]
    monkeypatch.setattr(psutil, "net_connections", lambda kind: entries)
    owned = process_traffic.connections()
    assert not isinstance(owned, Unavailable)
    found = watched(Readings([]), *owned).get("rclone", ProcessTraffic(pid=70, name="", sent=0, received=0))
    assert (found.unconnected_udp, found.connections) == (unconnected, connected)


def test_connections_over_tcp_that_nobody_holds_or_that_have_no_peer_are_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here, there = (HERE, 40000), ("203.0.113.7", 443)
    entries = [
        entry(socket.SOCK_STREAM, here, there, None),  # TIME_WAIT
        entry(socket.SOCK_STREAM, here, ("", 0), 70),  # LISTEN
        entry(socket.SOCK_STREAM, here, there, 70),
    ]
    monkeypatch.setattr(psutil, "net_connections", lambda kind: entries)
    assert process_traffic.connections() == (OwnedSocket(pid=70, endpoints=PEER),)


# --- a tunnel's own connections -------------------------------------------------------------------

INSIDE = Endpoints("10.8.0.2", 40001, "203.0.113.9", 443)
TRANSPORT = Endpoints(HERE, 40002, "198.51.100.7", 443)


def tunnel(*, sent: int, received: int, name: str = "tun0") -> Callable[[], dict[str, TunnelCounters]]:
    """Counters of a tunnel's interface, which begin at some number and have grown by this at the second reading."""
    readings = iter([(1000, 2000), (1000 + sent, 2000 + received)])

    def counters() -> dict[str, TunnelCounters]:
        out, back = next(readings)
        return {name: TunnelCounters(sent=out, received=back)}

    return counters


def moved(inside: tuple[int, int], transport: tuple[int, int]) -> Readings:
    return Readings(
        reading((INSIDE, 0, 0), (TRANSPORT, 0, 0)), reading((INSIDE, *inside), (TRANSPORT, *transport))
    )


HOLDERS = (OwnedSocket(pid=70, endpoints=INSIDE), OwnedSocket(pid=71, endpoints=TRANSPORT))


@pytest.mark.parametrize("program", ["openconnect", "openvpn", "vpnclient", "ssh", "tincd"])
def test_what_goes_through_a_tunnel_over_tcp_is_its_applications_alone(program: str) -> None:
    found = watched(
        moved((50, 10**7), (4000, 10**7 + 300_000)),
        *HOLDERS,
        names={70: "curl", 71: program},
        tunnels_by_process=lambda: {71: {"tun0"}},
        tunnel_counters=tunnel(sent=5000, received=10**7 + 400_000),
    )
    assert {name: (one.sent, one.received) for name, one in found.items()} == {
        "curl": (50, 10**7),
        program: (0, 0),
    }


def test_what_a_tunnels_process_moves_for_itself_stays_its_own() -> None:
    found = watched(
        moved((0, 0), (10**7, 0)),
        *HOLDERS,
        tunnels_by_process=lambda: {71: {"tun0"}},
        tunnel_counters=tunnel(sent=10**6, received=0),
    )
    assert found["firefox"].sent == 9 * 10**6


@pytest.mark.parametrize("interface", ["tap0", "tun9"])
def test_a_tunnel_of_another_network_namespace_carries_nothing_of_ours(interface: str) -> None:
    """slirp4netns holds a container's tap: what the container moves is seen on its connections alone."""
    found = watched(
        moved((0, 0), (10**7, 0)),
        *HOLDERS,
        tunnels_by_process=lambda: {71: {interface}},
        tunnel_counters=tunnel(sent=10**7, received=0),
    )
    assert found["firefox"].sent == 10**7


def test_what_a_tunnel_sends_over_udp_is_no_quic() -> None:
    over_udp = OwnedSocket(pid=71, endpoints=Endpoints(HERE, 50000, "198.51.100.7", 443), udp=True)
    without_peer = OwnedSocket(pid=71, endpoints=Endpoints("0.0.0.0", 51820, "", 0), udp=True)
    owned = (over_udp, without_peer)
    (plain,) = watched(Readings([]), *owned).values()
    assert (plain.quic_connections, plain.unconnected_udp) == (1, 1)
    (holder,) = watched(
        Readings([]),
        *owned,
        tunnels_by_process=lambda: {71: {"tun0"}},
        tunnel_counters=tunnel(sent=0, received=0),
    ).values()
    assert (holder.udp_connections, holder.quic_connections, holder.unconnected_udp) == (1, 0, 0)


# --- what other accounts do -----------------------------------------------------------------------

OURS, THEIRS = 1000, 1001


def of_account(account: int, sent: int) -> Readings:
    return Readings([TcpSocket(PEER, 0, 0, account)], [TcpSocket(PEER, sent, 7, account)])


def test_what_other_accounts_move_is_known_where_their_programs_are_hidden() -> None:
    traffic = watched_whole(of_account(THEIRS, 250), account=OURS, sees_all=lambda: False)
    assert (traffic.others_hidden, traffic.hidden_sent, traffic.hidden_received) == (True, 250, 7)
    assert traffic.processes == ()


@pytest.mark.parametrize(
    ("sees_all", "of", "owned"),
    [
        pytest.param(True, THEIRS, (), id="the administrator sees all: it has ended"),
        pytest.param(False, OURS, (), id="ours, ended"),
        pytest.param(False, THEIRS, (OwnedSocket(pid=70, endpoints=PEER),), id="theirs, seen"),
    ],
)
def test_who_can_be_seen_is_not_hidden(sees_all: bool, of: int, owned: tuple[OwnedSocket, ...]) -> None:
    traffic = watched_whole(of_account(of, 250), *owned, account=OURS, sees_all=lambda: sees_all)
    assert (traffic.others_hidden, traffic.hidden_sent) == (False, 0)


@pytest.mark.parametrize(
    ("remote", "port", "hidden"),
    [
        pytest.param("203.0.113.8", 443, True, id="QUIC"),
        pytest.param("203.0.113.8", 123, False, id="a clock"),
        pytest.param(HERE, 443, False, id="within the computer"),
        pytest.param("", 0, False, id="no peer: every system has some"),
    ],
)
def test_a_hidden_programs_sockets_over_udp_tell_that_there_is_one(
    remote: str, port: int, hidden: bool
) -> None:
    udp = OwnedSocket(pid=None, endpoints=Endpoints(HERE, 50000, remote, port), udp=True)
    assert watched_whole(Readings([]), udp, sees_all=lambda: False).others_hidden is hidden


def test_where_processes_are_hidden_altogether_nobody_is_left_out() -> None:
    names = {70: "bash"}
    assert watched_whole(Readings([]), names=names, sees_all=lambda: False).others_hidden
    assert not watched_whole(Readings([]), names=names, sees_all=lambda: True).others_hidden


def test_connections_of_others_that_move_nothing_hide_nothing() -> None:
    idle = Readings([TcpSocket(PEER, 9, 9, THEIRS)])
    assert not watched_whole(idle, account=OURS, sees_all=lambda: False).others_hidden
