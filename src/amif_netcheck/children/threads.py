"""Calls that may hang: each in a thread of its own, which nobody joins, so that one that never returns holds nobody."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

from amif_netcheck.model.facts import Reason, Unavailable

log = logging.getLogger(__name__)

T = TypeVar("T")


class BackgroundCall(Generic[T]):
    """`work` in a daemon thread: Python joins the threads of its own executors at exit.

    `future` ends with what came of it, also for `asyncio.wrap_future`.
    """

    def __init__(self, work: Callable[[], T]) -> None:
        self.future: Future[T] = Future()
        self.future.set_running_or_notify_cancel()  # from here on nobody can cancel it
        threading.Thread(target=self._run, args=(work,), daemon=True).start()

    def result(self, until: float) -> T | Unavailable:
        """What came of it by `until` (`time.monotonic`); else `TIMEOUT`, and `ERROR` when it crashed."""
        try:
            return self.future.result(max(0.0, until - time.monotonic()))
        except TimeoutError as error:
            return Unavailable(reason=Reason.TIMEOUT, detail=str(error))
        except Exception as error:
            log.exception("a call in the background crashed")
            return Unavailable(reason=Reason.ERROR, detail=repr(error))

    def _run(self, work: Callable[[], T]) -> None:
        try:
            self.future.set_result(work())
        except StopIteration as error:  # asyncio takes none
            self.future.set_exception(RuntimeError(repr(error)))
        except Exception as error:  # noqa: BLE001 - it is the waiting side's
            self.future.set_exception(error)
        except BaseException as error:  # noqa: BLE001 - a library that calls exit() must not end the program
            self.future.set_exception(RuntimeError(repr(error)))
