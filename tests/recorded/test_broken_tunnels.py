"""Proxies that accept a connection and open no tunnel: they are there, and the way to the meeting is broken."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time

import pytest

from amif_netcheck.measure.ledger import Ledger
from amif_netcheck.measure.names import Names
from amif_netcheck.measure.proxies import ProxyRoute
from amif_netcheck.measure.reach.web import WebTarget, ask_place
from amif_netcheck.model.facts import AccessMethod, Outcome, Role

_RESET = struct.pack("ii", 1, 0)
"""SO_LINGER: on, and for no time; closing sends a reset."""


def _serve(listener: socket.socket, answer: bytes, done: threading.Event, *, resets: bool) -> None:
    listener.settimeout(0.1)
    while not done.is_set():
        with contextlib.suppress(TimeoutError):
            sock, _ = listener.accept()
            with sock:
                sock.recv(4096)
                sock.sendall(answer)
                if resets:
                    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)


@pytest.mark.parametrize(
    ("answer", "resets", "outcome"),
    [
        (b"", True, Outcome.CUT),
        (b"", False, Outcome.CUT),
        (b"\x15\x03\x01\x00\x02\x02\x46", False, Outcome.CUT),
        (b"HTTP/1.1 403 Forbidden\r\n\r\n", False, Outcome.PROXY_REFUSED),
        (b"HTTP/1.1 504 Gateway Timeout\r\n\r\n", False, Outcome.PROXY_FAILED),
    ],
    ids=["reset", "closed", "no-http", "refused", "failed"],
)
def test_a_proxy_that_accepts_is_not_dead(answer: bytes, resets: bool, outcome: Outcome) -> None:
    assert _by_proxy(answer, resets=resets) is outcome


def _by_proxy(answer: bytes, *, resets: bool) -> Outcome:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        done = threading.Event()
        server = threading.Thread(
            target=_serve, args=(listener, answer, done), kwargs={"resets": resets}, daemon=True
        )
        server.start()
        proxy = ProxyRoute("127.0.0.1", listener.getsockname()[1])
        target = WebTarget(Role.MEETING, "127.0.0.1", 9, proxy=proxy)
        place = ask_place(target, Names(), Ledger(), until=time.monotonic() + 10, stop=threading.Event())
        done.set()
        server.join(10)
    return next(attempt.outcome for attempt in place.reach if attempt.by is AccessMethod.PROXY)
