"""The registry, read only: the values of a key, and the names of the keys below it. Nothing here needs more than a person's rights."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from contextlib import suppress

_MOST = 4096

if sys.platform == "win32":
    import winreg

    _ROOTS = {"HKLM": winreg.HKEY_LOCAL_MACHINE, "HKCU": winreg.HKEY_CURRENT_USER}

    def _opened(path: str) -> winreg.HKEYType:
        root, _, below = path.partition("\\")
        return winreg.OpenKey(_ROOTS[root], below, 0, winreg.KEY_READ | winreg.KEY_WOW64_64KEY)


class RegistryReader:
    r"""Keys by their paths, such as `HKLM\SOFTWARE\Policies`, as 64-bit programs see them."""

    if sys.platform == "win32":

        def values(self, path: str) -> Mapping[str, object]:
            """Values by name, empty where there is no such key or none that we may read."""
            found: dict[str, object] = {}
            with suppress(OSError), _opened(path) as key:  # one that changes meanwhile is read up to there
                for position in range(min(winreg.QueryInfoKey(key)[1], _MOST)):
                    name, value, _ = winreg.EnumValue(key, position)
                    found[name] = value
            return found

        def keys(self, path: str) -> tuple[str, ...]:
            """Names of the keys right below one."""
            with suppress(OSError), _opened(path) as key:
                count = min(winreg.QueryInfoKey(key)[0], _MOST)
                return tuple(winreg.EnumKey(key, position) for position in range(count))
            return ()

        def exists(self, path: str) -> bool | None:
            """Is there such a key, with values or without? None where we may not know."""
            try:
                with _opened(path):
                    return True
            except FileNotFoundError:
                return False
            except OSError:
                return None

    else:

        def values(self, path: str) -> Mapping[str, object]:
            """See above: there is no registry here."""
            del path
            return {}

        def keys(self, path: str) -> tuple[str, ...]:
            """See above."""
            del path
            return ()

        def exists(self, path: str) -> bool | None:
            """See above."""
            del path
            return None


def word(value: object) -> str:
    """A text of the registry, empty where it is none."""
    return value if isinstance(value, str) else ""


def number(value: object) -> int | None:
    """A number of the registry, which some drivers write as text; None where it is none."""
    if isinstance(value, int):
        return value
    text = word(value).strip()
    return int(text) if text.isascii() and text.isdigit() else None
