"""What Windows' sockets can be told and asked beyond Python's `socket` (WSAIoctl). Elsewhere all of it is refused."""

from __future__ import annotations

import contextlib
import errno
import functools
import socket
import struct
import sys
from typing import Any, Protocol

_SIO_UDP_CONNRESET, _SIO_UDP_NETRESET = 0x9800000C, 0x9800000F
_SIO_TCP_INITIAL_RTO = 0x98000011
"""mstcpip.h: _WSAIOW(IOC_VENDOR, 12), 15 and 17."""
_SYSTEM_FOLDER_ALONE = 0x800  # libloaderapi.h, LOAD_LIBRARY_SEARCH_SYSTEM32
_FALSE = bytes(4)
_INITIAL_RTO = struct.Struct("<HBx")
"""mstcpip.h, TCP_INITIAL_RTO_PARAMETERS: the first timeout in ms, and how often a SYN is sent again."""
_UNSPECIFIED_RTT, _NO_SYN_RETRANSMISSIONS = 0xFFFF, 0xFE


class Control(Protocol):
    """WSAIoctl."""

    def __call__(self, sock: socket.socket, code: int, request: bytes, room: int = 0) -> bytes:
        """What the system answers to a control `code` with this input, at most `room` bytes.

        Raises:
            OSError: it does not know it, or this is not Windows.
        """


if sys.platform == "win32":

    def control(sock: socket.socket, code: int, request: bytes, room: int = 0) -> bytes:
        """See `Control`."""
        import ctypes  # noqa: PLC0415 - nobody else needs it to start

        answer = ctypes.create_string_buffer(room)
        length = ctypes.c_ulong()
        failed = _ws2_32().WSAIoctl(
            ctypes.c_size_t(sock.fileno()),
            ctypes.c_ulong(code),
            request,
            ctypes.c_ulong(len(request)),
            answer if room else None,
            ctypes.c_ulong(room),
            ctypes.byref(length),
            None,
            None,
        )
        if failed:
            raise ctypes.WinError(ctypes.get_last_error())
        return answer.raw[: length.value]

    @functools.cache
    def _ws2_32() -> Any:
        import ctypes  # noqa: PLC0415 - see above

        return ctypes.WinDLL("ws2_32", use_last_error=True, winmode=_SYSTEM_FOLDER_ALONE)

else:

    def control(sock: socket.socket, code: int, request: bytes, room: int = 0) -> bytes:
        """See `Control`."""
        del sock, code, request, room
        raise OSError(errno.EOPNOTSUPP, "not Windows")


def ignore_refusals(sock: socket.socket, ask: Control = control) -> None:
    """A datagram socket that serves many is to receive on, whatever became of an answer to one of them."""
    for code in (_SIO_UDP_CONNRESET, _SIO_UDP_NETRESET):
        with contextlib.suppress(OSError):
            ask(sock, code, _FALSE)


def connect_once(sock: socket.socket, ask: Control = control) -> None:
    """Ask for a connection once: Windows asks three times, over 2 s, where the other side refuses."""
    with contextlib.suppress(OSError):
        ask(sock, _SIO_TCP_INITIAL_RTO, _INITIAL_RTO.pack(_UNSPECIFIED_RTT, _NO_SYN_RETRANSMISSIONS))


def bind_alone(sock: socket.socket) -> None:
    """Before it is bound: nobody else gets this address and port, as is usual on other systems."""
    if sys.platform == "win32":
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)


def linger(seconds: int, system: str = sys.platform) -> bytes:
    """SO_LINGER's value: how long closing waits; with 0 it resets the connection. Winsock's has two shorts."""
    return struct.pack("=HH" if system == "win32" else "=ii", 1, seconds)
