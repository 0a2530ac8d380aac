"""speedtest-cli as an engine: child processes that find a server and move bytes, each killed when it is no more needed."""

from __future__ import annotations

import threading
import time
import urllib.parse
from dataclasses import dataclass, field
from typing import Any

from amif_netcheck.children import Child
from amif_netcheck.measure.throughput.sampling import INTERRUPTED
from amif_netcheck.model.facts import Engine, Reason, Unavailable

CHILD = "amif_netcheck.measure.throughput.speedtest_child"
_NO_ANSWER_MS = 600_000.0
"""speedtest-cli gives a server that does not answer a latency of 3600 s for each of three trials, over six."""
_POLL_S = 0.02


@dataclass(frozen=True)
class SpeedtestServer:
    """A server that answered: what a transfer's process needs to know of it, opaque but for its host."""

    engine: Engine
    host: str
    server: dict[str, Any] = field(repr=False)
    config: dict[str, Any] = field(repr=False)


def find(mini: str | None, *, until: float, stop: threading.Event) -> SpeedtestServer | Unavailable:
    """Find a server of speedtest.net's network, or use the private one at the URL `mini`; by `until`."""
    process = Child(CHILD, {"do": "find", "mini": mini})
    try:
        while True:
            ended = process.ended  # asked first: what it said before its end counts
            if (said := process.last("server")) is not None:
                break
            if process.error or ended:
                return Unavailable(
                    reason=Reason.BLOCKED, detail=f"speedtest-cli: {process.error or 'no answer'}"
                )
            if stop.wait(_POLL_S):
                return INTERRUPTED
            if time.monotonic() > until:
                return Unavailable(reason=Reason.TIMEOUT, detail="speedtest-cli found no server in time")
    finally:
        process.kill()
    try:
        server, config = dict(said["server"]), dict(said["config"])
        host = urllib.parse.urlsplit(str(server["url"])).hostname or ""
        latency_ms = float(server["latency"])
    except (KeyError, TypeError, ValueError) as error:
        return Unavailable(reason=Reason.BLOCKED, detail=f"speedtest-cli: {error!r}")
    if not host or not 0 < latency_ms < _NO_ANSWER_MS:
        return Unavailable(reason=Reason.TIMEOUT, detail="speedtest-cli: no server answered")
    return SpeedtestServer(Engine.SPEEDTEST_MINI if mini else Engine.SPEEDTEST_CLI, host, server, config)


class SpeedtestTransfer:
    """One direction against one server, as a source (see `sampling.Source`)."""

    via_proxy = False

    def __init__(self, found: SpeedtestServer, *, upload: bool, seconds: float, most_bytes: int) -> None:
        self.engine = found.engine
        self.server = found.host
        self._process = Child(
            CHILD,
            {
                "do": "up" if upload else "down",
                "server": found.server,
                "config": found.config,
                "seconds": seconds,
                "bytes": most_bytes,
            },
        )

    def start(self, *, until: float, stop: threading.Event) -> Unavailable | None:
        """Wait until it begins to tell bytes; why it can't."""
        while self._process.last("bytes") is None:
            if self._process.error or self._process.ended:
                return self.failure()
            if stop.wait(_POLL_S):
                return INTERRUPTED
            if time.monotonic() > until:
                return Unavailable(reason=Reason.TIMEOUT, detail="speedtest-cli did not start in time")
        return None

    def total(self) -> int:
        """See `sampling.Source`."""
        said = self._process.last("bytes")
        return int(said["bytes"]) if said else 0

    def full_from_s(self) -> float:
        """See `sampling.Source`. Its threads begin together."""
        return 0.0

    def failure(self) -> Unavailable | None:
        """See `sampling.Source`."""
        if self._process.error:
            return Unavailable(reason=Reason.BLOCKED, detail=f"speedtest-cli: {self._process.error}")
        if self._process.ended:
            # It is given more time than it is watched for: when it ends by itself, its server answered nothing of use.
            return Unavailable(reason=Reason.BLOCKED, detail="speedtest-cli ended early")
        return None

    def close(self) -> None:
        """See `sampling.Source`."""
        self._process.kill()
