"""Sound is asked for by several checks at the same time: the system is asked once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from amif_netcheck.model.facts import Reason, SoundObstacle, Unavailable
from amif_netcheck.platforms.answers import Sound

_FRESH_S = 2.0
_SPARE_S = 0.2
"""Whoever waits for the same answer has to hear it in time too."""


class SharedSnapshot:
    """Asks once for all who ask at the same time. `ask` takes a moment of `time.monotonic` to be done by."""

    def __init__(self, ask: Callable[[float], Sound]) -> None:
        self._ask = ask
        self._lock = threading.Lock()
        self._answer: Sound | None = None
        self._at = 0.0

    def get(self, until: float) -> Sound:
        """What there is, by `until` (`time.monotonic`)."""
        if not self._lock.acquire(timeout=max(0.0, until - time.monotonic())):
            return unavailable(Reason.TIMEOUT, "another check still asks")
        try:
            if self._answer is None or time.monotonic() - self._at > _FRESH_S:
                self._answer = self._ask(until - _SPARE_S)
                self._at = time.monotonic()
            return self._answer
        finally:
            self._lock.release()


def unavailable(reason: Reason, detail: str, obstacle: SoundObstacle = SoundObstacle.NONE) -> Sound:
    """Neither who plays nor with what is known."""
    missing = Unavailable(reason=reason, detail=detail)
    return Sound(streams=missing, devices=missing, obstacle=obstacle)
