"""A client of the test point, run inside a namespace: `caller.py echo|call ADDRESS PORT`; prints JSON on stdout."""

from __future__ import annotations

import http.client
import json
import socket
import sys
import threading
import time
from typing import Any

from amif_netcheck.measure.call import CallCapture, MediaCapture, StreamCapture, play
from amif_netcheck.measure.echo import EchoServerExchange, lost_by_way
from amif_netcheck.measure.ledger import Ledger
from amif_netcheck.measure.media import MediaPlan
from amif_netcheck.measure.train import TrainSender

TRAIN = 100
PLAN = MediaPlan(50, 1_500_000, 2)


def _connected(address: str, port: int) -> socket.socket:
    sock = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM)
    sock.connect((address, port))
    return sock


def echo(address: str, port: int) -> dict[str, int]:
    """A train, and which way its requests were lost."""
    exchange = EchoServerExchange()
    with _connected(address, port) as sock:
        samples = TrainSender(sock, exchange, Ledger()).run(
            TRAIN, until=time.monotonic() + 20, stop=threading.Event()
        )
    up, down = lost_by_way(samples.sequences, exchange.stamps)
    return {
        "received": samples.received,
        "up": sum(up),
        "down": sum(down),
        "unknown": len(samples.sequences) - len(up),
    }


def call(address: str, port: int) -> dict[str, Any]:
    """A call: packets expected and lost by stream, and what the ledger has."""
    token = ""

    def ask(method: str, path: str, body: str | None = None) -> dict[str, Any]:
        connection = http.client.HTTPConnection(address, port, timeout=10)
        connection.request(method, path, body)
        answer: dict[str, Any] = json.loads(connection.getresponse().read())
        connection.close()
        return answer

    def start(wish: dict[str, Any]) -> dict[str, Any]:
        nonlocal token
        answer = ask("POST", "/amif/call", json.dumps(wish))
        token = answer["token"]
        return answer

    ledger = Ledger()
    with _connected(address, port) as sock:
        played = play(
            start,
            lambda: ask("GET", f"/amif/call/{token}"),
            sock,
            PLAN,
            ledger=ledger,
            until=time.monotonic() + 30,
            stop=threading.Event(),
        )
    if not isinstance(played, CallCapture) or not isinstance(played.up, MediaCapture):
        return {"unavailable": repr(played)}

    def counts(stream: StreamCapture) -> list[int]:
        return [len(stream.transit_ns), stream.transit_ns.count(None)]

    ways = {
        name: {"audio": counts(way.audio), "video": counts(way.video)}
        for name, way in (("up", played.up), ("down", played.down))
    }
    return {**ways, "ledger": ledger.read()}


if __name__ == "__main__":
    what, where, at = sys.argv[1:]
    json.dump({"echo": echo, "call": call}[what](where, int(at)), sys.stdout)
