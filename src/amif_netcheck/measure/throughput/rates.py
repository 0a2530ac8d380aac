"""Which engine measures a rate: the configured server first, then speedtest.net through speedtest-cli. Failures are told."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from amif_netcheck.measure.names import Names
from amif_netcheck.measure.throughput import speedtest
from amif_netcheck.measure.throughput.flows import Flows
from amif_netcheck.measure.throughput.forms import Form, recognise
from amif_netcheck.measure.throughput.sampling import Budget, Transferred, watch
from amif_netcheck.measure.web import Base, Web, environment_proxy
from amif_netcheck.model.facts import Attempt, Engine, Reason, Unavailable

log = logging.getLogger(__name__)

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
class Wish:
    """What the person and the settings ask for. Without a `server`, speedtest.net's network is used."""

    server: Base | None = None
    engine: EngineChoice = EngineChoice.ANY
    max_bytes: int = 150_000_000


@dataclass(frozen=True)
class Job:
    """One direction to be measured, by `until` (`time.monotonic`), or until `stop` is set."""

    upload: bool
    budget: Budget
    until: float
    stop: threading.Event

    @property
    def direction(self) -> str:
        """`up` or `down`."""
        return "up" if self.upload else "down"


class _Mover(Protocol):
    """Something that can do a job."""

    name: str
    server: str

    def measure(self, job: Job) -> Transferred | Unavailable:
        """The rate, or why it could not be measured."""


class _OwnFlows:
    """Our own HTTP flows against a server whose language is known."""

    def __init__(self, form: Form) -> None:
        self.name = form.engine.value
        self.server = form.web.base.host
        self._form = form

    def measure(self, job: Job) -> Transferred | Unavailable:
        """See `_Mover`."""
        connected_by = min(job.until, time.monotonic() + _CONNECT_S + job.budget.max_s)
        flows = Flows(self._form, upload=job.upload, until=connected_by)
        failure = flows.start()
        if failure is not None:
            flows.close()
            return failure
        return watch(flows, job.budget, job.stop)


class _SpeedtestCli:
    """The library, against its public network or the private server at the URL `mini`; its server is looked for once."""

    def __init__(self, mini: Base | None) -> None:
        self.name = (Engine.SPEEDTEST_CLI if mini is None else Engine.SPEEDTEST_MINI).value
        self.server = "" if mini is None else mini.host
        self._mini = None if mini is None else mini.url
        self._found: speedtest.Found | None = None

    def measure(self, job: Job) -> Transferred | Unavailable:
        """See `_Mover`."""
        if self._found is None:
            find_by = min(job.until - job.budget.max_s, time.monotonic() + _FIND_S)
            found = speedtest.find(self._mini, until=find_by, stop=job.stop)
            if isinstance(found, Unavailable):
                return found
            self._found = found
        transfer = speedtest.Transfer(
            self._found,
            upload=job.upload,
            seconds=job.budget.max_s + _EXTRA_S,
            most_bytes=job.budget.max_bytes,
        )
        failure = transfer.start(until=min(job.until, time.monotonic() + _CONNECT_S), stop=job.stop)
        if failure is not None:
            transfer.close()
            return failure
        return watch(transfer, job.budget, job.stop)


class Rates:
    """Rates in both directions, each by the first engine that can; `attempts` tells of those that could not."""

    def __init__(self, wish: Wish, names: Names) -> None:
        self.attempts: list[Attempt] = []
        self._names = names
        self._wish = wish
        self._movers: list[_Mover] = []
        if wish.engine in {EngineChoice.ANY, EngineChoice.SPEEDTEST_CLI}:
            by_library = wish.engine is EngineChoice.SPEEDTEST_CLI
            self._movers.append(_SpeedtestCli(wish.server if by_library else None))

    def recognise_server(self, *, until: float) -> Form | None:
        """Ask the configured server what it speaks; its form when it is our own test point."""
        base = self._wish.server
        if base is None or self._wish.engine in {EngineChoice.NONE, EngineChoice.SPEEDTEST_CLI}:
            return None
        proxy = environment_proxy(base)
        for way in dict.fromkeys((proxy, None)):
            found = recognise(Web(base, self._names, proxy=way), until=until)
            if isinstance(found, Unavailable):
                self._tell("http" if way is None else "http, by proxy", base.host, "", found)
                continue
            self._movers.insert(
                0, _OwnFlows(found) if isinstance(found, Form) else _SpeedtestCli(found.web.base)
            )
            return found if isinstance(found, Form) and found.engine is Engine.AMIF else None
        return None

    def measure(self, job: Job) -> Transferred | Unavailable:
        """One direction. `NOT_REQUESTED`: no engine may be used; else why the last one failed, which is not tried again."""
        if self._wish.engine is EngineChoice.NONE:
            return Unavailable(reason=Reason.NOT_REQUESTED, detail="no engine is allowed")
        last = Unavailable(reason=Reason.TIMEOUT, detail="no engine could be used")
        while self._movers and time.monotonic() < job.until - job.budget.steady_s and not job.stop.is_set():
            mover = self._movers[0]
            found = mover.measure(job)
            if isinstance(found, Transferred):
                return found
            last = found
            self._tell(mover.name, mover.server, job.direction, found)
            self._movers.pop(0)
        return last

    def _tell(self, engine: str, server: str, direction: str, why: Unavailable) -> None:
        log.info("rates: %s %s %s: %s", engine, server, direction, why)
        self.attempts.append(Attempt(engine=engine, server=server, direction=direction, why=why))
