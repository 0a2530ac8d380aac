"""Updates: is one being installed, does one wait for a restart?"""

from __future__ import annotations

import os
import re
from pathlib import Path

from amif_netcheck.model.facts import Reason, Unavailable

_RESTART = (Path("/run/reboot-required"), Path("/var/run/reboot-required"))
_DEBIAN = Path("/etc/debian_version")
_PACKAGE_LOCKS = (
    *(Path("/var/lib/dpkg/lock-frontend"), Path("/var/lib/dpkg/lock")),
    *(Path("/var/cache/apt/archives/lock"), Path("/var/lib/apt/lists/lock")),
    *(Path("/usr/lib/sysimage/rpm/.rpm.lock"), Path("/var/lib/rpm/.rpm.lock")),
)
_KERNEL_LOCKS = Path("/proc/locks")
_FILE = re.compile(r"(?<!\S)([0-9a-f]+):[0-9a-f]+:(\d+)(?!\S)")


def restart_pending(marks: tuple[Path, ...] = _RESTART, debian: Path = _DEBIAN) -> bool | Unavailable:
    """Debian and Ubuntu leave a mark; nothing is known of other distributions."""
    if any(mark.exists() for mark in marks):
        return True
    if debian.exists():
        return False
    return Unavailable(reason=Reason.UNSUPPORTED, detail="only Debian and Ubuntu leave a mark")


def in_progress(files: tuple[Path, ...] = _PACKAGE_LOCKS, kernel: Path = _KERNEL_LOCKS) -> bool | Unavailable:
    """Does anybody hold one of the package managers' lock files? The kernel lists all locks to everybody."""
    identities = {identity for path in files if (identity := _identity(path)) is not None}
    if not identities:
        return Unavailable(reason=Reason.UNSUPPORTED, detail="no package manager that we know")
    try:
        locks = kernel.read_text()
    except OSError as error:
        return Unavailable(reason=Reason.NOT_PERMITTED, detail=str(error))
    return not identities.isdisjoint(locked_files(locks))


def locked_files(locks: str) -> set[tuple[int, int]]:
    """The files with a lock, as (major, inode), from lines such as `1: POSIX  ADVISORY  WRITE 734 fe:00:131 0 EOF`.

    The minor number is left out: on btrfs it is not the one that `stat` gives.
    """
    return {(int(lock[1], 16), int(lock[2])) for lock in _FILE.finditer(locks)}


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return os.major(status.st_dev), status.st_ino
