"""Established TCP connections with the payload bytes that they carried, of all users (linux/inet_diag.h, linux/tcp.h)."""

from __future__ import annotations

import socket
import struct
import time
from ipaddress import IPv6Address, ip_address
from typing import NamedTuple

from amif_netcheck.platforms.linux.netlink import SOCK_DIAG, NetlinkSocket, TableChangingError, attributes

_BY_FAMILY = 20
_REQUEST = struct.Struct("=BBBxI48x")  # inet_diag_req_v2: family, protocol, extensions, states, any socket
_ANSWER = struct.Struct("=BBBB2s2s16s16sI8x5I")  # inet_diag_msg: ports and addresses in network byte order
_ESTABLISHED = 1 << 1  # linux/tcp_states.h, as a mask
_INFO = 2
_WANT_INFO = 1 << (_INFO - 1)
_BYTES_ACKED = struct.Struct("=120xQQ")  # tcp_info: tcpi_bytes_acked, tcpi_bytes_received
_PATIENCE_S = 3.0


class Endpoints(NamedTuple):
    """Both ends of a connection: what tells it from all others. IPv4-mapped IPv6 addresses are written as IPv4."""

    local: str
    local_port: int
    remote: str
    remote_port: int


class TcpSocket(NamedTuple):
    """An established TCP connection with its payload byte counters; `account` is the user id that owns it."""

    endpoints: Endpoints
    sent: int
    received: int
    account: int = 0


def tcp_sockets() -> list[TcpSocket]:
    """All established TCP connections of this network namespace.

    Raises:
        OSError: netlink is not allowed here, or the table keeps changing.
    """
    with NetlinkSocket(SOCK_DIAG, time.monotonic() + _PATIENCE_S) as kernel:
        answers = [
            answer for family in (socket.AF_INET, socket.AF_INET6) for answer in _dumped(kernel, family)
        ]
    return [parsed for answer in answers if (parsed := parse(answer)) is not None]


def question(family: int) -> tuple[int, bytes]:
    """What to ask the kernel for: the kind of the message, and its content."""
    return _BY_FAMILY, _REQUEST.pack(family, socket.IPPROTO_TCP, _WANT_INFO, _ESTABLISHED)


def _dumped(kernel: NetlinkSocket, family: int) -> list[bytes]:
    try:
        return kernel.dump(*question(family))
    except TableChangingError as error:  # connections come and go: all that were seen have true counters
        return error.partial


def parse(answer: bytes) -> TcpSocket | None:
    """One answer; None when the kernel gave no byte counters (Linux before 4.2)."""
    if len(answer) < _ANSWER.size:
        return None
    family, _state, _timer, _retrans, sport, dport, src, dst, *_, account, _inode = _ANSWER.unpack_from(
        answer
    )
    info = dict(attributes(answer, _ANSWER.size)).get(_INFO, b"")
    if len(info) < _BYTES_ACKED.size:
        return None
    sent, received = _BYTES_ACKED.unpack_from(info)
    size = 4 if family == socket.AF_INET else 16
    endpoints = Endpoints(
        unmapped(src[:size]), int.from_bytes(sport), unmapped(dst[:size]), int.from_bytes(dport)
    )
    return TcpSocket(endpoints, sent, received, account)


def unmapped(written: bytes | str) -> str:
    """An address as text; IPv4 written as IPv4, also when an IPv6 socket carries it."""
    address = ip_address(written.partition("%")[0] if isinstance(written, str) else written)
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return str(mapped or address)
