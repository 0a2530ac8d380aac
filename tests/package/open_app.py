"""Run by the packaged Python in a console of its own: opens the app, and ends when it has drawn its checklist.

Writes `painted`, or else what went wrong, to the file that its argument names.
"""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path

from textual.drivers.windows_driver import WindowsDriver

from amif_netcheck.cli.main import main

SEEN = Path(sys.argv[1])
WRITE = WindowsDriver.write


def watched(driver: WindowsDriver, data: str) -> None:
    """The first words of the checklist are the end of this test."""
    WRITE(driver, data)
    if "Prêt pour la visioconférence" in data:
        SEEN.write_text("painted", encoding="utf-8")
        os._exit(0)


WindowsDriver.write = watched  # type: ignore[method-assign,assignment]
try:
    SEEN.write_text(f"ended with {main(['demo', 'ready', '--lang', 'fr', '-v'])}", encoding="utf-8")
except BaseException:  # noqa: BLE001 - whatever it is, the test tells it
    SEEN.write_text(traceback.format_exc(), encoding="utf-8")
