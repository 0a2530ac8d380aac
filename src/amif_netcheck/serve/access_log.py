"""The test point's log, one line a test; without addresses unless the owner wants them."""

from __future__ import annotations

import logging
import threading
import time

from amif_netcheck.serve.clients import Ticket
from amif_netcheck.serve.config import MB

log = logging.getLogger(__name__)
_REFUSALS_EVERY_S = 10.0


class AccessLog:
    """Writes to the `logging` of this module. Nothing that a client chose reaches it but its address, if wanted."""

    def __init__(self, *, addresses: bool) -> None:
        self._addresses = addresses
        self._lock = threading.Lock()
        self._refused = 0
        self._refusals_logged_s = -_REFUSALS_EVERY_S

    def ended(self, what: str, address: str, ticket: Ticket) -> None:
        """A test has ended."""
        seconds = time.monotonic() - ticket.began
        log.info("%s%s: %.1f MB in %.1f s", what, self._of(address), ticket.bytes / MB, seconds)

    def refused(self, address: str) -> None:
        """A client was told to come back later; logged at most every ten seconds."""
        with self._lock:
            self._refused += 1
            now = time.monotonic()
            if now < self._refusals_logged_s + _REFUSALS_EVERY_S:
                return
            count, self._refused, self._refusals_logged_s = self._refused, 0, now
        log.warning("beyond the limits%s: %d refused since the last such line", self._of(address), count)

    def _of(self, address: str) -> str:
        return f" of {address}" if self._addresses else ""
