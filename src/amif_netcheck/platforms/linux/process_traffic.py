"""What each process sends and receives: TCP payload by inet_diag, open connections by psutil.

What applications send through a tunnel over TCP is seen twice: on their own connections, and on the tunnel's. The second is
taken out, as far as the tunnel's interface counted it.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from ipaddress import ip_address
from pathlib import Path

import psutil
from msgspec import Struct

from amif_netcheck.model.facts import Reason, Unavailable
from amif_netcheck.platforms import portable
from amif_netcheck.platforms.answers import ProcessTraffic, TrafficByProcess
from amif_netcheck.platforms.linux import inet_diag, netlink, tunnel_owners
from amif_netcheck.platforms.linux.inet_diag import Endpoints, TcpSocket
from amif_netcheck.platforms.text import clean

_SAMPLE_S = 0.5
"""Connections are read this often, so that one that ends within the time still counts up to its last reading."""
_COSTLY_READING_S = 0.3
_TOO_COSTLY_READING_S = 1.0
"""With thousands of connections a reading takes this long: then processes are named by the connections they hold."""
_MOST_HOLDER_READINGS = 4
_QUIC_PORT = 443
_LOOPBACK = frozenset({"127.0.0.1", "::1"})
_HOUSEKEEPING = frozenset({53, 67, 68, 123, 137, 138, 323, 546, 547, 1716, 1900, 3702, 5353, 5355})
"""UDP ports of names, addresses, clocks and announcements (IANA): every computer has such sockets, and they move little."""
_AROUND_PACKET = 100
"""A tunnel over TCP sends at most so many bytes around each packet: TLS record, its own header, an Ethernet header."""
_INIT = 1
"""The first process is another account's on every computer: where it isn't listed, others aren't (`hidepid`)."""
_SYS_PTRACE = 1 << 19
"""The right to look into other accounts' processes, as a bit of `CapEff` (linux/capability.h)."""


class OwnedSocket(Struct, frozen=True, kw_only=True):
    """A TCP socket with a peer or a UDP socket, and the process that holds it; None where the system hides that.

    A UDP socket without a peer has no remote address.
    """

    pid: int | None
    endpoints: Endpoints
    udp: bool = False


class TunnelCounters(Struct, frozen=True, kw_only=True):
    """What an interface has sent and received so far, with all that a tunnel over TCP may put around its packets."""

    sent: int
    received: int


def connections() -> tuple[OwnedSocket, ...] | Unavailable:
    """Sockets that reach other computers; TCP only of the processes that we may look into."""
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
                inet_diag.unmapped(entry.raddr.ip) if entry.raddr else "",
                entry.raddr.port if entry.raddr else 0,
            ),
            udp=entry.type == socket.SOCK_DGRAM,
        )
        for entry in entries
        if entry.laddr
        and (entry.type == socket.SOCK_DGRAM or (entry.pid is not None and entry.raddr))
        and (entry.raddr or _is_open_to_others(entry.laddr.ip, entry.laddr.port))
    )


def _is_open_to_others(address: str, port: int) -> bool:
    return port not in _HOUSEKEEPING and not ip_address(address.partition("%")[0]).is_loopback


def tunnel_counters() -> dict[str, TunnelCounters]:
    """By interface."""
    try:
        readings = psutil.net_io_counters(pernic=True, nowrap=False)
    except (psutil.Error, OSError):  # no /proc: nothing can be taken out
        return {}
    return {
        clean(name): TunnelCounters(
            sent=reading.bytes_sent + reading.packets_sent * _AROUND_PACKET,
            received=reading.bytes_recv + reading.packets_recv * _AROUND_PACKET,
        )
        for name, reading in readings.items()
    }


def sees_all() -> bool:
    """May we look into the processes of all accounts?"""
    try:
        status = Path("/proc/self/status").read_text(errors="replace")
    except OSError:  # no /proc
        return False
    rights = next((line.split()[1] for line in status.splitlines() if line.startswith("CapEff:")), "0")
    return bool(int(rights, 16) & _SYS_PTRACE)


@dataclass(frozen=True)
class Sources:
    """Where the readings come from."""

    tcp_sockets: Callable[[], Iterable[TcpSocket]] = inet_diag.tcp_sockets
    connections: Callable[[], tuple[OwnedSocket, ...] | Unavailable] = connections
    processes: Callable[[], dict[int, str] | Unavailable] = portable.processes
    ancestors: Callable[[int], tuple[str, ...]] = portable.ancestors
    tunnels_by_process: Callable[[], dict[int, set[str]]] = tunnel_owners.tunnels_by_process
    tunnel_counters: Callable[[], dict[str, TunnelCounters]] = tunnel_counters
    account: int = field(default_factory=getattr(os, "geteuid", int))
    sees_all: Callable[[], bool] = sees_all


def watch(
    own_addresses: frozenset[str], until: float, stop: threading.Event, sources: Sources | None = None
) -> TrafficByProcess | Unavailable:
    """See `Platform.traffic_by_process`. What goes to `own_addresses` uses no line."""
    sources = sources or Sources()
    local = own_addresses | _LOOPBACK
    started = time.monotonic()
    tunnels_before = sources.tunnel_counters()
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
    carried = _carried(sources.tunnels_by_process(), tunnels_before, sources.tunnel_counters())
    processes = tuple(
        _process(pid, names[pid], tally, carried.get(pid), ancestors=sources.ancestors(pid))
        for pid, tally in _tallies(meter, local).items()
        if pid in names  # else it has ended
    )
    hidden = _Hidden() if sources.sees_all() else _hidden(meter, names, local)
    return TrafficByProcess(
        window_s=window_s,
        processes=processes,
        others_hidden=hidden.exist,
        hidden_sent=hidden.sent,
        hidden_received=hidden.received,
    )


@dataclass
class _Tally:
    """What one process moved, or why that is unknown, and the connections it holds."""

    failure: Unavailable | None
    sent: int = 0
    received: int = 0
    connections: list[OwnedSocket] = field(default_factory=list)


def _tallies(meter: _TcpMeter, local: frozenset[str]) -> dict[int, _Tally]:
    tallies: dict[int, _Tally] = defaultdict(partial(_Tally, meter.failure))
    for endpoints, (sent, received) in meter.moved.items():
        pid = meter.holders.get(endpoints)
        if pid is not None and endpoints.remote not in local:
            tallies[pid].sent += sent
            tallies[pid].received += received
    for connection in meter.holding:
        if connection.pid is not None and connection.endpoints.remote not in local:
            tallies[connection.pid].connections.append(connection)
    return tallies


def _process(
    pid: int,
    name: str,
    tally: _Tally,
    carried: TunnelCounters | None,
    *,
    ancestors: tuple[str, ...],
) -> ProcessTraffic:
    """`carried`: what the tunnels of this process carried for others, None when it holds none."""
    connected = [entry for entry in tally.connections if entry.endpoints.remote]
    udp = [entry for entry in connected if entry.udp]
    own = carried is None  # else what it sends over UDP is its tunnels'
    return ProcessTraffic(
        pid=pid,
        name=name,
        sent=tally.failure or max(0, tally.sent - (carried.sent if carried else 0)),
        received=tally.failure or max(0, tally.received - (carried.received if carried else 0)),
        connections=len(connected),
        udp_connections=len(udp),
        quic_connections=sum(entry.endpoints.remote_port == _QUIC_PORT for entry in udp) if own else 0,
        unconnected_udp=len(tally.connections) - len(connected) if own else 0,
        ancestors=ancestors,
    )


def _carried(
    holders: dict[int, set[str]], before: dict[str, TunnelCounters], after: dict[str, TunnelCounters]
) -> dict[int, TunnelCounters]:
    """By process, what the tunnels that it holds in this network namespace carried meanwhile."""
    none = TunnelCounters(sent=0, received=0)
    carried: dict[int, TunnelCounters] = {}
    for pid, interfaces in holders.items():
        pairs = [(before.get(name, none), after[name]) for name in interfaces if name in after]
        if pairs:
            carried[pid] = TunnelCounters(
                sent=sum(_since(now.sent, then.sent) for then, now in pairs),
                received=sum(_since(now.received, then.received) for then, now in pairs),
            )
    return carried


@dataclass(frozen=True)
class _Hidden:
    """Do other accounts have programs on the network that the system hides, and what did these move over TCP?"""

    exist: bool = False
    sent: int = 0
    received: int = 0


def _hidden(meter: _TcpMeter, names: dict[int, str], local: frozenset[str]) -> _Hidden:
    """They exist where they moved something, may over QUIC or the like, or where processes are hidden altogether.

    Without a peer, UDP sockets of the system are everywhere, and tell nothing.
    """
    moved = [
        counts
        for endpoints, counts in meter.moved.items()
        if endpoints in meter.of_others and endpoints not in meter.holders and endpoints.remote not in local
    ]
    sent, received = (sum(count) for count in zip((0, 0), *moved, strict=True))
    peers = (entry.endpoints for entry in meter.holding if entry.pid is None and entry.endpoints.remote)
    over_udp = any(peer.remote not in local and peer.remote_port not in _HOUSEKEEPING for peer in peers)
    return _Hidden(exist=sent + received > 0 or over_udp or _INIT not in names, sent=sent, received=received)


class _TcpMeter:
    """Payload bytes of every TCP connection since the meter was made; `failure` says why there are none."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self.moved: dict[Endpoints, tuple[int, int]] = defaultdict(lambda: (0, 0))
        self.holders: dict[Endpoints, int] = {}
        self.of_others: set[Endpoints] = set()
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
        self.holders.update(
            {entry.endpoints: entry.pid for entry in self.holding if not entry.udp and entry.pid is not None}
        )

    def _add(self, now: TcpSocket, then: TcpSocket | None) -> None:
        if now.account != self._sources.account:
            self.of_others.add(now.endpoints)
        sent, received = self.moved[now.endpoints]
        self.moved[now.endpoints] = (
            sent + _since(now.sent, then.sent if then else 0),
            received + _since(now.received, then.received if then else 0),
        )


def _since(now: int, then: int) -> int:
    """What a counter grew by; one that went backwards belongs to a new connection and counts from zero."""
    return now - then if now >= then else now
