"""Objects with properties, as CoreAudio and CoreMediaIO show their devices: four-letter selectors, scopes, elements.

Both frameworks have the same shape (AudioHardwareBase.h, CMIOHardwareObject.h): a number for each object, 1 for the system,
and values as bytes. What calls them is one object, `PropertyLibrary`; `PropertyReader` turns bytes into numbers. Reading
properties opens no device and asks the person for nothing.
"""

from __future__ import annotations

import struct
from typing import Protocol

from amif_netcheck.platforms.text import clean

SYSTEM = 1
"""kAudioObjectSystemObject, kCMIOObjectSystemObject."""
GLOBAL, INPUT, OUTPUT = "glob", "inpt", "outp"

NO_SUCH_PROPERTY = "who?"  # kAudioHardwareUnknownPropertyError
NO_SUCH_OBJECT = ("!obj", "!dev", "!str")  # kAudioHardwareBad…Error: it went away
REFUSALS = ("nope", "!hog", "unop")
"""kAudioHardwareIllegalOperationError, kAudioDevicePermissionsError, kAudioHardwareUnsupportedOperationError."""
_MOST_OBJECTS = 512
_NUMBER, _REAL, _WIDE = struct.Struct("=I"), struct.Struct("=f"), struct.Struct("=d")
_RANGE = struct.Struct("=dd")


class PropertyError(Exception):
    """The framework's answer is an error; `code` is its four letters, or the number where it has none."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class PropertyLibrary(Protocol):
    """What CoreAudio, CoreMediaIO or a recording of them answers.

    All raise `PropertyError`.
    """

    def data(self, thing: int, selector: str, scope: str = GLOBAL, element: int = 0) -> bytes:
        """The bytes of a property, in this computer's byte order."""

    def text(self, thing: int, selector: str, scope: str = GLOBAL) -> str:
        """A property that is a string."""

    def write(self, thing: int, selector: str, data: bytes) -> None:
        """Set a property of the global scope."""


def code_number(code: str) -> int:
    """`dOut` as the number that the frameworks know it by."""
    return int.from_bytes(code.encode("ascii"), "big")


def code_text(number: int) -> str:
    """The other way round; a number that is no four letters stays one."""
    letters = (number & 0xFFFFFFFF).to_bytes(4, "big")
    return letters.decode("ascii") if all(0x20 <= letter < 0x7F for letter in letters) else str(number)  # noqa: PLR2004


class PropertyReader:
    """Values by their types. What an object does not have, or tells in another size, is None."""

    def __init__(self, library: PropertyLibrary) -> None:
        self._library = library

    def number(self, thing: int, selector: str, scope: str = GLOBAL) -> int | None:
        """A UInt32, or a pid_t."""
        value = self._unpacked(_NUMBER, thing, selector, scope)
        return None if value is None else int(value)

    def code(self, thing: int, selector: str, scope: str = GLOBAL) -> str:
        """A UInt32 that is four letters; empty where there is none."""
        number = self.number(thing, selector, scope)
        return "" if not number else code_text(number)

    def real(self, thing: int, selector: str, scope: str = GLOBAL, element: int = 0) -> float | None:
        """A Float32."""
        return self._unpacked(_REAL, thing, selector, scope, element)

    def wide_real(self, thing: int, selector: str, scope: str = GLOBAL) -> float | None:
        """A Float64."""
        return self._unpacked(_WIDE, thing, selector, scope)

    def highest(self, thing: int, selector: str, scope: str, element: int = 0) -> float | None:
        """The upper end of an AudioValueRange: two Float64."""
        data = self._data(thing, selector, scope, element)
        return None if len(data) != _RANGE.size else _RANGE.unpack(data)[1]

    def text(self, thing: int, selector: str) -> str:
        """Empty where there is none."""
        try:
            return clean(self._library.text(thing, selector))
        except PropertyError:
            return ""

    def things(self, thing: int, selector: str, scope: str = GLOBAL) -> tuple[int, ...]:
        """A list of objects; empty where the property is not there."""
        try:
            return self.listed(thing, selector, scope)
        except PropertyError:
            return ()

    def listed(self, thing: int, selector: str, scope: str = GLOBAL) -> tuple[int, ...]:
        """A list of objects.

        Raises:
            PropertyError: there is no such list, or it is kept from us.
        """
        data = self._library.data(thing, selector, scope)
        whole = len(data) // _NUMBER.size * _NUMBER.size
        return tuple(number for (number,) in _NUMBER.iter_unpack(data[:whole]))[:_MOST_OBJECTS]

    def _unpacked(
        self, shape: struct.Struct, thing: int, selector: str, scope: str, element: int = 0
    ) -> float | None:
        data = self._data(thing, selector, scope, element)
        return None if len(data) != shape.size else shape.unpack(data)[0]

    def _data(self, thing: int, selector: str, scope: str, element: int = 0) -> bytes:
        try:
            return self._library.data(thing, selector, scope, element)
        except PropertyError:
            return b""
