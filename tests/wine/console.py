"""A Windows program on a console: Wine draws one on a terminal of Linux, with the keys that it has."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tests.wine.windows_python import WindowsPython

CTRL_C = b"\x03"
_START_S = 60
_SIZE = struct.pack("HHHH", 40, 120, 0, 0)


class WindowsConsole:
    """The process, and what it has drawn so far."""

    def __init__(self, process: subprocess.Popen[bytes], terminal: int) -> None:
        self.process = process
        self.drawn = b""
        self._terminal = terminal

    def press(self, keys: bytes) -> None:
        """As if typed."""
        os.write(self._terminal, keys)

    def shows(self, text: str, seconds: float = _START_S) -> None:
        """Wait until it has drawn this, escape codes apart."""
        until = time.monotonic() + seconds
        while text.encode() not in self.drawn:
            assert time.monotonic() < until, f"{text!r} not within {seconds} s: {self.drawn[-3000:]!r}"
            assert self._read() or self.process.poll() is None, f"ended: {self.drawn[-3000:]!r}"

    def ended(self, seconds: float = _START_S) -> int:
        """Its exit code."""
        until = time.monotonic() + seconds
        while self.process.poll() is None:
            assert time.monotonic() < until, f"still there: {self.drawn[-3000:]!r}"
            self._read()
        while self._read():
            pass
        return self.process.returncode

    def close(self) -> None:
        """Close the window."""
        with suppress(OSError):
            os.close(self._terminal)
        self._terminal = -1

    def _read(self) -> bool:
        if self._terminal < 0:
            time.sleep(0.05)
            return False
        if not select.select([self._terminal], [], [], 0.1)[0]:
            return False
        try:
            part = os.read(self._terminal, 65536)
        except OSError:  # EIO: nobody has the other end any more
            return False
        self.drawn += part
        return bool(part)


@contextmanager
def on_console(windows: WindowsPython, *arguments: str) -> Iterator[WindowsConsole]:
    """Python with these arguments on a console of 120 by 40; killed in the end."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, _SIZE)
    process = subprocess.Popen(
        ["setsid", "--ctty", *windows.prefix.command(*arguments)],  # Ctrl-C there is this process's
        env=windows.prefix.environment({"TERM": "xterm"}),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    console = WindowsConsole(process, ours)
    try:
        yield console
    finally:
        process.kill()
        process.wait(10)
        console.close()
