"""Which engine measures a rate: the configured server first, then speedtest.net through speedtest-cli. Failures are told."""

from __future__ import annotations

import logging
import threading
import time
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Protocol

from amif_netcheck.measure.live import LiveValues, speed
from amif_netcheck.measure.names import Names
from amif_netcheck.measure.throughput import speedtest
from amif_netcheck.measure.throughput.flows import Flows
from amif_netcheck.measure.throughput.forms import Form, recognise
from amif_netcheck.measure.throughput.sampling import INTERRUPTED, Budget, ByteSource, TransferSamples, watch
from amif_netcheck.measure.web import Web, environment_proxy
from amif_netcheck.model.address import Base
from amif_netcheck.model.facts import Attempt, Engine, Reason, Unavailable
from amif_netcheck.model.live import DOWNLOAD, UPLOAD

log = logging.getLogger(__name__)

USUAL_BYTES, METERED_BYTES = 150_000_000, 25_000_000
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
    """

    server: Base | None = None
    engine: EngineChoice = EngineChoice.ANY
    max_bytes: int | None = None
    metered: bool | None = None

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


class _Mover(Protocol):
    """Something that can do a job."""

    name: str
    server: str

    def prepare(self, *, until: float, stop: threading.Event) -> Unavailable | None:
        """What has to be known before the clock of a job runs; why it can't be had."""

    def measure(self, job: Job) -> TransferSamples | Unavailable:
        """The rate, or why it could not be measured."""


class _OwnFlows:
    """Our own HTTP flows against a server whose language is known."""

    def __init__(self, form: Form) -> None:
        self.name = form.engine.value
        self.server = form.web.base.host
        self._form = form

    def prepare(self, *, until: float, stop: threading.Event) -> Unavailable | None:
        """See `_Mover`. Its server has already said what it speaks."""

    def measure(self, job: Job) -> TransferSamples | Unavailable:
        """See `_Mover`."""
        flows = Flows(self._form, upload=job.upload, until=job.until)
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
        self._found: speedtest.SpeedtestServer | None = None

    def prepare(self, *, until: float, stop: threading.Event) -> Unavailable | None:
        """See `_Mover`. Asks speedtest.net for its servers, or the private one whether it is there."""
        if self._found is not None:
            return None
        found = speedtest.find(self._mini, until=min(until, time.monotonic() + _FIND_S), stop=stop)
        if isinstance(found, Unavailable):
            return found
        self._found = found
        return None

    def measure(self, job: Job) -> TransferSamples | Unavailable:
        """See `_Mover`."""
        if self._found is None:
            return Unavailable(reason=Reason.ERROR, detail="not prepared")
        transfer = speedtest.SpeedtestTransfer(
            self._found,
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

    def __init__(self, wish: RatesConfig, names: Names) -> None:
        self.attempts: list[Attempt] = []
        self._names = names
        self._wish = wish
        self._movers: list[_Mover] = []
        if wish.engine in {EngineChoice.ANY, EngineChoice.SPEEDTEST_CLI}:
            by_library = wish.engine is EngineChoice.SPEEDTEST_CLI
            self._movers.append(_SpeedtestCli(wish.server if by_library else None))

    def recognise_server(self, *, until: float, stop: threading.Event) -> Form | None:
        """Ask the configured server what it speaks; its form when it is our own test point."""
        base = self._wish.server
        if base is None or self._wish.engine in {EngineChoice.NONE, EngineChoice.SPEEDTEST_CLI}:
            return None
        proxy = environment_proxy(base)
        for way in dict.fromkeys((proxy, None)):
            now = time.monotonic()
            by = (
                until if way is None else now + (until - now) / 2
            )  # a silent proxy leaves time for the direct way
            found = recognise(Web(base, self._names, proxy=way), until=by, stop=stop)
            if isinstance(found, Unavailable):
                self._tell("http" if way is None else "http, by proxy", base.host, "", found)
                continue
            self._movers.insert(
                0, _OwnFlows(found) if isinstance(found, Form) else _SpeedtestCli(found.web.base)
            )
            return found if isinstance(found, Form) and found.engine is Engine.AMIF else None
        return None

    @property
    def needs_a_search(self) -> bool:
        """Will `prepare` take seconds? speedtest-cli asks around for its server."""
        return bool(self._movers) and isinstance(self._movers[0], _SpeedtestCli)

    def prepare(self, *, until: float, stop: threading.Event) -> None:
        """Find out which engine can be used; before `measure`, as it may take seconds."""
        while self._movers and not stop.is_set():
            mover = self._movers[0]
            failure = mover.prepare(until=until, stop=stop)
            if failure is None:
                return
            self._give_up(mover, "", failure)

    def measure(self, job: Job) -> TransferSamples | Unavailable:
        """One direction, by the first engine that can.

        `NOT_REQUESTED`: no engine may be used. Otherwise why the last one failed.
        """
        if self._wish.engine is EngineChoice.NONE:
            return Unavailable(reason=Reason.NOT_REQUESTED, detail="no engine is allowed")
        nobody = Unavailable(reason=Reason.NOT_PRESENT, detail="no server was named for this engine")
        last = self.attempts[-1].why if self.attempts else nobody
        for mover in list(self._movers):
            if job.stop.is_set():
                return INTERRUPTED
            if time.monotonic() > job.until - job.budget.steady_s:
                return Unavailable(reason=Reason.TIMEOUT, detail="no time left")
            found = mover.prepare(until=job.until - job.budget.steady_s, stop=job.stop) or mover.measure(job)
            if isinstance(found, TransferSamples):
                return found
            last = found
            self._give_up(mover, job.direction, found)
        return last

    def _give_up(self, mover: _Mover, direction: str, why: Unavailable) -> None:
        """One that was refused is not tried again; one that was only slow is, for the other direction."""
        self._tell(mover.name, mover.server, direction, why)
        if why.reason is not Reason.TIMEOUT or not direction:
            self._movers.remove(mover)

    def _tell(self, engine: str, server: str, direction: str, why: Unavailable) -> None:
        log.info("rates: %s %s %s: %s", engine, server, direction, why)
        self.attempts.append(Attempt(engine=engine, server=server, direction=direction, why=why))
