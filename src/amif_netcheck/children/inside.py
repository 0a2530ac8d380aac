"""A child's side: one line of JSON says what to do, lines of JSON answer.

A child reads its `request`, loads its libraries, then calls `end_with_parent`.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

_more: queue.SimpleQueue[bytes] = queue.SimpleQueue()


def request() -> dict[str, Any]:
    """What to do."""
    line: dict[str, Any] = json.loads(sys.stdin.buffer.readline())
    return line


def end_with_parent() -> None:
    """From here on the end of standard input ends this process.

    Everything that is needed has to be loaded by now: on Windows a library with a C runtime of its own (numpy's OpenBLAS)
    asks what the standard handles are when it is loaded, and that waits until nobody reads from them any more.
    """
    threading.Thread(target=_listen, daemon=True).start()


def requests(seconds: float) -> Iterator[dict[str, Any]]:
    """What else is asked for in the next `seconds`, once `end_with_parent` has been called."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        with contextlib.suppress(queue.Empty, ValueError):
            yield json.loads(_more.get(timeout=left))


def write_line(**what: Any) -> None:
    """One line; its first key is what it is about."""
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def exit_now() -> None:
    """End at once: a library's threads would hold the process."""
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.flush()
    os._exit(0)


def _listen() -> None:
    with contextlib.suppress(OSError, ValueError):
        while line := sys.stdin.buffer.readline():
            _more.put(line)
    os._exit(0)
