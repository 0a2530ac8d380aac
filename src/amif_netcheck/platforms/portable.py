"""What psutil answers on every system: processor, processes, memory, battery."""

from __future__ import annotations

import ctypes
import os
import sys
from contextlib import suppress
from typing import Any

import psutil

from amif_netcheck.model.facts import Battery, Reason, Unavailable
from amif_netcheck.platforms.base import ProcessUsage, Storage, Work
from amif_netcheck.platforms.text import clean

_NOT_BUSY = ("idle", "iowait", "guest", "guest_nice")
"""`guest` is part of `user`."""
_NO_COUNTER = Unavailable(reason=Reason.UNSUPPORTED, detail="this system has no such counter")


def work(slowdowns: int | Unavailable = _NO_COUNTER) -> Work | Unavailable:
    """See `Platform.work`."""
    try:
        times = psutil.cpu_times()._asdict()
    except (psutil.Error, OSError) as error:  # no /proc
        return Unavailable(reason=Reason.NOT_PERMITTED, detail=str(error))
    idle = times["idle"] + times.get("iowait", 0.0)
    busy = sum(seconds for name, seconds in times.items() if name not in _NOT_BUSY)
    return Work(
        busy_s=busy,
        total_s=busy + idle,
        cores=psutil.cpu_count() or 1,
        tasks=tasks(),
        slowdowns=slowdowns,
    )


def tasks() -> dict[int, ProcessUsage] | Unavailable:
    """All processes that the system lets us look at."""
    found: dict[int, ProcessUsage] = {}
    try:
        for (
            process
        ) in psutil.process_iter():  # its `info` would be shared with others who iterate at the same time
            with suppress(
                psutil.Error, OSError
            ):  # one that ended meanwhile, or that the system keeps to itself
                info = process.as_dict(_FIELDS)
                if (
                    info["cpu_times"] is not None
                ):  # else it is somebody else's, and the system keeps it to itself
                    found[process.pid] = _task(process.pid, info)
    except (psutil.Error, OSError) as error:
        return Unavailable(reason=Reason.NOT_PERMITTED, detail=str(error))
    return found or Unavailable(reason=Reason.NOT_PERMITTED, detail="no process can be looked at")


def _task(pid: int, info: dict[str, Any]) -> ProcessUsage:
    return ProcessUsage(
        name=clean(info["name"] or ""),
        mine=_is_mine(pid, info),
        cpu_s=info["cpu_times"].user + info["cpu_times"].system,
        memory_mb=info["memory_info"].rss / 1e6 if info["memory_info"] else 0.0,
    )


if sys.platform == "win32":
    _FIELDS = ["name", "cpu_times", "memory_info"]
    _NO_WORK = {0}  # the system's idle process: what it counts is nobody's work

    def _is_mine(pid: int, _info: dict[str, Any]) -> bool:
        """Of our session: its owner's name might have to be asked for over the network."""
        return _session(pid) == _session(os.getpid())

    def _session(pid: int) -> int | None:
        number = ctypes.c_ulong()
        told = ctypes.windll.kernel32.ProcessIdToSessionId(ctypes.c_ulong(pid), ctypes.byref(number))
        return number.value if told else None

else:
    _FIELDS = ["name", "cpu_times", "memory_info", "uids"]
    _NO_WORK: set[int] = set()

    def _is_mine(_pid: int, info: dict[str, Any]) -> bool:
        return info["uids"] is not None and info["uids"].real == os.getuid()


def memory(stalled_pct: float | Unavailable = _NO_COUNTER) -> Storage | Unavailable:
    """See `Platform.memory`."""
    try:
        main = psutil.virtual_memory()
    except (psutil.Error, OSError) as error:
        return Unavailable(reason=Reason.NOT_PERMITTED, detail=str(error))
    used, swapped_in = _swap()
    return Storage(
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
        found = psutil.sensors_battery()
    except (psutil.Error, OSError, AttributeError) as error:
        return Unavailable(reason=Reason.ERROR, detail=str(error))
    if found is None:
        return Unavailable(reason=Reason.NOT_PRESENT, detail="no battery")
    if found.power_plugged is None:
        return Unavailable(reason=Reason.NOT_PRESENT, detail="on battery or not: the system does not know")
    return Battery(charge_pct=float(found.percent), discharging=not found.power_plugged)
