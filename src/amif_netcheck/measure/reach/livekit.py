"""Entering a room of a LiveKit server for a moment: does its signalling come through, and which relays does it name?

LiveKit's own client does the same first: a WebSocket to `/rtc`, over which the server says what it knows (`JoinResponse` of
livekit_rtc.proto). Where none comes about, a plain question to `/rtc/validate` tells whether that is the network's doing.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
import time
from collections.abc import Iterator
from typing import NamedTuple

from amif_netcheck.measure.ledger import Ledger, note_connection
from amif_netcheck.measure.names import Names, leads_nowhere
from amif_netcheck.measure.proxies import ProxyRoute
from amif_netcheck.measure.reach import outcomes, web
from amif_netcheck.measure.reach.handshakes import AGAIN_AFTER_S, Way, proven
from amif_netcheck.measure.reach.web import WebTarget
from amif_netcheck.measure.reach.websocket import WebSocket
from amif_netcheck.measure.turn import Credentials, Relay, relay_of
from amif_netcheck.measure.web import AGENT, cut_off
from amif_netcheck.model.address import Base
from amif_netcheck.model.facts import AccessMethod, Outcome, Reason, Role, Unavailable

_PAGE = "rtc?auto_subscribe=0&protocol=15"
_JOIN, _VERSION, _ICE_SERVERS, _SERVER_INFO = 1, 4, 5, 12
_URLS, _USERNAME, _CREDENTIAL = 1, 2, 3
_VERSION_OF_INFO = 2
_LEAVE = bytes((8 << 3 | 2, 0))
"""A `SignalRequest` that is an empty `LeaveRequest` (field 8)."""
_MOST_RELAYS = 8
_LONGEST_VERSION = 40
_VALIDATED = b"success"
"""What `/rtc/validate` says to a token that may enter (rtcservice.go)."""
_LONGEST_PAGE = 256
_VARINT, _EIGHT_BYTES, _COUNTED, _FOUR_BYTES = 0, 1, 2, 5
"""Wire types of Protocol Buffers."""

_PROXY_SHARE = 0.5
"""Of the time; the rest is the direct way's, which is tried where the proxy is dead."""
_WEBSOCKET_SHARE = 0.6
"""Of the time that is left once a connection stands: one that is swallowed leaves the rest to the plain question."""
_ENOUGH_S = 1.0
"""TCP repeats a lost question after a second (RFC 6298): silence that was listened to for less proves nothing."""
_UNADMITTED = {http.client.UNAUTHORIZED, http.client.FORBIDDEN}
_OF_THE_SERVER = {http.client.SWITCHING_PROTOCOLS, http.client.TOO_MANY_REQUESTS}
"""Like errors (5xx): a server says them of itself, and nobody on the way cut a WebSocket off."""
_LATE = Unavailable(reason=Reason.TIMEOUT)
"""Our time ran out before anything was known."""
_SETTLED = {Outcome.ANSWERED, Outcome.NOT_ADMITTED, Outcome.NO_ROOM}
"""The server itself has answered: no other way tells more."""
_NO_PROXY = {Outcome.PROXY_DEAD, Outcome.PROXY_NO_NAME}
"""Nobody takes that way: what goes without it counts."""


class Entered(NamedTuple):
    """How it ended, and what the server said of itself and of its relays, if it let us in."""

    outcome: Outcome
    version: str = ""
    relays: tuple[Relay, ...] = ()


def enter(
    base: Base,
    token: str,
    names: Names,
    ledger: Ledger,
    *,
    proxy: ProxyRoute | None,
    until: float,
    stop: threading.Event,
) -> Entered | Unavailable:
    """Enter the room of `token`, and leave it at once, by `until` (`time.monotonic`); where there is a proxy, through it.

    Without it only where it is dead: what goes past a proxy that browsers take tells nothing of a meeting.
    `TIMEOUT`: something answered, and not all of it came in time.
    """
    names.start(base.host)
    target = WebTarget(Role.MEETING, base.host, base.port, proxy=proxy, tls=base.scheme == "https")

    def visit(way: Way, by: float) -> Entered | Unavailable:
        return _Visit(base, token, way, ledger, until=by, stop=stop).ended()

    first: Entered | Unavailable | None = None
    for way in web.by_proxy(target, names):
        first = visit(way, _share(until, _PROXY_SHARE))
        if isinstance(first, Unavailable) or first.outcome not in _NO_PROXY:
            return first
    addresses = names.resolve(base.host, until=until)
    direct: Entered | Unavailable
    if isinstance(addresses, Unavailable):
        direct = Entered(outcomes.nameless(addresses))
    else:
        direct = visit(web.raced(target, addresses), until)
        if leads_nowhere(base.host, addresses) and not _is_settled(direct):
            direct = Entered(Outcome.SUNK)
    # Where no way leads in, what became of the one that browsers take counts.
    return direct if first is None or _is_settled(direct) else first


class _Refusal(NamedTuple):
    """No WebSocket came about: the status of the answer, 0 without one in HTTP; and how the connection ended."""

    status: int
    trouble: Outcome


class _Visit:
    """One way to the server."""

    def __init__(
        self, base: Base, token: str, way: Way, ledger: Ledger, *, until: float, stop: threading.Event
    ) -> None:
        self._base, self._way, self._ledger = base, way, ledger
        self._headers = {"Authorization": f"Bearer {token}", "User-Agent": AGENT}
        self._until, self._stop = until, stop
        self._stands = False

    def ended(self) -> Entered | Unavailable:
        """How entering ended; what fails at once is tried again before it counts."""
        ended = self._once()
        if isinstance(ended, Unavailable) or ended.outcome in _SETTLED or ended.outcome is Outcome.UNTRUSTED:
            return ended
        if time.monotonic() + AGAIN_AFTER_S >= self._until or self._stop.wait(AGAIN_AFTER_S):
            return ended
        again = self._once()
        return ended if isinstance(again, Unavailable) else again

    def _once(self) -> Entered | Unavailable:
        began, self._stands = time.monotonic(), False
        if self._stop.is_set():
            return _LATE
        try:
            sock = self._open()
        except OSError as error:
            outcome = outcomes.outcome_of(error)
            is_heard = self._stands or self._way.by is AccessMethod.PROXY
            if outcome is Outcome.SILENT and (is_heard or time.monotonic() - began < _ENOUGH_S):
                return _LATE
            return Entered(outcome)
        with contextlib.closing(sock):
            ended = self._by_websocket(sock, _share(self._until, _WEBSOCKET_SHARE))
            note_connection(self._ledger, sock)
        return self._without_websocket(ended) if isinstance(ended, _Refusal) else ended

    def _open(self) -> socket.socket:
        """A connection, within TLS where the server is to prove who it is.

        Raises:
            OSError: there is none.
        """
        if self._base.scheme == "https":
            return proven(self._connect, self._base.host, self._until)
        return self._connect()

    def _connect(self) -> socket.socket:
        sock = self._way.open(self._until, 0)
        self._stands = True
        return sock

    def _by_websocket(self, sock: socket.socket, until: float) -> Entered | Unavailable | _Refusal:
        """What the server says over a WebSocket; once one stands, what goes wrong is not the network's doing."""
        room = WebSocket(sock, self._base, _PAGE, self._headers, until=until)
        trouble = Outcome.ANSWERED
        try:
            said = room.first_message()
        except OSError as error:
            said, trouble = None, outcomes.outcome_of(error)
        if said is not None:
            room.end(_LEAVE)
            return read(said)
        if not room.stands:
            return _Refusal(room.status, trouble)
        return _LATE if trouble is Outcome.SILENT else Entered(Outcome.NO_ROOM)

    def _without_websocket(self, refusal: _Refusal) -> Entered | Unavailable:
        """What a plain question over the same way tells of a WebSocket that did not come about."""
        if refusal.status in _OF_THE_SERVER or refusal.status >= http.client.INTERNAL_SERVER_ERROR:
            return Entered(Outcome.NO_ROOM)
        if self._stop.is_set():
            return _LATE
        try:
            status, page = self._validated()
        except OSError as error:
            if refusal.status or refusal.trouble is Outcome.ANSWERED:
                return Entered(Outcome.NO_ROOM)
            outcome = outcomes.outcome_of(error)
            return _LATE if Outcome.SILENT in {outcome, refusal.trouble} else Entered(outcome)
        if status == http.client.OK and page.strip() == _VALIDATED:
            return Entered(Outcome.NO_WEBSOCKET)
        return Entered(Outcome.NOT_ADMITTED if status in _UNADMITTED else Outcome.NO_ROOM)

    def _validated(self) -> tuple[int, bytes]:
        """Status and page of the plain question.

        Raises:
            OSError: nobody answers it, or not in HTTP.
        """
        sock = self._open()
        connection = http.client.HTTPConnection(self._base.host, self._base.port)
        connection.auto_open = 0
        if self._base.scheme == "https":
            connection.default_port = http.client.HTTPS_PORT  # or the Host header would name it
        connection.sock = sock
        try:
            with cut_off(sock, self._until):
                connection.request("GET", f"{self._base.path}rtc/validate", headers=self._headers)
                with connection.getresponse() as response:
                    return response.status, response.read(_LONGEST_PAGE)
        except (http.client.HTTPException, ValueError) as error:
            raise ConnectionAbortedError("no HTTP") from error
        finally:
            note_connection(self._ledger, sock)
            connection.close()
            sock.close()


def _is_settled(ended: Entered | Unavailable) -> bool:
    return isinstance(ended, Entered) and ended.outcome in _SETTLED


def read(said: bytes) -> Entered:
    """What the server says first: `NO_ROOM` where that is no `JoinResponse`; what is not understood within it is passed over."""
    try:
        join = next((value for number, value in list(_fields(said)) if number == _JOIN), None)
    except ValueError:
        join = None
    if join is None:
        return Entered(Outcome.NO_ROOM)
    version, relays = "", []
    with contextlib.suppress(ValueError):
        for number, value in _fields(join):
            if number == _VERSION and not version:
                version = _text(value)
            elif number == _SERVER_INFO:
                version = next((_text(v) for n, v in _fields(value) if n == _VERSION_OF_INFO), version)
            elif number == _ICE_SERVERS:
                relays += _relays(value)
    return Entered(Outcome.ANSWERED, version[:_LONGEST_VERSION], tuple(relays[:_MOST_RELAYS]))


def _relays(server: bytes) -> list[Relay]:
    fields = list(_fields(server))
    of = {number: _text(value) for number, value in fields if number in {_USERNAME, _CREDENTIAL}}
    if not of.get(_USERNAME):
        return []
    credentials = Credentials(of[_USERNAME], of.get(_CREDENTIAL, ""))
    named = [relay_of(_text(value), credentials) for number, value in fields if number == _URLS]
    return [relay for relay in named if relay is not None]


def _fields(message: bytes) -> Iterator[tuple[int, bytes]]:
    """Number and content of the fields that have a length (texts and messages); others are passed over.

    Raises:
        ValueError: it is no message of Protocol Buffers.
    """
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        number, wire = tag >> 3, tag & 7
        if wire == _VARINT:
            _, at = _varint(message, at)
        elif wire in {_EIGHT_BYTES, _FOUR_BYTES}:
            at += 8 if wire == _EIGHT_BYTES else 4
        elif wire == _COUNTED:
            length, at = _varint(message, at)
            if at + length > len(message):
                raise ValueError("cut short")
            yield number, message[at : at + length]
            at += length
        else:
            raise ValueError(f"wire type {wire}")


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if at >= len(message):
            raise ValueError("cut short")
        value |= (message[at] & 0x7F) << shift
        at += 1
        if message[at - 1] < 0x80:  # noqa: PLR2004 - the last byte of a number
            return value, at
    raise ValueError("no number")


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace")


def _share(until: float, share: float) -> float:
    now = time.monotonic()
    return now + (until - now) * share
