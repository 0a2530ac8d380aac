"""What is asked of macOS's kernel itself: its tables by sysctl(3), one route by a routing socket. Bytes in, bytes out.

None of it needs rights: route(4) lets everybody look routes up.
"""

from __future__ import annotations

import ctypes
import errno
import os
import socket
import sys
import threading
import time
from collections.abc import Callable
from typing import Any, Protocol

from amif_netcheck.platforms.answers import Address
from amif_netcheck.platforms.macos import route_messages

# sys/sysctl.h, sys/socket.h and net/if_mib.h of Darwin
_NET, _ROUTE, _LINK_LAYER = 4, 17, 18
_ALL_ROUTES, _ROUTES_WITH_FLAGS = 7, 2  # NET_RT_DUMP2, NET_RT_FLAGS
_GENERIC, _INTERFACE_DATA, _GENERAL = 0, 2, 1  # NETLINK_GENERIC, IFMIB_IFDATA, IFDATA_GENERAL
_INET = 2
_TRIES = 4
"""A table may grow between being measured and being read."""
_SPARE = 1.25
_LARGEST = 64 * 1024 * 1024
_PATIENCE_S = 1.0
_LONGEST_MESSAGE = 2048


class NetworkKernel(Protocol):
    """Who is asked; recordings in tests.

    Everything raises OSError where the system refuses or has no such thing.
    """

    def interface_names(self) -> dict[int, str]:
        """By index."""

    def routes(self) -> bytes:
        """The routing tables of both families (NET_RT_DUMP2)."""

    def neighbours(self) -> bytes:
        """The IPv4 routes to neighbours, with their hardware addresses (NET_RT_FLAGS, RTF_LLINFO)."""

    def interface_data(self, index: int) -> bytes:
        """`ifmibdata` of an interface: its counters in 64 bits."""

    def route_to(self, address: Address) -> bytes:
        """The answer to RTM_GET: the route that packets of an ordinary socket to `address` take.

        Raises:
            OSError: ESRCH when there is none.
        """

    def value(self, name: str) -> bytes:
        """A value of sysctl(8), such as `hw.model`."""


class DarwinNetworkKernel:
    """See `NetworkKernel`."""

    def __init__(self) -> None:
        self._sequence = 0
        self._lock = threading.Lock()

    def interface_names(self) -> dict[int, str]:
        """See `NetworkKernel`."""
        return dict(socket.if_nameindex())

    def routes(self) -> bytes:
        """See `NetworkKernel`."""
        return self._sysctl(_NET, _ROUTE, 0, 0, _ALL_ROUTES, 0)

    def neighbours(self) -> bytes:
        """See `NetworkKernel`."""
        return self._sysctl(_NET, _ROUTE, 0, _INET, _ROUTES_WITH_FLAGS, route_messages.LINK_LAYER)

    def interface_data(self, index: int) -> bytes:
        """See `NetworkKernel`."""
        return self._sysctl(_NET, _LINK_LAYER, _GENERIC, _INTERFACE_DATA, index, _GENERAL)

    def route_to(self, address: Address) -> bytes:
        """See `NetworkKernel`."""
        with self._lock:
            self._sequence += 1
            sequence = self._sequence
        _only_here()
        with socket.socket(_ROUTE, socket.SOCK_RAW, 0) as sock:
            return ask(sock, address, sequence)

    def value(self, name: str) -> bytes:
        """See `NetworkKernel`."""
        call = _function("sysctlbyname", ctypes.c_char_p)
        return read(lambda old, size: call(name.encode(), old, size, None, 0))

    def _sysctl(self, *name: int) -> bytes:
        call = _function("sysctl", ctypes.POINTER(ctypes.c_int), ctypes.c_uint)
        numbers = (ctypes.c_int * len(name))(*name)
        return read(lambda old, size: call(numbers, len(name), old, size, None, 0))


def ask(sock: socket.socket, address: Address, sequence: int) -> bytes:
    """The answer to one question on a routing socket, where changes of routes are told to everybody, too.

    Raises:
        OSError: the kernel's own (ESRCH: there is no route), or no answer in time.
    """
    until = time.monotonic() + _PATIENCE_S
    sock.settimeout(_PATIENCE_S)
    sock.send(route_messages.question(address, os.getpid(), sequence))
    while (left := until - time.monotonic()) > 0:
        sock.settimeout(left)
        message = sock.recv(_LONGEST_MESSAGE)
        answer = route_messages.answer(message)
        if answer is not None and (answer.pid, answer.sequence) == (os.getpid(), sequence):
            if answer.error:
                raise OSError(answer.error, os.strerror(answer.error))
            return message
    raise TimeoutError(errno.ETIMEDOUT, "no answer from the routing socket")


def _function(name: str, *named_by: type) -> Any:
    """sysctl(3) or sysctlbyname(3), which begin with the name of what is asked."""
    _only_here()
    function = getattr(ctypes.CDLL(None, use_errno=True), name)
    size = ctypes.POINTER(ctypes.c_size_t)
    function.argtypes = (*named_by, ctypes.c_void_p, size, ctypes.c_void_p, ctypes.c_size_t)
    function.restype = ctypes.c_int
    return function


def _only_here() -> None:
    """Elsewhere the same numbers mean other things."""
    if sys.platform != "darwin":
        raise OSError(errno.ENOSYS, "not macOS")


def read(call: Callable[[Any, Any], int]) -> bytes:
    """What a call gives; it is told where to put it, and how much there is room for.

    Raises:
        OSError: the call's own, or what it gives never fits.
    """
    for _ in range(_TRIES):
        size = ctypes.c_size_t(0)
        _check(call(None, ctypes.byref(size)))
        room = int(size.value * _SPARE)
        if room > _LARGEST:
            raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
        buffer = ctypes.create_string_buffer(max(room, 1))
        size = ctypes.c_size_t(len(buffer))
        try:
            _check(call(buffer, ctypes.byref(size)))
        except OSError as error:
            if error.errno != errno.ENOMEM:
                raise
            continue
        return buffer.raw[: size.value]
    raise OSError(errno.ENOMEM, os.strerror(errno.ENOMEM))


def _check(result: int) -> None:
    if result != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
