"""A line, and the tools that measure it: our program, iperf3, irtt, speedtest-cli, each run in the lab."""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from tests.lab.addresses import AWAY
from tests.lab.house import House
from tests.lab.namespaces import Namespace
from tests.lab.services import irtt_server, irtt_train, transfer
from tests.real.support import Network, Run, finished

from amif_netcheck.measure import train_statistics

PORT, PORT_WITHOUT_CALLS = 8443, 8444
URL, URL_WITHOUT_CALLS = f"http://{AWAY}:{PORT}", f"http://{AWAY}:{PORT_WITHOUT_CALLS}"
_PIECES = str(Path(__file__).parent / "link_pieces.py")
_ROOT = str(Path(__file__).parent.parent)
_LONGEST_S = 60
_SAMPLE_S = 0.05


@contextmanager
def network() -> Iterator[Network]:
    """A network that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="amif-bench-") as folder, Network(Path(folder)) as made:
        yield made


@contextmanager
def place(*settings: str) -> Iterator[Place]:
    """A house on a line, with its servers, that is gone afterwards."""
    with network() as made:
        yield Place(made, House(made, *settings))


def number(run: Run, path: str) -> float | None:
    """A fact of a report by its path; None when it could not be measured."""
    try:
        found = run.fact(path)
    except (KeyError, TypeError):
        return None
    return found if isinstance(found, int | float) else None


def serve(inside: Namespace) -> None:
    """A test point."""
    command = (sys.executable, "-m", "amif_netcheck", "serve", "--client-mb", "1000000")
    inside.start(*command, "--port", str(PORT), listens=("tcp", PORT))


def piece(made: Network, inside: Namespace, *words: str) -> Any:
    """What a piece of `link_pieces.py` says."""
    process = made.start(inside, "env", f"PYTHONPATH={_ROOT}", sys.executable, _PIECES, *words)
    said, complaint = process.communicate(timeout=_LONGEST_S)
    if process.returncode:
        raise SystemExit(f"{' '.join(words)}: {complaint.decode()}")
    return json.loads(said)


@dataclass(frozen=True)
class Trips:
    """What irtt saw, in ms."""

    median: float
    p95: float
    jitter: float


class Place:
    """Where all tools measure the same line, one after the other."""

    def __init__(self, made: Network, house: House) -> None:
        self.network, self.house = made, house
        serve(house.internet)
        house.internet.start(
            *("env", f"PYTHONPATH={_ROOT}", sys.executable, _PIECES),
            *("server_without_calls", str(PORT_WITHOUT_CALLS)),
            listens=("tcp", PORT_WITHOUT_CALLS),
        )
        irtt_server(house.internet)

    def ours(self, *arguments: str) -> Run:
        """The link as the program measures it."""
        run = self.network.check(self.house.home, "--only", "link", *arguments)
        if run.stderr:
            raise SystemExit(run.stderr)
        return run

    def loaded(self, *arguments: str) -> Run:
        """The same with rates by our own engine, and without a call."""
        return self.ours("--speed-engine", "http", "--speed-server", URL_WITHOUT_CALLS, *arguments)

    def whole(self, *arguments: str) -> tuple[Run, float]:
        """A whole run with all checks; and its memory at the worst moment in MB, its children's included."""
        started = time.monotonic()
        process = self.network.start_cli(self.house.home, *arguments, "--json", "--include-private")
        worst, over = [0.0], threading.Event()

        def watch() -> None:
            while not over.wait(_SAMPLE_S):
                worst[0] = max(worst[0], _memory_mb(process.pid))

        watching = threading.Thread(target=watch)
        watching.start()
        try:
            run = finished(process, started)
        finally:
            over.set()
            watching.join()
        return run, worst[0]

    def iperf3(self, way: str, *, irtt_s: float = 0) -> tuple[float, Trips | None]:
        """Its rate in Mbit/s, and what irtt sees meanwhile if it is run beside."""
        more = {"up": (), "down": ("--reverse",)}[way]
        home, internet = self.house.home, self.house.internet
        port = {"up": 5201, "down": 5202}[way]
        running = transfer(self.network, home, internet, AWAY, "--omit", "1", *more, port=port, seconds=4)
        trips = self.irtt(irtt_s)() if irtt_s else None
        return running.finished(30)["end"]["sum_received"]["bits_per_second"] / 1e6, trips

    def irtt(self, seconds: float) -> Callable[[], Trips]:
        """A train at the pace of ours, under way when this returns; call what is returned to wait for its end."""
        running = irtt_train(self.network, self.house.home, interval_ms=20, seconds=seconds)

        def trips() -> Trips:
            seen = running().round_trips
            p95 = statistics.quantiles(seen, n=20)[-1]
            return Trips(
                statistics.median(seen), p95, train_statistics.jitter_ms([int(each * 1e6) for each in seen])
            )

        return trips

    def speedtest_cli(self) -> dict[str, float]:
        """Its own figures, `down` and `up`, in Mbit/s."""
        found: dict[str, float] = piece(self.network, self.house.home, "speedtest_cli", URL)
        return found

    def bytes_carried(self) -> int:
        """By the line so far, both ways, headers included."""
        return self.house.line.up.counters.bytes_sent + self.house.line.down.counters.bytes_sent

    def bytes_entered(self) -> int:
        """What computers have sent over the line so far, both ways."""
        return self.house.line.up.counters.bytes_entered + self.house.line.down.counters.bytes_entered


def _memory_mb(pid: int) -> float:
    """RSS of a process and its children; pages they share count twice."""
    total = 0
    try:
        process = psutil.Process(pid)
        for each in (process, *process.children(recursive=True)):
            total += each.memory_info().rss
    except psutil.NoSuchProcess:
        pass
    return total / 1e6
