"""Where this program's files lie: settings, the log, and what the app remembers.

Linux follows the XDG Base Directory Specification 0.8 (`platformdirs` takes a third of a short command's time to load,
and has `~/…` for a user without a home); on other systems `platformdirs` knows.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

_NAME = "amif-netcheck"
_OTHER_SYSTEMS = ("win32", "darwin")


def machine_settings() -> Path:
    """The folder of the settings for everybody on this computer."""
    if sys.platform in _OTHER_SYSTEMS:
        import platformdirs  # noqa: PLC0415 - see above

        return platformdirs.site_config_path(_NAME, appauthor=False)
    listed = os.environ.get("XDG_CONFIG_DIRS", "").split(":")
    return Path(next(filter(os.path.isabs, listed), "/etc/xdg"), _NAME)


def own_settings() -> Path:
    """The folder of this user's settings.

    Raises:
        RuntimeError: this user has no home.
    """
    if sys.platform in _OTHER_SYSTEMS:
        import platformdirs  # noqa: PLC0415 - see above

        return platformdirs.user_config_path(_NAME, appauthor=False)
    return _xdg("XDG_CONFIG_HOME", ".config") / _NAME


def log() -> Path:
    """The folder of this user's logs.

    Raises:
        RuntimeError: this user has no home.
    """
    if sys.platform in _OTHER_SYSTEMS:
        import platformdirs  # noqa: PLC0415 - see above

        return platformdirs.user_log_path(_NAME, appauthor=False)
    return state() / "log"


def state() -> Path:
    """The folder of what is kept for this user from one run to the next.

    Raises:
        RuntimeError: this user has no home.
    """
    if sys.platform in _OTHER_SYSTEMS:
        import platformdirs  # noqa: PLC0415 - see above

        return platformdirs.user_state_path(_NAME, appauthor=False)
    return _xdg("XDG_STATE_HOME", ".local/state") / _NAME


def _xdg(variable: str, beneath_home: str) -> Path:
    """What `variable` says where that is absolute, as the specification demands; else a folder in the user's home."""
    named = Path(os.environ.get(variable, ""))
    if named.is_absolute():
        return named
    home = Path.home()  # raises RuntimeError where there is none
    if not home.is_absolute():
        raise RuntimeError("this user has no home")
    return home / beneath_home
