"""Windows' kernel, registry and desktop of the test's own."""

from __future__ import annotations

import os
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field

from amif_netcheck.platforms.windows.processes import MainMemory, ProcessorTimes, SystemProcess
from amif_netcheck.platforms.windows.registry_values import RegistryReader

ADDRESS = 0x7FF0_0000


def process(
    pid: int, name: str, *, parent: int = 4, created: int = 1, session: int = 1, cpu_s: float = 0.0
) -> SystemProcess:
    return SystemProcess(
        pid=pid, parent=parent, name=name, created=created, session=session, cpu_s=cpu_s, resident=10_000_000
    )


def entries(processes: Sequence[SystemProcess], *, threads: int = 1) -> bytes:
    """SYSTEM_PROCESS_INFORMATION with its threads (80 bytes each) and its name behind it, as Windows lays it out."""
    out = b""
    for number, each in enumerate(processes):
        name = each.name.encode("utf-16-le")
        header = 256 + 80 * threads
        length = (header + len(name) + 2 + 7) & ~7
        following = length if number + 1 < len(processes) else 0
        entry = bytearray(length)
        struct.pack_into("<II", entry, 0, following, threads)
        struct.pack_into("<qqq", entry, 32, each.created, int(each.cpu_s * 1e7), 0)
        where = ADDRESS + len(out) + header if name else 0
        struct.pack_into(
            "<HH4xQi4xQQII",
            entry,
            56,
            len(name),
            len(name) + 2,
            where,
            8,
            each.pid,
            each.parent,
            50,
            each.session,
        )
        struct.pack_into("<Q", entry, 144, each.resident)
        entry[header : header + len(name)] = name
        out += bytes(entry)
    return out


@dataclass
class FakeKernel:
    """See `NtKernel`. We are among the processes, in session 1."""

    processes: list[SystemProcess] = field(default_factory=list)
    answers: dict[int, bytes | OSError] = field(default_factory=dict)
    refused: OSError | None = None

    def query(self, kind: int) -> tuple[bytes, int]:
        if kind == 5 and kind not in self.answers:
            return entries([*self.processes, process(os.getpid(), "python.exe")]), ADDRESS
        found = self.answers.get(kind, OSError("NTSTATUS C0000003"))
        if isinstance(found, OSError):
            raise found
        return found, ADDRESS

    def times(self) -> ProcessorTimes:
        if self.refused:
            raise self.refused
        return ProcessorTimes(idle=70.0, kernel=80.0, user=20.0)

    def cores(self) -> int:
        return 8

    def memory(self) -> MainMemory:
        if self.refused:
            raise self.refused
        return MainMemory(total=16_000_000_000, available=6_000_000_000, page=4096)


@dataclass
class FakeRegistry(RegistryReader):
    """Values by key; a key whose values are None may not be read."""

    content: dict[str, dict[str, object] | None] = field(default_factory=dict)

    def values(self, path: str) -> dict[str, object]:
        return self.content.get(path) or {}

    def keys(self, path: str) -> tuple[str, ...]:
        if path in self.content and self.content[path] is None:
            return ()
        below = [key.removeprefix(f"{path}\\") for key in self.content if key.startswith(f"{path}\\")]
        return tuple(dict.fromkeys(key.partition("\\")[0] for key in below))

    def exists(self, path: str) -> bool | None:
        return None if path in self.content and self.content[path] is None else path in self.content


@dataclass
class FakeTree:
    paths: tuple[str, ...] = ()
    names: dict[str, str] = field(default_factory=dict)
    containers: dict[str, str] = field(default_factory=dict)
    error: OSError | None = None

    def interfaces(self, category: str) -> tuple[str, ...]:
        if self.error is not None:
            raise self.error
        return tuple(path for path in self.paths if category in path)

    def name(self, interface: str) -> str:
        return self.names.get(interface.rpartition("#")[0], "")

    def container(self, interface: str) -> str:
        return self.containers.get(interface.rpartition("#")[0], "")
