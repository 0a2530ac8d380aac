"""Asks an application to quit, as the Dock does (`terminate` of NSRunningApplication). Nothing is ever killed.

An application that would lose something asks the person first, and is then still there. Programs that are no applications
are not asked: they would only end by a signal, which none of them expects from us. A process is known by its number and by
when it began, so that a number that has been given away in the meantime is never asked.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import suppress

import psutil

from amif_netcheck.catalog.calls import name_and_family
from amif_netcheck.children.threads import BackgroundCall
from amif_netcheck.model.facts import Unavailable
from amif_netcheck.model.fix import Fix, FixKind, FixOutcome, FixResult
from amif_netcheck.platforms.macos import bundles
from amif_netcheck.platforms.macos.objective_c import AppleObjects
from amif_netcheck.platforms.macos.processes import MacProcess, current_user, running
from amif_netcheck.platforms.macos.tools import Tools

_POLL_S = 0.25


def began(pid: int) -> str:
    """When a process began, as the system wrote it down; empty when it has gone."""
    with suppress(psutil.Error, OSError, ValueError):
        return repr(psutil.Process(pid).create_time())
    return ""


class MacApplications:
    """See the top of this file."""

    def __init__(
        self,
        objects: AppleObjects,
        tools: Tools,
        *,
        began: Callable[[int], str] = began,
        user: Callable[[], int] = current_user,
    ) -> None:
        self._objects, self._tools, self._began, self._user = objects, tools, began, user

    def offers(self, about: tuple[str, ...], until: float) -> tuple[Fix, ...]:
        """One fix for each application that a process in `about` belongs to and that runs for this user."""
        wanted = {_called(name) for name in about}
        found: dict[str, list[tuple[MacProcess, str]]] = {}
        for process in self._mine(until):
            called = _application(process)
            if called in wanted and bundles.is_main(process.path):
                since = self._began(process.pid)
                if since and self._is_application(process.pid, until):
                    found.setdefault(called, []).append((process, since))
        return tuple(
            Fix(
                kind=FixKind.CLOSE_APPLICATION,
                params={"process": bundles.shown(mains[0][0].path)},
                target=tuple(text for process, since in mains for text in (str(process.pid), since)),
            )
            for _, mains in sorted(found.items())
        )

    def carry_out(self, fix: Fix, until: float) -> FixResult:
        """Ask, and wait by `until` (`time.monotonic`) until all of the application has gone."""
        pairs = list(zip(map(int, fix.target[::2]), fix.target[1::2], strict=True))
        there = [(pid, since) for pid, since in pairs if self._began(pid) == since]
        if not there:
            return FixResult(outcome=FixOutcome.GONE)
        refused, details = False, []
        for pid, since in there:
            sent = BackgroundCall(lambda pid=pid: self._quit(pid)).result(until)  # type: ignore[misc]
            if isinstance(sent, Unavailable):
                details.append(sent.detail)
            elif not sent and self._began(pid) == since:
                refused = True
        while there:
            there = [(pid, since) for pid, since in there if self._began(pid) == since]
            if there and (refused or details):
                outcome = FixOutcome.REFUSED if refused and not details else FixOutcome.FAILED
                return FixResult(outcome=outcome, detail="; ".join(details))
            if there and time.monotonic() + _POLL_S > until:
                return FixResult(outcome=FixOutcome.UNFINISHED, detail="it is still there")
            if there:
                time.sleep(_POLL_S)
        return FixResult(outcome=FixOutcome.DONE)

    def _quit(self, pid: int) -> bool:
        return self._objects.quit(pid)

    def _is_application(self, pid: int, until: float) -> bool:
        answer = BackgroundCall(lambda: self._objects.is_application(pid)).result(until)
        return answer is True

    def _mine(self, until: float) -> list[MacProcess]:
        found = running(self._tools, until - time.monotonic())
        ourselves = os.getpid()
        known = () if isinstance(found, Unavailable) else found
        return [process for process in known if process.user == self._user() and process.pid != ourselves]


def _called(name: str) -> str:
    """What people call it: its processes may have several names."""
    return name_and_family(name)[0] or name


def _application(process: MacProcess) -> str:
    """The application of a process: by its program's name, else by its bundle's."""
    return name_and_family(bundles.program(process.path))[0] or _called(bundles.shown(process.path))
