"""The few calls of libSystem that are needed, by ctypes: `MacKernel` is the object that tests replace."""

from __future__ import annotations

import ctypes
import struct
from contextlib import suppress
from functools import cached_property
from typing import Any, Protocol

_LIBRARY = "/usr/lib/libSystem.B.dylib"
_VM_INFO64 = 4  # HOST_VM_INFO64 of mach/host_info.h
_VM_WORDS = 38  # HOST_VM_INFO64_REV1_COUNT: what every system since 10.9 tells
_VM_STATISTICS = struct.Struct("=4I9Q2I4Q4IQ")
"""struct vm_statistics64 of mach/vm_statistics.h, as far as that count goes."""
_SWAPPED_IN = 17
"""`swapins`, among those fields: pages that came back from the disk. (`pageins` counts pages of files too.)"""


class MacKernel(Protocol):
    """What the kernel and libSystem are asked. Numbers are 0 and bytes empty where there is no answer."""

    def vm_statistics(self) -> bytes:
        """What HOST_VM_INFO64 gives: struct vm_statistics64."""

    def page_size(self) -> int:
        """Bytes of a page, as those statistics count them."""

    def responsible(self, pid: int) -> int:
        """The process that the system holds responsible for another: the application that a service works for."""


class LibSystem:
    """See `MacKernel`. `open_library` opens libSystem, which other systems do not have."""

    def __init__(self, open_library: Any = ctypes.CDLL) -> None:
        self._open = open_library

    @cached_property
    def _library(self) -> Any:
        with suppress(OSError):
            return self._open(_LIBRARY)
        return None

    def vm_statistics(self) -> bytes:
        """See `MacKernel`."""
        if self._library is None:
            return b""
        answer = ctypes.create_string_buffer(_VM_WORDS * 4)
        words = ctypes.c_uint32(_VM_WORDS)
        ask, host = self._library.host_statistics64, self._library.mach_host_self
        host.restype, host.argtypes = ctypes.c_uint32, ()
        ask.restype = ctypes.c_int32
        ask.argtypes = (ctypes.c_uint32, ctypes.c_int32, ctypes.c_void_p, ctypes.c_void_p)
        failed = ask(host(), _VM_INFO64, answer, ctypes.byref(words))
        return b"" if failed else answer.raw[: words.value * 4]

    def page_size(self) -> int:
        """See `MacKernel`."""
        if self._library is None:
            return 0
        size = self._library.getpagesize
        size.restype, size.argtypes = ctypes.c_int32, ()
        return int(size())

    def responsible(self, pid: int) -> int:
        """See `MacKernel`. The function is in no header; where a system has it no longer, nobody is responsible."""
        function = getattr(self._library, "responsibility_get_pid_responsible_for_pid", None)
        if function is None:
            return 0
        function.restype, function.argtypes = ctypes.c_int32, (ctypes.c_int32,)
        return max(0, int(function(pid)))


def swapped_in_pages(statistics: bytes) -> int | None:
    """The pages that came back from the disk since the start; None where the answer is too short."""
    if len(statistics) < _VM_STATISTICS.size:
        return None
    return int(_VM_STATISTICS.unpack_from(statistics)[_SWAPPED_IN])
