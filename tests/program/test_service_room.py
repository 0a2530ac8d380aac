"""Entering a LiveKit server's room where something else answers, fails, or says nothing: what is known of it, and in time."""

from __future__ import annotations

import logging
import socket
import threading
import time
from pathlib import Path

import pytest
from livekit.protocol.rtc import JoinResponse, SignalResponse

from amif_netcheck.measure.ledger import Ledger
from amif_netcheck.measure.names import Address, Names
from amif_netcheck.measure.proxies import ProxyRoute
from amif_netcheck.measure.reach import livekit, signalling
from amif_netcheck.measure.reach.signalling import Entered
from amif_netcheck.measure.reach.websocket import Opening, WebSocket
from amif_netcheck.model.address import Base
from amif_netcheck.model.facts import Outcome, Reason, Unavailable
from tests.program.answering import (
    BINARY,
    TEXT,
    Answer,
    cut,
    frame,
    granted,
    no_http,
    on_loopback,
    page,
    serving,
    swallowed,
)
from tests.program.certificates import certificate

TOKEN = "geheim-eyJhbGciOiJIUzI1NiJ9.e30.4711"
TIME_S = 2.0
LATE = Unavailable(reason=Reason.TIMEOUT)
WELCOME = SignalResponse(join=JoinResponse(server_version="1.9.1")).SerializeToString()


def entered(
    base: Base,
    *,
    names: Names | None = None,
    proxy: ProxyRoute | None = None,
    stop: bool = False,
    time_s: float = TIME_S,
) -> Entered | Unavailable:
    stopping = threading.Event()
    if stop:
        stopping.set()
    began = time.monotonic()
    talk = livekit.entering(TOKEN)
    until = began + time_s
    ended = signalling.reach(base, talk, names or Names(), Ledger(), proxy=proxy, until=until, stop=stopping)
    assert time.monotonic() - began < time_s + 1
    return ended


YES, NO = page(200, "success"), page(401, "invalid token")


@pytest.mark.parametrize(
    ("rtc", "validate", "outcome"),
    [
        pytest.param(page(404), YES, Outcome.NO_WEBSOCKET, id="the upgrade was taken out"),
        pytest.param(page(403), YES, Outcome.NO_WEBSOCKET, id="a filter forbids websockets"),
        pytest.param(
            page(302, "", "Location: https://blocked.example/"), YES, Outcome.NO_WEBSOCKET, id="moved"
        ),
        pytest.param(
            page(302, "", "Location: https://else.example/"), page(404), Outcome.NO_ROOM, id="all moved"
        ),
        pytest.param(page(302), page(302), Outcome.NO_ROOM, id="moved nowhere"),
        pytest.param(page(401), NO, Outcome.NOT_ADMITTED, id="a token that is not known"),
        pytest.param(page(401), page(200, "Hello"), Outcome.NO_ROOM, id="another server"),
        pytest.param(page(401), cut, Outcome.NO_ROOM, id="refused, then cut"),
        pytest.param(page(503), YES, Outcome.NO_ROOM, id="an error of the server"),
        pytest.param(page(429), YES, Outcome.NO_ROOM, id="too many"),
        pytest.param(cut, YES, Outcome.NO_WEBSOCKET, id="the websocket is cut"),
        pytest.param(cut, cut, Outcome.CUT, id="all is cut"),
        pytest.param(swallowed, YES, Outcome.NO_WEBSOCKET, id="the websocket is swallowed"),
        pytest.param(swallowed, swallowed, None, id="all is swallowed"),
        pytest.param(no_http, no_http, Outcome.NO_ROOM, id="no http"),
        pytest.param(granted(), YES, Outcome.NO_ROOM, id="closed once it stands"),
        pytest.param(granted(b"\x88\x02\x03\xe8"), YES, Outcome.NO_ROOM, id="closed in order"),
        pytest.param(granted(stays=True), YES, None, id="says nothing"),
        pytest.param(granted(key="wrong"), YES, Outcome.NO_ROOM, id="a key of somebody else"),
        pytest.param(granted(frame(TEXT, b"Hello"), stays=True), YES, Outcome.NO_ROOM, id="text"),
        pytest.param(granted(frame(BINARY, b"\xff" * 9), stays=True), YES, Outcome.NO_ROOM, id="garbage"),
        pytest.param(granted(frame(BINARY, b"\n" * 2_000_000)), YES, Outcome.NO_ROOM, id="2 MB"),
        pytest.param(granted(*[b"\x89\x00"] * 99, every_s=0.1), YES, None, id="nothing but pings"),
        pytest.param(
            granted(*(bytes([each]) for each in frame(BINARY, WELCOME)), every_s=0.4), YES, None, id="drips"
        ),
        pytest.param(granted(frame(BINARY, WELCOME)), YES, Outcome.ANSWERED, id="welcome, and cut"),
        pytest.param(granted(frame(BINARY, WELCOME), stays=True), YES, Outcome.ANSWERED, id="welcome"),
    ],
)
def test_how_entering_ends(rtc: Answer, validate: Answer, outcome: Outcome | None) -> None:
    with serving({"/rtc": rtc, "/rtc/validate": validate}) as server:
        ended = entered(on_loopback(server))
    if outcome is None:
        assert ended == LATE
    else:
        assert isinstance(ended, Entered)
        assert ended.outcome is outcome


def test_nobody_answers_at_all() -> None:
    with serving({}) as server:
        base = on_loopback(server)
    assert entered(base) == Entered(Outcome.REFUSED)


def test_too_little_time_proves_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        address = full.getsockname()
        held = [socket.socket() for _ in range(4)]
        for each in held:  # a queue that is full takes no more: the system stays silent
            each.setblocking(False)
            each.connect_ex(address)
        try:
            assert entered(Base("http", *address), time_s=0.5) == LATE
        finally:
            for each in held:
                each.close()


def test_who_stops_asks_nobody() -> None:
    with serving({"/rtc": granted(frame(BINARY, WELCOME))}) as server:
        assert entered(on_loopback(server), stop=True) == LATE
        assert server.requests == []


class NoNames(Names):
    """None is known, for a reason."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(offline=True)
        self._reason = reason

    def start(self, host: str) -> None:
        pass

    def resolve(self, host: str, *, until: float) -> tuple[Address, ...] | Unavailable:
        del host, until
        return Unavailable(reason=self._reason)


@pytest.mark.parametrize(
    ("reason", "outcome"),
    [
        (Reason.NOT_PRESENT, Outcome.NO_NAME),
        (Reason.BLOCKED, Outcome.NAME_FAILED),
        (Reason.TIMEOUT, Outcome.NAMES_SILENT),
    ],
)
def test_no_address_is_no_silence(reason: Reason, outcome: Outcome) -> None:
    assert entered(Base("https", "livekit.example", 443), names=NoNames(reason)) == Entered(outcome)


def test_a_proxy_that_is_dead_or_refuses_is_told_as_such() -> None:
    with serving({}) as server:
        closed = on_loopback(server)
    room = Base("https", closed.host, closed.port)
    assert entered(room, proxy=ProxyRoute("127.0.0.1", closed.port)) == Entered(Outcome.PROXY_DEAD)
    with serving({f"127.0.0.1:{closed.port}": page(403)}) as proxy:
        assert entered(room, proxy=ProxyRoute("127.0.0.1", proxy.port)) == Entered(Outcome.PROXY_REFUSED)


def test_a_proxy_without_an_address_is_told_as_such() -> None:
    room = Base("https", "livekit.example", 443)
    ended = entered(room, names=NoNames(Reason.NOT_PRESENT), proxy=ProxyRoute("proxy.example", 3128))
    assert ended == Entered(Outcome.PROXY_NO_NAME)


def test_the_direct_way_counts_where_the_proxy_is_dead(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tls, file = certificate(tmp_path, "localhost")
    monkeypatch.setattr("certifi.where", lambda: str(file))
    with serving({}) as server:
        closed = server.port
    with serving({"/rtc": granted(frame(BINARY, WELCOME), stays=True)}, tls) as server:
        ended = entered(Base("https", "localhost", server.port), proxy=ProxyRoute("127.0.0.1", closed))
    assert ended == Entered(Outcome.ANSWERED, "1.9.1")


def test_a_proxy_that_swallows_everything_is_not_gone_past(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tls, file = certificate(tmp_path, "localhost")
    monkeypatch.setattr("certifi.where", lambda: str(file))
    with serving({"/rtc": granted(frame(BINARY, WELCOME), stays=True)}, tls) as server:
        with serving({f"localhost:{server.port}": swallowed}) as proxy:
            ended = entered(
                Base("https", "localhost", server.port), proxy=ProxyRoute("127.0.0.1", proxy.port)
            )
        assert server.requests == []
    assert isinstance(ended, Unavailable)


def test_who_can_not_prove_who_it_is_is_told_nothing(tmp_path: Path) -> None:
    tls, _ = certificate(tmp_path, "localhost")
    with serving({"/rtc": granted(frame(BINARY, WELCOME))}, tls) as server:
        ended = entered(Base("https", "localhost", server.port))
        assert ended == Entered(Outcome.UNTRUSTED)
        assert server.requests == []


@pytest.mark.parametrize(
    ("base", "host"),
    [
        (Base("https", "livekit.example", 443), "livekit.example"),
        (Base("https", "livekit.example", 7443, "/visio/"), "livekit.example:7443"),
        (Base("http", "localhost", 80), "localhost"),
        (Base("https", "2001:db8::7", 443), "[2001:db8::7]"),
    ],
)
def test_the_usual_port_is_not_named(base: Base, host: str) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.shutdown(socket.SHUT_WR)
        with pytest.raises(ConnectionError):
            WebSocket(ours, base, Opening("rtc", {}), until=time.monotonic() + 5).first_message()
        request = theirs.recv(4096).decode()
    assert request.startswith(f"GET {base.path}rtc HTTP/1.1\r\n")
    assert f"\r\nHost: {host}\r\n" in request


def test_no_log_holds_the_token(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("websockets").setLevel(logging.DEBUG)
    for rtc in (granted(frame(BINARY, WELCOME)), page(401), granted(frame(BINARY, b"\n" * 2_000_000))):
        with serving({"/rtc": rtc, "/rtc/validate": NO}) as server:
            entered(on_loopback(server))
            assert TOKEN in server.requests[0]
    assert TOKEN not in caplog.text
    assert "".join(capfd.readouterr()) == ""
