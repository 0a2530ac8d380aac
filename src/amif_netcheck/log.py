"""The log file: always there, for the IT desk; on stderr too with -v."""

from __future__ import annotations

import contextlib
import logging
import logging.handlers
import os
import sys
from pathlib import Path

from amif_netcheck.output.escape import for_terminal

LARGEST = 1024 * 1024
OLDER_FILES = 2


class _Formatter(logging.Formatter):
    """Names from outside reach the log too, and logs are read in terminals."""

    def format(self, record: logging.LogRecord) -> str:
        """See logging; of line breaks only those between the lines of a traceback are kept."""
        return "\n".join(for_terminal(line) for line in super().format(record).split("\n"))


class _File(logging.handlers.RotatingFileHandler):
    """A log that can't be written (a full disk) must not speak into the person's text."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """See logging."""


def folder() -> Path:
    """Where this user's logs are."""
    import platformdirs  # noqa: PLC0415 - not needed by every command

    return platformdirs.user_log_path("amif-netcheck", appauthor=False)


def start(*, verbose: bool) -> Path | None:
    """Begin to log; returns the file's path, or None when it can't be written (which stops nothing)."""
    root = logging.getLogger("amif_netcheck")
    root.setLevel(logging.DEBUG)
    root.propagate = False
    path: Path | None = None
    try:
        path = folder() / "amif-netcheck.log"
        path.parent.mkdir(parents=True, exist_ok=True)
        handler: logging.Handler = _File(
            path, maxBytes=LARGEST, backupCount=OLDER_FILES, encoding="utf-8", errors="backslashreplace"
        )
        with contextlib.suppress(OSError):  # somebody else's file that we may write to
            path.chmod(0o600)
    except (OSError, RuntimeError):  # RuntimeError: nobody's home
        path = None
        handler = logging.NullHandler()
    handler.setFormatter(_Formatter("%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s"))
    root.addHandler(handler)
    if verbose:
        spoken = logging.StreamHandler(sys.stderr)
        spoken.setFormatter(_Formatter("%(levelname)s %(name)s: %(message)s"))
        root.addHandler(spoken)
    root.info("start, process %d, Python %s, %s", os.getpid(), sys.version.split()[0], sys.platform)
    return path


def start_on_stderr() -> None:
    """Begin to log on stderr alone, with the time: what a server does, whose log belongs to whoever started it."""
    root = logging.getLogger("amif_netcheck")
    root.setLevel(logging.INFO)
    root.propagate = False
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Formatter("%(asctime)s %(levelname)s %(message)s"))
    root.addHandler(handler)


def stop() -> None:
    """Close the files; what is logged afterwards is lost."""
    root = logging.getLogger("amif_netcheck")
    for handler in list(root.handlers):
        root.removeHandler(handler)
        handler.close()
    root.addHandler(logging.NullHandler())  # else Python writes on stderr, which is the person's
