"""A test point against those who are slow: each wait has its own timeout, all others are an hour here.

No time is measured: a connection that is closed before this file's patience ends was closed by the timeout it is about.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from amif_netcheck.serve.config import ServeConfig, ServeTimeouts
from amif_netcheck.serve.server import MeasurementServer
from tests.program.certificates import certificate
from tests.program.points import LOCAL

HOUR_S = 3600.0
SHORT_S = 0.2
PATIENCE_S = 20
POST = b"POST /__up HTTP/1.1\r\nContent-Length: 9\r\n\r\n"
CHUNKED = b"POST /__up HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
GET = b"GET /empty.php HTTP/1.1\r\n\r\n"


@contextlib.contextmanager
def serving(short: str, *, tls: Path | None = None) -> Iterator[socket.socket]:
    """A connection to a test point all of whose timeouts are long but for this one."""
    names = ("head_s", "idle_s", "stall_s", "goodbye_s")
    timeouts = ServeTimeouts(**{name: SHORT_S if name == short else HOUR_S for name in names})
    cert, key = (str(tls / "cert.pem"), str(tls / "key.pem")) if tls else ("", "")
    server = MeasurementServer(ServeConfig(LOCAL, 0, tls_cert=cert, tls_key=key, timeouts=timeouts))
    usual_stack = threading.stack_size()
    stop = threading.Event()
    running = threading.Thread(target=server.run, args=(stop,))
    running.start()
    try:
        with socket.create_connection((LOCAL, server.port), PATIENCE_S) as client:
            yield client
    finally:
        stop.set()
        running.join(PATIENCE_S)
        threading.stack_size(usual_stack)
    assert not running.is_alive()


def is_closed(client: socket.socket) -> bool:
    """Read to the end, however it ends; raises `TimeoutError` where none comes."""
    with contextlib.suppress(ConnectionResetError):
        while client.recv(65536):
            pass
    return True


def drip(client: socket.socket, data: bytes) -> None:
    """A byte now and then for ever: no single wait is long."""
    client.settimeout(SHORT_S / 4)
    for _ in range(int(PATIENCE_S / SHORT_S)):
        try:
            client.sendall(data)
            if not client.recv(100):
                return
        except TimeoutError:
            continue
        except OSError:
            return
    raise AssertionError("it was never closed")


@pytest.mark.parametrize(
    ("timeout", "first"),
    [
        ("head_s", b""),
        ("head_s", b"GET / HTTP/1.1\r\nA: "),
        ("idle_s", GET),
        ("stall_s", POST + b"1"),
        ("stall_s", CHUNKED),
        ("stall_s", CHUNKED + b"9\r\nx"),
        ("stall_s", b"POST /amif/call HTTP/1.1\r\nContent-Length: 9\r\n\r\n{"),
    ],
)
def test_who_falls_silent_is_closed(timeout: str, first: bytes) -> None:
    with serving(timeout) as client:
        client.sendall(first)
        assert is_closed(client)


@pytest.mark.parametrize(
    ("timeout", "first", "drop"),
    [
        ("head_s", b"GET / HTTP/1.1\r\nA: ", b"x"),
        ("head_s", GET + b"G", b"x"),
        ("stall_s", CHUNKED, b"1"),
        ("stall_s", b"POST /amif/call HTTP/1.1\r\nContent-Length: 4000\r\n\r\n", b" "),
    ],
)
def test_who_drips_is_closed_all_the_same(timeout: str, first: bytes, drop: bytes) -> None:
    with serving(timeout) as client:
        client.sendall(first)
        drip(client, drop)


def test_who_does_not_read_is_closed() -> None:
    with serving("stall_s") as client:
        client.sendall(b"GET /__down?bytes=8000000000 HTTP/1.1\r\n\r\n")
        closed = threading.Event()
        while not closed.wait(SHORT_S):  # sending fails once the server has closed; nothing is read
            try:
                client.sendall(b"x")
            except OSError:
                closed.set()
    assert closed.is_set()


def test_who_does_not_shake_hands_is_closed(tmp_path: Path) -> None:
    certificate(tmp_path, "localhost")
    with serving("head_s", tls=tmp_path) as client:
        assert is_closed(client)


def test_who_reads_no_refusal_is_closed() -> None:
    with serving("goodbye_s") as client:
        client.sendall(b"GET / HTTP/9.9\r\n\r\n")
        assert client.recv(12) == b"HTTP/1.1 400"
        drip(client, b"x")


def test_who_is_slow_within_the_timeouts_is_served() -> None:
    pause = threading.Event()
    with serving("none") as client:
        for piece in (b"GET /empty.php", b" HTTP/1.1\r\n", b"\r\n", POST[:-2], b"\r\n123", b"456789"):
            client.sendall(piece)
            pause.wait(SHORT_S)
        answers = b""
        while answers.count(b"HTTP/1.1 200") < 2:
            answers += client.recv(65536)


class _NeverWaited(threading.Event):
    """As a signal's handler needs it: `wait` holds a lock for a moment, and a handler that sets the event then waits for ever."""

    def wait(self, timeout: float | None = None) -> bool:
        raise AssertionError(f"waited on for {timeout} s")


def test_a_signal_at_any_moment_ends_it() -> None:
    server = MeasurementServer(ServeConfig(LOCAL, 0))
    usual_stack = threading.stack_size()
    stop = _NeverWaited()
    stopping = threading.Timer(SHORT_S, stop.set)
    stopping.start()
    try:
        server.run(stop)
    finally:
        threading.stack_size(usual_stack)
        stopping.join()
