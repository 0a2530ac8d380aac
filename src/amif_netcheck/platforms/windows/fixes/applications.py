"""Asks an application to close, as its own cross does: by WM_CLOSE to its windows, which it may answer as it likes.

Nothing is ever killed. Only what has a window can be asked: what sits beside the clock alone is not offered, and what goes
there when its window closes is told as unfinished. Windows of a program with more rights refuse us (UIPI).
"""

from __future__ import annotations

import ctypes
import os
import time
from typing import NamedTuple, Protocol

from amif_netcheck.catalog.calls import name_and_family
from amif_netcheck.model.facts import Reason, Unavailable
from amif_netcheck.model.fix import Fix, FixKind, FixOutcome, FixResult
from amif_netcheck.platforms.windows import processes
from amif_netcheck.platforms.windows.libraries import function, last_error
from amif_netcheck.platforms.windows.processes import NtKernel, SystemProcess

_POINTER, _NUMBER = ctypes.c_void_p, ctypes.c_uint32
_POLL_S = 0.25
_CLOSE = 0x0010
"""WM_CLOSE."""
_OWNER = 4
"""GW_OWNER: dialogues belong to a window, which is asked in their place."""
_REFUSED = 5
"""ERROR_ACCESS_DENIED."""
_GONE = 1400
"""ERROR_INVALID_WINDOW_HANDLE."""


class TopWindow(NamedTuple):
    """A window that people see, with the process it belongs to."""

    handle: int
    pid: int


class Desktop(Protocol):
    """The windows of this session: one object, so that a test can take its place."""

    def windows(self) -> tuple[TopWindow, ...]:
        """All that are visible and belong to no other. Raises OSError."""

    def close(self, handle: int) -> None:
        """Ask it to close, without waiting. Raises PermissionError, ProcessLookupError where it is gone, OSError."""


def offers(
    about: tuple[str, ...],
    until: float,
    desktop: Desktop | None = None,
    kernel: NtKernel | None = None,
) -> tuple[Fix, ...]:
    """One fix for each application that a process in `about` belongs to, and that has a window of this user's."""
    del until  # both lists take some milliseconds
    wanted = {_application(name) for name in about}
    mine = _mine(kernel or processes.Nt())
    if isinstance(mine, Unavailable):
        return ()
    try:
        with_window = {window.pid for window in (desktop or User32()).windows()}
    except OSError:
        return ()
    by_application: dict[str, list[SystemProcess]] = {}
    for process in mine.values():
        if process.pid in with_window and (application := _application(process.name)) in wanted:
            by_application.setdefault(application, []).append(process)
    return tuple(
        Fix(
            kind=FixKind.CLOSE_APPLICATION,
            params={"process": parts[0].name},
            target=tuple(text for part in parts for text in (str(part.pid), str(part.created))),
        )
        for _, parts in sorted(by_application.items())
    )


def carry_out(
    fix: Fix, until: float, desktop: Desktop | None = None, kernel: NtKernel | None = None
) -> FixResult:
    """Ask its windows, and wait by `until` (`time.monotonic`) until all of the application has gone."""
    desktop, kernel = desktop or User32(), kernel or processes.Nt()
    meant = set(zip(fix.target[::2], fix.target[1::2], strict=True))
    mine = _mine(kernel)
    if isinstance(mine, Unavailable):
        return FixResult(outcome=FixOutcome.FAILED, detail=mine.detail)
    there = {pid for pid, each in mine.items() if (str(pid), str(each.created)) in meant}
    if not there:
        return FixResult(outcome=FixOutcome.GONE)
    asked, errors = _ask(desktop, there)
    detail = "; ".join(map(str, errors))
    if not asked and errors:
        refused = all(isinstance(error, PermissionError) for error in errors)
        return FixResult(outcome=FixOutcome.REFUSED if refused else FixOutcome.FAILED, detail=detail)
    application = _application(fix.params["process"])
    while _still_there(application, kernel):
        if time.monotonic() + _POLL_S > until:
            outcome = FixOutcome.FAILED if errors else FixOutcome.UNFINISHED
            return FixResult(outcome=outcome, detail=detail or "it still runs")
        time.sleep(_POLL_S)
    return FixResult(outcome=FixOutcome.DONE)


def _ask(desktop: Desktop, pids: set[int]) -> tuple[int, list[OSError]]:
    """How many windows of these processes were asked, and what others said."""
    asked, errors = 0, list[OSError]()
    try:
        windows = [window for window in desktop.windows() if window.pid in pids]
    except OSError as error:
        return 0, [error]
    for window in windows:
        try:
            desktop.close(window.handle)
            asked += 1
        except ProcessLookupError:
            continue
        except OSError as error:
            errors.append(error)
    return asked, errors


def _application(process: str) -> str:
    """What people call it: its processes may have several names."""
    return name_and_family(process)[0] or process


def _still_there(application: str, kernel: NtKernel) -> bool:
    """Does any of its processes run? While they can't be listed, it has not been seen to end."""
    mine = _mine(kernel)
    return isinstance(mine, Unavailable) or any(
        _application(process.name) == application for process in mine.values()
    )


def _mine(kernel: NtKernel) -> dict[int, SystemProcess] | Unavailable:
    """The processes of our session, without ourselves."""
    found = processes.running(kernel)
    if isinstance(found, Unavailable):
        return found
    if os.getpid() not in found:
        return Unavailable(reason=Reason.ERROR, detail="the list of processes lacks our own")
    session = found[os.getpid()].session
    return {pid: each for pid, each in found.items() if each.session == session and pid != os.getpid()}


class User32:
    """See `Desktop`."""

    def windows(self) -> tuple[TopWindow, ...]:
        """See `Desktop`."""
        visible = function("user32", "IsWindowVisible", _POINTER)
        related = function("user32", "GetWindow", _POINTER, _NUMBER, result=_POINTER)
        owner = function("user32", "GetWindowThreadProcessId", _POINTER, _POINTER)
        found: list[TopWindow] = []

        def each(handle: int | None, _: object) -> int:
            if visible(handle) and not related(handle, _OWNER):
                pid = ctypes.c_uint32()
                owner(handle, ctypes.byref(pid))
                found.append(TopWindow(handle or 0, pid.value))
            return 1

        prototype = getattr(ctypes, "WINFUNCTYPE", ctypes.CFUNCTYPE)(ctypes.c_int, _POINTER, _POINTER)
        if not function("user32", "EnumWindows", _POINTER, _POINTER)(prototype(each), None):
            raise OSError(f"EnumWindows: error {last_error()}")
        return tuple(found)

    def close(self, handle: int) -> None:
        """See `Desktop`."""
        post = function("user32", "PostMessageW", _POINTER, _NUMBER, _POINTER, _POINTER)
        if post(handle, _CLOSE, None, None):
            return
        error = last_error()
        if error == _REFUSED:
            raise PermissionError("the window belongs to a program with more rights")
        if error == _GONE:
            raise ProcessLookupError("the window is gone")
        raise OSError(f"PostMessage: error {error}")
