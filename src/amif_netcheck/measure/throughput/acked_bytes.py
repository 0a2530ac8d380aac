"""How many bytes handed to a TCP connection have reached the other side, as far as the system tells."""

from __future__ import annotations

import socket
import struct
import sys

_TCP_INFO_BYTES = 136
_SEND_MSS_AT, _SACKED_AT, _BYTES_ACKED_AT = 16, 28, 120
"""Offsets in Linux's `struct tcp_info` (include/uapi/linux/tcp.h), which only ever grows at its end."""

_SO_NWRITE = 0x1024


def acked_bytes(sock: socket.socket, sent: int) -> int:
    """Of `sent` bytes, those that the other side has confirmed, out of order or not; headers and TLS count too.

    Linux tells exactly. macOS tells what is still unconfirmed. Elsewhere what was handed over counts, which over-reads by
    what waits in this computer. 0 when the connection is closed.
    """
    try:
        if sys.platform == "linux":
            info = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _TCP_INFO_BYTES)
            if len(info) == _TCP_INFO_BYTES:
                return of_tcp_info(info)
        if sys.platform == "darwin":
            return max(0, sent - sock.getsockopt(socket.SOL_SOCKET, _SO_NWRITE))
    except (OSError, ValueError):
        return 0
    return sent


def of_tcp_info(info: bytes) -> int:
    """Bytes acknowledged in order, and the segments beyond a gap that were acknowledged selectively."""
    (mss,) = struct.unpack_from("=I", info, _SEND_MSS_AT)
    (sacked,) = struct.unpack_from("=I", info, _SACKED_AT)
    (acked,) = struct.unpack_from("=Q", info, _BYTES_ACKED_AT)
    return int(acked + sacked * mss)
