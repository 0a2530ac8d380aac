"""A refused, forbidden or overlong datagram, told as Windows and macOS tell it, over real sockets."""

from __future__ import annotations

import errno
import socket
import threading
import time
from ipaddress import IPv4Network, ip_address
from typing import Any

import pytest

from amif_netcheck.measure import call, dns, gateway, mdns, ssdp
from amif_netcheck.measure import sweep as sweeping
from amif_netcheck.measure.dialling import dial
from amif_netcheck.measure.exchange import StunExchange
from amif_netcheck.measure.ledger import Ledger
from amif_netcheck.measure.media import MediaPlan
from amif_netcheck.measure.names import Names, TheseAddresses
from amif_netcheck.measure.reach import outcomes, udp
from amif_netcheck.measure.servers import choose
from amif_netcheck.measure.socket_errors import Trouble, trouble
from amif_netcheck.measure.sweep import sweep
from amif_netcheck.measure.train import Samples, TrainSender
from amif_netcheck.model.address import Server
from amif_netcheck.model.facts import Outcome, Reason, Role, Unavailable
from amif_netcheck.serve.access_log import AccessLog
from amif_netcheck.serve.calls import Calls
from amif_netcheck.serve.clients import AdmissionControl
from amif_netcheck.serve.config import ServeLimits
from amif_netcheck.serve.datagrams import Datagrams
from amif_netcheck.serve.udp_socket import Peer, SourceAwareUdpSocket
from tests.program.test_trains import server, stun
from tests.systems import needs_real_windows
from tests.windows_sockets import EACCES, ECONNRESET, EMSGSIZE, WindowsSocket, windows_error

LOCAL = "127.0.0.1"
refused = needs_real_windows("it tells no ICMP errors of datagrams")


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "socket", WindowsSocket)


def closed_port() -> int:
    """A UDP port that nobody listens on."""
    with socket.socket(type=socket.SOCK_DGRAM) as sock:
        sock.bind((LOCAL, 0))
        return int(sock.getsockname()[1])


def train(port: int, count: int = 30, patience_s: float = 0.2) -> Samples:
    with WindowsSocket(type=socket.SOCK_DGRAM) as sock:
        sock.connect((LOCAL, port))
        return TrainSender(sock, StunExchange(), Ledger()).run(
            count,
            until=time.monotonic() + 20,
            stop=threading.Event(),
            interval_s=0.002,
            patience_s=patience_s,
        )


@refused
def test_a_train_that_is_refused_knows_it() -> None:
    port = closed_port()
    samples = train(port)
    assert (len(samples.rtt_ns), samples.received, samples.refused_last) == (30, 0, True)


def test_a_train_hears_the_next_answer_at_once_behind_a_datagram_that_is_too_long() -> None:
    with server(lambda _n, request: [bytes(4_000), stun(request)]) as port:
        samples = train(port)
    assert (samples.received, samples.rejected, samples.refused_last) == (30, 30, False)
    assert max(rtt for rtt in samples.rtt_ns if rtt is not None) < 40e6, "a pause of 50 ms shows as delay"


@refused
@pytest.mark.usefixtures("windows")
def test_a_server_that_refuses_is_no_silent_one() -> None:
    port = closed_port()
    began = time.monotonic()
    answer, _lookup = choose(
        (Server(LOCAL, port),), Names(), until=time.monotonic() + 5, stop=threading.Event()
    )
    assert isinstance(answer, Unavailable)
    assert answer.reason is Reason.BLOCKED
    assert time.monotonic() - began < 2


@refused
@pytest.mark.usefixtures("windows")
def test_udp_that_is_refused_is_told_as_such() -> None:
    port = closed_port()
    (place,) = udp.ask(
        [udp.Target(Role.STUN, LOCAL, port)],
        Names(),
        Ledger(),
        until=time.monotonic() + 3,
        stop=threading.Event(),
    )
    assert [reach.outcome for reach in place.reach] == [Outcome.REFUSED]


@refused
@pytest.mark.usefixtures("windows")
def test_a_name_server_that_refuses_is_told_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    port = closed_port()
    monkeypatch.setattr(dns, "_PORT", port)
    (response,) = dns.ask("example.org", [LOCAL], until=time.monotonic() + 3, stop=threading.Event())
    assert response.outcome is Outcome.REFUSED


@refused
def test_a_call_that_is_refused_is_blocked_and_no_time_ran_out() -> None:
    answer = {"token": "00" * 8, "audio_pps": 50, "video_bit_s": 0, "seconds": 1.0}
    port = closed_port()
    with WindowsSocket(type=socket.SOCK_DGRAM) as sock:
        sock.connect((LOCAL, port))
        capture = call.play(
            lambda _asked: answer,
            dict,
            sock,
            MediaPlan(video_bit_s=0, seconds=1.0),
            ledger=Ledger(),
            until=time.monotonic() + 6,
            stop=threading.Event(),
        )
    assert isinstance(capture, Unavailable)
    assert capture.reason is Reason.BLOCKED


@pytest.mark.parametrize("error", [windows_error(ECONNRESET), windows_error(EMSGSIZE)], ids=str)
def test_a_test_point_makes_no_pause_for_one_clients_error(
    error: OSError, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer to a port that is closed would make it deaf to all others for a moment."""
    events: list[Any] = [error, error, (b"hello", Peer((LOCAL, 5))), OSError(errno.EBADF, "closed")]
    pauses: list[float] = []

    class Scripted(SourceAwareUdpSocket):
        def __init__(self) -> None: ...

        @property
        def closed(self) -> bool:
            return not events

        def receive(self, most: int, patience_s: float | None) -> tuple[bytes, Peer] | None:
            event = events.pop(0)
            if isinstance(event, OSError):
                raise event
            taken: tuple[bytes, Peer] = event
            return taken

    monkeypatch.setattr(time, "sleep", pauses.append)
    point = Scripted()
    calls = Calls(AdmissionControl(ServeLimits()), AccessLog(addresses=False), point.send)
    Datagrams(point, calls, 1_000).run()
    assert len(pauses) == 1, "for the socket that was closed, and for nothing else"


@pytest.mark.parametrize(
    ("code", "said", "outcome"),
    [
        (10013, Trouble.FORBIDDEN, Outcome.FORBIDDEN),
        (10061, Trouble.REFUSED, Outcome.REFUSED),
        (10065, Trouble.HOST_UNREACHABLE, Outcome.UNREACHABLE),
        (10060, Trouble.SILENT, Outcome.SILENT),
    ],
)
def test_a_connection_that_fails_is_told_by_winsocks_numbers(
    code: int, said: Trouble, outcome: Outcome, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Failing(socket.socket):
        def connect_ex(self, address: Any, /) -> int:
            return code

    monkeypatch.setattr(socket, "socket", Failing)
    with pytest.raises(OSError) as raised:  # noqa: PT011 - looked at below
        dial("test", 443, TheseAddresses(ip_address(LOCAL)), until=time.monotonic() + 1)
    assert trouble(raised.value) is said
    assert outcomes.outcome_of(raised.value) is outcome


@pytest.mark.parametrize(("code", "counts"), [(0, True), (10061, True), (10035, False), (10060, False)])
def test_a_box_that_refuses_a_connection_has_answered(
    code: int, counts: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Answering(socket.socket):
        def connect_ex(self, address: Any, /) -> int:
            return code

    monkeypatch.setattr(socket, "socket", Answering)
    assert (gateway._connect_ns(LOCAL, 443, 0, 1.0) is not None) is counts


# --- the local network ------------------------------------------------------------------------------


def sendto_that_fails(monkeypatch: pytest.MonkeyPatch, *errors: OSError | None) -> list[Any]:
    """Of each datagram the next of these, then the last again and again; where they went."""
    left, sent = list(errors), list[Any]()

    class Failing(socket.socket):
        def sendto(self, data: Any, *arguments: Any) -> int:
            sent.append(arguments[-1])
            error = left.pop(0) if len(left) > 1 else left[0]
            if error is not None:
                raise error
            return len(data)

    monkeypatch.setattr(socket, "socket", Failing)
    return sent


NO_ROUTE_TO_HOST = OSError(errno.EHOSTUNREACH, "No route to host")
"""What macOS says where Local Network Privacy keeps a program from the local network."""


@pytest.mark.parametrize("error", [NO_ROUTE_TO_HOST, windows_error(EACCES)], ids=str)
def test_a_local_network_that_may_not_be_asked_is_no_empty_one(
    error: OSError, monkeypatch: pytest.MonkeyPatch
) -> None:
    sendto_that_fails(monkeypatch, error)
    stop, until = threading.Event(), time.monotonic() + 2
    answers = (
        mdns.browse(LOCAL, 0, ["_http._tcp"], until=until, stop=stop),
        ssdp.search(LOCAL, "", ledger=Ledger(), until=until, stop=stop, on_location=lambda _: None),
    )
    for answer in answers:
        assert isinstance(answer, Unavailable)
        assert answer.reason is Reason.NOT_PERMITTED


@pytest.mark.parametrize(
    ("error", "system", "reason"),
    [
        (NO_ROUTE_TO_HOST, "darwin", Reason.NOT_PERMITTED),
        (NO_ROUTE_TO_HOST, "linux", None),
        (windows_error(EACCES), "win32", Reason.NOT_PERMITTED),
        (windows_error(ECONNRESET), "win32", None),
    ],
)
def test_a_box_that_may_not_be_asked_is_no_silent_one(
    error: OSError, system: str, reason: Reason | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Failing(socket.socket):
        def send(self, *arguments: Any) -> int:
            raise error

    monkeypatch.setattr(socket, "socket", Failing)
    answer = gateway._forbidden(LOCAL, 0, system)
    assert (answer.reason if answer is not None else None) is reason


def swept(monkeypatch: pytest.MonkeyPatch, *errors: OSError | None) -> tuple[int | OSError, int]:
    """What a sweep of 14 addresses returns or raises, and how many datagrams it tried to send."""
    monkeypatch.setattr(sweeping, "_PACE_S", 0.0)
    sent = sendto_that_fails(monkeypatch, *errors)
    try:
        asked: int | OSError = sweep(
            LOCAL,
            IPv4Network("127.0.0.0/28"),
            ledger=Ledger(),
            until=time.monotonic() + 5,
            stop=threading.Event(),
        )
    except OSError as error:
        asked = error
    return asked, len(sent)


def test_a_sweep_goes_on_behind_one_who_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    full = OSError(55, "No buffer space available")
    errors = (NO_ROUTE_TO_HOST, windows_error(ECONNRESET), full, BlockingIOError(errno.EAGAIN, ""), None)
    assert swept(monkeypatch, *errors) == (13, 13)


def test_a_sweep_of_which_nothing_left_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    failure, tried = swept(monkeypatch, NO_ROUTE_TO_HOST)
    assert isinstance(failure, OSError)
    assert (mdns.refused(failure).reason, tried) == (Reason.NOT_PERMITTED, 13)


def test_a_sweep_that_is_forbidden_ends_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    failure, tried = swept(monkeypatch, windows_error(EACCES))
    assert isinstance(failure, PermissionError)
    assert tried == 1
