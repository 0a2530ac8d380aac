"""An overview of many reports: `python -m bench.desk`. Time and memory of `summary` over 10,000 and 100,000 of them, by format.

Exits with 1 when 10,000 take more than 5 s or 300 MB, or when ten times as many take 32 MB more: that is what waits in memory before the disk
is used, twice.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

FEW, MANY = 10_000, 100_000
LIMIT_S, LIMIT_MB, MORE_MB = 5.0, 300.0, 32.0
FORMATS = ("plain", "csv", "json", "html", "parquet")
SCENARIOS = ("everything-wrong", "vpn", "busy-line", "no-headset", "wifi-far", "ready", "no-network")
PROGRAM = (sys.executable, "-m", "amif_netcheck")


class Cost(NamedTuple):
    """What one run took."""

    seconds: float
    megabytes: float


def reports(folder: Path) -> list[Path]:
    """One of each scenario."""
    made = []
    for name in SCENARIOS:
        path = folder / f"{name}.json"
        subprocess.run([*PROGRAM, "demo", name, "--json", "-o", path], check=False, stdout=subprocess.DEVNULL)
        made.append(path)
    return made


def crowd(models: list[Path], count: int, folder: Path) -> Path:
    """So many attendees: files with names of their own that share their content on the disk."""
    folder.mkdir()
    for number in range(count):
        os.link(models[number % len(models)], folder / f"{number:06}.json")
    return folder


def cost(folder: Path, form: str, to: Path) -> Cost:
    """Of one run, in a process whose only child it is."""
    command = [*PROGRAM, "summary", str(folder), "--format", form, "-o", str(to)]
    measuring = (
        "import resource, subprocess, sys; code = subprocess.call(sys.argv[1:]);"
        " print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024); sys.exit(code)"
    )
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", measuring, *command], check=True, capture_output=True, text=True
    )
    return Cost(time.monotonic() - began, float(done.stdout))


def main() -> int:
    """Print the table."""
    held = True
    with tempfile.TemporaryDirectory() as name:
        models = reports(Path(name))
        few, many = (crowd(models, count, Path(name, str(count))) for count in (FEW, MANY))
        print(f"{'':<10}{f'{FEW} reports':>22}{f'{MANY} reports':>22}")
        for form in FORMATS:
            first, then = (cost(folder, form, Path(name, f"out.{form}")) for folder in (few, many))
            ok = first.seconds <= LIMIT_S and first.megabytes <= LIMIT_MB
            ok = ok and then.megabytes <= first.megabytes + MORE_MB
            held &= ok
            figures = (f"{each.seconds:.1f} s, {each.megabytes:.0f} MB" for each in (first, then))
            print(f"{form:<10}" + "".join(f"{each:>22}" for each in figures) + ("" if ok else "   NO"))
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
