"""Which processes hold the tunnels."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from amif_netcheck.platforms.text import clean

_PROC = Path("/proc")
_TUN_DEVICE = "/dev/net/tun"


def tunnel_owners(proc: Path = _PROC) -> dict[str, str]:
    """Tunnel interface -> the process that most likely holds it; only of processes we may look into."""
    return {interface: names[0] for interface, names in tunnel_holders(proc).items()}


def tunnel_holders(proc: Path = _PROC) -> dict[str, list[str]]:
    """Names of tunnel interfaces -> processes that hold one of that name (its /dev/net/tun) open.

    The kernel tells no more than the name, which other network namespaces may use too: who is in ours comes first.
    """
    holders: dict[str, list[str]] = {}
    ours = _namespace(proc / "self")
    for folder, interface in _open_tunnels(proc):
        with suppress(OSError):  # it ended meanwhile
            name = clean((folder / "comm").read_text(errors="replace").strip())
            names = holders.setdefault(interface, [])
            names.insert(0 if _namespace(folder) == ours else len(names), name)
    return holders


def tunnels_by_process(proc: Path = _PROC) -> dict[int, set[str]]:
    """Process id -> tunnel interfaces that it holds; only of processes we may look into."""
    tunnels: dict[int, set[str]] = defaultdict(set)
    for folder, interface in _open_tunnels(proc):
        tunnels[int(folder.name)].add(interface)
    return tunnels


def _open_tunnels(proc: Path) -> Iterator[tuple[Path, str]]:
    """Folders of processes in /proc, each with a tunnel interface that it holds."""
    try:
        folders = [folder for folder in proc.iterdir() if folder.name.isdigit()]
    except OSError:  # no /proc
        return
    for folder in folders:
        with suppress(OSError):  # another user's process, or one that ended meanwhile
            for fd in (folder / "fd").iterdir():
                if str(fd.readlink()) == _TUN_DEVICE and (
                    interface := _tun_name((folder / "fdinfo" / fd.name).read_text())
                ):
                    yield folder, interface


def _namespace(process: Path) -> str:
    try:
        return str((process / "ns" / "net").readlink())
    except OSError:  # another user's process
        return ""


def _tun_name(fdinfo: str) -> str:
    """The interface in a tun file's fdinfo: a line `iff:` and its name."""
    return next(
        (line.partition(":")[2].strip() for line in fdinfo.splitlines() if line.startswith("iff:")), ""
    )
