"""What this computer is busy with over a short window, and which programs make it so. Sends nothing."""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass

from amif_netcheck.catalog.calls import SYSTEM, name_and_family
from amif_netcheck.model.facts import AppsFacts, Memory, Program, Reason, Unavailable
from amif_netcheck.platforms.answers import CpuSample, MemorySample, ProcessUsage
from amif_netcheck.platforms.base import Platform
from amif_netcheck.probes.context import Context
from amif_netcheck.probes.own_processes import ended_children_s, own_pids

WINDOW_S = 2.5
QUICK_WINDOW_S = 2.0
"""From the start of the run: measuring the line takes little of the processor in that time."""
_SHORTEST_WINDOW_S = 1.0
"""Less than this tells nothing: programs work in bursts."""
_RESERVE_S = 0.5

_WORTH_NAMING_PCT = 1.0
_WORTH_NAMING_MB = 300.0
_MOST_PROGRAMS = 40


def probe(context: Context, until: float) -> AppsFacts | Unavailable:
    """Measure over the window, or what is left until `until` (`time.monotonic`)."""
    platform = context.platform
    started = time.monotonic()
    first = _LoadSample(platform)
    power_saver, battery = platform.power_saver(), platform.battery()
    restart_pending, installing = platform.restart_pending(), platform.update_in_progress()
    end = min(started + (QUICK_WINDOW_S if context.quick else WINDOW_S), until - _RESERVE_S)
    context.stop.wait(max(0.0, end - time.monotonic()))
    last = _LoadSample(platform)
    window_s = last.at - first.at
    if window_s < _SHORTEST_WINDOW_S:
        return Unavailable(reason=Reason.TIMEOUT, detail=f"only {window_s:.2f} s were left to watch")
    cpu_pct, own_cpu_pct = _shares(first, last)
    return AppsFacts(
        window_s=window_s,
        cores=0 if isinstance(last.work, Unavailable) else last.work.cores,
        cpu_pct=cpu_pct,
        own_cpu_pct=own_cpu_pct,
        slowed_by_heat=_slowed(first.work, last.work),
        memory=_memory(first.memory, last.memory, window_s),
        battery=battery,
        power_saver=power_saver,
        restart_pending=restart_pending,
        installing=installing,
        programs=_programs(first, last),
    )


class _LoadSample:
    """The counters at one moment."""

    def __init__(self, platform: Platform) -> None:
        self.at = time.perf_counter()
        self.ours = own_pids()
        self.work = platform.work()
        self.total_s = 0.0 if isinstance(self.work, Unavailable) else self.work.total_s
        self.memory = platform.memory()
        self.processes = self.work if isinstance(self.work, Unavailable) else self.work.processes
        known = {} if isinstance(self.processes, Unavailable) else self.processes
        self.own_s = ended_children_s() + sum(usage.cpu_s for pid, usage in known.items() if pid in self.ours)


def _passed_s(first: _LoadSample, last: _LoadSample) -> float:
    """Seconds of all cores that went by between two samples."""
    return max(last.total_s - first.total_s, 1e-9)


def _shares(first: _LoadSample, last: _LoadSample) -> tuple[float | Unavailable, float | Unavailable]:
    """How busy the others kept the processor, and how busy we did, in per cent of all cores."""
    if isinstance(first.work, Unavailable):
        return first.work, first.work
    if isinstance(last.work, Unavailable):
        return last.work, last.work
    passed_s = _passed_s(first, last)
    own_pct = _pct(last.own_s - first.own_s, passed_s)
    return max(0.0, _pct(last.work.busy_s - first.work.busy_s, passed_s) - own_pct), own_pct


def _pct(seconds: float, of_s: float) -> float:
    return min(100.0, max(0.0, 100 * seconds / of_s))


def _slowed(first: CpuSample | Unavailable, last: CpuSample | Unavailable) -> bool | Unavailable:
    counts = [sample if isinstance(sample, Unavailable) else sample.slowdowns for sample in (first, last)]
    before, after = counts
    if isinstance(before, Unavailable):
        return before
    if isinstance(after, Unavailable):
        return after
    return after > before


def _memory(
    first: MemorySample | Unavailable, last: MemorySample | Unavailable, window_s: float
) -> Memory | Unavailable:
    if isinstance(first, Unavailable):
        return first
    if isinstance(last, Unavailable):
        return last
    swapped_in: float | Unavailable
    if isinstance(first.swapped_in, Unavailable):
        swapped_in = first.swapped_in
    elif isinstance(last.swapped_in, Unavailable):
        swapped_in = last.swapped_in
    else:
        swapped_in = max(0, last.swapped_in - first.swapped_in) / 1e6 / window_s if window_s else 0.0
    return Memory(
        total_mb=last.total / 1e6,
        available_mb=last.available / 1e6,
        swap_used_mb=last.swap_used if isinstance(last.swap_used, Unavailable) else last.swap_used / 1e6,
        swapped_in_mb_s=swapped_in,
        stalled_pct=last.stalled_pct,
    )


@dataclass
class _ProcessGroup:
    cpu_s: float = 0.0
    memory_mb: float = 0.0
    processes: int = 0


def _programs(first: _LoadSample, last: _LoadSample) -> tuple[Program, ...] | Unavailable:
    """Programs that are there at the end of the window, by name and owner; busiest first."""
    if isinstance(first.processes, Unavailable):
        return first.processes
    if isinstance(last.processes, Unavailable):
        return last.processes
    passed_s = _passed_s(first, last)
    sums: dict[tuple[str, bool], _ProcessGroup] = defaultdict(_ProcessGroup)
    for pid, usage in last.processes.items():
        if pid in last.ours or pid in first.ours:
            continue
        group = sums[usage.name, usage.mine]
        group.cpu_s += max(0.0, usage.cpu_s - _before(first.processes.get(pid), usage))
        group.memory_mb += usage.memory_mb
        group.processes += 1
    programs = [_program(name, mine, group, passed_s) for (name, mine), group in sums.items()]
    worth = [program for program in programs if _is_worth_naming(program)]
    worth.sort(
        key=lambda program: (-program.cpu_pct, not program.product, -program.memory_mb, program.process)
    )
    return tuple(worth[:_MOST_PROGRAMS])


def _is_worth_naming(program: Program) -> bool:
    return (
        (bool(program.product) and program.family != SYSTEM)
        or program.cpu_pct >= _WORTH_NAMING_PCT
        or program.memory_mb >= _WORTH_NAMING_MB
    )


def _before(then: ProcessUsage | None, now: ProcessUsage) -> float:
    """What a process had used when the window began: nothing if it began later, also under the number of another."""
    return then.cpu_s if then is not None and then.cpu_s <= now.cpu_s else 0.0


def _program(name: str, mine: bool, group: _ProcessGroup, passed_s: float) -> Program:  # noqa: FBT001 - part of its key
    product, family = name_and_family(name)
    return Program(
        process=name,
        product=product,
        family=family,
        mine=mine,
        processes=group.processes,
        cpu_pct=_pct(group.cpu_s, passed_s),
        memory_mb=group.memory_mb,
    )
