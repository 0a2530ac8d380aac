"""Asks an application to close, as a log-out does: with SIGTERM, which it may answer as it likes. Nothing is ever killed.

Only processes of the user's own are asked, and of each application those that started the others. A process is held by a
pidfd (Linux 5.3), so that a number that has been given away in the meantime is never signalled.
"""

from __future__ import annotations

import os
import select
import signal
import time
from contextlib import ExitStack, suppress

import psutil

from amif_netcheck.model.fix import Fix, FixKind, FixResult, Outcome

_POLL_S = 0.25


def offers(about: tuple[str, ...], until: float) -> tuple[Fix, ...]:
    """One fix for each name of a process in `about` that runs for this user."""
    del until  # reading the list of processes takes some milliseconds
    if not hasattr(os, "pidfd_open"):
        return ()
    roots: dict[str, list[psutil.Process]] = {}
    for process in _mine():
        with suppress(psutil.Error):
            name = process.name()
            if name in about and not _is_child_of_same(process, name):
                roots.setdefault(name, []).append(process)
    return tuple(
        Fix(
            kind=FixKind.CLOSE_APPLICATION,
            params={"process": name},
            target=tuple(text for each in found for text in (str(each.pid), repr(each.create_time()))),
        )
        for name, found in sorted(roots.items())
    )


def carry_out(fix: Fix, until: float) -> FixResult:
    """Ask, and wait by `until` (`time.monotonic`) until all of it has gone."""
    with ExitStack() as stack:
        held = []
        for pid, began in zip(fix.target[::2], fix.target[1::2], strict=True):
            handle = _hold(int(pid), float(began))
            if handle is not None:
                stack.callback(os.close, handle)
                held.append(handle)
        if not held:
            return FixResult(outcome=Outcome.GONE)
        try:
            for handle in held:
                with suppress(ProcessLookupError):
                    signal.pidfd_send_signal(handle, signal.SIGTERM)
        except PermissionError as error:
            return FixResult(outcome=Outcome.REFUSED, detail=str(error))
        open_still = set(held)
        while open_still and time.monotonic() < until:
            wait_s = min(_POLL_S, max(0.0, until - time.monotonic()))
            open_still -= set(select.select(list(open_still), [], [], wait_s)[0])
        return FixResult(outcome=Outcome.UNFINISHED if open_still else Outcome.DONE)


def _mine() -> list[psutil.Process]:
    user, ourselves = os.getuid(), os.getpid()
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.pid != ourselves and process.uids().real == user:
                found.append(process)
    return found


def _is_child_of_same(process: psutil.Process, name: str) -> bool:
    """A part of an application, which the application itself closes."""
    with suppress(psutil.Error):
        parent = process.parent()
        return parent is not None and parent.name() == name
    return False


def _hold(pid: int, began: float) -> int | None:
    """The process with that number that began then; None when it has gone."""
    try:
        handle = os.pidfd_open(pid)
    except OSError:
        return None
    with suppress(psutil.Error):
        if psutil.Process(pid).create_time() == began:
            return handle
    os.close(handle)
    return None
