"""Signals that come while an event loop runs."""

from __future__ import annotations

import signal

_NONE = -1


def wake_silently() -> None:
    """Let no signal warn that the byte with which it wakes the loop found no room. From the loop's own (main) thread.

    On Windows a signal comes in a thread of its own; where the loop writes to the same socket just then, that send is
    refused, and Python would write a traceback to stderr. A byte is in the socket then, so the loop wakes all the same.

    Raises:
        ValueError: this is not the main thread.
    """
    descriptor = signal.set_wakeup_fd(_NONE)
    if descriptor != _NONE:
        signal.set_wakeup_fd(descriptor, warn_on_full_buffer=False)
