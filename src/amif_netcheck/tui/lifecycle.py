"""How the app begins and ends: signals, the terminal's size, and a quick and clean end whatever happens."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import sys
import threading
from typing import Any, ClassVar

from textual.app import App
from textual.driver import Driver
from textual.events import Resize
from textual.geometry import Size

from amif_netcheck.errors import ANSWERS, ExitCode
from amif_netcheck.run.interruption import wake_silently
from amif_netcheck.run.teardown import tear_down
from amif_netcheck.tui.session import Session

log = logging.getLogger(__name__)


class LifecycleApp(App[None]):
    """After `run`, `crash` is what broke it, if anything did, and `answer` the exit code."""

    CLOSE_TIMEOUT = 0.2
    SIZE_POLL_S: ClassVar[float] = 1.0
    EXIT_TIMEOUT_S: ClassVar[float] = 3.0
    """Then the process ends whatever the terminal does."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.crash: Exception | None = None
        self.ended_by: ExitCode | None = None
        self.leaving = False

    def get_driver_class(self) -> type[Driver]:
        """See Textual."""
        usual = super().get_driver_class()
        if sys.platform != "win32" and usual.__name__ == "LinuxDriver":
            from amif_netcheck.tui.driver import Terminal

            return Terminal
        return usual

    def on_load(self) -> None:
        """Before the terminal is ours: from here on signals end the app as a key does, and restore the terminal."""
        if self.is_headless:
            return
        loop = asyncio.get_running_loop()

        def ended(number: int, _frame: object) -> None:
            self.ended_by = ExitCode(
                128 + number
            )  # now: a busy loop may not come to it before the last resort
            self._hurry()
            with contextlib.suppress(RuntimeError):  # it has ended already
                loop.call_soon_threadsafe(self._end, ExitCode(128 + number))

        for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"):
            with contextlib.suppress(
                AttributeError, ValueError
            ):  # not on this system, or not the main thread
                signal.signal(getattr(signal, name), ended)
        with contextlib.suppress(ValueError):
            wake_silently()

    def follow_size(self) -> None:
        """Look at the terminal's size now and then, where there is one."""
        if not self.is_headless:
            self.set_interval(self.SIZE_POLL_S, self._follow_size)

    def _follow_size(self) -> None:
        """Draw for the terminal as it is: its word that it was resized may get lost."""
        with contextlib.suppress(OSError, ValueError, AttributeError):  # it is gone
            size = Size(*os.get_terminal_size(sys.__stdout__.fileno()))  # type: ignore[union-attr]
            if self.size != size:
                self.post_message(Resize(size, size))
            for screen in self.screen_stack:
                if screen.size != size:
                    screen.post_message(Resize(size, size))

    @property
    def answer(self) -> ExitCode:
        """How the app ended: its report's exit code, or what ended it before there was one."""
        if self.ended_by is not None:
            return self.ended_by
        report = self.session.report
        return ExitCode.INTERRUPTED if report is None else ANSWERS[report.verdict.value]

    def _end(self, code: ExitCode) -> None:
        self.ended_by = code
        self.exit()

    def exit(self, *arguments: Any, **more: Any) -> None:
        """See Textual."""
        self.leaving = True
        self.session.plan.context.stop.set()
        self._hurry()
        super().exit(*arguments, **more)

    def _hurry(self) -> None:
        """From here on nothing is waited for; a terminal that takes no more ends the program all the same."""
        driver = self._driver
        if self.is_headless or driver is None or getattr(driver, "leaving", True):
            return
        driver.leaving = True  # type: ignore[attr-defined]
        last_resort = threading.Timer(self.EXIT_TIMEOUT_S, self._break_off)
        last_resort.daemon = True
        last_resort.start()

    def _break_off(self) -> None:
        log.error("the terminal takes nothing: ended without it")
        tear_down(self.session.plan)
        self._driver.give_back()  # type: ignore[union-attr]
        os._exit(self.answer)

    def _handle_exception(self, error: Exception) -> None:
        """Textual would draw the traceback; it belongs in the log, and a calm page on the restored terminal."""
        if self.leaving:  # half put up or taken down
            log.info("broken off", exc_info=error)
            self._close_messages_no_wait()
            return
        if self.crash is None:
            self.crash = error
            log.error("the app broke", exc_info=error)
        if self.is_headless:  # a test wants to see it
            super()._handle_exception(error)
            return
        self._return_code = ExitCode.INTERNAL
        self._close_messages_no_wait()

    def action_interrupt(self) -> None:
        """Ctrl-C."""
        self._end(ExitCode.INTERRUPTED)
