"""The meeting's signalling: a room that the service keeps for tests, or its own server.

The room is entered where the settings have a token for it, and left at once; else the meeting's server is greeted, where it is
known what it speaks.
"""

from __future__ import annotations

import logging
import time
from typing import NamedTuple

from amif_netcheck.children.threads import BackgroundCall
from amif_netcheck.measure.reach import livekit, signalling, xmpp
from amif_netcheck.measure.reach.signalling import Entered, Talk
from amif_netcheck.model.address import Base, is_address, websocket_base
from amif_netcheck.model.facts import (
    NOT_REQUESTED,
    Outcome,
    Reason,
    Signalling,
    SignallingProtocol,
    Unavailable,
)
from amif_netcheck.platforms.text import clean
from amif_netcheck.probes import media_ladder
from amif_netcheck.probes.context import Context

log = logging.getLogger(__name__)

_PLAIN_PORT = 80
_SHARE = 0.65
"""Of the time, in a room; the relays that the service names take the rest."""


class _Wanted(NamedTuple):
    """Where to go, and what is said there."""

    base: Base
    protocol: SignallingProtocol
    talk: Talk


class ServiceRoom:
    """Asked in the background from the beginning; then the relays that a room names are, by `until` (`time.monotonic`)."""

    def __init__(self, context: Context, proxy_for: media_ladder.ProxyFor, *, until: float) -> None:
        self._context, self._proxy_for = context, proxy_for
        self._wanted = _wanted(context)
        if self._wanted is None:
            return
        wanted, now = self._wanted, time.monotonic()
        share = _SHARE if wanted.protocol is SignallingProtocol.LIVEKIT else 1.0
        by = now + (until - now) * share
        self._entering = BackgroundCall(lambda: self._enter(wanted, by))
        self._asking = BackgroundCall(lambda: self._ask(until))

    def relays(self, until: float) -> media_ladder.Asked | Unavailable:
        """What became of the relays that the service named; none where it let nobody in."""
        return NOT_REQUESTED if self._wanted is None else self._asking.result(until)

    def signalling(self, until: float) -> Signalling | Unavailable:
        """How that ended."""
        if self._wanted is None:
            return NOT_REQUESTED
        entered = self._entering.result(until)
        is_late = isinstance(entered, Unavailable) and entered.reason is Reason.TIMEOUT
        if is_late and self._wanted.protocol is SignallingProtocol.XMPP and not self._context.stop.is_set():
            entered = Entered(Outcome.SILENT)  # nobody asked for it, so that nobody misses it
        if isinstance(entered, Unavailable):
            return entered
        return Signalling(
            server=self._wanted.base.host,
            port=self._wanted.base.port,
            protocol=self._wanted.protocol,
            outcome=entered.outcome,
            version=clean(entered.version),
        )

    def _enter(self, wanted: _Wanted, until: float) -> Entered | Unavailable:
        context, base = self._context, wanted.base
        proxy = self._proxy_for(base.host, base.port) if base.scheme == "https" else None
        try:
            return signalling.reach(
                base, wanted.talk, context.names, context.ledger, proxy=proxy, until=until, stop=context.stop
            )
        except Exception as error:  # noqa: BLE001 - what it says may hold the token, or what the server said
            log.error("asking the meeting's signalling crashed: %s", type(error).__name__)  # noqa: TRY400
            return Unavailable(reason=Reason.ERROR)

    def _ask(self, until: float) -> media_ladder.Asked:
        entered = self._entering.result(until)
        if isinstance(entered, Unavailable) or not entered.relays or self._context.stop.is_set():
            return {}
        return media_ladder.allocate(self._context, entered.relays, self._proxy_for, until)


def _wanted(context: Context) -> _Wanted | None:
    """The room of the settings, where there is a token for it; else the meeting's own server, where its protocol is known."""
    service = context.service
    if service is None:
        return None
    if service.connection_test is not None:
        base = websocket_base(service.connection_test.server)
        return _Wanted(base, SignallingProtocol.LIVEKIT, livekit.entering(service.connection_test.token))
    if service.signalling is None or context.meeting_port == _PLAIN_PORT or is_address(context.meeting):
        return None
    base = Base("https", context.meeting, context.meeting_port)
    return _Wanted(base, SignallingProtocol.XMPP, xmpp.greet)
