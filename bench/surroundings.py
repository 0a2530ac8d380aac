"""What all other checks cost beside the link: `python -m bench.surroundings`, as root.

Whole runs in the emulated house, in turns with runs of the link alone, and the medians compared: how much longer they take,
and whether the line is still measured as well. Exits with 1 when a limit is not held.
"""

from __future__ import annotations

import os
import statistics
import sys
from typing import Any

from bench.link_tools import URL_WITHOUT_CALLS, Place, place

ROUNDS = 5
LINE = "rate=50e6,queue=625000,delay=10"
LONGER_S = 1.0
JITTER_MS, RTT_MS, RATE_SHARE = 0.5, 0.5, 0.03
ARGUMENTS = ("--speed-engine", "http", "--speed-server", URL_WITHOUT_CALLS)
FIGURES = ("duration_s", "internet.rtt_ms.median", "internet.jitter_ms", "download.mbit_s", "upload.mbit_s")


def figures(here: Place, *arguments: str) -> tuple[dict[str, float], dict[str, float]]:
    """What one run took and what it saw of the link; and when each of its checks was done, in seconds."""
    run = here.network.check(here.house.home, *ARGUMENTS, *arguments)
    found: dict[str, float] = {"duration_s": run.report["duration_s"]}
    for path in FIGURES[1:]:
        value: Any = run.fact(f"link.{path}")
        found[path] = value
    done = {each["id"]: each["duration_s"] for each in run.report["checks"] if each["status"] != "skipped"}
    return found, done


def main() -> int:
    """Print the table."""
    if os.geteuid():
        sys.exit("root is needed, to make network namespaces")
    alone: list[dict[str, float]] = []
    together: list[dict[str, float]] = []
    done: list[dict[str, float]] = []
    with place(f"up:{LINE}", f"down:{LINE}") as here:
        for _ in range(ROUNDS):
            alone.append(figures(here, "--only", "link")[0])
            seen, times = figures(here)
            together.append(seen)
            done.append(times)
    held = True
    print(f"{'median of ' + str(ROUNDS):<28}{'link alone':>12}{'all checks':>12}{'limit':>16}{'ok':>5}")
    for figure in FIGURES:
        before, after = (statistics.median(run[figure] for run in runs) for runs in (alone, together))
        limit = {
            "duration_s": LONGER_S,
            "internet.rtt_ms.median": RTT_MS,
            "internet.jitter_ms": JITTER_MS,
        }.get(figure, before * RATE_SHARE)
        ok = after - before <= limit if figure == "duration_s" else abs(after - before) <= limit
        held &= ok
        print(f"{figure:<28}{before:>12.2f}{after:>12.2f}{f'+-{limit:.2f}':>16}{'yes' if ok else 'NO':>5}")
    print("\ndone after, s:")
    for check in done[0]:
        print(f"  {check:<26}{statistics.median(times[check] for times in done):>12.2f}")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
