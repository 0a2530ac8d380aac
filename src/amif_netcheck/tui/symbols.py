"""The characters that the app draws with: fine ones, and those that every console has."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass

_OLD_TERMINALS = {"xterm", "linux", "vt100", "vt102", "vt220", "ansi", "cygwin"}


@dataclass(frozen=True)
class Symbols:
    """One mark for each status of a row, the two halves of a bar, and the steps of a sparkline."""

    marks: Mapping[str, str]
    full: str
    empty: str
    levels: str
    """A cell filled from the bottom, or ever darker."""

    @classmethod
    def fine(cls) -> Symbols:
        """For a terminal with Unicode."""
        marks = {"ok": "✓", "info": "i", "warning": "!", "critical": "✗", "unknown": "?", "skipped": "–"}
        return cls(
            marks={**marks, "waiting": "·", "measuring": "▸", "held": "…"},
            full="━",
            empty="─",
            levels="▁▂▃▄▅▆▇█",
        )

    @classmethod
    def plain(cls) -> Symbols:
        """From the character set that Windows' old console and its fonts share with all others (WGL4)."""
        marks = {"ok": "√", "info": "i", "warning": "!", "critical": "×", "unknown": "?", "skipped": "-"}
        return cls(
            marks={**marks, "waiting": "·", "measuring": ">", "held": "…"}, full="█", empty="░", levels="░▒▓█"
        )


def of_terminal(environ: Mapping[str, str] | None = None, system: str = sys.platform) -> Symbols:
    """The characters that this terminal can be trusted with."""
    environ = os.environ if environ is None else environ
    old_console = system == "win32" and not {"WT_SESSION", "TERM_PROGRAM"} & environ.keys()
    return Symbols.plain() if old_console or environ.get("TERM") in _OLD_TERMINALS else Symbols.fine()
