"""What we ourselves send and receive, so that it can be taken out of what the computer does."""

from __future__ import annotations

import contextlib
import socket
import struct
import sys
import threading

LINK_AND_IPV4 = 14 + 20
LINK_AND_IPV6 = 14 + 40
UDP_HEADER = 8


class Ledger:
    """Bytes on the wire of our own probes so far; safe to use from several threads. Loopback is left out."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sent = 0
        self._received = 0

    def add(self, *, sent: int = 0, received: int = 0) -> None:
        """Note bytes that just left or arrived."""
        with self._lock:
            self._sent += sent
            self._received += received

    def read(self) -> tuple[int, int]:
        """(sent, received) so far."""
        with self._lock:
            return self._sent, self._received


class Meter:
    """Notes in a ledger what goes over one connected datagram socket, with the headers around it.

    With `echoes`, it carries ICMP messages. Where the system has no such sockets, it is one end of a pair on loopback, and
    somebody sends at the other (`Platform.echo_socket`): what goes over it counts all the same.
    """

    def __init__(self, ledger: Ledger, sock: socket.socket, *, echoes: bool = False) -> None:
        self._ledger = ledger
        is_udp = sock.proto in {0, socket.IPPROTO_UDP}
        self._overhead = (LINK_AND_IPV6 if sock.family == socket.AF_INET6 else LINK_AND_IPV4) + (
            UDP_HEADER if is_udp and not echoes else 0
        )
        self._counted = not _is_loopback(sock) or (is_udp and echoes)

    def sent(self, payload: int) -> None:
        """A datagram of so many bytes has left."""
        if self._counted:
            self._ledger.add(sent=payload + self._overhead)

    def received(self, payload: int) -> None:
        """A datagram of so many bytes has arrived."""
        if self._counted:
            self._ledger.add(received=payload + self._overhead)


_TCP_INFO_BYTES = struct.Struct("=120x2Q")
"""linux/tcp.h, `struct tcp_info`: tcpi_bytes_acked and tcpi_bytes_received."""


def note_connection(ledger: Ledger, sock: socket.socket) -> None:
    """Note the payload that a TCP connection has moved so far; where the system can't tell, nothing."""
    if sys.platform != "linux":
        return
    with contextlib.suppress(OSError, struct.error):
        if not _is_loopback(sock):
            info = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _TCP_INFO_BYTES.size)
            sent, received = _TCP_INFO_BYTES.unpack(info)
            ledger.add(sent=sent, received=received)


def _is_loopback(sock: socket.socket) -> bool:
    local = sock.getsockname()[0]
    return bool(local == "::1" or local.startswith("127."))
