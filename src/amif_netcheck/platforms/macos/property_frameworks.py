"""CoreAudio and CoreMediaIO by ctypes: the `PropertyLibrary` of a real Mac. Nothing of it is judged here.

Signatures: AudioHardware.h (AudioObjectGetPropertyData: one size, in and out), CMIOHardwareObject.h
(CMIOObjectGetPropertyData: the size given and the size used apart), CFString.h.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache
from typing import Any

from amif_netcheck.platforms.macos.properties import GLOBAL, PropertyError, code_number, code_text

_FRAMEWORKS = "/System/Library/Frameworks/{0}.framework/{0}"
_UTF8 = 0x08000100  # kCFStringEncodingUTF8
_LARGEST = 1 << 20
_LONGEST_TEXT = 4096


class PropertyAddress(ctypes.Structure):
    """AudioObjectPropertyAddress and CMIOObjectPropertyAddress."""

    _fields_ = (
        ("selector", ctypes.c_uint32),
        ("scope", ctypes.c_uint32),
        ("element", ctypes.c_uint32),
    )


_Address = ctypes.POINTER(PropertyAddress)
_Size = ctypes.POINTER(ctypes.c_uint32)
_ASKED = (ctypes.c_uint32, _Address, ctypes.c_uint32, ctypes.c_void_p)
"""The object, the address, and a qualifier, which no property of ours has."""


def _open(name: str) -> Any:
    return ctypes.CDLL(_FRAMEWORKS.format(name))


@cache
def core_audio() -> FrameworkProperties:
    """Raises OSError where there is no such framework."""
    library = _open("CoreAudio")
    get = _function(library.AudioObjectGetPropertyData, (*_ASKED, _Size, ctypes.c_void_p))

    def read(asked: tuple[Any, ...], size: ctypes.c_uint32, buffer: Any) -> int:
        return int(get(*asked, ctypes.byref(size), buffer))

    size = _function(library.AudioObjectGetPropertyDataSize, (*_ASKED, _Size))
    write = _function(library.AudioObjectSetPropertyData, (*_ASKED, ctypes.c_uint32, ctypes.c_void_p))
    return FrameworkProperties(size, read, write, CoreFoundationStrings(_open("CoreFoundation")))


@cache
def core_media() -> FrameworkProperties:
    """Raises OSError where there is no such framework."""
    library = _open("CoreMediaIO")
    get = _function(library.CMIOObjectGetPropertyData, (*_ASKED, ctypes.c_uint32, _Size, ctypes.c_void_p))

    def read(asked: tuple[Any, ...], size: ctypes.c_uint32, buffer: Any) -> int:
        return int(get(*asked, size.value, ctypes.byref(size), buffer))

    size = _function(library.CMIOObjectGetPropertyDataSize, (*_ASKED, _Size))
    return FrameworkProperties(size, read, None, CoreFoundationStrings(_open("CoreFoundation")))


def _function(function: Any, arguments: tuple[Any, ...]) -> Any:
    function.restype, function.argtypes = ctypes.c_int32, arguments
    return function


class CoreFoundationStrings:
    """What is needed of CFString; `library` is CoreFoundation."""

    def __init__(self, library: Any) -> None:
        self._get, self._release = library.CFStringGetCString, library.CFRelease
        self._get.restype = ctypes.c_bool
        self._get.argtypes = (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_long, ctypes.c_uint32)
        self._release.restype, self._release.argtypes = None, (ctypes.c_void_p,)

    def take(self, reference: int | None) -> str:
        """The text of a CFStringRef that was given to us for good; it is released."""
        if not reference:
            return ""
        try:
            buffer = ctypes.create_string_buffer(_LONGEST_TEXT)
            read = self._get(reference, buffer, _LONGEST_TEXT, _UTF8)
            return buffer.value.decode("utf-8", "replace") if read else ""
        finally:
            self._release(reference)


class FrameworkProperties:
    """See `PropertyLibrary`; the functions are the framework's own, `write` is None where we set nothing."""

    def __init__(
        self,
        size: Callable[..., int],
        read: Callable[[tuple[Any, ...], ctypes.c_uint32, Any], int],
        write: Callable[..., int] | None,
        strings: CoreFoundationStrings,
    ) -> None:
        self._size, self._read, self._write, self._strings = size, read, write, strings

    def data(self, thing: int, selector: str, scope: str = GLOBAL, element: int = 0) -> bytes:
        """See `PropertyLibrary`."""
        asked = _asked(thing, selector, scope, element)
        size = ctypes.c_uint32()
        _check(self._size(*asked, ctypes.byref(size)))
        if not size.value:
            return b""
        if size.value > _LARGEST:
            raise PropertyError("!siz")
        buffer = ctypes.create_string_buffer(size.value)
        _check(self._read(asked, size, buffer))
        return buffer.raw[: size.value]

    def text(self, thing: int, selector: str, scope: str = GLOBAL) -> str:
        """See `PropertyLibrary`."""
        reference = ctypes.c_void_p()
        size = ctypes.c_uint32(ctypes.sizeof(reference))
        _check(self._read(_asked(thing, selector, scope, 0), size, ctypes.byref(reference)))
        return self._strings.take(reference.value)

    def write(self, thing: int, selector: str, data: bytes) -> None:
        """See `PropertyLibrary`."""
        if self._write is None:
            raise PropertyError("unop")
        _check(self._write(*_asked(thing, selector, GLOBAL, 0), len(data), data))


def _asked(thing: int, selector: str, scope: str, element: int) -> tuple[Any, ...]:
    address = PropertyAddress(code_number(selector), code_number(scope), element)
    return thing, ctypes.byref(address), 0, None


def _check(status: int) -> None:
    if status:
        raise PropertyError(code_text(status))
