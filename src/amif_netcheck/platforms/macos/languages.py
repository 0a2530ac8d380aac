"""The languages of macOS' own interface, best first: CFLocaleCopyPreferredLanguages, what `defaults read -g AppleLanguages` shows."""

from __future__ import annotations

import ctypes
from typing import Protocol

_FRAMEWORK = "/System/Library/Frameworks/CoreFoundation.framework/CoreFoundation"
_UTF_8 = 0x08000100  # kCFStringEncodingUTF8
_LONGEST = 64
_MOST = 20


class PreferredLanguages(Protocol):
    """What Core Foundation can be asked."""

    def names(self) -> list[str]:
        """Such as `fr-FR`."""
        ...


class CoreFoundation:
    """See `PreferredLanguages`.

    Raises:
        OSError: the framework can't be loaded.
    """

    def __init__(self) -> None:
        library = ctypes.CDLL(_FRAMEWORK)
        pointer, index = ctypes.c_void_p, ctypes.c_long
        self._languages = library.CFLocaleCopyPreferredLanguages
        self._languages.restype, self._languages.argtypes = pointer, []
        self._count = library.CFArrayGetCount
        self._count.restype, self._count.argtypes = index, [pointer]
        self._at = library.CFArrayGetValueAtIndex
        self._at.restype, self._at.argtypes = pointer, [pointer, index]
        self._text = library.CFStringGetCString
        self._text.restype, self._text.argtypes = (
            ctypes.c_ubyte,
            [pointer, ctypes.c_char_p, index, ctypes.c_uint32],
        )
        self._release = library.CFRelease
        self._release.restype, self._release.argtypes = None, [pointer]

    def names(self) -> list[str]:
        """The array is ours to release, its strings are not."""
        array = self._languages()
        if not array:
            return []
        try:
            found = []
            for place in range(min(_MOST, self._count(array))):
                text = ctypes.create_string_buffer(_LONGEST)
                if self._text(self._at(array, place), text, _LONGEST, _UTF_8):
                    found.append(text.value.decode(errors="replace"))
            return found
        finally:
            self._release(array)


def preferred(core_foundation: PreferredLanguages | None = None) -> list[str]:
    """Such as `fr-FR`; none where macOS does not say."""
    try:
        return (core_foundation or CoreFoundation()).names()
    except (OSError, AttributeError):  # no framework, or no such function in it
        return []
