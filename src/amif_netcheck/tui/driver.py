"""Textual 8.2's terminal on Unix, but that nothing is waited for once the app is ending. Not for import on Windows."""

from __future__ import annotations

import contextlib
import signal
import termios
from threading import Thread

from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

_WRITTEN_S = 1.0
"""What a terminal is given to take what restores it."""


class Terminal(LinuxDriver):
    """`leaving` says that the app is ending: from then on input is left alone, and the thread that reads it not joined."""

    leaving = False

    def disable_input(self) -> None:
        """See Textual, which waits two tenths of a second for its reading thread to notice."""
        if not self.leaving:
            super().disable_input()
        elif not self.exit_event.is_set():
            signal.signal(signal.SIGWINCH, signal.SIG_DFL)
            self._disable_mouse_support()
            self.exit_event.set()
            with contextlib.suppress(termios.error):  # it is gone
                termios.tcflush(self.fileno, termios.TCIFLUSH)

    def process_message(self, message: Message) -> None:
        """See Textual; what comes after the end is for nobody."""
        if not self.exit_event.is_set():
            super().process_message(message)

    def close(self) -> None:
        """See Textual; a terminal that takes nothing holds nobody."""
        closing = Thread(target=super().close, daemon=True)
        closing.start()
        closing.join(_WRITTEN_S)

    def give_back(self) -> None:
        """The settings that the terminal had, though it may show nothing any more."""
        if self.attrs_before is not None:
            with contextlib.suppress(termios.error):
                termios.tcsetattr(self.fileno, termios.TCSANOW, self.attrs_before)
