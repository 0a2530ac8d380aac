"""COM by ctypes: objects are called by the slots of their tables of functions, and given back in the order they came.

Nothing here knows an interface; slots and identifiers stand with what uses them. COM is entered and left by the thread that
uses it (`asked`), which is left behind where a call never returns. On other systems than Windows the same code runs over
tables that a test makes.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, Protocol, Self, TypeVar
from uuid import UUID

from amif_netcheck.children.threads import BackgroundCall
from amif_netcheck.model.facts import Reason, Unavailable
from amif_netcheck.platforms.windows.libraries import function

T = TypeVar("T")

QUERY_INTERFACE, RELEASE = 0, 2
"""The slots of IUnknown; an interface's own begin at 3."""
_LONGEST_TEXT = 32_768
_MULTITHREADED = 0
_POINTER = ctypes.c_void_p
_NUMBERS = {3: (4, True), 11: (2, False), 17: (1, False), 18: (2, False), 19: (4, False), 23: (4, False)}
"""Length and sign by type (wtypes.h): VT_I4, VT_BOOL, VT_UI1, VT_UI2, VT_UI4, VT_UINT."""
_TEXT, _BLOB, _GUID = 31, 65, 72
"""VT_LPWSTR, VT_BLOB, VT_CLSID."""
_EVERYWHERE = 0x17
"""CLSCTX_ALL: in this process, in another one, or on a server that the system knows."""

_NOT_PERMITTED = frozenset({0x80070005, 0x80070013})
_UNSUPPORTED = frozenset({0x80004001, 0x80004002, 0x80040154, 0x80040155, 0x80070032})
"""E_NOTIMPL, E_NOINTERFACE, REGDB_E_CLASSNOTREG, REGDB_E_IIDNOTREG, ERROR_NOT_SUPPORTED."""
_NOT_PRESENT = frozenset({0x80070490, 0x88890004, 0x88890010, 0x800706BA, 0x80070422, 0x80080005})
"""ERROR_NOT_FOUND, AUDCLNT_E_DEVICE_INVALIDATED, AUDCLNT_E_SERVICE_NOT_RUNNING, RPC_S_SERVER_UNAVAILABLE,
ERROR_SERVICE_DISABLED, CO_E_SERVER_EXEC_FAILURE."""


_TIMEOUT = frozenset({0x800705B4, 0x8001011F})
"""ERROR_TIMEOUT, RPC_E_TIMEOUT."""


class ComError(Exception):
    """A call failed: `code` is its HRESULT, unsigned."""

    def __init__(self, code: int) -> None:
        super().__init__(f"HRESULT {code & 0xFFFFFFFF:08X}")
        self.code = code & 0xFFFFFFFF

    @property
    def unavailable(self) -> Unavailable:
        """The same as the absence of a fact: what is refused, what is not built in and what is not there are told apart."""
        for reason, codes in (
            (Reason.NOT_PERMITTED, _NOT_PERMITTED),
            (Reason.UNSUPPORTED, _UNSUPPORTED),
            (Reason.NOT_PRESENT, _NOT_PRESENT),
            (Reason.TIMEOUT, _TIMEOUT),
        ):
            if self.code in codes:
                return Unavailable(reason=reason, detail=str(self))
        return Unavailable(reason=Reason.ERROR, detail=str(self))


class Guid(ctypes.Structure):
    """A GUID as it lies in memory (16 bytes)."""

    _fields_ = (("data", ctypes.c_uint8 * 16),)

    @classmethod
    def of(cls, text: str) -> Self:
        """From `a45c254e-df1c-4efd-8020-67d146a850e0`, with braces or without."""
        return cls.from_buffer_copy(UUID(text).bytes_le)


class ComLibrary(Protocol):
    """What COM itself does for us (ole32): one object, so that a test can take its place."""

    def enter(self) -> None:
        """Begin to use COM in this thread. Raises ComError, or OSError where the system has none."""

    def leave(self) -> None:
        """End it."""

    def create(self, class_id: Guid, interface: Guid) -> int:
        """The address of a new object's interface. Raises ComError."""

    def free(self, address: int) -> None:
        """Give back memory that a call handed out (CoTaskMemFree)."""

    def clear(self, variant: PropVariant) -> None:
        """Give back what a PROPVARIANT points to."""


class PropVariant(ctypes.Structure):
    """PROPVARIANT: its type, then 16 bytes that the type explains."""

    _fields_ = (
        ("kind", ctypes.c_uint16),
        ("reserved", ctypes.c_uint16 * 3),
        ("value", ctypes.c_uint8 * 16),
    )


class ComObject:
    """An interface of an object. Held until the `with` block around it ends."""

    def __init__(self, address: int, library: ComLibrary) -> None:
        self.address = address
        self.library = library

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def release(self) -> None:
        """Give it back, once."""
        address, self.address = self.address, 0
        if address:
            _method(address, RELEASE, ctypes.c_uint32)(address)

    def call(self, slot: int, *arguments: Any) -> int:
        """The HRESULT of a call that did not fail; arguments are ctypes values, `byref` for what is written to.

        Raises:
            ComError: it failed.
        """
        types = tuple(
            type(argument) if isinstance(argument, ctypes._SimpleCData) else ctypes.c_void_p  # noqa: SLF001
            for argument in arguments
        )
        code = int(_method(self.address, slot, ctypes.c_int32, *types)(self.address, *arguments))
        if code < 0:
            raise ComError(code)
        return code

    def number(self, slot: int, kind: Any, *arguments: Any) -> Any:
        """What a call writes to its last argument, a number of this kind."""
        result = kind()
        self.call(slot, *arguments, ctypes.byref(result))
        return result.value

    def text(self, slot: int) -> str:
        """What a call hands out as its only argument, a text that is ours to free."""
        address = self.number(slot, ctypes.c_void_p)
        if not address:
            return ""
        try:
            return wide_text(address)
        finally:
            self.library.free(address)

    def get(self, slot: int, *arguments: Any) -> ComObject:
        """What a call hands out as its last argument, an object."""
        address = self.number(slot, ctypes.c_void_p, *arguments)
        if not address:
            raise ComError(0x80004003)  # E_POINTER
        return ComObject(address, self.library)

    def query(self, interface: Guid) -> ComObject:
        """Another interface of the same object."""
        return self.get(QUERY_INTERFACE, ctypes.byref(interface))


@cache
def _prototype(result: Any, *types: Any) -> Any:
    """COM's own calling convention on 32 bits; elsewhere there is but one."""
    return getattr(ctypes, "WINFUNCTYPE", ctypes.CFUNCTYPE)(result, ctypes.c_void_p, *types)


def _method(address: int, slot: int, result: Any, *types: Any) -> Any:
    if not address:
        raise ComError(0x80004003)
    table = ctypes.c_void_p.from_address(address).value or 0
    size = ctypes.sizeof(ctypes.c_void_p)
    return _prototype(result, *types)(ctypes.c_void_p.from_address(table + slot * size).value)


def wide_text(address: int) -> str:
    """The text of 16-bit units up to a zero at this address; what is no UTF-16 becomes the replacement character."""
    units = bytearray()
    while len(units) < 2 * _LONGEST_TEXT:
        unit = ctypes.string_at(address + len(units), 2)
        if unit == b"\0\0":
            break
        units += unit
    return units.decode("utf-16-le", "replace")


def variant_value(variant: PropVariant) -> str | int | bytes | None:
    """What a PROPVARIANT holds: a text, a number, a GUID as text, or a block of bytes; None for all else."""
    data, size = bytes(variant.value), ctypes.sizeof(ctypes.c_void_p)
    if variant.kind in _NUMBERS:
        length, signed = _NUMBERS[variant.kind]
        return int.from_bytes(data[:length], "little", signed=signed)
    if variant.kind == _BLOB:
        address = int.from_bytes(data[size : 2 * size], "little")
        length = min(int.from_bytes(data[:4], "little"), _LONGEST_TEXT)
        return ctypes.string_at(address, length) if address else None
    address = int.from_bytes(data[:size], "little")
    if variant.kind == _TEXT and address:
        return wide_text(address)
    if variant.kind == _GUID and address:
        return str(UUID(bytes_le=ctypes.string_at(address, 16)))
    return None


@contextmanager
def created(library: ComLibrary, class_id: Guid, interface: Guid) -> Iterator[ComObject]:
    """A new object, held for the block. Raises ComError."""
    with ComObject(library.create(class_id, interface), library) as made:
        yield made


def asked(library: ComLibrary, work: Callable[[], T | Unavailable], until: float) -> T | Unavailable:
    """What `work` returns, in a thread of its own that has entered COM, by `until` (`time.monotonic`)."""

    def run() -> T | Unavailable:
        try:
            library.enter()
        except ComError as error:
            return error.unavailable
        except OSError as error:
            return Unavailable(reason=Reason.UNSUPPORTED, detail=str(error))
        try:
            return work()
        except ComError as error:
            return error.unavailable
        finally:
            library.leave()

    return BackgroundCall(run).result(until)


class Ole32:
    """See `ComLibrary`."""

    def enter(self) -> None:
        """See `ComLibrary`."""
        checked(_ole32("CoInitializeEx", _POINTER, ctypes.c_uint32)(None, _MULTITHREADED))

    def leave(self) -> None:
        """See `ComLibrary`."""
        _ole32("CoUninitialize")()

    def create(self, class_id: Guid, interface: Guid) -> int:
        """See `ComLibrary`."""
        made, by = ctypes.c_void_p(), ctypes.byref
        create = _ole32("CoCreateInstance", _POINTER, _POINTER, ctypes.c_uint32, _POINTER, _POINTER)
        checked(create(by(class_id), None, _EVERYWHERE, by(interface), by(made)))
        return made.value or 0

    def free(self, address: int) -> None:
        """See `ComLibrary`."""
        _ole32("CoTaskMemFree", _POINTER)(address)

    def clear(self, variant: PropVariant) -> None:
        """See `ComLibrary`."""
        _ole32("PropVariantClear", _POINTER)(ctypes.byref(variant))


def checked(code: int) -> None:
    """Raises ComError for an HRESULT that failed."""
    if code < 0:
        raise ComError(code)


def _ole32(name: str, *types: Any) -> Callable[..., int]:
    return function("ole32", name, *types, result=ctypes.c_int32)
