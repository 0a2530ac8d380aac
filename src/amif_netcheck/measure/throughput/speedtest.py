"""speedtest-cli as an engine: child processes that find a server and move bytes, each killed when it is no more needed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from amif_netcheck.children import Child
from amif_netcheck.measure import proxies
from amif_netcheck.measure.throughput.sampling import INTERRUPTED
from amif_netcheck.model.address import Base, base_of
from amif_netcheck.model.facts import Engine, Reason, Unavailable

CHILD = "amif_netcheck.measure.throughput.speedtest_child"
_NO_ANSWER_MS = 600_000.0
"""speedtest-cli gives a server that does not answer a latency of 3600 s for each of three trials, over six."""
_POLL_S = 0.02
SILENT_S = 2.5
"""So long without a sign of progress in the search for a server, and speedtest.net hangs."""
_LONGEST_LISTS = 4 * 1024 * 1024
"""Configuration and list of servers together, as they come; more is garbage."""


class _ServerEntry(msgspec.Struct):
    """What we read of a server that the library chose."""

    url: str
    latency: Annotated[float, Meta(gt=0)]


class _FoundServer(msgspec.Struct):
    """The child's answer to `find`."""

    server: _ServerEntry
    config: dict[str, Any]


@dataclass(frozen=True)
class SpeedtestServer:
    """A server that answered, and what a transfer's process needs to know of it (`server`, `config`)."""

    engine: Engine
    url: Base
    server: dict[str, Any] = field(repr=False)
    config: dict[str, Any] = field(repr=False)


def find(
    mini: str | None,
    *,
    until: float,
    stop: threading.Event,
    max_bytes: int = _LONGEST_LISTS,
    spend: Callable[[int], None] = lambda _count: None,
) -> SpeedtestServer | Unavailable:
    """Find a server of speedtest.net's network, or use the private one at the URL `mini`; by `until`.

    It fails earlier when nothing comes for `SILENT_S`, or more than `max_bytes`. `spend` is told how many bytes came.
    """
    most = min(max_bytes, _LONGEST_LISTS)
    process = Child(CHILD, {"do": "find", "mini": mini, "bytes": most, "proxies": proxies.urls_by_scheme()})
    step, silent_since = None, until
    try:
        while True:
            ended = process.ended  # asked first: what it answered before its end counts
            if (answer := process.last("server")) is not None:
                break
            if process.error or ended:
                return Unavailable(
                    reason=Reason.BLOCKED, detail=f"speedtest-cli: {process.error or 'no answer'}"
                )
            if stop.wait(_POLL_S):
                return INTERRUPTED
            if (latest := process.last("step")) is not step:
                step, silent_since = latest, time.monotonic()
            if time.monotonic() > min(until, silent_since + SILENT_S):
                return Unavailable(reason=Reason.TIMEOUT, detail="speedtest-cli found no server in time")
    finally:
        process.kill()
        if (latest := process.last("step")) is not None:
            spend(int(latest["bytes"]))
    try:
        reply = msgspec.convert(answer, _FoundServer)
        url = base_of(reply.server.url)
    except (msgspec.ValidationError, ValueError) as error:
        return Unavailable(reason=Reason.BLOCKED, detail=f"speedtest-cli: {type(error).__name__}")
    if not reply.server.latency < _NO_ANSWER_MS:
        return Unavailable(reason=Reason.TIMEOUT, detail="speedtest-cli: no server answered")
    return SpeedtestServer(
        Engine.SPEEDTEST_MINI if mini else Engine.SPEEDTEST_CLI, url, answer["server"], reply.config
    )


class SpeedtestTransfer:
    """One direction against one server, as a source (see `sampling.ByteSource`)."""

    def __init__(self, selected: SpeedtestServer, *, upload: bool, seconds: float, most_bytes: int) -> None:
        self.engine = selected.engine
        self.server = selected.url.host
        self.via_proxy = (
            proxies.for_server(selected.url.scheme, selected.url.host, selected.url.port) is not None
        )
        self._process = Child(
            CHILD,
            {
                "do": "up" if upload else "down",
                "server": selected.server,
                "config": selected.config,
                "seconds": seconds,
                "bytes": most_bytes,
                "proxies": proxies.urls_by_scheme(),
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
        """See `sampling.ByteSource`."""
        progress = self._process.last("bytes")
        return int(progress["bytes"]) if progress else 0

    def adapt(self) -> None:
        """See `sampling.ByteSource`. The library chooses how many connections it opens."""

    def full_from_s(self) -> float:
        """See `sampling.ByteSource`. Its threads begin together."""
        return 0.0

    def failure(self) -> Unavailable | None:
        """See `sampling.ByteSource`."""
        if self._process.error:
            return Unavailable(reason=Reason.BLOCKED, detail=f"speedtest-cli: {self._process.error}")
        if self._process.ended:
            # It is given more time than it is watched for: when it ends by itself, its server answered nothing of use.
            return Unavailable(reason=Reason.BLOCKED, detail="speedtest-cli ended early")
        return None

    def close(self) -> None:
        """See `sampling.ByteSource`."""
        self._process.kill()
