"""Servers and trains over loopback, where every answer is the test's own choice."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import ip_address

import pytest

from amif_netcheck.measure.exchange import PROBE_BYTES, EchoExchange, StunExchange
from amif_netcheck.measure.ledger import LINK_AND_IPV4, Ledger, Meter
from amif_netcheck.measure.names import Address, Names
from amif_netcheck.measure.servers import SelectedServer, choose
from amif_netcheck.measure.train import Samples, TrainSender
from amif_netcheck.model.address import Server
from amif_netcheck.model.facts import Reason, Unavailable
from tests.systems import WINDOWS, needs_udp_refusals

Answer = Callable[[int, bytes], list[bytes]]
"""(how many requests came before, request) -> datagrams to send back."""


def stun(request: bytes) -> bytes:
    """A success response without attributes."""
    return b"\x01\x01\x00\x00" + request[4:20]


@contextmanager
def server(answer: Answer) -> Iterator[int]:
    """A UDP server on loopback; yields its port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        done = threading.Event()

        def serve() -> None:
            seen = 0
            while True:
                request, sender = sock.recvfrom(2048)
                if done.is_set():
                    return
                for datagram in answer(seen, request):
                    sock.sendto(datagram, sender)
                seen += 1

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        port = sock.getsockname()[1]
        try:
            yield port
        finally:
            done.set()
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as waker:
                waker.sendto(b"", ("127.0.0.1", port))
            thread.join(5)


def train(answer: Answer, count: int = 30, patience_s: float = 0.3) -> Samples:
    with server(answer) as port, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.connect(("127.0.0.1", port))
        runner = TrainSender(sock, StunExchange(), Ledger())
        return runner.run(
            count,
            until=time.monotonic() + 20,
            stop=threading.Event(),
            interval_s=0.002,
            patience_s=patience_s,
        )


def test_every_request_answered() -> None:
    samples = train(lambda _n, request: [stun(request)])
    assert (len(samples.rtt_ns), samples.received, samples.late, samples.rejected) == (30, 30, 0, 0)


def test_every_third_answer_lost() -> None:
    samples = train(lambda n, request: [] if n % 3 == 2 else [stun(request)])
    assert [rtt is None for rtt in samples.rtt_ns] == [index % 3 == 2 for index in range(30)]


def test_two_answers_are_not_more_than_one() -> None:
    samples = train(lambda _n, request: [stun(request), stun(request)])
    assert samples.received == 30


def test_answers_out_of_order_find_their_request() -> None:
    held: list[bytes] = []

    def swap(_n: int, request: bytes) -> list[bytes]:
        held.append(stun(request))
        if len(held) < 2:
            return []
        pair = [held[1], held[0]]
        held.clear()
        return pair

    assert train(swap).received == 30


def test_garbage_is_counted_and_answers_nothing() -> None:
    samples = train(lambda _n, _request: [b"\x00" * 40, b"", b"HTTP/1.1 400"])
    assert samples.received == 0
    assert samples.rejected == 90


def test_a_request_sent_back_is_no_answer() -> None:
    assert train(lambda _n, request: [request]).received == 0


@needs_udp_refusals
def test_nothing_listens() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.connect(("127.0.0.1", port))
        samples = TrainSender(sock, StunExchange(), Ledger()).run(
            10, until=time.monotonic() + 20, stop=threading.Event(), interval_s=0.002, patience_s=0.2
        )
    assert samples.received == 0
    assert samples.refused_last


def test_a_train_ends_in_time_with_what_fitted() -> None:
    with (
        server(lambda _n, request: [stun(request)]) as port,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock,
    ):
        sock.connect(("127.0.0.1", port))
        until = time.monotonic() + 0.5
        samples = TrainSender(sock, StunExchange(), Ledger()).run(
            10_000, until=until, stop=threading.Event(), interval_s=0.01, patience_s=0.2
        )
        assert time.monotonic() < until + 0.5
    assert 0 < len(samples.rtt_ns) < 60


def test_a_stopped_train_is_quiet_at_once() -> None:
    requests = []

    def note(_n: int, request: bytes) -> list[bytes]:
        requests.append(request)
        stop.set()
        return []

    stop = threading.Event()
    with server(note) as port, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.connect(("127.0.0.1", port))
        samples = TrainSender(sock, StunExchange(), Ledger()).run(
            500, until=time.monotonic() + 20, stop=stop, interval_s=0.02
        )
    assert len(samples.rtt_ns) < 50


def chosen(*servers: Server, names: Names | None = None) -> SelectedServer | Unavailable:
    answer, found = choose(servers, names or Names(), until=time.monotonic() + 2, stop=threading.Event())
    assert found.asked == len(servers)
    if isinstance(answer, SelectedServer):
        answer.sock.close()
    return answer


def test_the_first_server_that_answers_is_chosen() -> None:
    with server(lambda _n, _request: []) as silent, server(lambda _n, request: [stun(request)]) as good:
        answer = chosen(Server("127.0.0.1", silent), Server("127.0.0.1", good))
    assert isinstance(answer, SelectedServer)
    assert answer.server.port == good


@pytest.mark.parametrize("lost", [1, 8])
def test_lost_first_requests_are_no_silent_server(lost: int) -> None:
    with server(lambda n, request: [stun(request)] if n >= lost else []) as port:
        assert isinstance(chosen(Server("127.0.0.1", port)), SelectedServer)


@needs_udp_refusals
def test_silence_garbage_and_refusal_are_told_apart() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as closed:
        closed.bind(("127.0.0.1", 0))
        nobody = closed.getsockname()[1]
    with server(lambda _n, _request: [b"garbage"]) as garbage:
        for port, reason in ((garbage, Reason.TIMEOUT), (nobody, Reason.BLOCKED)):
            answer = chosen(Server("127.0.0.1", port))
            assert isinstance(answer, Unavailable)
            assert answer.reason is reason


class Known(Names):
    """Names as a test gives them."""

    def __init__(self, answers: dict[str, tuple[Address, ...] | Unavailable]) -> None:
        super().__init__()
        self._answers = answers

    def start(self, host: str) -> None:
        pass

    def resolve(self, host: str, *, until: float) -> tuple[Address, ...] | Unavailable:
        return self._answers[host]


@pytest.mark.parametrize(
    ("failure", "reason"),
    [
        (Unavailable(reason=Reason.TIMEOUT), Reason.TIMEOUT),
        (Unavailable(reason=Reason.NOT_PRESENT, detail="no such name"), Reason.BLOCKED),
        (Unavailable(reason=Reason.ERROR), Reason.ERROR),
    ],
)
def test_unknown_names_are_never_a_missing_network(failure: Unavailable, reason: Reason) -> None:
    answer = chosen(Server("a.example"), names=Known({"a.example": failure}))
    assert isinstance(answer, Unavailable)
    assert answer.reason is reason


def test_one_dead_name_does_not_hide_a_good_server() -> None:
    with server(lambda _n, request: [stun(request)]) as port:
        names = Known(
            {"dead.example": Unavailable(reason=Reason.TIMEOUT), "good.example": (ip_address("127.0.0.1"),)}
        )
        answer = chosen(Server("dead.example"), Server("good.example", port), names=names)
    assert isinstance(answer, SelectedServer)
    assert answer.server.host == "good.example"


def test_echoes_over_a_stand_in_for_an_icmp_socket_count_as_what_goes_over_the_line() -> None:
    ledger = Ledger()
    with socket.socket(type=socket.SOCK_DGRAM) as near, socket.socket(type=socket.SOCK_DGRAM) as far:
        far.bind(("127.0.0.1", 0))
        near.connect(far.getsockname())
        TrainSender(near, EchoExchange(ipv6=False), ledger).run(
            3, until=time.monotonic() + 5, stop=threading.Event(), interval_s=0.002, patience_s=0.05
        )
        Meter(ledger, near).sent(1_000)
    assert ledger.read() == (3 * (PROBE_BYTES + LINK_AND_IPV4), 0), (
        "of each an IP packet without a UDP header"
    )


def test_a_resolver_that_hangs_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    forever = threading.Event()

    def hang(*_: object, **__: object) -> list[object]:
        forever.wait()
        return []

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    answer = Names().resolve("slow.example", until=time.monotonic() + 0.2)
    assert isinstance(answer, Unavailable)
    assert answer.reason is Reason.TIMEOUT
    forever.set()


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (socket.gaierror(socket.EAI_AGAIN, "try again"), Reason.TIMEOUT),
        (socket.gaierror(socket.EAI_NONAME, "no such name"), Reason.NOT_PRESENT),
        (UnicodeError("label too long"), Reason.ERROR),
    ],
)
def test_failed_lookups(monkeypatch: pytest.MonkeyPatch, error: Exception, reason: Reason) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    answer = Names().resolve("x.example", until=time.monotonic() + 5)
    assert isinstance(answer, Unavailable)
    unsaid = (
        WINDOWS and reason is Reason.NOT_PRESENT
    )  # it says the same where no name server answers: they are asked
    assert answer.reason in ({reason, Reason.TIMEOUT} if unsaid else {reason})


def test_offline_looks_nothing_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", None)
    names = Names(offline=True)
    answer = names.resolve("x.example", until=time.monotonic() + 5)
    assert isinstance(answer, Unavailable)
    assert answer.reason is Reason.NOT_REQUESTED
    assert names.resolve("[2001:db8::1]", until=0) == (ip_address("2001:db8::1"),)
