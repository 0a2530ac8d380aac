"""Speech that a test speaks into a microphone, by espeak-ng, and how loud it is, by sox."""

from __future__ import annotations

import subprocess
from pathlib import Path

PERIOD_S = 1.5


def sox(*arguments: str) -> str:
    ran = subprocess.run(("sox", *arguments), capture_output=True, check=True, timeout=60)
    return ran.stderr.decode()


def speech(folder: Path, *effects: str) -> Path:
    """Speech that repeats every second and a half, so that any three seconds of it are the same, but for where they begin."""
    spoken, period, long = folder / "spoken.wav", folder / "period.wav", folder / "long.wav"
    text = "Un deux trois quatre cinq six sept huit neuf dix"
    subprocess.run(
        ("espeak-ng", "-v", "fr", "-s", "220", "-w", str(spoken), text),
        check=True,
        capture_output=True,
        timeout=30,
    )
    sox(str(spoken), "-r", "48000", "-b", "16", str(period), "remix", "1", "1", "trim", "0.2", str(PERIOD_S))
    sox(str(period), str(long), *effects, "repeat", "40")
    return long


def truth_dbfs(path: Path, what: str = "RMS lev dB") -> float:
    """What sox says of a whole file, both channels."""
    line = next(line for line in sox(str(path), "-n", "stats").splitlines() if line.startswith(what))
    return float(line.removeprefix(what).split()[0])
