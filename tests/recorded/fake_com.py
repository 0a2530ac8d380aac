"""A COM of the test's own: objects with tables of functions as a compiler lays them out, on any system.

What is handed out is counted, and every text and variant has to be given back.
"""

from __future__ import annotations

import ctypes
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from amif_netcheck.platforms.windows.com import ComError, Guid, PropVariant

E_NOTIMPL, E_NOINTERFACE, E_ACCESSDENIED, E_NOTFOUND = -0x7FFFBFFF, -0x7FFFBFFE, -0x7FF8FFFB, -0x7FF8FB70
POINTER, U32, I32, FLOAT = ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int32, ctypes.c_float

Method = tuple[tuple[Any, ...], Callable[..., int]]
"""Types of the arguments after `this`, and what is done with them."""


@dataclass
class FakeCom:
    """See `ComLibrary`, `MediaLibrary`."""

    classes: dict[str, FakeObject] = field(default_factory=dict)
    names: dict[str, FakeObject] = field(default_factory=dict)
    references: int = 0
    texts: dict[int, Any] = field(default_factory=dict)
    strings: dict[int, str] = field(default_factory=dict)
    inside: set[int] = field(default_factory=set)
    cleared: int = 0
    read: int = 0
    enter_error: Exception | None = None
    kept: list[Any] = field(default_factory=list)

    def enter(self) -> None:
        if self.enter_error is not None:
            raise self.enter_error
        self.inside.add(threading.get_ident())

    def leave(self) -> None:
        self.inside.remove(threading.get_ident())

    def create(self, class_id: Guid, interface: Guid) -> int:
        return self._made(self.classes.get(_text(bytes(class_id))), interface)

    def factory(self, name: str, interface: Guid) -> int:
        return self._made(self.names.get(name), interface)

    def item(self, path: str, interface: Guid) -> int:
        return self._made(self.names.get(path), interface)

    def _made(self, found: FakeObject | None, interface: Guid) -> int:
        assert threading.get_ident() in self.inside, "COM is used by a thread that has not entered it"
        if found is None:
            raise ComError(0x80040154)
        assert len(bytes(interface)) == 16
        return found.handed_out()

    def free(self, address: int) -> None:
        del self.texts[address]

    def string(self, handle: int) -> str:
        return self.strings.pop(handle)

    def clear(self, variant: PropVariant) -> None:
        self.cleared += bool(variant.kind)

    def text(self, value: str) -> int:
        """A text for a caller to free."""
        room = ctypes.create_string_buffer(value.encode("utf-16-le") + b"\0\0")
        self.texts[ctypes.addressof(room)] = room
        return ctypes.addressof(room)

    def block(self, value: bytes) -> int:
        """Bytes that stay where they are."""
        room = ctypes.create_string_buffer(value, len(value))
        self.kept.append(room)
        return ctypes.addressof(room)

    def is_given_back(self) -> bool:
        return not (self.references or self.texts or self.strings or self.inside or self.read - self.cleared)


class FakeObject:
    """An object whose other interfaces are `faces`, by identifier."""

    def __init__(
        self, com: FakeCom, slots: dict[int, Method], faces: dict[str, FakeObject] | None = None
    ) -> None:
        self.com, self.faces = com, faces or {}
        methods: dict[int, Method] = {
            0: ((POINTER, POINTER), self._query),
            1: ((), lambda: 1),
            2: ((), self._release),
            **slots,
        }
        self._functions = [
            self._function(*methods.get(slot, ((), lambda: E_NOTIMPL))) for slot in range(max(methods) + 1)
        ]
        self._table = (POINTER * len(self._functions))(
            *(ctypes.cast(function, POINTER) for function in self._functions)
        )
        self._object = POINTER(ctypes.addressof(self._table))
        com.kept.append(self)

    def handed_out(self) -> int:
        self.com.references += 1
        return ctypes.addressof(self._object)

    @staticmethod
    def _function(types: tuple[Any, ...], body: Callable[..., int]) -> Any:
        convention = getattr(ctypes, "WINFUNCTYPE", ctypes.CFUNCTYPE)
        return convention(I32, POINTER, *types)(lambda _this, *arguments: body(*arguments))

    def _query(self, interface: int, result: int) -> int:
        face = self.faces.get(_text(ctypes.string_at(interface, 16)))
        if face is None:
            return E_NOINTERFACE
        write(result, POINTER, face.handed_out())
        return 0

    def _release(self) -> int:
        self.com.references -= 1
        return 0


def write(address: int, kind: Any, value: Any) -> None:
    kind.from_address(address).value = value


def gives(kind: Any, value: Any, *types: Any) -> Method:
    """Writes a number to its last argument; `value` may be a function of the arguments before it, or fail with an HRESULT."""

    def body(*arguments: Any) -> int:
        found = value(*arguments[:-1]) if callable(value) else value
        write(arguments[-1], kind, found)
        return 0

    return (*types, POINTER), body


def fails(code: int, *types: Any) -> Method:
    return types, lambda *_: code


def object_by(find: Callable[..., FakeObject | None], *types: Any, missing: int = E_NOTFOUND) -> Method:
    """Hands out an object by its last argument."""

    def body(*arguments: Any) -> int:
        found = find(*arguments[:-1])
        if found is None:
            return missing
        write(arguments[-1], POINTER, found.handed_out())
        return 0

    return (*types, POINTER), body


def text_of(com: FakeCom, value: str) -> Method:
    return gives(POINTER, lambda: com.text(value))


def put_variant(com: FakeCom, address: int, value: object) -> None:
    """A PROPVARIANT with a text, a number, a GUID or a block of bytes, as its type has it."""
    variant = PropVariant.from_address(address)
    com.read += 1
    match value:
        case UUID():
            content = struct.pack("<Q8x", com.block(value.bytes_le))
            variant.kind = 72
        case str():
            content = struct.pack("<Q8x", com.block(value.encode("utf-16-le") + b"\0\0"))
            variant.kind = 31
        case bytes():
            content = struct.pack("<I4xQ", len(value), com.block(value))
            variant.kind = 65
        case int():
            content = struct.pack("<I12x", value)
            variant.kind = 19
        case _:
            raise TypeError(value)
    ctypes.memmove(variant.value, content, 16)


def _text(guid: bytes) -> str:
    return str(UUID(bytes_le=guid))
