"""The operating systems: one folder each, the same questions answered (`base.Platform`)."""

from __future__ import annotations

import sys

from amif_netcheck.platforms.base import Platform


def current() -> Platform:
    """The platform this program runs on."""
    if sys.platform.startswith("linux"):
        from amif_netcheck.platforms.linux import Linux  # noqa: PLC0415 - its libraries exist on Linux only

        return Linux()
    from amif_netcheck.platforms.unsupported import Unsupported  # noqa: PLC0415 - only where it is needed

    return Unsupported()
