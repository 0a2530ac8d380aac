"""A real terminal (tmux): it starts, follows its size, ends by key and by signal, and leaves the terminal as it was."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.timeout(400)

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 150.0
RUN = f"{sys.executable} -m tests.tui.program"


@pytest.fixture(autouse=True)
def _tmux() -> None:
    if shutil.which("tmux") is None:
        assert not os.environ.get("CI"), "tmux is missing"
        pytest.skip("tmux is missing")


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
            text=True,
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
        settings = [size.sub("", (self.folder / name).read_text()) for name in ("before", "after")]
        assert settings[0] == settings[1]
        assert self.tmux(
            "display-message", "-p", "#{alternate_on} #{mouse_any_flag} #{cursor_flag}"
        ).split() == [*("0", "0", "1")]
        return int(code.read_text())

    def process(self) -> int:
        """The program's process id."""
        shell = int(self.tmux("display-message", "-p", "#{pane_pid}"))
        found: list[int] = []

        def look() -> bool:
            children = Path(f"/proc/{shell}/task/{shell}/children").read_text().split()
            found[:] = [int(child) for child in children]
            return len(found) == 1

        self.until(look)
        return found[0]


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    made = Terminal(tmp_path, 80, 24)
    try:
        yield made
    finally:
        made.tmux("kill-server")


@pytest.mark.parametrize("scene", ["vpn", "deaf"])
def test_start_resize_and_quit(terminal: Terminal, scene: str) -> None:
    terminal.run(f"{RUN} {scene} --lang fr")
    terminal.shows("À régler d’abord : Votre réunion passe par un VPN.")
    terminal.tmux("resize-window", "-x", "130", "-y", "40")
    terminal.shows("Pourquoi c’est important")
    terminal.tmux("resize-window", "-x", "60", "-y", "20")
    terminal.until(lambda: "Pourquoi c’est important" not in terminal.screen())
    terminal.shows("q Quitter")
    terminal.key("q")
    assert terminal.ended() == 1


@pytest.mark.parametrize(
    ("by", "code"), [("C-c", 130), ("INT", 130), ("TERM", 143), ("HUP", 129), ("q", 130)]
)
def test_it_ends_at_once_while_a_probe_hangs(terminal: Terminal, by: str, code: int) -> None:
    terminal.run(f"{RUN} hang --lang fr")
    terminal.shows("Mesure…")
    terminal.shows("✓ OK")
    if by.isupper() and len(by) > 1:
        subprocess.run(("kill", f"-{by}", str(terminal.process())), check=True)
    else:
        terminal.key(by)
    assert terminal.ended() == code


def test_a_crash_leaves_a_calm_page_with_the_way_to_the_log(terminal: Terminal) -> None:
    terminal.run(f"{RUN} crash --lang fr")
    terminal.shows("Prêt · 100 points")
    terminal.key("F1")
    assert terminal.ended() == 70
    screen = terminal.screen()
    assert "amif-netcheck a dû s’arrêter" in screen
    assert "Traceback" not in screen
    log = next(Path(os.environ["XDG_STATE_HOME"]).rglob("amif-netcheck.log"))
    assert "ZeroDivisionError" in log.read_text()
    assert log.name in screen.replace("\n", "")


def test_plain_text_where_the_terminal_can_not_do_more(terminal: Terminal) -> None:
    terminal.run(f"TERM=dumb {RUN} vpn --lang fr")
    assert terminal.ended() == 1
    terminal.shows("[Attention] VPN : Votre réunion passe par un VPN.")


@pytest.mark.parametrize("redirection", ["</dev/null", "2>/dev/null", "--plain"])
def test_plain_text_where_a_stream_is_no_terminal(terminal: Terminal, redirection: str) -> None:
    terminal.run(f"{RUN} vpn --lang fr {redirection}")
    assert terminal.ended() == 1
    terminal.shows("[Attention] VPN : Votre réunion passe par un VPN.")


def test_without_colour_and_on_an_old_terminal(terminal: Terminal) -> None:
    terminal.run(f"NO_COLOR=1 TERM=xterm {RUN} vpn --lang en")
    terminal.shows("√ OK")
    terminal.shows("! Caution")
    coloured = terminal.tmux("capture-pane", "-p", "-e")
    assert "\x1b[31" not in coloured
    terminal.key("q")
    assert terminal.ended() == 1
