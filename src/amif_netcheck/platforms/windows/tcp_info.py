"""What Windows says of one TCP connection of ours (SIO_TCP_INFO, from Windows 10 1703 on)."""

from __future__ import annotations

import socket
import struct

from amif_netcheck import winsock
from amif_netcheck.model.facts import Reason, Unavailable

_SIO_TCP_INFO = 0xD8000027
"""mstcpip.h: _WSAIORW(IOC_VENDOR, 39)."""
_VERSION_0 = bytes(4)
_BYTES = 88
_IN_FLIGHT_AT, _OUT_AT, _RETRANSMITTED_AT = 28, 48, 68
"""Offsets in `TCP_INFO_v0` (mstcpip.h): BytesInFlight, BytesOut, BytesRetrans."""
_GONE = {10038, 10054, 10057}
"""Closed (WSAENOTSOCK), reset (WSAECONNRESET), or not connected any more (WSAENOTCONN)."""


def acked_bytes(sock: socket.socket, sent: int, ask: winsock.Control = winsock.control) -> int | Unavailable:
    """See `Platform.acked_bytes`."""
    if sock.fileno() < 0:
        return 0
    del sent
    try:
        return parse(ask(sock, _SIO_TCP_INFO, _VERSION_0, _BYTES))
    except OSError as error:
        number = getattr(error, "winerror", None) or error.errno
        return (
            0 if number in _GONE else Unavailable(reason=Reason.UNSUPPORTED, detail=f"SIO_TCP_INFO: {error}")
        )


def parse(info: bytes) -> int | Unavailable:
    """What was sent, less what was sent again, less what is on its way."""
    if len(info) < _BYTES:
        return Unavailable(reason=Reason.UNSUPPORTED, detail="this Windows does not count acknowledged bytes")
    (in_flight,) = struct.unpack_from("<I", info, _IN_FLIGHT_AT)
    (out,) = struct.unpack_from("<Q", info, _OUT_AT)
    (again,) = struct.unpack_from("<I", info, _RETRANSMITTED_AT)
    return int(max(0, out - min(again, out) - in_flight))


def resent_bytes(sock: socket.socket, ask: winsock.Control = winsock.control) -> int | Unavailable:
    """See `Platform.resent_bytes`."""
    try:
        return parse_resent(ask(sock, _SIO_TCP_INFO, _VERSION_0, _BYTES))
    except OSError as error:
        number = getattr(error, "winerror", None) or error.errno
        reason = Reason.ERROR if number in _GONE else Reason.UNSUPPORTED
        return Unavailable(reason=reason, detail=f"SIO_TCP_INFO: {error}")


def parse_resent(info: bytes) -> int | Unavailable:
    """`BytesRetrans`."""
    if len(info) < _BYTES:
        return Unavailable(
            reason=Reason.UNSUPPORTED, detail="this Windows does not count what it sends again"
        )
    (again,) = struct.unpack_from("<I", info, _RETRANSMITTED_AT)
    return int(again)
