"""Does a filter forbid it? An error alone may also mean a computer that can't be found; its ICMP message tells them apart.

Linux keeps the ICMP message behind an error in the socket's error queue (ip(7), IP_RECVERR). Windows 10 from 2004 on tells it
of a connection that fails (IPPROTO_TCP socket options, TCP_ICMP_ERROR_INFO), where it is asked to fail of one at all, and not
of datagrams. macOS tells nothing: a filter's message looks like a refusal there.
"""

from __future__ import annotations

import contextlib
import errno
import socket
import struct
import sys

from amif_netcheck.measure import socket_errors

_IP_RECVERR, _IPV6_RECVERR = 11, 25
_EXTENDED_ERROR = struct.Struct("=IBBBBII")
_FROM_ICMP, _FROM_ICMPV6 = 2, 3
_UNREACHABLE, _UNREACHABLE_V6 = 3, 1
_PROHIBITED = {9, 10, 13}
"""ICMP codes (RFC 1122, RFC 1812): network, host, and communication administratively prohibited."""
_PROHIBITED_V6 = {1, 5, 6}
"""ICMPv6 codes (RFC 4443): administratively prohibited, source address failed policy, reject route."""
_MOST = 8
_TCP_FAIL_CONNECT_ON_ICMP_ERROR, _TCP_ICMP_ERROR_INFO = 18, 19
"""ws2ipdef.h."""
_ICMP_ERROR_INFO = struct.Struct("=28sIBB2x")
"""ws2ipdef.h: a SOCKADDR_INET (who says so), the ICMP's protocol, its type and code."""
_ICMPV6 = 58


def keep(sock: socket.socket, *, wanted: bool = True) -> None:
    """Keep the ICMP messages about this socket, or stop it: an established connection would break on a passing one."""
    if sys.platform == "win32" and sock.type == socket.SOCK_STREAM:
        with contextlib.suppress(OSError):  # older than Windows 10 2004
            sock.setsockopt(socket.IPPROTO_TCP, _TCP_FAIL_CONNECT_ON_ICMP_ERROR, int(wanted))
    if sys.platform != "linux":
        return
    level, option = (
        (socket.IPPROTO_IPV6, _IPV6_RECVERR)
        if sock.family == socket.AF_INET6
        else (socket.IPPROTO_IP, _IP_RECVERR)
    )
    with contextlib.suppress(OSError):
        sock.setsockopt(level, option, int(wanted))


def forbidden(sock: socket.socket) -> bool:
    """Does a message that was kept say that a filter forbids it? Reads them all."""
    if sys.platform == "win32" and sock.type == socket.SOCK_STREAM:
        with contextlib.suppress(OSError):  # none came, or older than Windows 10 2004
            return prohibits(sock.getsockopt(socket.IPPROTO_TCP, _TCP_ICMP_ERROR_INFO, _ICMP_ERROR_INFO.size))
    if sys.platform != "linux":
        return False
    is_forbidden = False
    for _ in range(_MOST):
        try:
            _, ancillary, _, _ = sock.recvmsg(64, 512, socket.MSG_ERRQUEUE | socket.MSG_DONTWAIT)
        except OSError:
            break
        is_forbidden = any(_says_so(data) for _level, _kind, data in ancillary) or is_forbidden
    return is_forbidden


def meaning(sock: socket.socket, code: int) -> OSError:
    """The error for `code`: EACCES (`PermissionError`) when a filter says that it forbids it."""
    if forbidden(sock):
        return PermissionError(errno.EACCES, "administratively prohibited")
    return socket_errors.of_number(code)  # becomes ConnectionRefusedError and its like by its number


def prohibits(info: bytes) -> bool:
    """Does Windows' ICMP_ERROR_INFO tell of a filter?"""
    if len(info) < _ICMP_ERROR_INFO.size:
        return False
    _, protocol, kind, code = _ICMP_ERROR_INFO.unpack_from(info)
    if protocol == _ICMPV6:
        return kind == _UNREACHABLE_V6 and code in _PROHIBITED_V6
    return kind == _UNREACHABLE and code in _PROHIBITED


def _says_so(data: bytes) -> bool:
    if len(data) < _EXTENDED_ERROR.size:
        return False
    _, origin, kind, code, *_ = _EXTENDED_ERROR.unpack_from(data)
    return (origin == _FROM_ICMP and kind == _UNREACHABLE and code in _PROHIBITED) or (
        origin == _FROM_ICMPV6 and kind == _UNREACHABLE_V6 and code in _PROHIBITED_V6
    )
