"""What Linux says of one TCP connection of ours (tcp(7), TCP_INFO)."""

from __future__ import annotations

import socket
import struct
import sys

from amif_netcheck.model.facts import Reason, Unavailable

_BYTES, _BYTES_WITH_RESENT = 136, 216
_SEND_MSS_AT, _SACKED_AT, _BYTES_ACKED_AT, _RESENT_AT = 16, 28, 120, 208
"""Offsets in `struct tcp_info` (include/uapi/linux/tcp.h), which only ever grows at its end."""


def acked_bytes(sock: socket.socket, sent: int) -> int | Unavailable:
    """See `Platform.acked_bytes`; exact from Linux 4.2 on."""
    del sent
    if sys.platform != "linux":
        return Unavailable(reason=Reason.UNSUPPORTED)
    try:
        info = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _BYTES)
    except (OSError, ValueError):
        return 0
    return parse(info)


def parse(info: bytes) -> int | Unavailable:
    """Bytes acknowledged in order, and the segments beyond a gap that were acknowledged selectively."""
    if len(info) < _BYTES:
        return Unavailable(reason=Reason.UNSUPPORTED, detail="this kernel does not count acknowledged bytes")
    (mss,) = struct.unpack_from("=I", info, _SEND_MSS_AT)
    (sacked,) = struct.unpack_from("=I", info, _SACKED_AT)
    (acked,) = struct.unpack_from("=Q", info, _BYTES_ACKED_AT)
    return int(acked + sacked * mss)


def resent_bytes(sock: socket.socket) -> int | Unavailable:
    """See `Platform.resent_bytes`; from Linux 4.19 on."""
    if sys.platform != "linux":
        return Unavailable(reason=Reason.UNSUPPORTED)
    try:
        info = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _BYTES_WITH_RESENT)
    except OSError as error:
        return Unavailable(reason=Reason.ERROR, detail=str(error))
    return parse_resent(info)


def parse_resent(info: bytes) -> int | Unavailable:
    """`tcpi_bytes_retrans`."""
    if len(info) < _BYTES_WITH_RESENT:
        return Unavailable(reason=Reason.UNSUPPORTED, detail="this kernel does not count what it sends again")
    (again,) = struct.unpack_from("=Q", info, _RESENT_AT)
    return int(again)
