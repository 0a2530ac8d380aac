"""Which processes hold the tunnels."""

from __future__ import annotations

from pathlib import Path

from amif_netcheck.platforms.text import clean

_TUN_DEVICE = "/dev/net/tun"


def tunnel_owners(proc: Path = Path("/proc")) -> dict[str, str]:
    """Tunnel interface -> process that holds its /dev/net/tun open; only of processes we may look into."""
    owners: dict[str, str] = {}
    try:
        folders = [folder for folder in proc.iterdir() if folder.name.isdigit()]
    except OSError:  # no /proc
        return owners
    for folder in folders:
        try:
            held = [fd.name for fd in (folder / "fd").iterdir() if str(fd.readlink()) == _TUN_DEVICE]
            for fd in held:
                interface = _tun_name((folder / "fdinfo" / fd).read_text())
                if interface:
                    owners[interface] = clean((folder / "comm").read_text(errors="replace").strip())
        except OSError:  # another user's process, or one that ended meanwhile
            continue
    return owners


def _tun_name(fdinfo: str) -> str:
    """The interface in a tun file's fdinfo: a line `iff:` and its name."""
    return next(
        (line.partition(":")[2].strip() for line in fdinfo.splitlines() if line.startswith("iff:")), ""
    )
