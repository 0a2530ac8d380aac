"""What macOS says of one TCP connection of ours (tcp(4), TCP_CONNECTION_INFO)."""

from __future__ import annotations

import errno
import socket
import struct

from amif_netcheck.model.facts import Reason, Unavailable

_TCP_CONNECTION_INFO = 0x106
_BYTES = 112
_UNACKNOWLEDGED_AT = 32
"""Offset of `tcpi_snd_sbbytes` in `struct tcp_connection_info` (netinet/tcp.h): bytes not sent, or sent and not confirmed."""
_RESENT_AT = 72
"""Of `tcpi_txretransmitbytes`."""
_UNKNOWN = {errno.ENOPROTOOPT, errno.EOPNOTSUPP}


def acked_bytes(sock: socket.socket, sent: int) -> int | Unavailable:
    """See `Platform.acked_bytes`."""
    if sock.fileno() < 0:
        return 0
    try:
        info = sock.getsockopt(socket.IPPROTO_TCP, _TCP_CONNECTION_INFO, _BYTES)
    except (OSError, ValueError) as error:
        if isinstance(error, OSError) and error.errno in _UNKNOWN:
            return Unavailable(reason=Reason.UNSUPPORTED, detail=f"TCP_CONNECTION_INFO: {error}")
        return 0
    return parse(info, sent)


def parse(info: bytes, sent: int) -> int | Unavailable:
    """Of `sent` bytes, those that the connection does not hold any more."""
    if len(info) < _UNACKNOWLEDGED_AT + 4:
        return Unavailable(reason=Reason.UNSUPPORTED, detail="this macOS does not count acknowledged bytes")
    (held,) = struct.unpack_from("=I", info, _UNACKNOWLEDGED_AT)
    return max(0, sent - int(held))


def resent_bytes(sock: socket.socket) -> int | Unavailable:
    """See `Platform.resent_bytes`."""
    try:
        info = sock.getsockopt(socket.IPPROTO_TCP, _TCP_CONNECTION_INFO, _BYTES)
    except OSError as error:
        reason = Reason.UNSUPPORTED if error.errno in _UNKNOWN else Reason.ERROR
        return Unavailable(reason=reason, detail=f"TCP_CONNECTION_INFO: {error}")
    return parse_resent(info)


def parse_resent(info: bytes) -> int | Unavailable:
    """`tcpi_txretransmitbytes`."""
    if len(info) < _BYTES:
        return Unavailable(reason=Reason.UNSUPPORTED, detail="this macOS does not count what it sends again")
    (again,) = struct.unpack_from("=Q", info, _RESENT_AT)
    return int(again)
