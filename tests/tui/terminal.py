"""A real terminal (tmux) with a shell in it, in which the program is started."""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 150.0


class Terminal:
    """A terminal with a shell in it."""

    def __init__(self, folder: Path, width: int, height: int) -> None:
        self.folder = folder
        self._socket = str(folder / "tmux")
        self._env = {**os.environ, "ENV": "", "PS1": "", "LANG": "C.UTF-8", "TMUX_TMPDIR": str(folder)}
        for name in ("TMUX", "NO_COLOR", "COLORTERM"):
            self._env.pop(name, None)
        size = ("-x", str(width), "-y", str(height))
        self.tmux("-f", "/dev/null", "new-session", "-d", *size, "-c", str(ROOT), "exec /bin/sh")

    def tmux(self, *command: str) -> str:
        done = subprocess.run(
            ("tmux", "-u", "-S", self._socket, *command),
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=30,
            env=self._env,
        )
        return done.stdout

    def type(self, line: str) -> None:
        self.tmux("send-keys", "-l", line)
        self.tmux("send-keys", "Enter")

    def key(self, *names: str) -> None:
        self.tmux("send-keys", *names)

    def mouse(self, button: int, x: int, y: int, *, up: bool = False) -> None:
        """A report as terminals send them (SGR, 1006); counted from 1."""
        self.tmux("send-keys", "-l", f"\x1b[<{button};{x};{y}{'m' if up else 'M'}")

    def click(self, words: str, *, line: int = 0) -> None:
        """Click into words on the screen; `line` -1: where they stand last."""
        self.shows(words)
        places = [(y, text.index(words)) for y, text in enumerate(self.screen().split("\n")) if words in text]
        y, x = places[line]
        for up in (False, True):
            self.mouse(0, x + 2, y + 1, up=up)

    def screen(self) -> str:
        return self.tmux("capture-pane", "-p").translate({0xA0: " ", 0x202F: " "})

    def until(self, condition: Callable[[], object]) -> None:
        end = time.monotonic() + PATIENCE_S
        while not condition():
            assert time.monotonic() < end, f"waited in vain; on screen:\n{self.screen()}"
            time.sleep(0.05)

    def shows(self, words: str) -> None:
        self.until(lambda: words in self.screen())

    def run(self, command: str) -> None:
        """Start the program between two looks at the terminal's settings; `ended` reads what came of it."""
        self.type(
            f"stty -a > {self.folder}/before; {command}; echo $? > {self.folder}/code.part; "
            f"stty -a > {self.folder}/after; mv {self.folder}/code.part {self.folder}/code"
        )

    def ended(self) -> int:
        """The exit code, once the program has ended and left the terminal as it was."""
        code = self.folder / "code"
        self.until(code.exists)
        size = re.compile(r"rows \d+; columns \d+; ")
        settings = [
            size.sub("", (self.folder / name).read_text(encoding="utf-8")) for name in ("before", "after")
        ]
        assert settings[0] == settings[1]
        assert self.tmux(
            "display-message", "-p", "#{alternate_on} #{mouse_any_flag} #{cursor_flag}"
        ).split() == [*("0", "0", "1")]
        return int(code.read_text(encoding="utf-8"))

    def process(self) -> int:
        """The program's process id."""
        shell = int(self.tmux("display-message", "-p", "#{pane_pid}"))
        found: list[int] = []

        def look() -> bool:
            children = Path(f"/proc/{shell}/task/{shell}/children").read_text(encoding="utf-8").split()
            found[:] = [int(child) for child in children]
            return len(found) == 1

        self.until(look)
        return found[0]


def family(process: int) -> set[int]:
    """A process's children, and theirs; threads and processes come and go meanwhile."""
    found: set[int] = set()
    with suppress(OSError):
        for task in list(Path(f"/proc/{process}/task").iterdir()):
            with suppress(OSError):
                for word in (task / "children").read_text(encoding="utf-8").split():
                    found |= {int(word)} | family(int(word))
    return found


def runs(process: int, module: str) -> bool:
    """Does the process run this module of ours?"""
    with suppress(OSError):
        return module.encode() in Path(f"/proc/{process}/cmdline").read_bytes()
    return False


def alive(process: int) -> bool:
    """Is there such a process that has not ended?"""
    try:
        return Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[
            0
        ] not in {"Z", "X"}
    except OSError:
        return False
