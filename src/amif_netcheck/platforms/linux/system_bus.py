"""Patience with D-Bus: the bus may hang, and its client library waits without end for the bus's first answer."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from amif_netcheck.model.facts import Reason, Unavailable

T = TypeVar("T")

_LATE = Unavailable(reason=Reason.TIMEOUT, detail="D-Bus did not answer in time")


@contextmanager
def connected(auth_timeout_s: float) -> Iterator[Any]:
    """A `jeepney.io.blocking.DBusConnection` to the system bus, whose socket is closed also where the bus goes away.

    Raises:
        OSError: there is no bus, or it does not let us in (`TimeoutError`).
    """
    from jeepney.bus import get_bus
    from jeepney.io.blocking import DBusConnection, prep_socket

    sock = prep_socket(get_bus("SYSTEM"), timeout=auth_timeout_s)
    try:
        yield DBusConnection(sock)
    finally:
        sock.close()


def within(until: float, function: Callable[[], T | Unavailable]) -> T | Unavailable:
    """What `function` returns by `until` (`time.monotonic`), in a thread that is left behind. No error gets out."""
    results: list[T | Unavailable] = []

    def body() -> None:
        try:
            results.append(function())
        except TimeoutError:
            results.append(_LATE)
        except (OSError, StopIteration, KeyError) as error:  # no bus, or an address of it that makes no sense
            results.append(Unavailable(reason=Reason.NOT_PRESENT, detail=f"no D-Bus: {error!r}"))
        except Exception as error:  # noqa: BLE001 - whatever the bus sent: nothing else may fail with it
            results.append(Unavailable(reason=Reason.ERROR, detail=f"D-Bus: {error!r}"))

    thread = threading.Thread(target=body, daemon=True)
    thread.start()
    thread.join(max(0.0, until - time.monotonic()))
    return results[0] if results else _LATE
