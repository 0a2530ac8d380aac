"""Textual 8.2's terminal on Unix, but that nothing is waited for once the app is ending. Not for import on Windows."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import sys
import termios
import time
from collections.abc import Callable
from queue import Full
from threading import Event, Thread
from typing import Any, TextIO

from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

assert sys.platform != "win32"  # noqa: S101 - tells the type checker

_PICTURES_S = 0.2
"""What pictures that wait are given once the app is ending; then they are dropped."""
_RESTORED_S = 2.0
"""What a slow terminal is given to take what restores it; then whatever it has not taken yet is dropped for it."""
_WRITTEN_S = 3.0
"""What it is given when the app does not end."""
_POLL_S = 0.02
_PIECE = 4096
_RESTORING = (
    "\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l"  # reports of the mouse
    "\x1b[?2004l\x1b[?7h\x1b[?2048l"  # marks around what is pasted, wrapping, reports of the size
    "\x1b[<u\x1b[?1049l\x1b[?25h\x1b[?1004l"  # keys, the other screen, the cursor, reports of the focus
)
"""Undoes all that Textual's driver sets, in its order."""
_BROKEN_OFF = "\x18\x1b[?2026l"
"""Ends a sequence that was cut (CAN), and a picture that was not to be shown before its end."""


class TerminalOutput:
    """What a terminal is given, piece by piece, so that it can be broken off."""

    def __init__(self, file: TextIO) -> None:
        self._file, self._waiting, self._dropped = file, bytearray(), Event()
        self._handle = file.fileno()
        with contextlib.suppress(OSError):  # another user's terminal: a piece may be waited for
            # Opened anew, since the shell shares what we were given, and must not find it changed.
            self._handle = os.open(os.ttyname(self._handle), os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY)

    def write(self, text: str) -> None:
        """Write when there is much, else at `flush`."""
        self._waiting += text.encode(self._file.encoding, self._file.errors or "replace")
        if len(self._waiting) >= _PIECE:
            self.flush()

    def flush(self) -> None:
        """Write all, as fast as the terminal takes it, or until it is dropped."""
        text, self._waiting = bytes(self._waiting), bytearray()
        self._give(text, lambda: not self._dropped.is_set())

    def fileno(self) -> int:
        """See files."""
        return self._file.fileno()

    def drop(self) -> None:
        """From now on nothing is written but by `restore`."""
        self._dropped.set()

    def restore(self, text: str, wait_s: float) -> None:
        """Write `text` at the latest in `wait_s` seconds, by then in the place of what the terminal has not taken yet."""
        until = time.monotonic() + wait_s
        left = self._give(text.encode(), lambda: time.monotonic() < until)
        if left:
            with contextlib.suppress(termios.error):
                termios.tcflush(self._handle, termios.TCOFLUSH)
            once = iter((True,))
            self._give(text.encode(), lambda: next(once, False))

    def _give(self, text: bytes, while_: Callable[[], bool]) -> bytes:
        """What could not be written while `while_()`."""
        while text and while_():
            try:
                if select.select([], [self._handle], [], _POLL_S)[1]:
                    text = text[os.write(self._handle, text[:_PIECE]) :]
            except BlockingIOError:
                continue
            except OSError:  # the terminal is gone
                return b""
        return text


class Terminal(LinuxDriver):
    """`leaving` says that the app is ending: from then on input is left alone, and the thread that reads it not joined."""

    leaving = False

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self._screen = TerminalOutput(self._file)  # type: ignore[arg-type] # there is one, or the app is not begun
        self._file = self._screen  # type: ignore[assignment] # all that its writing thread asks for

    def write(self, data: str) -> None:
        """See Textual; once the app is ending, a picture that finds no place is left out."""
        while self._writer_thread is not None:
            try:
                return self._writer_thread._queue.put(data, timeout=_POLL_S)  # noqa: SLF001
            except Full:
                if self.leaving:
                    return None
        return None

    def stop_application_mode(self) -> None:
        """See Textual; `close` writes what restores the terminal."""
        if self.leaving:
            self.disable_input()
            self._settings_back()
        else:
            super().stop_application_mode()

    def disable_input(self) -> None:
        """See Textual, which waits two tenths of a second for its reading thread to notice."""
        if not self.leaving:
            super().disable_input()
        elif not self.exit_event.is_set():
            signal.signal(signal.SIGWINCH, signal.SIG_DFL)
            self.exit_event.set()
            with contextlib.suppress(termios.error):  # it is gone
                termios.tcflush(self.fileno, termios.TCIFLUSH)

    def process_message(self, message: Message) -> None:
        """See Textual; what comes after the end is for nobody."""
        if not self.exit_event.is_set():
            super().process_message(message)

    def close(self) -> None:
        """See Textual; a terminal that takes nothing holds nobody, and a slow one gets what restores it."""
        if self._writer_thread is None:
            return
        closing = Thread(target=super().close, daemon=True)
        closing.start()
        closing.join(_PICTURES_S if self.leaving else _WRITTEN_S)
        if self.leaving:
            cut = closing.is_alive()
            self._screen.drop()
            closing.join(_PICTURES_S)
            self._screen.restore(_BROKEN_OFF + _RESTORING if cut else _RESTORING, _RESTORED_S)

    def give_back(self) -> None:
        """The terminal as it was, at once, whatever of the last pictures it has not taken."""
        self._settings_back()
        if self._writer_thread is not None:
            self._screen.drop()
            self._screen.restore(_BROKEN_OFF + _RESTORING, 0.0)

    def _settings_back(self) -> None:
        if self.attrs_before is not None:
            with contextlib.suppress(termios.error):
                termios.tcsetattr(self.fileno, termios.TCSANOW, self.attrs_before)
