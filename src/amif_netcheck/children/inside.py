"""A child's side: one line of JSON says what to do, lines of JSON answer. It ends when whoever started it does."""

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
    """What to do; from here on the end of standard input ends this process."""
    line: dict[str, Any] = json.loads(sys.stdin.buffer.readline())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    return line


def requests(seconds: float) -> Iterator[dict[str, Any]]:
    """What else is asked for in the next `seconds`."""
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


def _end_with_parent() -> None:
    with contextlib.suppress(OSError, ValueError):
        while line := sys.stdin.buffer.readline():
            _more.put(line)
    os._exit(0)
