"""What an error of a socket means: the same whatever the system calls it."""

from __future__ import annotations

import errno
import socket
import ssl
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amif_netcheck import winsock
from amif_netcheck.measure import icmp_errors
from amif_netcheck.measure.mdns import refused
from amif_netcheck.measure.reach import outcomes
from amif_netcheck.measure.socket_errors import Trouble, no_way, of_local_network, of_number, trouble
from amif_netcheck.model.facts import Outcome, Reason
from tests.windows_sockets import windows_error

EHOSTUNREACH_OF_MACOS, ENOBUFS_OF_MACOS = 65, 55


@pytest.mark.parametrize(
    ("posix", "windows", "meaning"),
    [
        (errno.ECONNREFUSED, 10061, Trouble.REFUSED),
        (errno.EACCES, 10013, Trouble.FORBIDDEN),
        (errno.EPERM, 10013, Trouble.FORBIDDEN),
        (errno.EHOSTUNREACH, 10065, Trouble.HOST_UNREACHABLE),
        (errno.ENETUNREACH, 10051, Trouble.NETWORK_UNREACHABLE),
        (errno.ENETDOWN, 10050, Trouble.NETWORK_UNREACHABLE),
        (errno.EADDRNOTAVAIL, 10049, Trouble.NO_ADDRESS),
        (errno.EAFNOSUPPORT, 10047, Trouble.NO_ADDRESS),
        (errno.EADDRINUSE, 10048, Trouble.IN_USE),
        (errno.ETIMEDOUT, 10060, Trouble.SILENT),
        (errno.ECONNRESET, 10054, Trouble.CUT),
        (errno.ECONNABORTED, 10053, Trouble.CUT),
        (errno.EPIPE, 10058, Trouble.CUT),
        (errno.EMSGSIZE, 10040, Trouble.TOO_LONG),
        (errno.ENOBUFS, 10055, Trouble.FULL),
        (errno.EAGAIN, 10035, Trouble.FULL),
    ],
)
def test_a_connection_fails_alike_everywhere(posix: int, windows: int, meaning: Trouble) -> None:
    assert {trouble(OSError(posix, "")), trouble(OSError(windows, "")), trouble(windows_error(windows))} == {
        meaning
    }


@pytest.mark.parametrize(
    ("number", "meaning"),
    [
        (10054, Trouble.REFUSED),
        (errno.ECONNREFUSED, Trouble.REFUSED),
        (10052, Trouble.HOST_UNREACHABLE),
        (10040, Trouble.TOO_LONG),
        (errno.EHOSTUNREACH, Trouble.HOST_UNREACHABLE),
        (10055, Trouble.FULL),
    ],
)
def test_of_datagrams_a_reset_is_the_refusal_of_an_earlier_one(number: int, meaning: Trouble) -> None:
    assert trouble(OSError(number, ""), datagrams=True) is meaning


def test_an_error_without_a_number_is_known_by_its_class() -> None:
    assert trouble(TimeoutError("timed out")) is Trouble.SILENT
    assert trouble(ConnectionRefusedError()) is Trouble.REFUSED
    assert trouble(ConnectionAbortedError("the proxy speaks no HTTP")) is Trouble.CUT
    assert trouble(PermissionError("no")) is Trouble.FORBIDDEN
    assert trouble(OSError("something else")) is Trouble.OTHER


@given(st.integers(-1, 20_000), st.booleans())
def test_every_number_means_something(number: int, datagrams: bool) -> None:
    assert isinstance(trouble(OSError(number, ""), datagrams=datagrams), Trouble)
    assert isinstance(outcomes.outcome_of(of_number(number), datagrams=datagrams), Outcome)
    assert refused(OSError(number, "")).detail


def test_a_number_becomes_the_error_that_python_would_raise() -> None:
    assert isinstance(of_number(10013), PermissionError), "SO_ERROR gives Winsock's own number"
    assert isinstance(of_number(errno.ECONNREFUSED), ConnectionRefusedError)


@pytest.mark.parametrize(
    ("error", "datagrams", "outcome"),
    [
        (windows_error(10054), True, Outcome.REFUSED),
        (windows_error(10054), False, Outcome.CUT),
        (windows_error(10061), False, Outcome.REFUSED),
        (windows_error(10013), False, Outcome.FORBIDDEN),
        (of_number(10013), False, Outcome.FORBIDDEN),
        (windows_error(10065), False, Outcome.UNREACHABLE),
        (windows_error(10051), False, Outcome.UNREACHABLE),
        (windows_error(10060), False, Outcome.SILENT),
        (windows_error(10049), True, Outcome.NO_ROUTE),
        (ssl.SSLEOFError("unexpected end"), False, Outcome.CUT),
        (TimeoutError("timed out"), False, Outcome.SILENT),
    ],
)
def test_how_a_way_ended_is_told_alike(error: OSError, datagrams: bool, outcome: Outcome) -> None:
    assert outcomes.outcome_of(error, datagrams=datagrams) is outcome


@pytest.mark.parametrize(
    ("number", "system", "reason"),
    [
        (errno.ENETUNREACH, "darwin", Reason.NOT_PRESENT),
        (errno.ENETUNREACH, "linux", Reason.NOT_PRESENT),
        (errno.EHOSTUNREACH, "linux", Reason.BLOCKED),
        (10065, "win32", Reason.NOT_PRESENT),
        (10051, "win32", Reason.NOT_PRESENT),
        (10049, "win32", Reason.NOT_PRESENT),
        (10013, "win32", Reason.BLOCKED),
        (errno.EACCES, "linux", Reason.BLOCKED),
        (errno.EINVAL, "linux", Reason.BLOCKED),
    ],
)
def test_no_route_is_told_from_one_that_forbids(number: int, system: str, reason: Reason) -> None:
    for version in (4, 6):
        assert no_way(OSError(number, ""), version, system) is reason


def test_macos_says_host_unreachable_of_no_route_over_ipv6_alone() -> None:
    error = OSError(errno.EHOSTUNREACH, "")
    assert no_way(error, 6, "darwin") is Reason.NOT_PRESENT
    assert no_way(error, 4, "darwin") is Reason.BLOCKED


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (errno.EHOSTUNREACH, Reason.NOT_PERMITTED),  # macOS, Local Network Privacy
        (errno.EPERM, Reason.NOT_PERMITTED),
        (10013, Reason.NOT_PERMITTED),
        (10065, Reason.NOT_PERMITTED),
        (10051, Reason.NOT_PRESENT),
        (10049, Reason.NOT_PRESENT),
        (errno.ENODEV, Reason.NOT_PRESENT),
        (errno.EADDRINUSE, Reason.BLOCKED),
        (10055, Reason.ERROR),
    ],
)
def test_a_local_network_that_may_not_be_used_is_no_empty_one(number: int, reason: Reason) -> None:
    assert of_local_network(OSError(number, "")) is reason


def icmp_error_info(family: int, protocol: int, kind: int, code: int) -> bytes:
    """ICMP_ERROR_INFO written by hand after ws2ipdef.h: SOCKADDR_INET, protocol, type, code, two bytes of padding."""
    return struct.pack("<H26xIBB2x", family, protocol, kind, code)


@pytest.mark.parametrize(
    ("info", "is_forbidden"),
    [
        (icmp_error_info(2, 1, 3, 13), True),
        (icmp_error_info(2, 1, 3, 10), True),
        (icmp_error_info(2, 1, 3, 1), False),
        (icmp_error_info(2, 1, 11, 0), False),
        (icmp_error_info(23, 58, 1, 1), True),
        (icmp_error_info(23, 58, 1, 5), True),
        (icmp_error_info(23, 58, 1, 3), False),
        (b"", False),
    ],
)
def test_what_windows_keeps_of_an_icmp_message_tells_of_a_filter(info: bytes, is_forbidden: bool) -> None:
    assert icmp_errors.prohibits(info) is is_forbidden


@given(st.binary(max_size=80))
def test_whatever_bytes_are_kept_of_an_icmp_message(info: bytes) -> None:
    assert icmp_errors.prohibits(info) in {True, False}


class RecordedControls:
    """WSAIoctl, which notes what it is asked for."""

    def __init__(self, error: OSError | None = None) -> None:
        self.asked: list[tuple[int, bytes]] = []
        self._error = error

    def __call__(self, sock: socket.socket, code: int, request: bytes, room: int = 0) -> bytes:
        self.asked.append((code, request))
        if self._error is not None:
            raise self._error
        return bytes(room)


def test_a_socket_that_serves_many_is_not_told_of_one_that_refuses() -> None:
    controls = RecordedControls()
    with socket.socket(type=socket.SOCK_DGRAM) as sock:
        winsock.ignore_refusals(sock, controls)
    # SIO_UDP_CONNRESET and SIO_UDP_NETRESET (mstcpip.h) with FALSE
    assert controls.asked == [(0x9800000C, b"\0\0\0\0"), (0x9800000F, b"\0\0\0\0")]


def test_a_connection_that_is_timed_is_asked_for_once() -> None:
    controls = RecordedControls()
    with socket.socket() as sock:
        winsock.connect_once(sock, controls)
    # SIO_TCP_INITIAL_RTO: an unspecified timeout (0xFFFF), no retransmissions of the SYN (0xFE), padding
    assert controls.asked == [(0x98000011, b"\xff\xff\xfe\0")]


def test_a_windows_that_knows_no_such_control_is_left_as_it_is() -> None:
    controls = RecordedControls(windows_error(10045))
    with socket.socket(type=socket.SOCK_DGRAM) as sock:
        winsock.ignore_refusals(sock, controls)
        winsock.connect_once(sock, controls)
    assert len(controls.asked) == 3


def test_linger_is_two_shorts_on_windows_and_two_ints_elsewhere() -> None:
    assert winsock.linger(0, "win32") == b"\1\0\0\0"
    assert winsock.linger(0, "linux") == b"\1\0\0\0\0\0\0\0"
