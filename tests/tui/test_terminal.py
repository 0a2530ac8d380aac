"""In a real terminal (tmux): it starts, follows its size, ends by key and by signal, and leaves the terminal as it was."""

from __future__ import annotations

import os
import select
import shutil
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.systems import POSIX_ONLY
from tests.tui.terminal import PATIENCE_S, ROOT, Terminal

if sys.platform == "win32":
    pytest.skip(f"{POSIX_ONLY}a terminal that a test can make", allow_module_level=True)

import fcntl
import pty
import termios

pytestmark = pytest.mark.timeout(400)

RUN = f"{sys.executable} -m tests.tui.program"


@pytest.fixture(autouse=True)
def _tmux() -> None:
    if shutil.which("tmux") is None:
        assert not os.environ.get("CI"), "tmux is missing"
        pytest.skip("tmux is missing")


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
    terminal.shows("D’abord : La réunion passe par un VPN")
    terminal.tmux("resize-window", "-x", "130", "-y", "40")
    terminal.shows("Pourquoi c’est important")
    terminal.tmux("resize-window", "-x", "60", "-y", "20")
    terminal.until(lambda: "Pourquoi c’est important" not in terminal.screen())
    terminal.shows("q Quitter")
    terminal.key("q")
    assert terminal.ended() == 1
    left = " ".join(terminal.screen().split())
    assert "Prêt, avec des réserves · " in left
    assert "À régler d’abord : Votre réunion passe par un VPN. → Ouvrez le menu réseau" in left


def test_beside_the_list_the_keys_come_back(terminal: Terminal) -> None:
    terminal.tmux("resize-window", "-x", "130", "-y", "44")
    terminal.run(f"{RUN} vpn --lang fr")
    terminal.shows("Pourquoi c’est important")
    terminal.key("Enter")
    terminal.shows("Échap Retour")
    terminal.key("Escape")
    terminal.until(lambda: "Échap Retour" not in terminal.screen())
    terminal.key("Up")
    terminal.shows("Assurez-vous")  # of the row above
    terminal.key("q")
    assert terminal.ended() == 1


@pytest.mark.parametrize(
    ("by", "code"), [("C-c", 130), ("INT", 130), ("TERM", 143), ("HUP", 129), ("q", 130)]
)
def test_it_ends_at_once_while_a_probe_hangs(terminal: Terminal, by: str, code: int) -> None:
    terminal.run(f"{RUN} hang --lang fr")
    terminal.shows("Mesure…")
    terminal.shows("✓ Autres usages")
    if by.isupper() and len(by) > 1:
        subprocess.run(("kill", f"-{by}", str(terminal.process())), check=True)
    else:
        terminal.key(by)
    assert terminal.ended() == code
    assert "Mesure…" not in terminal.screen()
    assert "→" not in terminal.screen(), "there was no answer yet"


def test_to_be_ended_while_it_is_put_up_is_no_crash(terminal: Terminal) -> None:
    terminal.run(f"{RUN} early --lang fr")
    assert terminal.ended() == 143
    assert "a dû s’arrêter" not in terminal.screen()


def test_a_crash_leaves_a_calm_page_with_the_way_to_the_log(terminal: Terminal) -> None:
    terminal.run(f"{RUN} crash --lang fr")
    terminal.shows("100 / 100")
    terminal.key("F1")
    assert terminal.ended() == 70
    screen = terminal.screen()
    assert "amif-netcheck a dû s’arrêter" in screen
    assert "Traceback" not in screen
    log = next(Path(os.environ["XDG_STATE_HOME"]).rglob("amif-netcheck.log"))
    assert "ZeroDivisionError" in log.read_text(encoding="utf-8")
    assert log.name in screen.replace("\n", "")


def test_no_escape_of_a_name_reaches_the_terminal(terminal: Terminal) -> None:
    terminal.tmux("set-option", "-g", "set-clipboard", "on")
    before = terminal.tmux("display-message", "-p", "#{pane_title}")
    terminal.run(f"{RUN} hostile --lang en")
    terminal.shows("Meeting: \\u202egnp.exe")
    seen = ""

    def at_the_end() -> bool:
        terminal.key("End")
        return "Answered after" in terminal.screen()

    for _ in range(9):
        terminal.key("Enter")
        terminal.shows("Esc Back")
        seen += terminal.screen()
        terminal.key("x")
        terminal.until(at_the_end)
        seen += terminal.screen()
        terminal.key("Escape")
        terminal.shows("Enter Open")
        terminal.key("Down")
    assert "\\x1b[31mred\\x1b]0;title\\x07" in seen.replace("\n", "")
    assert terminal.tmux("display-message", "-p", "#{pane_title}") == before
    assert terminal.tmux("show-buffer") == ""
    assert not {"\u202e", "\u2028", "\u200d"} & set(seen)
    terminal.key("q")
    assert terminal.ended() == 3


def test_plain_text_where_the_terminal_can_not_do_more(terminal: Terminal) -> None:
    terminal.run(f"TERM=dumb {RUN} vpn --lang fr")
    assert terminal.ended() == 1
    terminal.shows("[Attention] VPN – La réunion passe par un VPN")


@pytest.mark.parametrize("redirection", ["</dev/null", "2>/dev/null", "--plain"])
def test_plain_text_where_a_stream_is_no_terminal(terminal: Terminal, redirection: str) -> None:
    terminal.run(f"{RUN} vpn --lang fr {redirection}")
    assert terminal.ended() == 1
    terminal.shows("[Attention] VPN – La réunion passe par un VPN")


def test_without_colour_and_on_an_old_terminal(terminal: Terminal) -> None:
    terminal.run(f"NO_COLOR=1 TERM=xterm {RUN} vpn --lang en")
    terminal.shows("√ ")
    terminal.shows("! Caution")
    coloured = terminal.tmux("capture-pane", "-p", "-e")
    assert "\x1b[31" not in coloured
    terminal.key("q")
    assert terminal.ended() == 1


def test_the_mouse_opens_scrolls_and_presses_keys(terminal: Terminal) -> None:
    terminal.run(f"{RUN} vpn --lang fr")
    terminal.shows("D’abord : ")
    terminal.until(lambda: terminal.tmux("display-message", "-p", "#{mouse_any_flag}").strip() == "1")
    terminal.click("La réunion passe", line=-1)
    terminal.shows("Pourquoi c’est important")
    terminal.click("Aide")
    terminal.shows("Ce programme vérifie")

    def scrolled() -> bool:
        terminal.mouse(65, 10, 10)  # the wheel, towards the person
        return "Ce programme vérifie" not in terminal.screen()

    terminal.until(scrolled)
    terminal.click("Quitter")
    assert terminal.ended() == 1


def test_it_paints_before_any_probe_runs(terminal: Terminal) -> None:
    order = terminal.folder / "order"
    terminal.run(f"AMIF_ORDER={order} {RUN} first --lang fr")
    terminal.until(lambda: order.exists() and order.read_text(encoding="utf-8").count("probe") == 4)
    terminal.key("q")
    assert terminal.ended() == 130
    assert order.read_text(encoding="utf-8").startswith("paint")


def test_a_terminal_that_takes_nothing_holds_nobody() -> None:
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color"}
    command = (sys.executable, "-m", "tests.tui.program", "vpn", "--lang", "fr")
    with subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment, cwd=ROOT
    ) as process:
        try:
            seen = b""
            while "✓".encode() not in seen:
                assert select.select([ours], [], [], PATIENCE_S)[0]
                seen += os.read(ours, 65536)
            waiting = [0]
            while len(waiting) < 20 or len(set(waiting[-20:])) > 1:  # until no more fits in
                os.write(ours, b"t")
                time.sleep(0.05)
                waiting.append(unread(ours))
            process.terminate()
            assert process.wait(PATIENCE_S) == 143
        finally:
            process.kill()
            os.close(ours)
            os.close(theirs)


BEGUN_AND_ENDED = [
    ("?1049h", "?1049l"),
    ("?25l", "?25h"),
    ("?1000h", "?1000l"),
    ("?1003h", "?1003l"),
    ("?2004h", "?2004l"),
]


@pytest.mark.parametrize(
    ("before_s", "after_s", "piece", "pause_s"),
    [
        pytest.param(0.5, 1.5, 65536, 0.0, id="frozen for a while"),
        pytest.param(0.0, 0.0, 600, 0.05, id="12 kB a second"),
        pytest.param(0.5, None, 65536, 0.0, id="frozen until the program has ended"),
    ],
)
@pytest.mark.parametrize(("way", "code"), [("q", 1), ("TERM", 143)])
def test_a_slow_terminal_gets_what_restores_it(
    before_s: float, after_s: float | None, piece: int, pause_s: float, way: str, code: int
) -> None:
    """Of each pair what ends it comes last, and no sequence is cut in two."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    settings = termios.tcgetattr(theirs)
    environment = {**os.environ, "TERM": "xterm-256color"}
    command = (sys.executable, "-m", "tests.tui.program", "vpn", "--lang", "fr")
    seen = bytearray()
    with subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment, cwd=ROOT
    ) as process:
        try:
            while "✓".encode() not in seen:
                assert select.select([ours], [], [], PATIENCE_S)[0]
                seen += os.read(ours, 65536)
            for key in (b"t",) * (30 if pause_s or after_s is None else 2):
                os.write(ours, key)
            time.sleep(before_s)  # the terminal's own time
            if way == "q":
                os.write(ours, b"q")
            else:
                process.terminate()
            if after_s is None:
                process.wait(PATIENCE_S)
            else:
                time.sleep(after_s)
            end = time.monotonic() + PATIENCE_S
            while process.poll() is None or select.select([ours], [], [], 0)[0]:
                assert time.monotonic() < end
                if select.select([ours], [], [], 0.1)[0]:
                    seen += os.read(ours, piece)
                    time.sleep(pause_s)
            assert process.returncode == code
            for begun, ended in BEGUN_AND_ENDED:
                assert -1 < seen.rfind(begun.encode()) < seen.rfind(b"\x1b[" + ended.encode()), ended
            assert seen.rfind(b"\x1b[?2026h") < max(seen.rfind(b"\x1b[?2026l"), 0) or b"?2026h" not in seen
            assert termios.tcgetattr(theirs) == settings
        finally:
            process.kill()
            os.close(ours)
            os.close(theirs)


def unread(file: int) -> int:
    """Bytes that wait in it."""
    held = bytearray(4)
    fcntl.ioctl(file, termios.FIONREAD, held)
    return int.from_bytes(held, sys.byteorder)
