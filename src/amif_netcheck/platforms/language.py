"""The languages of the person's interface. Apart from `Platform`, whose systems take long to load: `--help` speaks it too."""

from __future__ import annotations

import locale
import os
import sys

_VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
"""In the order of gettext(3)."""


def of_interface() -> tuple[str, ...]:
    """Best first, such as `fr_FR.UTF-8`: the environment's, then what Windows or macOS is set to."""
    tags = [tag for name in _VARIABLES for tag in os.environ.get(name, "").split(":")]
    if sys.platform in {"win32", "darwin"}:
        tags.append(locale.getlocale()[0] or "")
    return tuple(tag for tag in tags if tag)
