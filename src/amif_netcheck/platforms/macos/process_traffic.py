"""What each process sends and receives, TCP and UDP: two samples of nettop(1), which needs no rights.

What applications send through a tunnel is seen twice: on their own connections, and on those of the program that holds the
tunnel. The second is taken out, as far as the tunnel's interface counted it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from msgspec import structs

from amif_netcheck.catalog import is_vpn
from amif_netcheck.children.threads import BackgroundCall
from amif_netcheck.model.facts import Reason, Unavailable
from amif_netcheck.platforms import portable
from amif_netcheck.platforms.answers import ByteCounters, ProcessTraffic, TrafficByProcess
from amif_netcheck.platforms.macos import nettop
from amif_netcheck.platforms.macos.nettop import Moved, NettopFlow, NettopProcess
from amif_netcheck.platforms.macos.tools import Tools

_COMMAND = ("/usr/bin/nettop", "-L", "2", "-x", "-n", "-J", "state,bytes_in,bytes_out")
"""Two samples, plain numbers, no look-up of names. The interface's column would cost a second of processor time a sample."""
_STARTING_S = 0.3
_ENDING_S = 1.0
_POLL_S = 0.1
_SHORTEST_S = 1
_SAMPLES = 2
_QUIC_PORT = 443
_LOOPBACK = frozenset({"127.0.0.1", "::1"})
_HOUSEKEEPING = frozenset(
    {53, 67, 68, 123, 137, 138, 323, 546, 547, 1900, 3702, 3722, 5350, 5351, 5353, 5355}
)
"""UDP ports of names, addresses, clocks and announcements (IANA): every computer has such sockets, and they move little."""
_EXTENSION_SIGNS = ("network-extens", "networkextens", "packettunnel", "packet-tunnel", "ipnextension")
"""How the part of an application is called that holds its tunnel; names are cut."""


@dataclass(frozen=True)
class MacTrafficSources:
    """Where the readings come from; `tunnels` are the counters of tunnels, `owners` who is known to stand behind them."""

    tools: Tools
    tunnels: Callable[[], dict[str, ByteCounters]]
    owners: Callable[[], dict[str, str]]
    processes: Callable[[], dict[int, str] | Unavailable] = portable.processes
    ancestors: Callable[[int], tuple[str, ...]] = portable.ancestors


def watch(
    own_addresses: frozenset[str], until: float, stop: threading.Event, sources: MacTrafficSources
) -> TrafficByProcess | Unavailable:
    """See `Platform.traffic_by_process`. What goes to `own_addresses` uses no line."""
    window_s = max(_SHORTEST_S, int(until - time.monotonic() - _STARTING_S))
    before = sources.tunnels()
    command = (*_COMMAND, "-s", str(window_s))
    by = time.monotonic() + window_s + _STARTING_S + _ENDING_S
    running = BackgroundCall(partial(sources.tools.output, *command, seconds=by - time.monotonic()))
    while not running.future.done():
        if stop.wait(_POLL_S) or time.monotonic() > by:
            return Unavailable(reason=Reason.TIMEOUT, detail="it was ended before nettop answered")
    shown = running.result(by)
    if isinstance(shown, Unavailable):
        return shown
    samples = nettop.parse(shown)
    if len(samples) < _SAMPLES:
        return Unavailable(reason=Reason.ERROR, detail=f"nettop wrote {len(samples)} samples")
    after = sources.tunnels()
    names = sources.processes()
    known = {} if isinstance(names, Unavailable) else names
    local = own_addresses | _LOOPBACK
    counted = {
        pid: _process(pid, known.get(pid, process.name), process, samples[0].get(pid), local)
        for pid, process in samples[-1].items()
        if pid > 0
    }
    processes = tuple(
        structs.replace(process, ancestors=sources.ancestors(pid)) if process.connections else process
        for pid, process in counted.items()
    )
    carried = _carried(before, after)
    holders = _holders(
        processes, frozenset(sources.owners().values()) if carried.sent + carried.received else ()
    )
    return TrafficByProcess(
        window_s=float(window_s),
        processes=tuple(_without(process, carried, holders) for process in processes),
    )


def _process(
    pid: int, name: str, now: NettopProcess, then: NettopProcess | None, local: frozenset[str]
) -> ProcessTraffic:
    away = {flow: moved for flow, moved in now.flows.items() if flow.remote.address not in local}
    moved = _moved(now, then, away)
    connected = [flow for flow in away if flow.remote.address]
    udp = [flow for flow in connected if flow.udp]
    return ProcessTraffic(
        pid=pid,
        name=name,
        sent=moved.sent,
        received=moved.received,
        connections=len(connected),
        udp_connections=len(udp),
        quic_connections=sum(flow.remote.port == _QUIC_PORT for flow in udp),
        unconnected_udp=sum(_is_open_to_others(flow) for flow in away),
    )


def _moved(now: NettopProcess, then: NettopProcess | None, away: dict[NettopFlow, Moved]) -> Moved:
    """What its connections to other computers moved; without any in sight, its sum, which counts those that ended too."""
    if now.flows:
        old = {} if then is None else then.flows
        none = Moved(0, 0)
        pairs = [(moved, old.get(flow, none)) for flow, moved in away.items()]
    else:
        pairs = [(now.total, Moved(0, 0) if then is None else then.total)]
    return Moved(
        received=sum(max(0, new.received - past.received) for new, past in pairs),
        sent=sum(max(0, new.sent - past.sent) for new, past in pairs),
    )


def _is_open_to_others(flow: NettopFlow) -> bool:
    """A UDP socket without a peer, from which anybody can be reached."""
    return (
        flow.udp
        and not flow.remote.address
        and flow.local.port not in _HOUSEKEEPING
        and flow.local.address not in _LOOPBACK
    )


def _carried(before: dict[str, ByteCounters], after: dict[str, ByteCounters]) -> Moved:
    """What all tunnels together carried meanwhile."""
    none = ByteCounters(received=0, sent=0)
    pairs = [(now, before.get(name, none)) for name, now in after.items()]
    return Moved(
        received=sum(max(0, now.received - then.received) for now, then in pairs),
        sent=sum(max(0, now.sent - then.sent) for now, then in pairs),
    )


def _holders(processes: Iterable[ProcessTraffic], owners: Iterable[str]) -> frozenset[int]:
    """The one process that holds the tunnels; none when several may."""
    bundles = [owner.casefold() for owner in owners if owner]
    likely = [process.pid for process in processes if _may_hold(process.name, bundles)]
    return frozenset(likely) if len(likely) == 1 else frozenset()


def _may_hold(name: str, bundles: list[str]) -> bool:
    plain = name.casefold()
    by_bundle = any(plain.startswith(bundle[:15]) or bundle.startswith(plain) for bundle in bundles if plain)
    return by_bundle or is_vpn(name) or any(sign in plain for sign in _EXTENSION_SIGNS)


def _without(process: ProcessTraffic, carried: Moved, holders: frozenset[int]) -> ProcessTraffic:
    """Less what it carried for others: then what it sends over UDP is its tunnels', too."""
    if process.pid not in holders:
        return process
    return structs.replace(
        process,
        sent=_less(process.sent, carried.sent),
        received=_less(process.received, carried.received),
        quic_connections=0,
        unconnected_udp=0,
    )


def _less(counted: int | Unavailable, carried: int) -> int | Unavailable:
    return counted if isinstance(counted, Unavailable) else max(0, counted - carried)
