"""The room that a meeting's service keeps for tests: entered where the settings have a token for it, and left at once."""

from __future__ import annotations

import logging
import time

from amif_netcheck.children.threads import BackgroundCall
from amif_netcheck.measure.reach import livekit
from amif_netcheck.measure.reach.livekit import Entered
from amif_netcheck.model.address import Base, websocket_base
from amif_netcheck.model.facts import NOT_REQUESTED, Reason, Signalling, Unavailable
from amif_netcheck.platforms.text import clean
from amif_netcheck.probes import media_ladder
from amif_netcheck.probes.context import Context

log = logging.getLogger(__name__)

_SHARE = 0.65
"""Of the time; the relays that the service names take the rest."""


class ServiceRoom:
    """Entered in the background from the beginning; then the relays it names are asked, by `until` (`time.monotonic`)."""

    def __init__(self, context: Context, proxy_for: media_ladder.ProxyFor, *, until: float) -> None:
        self._context, self._proxy_for = context, proxy_for
        test = None if context.service is None else context.service.connection_test
        self._server = None if test is None else websocket_base(test.server)
        if test is None or self._server is None:
            return
        base, token, now = self._server, test.token, time.monotonic()
        by = now + (until - now) * _SHARE
        self._entering = BackgroundCall(lambda: self._enter(base, token, by))
        self._asking = BackgroundCall(lambda: self._ask(until))

    def relays(self, until: float) -> media_ladder.Asked | Unavailable:
        """What became of the relays that the service named; none where it let nobody in."""
        return NOT_REQUESTED if self._server is None else self._asking.result(until)

    def signalling(self, until: float) -> Signalling | Unavailable:
        """How entering ended."""
        if self._server is None:
            return NOT_REQUESTED
        entered = self._entering.result(until)
        if isinstance(entered, Unavailable):
            return entered
        return Signalling(
            server=self._server.host,
            port=self._server.port,
            outcome=entered.outcome,
            version=clean(entered.version),
        )

    def _enter(self, base: Base, token: str, until: float) -> Entered | Unavailable:
        context = self._context
        proxy = self._proxy_for(base.host, base.port) if base.scheme == "https" else None
        try:
            return livekit.enter(
                base, token, context.names, context.ledger, proxy=proxy, until=until, stop=context.stop
            )
        except Exception as error:  # noqa: BLE001 - what it says may hold the token, or what the server said
            log.error("entering the service's room crashed: %s", type(error).__name__)  # noqa: TRY400
            return Unavailable(reason=Reason.ERROR)

    def _ask(self, until: float) -> media_ladder.Asked:
        entered = self._entering.result(until)
        if isinstance(entered, Unavailable) or not entered.relays or self._context.stop.is_set():
            return {}
        return media_ladder.allocate(self._context, entered.relays, self._proxy_for, until)
