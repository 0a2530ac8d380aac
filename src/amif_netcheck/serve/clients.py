"""Who asks: addresses in one form, and how much each client has used; every table is bounded."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from functools import lru_cache
from ipaddress import IPv6Address, ip_network
from typing import Self

from amif_netcheck.serve.config import MB, ServeLimits

MOST_CLIENTS = 4096
_SLICE_S = 60
_SLICES = 60
_BUSY_RETRY_S = 5


@lru_cache(MOST_CLIENTS)
def plain(address: str) -> str:
    """An address without its zone, and IPv4 as IPv4 on a socket that speaks both."""
    address = address.partition("%")[0]
    if ":" in address and (mapped := IPv6Address(address).ipv4_mapped):
        return str(mapped)
    return address


@lru_cache(MOST_CLIENTS)
def client_of(address: str) -> str:
    """Whom an address counts for: IPv6 clients own at least a network of 64 bits."""
    return str(ip_network(f"{address}/64", strict=False)) if ":" in address else address


class RateLimiter:
    """At most so many things a second from each client, and as many at once."""

    def __init__(self, per_s: int) -> None:
        self._per_s = per_s
        self._lock = threading.Lock()
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def allows(self, client: str) -> bool:
        """Is one more within the rate? It counts if it is."""
        now = time.monotonic()
        with self._lock:
            left, before = self._left.get(client, (float(self._per_s), now))
            left = min(float(self._per_s), left + (now - before) * self._per_s)
            allowed = left >= 1
            self._left[client] = (left - allowed, now)
            self._left.move_to_end(client)
            if len(self._left) > MOST_CLIENTS:
                self._left.popitem(last=False)
        return allowed


class ConnectionLimiter:
    """At most so many connections at a time, of all and of each client."""

    def __init__(self, most: int, most_of_one: int) -> None:
        self._most, self._most_of_one = most, most_of_one
        self._lock = threading.Lock()
        self._of: dict[str, int] = {}
        self._all = 0

    def enter(self, client: str) -> bool:
        """May one more come in? Whoever does has to leave."""
        with self._lock:
            mine = self._of.get(client, 0)
            if self._all >= self._most or mine >= self._most_of_one:
                return False
            self._of[client] = mine + 1
            self._all += 1
        return True

    def leave(self, client: str) -> None:
        """One has gone."""
        with self._lock:
            self._all -= 1
            self._of[client] -= 1
            if not self._of[client]:
                del self._of[client]


class _Usage:
    """What one client has used in the last hour, by the minute."""

    def __init__(self) -> None:
        self.slices: deque[list[float]] = deque()  # [minute, bytes, seconds]

    def add(self, minute: int, size: int, seconds: float) -> None:
        if not self.slices or self.slices[-1][0] != minute:
            self.slices.append([minute, 0, 0])
        self.slices[-1][1] += size
        self.slices[-1][2] += seconds

    def forget(self, minute: int) -> None:
        while self.slices and self.slices[0][0] <= minute - _SLICES:
            self.slices.popleft()

    def exceeds(self, limits: ServeLimits) -> bool:
        size = sum(used[1] for used in self.slices)
        seconds = sum(used[2] for used in self.slices)
        return size >= limits.client_mb * MB or seconds >= limits.client_s


class AdmissionControl:
    """Lets tests begin, and counts what they use."""

    def __init__(self, limits: ServeLimits) -> None:
        self._limits = limits
        self._crowd = ConnectionLimiter(limits.tests, limits.client_tests)
        self._lock = threading.Lock()
        self._usage: OrderedDict[str, _Usage] = OrderedDict()

    def enter(self, client: str) -> Ticket | int:
        """A ticket for one test, or after how many seconds to ask again."""
        minute = int(time.monotonic() // _SLICE_S)
        with self._lock:
            usage = self._usage.get(client)
            if usage is not None:
                usage.forget(minute)
                if usage.exceeds(self._limits):
                    return int(usage.slices[0][0] - minute + _SLICES) * _SLICE_S
        return Ticket(self, client, self._limits.test_s) if self._crowd.enter(client) else _BUSY_RETRY_S

    def use(self, client: str, size: int, seconds: float) -> bool:
        """Note what a client has used; False when that is all it may use."""
        minute = int(time.monotonic() // _SLICE_S)
        with self._lock:
            usage = self._usage.setdefault(client, _Usage())
            self._usage.move_to_end(client)
            if len(self._usage) > MOST_CLIENTS:
                self._usage.popitem(last=False)
            usage.add(minute, size, seconds)
            usage.forget(minute)
            return not usage.exceeds(self._limits)

    def leave(self, client: str) -> None:
        """A test has ended."""
        self._crowd.leave(client)


class Ticket:
    """One test under way; `with` or `end` ends it. Used by one thread at a time."""

    _REPORT_BYTES = 16 * MB
    _REPORT_S = 0.5

    def __init__(self, gate: AdmissionControl, client: str, seconds: float) -> None:
        self._gate, self._client = gate, client
        self._reported_s = self.began = time.monotonic()
        self.until = self.began + seconds
        self._unreported = 0
        self.bytes = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def end(self) -> None:
        """Give the place back; once."""
        self._report(time.monotonic())
        self._gate.leave(self._client)

    def goes_on(self, size: int) -> bool:
        """So many more bytes went over the line; may the test go on?"""
        self.bytes += size
        self._unreported += size
        now = time.monotonic()
        if self._unreported >= self._REPORT_BYTES or now - self._reported_s >= self._REPORT_S:
            return self._report(now) and now < self.until
        return now < self.until

    def _report(self, now: float) -> bool:
        size, seconds = self._unreported, now - self._reported_s
        self._unreported, self._reported_s = 0, now
        return self._gate.use(self._client, size, seconds)
