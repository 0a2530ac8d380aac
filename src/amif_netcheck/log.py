"""The log file: always there, for the IT desk; on stderr too with -v. Whatever befalls the log, the run goes on."""

from __future__ import annotations

import contextlib
import io
import logging
import os
import stat
import sys
from pathlib import Path

from amif_netcheck import folders
from amif_netcheck.output.escape import for_terminal

LARGEST = 1024 * 1024
OLDER_FILES = 2
_OWNER_ONLY = 0o600


class _Formatter(logging.Formatter):
    """Names from outside reach the log too, and logs are read in terminals."""

    def format(self, record: logging.LogRecord) -> str:
        """See logging; of line breaks only those between the lines of a traceback are kept."""
        return "\n".join(for_terminal(line) for line in super().format(record).split("\n"))


class _LogFile(logging.FileHandler):
    """Rotates, is its owner's alone, and never fails: a log that can't be written (a full disk) is lost, no more.

    `logging.handlers` has a file that rotates, but takes longer to load than `replay` to judge a report.
    """

    def _open(self) -> io.TextIOWrapper:
        """Nobody else can read it from its first byte on, whatever the umask; a pipe or a device is no log.

        Raises:
            OSError: it can't be opened, or is no file.
        """
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
        flags |= getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0)
        handle = os.open(self.baseFilename, flags, _OWNER_ONLY)
        try:
            _demand_file(handle)
            _keep_to_owner(self.baseFilename)
            return open(handle, "a", encoding="utf-8", errors="backslashreplace")  # noqa: PTH123 - a handle
        except OSError:
            os.close(handle)
            raise

    def emit(self, record: logging.LogRecord) -> None:
        """See logging; a full file makes room for a new one first."""
        with contextlib.suppress(OSError, ValueError):
            if self.stream and self.stream.tell() >= LARGEST:
                self._rotate(self.stream)
            super().emit(record)

    def _rotate(self, full: io.TextIOWrapper) -> None:
        """`.log` becomes `.log.1`, which becomes `.log.2`, and so on; where files can't be renamed, it begins anew."""
        if sys.platform == "win32":
            full.close()  # no open file can be renamed there
        try:
            for number in range(OLDER_FILES, 0, -1):
                newer = Path(f"{self.baseFilename}.{number - 1}" if number > 1 else self.baseFilename)
                if newer.exists():
                    newer.replace(f"{self.baseFilename}.{number}")
        except OSError:  # a folder that is not ours; on Windows, a file that another run has open
            os.truncate(self.baseFilename, 0)
        self.stream = self._open()
        full.close()

    def close(self) -> None:
        """See logging; what is still to be written may not fit on the disk."""
        with contextlib.suppress(OSError, ValueError):
            super().close()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """See logging; the person's text is not the place to complain."""


class _StderrHandler(logging.StreamHandler):  # type: ignore[type-arg]  # generic to mypy alone
    """Lines on stderr, where somebody reads it."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """See logging; a stderr that takes nothing costs nobody the report."""


def start(*, verbose: bool) -> Path | None:
    """Begin to log; returns the file's path, or None when it can't be written (which stops nothing)."""
    root = _root(logging.DEBUG)
    path, handler = _file()
    handler.setFormatter(_Formatter("%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s"))
    root.addHandler(handler)
    if verbose:
        _log_to_stderr("%(levelname)s %(name)s: %(message)s")
    root.info("start, process %d, Python %s, %s", os.getpid(), sys.version.split()[0], sys.platform)
    return path


def start_on_stderr() -> None:
    """Begin to log on stderr alone, with the time: what a server does, whose log belongs to whoever started it."""
    _root(logging.INFO)
    _log_to_stderr("%(asctime)s %(levelname)s %(message)s")


def stop() -> None:
    """Close the files; what is logged afterwards is lost."""
    root = logging.getLogger("amif_netcheck")
    for handler in list(root.handlers):
        root.removeHandler(handler)
        handler.close()
    root.addHandler(logging.NullHandler())  # else Python writes on stderr, which is the person's


def _root(level: int) -> logging.Logger:
    root = logging.getLogger("amif_netcheck")
    root.setLevel(level)
    root.propagate = False
    return root


def _file() -> tuple[Path | None, logging.Handler]:
    """The log file and what writes to it; no file and a handler that drops everything where there can be none."""
    try:
        folder = folders.log()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / "amif-netcheck.log"
        handler = _LogFile(path, encoding="utf-8")
    except (OSError, RuntimeError, ValueError):  # RuntimeError: no home; ValueError: no name of a file
        return None, logging.NullHandler()
    for number in range(1, OLDER_FILES + 1):
        _keep_to_owner(f"{path}.{number}")
    return path, handler


def _demand_file(handle: int) -> None:
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        raise OSError("no file")


def _keep_to_owner(path: str) -> None:
    with contextlib.suppress(OSError):  # somebody else's file that we may write to; none at all
        Path(path).chmod(_OWNER_ONLY)


def _log_to_stderr(form: str) -> None:
    handler = _StderrHandler(sys.stderr)
    handler.setFormatter(_Formatter(form))
    logging.getLogger("amif_netcheck").addHandler(handler)
