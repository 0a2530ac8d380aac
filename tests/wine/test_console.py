"""Keys and windows: how the program ends on a Windows console."""

from __future__ import annotations

import time

from amif_netcheck.errors import ExitCode
from tests.wine.console import CTRL_C, on_console
from tests.wine.windows_python import WindowsPython

PROGRAM = ("-m", "amif_netcheck")


def test_ctrl_c_ends_a_run_at_once(windows: WindowsPython) -> None:
    with on_console(windows, *PROGRAM, "demo", "--plain", "--speed", "1", "--lang", "en") as console:
        console.shows("[OK] VPN")
        console.press(CTRL_C)
        pressed = time.monotonic()
        assert console.ended() == ExitCode.INTERRUPTED
        assert time.monotonic() - pressed < 5
    assert b"Traceback" not in console.drawn
    assert b"Internet connection" not in console.drawn, "which would have been told after 14 seconds"


def test_ctrl_c_ends_a_server_well(windows: WindowsPython) -> None:
    with on_console(windows, *PROGRAM, "serve", "--host", "127.0.0.1", "--port", "0") as console:
        console.shows("listening on")
        console.press(CTRL_C)
        assert console.ended() == ExitCode.READY
    assert b"Traceback" not in console.drawn


def test_a_window_that_is_closed_ends_the_program(windows: WindowsPython) -> None:
    with on_console(windows, *PROGRAM, "demo", "--plain", "--speed", "1", "--lang", "en") as console:
        console.shows("[OK] VPN")
        console.close()
        assert console.ended() != ExitCode.READY
