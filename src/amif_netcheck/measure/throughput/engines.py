"""Engines: what can measure a rate, our own HTTP flows or the library speedtest-cli. Which of them is used: `rates`."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from typing import Protocol

from amif_netcheck.measure.live import LiveValues, speed
from amif_netcheck.measure.throughput import speedtest
from amif_netcheck.measure.throughput.flows import AckedBytes, Flows
from amif_netcheck.measure.throughput.protocols import SpeedTestProtocol, nearest
from amif_netcheck.measure.throughput.sampling import Budget, ByteSource
from amif_netcheck.model.address import Base
from amif_netcheck.model.facts import Engine, Reason, Unavailable
from amif_netcheck.model.live import DOWNLOAD, UPLOAD

_CONNECT_S = 3.0
_FIND_S = 6.0
_FIND_PUBLIC_S = 2.5
SHORTEST_TRANSFER_S = 1.5
_EXTRA_S = 30.0
"""speedtest-cli's own length is longer than it is watched for: whoever watches decides."""
_NOT_PREPARED = Unavailable(reason=Reason.ERROR, detail="not prepared")


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
        return self.live.published(UPLOAD if self.upload else DOWNLOAD, speed(source.total))

    @property
    def shortest_s(self) -> float:
        """A transfer of less tells nothing of use."""
        return min(self.budget.steady_s, SHORTEST_TRANSFER_S)

    @property
    def direction(self) -> str:
        """`up` or `down`."""
        return "up" if self.upload else "down"

    def budget_left(self, spent_bytes: int = 0) -> Budget:
        """The budget, no longer than there is time, less what was spent on engines that failed."""
        return replace(
            self.budget,
            max_s=min(self.budget.max_s, self.until - time.monotonic()),
            max_bytes=self.budget.max_bytes - spent_bytes,
        )


@dataclass(frozen=True)
class Search:
    """What an engine may use to find its server: until when (`time.monotonic`), how many bytes, and whom it tells of them."""

    until: float
    stop: threading.Event
    max_bytes: int
    spend: Callable[[int], None]


class RateEngine(Protocol):
    """Something that can do a job."""

    name: str

    @property
    def server(self) -> str:
        """The host that it measures against; empty where it is not known."""

    def prepare(self, search: Search) -> Unavailable | None:
        """What has to be known before the clock of a job runs; why it can't be had. Once it is known, nothing is asked."""

    def open(self, job: Job, budget: Budget) -> ByteSource | Unavailable:
        """A transfer that has begun, which whoever called closes; why none could."""

    def leave_server(self) -> bool:
        """Its server failed: is there another one to prepare?"""


class HttpFlows:
    """Our own HTTP flows against the nearest of `candidates`, which all speak one protocol; `chosen` is known to be alive."""

    def __init__(
        self,
        candidates: Sequence[SpeedTestProtocol],
        acked_bytes: AckedBytes,
        *,
        chosen: SpeedTestProtocol | None = None,
    ) -> None:
        way = "" if candidates[0].web.proxy is None or chosen is not None else ", by proxy"
        self.name = candidates[0].engine.value + way
        self._candidates = tuple(candidates)
        self._acked_bytes = acked_bytes
        self._chosen = chosen

    @property
    def chosen(self) -> SpeedTestProtocol | None:
        """The server, once it is known to be there."""
        return self._chosen

    @property
    def server(self) -> str:
        """See `RateEngine`. Empty while there are several."""
        known = self._candidates if self._chosen is None else (self._chosen,)
        return known[0].web.base.host if len(known) == 1 else ""

    def prepare(self, search: Search) -> Unavailable | None:
        """See `RateEngine`."""
        if self._chosen is not None:
            return None
        by = min(search.until, time.monotonic() + _FIND_PUBLIC_S)
        found = nearest(self._candidates, until=by, stop=search.stop)
        if isinstance(found, Unavailable):
            return found
        self._chosen = found
        return None

    def open(self, job: Job, budget: Budget) -> ByteSource | Unavailable:
        """See `RateEngine`."""
        del budget
        if self._chosen is None:
            return _NOT_PREPARED
        flows = Flows(self._chosen, upload=job.upload, until=job.until, acked_bytes=self._acked_bytes)
        failure = flows.start(within_s=min(_CONNECT_S, max(0.0, job.until - time.monotonic())))
        if failure is not None:
            flows.close()
            return failure
        return flows

    def leave_server(self) -> bool:
        """See `RateEngine`."""
        others = tuple(candidate for candidate in self._candidates if candidate is not self._chosen)
        if self._chosen is None or not others:
            return False
        self._candidates, self._chosen = others, None
        return True


class SpeedtestCli:
    """The library, against its public network or the private server `mini`; its server is looked for once."""

    def __init__(self, mini: Base | None) -> None:
        self.name = (Engine.SPEEDTEST_CLI if mini is None else Engine.SPEEDTEST_MINI).value
        self._mini = mini
        self._selected: speedtest.SpeedtestServer | None = None

    @property
    def server(self) -> str:
        """See `RateEngine`."""
        return "" if self._mini is None else self._mini.host

    def prepare(self, search: Search) -> Unavailable | None:
        """See `RateEngine`. Asks speedtest.net for its servers, or the private one whether it is there."""
        if self._selected is not None:
            return None
        selected = speedtest.find(
            None if self._mini is None else self._mini.url,
            until=min(search.until, time.monotonic() + _FIND_S),
            stop=search.stop,
            max_bytes=search.max_bytes,
            spend=search.spend,
        )
        if isinstance(selected, Unavailable):
            return selected
        self._selected = selected
        return None

    def open(self, job: Job, budget: Budget) -> ByteSource | Unavailable:
        """See `RateEngine`."""
        if self._selected is None:
            return _NOT_PREPARED
        transfer = speedtest.SpeedtestTransfer(
            self._selected,
            upload=job.upload,
            seconds=budget.max_s + _EXTRA_S,
            most_bytes=budget.max_bytes,
        )
        failure = transfer.start(until=min(job.until, time.monotonic() + _CONNECT_S), stop=job.stop)
        if failure is not None:
            transfer.close()
            return failure
        return transfer

    def leave_server(self) -> bool:
        """See `RateEngine`. Which of its servers is the best the library decides once."""
        return False
