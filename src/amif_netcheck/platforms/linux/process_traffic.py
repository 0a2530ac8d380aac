"""What each process sends and receives: TCP payload by inet_diag, open connections by psutil."""

from __future__ import annotations

import socket
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import psutil
from msgspec import Struct

from amif_netcheck.model.facts import Reason, Unavailable
from amif_netcheck.platforms import portable
from amif_netcheck.platforms.answers import ProcessTraffic, TrafficByProcess
from amif_netcheck.platforms.linux import inet_diag, netlink
from amif_netcheck.platforms.linux.inet_diag import Endpoints, TcpSocket

_SAMPLE_S = 0.5
"""Connections are read this often, so that one that ends within the time still counts up to its last reading."""
_COSTLY_READING_S = 0.3
_TOO_COSTLY_READING_S = 1.0
"""With thousands of connections a reading takes this long: then processes are named by the connections they hold."""
_MOST_HOLDER_READINGS = 4
_QUIC_PORT = 443
_LOOPBACK = frozenset({"127.0.0.1", "::1"})


class OwnedSocket(Struct, frozen=True, kw_only=True):
    """A TCP or UDP socket with a peer, and the process that holds it."""

    pid: int
    endpoints: Endpoints
    udp: bool = False


def connections() -> tuple[OwnedSocket, ...] | Unavailable:
    """Sockets with a peer, of the processes that we may look into."""
    try:
        entries = psutil.net_connections(kind="inet")
    except (psutil.Error, OSError) as error:
        return Unavailable(reason=Reason.NOT_PERMITTED, detail=str(error))
    return tuple(
        OwnedSocket(
            pid=entry.pid,
            endpoints=Endpoints(
                inet_diag.unmapped(entry.laddr.ip),
                entry.laddr.port,
                inet_diag.unmapped(entry.raddr.ip),
                entry.raddr.port,
            ),
            udp=entry.type == socket.SOCK_DGRAM,
        )
        for entry in entries
        if entry.pid is not None and entry.laddr and entry.raddr
    )


@dataclass(frozen=True)
class Sources:
    """Where the readings come from."""

    tcp_sockets: Callable[[], Iterable[TcpSocket]] = inet_diag.tcp_sockets
    connections: Callable[[], tuple[OwnedSocket, ...] | Unavailable] = connections
    processes: Callable[[], dict[int, str] | Unavailable] = portable.processes


def watch(
    own_addresses: frozenset[str], until: float, stop: threading.Event, sources: Sources | None = None
) -> TrafficByProcess | Unavailable:
    """See `Platform.traffic_by_process`. What goes to `own_addresses` uses no line."""
    sources = sources or Sources()
    started = time.monotonic()
    meter = _TcpMeter(sources)
    while (left := until - time.monotonic()) > 0:
        if stop.wait(min(_SAMPLE_S, left)):
            break
        if meter.cost_s < _COSTLY_READING_S:  # thousands of connections: the last reading has to do
            meter.read()
    window_s = time.monotonic() - started
    if meter.cost_s < _TOO_COSTLY_READING_S:
        meter.read()
        meter.note_holders()
    names = sources.processes()
    if isinstance(names, Unavailable):
        return names
    if meter.failure is not None and not meter.holding:
        return meter.failure
    return TrafficByProcess(
        window_s=window_s, processes=tuple(_by_process(meter, names, own_addresses | _LOOPBACK))
    )


@dataclass
class _Tally:
    """What one process moved, and the connections it holds."""

    sent: int = 0
    received: int = 0
    connections: list[OwnedSocket] = field(default_factory=list)


def _by_process(meter: _TcpMeter, names: dict[int, str], local: frozenset[str]) -> Iterable[ProcessTraffic]:
    tallies: dict[int, _Tally] = defaultdict(_Tally)
    for endpoints, (sent, received) in meter.moved.items():
        pid = meter.holders.get(endpoints)
        if pid is not None and endpoints.remote not in local:
            tallies[pid].sent += sent
            tallies[pid].received += received
    for connection in meter.holding:
        if connection.endpoints.remote not in local:
            tallies[connection.pid].connections.append(connection)
    for pid, tally in tallies.items():
        if pid not in names:  # it has ended
            continue
        udp = [connection for connection in tally.connections if connection.udp]
        yield ProcessTraffic(
            pid=pid,
            name=names[pid],
            sent=meter.failure or tally.sent,
            received=meter.failure or tally.received,
            connections=len(tally.connections),
            udp_connections=len(udp),
            quic_connections=sum(connection.endpoints.remote_port == _QUIC_PORT for connection in udp),
        )


class _TcpMeter:
    """Payload bytes of every TCP connection since the meter was made; `failure` says why there are none."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self.moved: dict[Endpoints, tuple[int, int]] = defaultdict(lambda: (0, 0))
        self.holders: dict[Endpoints, int] = {}
        self.holding: tuple[OwnedSocket, ...] = ()
        self.failure: Unavailable | None = None
        self.cost_s = 0.0
        self._last: dict[Endpoints, TcpSocket] | None = None
        self._holder_readings = 0
        self.read()

    def read(self) -> None:
        """Take one reading; the first is the base, a connection that appeared since the last one counts from zero."""
        if self.failure is not None:  # without a base there is nothing to compare with
            return
        started = time.monotonic()
        try:
            sockets = list(self._sources.tcp_sockets())
        except OSError as error:
            if self._last is None:
                self.failure = netlink.unavailable(error, "inet_diag")
            return
        before, self._last = self._last, {now.endpoints: now for now in sockets}
        if before is not None:
            for now in sockets:
                self._add(now, before.get(now.endpoints))
        appeared = before is None or not self._last.keys() <= before.keys()
        if appeared and self._holder_readings < _MOST_HOLDER_READINGS:
            self.note_holders()
        self.cost_s = time.monotonic() - started

    def note_holders(self) -> None:
        """Remember which process holds which connection, while it is there to be seen."""
        self._holder_readings += 1
        owned = self._sources.connections()
        self.holding = () if isinstance(owned, Unavailable) else owned
        self.holders.update({entry.endpoints: entry.pid for entry in self.holding if not entry.udp})

    def _add(self, now: TcpSocket, then: TcpSocket | None) -> None:
        sent, received = self.moved[now.endpoints]
        self.moved[now.endpoints] = (
            sent + _since(now.sent, then.sent if then else 0),
            received + _since(now.received, then.received if then else 0),
        )


def _since(now: int, then: int) -> int:
    """What a counter grew by; one that went backwards belongs to a new connection and counts from zero."""
    return now - then if now >= then else now
