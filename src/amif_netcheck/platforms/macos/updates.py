"""Updates: is one being installed? What waits for a restart, macOS tells nobody.

Its own updates are installed while it restarts, so that none is left half done; packages that want a restart say so to the
person alone.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from amif_netcheck.model.facts import Reason, Unavailable
from amif_netcheck.platforms.macos.bundles import program
from amif_netcheck.platforms.macos.processes import MacProcess, running
from amif_netcheck.platforms.macos.tools import Tools

_LOG = Path("/var/log/install.log")
"""Everybody may read it."""
_TAIL = 512 * 1024
_MARKS = re.compile(rb" (installd|system_installd)\[(\d{1,9})\]: PackageKit: ----- (Begin|End) install -----")
_TASK = re.compile(r"^\s*SoftwareUpdateTask\s+(\d+)\s*$", re.MULTILINE)
"""A line of `pmset -g assertions` since macOS 26."""
_INSTALLERS = frozenset({"installd", "system_installd"})
_SECONDS = 1.5


def restart_pending() -> bool | Unavailable:
    """See `Platform.restart_pending`."""
    return Unavailable(reason=Reason.UNSUPPORTED, detail="macOS leaves no mark of it")


def in_progress(tools: Tools, log: Path = _LOG) -> bool | Unavailable:
    """See `Platform.update_in_progress`: a package is being installed, or the system says that it updates itself."""
    written = tools.output("/usr/bin/pmset", "-g", "assertions", seconds=_SECONDS)
    updating = None if isinstance(written, Unavailable) else updates_itself(written)
    if updating:
        return True
    tail = _tail(log)
    if tail is None:
        refused = Unavailable(reason=Reason.NOT_PERMITTED, detail="the log of installations can't be read")
        return refused if updating is None else updating
    processes = running(tools) if (begun := begun_by(tail)) else ()
    if isinstance(processes, Unavailable):
        return processes
    if any(_installs(process, begun) for process in processes):
        return True
    untold = Unavailable(reason=Reason.UNSUPPORTED, detail="this macOS does not tell when it updates itself")
    return untold if updating is None else False


def updates_itself(text: str) -> bool | None:
    """Does the system hold the assertion of its own updates? None where it does not list that kind."""
    found = _TASK.search(text)
    return None if found is None else found[1].strip("0") != ""


def begun_by(tail: bytes) -> set[int]:
    """The processes that began to install and have not ended, by the end of the log."""
    begun: set[int] = set()
    for mark in _MARKS.finditer(tail):
        pid = int(mark[2])
        if mark[3] == b"Begin":
            begun.add(pid)
        else:
            begun.discard(pid)
    return begun


def _installs(process: MacProcess, begun: set[int]) -> bool:
    """The process itself, which began, is still there: what it began before a crash or a restart is over."""
    return process.pid in begun and program(process.path) in _INSTALLERS


def _tail(log: Path) -> bytes | None:
    try:
        with log.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL))
            return file.read(_TAIL)
    except OSError:
        return None
