"""The standard streams: stdout takes data, whole or with one clear error; both survive being closed, full or left."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import stat
import sys
from collections.abc import Iterable, Iterator

from amif_netcheck.output import likeness
from amif_netcheck.output.escape import for_terminal

_NARROWEST = 20
_STANDARD = 2
"""The last of the three standard file descriptors."""


class StdoutError(Exception):
    """stdout took no more; `cause` says why, `reader_left` whether it was a pipe whose reader has gone."""

    def __init__(self, cause: OSError, *, reader_left: bool = False) -> None:
        super().__init__(str(cause))
        self.cause = cause
        self.reader_left = reader_left


class _ClosedStdout(io.TextIOWrapper):
    """In the place of a stdout that whoever started us has closed: nothing can be written, and nobody is misled."""

    def __init__(self) -> None:
        super().__init__(io.BytesIO(), encoding="utf-8")

    def write(self, _text: str) -> int:
        """Refuse.

        Raises:
            OSError: always.
        """
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))


def make_safe() -> None:
    """No character may stop us; what a stream's encoding lacks is written as its likeness. Closed streams stay harmless.

    On Windows a stream that is no console is UTF-8, as in Python's own UTF-8 mode (and from Python 3.15 on). Else it would
    be the ANSI code page, cp1252 in French, which is no better there: `type` and PowerShell 5.1, whose `>` and `|` decode
    what they are given, go by the console's OEM code page (cp850), PowerShell 7.4 writes the bytes as they are, and editors
    try UTF-8 first. Who set PYTHONIOENCODING gets that.
    """
    with contextlib.suppress(OSError):  # no /dev/null here
        while (handle := os.open(os.devnull, os.O_RDWR)) <= _STANDARD:
            pass  # closed: the next file that we open, the log or a socket, must not take its place
        os.close(handle)
    if sys.stdout is None:
        sys.stdout = _ClosedStdout()
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - lives as long as we do
    likeness.register()
    utf_8 = sys.platform == "win32" and not os.environ.get("PYTHONIOENCODING")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            encoding = "utf-8" if utf_8 and not stream.isatty() else None
            with contextlib.suppress(OSError):  # what it still holds can't be written: told when more is
                stream.reconfigure(encoding=encoding, errors=likeness.ERRORS)


def give_up() -> None:
    """Let stdout go nowhere: Python would complain once more when it closes it."""
    with contextlib.suppress(OSError):  # closed already
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def demand() -> None:
    """Find out now, not after a run, whether stdout is there at all.

    Raises:
        StdoutError: it is closed.
    """
    if isinstance(sys.stdout, _ClosedStdout):
        line("")


def line(text: str) -> None:
    """Write one line, at once.

    Raises:
        StdoutError: it could not be written.
    """
    with _to_stdout():
        sys.stdout.write(text + "\n")
        sys.stdout.flush()


def data(pieces: Iterable[bytes]) -> None:
    """Write bytes as they are, to their end.

    Raises:
        StdoutError: they could not be written.
    """
    demand()
    with _to_stdout():
        sys.stdout.flush()
        sys.stdout.buffer.writelines(pieces)
        sys.stdout.buffer.flush()


def flush() -> None:
    """Write what Python still holds.

    Raises:
        StdoutError: it could not be written.
    """
    with _to_stdout():
        sys.stdout.flush()


def write_stderr(text: str) -> None:
    """One line on stderr; a stderr that takes nothing stops nobody."""
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.write(for_terminal(text) + "\n")
        sys.stderr.flush()


def terminal_width() -> int | None:
    """How wide the terminal on stdout is; None when stdout is none."""
    if not sys.stdout.isatty():
        return None
    import shutil  # noqa: PLC0415 - pipes and files need no width

    return max(_NARROWEST, shutil.get_terminal_size().columns)


@contextlib.contextmanager
def _to_stdout() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StdoutError(error, reader_left=_reader_left(error)) from error


def _reader_left(error: OSError) -> bool:
    """Windows has one answer, EINVAL, for a pipe that nobody reads any more and for things that we never do with one."""
    if isinstance(error, BrokenPipeError):
        return True
    if sys.platform != "win32" or error.errno != errno.EINVAL:
        return False
    try:
        return stat.S_ISFIFO(os.fstat(sys.stdout.fileno()).st_mode)
    except (OSError, ValueError):  # it has no file descriptor
        return False
