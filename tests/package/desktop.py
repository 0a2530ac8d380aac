"""Somebody who double-clicks, under Wine, on a screen that nobody sees."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

from tests.package.windows import WindowsUser
from tests.wine.prefix import Prefix
from tests.wine.prepare import Prepared


class Screen:
    """An X server that nobody sees, and the keys that are pressed on it."""

    def __init__(self) -> None:
        number, write = os.pipe()
        self._server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write), "-screen", "0", "1600x1000x24", "-nolisten", "tcp"],
            pass_fds=(write,),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(write)
        with os.fdopen(number) as file:
            self.name = f":{file.readline().strip()}"

    def press(self, key: str) -> None:
        """One key, to the window that has the focus."""
        environment = {**os.environ, "DISPLAY": self.name}
        subprocess.run(["xdotool", "key", key], env=environment, check=True, timeout=20)

    def end(self) -> None:
        self._server.kill()
        self._server.wait()


class PrefixOnScreen(Prefix):
    """All of it, also what starts first, shows its windows on a screen."""

    def __init__(self, prepared: Prepared, folder: Path, screen: Screen) -> None:
        super().__init__(prepared, folder)
        self._screen = screen

    def environment(self, own: dict[str, str] | None = None) -> dict[str, str]:
        return super().environment({"DISPLAY": self._screen.name, **(own or {})})


class Desktop:
    """Somebody who double-clicks: the program gets a console, and its window, for itself."""

    def __init__(self, user: WindowsUser, screen: Screen) -> None:
        self.user = user
        self._screen = screen
        self._started: subprocess.Popen[bytes] | None = None

    def open(self, program: Path, *words: str) -> None:
        """As the Explorer does."""
        self._started = subprocess.Popen(
            ["wine", "start", "/wait", self.user.path(program), *words],
            env=self.user.prefix.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def press(self, key: str) -> None:
        """A key, to the window that has the focus."""
        self._screen.press(key)

    @property
    def code(self) -> int | None:
        """The exit code, when its window has closed."""
        assert self._started is not None
        return self._started.returncode

    def closes(self, seconds: float = 20) -> bool:
        """Does the window close by itself?"""
        assert self._started is not None
        try:
            self._started.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def waits(self) -> bool:
        """Is the window still there when a person would have read a line, and gone after Enter?"""
        assert self._started is not None
        time.sleep(1)  # it must not close by itself, and nothing tells when it would have
        if self._started.poll() is not None:
            return False
        until = time.monotonic() + 20
        while self._started.poll() is None and time.monotonic() < until:
            self._screen.press("Return")
            time.sleep(0.2)
        return self._started.poll() is not None
