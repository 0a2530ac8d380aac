"""Rates measured in a hurry, for tests."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator

from amif_netcheck import platforms
from amif_netcheck.measure.names import Names
from amif_netcheck.measure.throughput.engines import Job
from amif_netcheck.measure.throughput.rates import EngineChoice, Rates, RatesConfig
from amif_netcheck.measure.throughput.sampling import Budget, TransferSamples
from amif_netcheck.model.address import base_of
from amif_netcheck.model.facts import Unavailable
from tests.program.speed_stand_ins import LOCAL

SHORT = Budget(max_s=1.8, max_bytes=140_000_000, steady_s=0.3)
FEW_BYTES = Budget(max_s=1.8, max_bytes=3_000_000, steady_s=0.3)
"""Enough to see who measures: moved in a tenth of a second."""
RECOGNISING_S = 4.0
LATEST_S = 12
"""Of one direction, on a busy machine."""


@contextlib.contextmanager
def dead_port() -> Iterator[int]:
    """A port that refuses connections, and stays so."""
    with socket.socket() as kept:
        kept.bind((LOCAL, 0))
        yield kept.getsockname()[1]


def rates_of(
    url: str, engine: EngineChoice = EngineChoice.HTTP, *, recognising_s: float = RECOGNISING_S
) -> Rates:
    rates = Rates(RatesConfig(server=base_of(url), engine=engine), Names(), platforms.current().acked_bytes)
    rates.recognise_server(until=time.monotonic() + recognising_s, stop=threading.Event())
    return rates


def measured(
    rates: Rates, *, upload: bool = False, stop: threading.Event | None = None, budget: Budget = SHORT
) -> TransferSamples | Unavailable:
    until = time.monotonic() + LATEST_S
    job = Job(upload=upload, budget=budget, until=until, stop=stop or threading.Event())
    found = rates.measure(job)
    assert time.monotonic() < until, "it did not end in time"
    return found


def good(found: TransferSamples | Unavailable) -> TransferSamples:
    """A rate that a server on loopback may have."""
    assert isinstance(found, TransferSamples), found
    assert 0 < found.rate.low + found.rate.mbit_s < 1e6
    assert found.total_bytes > 100_000
    assert 0 < found.duration_s < 5
    return found
