"""A real window is asked to close: with nothing to save it does, with something it asks, and is left alone."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.wine.windows_python import WindowsPython

NO_SCREEN = '[HKEY_CURRENT_USER\\Software\\Wine\\Drivers]\n"Graphics"="null"'
"""Windows exist, and nobody sees them."""
SCRIPT = r"""
import ctypes, json, subprocess, sys, time
from amif_netcheck.model.fix import FixKind, FixRequest
from amif_netcheck.platforms.windows.fixes import applications
from amif_netcheck.platforms.windows.platform import Windows

unsaved = sys.argv[1] == "unsaved"
platform, user32 = Windows(offline=True), ctypes.WinDLL("user32")
request = FixRequest(kind=FixKind.CLOSE_APPLICATION, about=("notepad.exe",))
nothing = platform.offers(request, time.monotonic() + 5)
notepad = subprocess.Popen(["notepad.exe"])
until = time.monotonic() + 30
while not (offers := platform.offers(request, time.monotonic() + 5)) and time.monotonic() < until:
    time.sleep(0.1)
if unsaved:
    pids = {int(fix.target[0]) for fix in offers}
    (window,) = [each for each in applications.User32().windows() if each.pid in pids]
    edit = user32.FindWindowExW(window.handle, None, "Edit", None)
    user32.SendMessageW(edit, 0x0102, ord("x"), 0)  # WM_CHAR
outcomes = [platform.carry_out(fix, time.monotonic() + (4 if unsaved else 20)).outcome.value for fix in offers]
again = [platform.carry_out(fix, time.monotonic() + 1).outcome.value for fix in offers] if not unsaved else []
running = notepad.poll() is None
notepad.kill()
print(json.dumps({
    "before": len(nothing), "offered": [fix.params["process"] for fix in offers], "outcomes": outcomes,
    "again": again, "running": running,
}))
"""


def closed(windows: WindowsPython, text: str) -> Any:
    windows.prefix.registry(NO_SCREEN)
    run = windows.python("-c", SCRIPT, text, seconds=90)
    assert run.code == 0, run.stderr
    return json.loads(run.stdout)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("saved", {"outcomes": ["done"], "again": ["gone"], "running": False}),
        ("unsaved", {"outcomes": ["unfinished"], "again": [], "running": True}),
    ],
)
def test_a_window_is_asked_and_never_killed(
    own_windows: WindowsPython, text: str, expected: dict[str, Any]
) -> None:
    assert closed(own_windows, text) == {"before": 0, "offered": ["notepad.exe"], **expected}
