"""Greeting a Jitsi Meet server where something else answers, fails, or says nothing: what is known of it, and in time."""

from __future__ import annotations

import socket
import threading
import time

import pytest

from amif_netcheck.measure.ledger import Ledger
from amif_netcheck.measure.names import Names
from amif_netcheck.measure.reach import signalling, xmpp
from amif_netcheck.measure.reach.signalling import Entered
from amif_netcheck.model.facts import Outcome, Reason, Unavailable
from tests.lab.namespaces import wait_for
from tests.program.answering import (
    BINARY,
    TEXT,
    Answer,
    Server,
    cut,
    frame,
    granted,
    no_http,
    on_loopback,
    page,
    serving,
    swallowed,
    unmasked,
)

TIME_S = 4.0
LATE = Unavailable(reason=Reason.TIMEOUT)
BOTH = page(
    200,
    "var config = { hosts: { domain: 'meet.jitsi' }, bosh: '/http-bind', websocket: 'ws:///xmpp-websocket' };",
)
BOSH_ALONE = page(200, "var config = { bosh: '/' + subdir + 'http-bind' };")
WEBSOCKET_ALONE = page(200, "config.websocket = 'ws:///xmpp-websocket';")
ELSEWHERE = page(200, "config.websocket = 'ws://else.example/xmpp-websocket';")
CLOSE = b"\x88\x02\x03\xe8"
STREAM = b"<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' id='1' from='127.0.0.1'/>"
WELCOME = granted(frame(TEXT, STREAM), stays=True)
BODY = "<body xmlns='http://jabber.org/protocol/httpbind' sid='4711' wait='5'/>"


def greeted(server: Server, *, stop: bool = False) -> Entered | Unavailable:
    stopping = threading.Event()
    if stop:
        stopping.set()
    began = time.monotonic()
    until = began + TIME_S
    ended = signalling.reach(
        on_loopback(server), xmpp.greet, Names(), Ledger(), proxy=None, until=until, stop=stopping
    )
    assert time.monotonic() - began < TIME_S + 1
    return ended


@pytest.mark.parametrize(
    ("config", "websocket", "bosh", "outcome"),
    [
        pytest.param(BOTH, WELCOME, cut, Outcome.ANSWERED, id="welcome"),
        pytest.param(BOTH, granted(frame(TEXT, STREAM)), cut, Outcome.ANSWERED, id="welcome, and cut"),
        pytest.param(BOTH, granted(key="wrong"), page(200, BODY), Outcome.NO_WEBSOCKET, id="granted by somebody else"),
        pytest.param(BOTH, page(404), page(200, BODY), Outcome.NO_WEBSOCKET, id="the upgrade was taken out"),
        pytest.param(BOTH, page(200), page(200, BODY), Outcome.NO_WEBSOCKET, id="answered as a page"),
        pytest.param(BOTH, page(403), page(200, BODY), Outcome.NO_WEBSOCKET, id="a filter forbids websockets"),
        pytest.param(BOTH, cut, page(200, BODY), Outcome.NO_WEBSOCKET, id="the websocket is cut"),
        pytest.param(BOTH, swallowed, page(200, BODY), Outcome.NO_WEBSOCKET, id="the websocket is swallowed"),
        pytest.param(BOTH, no_http, page(200, BODY), Outcome.NO_WEBSOCKET, id="no http"),
        pytest.param(BOTH, page(403), page(403), Outcome.NO_ROOM, id="it is the server that forbids"),
        pytest.param(BOTH, cut, cut, Outcome.CUT, id="neither way"),
        pytest.param(WEBSOCKET_ALONE, cut, cut, Outcome.NO_WEBSOCKET, id="cut, and nobody to ask"),
        pytest.param(WEBSOCKET_ALONE, swallowed, cut, None, id="swallowed, and nobody to ask"),
        pytest.param(WEBSOCKET_ALONE, page(404), cut, Outcome.NO_ROOM, id="not found, and nobody to ask"),
        pytest.param(BOTH, granted(frame(TEXT, STREAM) + CLOSE), cut, Outcome.ANSWERED, id="welcome, and closed at once"),
        pytest.param(BOTH, granted(CLOSE), cut, Outcome.NO_ROOM, id="closed at once"),
        pytest.param(BOTH, page(502), page(200, BODY), Outcome.NO_WEBSOCKET, id="an error in its place"),
        pytest.param(BOTH, page(502), page(502), Outcome.NO_ROOM, id="an error of the server"),
        pytest.param(BOTH, page(429), page(200, BODY), Outcome.NO_ROOM, id="too many"),
        pytest.param(BOTH, granted(), cut, Outcome.NO_ROOM, id="closed once it stands"),
        pytest.param(BOTH, granted(stays=True), page(200, BODY), Outcome.NO_WEBSOCKET, id="nothing comes through it"),
        pytest.param(BOTH, granted(), page(200, BODY), Outcome.NO_WEBSOCKET, id="closed where BOSH is not"),
        pytest.param(BOTH, granted(stays=True), swallowed, None, id="nothing comes through either"),
        pytest.param(BOTH, granted(frame(BINARY, b"\xff" * 9)), cut, Outcome.NO_ROOM, id="garbage"),
        pytest.param(BOTH, granted(frame(TEXT, b"Hello")), cut, Outcome.NO_ROOM, id="another server"),
        pytest.param(BOSH_ALONE, cut, page(200, BODY), Outcome.ANSWERED, id="bosh"),
        pytest.param(BOSH_ALONE, cut, page(200, "<body/>"), Outcome.NO_ROOM, id="another body"),
        pytest.param(BOSH_ALONE, cut, page(404), Outcome.NO_ROOM, id="no bosh"),
        pytest.param(BOSH_ALONE, cut, cut, Outcome.CUT, id="bosh is cut"),
        pytest.param(BOSH_ALONE, cut, swallowed, None, id="bosh is swallowed"),
        pytest.param(page(404), WELCOME, page(200, BODY), Outcome.NO_ROOM, id="no such page"),
        pytest.param(page(200, "<html>"), WELCOME, page(200, BODY), Outcome.NO_ROOM, id="another page"),
        pytest.param(cut, WELCOME, page(200, BODY), Outcome.CUT, id="all is cut"),
        pytest.param(swallowed, WELCOME, page(200, BODY), None, id="all is swallowed"),
        pytest.param(ELSEWHERE, WELCOME, cut, Outcome.NO_ROOM, id="elsewhere"),
    ],
)  # fmt: skip
def test_how_greeting_ends(config: Answer, websocket: Answer, bosh: Answer, outcome: Outcome | None) -> None:
    with serving({"/config.js": config, "/xmpp-websocket": websocket, "/http-bind": bosh}) as server:
        ended = greeted(server)
    if outcome is None:
        assert ended == LATE
    else:
        assert ended == Entered(outcome)


def test_a_stream_is_asked_for_as_a_browser_does_and_closed() -> None:
    heard: list[str] = []
    ended = threading.Event()

    def listen(peer: socket.socket, request: str) -> None:
        granted()(peer, request)
        heard.append(unmasked(peer))
        peer.sendall(frame(TEXT, STREAM))
        heard.append(unmasked(peer))
        ended.set()

    with serving({"/config.js": BOTH, "/xmpp-websocket": listen}) as server:
        assert greeted(server) == Entered(Outcome.ANSWERED)
        asked = server.requests[-1]
        origin = f"Origin: http://127.0.0.1:{server.port}\r\n"
        assert ended.wait(5)
    assert "Sec-WebSocket-Protocol: xmpp\r\n" in asked
    assert "User-Agent: amif-netcheck" in asked
    assert origin in asked
    hello, goodbye = heard
    assert hello.startswith("<open ")
    assert 'to="meet.jitsi"' in hello
    assert goodbye.startswith("<close ")


def test_a_session_of_bosh_is_ended() -> None:
    with serving({"/config.js": BOSH_ALONE, "/http-bind": page(200, BODY)}) as server:
        assert greeted(server) == Entered(Outcome.ANSWERED)
        wait_for(lambda: len(server.bodies("/http-bind")) > 1, 5, "the end of the session")
        first, second = server.bodies("/http-bind")[:2]
    assert 'to="127.0.0.1"' in first
    assert 'sid="4711"' in second
    assert "type='terminate'" in second


def test_no_other_host_is_asked() -> None:
    with serving({"/config.js": ELSEWHERE, "/xmpp-websocket": WELCOME}) as server:
        assert greeted(server) == Entered(Outcome.NO_ROOM)
        assert {request.split(" ")[1] for request in server.requests} == {"/config.js"}


def test_a_domain_that_is_no_name_is_not_told() -> None:
    script = page(200, "var config = { hosts: { domain: 'é/ü' }, bosh: '/http-bind' };")
    with serving({"/config.js": script, "/http-bind": page(200, BODY)}) as server:
        assert greeted(server) == Entered(Outcome.ANSWERED)
        assert 'to="127.0.0.1"' in server.bodies("/http-bind")[0]


def test_who_stops_asks_nobody() -> None:
    with serving({"/config.js": BOTH, "/xmpp-websocket": WELCOME}) as server:
        assert greeted(server, stop=True) == LATE
        assert server.requests == []
