"""The terminal app beside an empty Textual app, as ratios within one run: `python -m bench.app`.

Both are real programs on a pseudo-terminal: from their start until the first thing is drawn, and from `q` until they have
ended. Whole processes are timed in turns, and medians compared.
"""

from __future__ import annotations

import os
import pty
import select
import statistics
import subprocess
import sys
import time

ROUNDS = 5
EMPTY = (
    "from textual.app import App\nfrom textual.widgets import Label\n"
    "class A(App):\n    BINDINGS = [('q', 'quit', 'Quit')]\n    def compose(self): yield Label('visio')\nA().run()"
)
PROGRAMS = {
    "empty Textual app": (sys.executable, "-c", EMPTY),
    "amif-netcheck demo": (sys.executable, "-m", "amif_netcheck", "demo", "--lang", "fr"),
}
_WORD = b"visio"
_PATIENCE_S = 60.0


def once(command: tuple[str, ...]) -> tuple[float, float]:
    """Seconds to the first paint, and from `q` to the end."""
    ours, theirs = pty.openpty()
    environ = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "80", "LINES": "24"}
    began = time.perf_counter()
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environ) as process:
        os.close(theirs)
        seen = b""
        while _WORD not in seen and time.perf_counter() - began < _PATIENCE_S:
            if select.select([ours], [], [], 0.1)[0]:
                seen += os.read(ours, 65536)
        painted = time.perf_counter() - began
        asked = time.perf_counter()
        os.write(ours, b"q")
        while process.poll() is None and time.perf_counter() - asked < _PATIENCE_S:
            if select.select([ours], [], [], 0.005)[0]:
                try:
                    os.read(ours, 65536)
                except OSError:
                    break
        process.wait(_PATIENCE_S)
        ended = time.perf_counter() - asked
    os.close(ours)
    return painted, ended


def main() -> None:
    """Print the table."""
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in PROGRAMS}
    for _ in range(ROUNDS):
        for name, command in PROGRAMS.items():
            times[name].append(once(command))
    medians = {
        name: [statistics.median(each) for each in zip(*seen, strict=True)] for name, seen in times.items()
    }
    (base_paint, base_quit), _ = medians.values()
    for name, (paint, leave) in medians.items():
        print(
            f"{name:20} first paint {paint:.2f} s ({paint / base_paint:.1f}), "
            f"quit {leave:.2f} s ({leave / base_quit:.1f})"
        )


if __name__ == "__main__":
    main()
