"""What a test point costs with twenty clients at 20 Mbit/s each, on loopback: `python -m bench.serve`.

Each client has an address of its own and does three things at once for ten seconds: a call of 3 Mbit/s each way, a
download held at 10 Mbit/s and an upload held at 4 Mbit/s. The memory and the processor time are the server's alone. The
clients need more processor than the server, so they give way to it (`nice`), as if they were other machines; on a busy
machine packets of calls are lost all the same. Then how long a slow head, a transfer and the server's end take.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from typing import Any

import psutil

from amif_netcheck.measure.call import CallCapture, MediaCapture, play
from amif_netcheck.measure.ledger import Ledger
from amif_netcheck.measure.media import MediaPlan
from amif_netcheck.serve.config import ServeTimeouts

CLIENTS, PROCESSES = 20, 4
SECONDS = 10.0
DOWN_MBIT_S, UP_MBIT_S = 10, 4
PLAN = MediaPlan(50, 3_000_000, SECONDS)
MOST_RSS_MB, MOST_CORES = 60, 1.0
MOST_END_S = 0.5
SERVER = "127.0.0.1"
_SLICE_S = 0.02


def main() -> None:
    """Start a server and its clients, print the table."""
    with tempfile.TemporaryFile("w+") as log:
        command = [sys.executable, "-m", "amif_netcheck", "serve", "--host", SERVER, "--port", "0"]
        server = subprocess.Popen(command, stderr=log)
        try:
            port = listening_port(log)
            watched = psutil.Process(server.pid)
            before, began = cpu_s(watched), time.monotonic()
            each = CLIENTS // PROCESSES
            started = [
                subprocess.Popen(
                    [sys.executable, "-m", "bench.serve", str(port), str(index * each), str(each)],
                    stdout=subprocess.PIPE,
                )
                for index in range(PROCESSES)
            ]
            rss = 0
            while any(process.poll() is None for process in started):
                rss = max(rss, watched.memory_info().rss)
                time.sleep(0.1)
            took, used = time.monotonic() - began, cpu_s(watched) - before
            results = [result for process in started for result in json.loads(process.communicate()[0])]
        finally:
            server.terminate()
            server.wait(10)
    report(results, rss / 1e6, used / min(took, SECONDS + 1))
    report_times()


def report(results: list[dict[str, float]], rss_mb: float, cores: float) -> None:
    """The table."""
    total = {name: sum(each[name] for each in results) for name in results[0]}
    print(
        f"{len(results)} clients, {total['mbit_s']:.0f} Mbit/s in all, {total['packets']:.0f} packets of calls;"
    )
    print(f"lost: {total['lost_up']:.0f} on the way to the server, {total['lost_down']:.0f} on the way back")
    print(f"{'the server':<16}{'measured':>12}{'limit':>12}{'ratio':>8}")
    for what, measured, limit, unit in (
        ("memory (RSS)", rss_mb, MOST_RSS_MB, " MB"),
        ("processor", cores, MOST_CORES, " core"),
    ):
        print(f"{what:<16}{f'{measured:.2f}{unit}':>12}{f'{limit:g}{unit}':>12}{measured / limit:>8.2f}")


def report_times() -> None:
    """How long what is bounded took, on a machine that does nothing else: ratios to the bound."""
    print(f"{'its bounds':<16}{'measured':>12}{'limit':>12}{'ratio':>8}")
    with tempfile.TemporaryFile("w+") as log:
        command = [
            sys.executable,
            "-m",
            "amif_netcheck",
            "serve",
            "--host",
            SERVER,
            "--port",
            "0",
            "--test-s",
            "2",
        ]
        server = subprocess.Popen(command, stderr=log)
        try:
            port = listening_port(log)
            rows = [
                ("a slow head", slow_head_s(port), ServeTimeouts.head_s),
                ("one transfer", whole_transfer_s(port), 2.0),
            ]
            began = time.monotonic()
            server.terminate()
            server.wait(10)
            rows.append(("its end", time.monotonic() - began, MOST_END_S))
        finally:
            server.kill()
            server.wait(10)
    for what, measured, limit in rows:
        print(f"{what:<16}{f'{measured:.2f} s':>12}{f'{limit:g} s':>12}{measured / limit:>8.2f}")


def slow_head_s(port: int) -> float:
    """Until a connection is closed whose head comes a byte every half second."""
    began = time.monotonic()
    with socket.create_connection((SERVER, port), 20) as sock:
        sock.sendall(b"GET / HTTP/1.1\r\n")
        sock.settimeout(0.5)
        while time.monotonic() < began + 60:
            try:
                if not sock.recv(100):
                    break
            except TimeoutError:
                sock.sendall(b"A")
            except ConnectionError:
                break
    return time.monotonic() - began


def whole_transfer_s(port: int) -> float:
    """Until a download that is read slowly is ended."""
    began = time.monotonic()
    with socket.create_connection((SERVER, port), 20) as sock:
        sock.sendall(b"GET /__down?bytes=8000000000 HTTP/1.1\r\n\r\n")
        while sock.recv(2048):
            pass
    return time.monotonic() - began


def listening_port(log: Any) -> int:
    """The port that the server chose."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        log.seek(0)
        if found := re.search(r"port (\d+)", log.read()):
            return int(found[1])
        time.sleep(0.05)
    raise SystemExit("the server did not start")


def cpu_s(process: psutil.Process) -> float:
    """Processor time so far."""
    times = process.cpu_times()
    return float(times.user + times.system)


# --- the clients ----------------------------------------------------------------------------------


def clients(port: int, first: int, count: int) -> None:
    """Run some clients at once, print what each of them saw."""
    results: list[dict[str, float]] = []
    threads = [
        threading.Thread(target=lambda number: results.append(client(port, number)), args=(number,))
        for number in range(first, first + count)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    json.dump(results, sys.stdout)


def client(port: int, number: int) -> dict[str, float]:
    """One client: call, download and upload at once."""
    own = f"127.0.0.{10 + number}"
    moved = [0, 0]
    threads = [
        threading.Thread(target=flow, args=(port, own, moved, way), daemon=True) for way in (download, upload)
    ]
    for thread in threads:
        thread.start()
    answers: list[dict[str, Any]] = []

    def start(wish: dict[str, Any]) -> dict[str, Any]:
        answers.append(ask(port, own, "POST", "/amif/call", json.dumps(wish)))
        return answers[0]

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        sock.bind((own, 0))
        sock.connect((SERVER, port))
        call = play(
            start,
            lambda: ask(port, own, "GET", f"/amif/call/{answers[0]['token']}"),
            sock,
            PLAN,
            ledger=Ledger(),
            until=time.monotonic() + SECONDS + 10,
            stop=threading.Event(),
        )
    for thread in threads:
        thread.join()
    if not isinstance(call, CallCapture) or not isinstance(call.up, MediaCapture):
        raise SystemExit(f"no call: {call}")
    ways = (call.up.audio, call.up.video), (call.down.audio, call.down.video)
    streams = [stream for way in ways for stream in way]
    lost_up, lost_down = (sum(stream.transit_ns.count(None) for stream in way) for way in ways)
    return {
        "packets": sum(len(stream.transit_ns) for stream in streams),
        "lost_up": lost_up,
        "lost_down": lost_down,
        "mbit_s": (sum(moved) + sum(stream.bytes for stream in streams)) * 8 / 1e6 / SECONDS,
    }


def ask(port: int, own: str, method: str, path: str, body: str = "") -> dict[str, Any]:
    """One small exchange over HTTP."""

    connection = http.client.HTTPConnection(SERVER, port, timeout=20, source_address=(own, 0))
    connection.request(method, path, body)
    answer: dict[str, Any] = json.loads(connection.getresponse().read())
    connection.close()
    return answer


def flow(port: int, own: str, moved: list[int], way: Callable[[socket.socket, list[int]], None]) -> None:
    """One paced flow over HTTP."""
    with socket.create_connection((SERVER, port), 20, source_address=(own, 0)) as sock:
        way(sock, moved)


def download(sock: socket.socket, moved: list[int]) -> None:
    """Read no faster than the pace: the kernels hold the server back."""
    sock.sendall(b"GET /__down?bytes=1000000000 HTTP/1.1\r\n\r\n")
    data = bytearray(int(DOWN_MBIT_S * 1e6 / 8 * _SLICE_S))
    for _ in slices():
        moved[0] += sock.recv_into(data)


def upload(sock: socket.socket, moved: list[int]) -> None:
    """Write no faster than the pace."""
    sock.sendall(b"POST /__up HTTP/1.1\r\nContent-Length: 1000000000\r\n\r\n")
    data = bytes(int(UP_MBIT_S * 1e6 / 8 * _SLICE_S))
    for _ in slices():
        sock.sendall(data)
        moved[1] += len(data)


def slices() -> Any:
    """One turn every 20 ms for the time of the bench."""
    began = time.perf_counter()
    for turn in range(int(SECONDS / _SLICE_S)):
        time.sleep(max(0.0, began + turn * _SLICE_S - time.perf_counter()))
        yield turn


if __name__ == "__main__":
    if len(sys.argv) > 1:
        os.nice(10)
        clients(*map(int, sys.argv[1:]))
    else:
        main()
