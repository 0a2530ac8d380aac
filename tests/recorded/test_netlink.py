"""Questions to a kernel that is disturbed, refuses, or says nothing: made up, so that it runs on any system."""

from __future__ import annotations

import errno
import os
import socket
import struct
import threading
import time
from collections.abc import Callable
from ipaddress import ip_address

import pytest

from amif_netcheck.model.facts import Reason, Unavailable
from amif_netcheck.platforms.linux import inet_diag, netlink, rtnetlink
from amif_netcheck.platforms.linux.netlink import NetlinkSocket, TableChangingError
from amif_netcheck.platforms.linux.network import Network
from amif_netcheck.platforms.linux.rtnetlink import Dump
from tests.recorded.test_linux import decoded, raw, recorded

DONE, ERROR, INTERRUPTED = 3, 2, 0x10


def message(sequence: int, content: bytes, kind: int = 16, flags: int = 2) -> bytes:
    padding = bytes(-len(content) % 4)
    return struct.pack("=IHHII", 16 + len(content), kind, flags, sequence, 0) + content + padding


class Kernel:
    """Answers each question with the next of `readings`: an error number, or contents with whether they changed meanwhile."""

    def __init__(self, *readings: tuple[list[bytes], bool] | int) -> None:
        self._readings = list(readings)
        self._waiting: list[bytes] = []
        self.questions = 0

    def __call__(self, *_family: object) -> Kernel:
        return self

    def settimeout(self, seconds: float) -> None:
        assert seconds > 0

    def send(self, question: bytes) -> None:
        self.questions += 1
        (sequence,) = struct.unpack_from("=I", question, 8)
        reading = self._readings.pop(0) if len(self._readings) > 1 else self._readings[0]
        if isinstance(reading, int):
            self._waiting = [message(sequence, struct.pack("=i", -reading) + bytes(16), ERROR)]
            return
        contents, interrupted = reading
        flags = 2 | (INTERRUPTED if interrupted else 0)
        end = message(sequence, struct.pack("=i", 0), DONE, flags)
        stray = message(sequence + 7, b"of another question")
        self._waiting = [stray + b"".join(message(sequence, each, flags=flags) for each in contents), end]

    def recvfrom(self, _size: int) -> tuple[bytes, tuple[int, int]]:
        if not self._waiting:
            raise TimeoutError
        return self._waiting.pop(0), (0, 0)

    def close(self) -> None:
        pass


@pytest.fixture
def kernel(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Kernel]:
    def answering(*readings: tuple[list[bytes], bool] | int) -> Kernel:
        made = Kernel(*readings)
        monkeypatch.setattr(socket, "AF_NETLINK", 16, raising=False)
        monkeypatch.setattr(socket, "socket", made)
        return made

    return answering


def dumped() -> list[bytes]:
    with NetlinkSocket(netlink.ROUTE, time.monotonic() + 5) as asking:
        return asking.dump(18, b"")


@pytest.mark.parametrize(
    "disturbance",
    [([b"part", b"gone"], True), errno.EINTR, errno.EBUSY, errno.EAGAIN, errno.ENOBUFS],
    ids=["a change while it is read", "EINTR", "EBUSY", "EAGAIN", "ENOBUFS"],
)
def test_a_dump_that_was_disturbed_is_read_again(
    kernel: Callable[..., Kernel], disturbance: tuple[list[bytes], bool] | int
) -> None:
    asked = kernel(disturbance, ([b"one", b"two"], False))
    assert dumped() == [b"one", b"two"]
    assert asked.questions == 2


def test_of_a_table_that_never_rests_all_that_was_seen_is_kept(kernel: Callable[..., Kernel]) -> None:
    kernel(([b"a", b"b"], True), ([b"b", b"c"], True), errno.EINTR, ([b"d"], True))
    with pytest.raises(TableChangingError) as changing:
        dumped()
    assert changing.value.partial == [b"a", b"b", b"c", b"d"]


def test_neighbours_and_connections_that_were_seen_count_in_a_table_that_never_rests(
    kernel: Callable[..., Kernel],
) -> None:
    recording = raw()
    entries, sockets = decoded(recording.neighbours), decoded(recording.tcp_sockets)
    kernel((entries[:2], True), (entries, True))
    assert len(rtnetlink.neighbours(2)) == len(entries)
    kernel((sockets, True))
    assert {each.endpoints.local_port for each in inet_diag.tcp_sockets()} >= set(recording.ports)


@pytest.mark.parametrize(
    ("reading", "reason"),
    [
        (([b""], True), Reason.TIMEOUT),
        (errno.EPERM, Reason.NOT_PERMITTED),
        (errno.EACCES, Reason.NOT_PERMITTED),
        (errno.EOPNOTSUPP, Reason.UNSUPPORTED),
        (errno.ENODEV, Reason.NOT_PRESENT),
        (errno.EINVAL, Reason.ERROR),
        (errno.EINTR, Reason.TIMEOUT),
    ],
)
def test_what_stood_in_the_way_is_said_as_it_is(
    kernel: Callable[..., Kernel], reading: tuple[list[bytes], bool] | int, reason: Reason
) -> None:
    kernel(reading)
    network = Network()
    for answer in (network.interfaces(), network.gateway(), network.networks("eth0"), network.index("eth0")):
        assert isinstance(answer, Unavailable)
        assert answer.reason is reason


def test_sockets_that_are_forbidden_are_not_permitted(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_family: object) -> None:
        raise OSError(
            errno.EAFNOSUPPORT, os.strerror(errno.EAFNOSUPPORT)
        )  # systemd's RestrictAddressFamilies

    monkeypatch.setattr(socket, "AF_NETLINK", 16, raising=False)
    monkeypatch.setattr(socket, "socket", forbidden)
    interfaces = Network().interfaces()
    assert isinstance(interfaces, Unavailable)
    assert interfaces.reason is Reason.NOT_PERMITTED


def test_a_kernel_that_says_nothing_is_not_waited_for(
    kernel: Callable[..., Kernel], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kernel(([], False)), "send", lambda _question: None)
    with pytest.raises(TimeoutError):
        dumped()


def test_all_who_ask_share_one_reading() -> None:
    readings: list[int] = []
    together = threading.Barrier(4)

    def read() -> Dump:
        readings.append(1)
        return recorded("openvpn-full-by-halves")

    network = Network(read)

    def ask() -> None:
        together.wait(5)
        network.interfaces()
        network.gateway()
        network.egress(ip_address("127.0.0.1"))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    assert len(readings) == 1


def test_what_could_not_be_read_is_not_asked_for_by_each_anew() -> None:
    readings: list[int] = []

    def read() -> Dump:
        readings.append(1)
        raise TimeoutError

    network = Network(read)
    answers = [network.interfaces(), network.gateway(), network.base("eth0")]
    assert all(isinstance(answer, Unavailable) and answer.reason is Reason.TIMEOUT for answer in answers)
    assert len(readings) == 1
