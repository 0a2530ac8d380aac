"""Asks an application to close, as a log-out does: with SIGTERM, which it may answer as it likes. Nothing is ever killed.

Only processes of the user's own are asked, and of each application, whatever its processes are called, those that started
the others. A process is held by a pidfd (Linux 5.3), so that a number that has been given away in the meantime is never
signalled.
"""

from __future__ import annotations

import os
import select
import signal
import time
from collections.abc import Container
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import NamedTuple

import psutil

from amif_netcheck.catalog.calls import name_and_family
from amif_netcheck.model.fix import Fix, FixKind, FixOutcome, FixResult

_POLL_S = 0.25
_ENDED = frozenset({"Z", "X"})
"""Processes in these states have ended, and only wait for their parent to notice."""


class _Process(NamedTuple):
    """`began` is when, in clock ticks since the computer's start: unlike the time of the day, nobody sets it."""

    pid: int
    parent: int
    began: str
    name: str


def offers(about: tuple[str, ...], until: float) -> tuple[Fix, ...]:
    """One fix for each application that a process in `about` belongs to and that runs for this user."""
    del until  # reading the list of processes takes some milliseconds
    if not _can_hold():
        return ()
    wanted = {_application(name) for name in about}
    by_application: dict[str, dict[int, _Process]] = {}
    parents = {}
    for process in _mine():
        parents[process.pid] = process.parent
        if (application := _application(process.name)) in wanted:
            by_application.setdefault(application, {})[process.pid] = process
    fixes = []
    for _, parts in sorted(by_application.items()):
        roots = [process for process in parts.values() if not _started_by(process, parts.keys(), parents)]
        target = tuple(text for process in roots for text in (str(process.pid), process.began))
        fixes.append(Fix(kind=FixKind.CLOSE_APPLICATION, params={"process": roots[0].name}, target=target))
    return tuple(fixes)


def carry_out(fix: Fix, until: float) -> FixResult:
    """Ask, and wait by `until` (`time.monotonic`) until all of the application has gone."""
    with ExitStack() as stack:
        asked, errors = set[int](), list[OSError]()
        for pid, began in zip(fix.target[::2], fix.target[1::2], strict=True):
            try:
                handle = _hold(int(pid), began)
                stack.callback(os.close, handle)
                signal.pidfd_send_signal(handle, signal.SIGTERM)
                asked.add(handle)
            except ProcessLookupError:
                continue
            except OSError as error:  # the others are asked all the same
                errors.append(error)
        detail = "; ".join(map(str, errors))
        if not asked:
            refused = bool(errors) and all(isinstance(error, PermissionError) for error in errors)
            outcome = FixOutcome.REFUSED if refused else FixOutcome.FAILED if errors else FixOutcome.GONE
            return FixResult(outcome=outcome, detail=detail)
        application = _application(fix.params["process"])
        while asked or _runs(application):
            if errors and not asked:  # what is left was never asked
                return FixResult(outcome=FixOutcome.FAILED, detail=detail)
            left_s = min(_POLL_S, until - time.monotonic())
            if left_s <= 0:
                outcome = FixOutcome.FAILED if errors else FixOutcome.UNFINISHED
                return FixResult(outcome=outcome, detail=detail)
            asked -= set(select.select([*asked], [], [], left_s)[0])
        return FixResult(outcome=FixOutcome.DONE)


def _application(process: str) -> str:
    """What people call it: its processes may have several names, of which the system cuts some."""
    return name_and_family(process)[0] or process


def _runs(application: str) -> bool:
    return any(_application(process.name) == application for process in _mine())


def _mine() -> list[_Process]:
    """This user's processes that run, in the order of their numbers, without ourselves."""
    user, ourselves = os.getuid(), os.getpid()
    processes = []
    for pid in psutil.pids():
        with suppress(psutil.Error, OSError):
            process = psutil.Process(pid)
            if pid == ourselves or process.uids().real != user:
                continue
            state, parent, began = _state(pid)
            if state not in _ENDED:
                processes.append(_Process(pid, parent, began, process.name()))
    return processes


def _started_by(process: _Process, others: Container[int], parents: dict[int, int]) -> bool:
    """Has one of the others started it, or what started it?"""
    parent, visited = process.parent, set[int]()
    while parent in parents and parent not in visited:
        if parent in others:
            return True
        visited.add(parent)
        parent = parents[parent]
    return False


def _can_hold() -> bool:
    """Old kernels and some sandboxes have no pidfd."""
    try:
        os.close(os.pidfd_open(os.getpid()))
    except (AttributeError, OSError):
        return False
    return True


def _hold(pid: int, began: str) -> int:
    """The process with that number that began then.

    Raises:
        ProcessLookupError: it has gone.
        OSError: it can't be held.
    """
    handle = os.pidfd_open(pid)
    try:
        state, _, since = _state(pid)
    except OSError as error:
        os.close(handle)
        raise ProcessLookupError from error
    if since != began or state in _ENDED:
        os.close(handle)
        raise ProcessLookupError
    return handle


def _state(pid: int) -> tuple[str, int, str]:
    """State, parent, and when it began (proc_pid_stat(5), fields 3, 4 and 22)."""
    fields = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    return fields[0], int(fields[1]), fields[19]
