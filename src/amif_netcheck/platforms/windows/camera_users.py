r"""Which programs Windows' privacy store says have a camera now: the same store as `consent`, of the capability `webcam`.

A stopgap: entries are known to stay open after a program has ended, and not to be written by recent Windows (HASS.Agent#476),
so that one counts only for a process that runs, and when it began after the computer and that process did; none at all
says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

import psutil

from amif_netcheck.model.facts import Reason, Unavailable
from amif_netcheck.platforms.answers import CameraUser
from amif_netcheck.platforms.text import clean
from amif_netcheck.platforms.windows import consent
from amif_netcheck.platforms.windows.processes import SystemProcess
from amif_netcheck.platforms.windows.registry_values import RegistryReader

_PACKAGES = {
    "msteams": "ms-teams.exe",
    "microsoftteams": "msteams.exe",
    "microsoft.windowscamera": "windowscamera.exe",
}
"""Names of packages from the Store, and of their programs."""
_EPOCH_S = 11_644_473_600
_TICKS_A_SECOND = 10_000_000
"""FILETIME: tenths of a microsecond since 1601."""


def using(
    registry: RegistryReader, running: dict[int, SystemProcess] | Unavailable, since: float | None = None
) -> tuple[CameraUser, ...] | Unavailable:
    """See `Platform.camera_users`. `running`: processes by id; `since`: when the computer started (Unix time)."""
    if isinstance(running, Unavailable):
        return running
    began = psutil.boot_time() if since is None else since
    opened = dict(sorted(_open(registry, began)))
    users = tuple(
        CameraUser(process=clean(process.name), pid=pid)
        for pid, process in running.items()
        if process.created <= opened.get(process.name.casefold(), -1)
    )
    return users or Unavailable(
        reason=Reason.UNSUPPORTED, detail="Windows does not tell for sure that nobody has a camera"
    )


def _open(registry: RegistryReader, began: float) -> Iterator[tuple[str, int]]:
    """Programs, in lower case, with an entry that was begun since then and not ended, and when (FILETIME)."""
    for program, entry in consent.used(registry, consent.CAMERA):
        started = entry.get("LastUsedTimeStart")
        if entry.get("LastUsedTimeStop") != 0 or not isinstance(started, int):
            continue
        if started / _TICKS_A_SECOND - _EPOCH_S >= began:
            package = program.partition("_")[0].casefold()
            yield _PACKAGES.get(package, program.casefold()), started
