"""Echo by calls: several at once, each answer to its own request, and nothing left behind when the caller is done."""

from __future__ import annotations

import ctypes
import itertools
import socket
import struct
import threading
import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amif_netcheck.measure.exchange import EchoExchange
from amif_netcheck.measure.ledger import Ledger
from amif_netcheck.measure.train import TrainSender
from amif_netcheck.model.facts import Reason, Unavailable
from amif_netcheck.platforms.answers import Address
from amif_netcheck.platforms.windows import echo

BOX = "192.168.1.1"


class FakeCaller:
    """Answers with what was sent, once `answer` lets it."""

    def __init__(self, answer: Callable[[bytes], bytes | None] = lambda data: data) -> None:
        self._answer = answer
        self._numbers = itertools.count(100)
        self._lock = threading.Lock()
        self.open_handles: set[int] = set()
        self.in_use: set[int] = set()
        self.most_at_once = 0
        self.targets: set[tuple[str, int]] = set()

    def open(self, version: int) -> int | Unavailable:
        with self._lock:
            handle = next(self._numbers)
            self.open_handles.add(handle)
        return handle

    def call(self, handle: int, target: Address, scope: int, data: bytes) -> bytes | None:
        with self._lock:
            assert handle in self.open_handles
            assert handle not in self.in_use
            self.in_use.add(handle)
            self.most_at_once = max(self.most_at_once, len(self.in_use))
            self.targets.add((str(target), scope))
        try:
            return self._answer(data)
        finally:
            with self._lock:
                self.in_use.discard(handle)

    def close(self, handle: int) -> None:
        with self._lock:
            self.open_handles.remove(handle)


def opened(caller: FakeCaller, address: str = BOX, scope: int = 0) -> socket.socket:
    sock = echo.echo_socket(address, scope, caller)
    assert isinstance(sock, socket.socket)
    sock.settimeout(5)
    return sock


def wait_until(holds: Callable[[], bool]) -> bool:
    end = time.monotonic() + 5
    while not holds() and time.monotonic() < end:
        time.sleep(0.01)
    return holds()


@pytest.mark.parametrize("address", [BOX, "fe80::1%7"])
def test_an_answer_bears_the_number_of_its_request(address: str) -> None:
    caller = FakeCaller()
    exchange = EchoExchange(ipv6=":" in address)
    with opened(caller, address, 7) as sock:
        for sequence in (0, 1, 65_535):
            sock.send(exchange.request(sequence))
            assert exchange.sequence_of(sock.recv(2048)) == sequence
    assert caller.targets == {(address.partition("%")[0], 7)}


def test_requests_do_not_wait_for_each_others_answers() -> None:
    together = threading.Barrier(10)

    def answer(data: bytes) -> bytes:
        together.wait(5)
        return data

    caller = FakeCaller(answer)
    exchange = EchoExchange(ipv6=False)
    with opened(caller) as sock:
        for sequence in range(10):
            sock.send(exchange.request(sequence))
        answered = {exchange.sequence_of(sock.recv(2048)) for _ in range(10)}
    assert answered == set(range(10))
    assert caller.most_at_once == 10


def test_a_worker_that_has_nothing_to_do_is_used_again() -> None:
    caller = FakeCaller()
    exchange = EchoExchange(ipv6=False)
    with opened(caller) as sock:
        for sequence in range(20):
            sock.send(exchange.request(sequence))
            sock.recv(2048)
        assert len(caller.open_handles) <= 3  # one may not have come back when the next request came


def test_a_box_that_stays_silent_gives_no_answer_and_holds_a_bounded_number_of_threads() -> None:
    silent = threading.Event()

    def answer(_data: bytes) -> None:
        silent.wait(5)

    caller = FakeCaller(answer)
    exchange = EchoExchange(ipv6=False)
    with opened(caller) as sock:
        for sequence in range(200):
            sock.send(exchange.request(sequence))
        assert wait_until(lambda: len(caller.in_use) == 64)
        sock.settimeout(0.1)
        with pytest.raises(TimeoutError):
            sock.recv(2048)
    silent.set()
    assert wait_until(lambda: not caller.open_handles)
    assert caller.most_at_once == 64


def test_what_is_no_echo_request_is_not_called_out() -> None:
    caller = FakeCaller()
    with opened(caller) as sock:
        for junk in (
            b"",
            b"\x08",
            struct.pack("!BBHHH", 0, 0, 0, 0, 1) + b"x",
            EchoExchange(ipv6=True).request(1),
        ):
            sock.send(junk)
        exchange = EchoExchange(ipv6=False)
        sock.send(exchange.request(7))
        assert exchange.sequence_of(sock.recv(2048)) == 7
    assert caller.most_at_once == 1


def test_closing_ends_the_threads_and_their_handles() -> None:
    caller = FakeCaller()
    sock = opened(caller)
    exchange = EchoExchange(ipv6=False)
    sock.send(exchange.request(1))
    sock.recv(2048)
    sock.close()
    assert wait_until(lambda: not caller.open_handles)


def test_a_socket_that_was_never_used_leaves_nothing_behind() -> None:
    caller = FakeCaller()
    opened(caller).close()
    assert wait_until(lambda: not caller.open_handles)


def test_a_train_over_calls_is_a_train() -> None:
    """Every tenth request stays unanswered."""
    count = itertools.count()
    caller = FakeCaller(lambda data: None if next(count) % 10 == 9 else data)
    with opened(caller) as sock:
        sender = TrainSender(sock, EchoExchange(ipv6=False), Ledger())
        samples = sender.run(
            40, until=time.monotonic() + 20, stop=threading.Event(), interval_s=0.005, patience_s=0.3
        )
    assert len(samples.rtt_ns) == 40
    assert samples.received == 36
    assert samples.rejected == 0


def test_without_a_handle_there_is_no_socket() -> None:
    class Refusing(FakeCaller):
        def open(self, version: int) -> int | Unavailable:
            return Unavailable(reason=Reason.UNSUPPORTED, detail="error 120")

    answer = echo.echo_socket("fe80::1", 3, Refusing())
    assert isinstance(answer, Unavailable)
    assert answer.reason is Reason.UNSUPPORTED


def reply_4(data: bytes, status: int = 0, base: int = 0x1000) -> bytes:
    """ICMP_ECHO_REPLY in memory at `base`, the data behind it, by hand after ipexport.h."""
    head = echo.EchoReply4(status=status, data_size=len(data), data=base + ctypes.sizeof(echo.EchoReply4))
    return bytes(head) + data


def test_the_data_of_an_answer_are_found_where_the_reply_points() -> None:
    assert ctypes.sizeof(echo.EchoReply4) == 40
    assert echo.parse_4(reply_4(b"hello") + bytes(50), 0x1000) == b"hello"
    assert echo.parse_4(reply_4(b"hello", status=11010), 0x1000) is None
    assert echo.parse_4(reply_4(b"hello"), 0x2000) is None


def test_the_data_of_an_ipv6_answer_come_right_behind_the_reply() -> None:
    assert ctypes.sizeof(echo.EchoReply6) == 36
    assert echo.parse_6(bytes(echo.EchoReply6()) + b"hello\0\0", 5) == b"hello"
    assert echo.parse_6(bytes(echo.EchoReply6(status=11003)) + b"hello", 5) is None


@given(st.binary(max_size=120), st.integers(0, 2**64 - 1), st.integers(0, 200))
def test_replies_of_any_kind_are_no_error(junk: bytes, base: int, size: int) -> None:
    for data in (echo.parse_4(junk, base), echo.parse_6(junk, size)):
        assert data is None or len(data) <= len(junk)


def test_both_ends_of_a_pair_hear_nobody_else() -> None:
    near, far = echo._pair()
    with near, far, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        stranger.sendto(b"stranger", near.getsockname())
        far.send(b"own")
        near.settimeout(5)
        assert near.recv(100) == b"own"
