"""The languages of the person's interface. Apart from `Platform`, whose systems take long to load: `--help` speaks it too."""

from __future__ import annotations

import os
import sys

_VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
"""In the order of gettext(3)."""


def of_interface() -> tuple[str, ...]:
    """Best first, such as `fr_FR.UTF-8` or `fr-FR`: the environment's, then those that Windows or macOS is set to."""
    tags = [tag for name in _VARIABLES for tag in os.environ.get(name, "").split(":")]
    if sys.platform == "win32":
        from amif_netcheck.platforms.windows import languages as windows

        tags += windows.preferred(windows.Kernel32())
    elif sys.platform == "darwin":
        from amif_netcheck.platforms.macos import languages as macos

        tags += macos.preferred()
    return tuple(tag for tag in tags if tag)
