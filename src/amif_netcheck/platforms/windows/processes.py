"""All processes by one call that everybody may make: names, times, sessions and memory, of other accounts' too.

NtQuerySystemInformation (winternl.h); SYSTEM_PROCESS_INFORMATION is laid out there in part, in full in the phnt headers of
System Informer. The same call's class 2 counts what came back from the disk, class 18 lists the page files.
"""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Mapping
from typing import Protocol

from msgspec import Struct

from amif_netcheck.model.facts import Reason, Unavailable
from amif_netcheck.platforms.answers import CpuSample, MemorySample, ProcessUsage
from amif_netcheck.platforms.text import clean
from amif_netcheck.platforms.windows.libraries import function, last_error

_PROCESSES, _PERFORMANCE, _PAGE_FILES = 5, 2, 18
"""SYSTEM_INFORMATION_CLASS."""
_TOO_SHORT = 0xC0000004
"""STATUS_INFO_LENGTH_MISMATCH."""
_REFUSED = frozenset({0xC0000022, 0xC0000061})
"""STATUS_ACCESS_DENIED, STATUS_PRIVILEGE_NOT_HELD."""
_FIRST_SIZE, _LARGEST_SIZE = 1 << 19, 1 << 26
_ENTRY = struct.Struct("<II24xqqqHH4xQi4xQQII8x16xI4x8xQ")
"""On 64 bits: next entry, threads, (0x08 to 0x20), created, user and kernel time, length of the name, its room, its address,
base priority, process, its parent, handles, session, (key, two sizes), page faults, (peak), resident bytes."""
_PAGES_READ = struct.Struct("<80xI")
_PAGE_FILE = struct.Struct("<IIII")
"""Next entry, pages in all, pages in use, most in use."""
_MEMORY = struct.Struct("<II7Q")
"""MEMORYSTATUSEX: its own length, per cent in use, main memory and what is available of it, and others."""
_SYSTEM_INFO_ROOM, _PAGE_SIZE = 64, struct.Struct("<4xI")
"""Room for a SYSTEM_INFO, whose second number is dwPageSize."""
_POINTER, _NUMBER, _POINTER_SIZE = ctypes.c_void_p, ctypes.c_uint32, 8
_TICKS = 1e7
"""100 ns."""
_IDLE = 0
"""The process that does nothing, on behalf of all processors."""
_MOST_ANCESTORS = 8
_ALL_GROUPS = 0xFFFF
_COUNTS_NO_HEAT = Unavailable(
    reason=Reason.UNSUPPORTED, detail="Windows does not count how often heat slows the processor"
)
_COUNTS_NO_STALLS = Unavailable(
    reason=Reason.UNSUPPORTED, detail="Windows does not tell who waits for memory"
)


class SystemProcess(Struct, frozen=True, kw_only=True):
    """One process. `created` in 100 ns since 1601, so that a number that is given away is told from its owner before."""

    pid: int
    parent: int
    name: str
    created: int
    session: int
    cpu_s: float
    resident: int


class ProcessorTimes(Struct, frozen=True, kw_only=True):
    """Seconds of all processors together since the start; `kernel` holds `idle`."""

    idle: float
    kernel: float
    user: float


class MainMemory(Struct, frozen=True, kw_only=True):
    """Bytes of main memory, and of a page of it."""

    total: int
    available: int
    page: int


class NtKernel(Protocol):
    """What ntdll and kernel32 tell: one object, so that a test can take its place."""

    def query(self, kind: int) -> tuple[bytes, int]:
        """What NtQuerySystemInformation fills in, and the address that it was filled in at. Raises OSError."""

    def times(self) -> ProcessorTimes:
        """GetSystemTimes. Raises OSError."""

    def cores(self) -> int:
        """GetActiveProcessorCount, of all groups."""

    def memory(self) -> MainMemory:
        """GlobalMemoryStatusEx. Raises OSError."""


def parse(entries: bytes, address: int) -> dict[int, SystemProcess]:
    """A list of SYSTEM_PROCESS_INFORMATION that lay at `address`, which the names within point into. Without the idle one.

    What has no thread any more has ended, and waits for somebody to notice.
    """
    found: dict[int, SystemProcess] = {}
    at = 0
    while at + _ENTRY.size <= len(entries):
        (
            following,
            threads,
            created,
            user,
            kernel,
            length,
            _,
            name_at,
            _,
            pid,
            parent,
            _,
            session,
            _,
            resident,
        ) = _ENTRY.unpack_from(entries, at)
        name = entries[max(0, name_at - address) :][:length] if length and name_at >= address else b""
        if pid != _IDLE and threads:
            found[pid] = SystemProcess(
                pid=pid,
                parent=parent,
                name=clean(name.decode("utf-16-le", "replace")),
                created=created,
                session=session,
                cpu_s=max(0, user + kernel) / _TICKS,
                resident=resident,
            )
        if following < _ENTRY.size:
            break
        at += following
    return found


def page_files_in_use(entries: bytes) -> int:
    """Pages in use of all SYSTEM_PAGEFILE_INFORMATION in a list."""
    pages, at = 0, 0
    while at + _PAGE_FILE.size <= len(entries):
        following, _, used, _ = _PAGE_FILE.unpack_from(entries, at)
        pages += used
        if following < _PAGE_FILE.size:
            break
        at += following
    return pages


def ancestors(pid: int, running: Mapping[int, SystemProcess]) -> tuple[str, ...]:
    """Names of the processes that started this one, nearest first, as far as they live; at most eight.

    Windows keeps the number of a parent that has ended: who has it now and began later started nobody.
    """
    names: list[str] = []
    process = running.get(pid)
    while process is not None and len(names) < _MOST_ANCESTORS:
        parent = running.get(process.parent)
        if parent is None or parent.created > process.created or parent.pid == process.pid:
            break
        names.append(parent.name)
        process = parent
    return tuple(names)


def running(kernel: NtKernel) -> dict[int, SystemProcess] | Unavailable:
    """All processes."""
    try:
        found = parse(*kernel.query(_PROCESSES))
    except OSError as error:
        return _unavailable(error)
    return found or Unavailable(reason=Reason.ERROR, detail="the list of processes is empty")


def names(kernel: NtKernel) -> dict[int, str] | Unavailable:
    """See `Platform.processes`."""
    found = running(kernel)
    return found if isinstance(found, Unavailable) else {pid: each.name for pid, each in found.items()}


def work(kernel: NtKernel) -> CpuSample | Unavailable:
    """See `Platform.work`."""
    try:
        times = kernel.times()
    except OSError as error:
        return _unavailable(error)
    total = times.kernel + times.user
    return CpuSample(
        busy_s=max(0.0, total - times.idle),
        total_s=total,
        cores=kernel.cores() or 1,
        processes=usage(running(kernel), os.getpid()),
        slowdowns=_COUNTS_NO_HEAT,
    )


def usage(
    found: dict[int, SystemProcess] | Unavailable, ourselves: int
) -> dict[int, ProcessUsage] | Unavailable:
    """What each uses. Those of our session are the user's: who owns a process might have to be asked over the network."""
    if isinstance(found, Unavailable):
        return found
    own = found[ourselves].session if ourselves in found else None
    return {
        pid: ProcessUsage(
            name=each.name, mine=each.session == own, cpu_s=each.cpu_s, memory_mb=each.resident / 1e6
        )
        for pid, each in found.items()
    }


def memory(kernel: NtKernel) -> MemorySample | Unavailable:
    """See `Platform.memory`. What comes back from the disk is counted with the programs' own files."""
    try:
        main = kernel.memory()
    except OSError as error:
        return _unavailable(error)
    return MemorySample(
        total=main.total,
        available=main.available,
        swap_used=_pages(kernel, _PAGE_FILES, main.page),
        swapped_in=_pages(kernel, _PERFORMANCE, main.page),
        stalled_pct=_COUNTS_NO_STALLS,
    )


def _pages(kernel: NtKernel, kind: int, page: int) -> int | Unavailable:
    """Bytes in page files, or read back from the disk since the start."""
    try:
        answer, _ = kernel.query(kind)
    except OSError as error:
        return _unavailable(error)
    if kind == _PAGE_FILES:
        return page_files_in_use(answer) * page
    if len(answer) < _PAGES_READ.size:
        return Unavailable(reason=Reason.UNSUPPORTED, detail="SYSTEM_PERFORMANCE_INFORMATION is short")
    return int(_PAGES_READ.unpack_from(answer)[0]) * page


def _unavailable(error: OSError) -> Unavailable:
    refused = isinstance(error, PermissionError)
    return Unavailable(reason=Reason.NOT_PERMITTED if refused else Reason.UNSUPPORTED, detail=str(error))


class Nt:
    """See `NtKernel`."""

    def query(self, kind: int) -> tuple[bytes, int]:
        """See `NtKernel`."""
        if ctypes.sizeof(_POINTER) < _POINTER_SIZE:
            raise OSError("a 32-bit Python sees another layout")
        ask = function("ntdll", "NtQuerySystemInformation", _NUMBER, _POINTER, _NUMBER, _POINTER)
        size, length, status = _FIRST_SIZE, ctypes.c_uint32(), _TOO_SHORT
        while size <= _LARGEST_SIZE and status == _TOO_SHORT:
            room = ctypes.create_string_buffer(size)
            status = ask(kind, room, size, ctypes.byref(length))
            size *= 2
        if status:
            raise (PermissionError if status in _REFUSED else OSError)(f"NTSTATUS {status:08X}")
        return room.raw[: length.value], ctypes.addressof(room)

    def times(self) -> ProcessorTimes:
        """See `NtKernel`."""
        idle, kernel, user, by = ctypes.c_uint64(), ctypes.c_uint64(), ctypes.c_uint64(), ctypes.byref
        _done(function("kernel32", "GetSystemTimes", *(_POINTER,) * 3)(by(idle), by(kernel), by(user)))
        return ProcessorTimes(
            idle=idle.value / _TICKS, kernel=kernel.value / _TICKS, user=user.value / _TICKS
        )

    def cores(self) -> int:
        """See `NtKernel`."""
        return int(function("kernel32", "GetActiveProcessorCount", ctypes.c_uint16)(_ALL_GROUPS))

    def memory(self) -> MainMemory:
        """See `NtKernel`."""
        room = ctypes.create_string_buffer(_MEMORY.pack(_MEMORY.size, *(0,) * 8), _MEMORY.size)
        _done(function("kernel32", "GlobalMemoryStatusEx", _POINTER)(room))
        _, _, total, available, *_ = _MEMORY.unpack(room.raw)
        system = ctypes.create_string_buffer(_SYSTEM_INFO_ROOM)
        function("kernel32", "GetNativeSystemInfo", _POINTER)(system)
        return MainMemory(total=total, available=available, page=_PAGE_SIZE.unpack_from(system.raw)[0])


def _done(succeeded: int) -> None:
    if not succeeded:
        raise OSError(f"error {last_error()}")
