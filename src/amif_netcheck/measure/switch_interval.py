"""How often threads take turns: while round trips are timed, more often than Python's 5 ms."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Iterator

_OFTEN_S = 0.0005
"""At 5 ms, another thread's work would show as jitter."""

_lock = threading.Lock()
_users = 0
_usual_s = 0.0


@contextlib.contextmanager
def short_switch_interval() -> Iterator[None]:
    """Switch threads often meanwhile; the last of several users puts the interval back that the first one met."""
    global _users, _usual_s  # noqa: PLW0603 - the interval is the process's own, too
    with _lock:
        if not _users:
            _usual_s = sys.getswitchinterval()
            sys.setswitchinterval(_OFTEN_S)
        _users += 1
    try:
        yield
    finally:
        with _lock:
            _users -= 1
            if not _users:
                sys.setswitchinterval(_usual_s)
