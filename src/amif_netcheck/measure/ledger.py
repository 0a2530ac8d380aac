"""What we ourselves send and receive, so that it can be taken out of what the computer does."""

from __future__ import annotations

import threading

LINK_AND_IPV4 = 14 + 20
LINK_AND_IPV6 = 14 + 40
UDP_HEADER = 8


class Ledger:
    """Bytes on the wire of our own probes so far; safe to use from several threads. Loopback is left out."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sent = 0
        self._received = 0

    def add(self, *, sent: int = 0, received: int = 0) -> None:
        """Note bytes that just left or arrived."""
        with self._lock:
            self._sent += sent
            self._received += received

    def read(self) -> tuple[int, int]:
        """(sent, received) so far."""
        with self._lock:
            return self._sent, self._received
