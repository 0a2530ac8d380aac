"""Which processes hold the tunnels."""

from __future__ import annotations

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
    try:
        folders = [folder for folder in proc.iterdir() if folder.name.isdigit()]
    except OSError:  # no /proc
        return holders
    ours = _namespace(proc / "self")
    for folder in folders:
        try:
            held = [fd.name for fd in (folder / "fd").iterdir() if str(fd.readlink()) == _TUN_DEVICE]
            for fd in held:
                interface = _tun_name((folder / "fdinfo" / fd).read_text())
                name = clean((folder / "comm").read_text(errors="replace").strip())
                if interface:
                    names = holders.setdefault(interface, [])
                    names.insert(0 if _namespace(folder) == ours else len(names), name)
        except OSError:  # another user's process, or one that ended meanwhile
            continue
    return holders


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
