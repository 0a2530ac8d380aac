"""The operating system's refusals in plain words."""

from __future__ import annotations

import errno

from amif_netcheck.advice.language import N_, Language

_REASONS = {
    errno.ENOENT: N_("no such file or folder"),
    errno.EACCES: N_("access is refused"),
    errno.EPERM: N_("access is refused"),
    errno.EROFS: N_("this disk can only be read"),
    errno.EISDIR: N_("it is a folder"),
    errno.ENOTDIR: N_("a part of the path is no folder"),
    errno.ENOSPC: N_("the disk is full"),
    errno.ENAMETOOLONG: N_("the name is too long"),
    errno.ENXIO: N_("nobody reads this pipe"),
    errno.ELOOP: N_("its links lead in a circle"),
    errno.EBADF: N_("the output is closed"),
    errno.EADDRINUSE: N_("another program uses it"),
    errno.EADDRNOTAVAIL: N_("this computer does not have this address"),
}
_WINDOWS_REASONS = {
    19: N_("this disk can only be read"),  # ERROR_WRITE_PROTECT
    32: N_("another program uses it"),  # ERROR_SHARING_VIOLATION
    33: N_("another program uses it"),  # ERROR_LOCK_VIOLATION
    206: N_("the name is too long"),  # ERROR_FILENAME_EXCED_RANGE
    10013: N_("access is refused"),  # WSAEACCES: also a port that Windows keeps for itself
}
"""Where Windows says more than the number that it is translated to."""


def why(error: Exception, language: Language) -> str:
    """Why a file or a port could not be used; the system's own words for what we have no sentence for."""
    known = _WINDOWS_REASONS.get(getattr(error, "winerror", None) or 0)
    known = known or _REASONS.get(getattr(error, "errno", None) or 0)
    return language.text(known) if known else str(getattr(error, "strerror", None) or error)
