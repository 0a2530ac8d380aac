"""Which process moved what, on Linux: from readings of sockets and of who holds them."""

from __future__ import annotations

import errno
import threading
import time
from collections.abc import Iterator

import pytest

from amif_netcheck.model.facts import Reason, Unavailable
from amif_netcheck.platforms.answers import ProcessTraffic
from amif_netcheck.platforms.linux import process_traffic
from amif_netcheck.platforms.linux.inet_diag import Endpoints, TcpSocket
from amif_netcheck.platforms.linux.process_traffic import OwnedSocket, Sources

HERE = "192.168.1.20"
PEER = Endpoints(HERE, 40000, "203.0.113.7", 443)
NAMES = {70: "rclone", 71: "firefox", 72: "chronyd"}


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


def watched(
    readings: Readings, *owned: OwnedSocket, names: dict[int, str] | None = None
) -> dict[str, ProcessTraffic]:
    """A watch that is stopped at once: the base, and one reading at the end."""
    stop = threading.Event()
    stop.set()
    sources = Sources(readings, lambda: owned, lambda: names or NAMES)
    traffic = process_traffic.watch(frozenset({HERE}), time.monotonic() + 5, stop, sources)
    assert not isinstance(traffic, Unavailable)
    return {process.name: process for process in traffic.processes}


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
