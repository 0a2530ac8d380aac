"""Work that goes on beside the probe's own, and that nobody waits for longer than they want."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from amif_netcheck.model.facts import Reason, Unavailable

log = logging.getLogger(__name__)

T = TypeVar("T")


class BackgroundCall(Generic[T]):
    """Work in a thread of its own, which does not hold the program at exit."""

    def __init__(self, work: Callable[[], T | Unavailable]) -> None:
        self._result: T | Unavailable = Unavailable(reason=Reason.TIMEOUT)
        self._thread = threading.Thread(target=self._run, args=(work,), daemon=True)
        self._thread.start()

    def result(self, until: float) -> T | Unavailable:
        """What came of it by `until` (`time.monotonic`); else `TIMEOUT`, and `ERROR` when it crashed."""
        self._thread.join(max(0.0, until - time.monotonic()))
        return self._result

    def _run(self, work: Callable[[], T | Unavailable]) -> None:
        try:
            self._result = work()
        except Exception as error:
            log.exception("part of a probe crashed")
            self._result = Unavailable(reason=Reason.ERROR, detail=repr(error))
