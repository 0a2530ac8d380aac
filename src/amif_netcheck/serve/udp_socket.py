"""A UDP socket whose answers leave from the very address that was asked, on machines that have several."""

from __future__ import annotations

import select
import socket
import sys
from typing import Any, NamedTuple

_IP_PKTINFO = 8  # <linux/in.h>; Python's `socket` has it since 3.14 only
_INFO_BYTES = 20  # struct in6_pktinfo; struct in_pktinfo is shorter
_EVERYWHERE = {"::", "0.0.0.0"}  # noqa: S104 - compared with


class Peer(NamedTuple):
    """Who sent a datagram, and to which of our addresses (ancillary data of the socket; empty where it is known)."""

    address: tuple[Any, ...]
    asked: tuple[tuple[int, int, bytes], ...] = ()


class SourceAwareUdpSocket:
    """Receives and sends datagrams; sending is for any thread.

    Where the system can't tell which address was asked (not Linux), the answer leaves from the one the routes choose.
    """

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        sock.settimeout(0)
        self._tells_address = sys.platform == "linux" and sock.getsockname()[0] in _EVERYWHERE
        if self._tells_address and sock.family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
        elif self._tells_address:
            sock.setsockopt(socket.IPPROTO_IP, _IP_PKTINFO, 1)

    @property
    def closed(self) -> bool:
        """Is it over?"""
        return self._sock.fileno() < 0

    def receive(self, most: int, patience_s: float | None) -> tuple[bytes, Peer] | None:
        """The next datagram, cut at `most` bytes; None when none came in time.

        Raises:
            OSError: closed, or (on Windows) an earlier answer found nobody.
        """
        try:
            return self._take(most)
        except BlockingIOError:
            select.select([self._sock], [], [], patience_s)
        try:
            return self._take(most)
        except BlockingIOError:
            return None

    def _take(self, most: int) -> tuple[bytes, Peer]:
        if not self._tells_address:
            data, address = self._sock.recvfrom(most)
            return data, Peer(address)
        data, ancillary, _flags, address = self._sock.recvmsg(most, socket.CMSG_SPACE(_INFO_BYTES))
        return data, Peer(address, tuple(_any_interface(*info) for info in ancillary))

    def send(self, data: bytes, peer: Peer) -> None:
        """Send one datagram.

        Raises:
            OSError: it could not be sent.
        """
        if peer.asked:
            self._sock.sendmsg([data], peer.asked, 0, peer.address)
        else:
            self._sock.sendto(data, peer.address)


def _any_interface(level: int, kind: int, info: bytes) -> tuple[int, int, bytes]:
    """The address that was asked without the interface: the answer may take another way back."""
    if level == socket.IPPROTO_IPV6:
        return level, kind, info[:16] + bytes(4)
    return level, kind, bytes(4) + info[4:8] + bytes(4)
