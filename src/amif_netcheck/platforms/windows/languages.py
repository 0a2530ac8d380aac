"""The languages of Windows' own interface, best first. Regional formats, which `getlocale` reads, are another setting."""

from __future__ import annotations

import ctypes
import locale
import sys
from typing import Any, Protocol

_MUI_LANGUAGE_NAME = 0x8  # winnls.h


class UserInterfaceLanguages(Protocol):
    """What kernel32 can be asked."""

    def preferred_names(self) -> str | None:
        """GetUserPreferredUILanguages: names such as `fr-FR`, each ended by a NUL; None when it fails."""
        ...

    def default_identifier(self) -> int:
        """GetUserDefaultUILanguage: a LANGID, such as 0x40c."""
        ...


class Kernel32:
    """See `UserInterfaceLanguages`."""

    _library: Any

    def __init__(self) -> None:
        if sys.platform == "win32":
            self._library = ctypes.WinDLL("kernel32")

    def preferred_names(self) -> str | None:
        """Asked twice, first for the length."""
        ask = self._library.GetUserPreferredUILanguages
        count, length = ctypes.c_ulong(), ctypes.c_ulong()
        if not ask(_MUI_LANGUAGE_NAME, ctypes.byref(count), None, ctypes.byref(length)):
            return None
        names = ctypes.create_unicode_buffer(length.value)
        if not ask(_MUI_LANGUAGE_NAME, ctypes.byref(count), names, ctypes.byref(length)):
            return None
        return str(names[: length.value])

    def default_identifier(self) -> int:
        """Of the person's, not the machine's."""
        return int(self._library.GetUserDefaultUILanguage()) & 0xFFFF


def preferred(kernel32: UserInterfaceLanguages) -> list[str]:
    """Such as `fr-FR`."""
    names = [name for name in (kernel32.preferred_names() or "").split("\0") if name]
    return names or [name for name in [locale.windows_locale.get(kernel32.default_identifier())] if name]
