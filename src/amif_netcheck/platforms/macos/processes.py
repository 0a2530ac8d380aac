"""All processes by `ps`, which the system lets see those of other accounts too: the window server's, the indexer's.

What psutil may read of those is their name alone, cut at 16 characters, so that a computer kept busy by the system would
seem busy with nothing.
"""

from __future__ import annotations

import os
import re

import psutil
from msgspec import Struct

from amif_netcheck.model.facts import Reason, Unavailable
from amif_netcheck.platforms import portable
from amif_netcheck.platforms.answers import CpuSample, ProcessUsage
from amif_netcheck.platforms.macos import bundles
from amif_netcheck.platforms.macos.tools import Tools

_PS = ("/bin/ps", "-A", "-ww", "-o", "pid=,ppid=,uid=,stat=,time=,rss=,comm=")
_LINE = re.compile(
    r"\s*(\d+)\s+(\d+)\s+(-?\d+)\s+(\S+)\s+(?:(\d+):)?(\d+):(\d+)[.,](\d+)\s+(\d+)\s+(\S.*?)\s*$", re.ASCII
)
"""The time is `minutes:seconds.hundredths`, minutes without end; `hours:` is read too."""
_MOST_DIGITS = 18
_SECONDS = 2.0
_KIBI = 1024


class MacProcess(Struct, frozen=True, kw_only=True):
    """A process: `path` of its program, which is all there is of its name; processor seconds, and bytes held resident."""

    pid: int
    parent: int
    user: int
    path: str
    cpu_s: float = 0.0
    resident: int = 0


def running(tools: Tools, seconds: float = _SECONDS) -> tuple[MacProcess, ...] | Unavailable:
    """All processes but those that have ended and wait for somebody to notice."""
    text = tools.output(*_PS, seconds=seconds)
    if isinstance(text, Unavailable):
        return text
    return parse(text) or Unavailable(reason=Reason.ERROR, detail="ps: no line that can be read")


def parse(text: str) -> tuple[MacProcess, ...]:
    """Lines of `ps`, such as `  418     1     0 Ss    12:34.56  48712 /usr/sbin/coreaudiod`."""
    return tuple(
        MacProcess(
            pid=int(line[1]),
            parent=int(line[2]),
            user=int(line[3]),
            cpu_s=int(line[5] or 0) * 3600 + int(line[6]) * 60 + float(f"{line[7]}.{line[8]}"),
            resident=int(line[9]) * _KIBI,
            path=line[10],
        )
        for line in map(_LINE.match, text.splitlines())
        if line is not None
        and not line[4].startswith("Z")
        and all(len(line[part] or "") <= _MOST_DIGITS for part in (1, 2, 3, 5, 6, 7, 9))
    )


def current_user() -> int:
    """Who we run as; -1 on a system that does not number its users."""
    return int(getattr(os, "getuid", lambda: -1)())


def names(tools: Tools) -> dict[int, str] | Unavailable:
    """See `Platform.processes`."""
    found = running(tools)
    if isinstance(found, Unavailable):
        return portable.processes()
    return {process.pid: bundles.shown(process.path) for process in found}


def work(tools: Tools, user: int, slowdowns: int | Unavailable) -> CpuSample | Unavailable:
    """See `Platform.work`; `user` is who we run as."""
    found = running(tools)
    if isinstance(found, Unavailable):
        return portable.work(slowdowns)
    try:
        times, cores = psutil.cpu_times()._asdict(), psutil.cpu_count()
    except (psutil.Error, OSError) as error:
        return Unavailable(reason=Reason.NOT_PERMITTED, detail=str(error))
    total = sum(times.values())
    return CpuSample(
        busy_s=total - times["idle"],
        total_s=total,
        cores=cores or 1,
        processes={process.pid: _usage(process, user) for process in found},
        slowdowns=slowdowns,
    )


def _usage(process: MacProcess, user: int) -> ProcessUsage:
    return ProcessUsage(
        name=bundles.shown(process.path),
        mine=process.user == user,
        cpu_s=process.cpu_s,
        memory_mb=process.resident / 1e6,
    )
