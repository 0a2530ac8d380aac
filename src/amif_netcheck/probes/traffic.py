"""What this computer sends and receives over a short window, and which programs do it. Sends nothing."""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass

from amif_netcheck.catalog.calls import SYSTEM, name_and_family
from amif_netcheck.model.facts import Application, Reason, TrafficFacts, Unavailable
from amif_netcheck.platforms.base import ByteCounters, Endpoints, Interface, OwnedSocket, Platform, TcpSocket
from amif_netcheck.probes.carrier import carrier
from amif_netcheck.probes.context import Context
from amif_netcheck.probes.ourselves import own_pids

WINDOW_S = 3.0
QUICK_WINDOW_S = 2.0
_SAMPLE_S = 0.5
"""Connections are read this often, so that one that ends within the window still counts up to its last reading."""

_SHORTEST_WINDOW_S = 1.0
"""Less than this tells nothing: traffic comes in bursts."""
_COSTLY_READING_S = 0.3
_TOO_COSTLY_READING_S = 1.0
"""With thousands of connections a reading takes this long: then programs are named by the connections they hold."""
_MOST_HOLDER_READINGS = 4

_MOST_APPLICATIONS = 20
_QUIC_PORT = 443


def probe(context: Context, until: float) -> TrafficFacts | Unavailable:
    """Measure over `WINDOW_S`, or what is left until `until` (`time.monotonic`)."""
    interface = carrier(context, until)
    if isinstance(interface, Unavailable):
        return interface
    platform = context.platform
    meter = _TcpMeter(platform)
    own_before = context.ledger.read()
    before = platform.counters(interface)
    started = time.perf_counter()
    end = min(
        started + (QUICK_WINDOW_S if context.quick else WINDOW_S), started + until - time.monotonic() - 0.5
    )
    while (left := end - time.perf_counter()) > 0:
        if context.stop.wait(min(_SAMPLE_S, left)):
            break
        if meter.cost_s < _COSTLY_READING_S:  # thousands of connections: the last reading has to do
            meter.read()
    after = platform.counters(interface)
    window_s = time.perf_counter() - started
    own_after = context.ledger.read()
    if window_s < _SHORTEST_WINDOW_S:
        return Unavailable(reason=Reason.TIMEOUT, detail=f"only {window_s:.2f} s were left to watch")
    if meter.cost_s < _TOO_COSTLY_READING_S:
        meter.read()
    if isinstance(before, Unavailable):
        return before
    if isinstance(after, Unavailable):
        return after
    own_up, own_down = (now - then for now, then in zip(own_after, own_before, strict=True))
    received, sent = _grown(before, after)
    return TrafficFacts(
        interface=interface,
        window_s=window_s,
        down_mbit_s=_mbit_s(max(0, received - own_down), window_s),
        up_mbit_s=_mbit_s(max(0, sent - own_up), window_s),
        own_down_mbit_s=_mbit_s(own_down, window_s),
        own_up_mbit_s=_mbit_s(own_up, window_s),
        applications=_applications(platform, meter, window_s),
    )


def _grown(before: ByteCounters, after: ByteCounters) -> tuple[int, int]:
    """(received, sent) bytes; a counter that went backwards was reset with its interface, and starts at zero."""
    received = after.received - before.received
    sent = after.sent - before.sent
    return received if received >= 0 else after.received, sent if sent >= 0 else after.sent


def _mbit_s(count: int, seconds: float) -> float:
    return count * 8 / 1e6 / seconds if seconds > 0 else 0.0


@dataclass
class _BytesMoved:
    sent: int = 0
    received: int = 0


@dataclass
class _ProgramConnections:
    """Connections that one program holds, and how many of them are over UDP, and over QUIC."""

    all: int = 0
    udp: int = 0
    quic: int = 0

    def add(self, connection: OwnedSocket) -> None:
        self.all += 1
        self.udp += connection.udp
        self.quic += connection.udp and connection.endpoints.remote_port == _QUIC_PORT


class _TcpMeter:
    """Payload bytes of every TCP connection since the meter was made."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self.moved: dict[Endpoints, _BytesMoved] = defaultdict(_BytesMoved)
        self.holders: dict[Endpoints, int] = {}
        self.holding: tuple[OwnedSocket, ...] = ()
        self.failure: Unavailable | None = None
        self.cost_s = 0.0
        self._last: dict[Endpoints, TcpSocket] | None = None
        self._holder_readings = 0
        self.read()

    def read(self) -> None:
        """Take one reading; the first is the base, a connection that appeared since the last one counts from zero."""
        started = time.perf_counter()
        sockets = self._platform.tcp_sockets()
        if isinstance(sockets, Unavailable):
            self.failure = sockets
            return
        if self._last is None:
            self._last = {now.endpoints: now for now in sockets}
            self._note_holders()
            self.cost_s = time.perf_counter() - started
            return
        for now in sockets:
            then = self._last.get(now.endpoints)
            moved = self.moved[now.endpoints]
            moved.sent += _since(now.sent, then.sent if then else 0)
            moved.received += _since(now.received, then.received if then else 0)
        appeared = any(now.endpoints not in self._last for now in sockets)
        self._last = {now.endpoints: now for now in sockets}
        if appeared and self._holder_readings < _MOST_HOLDER_READINGS:
            self._note_holders()
        self.cost_s = time.perf_counter() - started

    def _note_holders(self) -> None:
        """Remember which process holds which connection, while it is there to be seen."""
        self._holder_readings += 1
        self.holding = _held(self._platform)
        self.holders.update(_tcp_holders(self.holding))


def _since(now: int, then: int) -> int:
    return now - then if now >= then else now


def _applications(
    platform: Platform, meter: _TcpMeter, window_s: float
) -> tuple[Application, ...] | Unavailable:
    """Programs other than us that moved bytes, that may over QUIC, or that are known and hold connections.

    Most bytes first.
    """
    processes = platform.processes()
    if isinstance(processes, Unavailable):
        return processes
    held = meter.holding if meter.cost_s >= _TOO_COSTLY_READING_S else _held(platform)
    if meter.failure is not None and not held:
        return meter.failure
    local = _local_addresses(platform.interfaces())
    ours = own_pids()
    totals: dict[str, _BytesMoved] = defaultdict(_BytesMoved)
    counts: dict[str, _ProgramConnections] = defaultdict(_ProgramConnections)
    holders = {**meter.holders, **_tcp_holders(held)}
    for endpoints, moved in meter.moved.items():
        pid = holders.get(endpoints)
        if pid is None or pid in ours or endpoints.remote in local or pid not in processes:
            continue
        totals[processes[pid]].sent += moved.sent
        totals[processes[pid]].received += moved.received
    for each in held:
        if each.pid not in ours and each.endpoints.remote not in local and each.pid in processes:
            counts[processes[each.pid]].add(each)
    found = []
    for name in totals.keys() | counts.keys():
        product, family = name_and_family(name)
        moved, held_by_it = totals[name], counts[name]
        if (not product or family == SYSTEM) and not moved.sent + moved.received + held_by_it.quic:
            continue
        found.append(
            Application(
                process=name,
                product=product,
                family=family,
                down_mbit_s=_mbit_s(moved.received, window_s),
                up_mbit_s=_mbit_s(moved.sent, window_s),
                connections=held_by_it.all,
                udp_connections=held_by_it.udp,
                quic_connections=held_by_it.quic,
            )
        )
    found.sort(key=lambda each: (-(each.down_mbit_s + each.up_mbit_s), -each.connections, each.process))
    return tuple(found[:_MOST_APPLICATIONS])


def _tcp_holders(held: tuple[OwnedSocket, ...]) -> dict[Endpoints, int]:
    return {each.endpoints: each.pid for each in held if not each.udp}


def _held(platform: Platform) -> tuple[OwnedSocket, ...]:
    connections = platform.connections()
    return () if isinstance(connections, Unavailable) else connections


def _local_addresses(interfaces: tuple[Interface, ...] | Unavailable) -> set[str]:
    """Addresses of this computer: talking to oneself uses no line."""
    mine = (
        set()
        if isinstance(interfaces, Unavailable)
        else {text for each in interfaces for text in each.addresses}
    )
    return mine | {"127.0.0.1", "::1"}
