"""What psutil answers on every system: traffic of interfaces, processes, processor, memory, battery."""

from __future__ import annotations

import ctypes
import os
import sys
from contextlib import suppress
from typing import Any

import psutil

from amif_netcheck.model.facts import Battery, Reason, Unavailable
from amif_netcheck.platforms.answers import ByteCounters, CpuSample, MemorySample, ProcessUsage
from amif_netcheck.platforms.text import clean

_NOT_BUSY = ("idle", "iowait", "guest", "guest_nice")
"""`guest` is part of `user`."""
_MOST_ANCESTORS = 8
_NO_COUNTER = Unavailable(reason=Reason.UNSUPPORTED, detail="this system has no such counter")


def counters(interface: str) -> ByteCounters | Unavailable:
    """See `Platform.counters`."""
    try:
        readings = psutil.net_io_counters(pernic=True, nowrap=False)
    except (psutil.Error, OSError) as error:  # no /proc
        return Unavailable(reason=Reason.NOT_PERMITTED, detail=str(error))
    for name, reading in readings.items():
        if clean(name) == interface:
            return ByteCounters(received=reading.bytes_recv, sent=reading.bytes_sent)
    return Unavailable(reason=Reason.NOT_PRESENT, detail="the interface went away")


def processes() -> dict[int, str] | Unavailable:
    """See `Platform.processes`; without those that have ended and wait for somebody to notice (zombies).

    Names only: paths and arguments are private and often refused.
    """
    names: dict[int, str] = {}
    try:
        for process in psutil.process_iter():
            with suppress(psutil.Error, OSError):  # one that ended meanwhile, or that is kept from us
                if process.status() != psutil.STATUS_ZOMBIE:
                    names[process.pid] = clean(process.name())
    except (psutil.Error, OSError) as error:
        return Unavailable(reason=Reason.NOT_PERMITTED, detail=str(error))
    return names or Unavailable(reason=Reason.NOT_PERMITTED, detail="no process can be looked at")


def ancestors(pid: int) -> tuple[str, ...]:
    """Names of the processes that started this one, nearest first, as far as they live and may be seen; at most eight."""
    names: list[str] = []
    with suppress(psutil.Error, OSError):
        process = psutil.Process(pid).parent()
        while process is not None and len(names) < _MOST_ANCESTORS:
            names.append(clean(process.name()))
            process = process.parent()
    return tuple(names)


def work(slowdowns: int | Unavailable = _NO_COUNTER) -> CpuSample | Unavailable:
    """See `Platform.work`."""
    try:
        times = psutil.cpu_times()._asdict()
    except (psutil.Error, OSError) as error:  # no /proc
        return Unavailable(reason=Reason.NOT_PERMITTED, detail=str(error))
    idle = times["idle"] + times.get("iowait", 0.0)
    busy = sum(seconds for name, seconds in times.items() if name not in _NOT_BUSY)
    return CpuSample(
        busy_s=busy,
        total_s=busy + idle,
        cores=psutil.cpu_count() or 1,
        processes=usage(),
        slowdowns=slowdowns,
    )


def usage() -> dict[int, ProcessUsage] | Unavailable:
    """All processes that the system lets us look at."""
    processes: dict[int, ProcessUsage] = {}
    try:
        # `info` of `process_iter(fields)` would be shared with others who iterate at the same time.
        for process in psutil.process_iter():
            if process.pid in _IDLE:
                continue
            with suppress(psutil.Error, OSError):  # one that ended meanwhile, or that is kept from us
                info = process.as_dict(_FIELDS)
                if info["cpu_times"] is not None:  # else it is somebody else's, and kept from us
                    processes[process.pid] = _usage(process.pid, info)
    except (psutil.Error, OSError) as error:
        return Unavailable(reason=Reason.NOT_PERMITTED, detail=str(error))
    return processes or Unavailable(reason=Reason.NOT_PERMITTED, detail="no process can be looked at")


def _usage(pid: int, info: dict[str, Any]) -> ProcessUsage:
    return ProcessUsage(
        name=clean(info["name"] or ""),
        mine=_is_mine(pid, info),
        cpu_s=info["cpu_times"].user + info["cpu_times"].system,
        memory_mb=info["memory_info"].rss / 1e6 if info["memory_info"] else 0.0,
    )


if sys.platform == "win32":
    _FIELDS = ["name", "cpu_times", "memory_info"]
    _IDLE = {0}  # the system's idle process: what it counts is nobody's work

    def _is_mine(pid: int, _info: dict[str, Any]) -> bool:
        """Of our session: its owner's name might have to be asked for over the network."""
        return _session(pid) == _session(os.getpid())

    def _session(pid: int) -> int | None:
        number = ctypes.c_ulong()
        known = ctypes.windll.kernel32.ProcessIdToSessionId(ctypes.c_ulong(pid), ctypes.byref(number))
        return number.value if known else None

else:
    _FIELDS = ["name", "cpu_times", "memory_info", "uids"]
    _IDLE: set[int] = set()

    def _is_mine(_pid: int, info: dict[str, Any]) -> bool:
        return info["uids"] is not None and info["uids"].real == os.getuid()


def memory(stalled_pct: float | Unavailable = _NO_COUNTER) -> MemorySample | Unavailable:
    """See `Platform.memory`."""
    try:
        main = psutil.virtual_memory()
    except (psutil.Error, OSError) as error:
        return Unavailable(reason=Reason.NOT_PERMITTED, detail=str(error))
    used, swapped_in = _swap()
    return MemorySample(
        total=main.total,
        available=main.available,
        swap_used=used,
        swapped_in=swapped_in,
        stalled_pct=stalled_pct,
    )


def _swap() -> tuple[int | Unavailable, int | Unavailable]:
    """Bytes that are swapped out now, and bytes that came back so far."""
    try:
        swap = psutil.swap_memory()
    except (
        psutil.Error,
        OSError,
        RuntimeError,
        RuntimeWarning,
    ) as error:  # Windows without performance counters
        unknown = Unavailable(reason=Reason.UNSUPPORTED, detail=str(error))
        return unknown, unknown
    return swap.used, _NO_COUNTER if sys.platform == "win32" else swap.sin


def battery() -> Battery | Unavailable:
    """See `Platform.battery`; not for Linux, where psutil may take a mouse's battery for the computer's."""
    try:
        reading = psutil.sensors_battery()
    except (psutil.Error, OSError, AttributeError) as error:
        return Unavailable(reason=Reason.ERROR, detail=str(error))
    if reading is None:
        return Unavailable(reason=Reason.NOT_PRESENT, detail="no battery")
    if reading.power_plugged is None:
        return Unavailable(reason=Reason.NOT_PRESENT, detail="on battery or not: the system does not know")
    return Battery(charge_pct=float(reading.percent), discharging=not reading.power_plugged)
