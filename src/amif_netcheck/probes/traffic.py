"""What this computer sends and receives over a short window, and which programs do it. Sends nothing."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable
from functools import partial

from amif_netcheck.catalog import started
from amif_netcheck.catalog.calls import SYSTEM, name_and_family
from amif_netcheck.children.threads import BackgroundCall
from amif_netcheck.model.facts import Application, Reason, TrafficFacts, Unavailable
from amif_netcheck.platforms.answers import ByteCounters, ProcessTraffic, TrafficByProcess
from amif_netcheck.probes.context import Context
from amif_netcheck.probes.egress import egress_interface
from amif_netcheck.probes.own_processes import own_pids

WINDOW_S = 3.0
QUICK_WINDOW_S = 2.0
_RESERVE_S = 0.5
_SHORTEST_WINDOW_S = 1.0
"""Less than this tells nothing: traffic comes in bursts."""
_MOST_APPLICATIONS = 20
_NOTHING = TrafficByProcess(window_s=0.0, processes=())


def probe(context: Context, until: float) -> TrafficFacts | Unavailable:
    """Measure over `WINDOW_S`, or what is left until `until` (`time.monotonic`)."""
    interface = egress_interface(context, until)
    if isinstance(interface, Unavailable):
        return interface
    platform = context.platform
    own_before = context.ledger.read()
    before = platform.counters(interface)
    started = time.perf_counter()
    end = min(time.monotonic() + (QUICK_WINDOW_S if context.quick else WINDOW_S), until - _RESERVE_S)
    by_process = BackgroundCall(partial(platform.traffic_by_process, end, context.stop))
    context.stop.wait(max(0.0, end - time.monotonic()))
    after = platform.counters(interface)
    window_s = time.perf_counter() - started
    own_after = context.ledger.read()
    if window_s < _SHORTEST_WINDOW_S:
        return Unavailable(reason=Reason.TIMEOUT, detail=f"only {window_s:.2f} s were left to watch")
    if isinstance(before, Unavailable):
        return before
    if isinstance(after, Unavailable):
        return after
    own_up, own_down = (now - then for now, then in zip(own_after, own_before, strict=True))
    received, sent = _grown(before, after)
    moved = by_process.result(until)
    seen = _NOTHING if isinstance(moved, Unavailable) else moved
    return TrafficFacts(
        interface=interface,
        window_s=window_s,
        down_mbit_s=_mbit_s(max(0, received - own_down), window_s),
        up_mbit_s=_mbit_s(max(0, sent - own_up), window_s),
        own_down_mbit_s=_mbit_s(own_down, window_s),
        own_up_mbit_s=_mbit_s(own_up, window_s),
        applications=moved if isinstance(moved, Unavailable) else _applications(moved),
        others_hidden=seen.others_hidden,
        hidden_down_mbit_s=_mbit_s(seen.hidden_received, seen.window_s),
        hidden_up_mbit_s=_mbit_s(seen.hidden_sent, seen.window_s),
    )


def _grown(before: ByteCounters, after: ByteCounters) -> tuple[int, int]:
    """(received, sent) bytes; a counter that went backwards was reset with its interface, and starts at zero."""
    received = after.received - before.received
    sent = after.sent - before.sent
    return received if received >= 0 else after.received, sent if sent >= 0 else after.sent


def _mbit_s(count: int, seconds: float) -> float:
    return count * 8 / 1e6 / seconds if seconds > 0 else 0.0


def _applications(moved: TrafficByProcess) -> tuple[Application, ...]:
    """Programs other than us that moved bytes, that may over UDP, or that are known and hold connections.

    Most bytes first.
    """
    ours = own_pids()
    by_name: dict[str, list[ProcessTraffic]] = defaultdict(list)
    for process in moved.processes:
        if process.pid not in ours:
            by_name[started(process.name, process.ancestors)].append(process)
    applications = [_application(name, processes, moved.window_s) for name, processes in by_name.items()]
    named = [application for application in applications if _is_worth_naming(application)]
    named.sort(
        key=lambda application: (
            -(application.down_mbit_s + application.up_mbit_s),
            -application.connections,
            application.process,
        )
    )
    return tuple(named[:_MOST_APPLICATIONS])


def _application(name: str, processes: list[ProcessTraffic], window_s: float) -> Application:
    product, family = name_and_family(name)
    return Application(
        process=name,
        product=product,
        family=family,
        down_mbit_s=_mbit_s(_counted(process.received for process in processes), window_s),
        up_mbit_s=_mbit_s(_counted(process.sent for process in processes), window_s),
        connections=sum(process.connections for process in processes),
        udp_connections=sum(process.udp_connections for process in processes),
        quic_connections=sum(process.quic_connections for process in processes),
        unconnected_udp=sum(process.unconnected_udp for process in processes),
        counted=not any(isinstance(process.sent, Unavailable) for process in processes),
    )


def _counted(counts: Iterable[int | Unavailable]) -> int:
    return sum(count for count in counts if not isinstance(count, Unavailable))


def _is_worth_naming(application: Application) -> bool:
    moved = application.down_mbit_s + application.up_mbit_s + application.quic_connections
    is_system = application.family == SYSTEM
    return bool(moved or (not is_system and (application.product or application.unconnected_udp)))
