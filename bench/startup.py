"""How long the program takes beside what it measures, as ratios within one run: `python -m bench.startup`.

A ratio of 1 or less keeps the promise. Whole processes are timed, in turns, and the medians are compared, so that a slow
moment of the machine hurts both sides alike. The quick run asks a STUN server of our own on loopback; like any run it
also sends to this machine's box. Modules are compiled first, as by any installation.
"""

from __future__ import annotations

import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from amif_netcheck.probes.traffic import WINDOW_S

ROUNDS = 7
VERSION_TIMES_ARGPARSE = 2.5
HELP_TIMES_ARGPARSE = 3.0
REPLAY_TIMES_ARGPARSE = 8.0
"""A saved call is played again."""
OFFLINE_BESIDE_WINDOW_S = 0.8
OFFLINE_S = 4.0
QUICK_S = 5.0
PROGRAM = (sys.executable, "-m", "amif_netcheck")
ARGPARSE = (sys.executable, "-c", "import argparse")


def seconds(command: Sequence[str]) -> float:
    """How long one process takes, from start to end."""
    started = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False, timeout=60)
    return time.perf_counter() - started


def in_turns(rounds: int, *commands: Sequence[str]) -> list[float]:
    """The median of each command, run in turns after a warm-up."""
    for command in commands:
        seconds(command)
    return [
        statistics.median(times)
        for times in zip(*([seconds(command) for command in commands] for _ in range(rounds)), strict=True)
    ]


def stun_server() -> int:
    """A STUN server on loopback that answers with the request's own transaction; returns its port."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            request, sender = sock.recvfrom(2048)
            sock.sendto(b"\x01\x01\x00\x00" + request[4:20], sender)

    threading.Thread(target=serve, daemon=True).start()
    return int(sock.getsockname()[1])


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["PYTHONPYCACHEPREFIX"] = folder
        report = Path(folder, "report.json")
        subprocess.run((*PROGRAM, "demo", "vpn", "--json", "-o", str(report)), check=False, timeout=60)
        table(report)


def table(report: Path) -> None:
    """Measure, with a saved report to judge again, and print."""
    argparse, version, help_, replay = in_turns(
        ROUNDS, ARGPARSE, (*PROGRAM, "--version"), (*PROGRAM, "--help"), (*PROGRAM, "replay", str(report))
    )
    (offline,) = in_turns(3, (*PROGRAM, "--json", "--offline"))
    (quick,) = in_turns(3, (*PROGRAM, "--json", "--quick", "--stun", f"127.0.0.1:{stun_server()}"))
    rows = (
        ("--version / import argparse", version / argparse, VERSION_TIMES_ARGPARSE, ""),
        ("--help / import argparse", help_ / argparse, HELP_TIMES_ARGPARSE, ""),
        ("replay / import argparse", replay / argparse, REPLAY_TIMES_ARGPARSE, ""),
        ("--json --offline, beside the window", offline - WINDOW_S, OFFLINE_BESIDE_WINDOW_S, " s"),
        ("--json --offline", offline, OFFLINE_S, " s"),
        ("--json --quick", quick, QUICK_S, " s"),
    )
    print(f"{'what':<38}{'measured':>10}{'limit':>10}{'ratio':>8}")
    for what, measured, limit, unit in rows:
        print(f"{what:<38}{f'{measured:.2f}{unit}':>10}{f'{limit:g}{unit}':>10}{measured / limit:>8.2f}")


if __name__ == "__main__":
    main()
