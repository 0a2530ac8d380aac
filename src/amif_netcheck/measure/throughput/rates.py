"""Which engine measures a rate: the named server's, speedtest.net's, Cloudflare's, LibreSpeed's. Failures are kept as attempts."""

from __future__ import annotations

import logging
import ssl
import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache, partial

from amif_netcheck.catalog.speed_servers import speed_servers
from amif_netcheck.measure import proxies
from amif_netcheck.measure.names import Names
from amif_netcheck.measure.stages import guarded
from amif_netcheck.measure.throughput.engines import HttpFlows, Job, RateEngine, Search, SpeedtestCli
from amif_netcheck.measure.throughput.flows import AckedBytes
from amif_netcheck.measure.throughput.protocols import Mini, SpeedTestProtocol, recognise
from amif_netcheck.measure.throughput.sampling import INTERRUPTED, Budget, TransferSamples, watch
from amif_netcheck.measure.web import Web
from amif_netcheck.model.address import Base, base_of
from amif_netcheck.model.facts import Attempt, Engine, Reason, Unavailable

log = logging.getLogger(__name__)

USUAL_BYTES, METERED_BYTES = 150_000_000, 25_000_000
MOST_BYTES = 10**12
_ASKED_AGAIN_S = 3.0


class EngineChoice(Enum):
    """What the person allows to move bytes."""

    ANY = "any"  # the first that works
    SPEEDTEST_CLI = "speedtest-cli"  # the library only
    CLOUDFLARE = "cloudflare"  # our own engine, in the language of Cloudflare's server
    LIBRESPEED = "librespeed"  # our own engine, in LibreSpeed's language
    HTTP = "http"  # our own engine, against a named server only
    NONE = "none"


@dataclass(frozen=True)
class RatesConfig:
    """What the person and the settings ask for. Without a `server`, public ones are used.

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


class Rates:
    """Rates in both directions, each by the first engine that can; `attempts` tells of those that could not."""

    def __init__(self, config: RatesConfig, names: Names, acked_bytes: AckedBytes) -> None:
        self.attempts: list[Attempt] = []
        self._acked_bytes = acked_bytes
        self._names = names
        self._config = config
        self._engines = self._public_engines()
        self.spent_bytes = 0
        self._unanswered = False

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
            protocol = self._if_allowed(protocol)
            self._unanswered = isinstance(protocol, Unavailable) and protocol.reason is Reason.TIMEOUT
            if isinstance(protocol, Unavailable):
                self._note("http" if route is None else "http, by proxy", base.host, "", protocol)
                continue
            if isinstance(protocol, Mini):
                self._engines.insert(0, SpeedtestCli(protocol.web.base))
                return None
            self._engines.insert(0, HttpFlows((protocol,), self._acked_bytes, chosen=protocol))
            return protocol if protocol.engine is Engine.AMIF else None
        return None

    @property
    def known_server(self) -> SpeedTestProtocol | None:
        """The server that will measure, where that is known before anybody is asked, and no proxy stands between."""
        first = self._engines[0] if self._engines else None
        chosen = first.chosen if isinstance(first, HttpFlows) else None
        return chosen if chosen is not None and chosen.web.proxy is None else None

    @property
    def needs_a_search(self) -> bool:
        """Will `prepare` take seconds? speedtest-cli asks around for its server."""
        return bool(self._engines) and isinstance(self._engines[0], SpeedtestCli)

    def prepare(self, *, until: float, stop: threading.Event, max_bytes: int = USUAL_BYTES) -> None:
        """Find out which engine can be used; before `measure`, as it may take seconds.

        A named server that has not answered is asked once more: the line may have stood still.
        """
        if self._unanswered:
            self.recognise_server(until=min(until, time.monotonic() + _ASKED_AGAIN_S), stop=stop)
            self._unanswered = False
        while self._engines and not stop.is_set() and time.monotonic() < until:
            engine = self._engines[0]
            search = Search(until, stop, max_bytes - self.spent_bytes, self._spend)
            failure = guarded("an engine's preparation", partial(engine.prepare, search))
            if failure is None:
                return
            self._give_up(engine, "", failure)

    def measure(self, job: Job) -> TransferSamples | Unavailable:
        """One direction, by the first engine that can; what those before it moved comes out of its budget.

        `NOT_REQUESTED`: no engine may be used. Otherwise why the last one failed.
        """
        if self._config.engine is EngineChoice.NONE:
            return Unavailable(reason=Reason.NOT_REQUESTED, detail="no engine is allowed")
        nobody = Unavailable(reason=Reason.NOT_PRESENT, detail="no server was named for this engine")
        last = self.attempts[-1].why if self.attempts else nobody
        spent_before = self.spent_bytes
        waiting = deque(self._engines)
        while waiting:
            engine = waiting.popleft()
            if job.stop.is_set():
                return INTERRUPTED
            budget = job.budget_left(self.spent_bytes - spent_before)
            late = time.monotonic() > job.until - job.shortest_s
            if late or budget.max_bytes <= 0:
                last = Unavailable(reason=Reason.TIMEOUT, detail="no time left" if late else "no bytes left")
                self._note(engine.name, engine.server, job.direction, last)
                return last
            samples = guarded("a transfer", partial(self._one_transfer, engine, job, spent_before))
            if isinstance(samples, TransferSamples):
                return samples
            last = samples
            if self._give_up(engine, job.direction, samples):
                waiting.appendleft(engine)
        return last

    def _one_transfer(self, engine: RateEngine, job: Job, spent_before: int) -> TransferSamples | Unavailable:
        def budget() -> Budget:
            return job.budget_left(self.spent_bytes - spent_before)

        by = job.until - job.shortest_s
        failure = engine.prepare(Search(by, job.stop, budget().max_bytes, self._spend))
        if failure is not None:
            return failure
        source = engine.open(job, budget())
        if isinstance(source, Unavailable):
            return source
        samples: TransferSamples | Unavailable | None = None
        try:
            with job.shown(source):
                samples = watch(source, budget(), job.stop)
        finally:
            self._spend(samples.total_bytes if isinstance(samples, TransferSamples) else source.total())
        return samples

    def _spend(self, count: int) -> None:
        self.spent_bytes += count

    def _give_up(self, engine: RateEngine, direction: str, why: Unavailable) -> bool:
        """May it be tried once more, with another server?

        One that was refused is not tried again; one that was only slow is, for the other direction, after all others.
        """
        self._note(engine.name, engine.server, direction, why)
        if engine.leave_server():
            return True
        self._engines.remove(engine)
        if why.reason is Reason.TIMEOUT and direction:
            self._engines.append(engine)
        return False

    def _note(self, engine: str, server: str, direction: str, why: Unavailable) -> None:
        log.info("rates: %s %s %s: %s", engine, server, direction, why)
        self.attempts.append(Attempt(engine=engine, server=server, direction=direction, why=why))

    def _if_allowed(
        self, protocol: SpeedTestProtocol | Mini | Unavailable
    ) -> SpeedTestProtocol | Mini | Unavailable:
        """A named server that speaks another language than the one asked for is not used."""
        engine = protocol.engine if isinstance(protocol, SpeedTestProtocol) else Engine.SPEEDTEST_MINI
        wanted = _ENGINES_ALLOWED.get(self._config.engine)
        if isinstance(protocol, Unavailable) or wanted in {None, engine}:
            return protocol
        return Unavailable(reason=Reason.UNSUPPORTED, detail=f"the server speaks {engine.value}")

    def _public_engines(self) -> list[RateEngine]:
        """Those that ask no named server; of each of our own the way by a proxy, if one is configured, comes first."""
        choice, server = self._config.engine, self._config.server
        public: list[RateEngine] = []
        if choice in {EngineChoice.ANY, EngineChoice.SPEEDTEST_CLI}:
            public.append(SpeedtestCli(server if choice is EngineChoice.SPEEDTEST_CLI else None))
        if choice is EngineChoice.ANY or server is None:
            listed = speed_servers()
            if choice in {EngineChoice.ANY, EngineChoice.CLOUDFLARE}:
                public += self._http_engines(Engine.CLOUDFLARE, (listed.cloudflare.url,))
            if choice in {EngineChoice.ANY, EngineChoice.LIBRESPEED}:
                public += self._http_engines(Engine.LIBRESPEED, [server.url for server in listed.librespeed])
        return public

    def _http_engines(self, engine: Engine, urls: Sequence[str]) -> list[RateEngine]:
        bases = [base_of(url) for url in urls]
        tls = cache(ssl.create_default_context)
        routes = {base: proxies.for_server(base.scheme, base.host, base.port) for base in bases}
        by_proxy = [
            SpeedTestProtocol(engine, Web(base, self._names, proxy=route, tls=tls))
            for base, route in routes.items()
            if route is not None
        ]
        direct = [SpeedTestProtocol(engine, Web(base, self._names, tls=tls)) for base in bases]
        return [HttpFlows(candidates, self._acked_bytes) for candidates in (by_proxy, direct) if candidates]


_ENGINES_ALLOWED = {
    EngineChoice.CLOUDFLARE: Engine.CLOUDFLARE,
    EngineChoice.LIBRESPEED: Engine.LIBRESPEED,
}
