"""Which processes hold the tunnels."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from amif_netcheck.platforms.text import clean

_TUN_DEVICE = "/dev/net/tun"


def tunnel_owners(proc: Path = Path("/proc")) -> dict[str, str]:
    """Tunnel interface -> process that holds its /dev/net/tun open; only of processes we may look into."""
    owners: dict[str, str] = {}
    for folder, interface in _held(proc):
        with suppress(OSError):  # it ended meanwhile
            owners[interface] = clean((folder / "comm").read_text(errors="replace").strip())
    return owners


def tunnel_holders(proc: Path = Path("/proc")) -> dict[int, set[str]]:
    """Process id -> tunnel interfaces that it holds; only of processes we may look into."""
    holders: dict[int, set[str]] = defaultdict(set)
    for folder, interface in _held(proc):
        holders[int(folder.name)].add(interface)
    return holders


def _held(proc: Path) -> Iterator[tuple[Path, str]]:
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


def _tun_name(fdinfo: str) -> str:
    """The interface in a tun file's fdinfo: a line `iff:` and its name."""
    return next(
        (line.partition(":")[2].strip() for line in fdinfo.splitlines() if line.startswith("iff:")), ""
    )
