"""The standard streams: stdout takes data, whole or with one clear error; both survive being closed, full or left."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from collections.abc import Iterator

_NARROWEST = 20


class StdoutError(Exception):
    """stdout took no more; `cause` says why (a `BrokenPipeError` when whoever read it has gone)."""

    def __init__(self, cause: OSError) -> None:
        super().__init__(str(cause))
        self.cause = cause


def make_safe() -> None:
    """No character may stop us, and a stream that whoever started us has closed takes everything and says nothing."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115 - lives as long as we do
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def give_up() -> None:
    """Let stdout go nowhere: Python would complain once more when it closes it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def line(text: str) -> None:
    """Write one line, at once.

    Raises:
        StdoutError: it could not be written.
    """
    with _to_stdout():
        sys.stdout.write(text + "\n")
        sys.stdout.flush()


def data(content: bytes) -> None:
    """Write bytes as they are, at once.

    Raises:
        StdoutError: they could not be written.
    """
    with _to_stdout():
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()


def flush() -> None:
    """Write what Python still holds.

    Raises:
        StdoutError: it could not be written.
    """
    with _to_stdout():
        sys.stdout.flush()


def terminal_width() -> int | None:
    """How wide the terminal on stdout is; None when stdout is none."""
    return max(_NARROWEST, shutil.get_terminal_size().columns) if sys.stdout.isatty() else None


@contextlib.contextmanager
def _to_stdout() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StdoutError(error) from error
