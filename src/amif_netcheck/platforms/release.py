"""Which release of its system this computer runs, as people and IT desks name it."""

from __future__ import annotations

import platform
import sys

_WINDOWS_11 = 22_000
"""The first build of Windows 11, which calls itself version 10 too."""


def of_system() -> str:
    """`6.12.41` (Linux' kernel), `15.7` (macOS), `11 (26100)` (Windows, with its build).

    On Windows `platform.release` would ask WMI, which may take long or hang.
    """
    if sys.platform == "win32":
        version = sys.getwindowsversion()
        return windows(version.major, version.build)
    if sys.platform == "darwin":
        return platform.mac_ver()[0] or platform.release()
    return platform.release()


def windows(major: int, build: int) -> str:
    """The name of a version of Windows."""
    return f"{11 if build >= _WINDOWS_11 else major} ({build})"
