"""Which processes are on the network: their connections and sockets. What they move is the administrator's to see, and unknown.

Per process Windows counts bytes for administrators alone (SetPerTcpConnectionEStats), and of a UDP socket it tells no remote
end. So a program is named for the connections that it holds, and is likely at best.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Self

from amif_netcheck.catalog import application
from amif_netcheck.children.threads import BackgroundCall
from amif_netcheck.model.facts import Reason, Unavailable
from amif_netcheck.platforms.answers import ProcessTraffic, TrafficByProcess
from amif_netcheck.platforms.windows import processes, services, tables
from amif_netcheck.platforms.windows.ip_helper import IpHelper
from amif_netcheck.platforms.windows.processes import NtKernel, SystemProcess
from amif_netcheck.platforms.windows.services import ServiceManager
from amif_netcheck.platforms.windows.tables import SocketEntry

_IPV4 = 4
_WITHOUT_IPV6 = {Reason.UNSUPPORTED, Reason.NOT_PRESENT}
_ESTABLISHED = 5  # tcpmib.h, MIB_TCP_STATE_ESTAB
_SAMPLE_S = 0.5
_SERVICES_S = 0.5
_HOUSEKEEPING = frozenset(
    {53, 67, 68, 123, 137, 138, 500, 546, 547, 1900, 3544, 3702, 4500, 5050, 5353, 5355}
)
"""UDP ports of names, addresses, clocks, keys and announcements (IANA; 5050 and 3544 are Windows'): they move little."""
_NOT_COUNTED = Unavailable(
    reason=Reason.NOT_PERMITTED, detail="Windows counts bytes of processes for administrators alone"
)
_HOST = "svchost.exe"
"""What Windows' services share."""


def sockets(helper: IpHelper) -> tuple[SocketEntry, ...] | Unavailable:
    """TCP connections and UDP sockets of all processes; only what IPv6 lacks may be missing."""
    found: list[SocketEntry] = []
    failures: list[Unavailable] = []
    for version in (4, 6):
        for table, parse in ((helper.tcp(version), tables.tcp), (helper.udp(version), tables.udp)):
            if not isinstance(table, Unavailable):
                found += parse(table, version)
            elif version == _IPV4 or table.reason not in _WITHOUT_IPV6:
                failures.append(table)
    return failures[0] if failures else tuple(found)


def _sockets() -> tuple[SocketEntry, ...] | Unavailable:
    return sockets(IpHelper())


def _services() -> dict[int, tuple[str, ...]]:
    """Those of each process; none where the service manager does not answer in time, which costs their names alone."""
    call = BackgroundCall(lambda: services.by_process(ServiceManager()))
    running = call.result(time.monotonic() + _SERVICES_S)
    return {} if isinstance(running, Unavailable) else running


@dataclass(frozen=True)
class WindowsSources:
    """Where the readings come from."""

    processes: Callable[[], dict[int, str] | Unavailable]
    ancestors: Callable[[int], tuple[str, ...]]
    sockets: Callable[[], tuple[SocketEntry, ...] | Unavailable] = _sockets
    services: Callable[[], dict[int, tuple[str, ...]]] = _services

    @classmethod
    def of_kernel(cls, kernel: NtKernel) -> Self:
        """All processes with those that started them, from one reading."""
        known: dict[int, SystemProcess] = {}

        def names() -> dict[int, str] | Unavailable:
            found = processes.running(kernel)
            if isinstance(found, Unavailable):
                return found
            known.update(found)
            return {pid: process.name for pid, process in found.items()}

        return cls(processes=names, ancestors=lambda pid: processes.ancestors(pid, known))


@dataclass
class _Holding:
    """What one process held at any reading, and how many connections at most at once."""

    remotes: set[tuple[str, int, str, int]] = field(default_factory=set)
    udp: set[tuple[str, int]] = field(default_factory=set)


def watch(
    own_addresses: frozenset[str], until: float, stop: threading.Event, sources: WindowsSources
) -> TrafficByProcess | Unavailable:
    """See `Platform.traffic_by_process`: who held connections to other computers, now and then until `until`."""
    started = time.monotonic()
    seen: dict[int, _Holding] = {}
    failure = _note(seen, sources.sockets(), own_addresses)
    while failure is None and (left := until - time.monotonic()) > 0 and not stop.wait(min(_SAMPLE_S, left)):
        failure = _note(seen, sources.sockets(), own_addresses)
    if failure is not None and not seen:
        return failure
    names = sources.processes()
    if isinstance(names, Unavailable):
        return names
    hosted = sources.services() if any(names.get(pid, "").casefold() == _HOST for pid in seen) else {}
    return TrafficByProcess(
        window_s=time.monotonic() - started,
        processes=tuple(
            _process(pid, name_of(names[pid], hosted.get(pid, ())), holding, sources.ancestors)
            for pid, holding in seen.items()
            if names.get(pid)  # else it has ended, or nobody knows what it is
        ),
    )


def name_of(process: str, hosted: Iterable[str]) -> str:
    """The name of a process; of one that hosts services, that of the service that is known to be heavy on the line."""
    if process.casefold() != _HOST:
        return process
    return next((service for service in hosted if application(service) is not None), process)


def _note(
    seen: dict[int, _Holding], entries: tuple[SocketEntry, ...] | Unavailable, own_addresses: frozenset[str]
) -> Unavailable | None:
    if isinstance(entries, Unavailable):
        return entries
    for entry in entries:
        if entry.udp and _is_open_to_others(entry):
            seen.setdefault(entry.pid, _Holding()).udp.add((entry.local, entry.local_port))
        elif not entry.udp and entry.state == _ESTABLISHED and not _is_here(entry.remote, own_addresses):
            end = (entry.local, entry.local_port, entry.remote, entry.remote_port)
            seen.setdefault(entry.pid, _Holding()).remotes.add(end)
    return None


def _process(
    pid: int, name: str, holding: _Holding, ancestors: Callable[[int], tuple[str, ...]]
) -> ProcessTraffic:
    """A host of Windows' services has UDP sockets of names and announcements alone, whatever their ports."""
    return ProcessTraffic(
        pid=pid,
        name=name,
        sent=_NOT_COUNTED,
        received=_NOT_COUNTED,
        connections=len(holding.remotes),
        unconnected_udp=0 if name.casefold() == _HOST else len(holding.udp),
        ancestors=ancestors(pid),
    )


def _is_open_to_others(entry: SocketEntry) -> bool:
    return entry.local_port not in _HOUSEKEEPING and not ip_address(entry.local).is_loopback


def _is_here(remote: str, own_addresses: frozenset[str]) -> bool:
    address = ip_address(remote)
    return remote in own_addresses or address.is_loopback or address.is_unspecified
