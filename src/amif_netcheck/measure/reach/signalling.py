"""Reaching a meeting's signalling: the connection that brings its participants together, by the way that browsers take.

What is said once a connection stands is the matter of the service's protocol (`livekit.py`, `xmpp.py`).
"""

from __future__ import annotations

import contextlib
import http.client
import math
import socket
import threading
import time
from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import NamedTuple

from amif_netcheck.measure.ledger import Ledger, note_connection
from amif_netcheck.measure.names import Names, leads_nowhere
from amif_netcheck.measure.proxies import ProxyRoute
from amif_netcheck.measure.reach import outcomes, web
from amif_netcheck.measure.reach.handshakes import AGAIN_AFTER_S, Way, proven
from amif_netcheck.measure.reach.web import WebTarget
from amif_netcheck.measure.reach.websocket import Opening, WebSocket
from amif_netcheck.measure.turn import Relay
from amif_netcheck.measure.web import AGENT, cut_off
from amif_netcheck.model.address import Base
from amif_netcheck.model.facts import AccessMethod, Outcome, Reason, Role, Unavailable

ENOUGH_S = 1.0
"""TCP repeats a lost question after a second (RFC 6298): silence that was listened to for less proves nothing."""
_PROXY_SHARE = 0.5
"""Of the time; the rest is the direct way's, which is tried where the proxy is dead."""
_WEBSOCKET_SHARE = 0.6
"""Of the time that is left once a connection stands: one that is swallowed leaves the rest to a plain question."""
LATE = Unavailable(reason=Reason.TIMEOUT)
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


class Refusal(NamedTuple):
    """Nothing was said over a WebSocket: the status of the answer, 0 without one in HTTP; and how the connection ended."""

    status: int
    trouble: Outcome


Talk = Callable[["Visit", socket.socket], Entered | Unavailable]
"""What is said over a connection that stands, and what became of it."""


def reach(
    base: Base,
    talk: Talk,
    names: Names,
    ledger: Ledger,
    *,
    proxy: ProxyRoute | None,
    until: float,
    stop: threading.Event,
) -> Entered | Unavailable:
    """Go to the server, and `talk`, by `until` (`time.monotonic`); where there is a proxy, through it.

    Without it only where it is dead: what goes past a proxy that browsers take tells nothing of a meeting.
    `TIMEOUT`: something answered, and not all of it came in time.
    """
    names.start(base.host)
    target = WebTarget(Role.MEETING, base.host, base.port, proxy=proxy, tls=base.scheme == "https")

    def visit(way: Way, by: float) -> Entered | Unavailable:
        return Visit(base, way, ledger, until=by, stop=stop).ended(talk)

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


class Visit:
    """One way to the server, until a moment (`until`, `time.monotonic`)."""

    def __init__(self, base: Base, way: Way, ledger: Ledger, *, until: float, stop: threading.Event) -> None:
        self.base, self.until, self.stop = base, until, stop
        self._way, self._ledger = way, ledger
        self._stands = False

    @property
    def origin(self) -> dict[str, str]:
        """The header that a browser sends with what a page of this server asks for."""
        usual = {"http": 80, "https": 443}[self.base.scheme]
        return {"Origin": self.base.url.removesuffix(self.base.path).removesuffix(f":{usual}")}

    def ended(self, talk: Talk) -> Entered | Unavailable:
        """How it ended; what fails at once is tried again before it counts."""
        ended = self._once(talk)
        if isinstance(ended, Unavailable) or ended.outcome in _SETTLED or ended.outcome is Outcome.UNTRUSTED:
            return ended
        if time.monotonic() + AGAIN_AFTER_S >= self.until or self.stop.wait(AGAIN_AFTER_S):
            return ended
        again = self._once(talk)
        is_proven = ended.outcome is Outcome.NO_WEBSOCKET and not _is_answered(again)
        return ended if isinstance(again, Unavailable) or is_proven else again

    def _once(self, talk: Talk) -> Entered | Unavailable:
        began, self._stands = time.monotonic(), False
        if self.stop.is_set():
            return LATE
        try:
            sock = self.open()
        except OSError as error:
            outcome = outcomes.outcome_of(error)
            is_heard = self._stands or self._way.by is AccessMethod.PROXY
            if outcome is Outcome.SILENT and (is_heard or time.monotonic() - began < ENOUGH_S):
                return LATE
            return Entered(outcome)
        with contextlib.closing(sock):
            return talk(self, sock)

    def open(self, by: float = math.inf) -> socket.socket:
        """One more connection, by a moment, within TLS where the server is to prove who it is.

        Raises:
            OSError: there is none.
        """
        if self.base.scheme == "https":
            return proven(partial(self._connect, by), self.base.host, min(by, self.until))
        return self._connect(by)

    def _connect(self, by: float) -> socket.socket:
        sock = self._way.open(min(by, self.until), 0)
        self._stands = True
        return sock

    def first_message(self, sock: socket.socket, opening: Opening) -> bytes | Refusal:
        """What the server says over a WebSocket on `sock`."""
        until = _share(self.until, _WEBSOCKET_SHARE)
        opened = WebSocket(sock, self.base, opening, until=until)
        trouble = Outcome.ANSWERED
        try:
            said = opened.first_message()
        except OSError as error:
            said, trouble = None, outcomes.outcome_of(error)
        if said is not None:
            opened.end()
        note_connection(self._ledger, sock)
        return Refusal(opened.status, trouble) if said is None else said

    def page(
        self,
        sock: socket.socket,
        page: str,
        headers: Mapping[str, str] = MappingProxyType({}),
        body: str | None = None,
        *,
        most: int,
        by: float = math.inf,
    ) -> tuple[int, bytes]:
        """Status and at most so many bytes of a page that is asked for over `sock`, `by` a moment; `body` is posted.

        Closes `sock`.

        Raises:
            OSError: nobody answers it, or not in HTTP.
        """
        connection = http.client.HTTPConnection(self.base.host, self.base.port)
        connection.auto_open = 0
        if self.base.scheme == "https":
            connection.default_port = http.client.HTTPS_PORT  # or the Host header would name it
        connection.sock = sock
        try:
            with cut_off(sock, min(by, self.until)):
                method = "GET" if body is None else "POST"
                all_headers = {"User-Agent": AGENT, **headers}
                content = None if body is None else body.encode()
                connection.request(method, f"{self.base.path}{page}", body=content, headers=all_headers)
                with connection.getresponse() as response:
                    return response.status, response.read(most)
        except (http.client.HTTPException, ValueError) as error:
            raise ConnectionAbortedError("no HTTP") from error
        finally:
            note_connection(self._ledger, sock)
            connection.close()
            sock.close()


def _share(until: float, part: float) -> float:
    """The moment when this part of the time until then is over."""
    now = time.monotonic()
    return now + (until - now) * part


def _is_answered(entered: Entered | Unavailable) -> bool:
    return not isinstance(entered, Unavailable) and entered.outcome is Outcome.ANSWERED


def _is_settled(entered: Entered | Unavailable) -> bool:
    return not isinstance(entered, Unavailable) and entered.outcome in _SETTLED
