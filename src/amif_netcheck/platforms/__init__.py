"""The operating systems: one folder each, the same questions answered (`base.Platform`)."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from amif_netcheck.platforms.base import Platform


def current(*, offline: bool = False) -> Platform:
    """The platform this program runs on. `offline`: it is to send nothing."""
    if sys.platform.startswith("linux"):
        from amif_netcheck.platforms.linux.platform import Linux  # its libraries exist on Linux only

        return Linux(offline=offline)
    if sys.platform == "win32":
        from amif_netcheck.platforms.windows.platform import Windows

        return Windows(offline=offline)
    if sys.platform == "darwin":
        from amif_netcheck.platforms.macos.platform import MacOS

        return MacOS(offline=offline)
    from amif_netcheck.platforms.base import Platform

    return Platform()
