"""A bare Debian in a folder, to install packages into: cached, and unpacked anew for each test."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SUITE = "trixie"
"""Debian 13: the packages are built on 12, whose C library is the oldest that they are for."""
_MIRROR = "http://deb.debian.org/debian"
_BOOTSTRAP_S = 500
_COMMAND_S = 120
_VOLATILE = ("proc", "sys", "dev", "run", "tmp", "var/log", "var/lib/dpkg", "var/cache")
"""What changes by itself, or notes that something was installed."""


class Chroot:
    """The folder; commands in it have no network, as nothing here may need one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, *words: str, user: str = "root") -> subprocess.CompletedProcess[str]:
        """A command in it; `nobody` has no home, as the poorest of users."""
        return subprocess.run(
            ["unshare", "--net", "chroot", f"--userspec={user}", str(self.folder), *words],
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/nonexistent", "LC_ALL": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_COMMAND_S,
            check=False,
        )

    def files(self) -> set[str]:
        """All there is, but what is volatile."""
        found = set()
        for folder, folders, names in os.walk(self.folder):
            inside = Path(folder).relative_to(self.folder)
            folders[:] = [name for name in folders if str(inside / name) not in _VOLATILE]
            found |= {str(inside / name) for name in (*folders, *names)}
        return found


@contextmanager
def chroot(cache: Path, folder: Path) -> Iterator[Chroot]:
    """A fresh one in `folder`; debootstrap is asked once a cache."""
    cache.mkdir(parents=True, exist_ok=True)
    packed = cache / f"{SUITE}.tar"
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not packed.exists():
            making = cache / "making"
            shutil.rmtree(making, ignore_errors=True)
            command = ["debootstrap", "--variant=minbase", SUITE, str(making), _MIRROR]
            subprocess.run(command, check=True, capture_output=True, timeout=_BOOTSTRAP_S)
            whole = cache / "making.tar"
            subprocess.run(["tar", "--create", f"--file={whole}", f"--directory={making}", "."], check=True)
            whole.rename(packed)
            shutil.rmtree(making)
    root = folder / SUITE
    root.mkdir()
    subprocess.run(["tar", "--extract", f"--file={packed}", f"--directory={root}"], check=True)
    proc = root / "proc"
    subprocess.run(["mount", "--types", "proc", "proc", str(proc)], check=True)
    try:
        yield Chroot(root)
    finally:
        subprocess.run(["umount", "--lazy", str(proc)], check=True)
