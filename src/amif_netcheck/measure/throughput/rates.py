"""Which engine measures a rate: the configured server first, then speedtest.net through speedtest-cli. Failures are kept as attempts."""

from __future__ import annotations

import logging
import threading
import time
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import partial
from typing import Protocol

from amif_netcheck.measure import proxies
from amif_netcheck.measure.live import DOWNLOAD, UPLOAD, LiveValues, speed
from amif_netcheck.measure.names import Names
from amif_netcheck.measure.stages import guarded
from amif_netcheck.measure.throughput import speedtest
from amif_netcheck.measure.throughput.flows import Flows
from amif_netcheck.measure.throughput.protocols import Mini, SpeedTestProtocol, recognise
from amif_netcheck.measure.throughput.sampling import INTERRUPTED, Budget, ByteSource, TransferSamples, watch
from amif_netcheck.measure.web import Web
from amif_netcheck.model.address import Base
from amif_netcheck.model.facts import Attempt, Engine, Reason, Unavailable

log = logging.getLogger(__name__)

USUAL_BYTES, METERED_BYTES = 150_000_000, 25_000_000
MOST_BYTES = 10**12
_CONNECT_S = 3.0
_FIND_S = 6.0
_EXTRA_S = 30.0
"""speedtest-cli's own length is longer than it is watched for: whoever watches decides."""


class EngineChoice(Enum):
    """What the person allows to move bytes."""

    ANY = "any"
    HTTP = "http"  # our own engine only
    SPEEDTEST_CLI = "speedtest-cli"  # the library only
    NONE = "none"


@dataclass(frozen=True)
class RatesConfig:
    """What the person and the settings ask for. Without a `server`, speedtest.net's network is used.

    `max_bytes`: None leaves it to whether the line is metered; `metered`: None leaves that to the system.

    Raises:
        ValueError: `max_bytes` is none that a transfer could keep to.
    """

    server: Base | None = None
    engine: EngineChoice = EngineChoice.ANY
    max_bytes: int | None = None
    metered: bool | None = None

    def __post_init__(self) -> None:
        if self.max_bytes is not None and not 0 < self.max_bytes <= MOST_BYTES:
            raise ValueError(f"max_bytes is not from 1 to {MOST_BYTES}")

    def most_bytes(self, *, metered: bool) -> int:
        """How many bytes both directions may cost together."""
        if self.max_bytes is not None:
            return self.max_bytes
        return METERED_BYTES if (metered if self.metered is None else self.metered) else USUAL_BYTES


@dataclass(frozen=True)
class Job:
    """One direction to be measured, by `until` (`time.monotonic`), or until `stop` is set."""

    upload: bool
    budget: Budget
    until: float
    stop: threading.Event
    live: LiveValues = field(default_factory=LiveValues)

    def shown(self, source: ByteSource) -> AbstractContextManager[None]:
        """Whoever wants to can look at the rate meanwhile."""
        return self.live.shown(UPLOAD if self.upload else DOWNLOAD, speed(source.total))

    @property
    def direction(self) -> str:
        """`up` or `down`."""
        return "up" if self.upload else "down"

    def budget_left(self) -> Budget:
        """The budget, no longer than there is time."""
        return replace(self.budget, max_s=min(self.budget.max_s, self.until - time.monotonic()))


class _RateEngine(Protocol):
    """Something that can do a job."""

    name: str
    server: str

    def prepare(self, *, until: float, stop: threading.Event) -> Unavailable | None:
        """What has to be known before the clock of a job runs; why it can't be had."""

    def measure(self, job: Job) -> TransferSamples | Unavailable:
        """The rate, or why it could not be measured."""


class _OwnFlows:
    """Our own HTTP flows against a server whose language is known."""

    def __init__(self, protocol: SpeedTestProtocol) -> None:
        self.name = protocol.engine.value
        self.server = protocol.web.base.host
        self._protocol = protocol

    def prepare(self, *, until: float, stop: threading.Event) -> Unavailable | None:
        """See `_RateEngine`. Its server has already said what it speaks."""

    def measure(self, job: Job) -> TransferSamples | Unavailable:
        """See `_RateEngine`."""
        flows = Flows(self._protocol, upload=job.upload, until=job.until)
        failure = flows.start(within_s=_CONNECT_S)
        if failure is not None:
            flows.close()
            return failure
        with job.shown(flows):
            return watch(flows, job.budget_left(), job.stop)


class _SpeedtestCli:
    """The library, against its public network or the private server at the URL `mini`; its server is looked for once."""

    def __init__(self, mini: Base | None) -> None:
        self.name = (Engine.SPEEDTEST_CLI if mini is None else Engine.SPEEDTEST_MINI).value
        self.server = "" if mini is None else mini.host
        self._mini = None if mini is None else mini.url
        self._selected: speedtest.SpeedtestServer | None = None

    def prepare(self, *, until: float, stop: threading.Event) -> Unavailable | None:
        """See `_RateEngine`. Asks speedtest.net for its servers, or the private one whether it is there."""
        if self._selected is not None:
            return None
        selected = speedtest.find(self._mini, until=min(until, time.monotonic() + _FIND_S), stop=stop)
        if isinstance(selected, Unavailable):
            return selected
        self._selected = selected
        return None

    def measure(self, job: Job) -> TransferSamples | Unavailable:
        """See `_RateEngine`."""
        if self._selected is None:
            return Unavailable(reason=Reason.ERROR, detail="not prepared")
        transfer = speedtest.SpeedtestTransfer(
            self._selected,
            upload=job.upload,
            seconds=job.budget.max_s + _EXTRA_S,
            most_bytes=job.budget.max_bytes,
        )
        failure = transfer.start(until=min(job.until, time.monotonic() + _CONNECT_S), stop=job.stop)
        if failure is not None:
            transfer.close()
            return failure
        with job.shown(transfer):
            return watch(transfer, job.budget_left(), job.stop)


class Rates:
    """Rates in both directions, each by the first engine that can; `attempts` tells of those that could not."""

    def __init__(self, config: RatesConfig, names: Names) -> None:
        self.attempts: list[Attempt] = []
        self._names = names
        self._config = config
        self._engines: list[_RateEngine] = []
        if config.engine in {EngineChoice.ANY, EngineChoice.SPEEDTEST_CLI}:
            by_library = config.engine is EngineChoice.SPEEDTEST_CLI
            self._engines.append(_SpeedtestCli(config.server if by_library else None))

    def recognise_server(self, *, until: float, stop: threading.Event) -> SpeedTestProtocol | None:
        """Ask the configured server what it speaks; its protocol when it is our own test point."""
        base = self._config.server
        if base is None or self._config.engine in {EngineChoice.NONE, EngineChoice.SPEEDTEST_CLI}:
            return None
        proxy = proxies.for_server(base.scheme, base.host, base.port)
        for route in dict.fromkeys((proxy, None)):
            now = time.monotonic()
            by = until if route is None else now + (until - now) / 2  # a silent proxy leaves time
            web = Web(base, self._names, proxy=route)
            protocol = guarded("asking the speed server", partial(recognise, web, until=by, stop=stop))
            if isinstance(protocol, Unavailable):
                self._note("http" if route is None else "http, by proxy", base.host, "", protocol)
                continue
            if isinstance(protocol, Mini):
                self._engines.insert(0, _SpeedtestCli(protocol.web.base))
                return None
            self._engines.insert(0, _OwnFlows(protocol))
            return protocol if protocol.engine is Engine.AMIF else None
        return None

    @property
    def needs_a_search(self) -> bool:
        """Will `prepare` take seconds? speedtest-cli asks around for its server."""
        return bool(self._engines) and isinstance(self._engines[0], _SpeedtestCli)

    def prepare(self, *, until: float, stop: threading.Event) -> None:
        """Find out which engine can be used; before `measure`, as it may take seconds."""
        while self._engines and not stop.is_set():
            engine = self._engines[0]
            failure = guarded("an engine's preparation", partial(engine.prepare, until=until, stop=stop))
            if failure is None:
                return
            self._give_up(engine, "", failure)

    def measure(self, job: Job) -> TransferSamples | Unavailable:
        """One direction, by the first engine that can.

        `NOT_REQUESTED`: no engine may be used. Otherwise why the last one failed.
        """
        if self._config.engine is EngineChoice.NONE:
            return Unavailable(reason=Reason.NOT_REQUESTED, detail="no engine is allowed")
        nobody = Unavailable(reason=Reason.NOT_PRESENT, detail="no server was named for this engine")
        last = self.attempts[-1].why if self.attempts else nobody
        for engine in list(self._engines):
            if job.stop.is_set():
                return INTERRUPTED
            if time.monotonic() > job.until - job.budget.steady_s:
                return Unavailable(reason=Reason.TIMEOUT, detail="no time left")
            samples = guarded("a transfer", partial(self._one_transfer, engine, job))
            if isinstance(samples, TransferSamples):
                return samples
            last = samples
            self._give_up(engine, job.direction, samples)
        return last

    @staticmethod
    def _one_transfer(engine: _RateEngine, job: Job) -> TransferSamples | Unavailable:
        prepared_by = job.until - job.budget.steady_s
        return engine.prepare(until=prepared_by, stop=job.stop) or engine.measure(job)

    def _give_up(self, engine: _RateEngine, direction: str, why: Unavailable) -> None:
        """One that was refused is not tried again; one that was only slow is, for the other direction."""
        self._note(engine.name, engine.server, direction, why)
        if why.reason is not Reason.TIMEOUT or not direction:
            self._engines.remove(engine)

    def _note(self, engine: str, server: str, direction: str, why: Unavailable) -> None:
        log.info("rates: %s %s %s: %s", engine, server, direction, why)
        self.attempts.append(Attempt(engine=engine, server=server, direction=direction, why=why))
