"""A real test point in a process of its own, on a free port of this computer, and what is asked of it."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from amif_netcheck.measure.call import CallCapture, play
from amif_netcheck.measure.ledger import Ledger
from amif_netcheck.measure.media import MediaPlan
from amif_netcheck.model.facts import Unavailable
from tests.systems import POSIX_ONLY, WINDOWS

LOCAL = "127.0.0.1"
_START_S = 20
_ASK_S = 15


@dataclass
class Point:
    """A test point that listens."""

    host: str
    port: int
    process: subprocess.Popen[bytes]
    log: Path

    def http(self, *, tls: ssl.SSLContext | None = None) -> http.client.HTTPConnection:
        """A connection; whoever opens it closes it."""
        if tls is not None:
            return http.client.HTTPSConnection(self.host, self.port, timeout=_ASK_S, context=tls)
        return http.client.HTTPConnection(self.host, self.port, timeout=_ASK_S)

    def ask(
        self, method: str, path: str, body: Any = None, **fields: str
    ) -> tuple[int, dict[str, str], bytes]:
        """Status, fields (names in lower case) and body of one answer."""
        with contextlib.closing(self.http()) as connection:
            return exchange(connection, method, path, body, **fields)

    def raw(self, data: bytes, *, half_close: bool = False) -> bytes:
        """What comes back to these bytes until the server closes."""
        with socket.create_connection((self.host, self.port), _ASK_S) as sock:
            sock.sendall(data)
            if half_close:
                sock.shutdown(socket.SHUT_WR)
            received = b""
            with contextlib.suppress(ConnectionResetError):
                while part := sock.recv(65536):
                    received += part
            return received

    def udp(self) -> socket.socket:
        """A datagram socket connected to it."""
        sock = socket.socket(socket.AF_INET6 if ":" in self.host else socket.AF_INET, socket.SOCK_DGRAM)
        sock.connect((self.host, self.port))
        sock.settimeout(0.3)
        return sock

    def call(self, wish: MediaPlan, *, until_s: float = 25) -> CallCapture | Unavailable:
        """Play a call, with http.client for its HTTP."""
        tokens: list[str] = []

        def start(asked: dict[str, Any]) -> dict[str, Any]:
            status, _, body = self.ask("POST", "/amif/call", json.dumps(asked))
            if status != 200:
                raise OSError(status, "refused")
            answer: dict[str, Any] = json.loads(body)
            tokens.append(answer["token"])
            return answer

        def result() -> dict[str, Any]:
            status, _, body = self.ask("GET", f"/amif/call/{tokens[0]}")
            if status != 200:
                raise OSError(status, "refused")
            answer: dict[str, Any] = json.loads(body)
            return answer

        with self.udp() as sock:
            return play(
                start,
                result,
                sock,
                wish,
                ledger=Ledger(),
                until=time.monotonic() + until_s,
                stop=threading.Event(),
            )

    def end(self) -> tuple[int, float]:
        """Send SIGTERM; the exit code and how long it took. Not on Windows, where that is how a process is killed."""
        if WINDOWS:
            pytest.skip(f"{POSIX_ONLY}a signal to another process")
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(10), time.monotonic() - began


def exchange(
    connection: http.client.HTTPConnection, method: str, path: str, body: Any = None, **fields: str
) -> tuple[int, dict[str, str], bytes]:
    """One request and its answer over a connection that may be used again."""
    names = {name.replace("_", "-"): value for name, value in fields.items()}
    connection.request(method, path, body=body, headers=names)
    response = connection.getresponse()
    return response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()


@contextlib.contextmanager
def point(folder: Path, *arguments: str, host: str = LOCAL) -> Iterator[Point]:
    """Start one; when the block ends it must still be alive, must end well, and must have had no internal error.

    On Windows it is killed in the end: only what shares a console with it can ask it to end.
    """
    log = folder / "serve.log"
    command = [sys.executable, "-m", "amif_netcheck", "serve", "--host", host, "--port", "0", *arguments]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, stdout=output, stderr=output, env={**os.environ, "LANG": "C.UTF-8"}
        )
    try:
        until = time.monotonic() + _START_S
        while not (found := re.search(r"listening on \S+ port (\d+)", log.read_text(encoding="utf-8"))):
            assert process.poll() is None, log.read_text(encoding="utf-8")
            assert time.monotonic() < until, "does not listen in time"
            time.sleep(0.02)
        made = Point(host, int(found[1]), process, log)
        yield made
        if process.poll() is None and not WINDOWS:
            assert made.end()[0] == 0
        assert "internal error" not in log.read_text(encoding="utf-8"), log.read_text(encoding="utf-8")
    finally:
        process.kill()
        process.wait(10)
