"""What `bench.link` runs inside a namespace: `link_pieces.py PIECE ARGUMENT…`; each but a server prints JSON on stdout."""

from __future__ import annotations

import json
import os
import socket
import sys
import threading
import time
from typing import Any

from amif_netcheck import platforms
from amif_netcheck.cli import main as cli
from amif_netcheck.measure import results
from amif_netcheck.measure.echo import EchoServerExchange
from amif_netcheck.measure.ledger import Ledger
from amif_netcheck.measure.names import Names
from amif_netcheck.measure.throughput.engines import Job
from amif_netcheck.measure.throughput.rates import EngineChoice, Rates, RatesConfig
from amif_netcheck.measure.throughput.sampling import Budget, TransferSamples
from amif_netcheck.measure.train import TrainSender
from amif_netcheck.model.address import base_of
from amif_netcheck.model.facts import Loss
from amif_netcheck.model.facts import Train as TrainFacts
from amif_netcheck.serve import routes
from amif_netcheck.serve.requests import Response, as_json

_UNSHAPED_S = 3.0
_INTERVAL_S = 0.005
_PATIENCE_S = 0.3


def speedtest_cli(url: str) -> dict[str, float]:
    """The library's own figures, in Mbit/s, against a "mini" server: as its command line gets them."""
    # It reads the environment and wraps the standard output when it is imported.
    from amif_netcheck.measure.throughput.speedtest_child import (  # noqa: PLC0415
        _MINI_CONFIG,
        _Configured,
    )

    tester = _Configured(_MINI_CONFIG)
    tester.get_best_server(tester.set_mini_server(url))
    return {"down": tester.download() / 1e6, "up": tester.upload(pre_allocate=False) / 1e6}


def unshaped(url: str) -> dict[str, float]:
    """Our own download with nothing to stop it early, in Mbit/s."""
    rates = Rates(RatesConfig(base_of(url), EngineChoice.HTTP), Names(), platforms.current().acked_bytes)
    stop = threading.Event()
    rates.recognise_server(until=time.monotonic() + 5, stop=stop)
    budget = Budget(max_s=_UNSHAPED_S, max_bytes=10**12, steady_s=_UNSHAPED_S, enough_mbit_s=1e9)
    moved = rates.measure(Job(upload=False, budget=budget, until=time.monotonic() + 20, stop=stop))
    if not isinstance(moved, TransferSamples):
        raise SystemExit(f"no rate: {moved}")
    return {"down": moved.rate.mbit_s}


def train(address: str, port: str, count: str) -> dict[str, Any]:
    """The loss that one train to a test point sees."""
    exchange = EchoServerExchange()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.connect((address, int(port)))
        samples = TrainSender(sock, exchange, Ledger()).run(
            int(count),
            until=time.monotonic() + 30,
            stop=threading.Event(),
            interval_s=_INTERVAL_S,
            patience_s=_PATIENCE_S,
        )
    seen = results.train(exchange.method, address, address, samples, interval_s=_INTERVAL_S)
    if not isinstance(seen, TrainFacts) or not isinstance(seen.loss, Loss):
        raise SystemExit(f"no loss: {seen}")
    return {
        "sent": seen.sent,
        "lost": seen.sent - seen.received,
        "low_pct": seen.loss.low_pct,
        "high_pct": seen.loss.high_pct,
    }


def server_without_calls(port: str) -> None:
    """A test point that says it plays no calls, as a run needs that is to measure the line alone."""
    ourselves = routes.Routes._ourselves  # noqa: SLF001

    def without(self: routes.Routes) -> Response:
        answer = ourselves(self)
        return as_json(json.loads(answer.body) | {"call": False})

    routes.Routes._ourselves = without  # type: ignore[method-assign]  # noqa: SLF001
    sys.exit(cli.main(["serve", "--port", port, "--client-mb", "10000000"]))


PIECES = {each.__name__: each for each in (speedtest_cli, unshaped, train, server_without_calls)}

if __name__ == "__main__":
    said = json.dumps(PIECES[sys.argv[1]](*sys.argv[2:]))
    os.write(1, said.encode())  # speedtest-cli wraps the standard output
