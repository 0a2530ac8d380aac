"""The terminal app beside an empty Textual app, as ratios within one run: `python -m bench.app`, as root for the hanging speedtest-cli.

All are real programs on a pseudo-terminal: from their start until the first thing is drawn, and from `q` until they have
ended. Whole processes are timed in turns, and medians compared. Exits with 1 when a limit is not held:

- the first paint takes no more than `PAINT_TIMES` that of an app that has one word to show: what measures is loaded later;
- quitting takes no longer than an empty app's, and `QUIT_S` at the most, also while speedtest-cli waits for a server that
  never answers, and while the sound server is stopped.
"""

from __future__ import annotations

import os
import pty
import select
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.lab.addresses import AWAY
from tests.lab.house import House
from tests.real.sound_server import SoundServer
from tests.real.support import Network
from tests.tui.terminal import family, runs

ROUNDS = 9
PAINT_TIMES = 2.0
QUIT_TIMES = 1.0
QUIT_S = 0.5
EMPTY = (
    "from textual.app import App\nfrom textual.widgets import Label\n"
    "class A(App):\n    BINDINGS = [('q', 'quit', 'Quit')]\n    def compose(self): yield Label('visio')\nA().run()"
)
PROGRAM = (sys.executable, "-m", "amif_netcheck", "--lang", "fr")
_WORD = b"visio"
_PATIENCE_S = 60.0


@dataclass(frozen=True)
class Situation:
    """A command, and what has to be so before `q` is pressed, asked with the program's process id."""

    name: str
    command: tuple[str, ...]
    environment: dict[str, str] = field(default_factory=lambda: dict(os.environ))
    ready: Callable[[int], bool] = lambda _process: True
    paints: bool = True
    """Is its first paint comparable?"""


def has_child(module: str) -> Callable[[int], bool]:
    """Does a process have a child that runs this module?"""

    def look(process: int) -> bool:
        return any(runs(each, module) for each in family(process))

    return look


@contextmanager
def situations() -> Iterator[list[Situation]]:
    """All that this machine can make."""
    made = [
        Situation("empty Textual app", (sys.executable, "-c", EMPTY)),
        Situation("demo", (*PROGRAM, "demo")),
    ]
    with ExitStack() as stack:
        server = stack.enter_context(SoundServer("pulseaudio"))
        stack.enter_context(server.stopped())
        command = (*PROGRAM, "--offline", "--only", "sound_apps,headset")
        made.append(
            Situation(
                "sound server stopped", command, server.environment, has_child("pulse_child"), paints=False
            )
        )
        if os.geteuid() == 0:
            network = stack.enter_context(Network(Path(stack.enter_context(tempfile.TemporaryDirectory()))))
            place = House(network)
            place.internet.stand_in("sink", AWAY, "443", listens=("tcp", 443))
            place.hosts({"www.speedtest.net": AWAY})
            inside = place.home.command(*PROGRAM, "--only", "link", "--stun", f"{AWAY}:9")
            made.append(
                Situation(
                    "speedtest-cli hangs",
                    tuple(inside),
                    network.environment(),
                    has_child("speedtest_child"),
                    paints=False,
                )
            )
        else:
            print("not root: speedtest-cli is left out")
        yield made


def once(situation: Situation) -> tuple[float, float]:
    """Seconds to the first paint, and from `q` to the end."""
    ours, theirs = pty.openpty()
    environment = {**situation.environment, "TERM": "xterm-256color", "COLUMNS": "80", "LINES": "24"}
    began = time.perf_counter()

    def read(seconds: float) -> bytes:
        try:
            return os.read(ours, 65536) if select.select([ours], [], [], seconds)[0] else b""
        except OSError:  # the other end is closed
            return b""

    def waits(condition: Callable[[], bool]) -> None:
        while not condition():
            if time.perf_counter() - began > _PATIENCE_S:
                raise SystemExit(f"{situation.name}: waited in vain")

    seen = bytearray()

    def painted() -> bool:
        seen.extend(read(0.1))
        return _WORD in seen

    process = subprocess.Popen(situation.command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment)

    def ready() -> bool:
        read(0.05)
        return situation.ready(process.pid)

    def over() -> bool:
        read(0.002)
        return process.poll() is not None

    os.close(theirs)
    try:
        waits(painted)
        at = time.perf_counter() - began
        waits(ready)
        asked = time.perf_counter()
        os.write(ours, b"q")
        waits(over)
        return at, time.perf_counter() - asked
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def main() -> int:
    """Print the table; 1 when a limit is not held. Modules are compiled first, as by any installation."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["PYTHONPYCACHEPREFIX"] = folder
        return table()


def table() -> int:
    """Measure and print; 1 when a limit is not held."""
    with situations() as all_of_them:
        for situation in all_of_them:
            once(situation)
        times: dict[str, list[tuple[float, float]]] = {each.name: [] for each in all_of_them}
        for _ in range(ROUNDS):
            for situation in all_of_them:
                times[situation.name].append(once(situation))
    medians = {
        name: [statistics.median(each) for each in zip(*seen, strict=True)] for name, seen in times.items()
    }
    base_paint, base_quit = medians[all_of_them[0].name]
    worst = {name: max(leave for _, leave in seen) for name, seen in times.items()}
    held = True
    for situation in all_of_them:
        paint, leave = medians[situation.name]
        first = (
            f"first paint {paint:.2f} s ({paint / base_paint:.1f})"
            if situation.paints
            else " " * len("first paint 0.00 s (1.0)")
        )
        good = leave <= base_quit * QUIT_TIMES and worst[situation.name] <= QUIT_S
        good = good and (not situation.paints or paint <= base_paint * PAINT_TIMES)
        held = held and (good or situation is all_of_them[0])
        print(
            f"{situation.name:22} {first}, quit {leave:.3f} s ({leave / base_quit:.2f}), "
            f"longest {worst[situation.name]:.3f} s {'' if good else '  LIMIT NOT HELD'}"
        )
    print(f"limits: first paint {PAINT_TIMES:g} times, quit {QUIT_TIMES:g} times and {QUIT_S:g} s")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
