"""Windows' sockets on Linux: a datagram's refusal and one that is too long come as Winsock tells them (winerror.h)."""

from __future__ import annotations

import socket
from typing import Any

ECONNRESET, EMSGSIZE, EACCES, EHOSTUNREACH, ECONNREFUSED, ETIMEDOUT = (
    10054,
    10040,
    10013,
    10065,
    10061,
    10060,
)


def windows_error(number: int) -> OSError:
    """As Windows' Python raises it: the class goes by the meaning, the number is Winsock's."""
    classes = {
        ECONNRESET: ConnectionResetError,
        EACCES: PermissionError,
        ECONNREFUSED: ConnectionRefusedError,
        ETIMEDOUT: TimeoutError,
    }
    return classes.get(number, OSError)(number, f"WinError {number}")


class WindowsSocket(socket.socket):
    """A real one, whose errors are Windows'."""

    def send(self, *arguments: Any) -> int:
        try:
            return super().send(*arguments)
        except ConnectionRefusedError:
            raise windows_error(ECONNRESET) from None

    def recv(self, size: int, flags: int = 0, /) -> bytes:
        try:
            datagram = super().recv(65_536 if self.type == socket.SOCK_DGRAM else size, flags)
        except ConnectionRefusedError:
            raise windows_error(ECONNRESET) from None
        if len(datagram) > size:
            raise windows_error(EMSGSIZE)
        return datagram
