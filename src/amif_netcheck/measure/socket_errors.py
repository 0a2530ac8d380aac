"""What a socket's error means, whatever the system calls it.

The same number means other things to a datagram socket than to a connection: Windows tells of a refused datagram by
"connection reset" (WSAECONNRESET) at the next receive or send, of one whose hops ran out by "network reset", and fails to
receive a datagram that is longer than the room it was given, which other systems cut.
"""

from __future__ import annotations

import errno
import os
import sys
from enum import Enum, auto

from amif_netcheck.model.facts import Reason


class Trouble(Enum):
    """What went wrong."""

    REFUSED = auto()  # the other side's computer says that nothing listens there
    FORBIDDEN = auto()  # this system, or a filter on the way that says so
    HOST_UNREACHABLE = auto()  # somebody on the way, or this computer, does not find it
    NETWORK_UNREACHABLE = auto()  # no route, or a router on the way that has none
    NO_ADDRESS = auto()  # this computer has no address to send from, or none of this kind
    IN_USE = auto()  # somebody else has the address and port
    SILENT = auto()  # the system gave up waiting
    CUT = auto()  # a connection that was there is broken off
    TOO_LONG = auto()  # a datagram longer than the room it was received into: it is gone
    FULL = auto()  # no room in a queue of this computer's at the moment
    OTHER = auto()


_WINSOCK = 10_000
_WSAEACCES, _WSAENETRESET, _WSAECONNRESET = 10013, 10052, 10054

_BY_NUMBER = {
    errno.ECONNREFUSED: Trouble.REFUSED,
    10061: Trouble.REFUSED,
    errno.EACCES: Trouble.FORBIDDEN,
    errno.EPERM: Trouble.FORBIDDEN,
    _WSAEACCES: Trouble.FORBIDDEN,
    errno.EHOSTUNREACH: Trouble.HOST_UNREACHABLE,
    10065: Trouble.HOST_UNREACHABLE,
    getattr(
        errno, "EHOSTDOWN", 10064
    ): Trouble.HOST_UNREACHABLE,  # macOS: nobody answers for its hardware address
    10064: Trouble.HOST_UNREACHABLE,
    errno.ENETUNREACH: Trouble.NETWORK_UNREACHABLE,
    10051: Trouble.NETWORK_UNREACHABLE,
    errno.ENETDOWN: Trouble.NETWORK_UNREACHABLE,
    10050: Trouble.NETWORK_UNREACHABLE,
    errno.EADDRNOTAVAIL: Trouble.NO_ADDRESS,
    10049: Trouble.NO_ADDRESS,
    errno.EAFNOSUPPORT: Trouble.NO_ADDRESS,
    10047: Trouble.NO_ADDRESS,
    errno.ENODEV: Trouble.NO_ADDRESS,
    errno.EADDRINUSE: Trouble.IN_USE,
    10048: Trouble.IN_USE,
    errno.ETIMEDOUT: Trouble.SILENT,
    10060: Trouble.SILENT,
    errno.ECONNRESET: Trouble.CUT,
    _WSAECONNRESET: Trouble.CUT,
    errno.ECONNABORTED: Trouble.CUT,
    10053: Trouble.CUT,
    errno.ENETRESET: Trouble.CUT,
    _WSAENETRESET: Trouble.CUT,
    errno.EPIPE: Trouble.CUT,
    10058: Trouble.CUT,  # WSAESHUTDOWN
    errno.EMSGSIZE: Trouble.TOO_LONG,
    10040: Trouble.TOO_LONG,
    errno.ENOBUFS: Trouble.FULL,
    10055: Trouble.FULL,
    errno.EAGAIN: Trouble.FULL,
    10035: Trouble.FULL,
}
"""By the system's own number, and by Winsock's (winerror.h), which no other system uses."""

_BY_CLASS: dict[type[OSError], Trouble] = {
    TimeoutError: Trouble.SILENT,
    ConnectionRefusedError: Trouble.REFUSED,
    PermissionError: Trouble.FORBIDDEN,
    ConnectionError: Trouble.CUT,
}
"""Of errors that were raised without a number."""

_OF_DATAGRAMS = {
    errno.ECONNRESET: Trouble.REFUSED,
    _WSAECONNRESET: Trouble.REFUSED,
    errno.ENETRESET: Trouble.HOST_UNREACHABLE,
    _WSAENETRESET: Trouble.HOST_UNREACHABLE,
}
"""Windows, of an earlier datagram: ICMP said that nothing listens, or that its hops ran out (Winsock's `recvfrom`)."""


def trouble(error: OSError, *, datagrams: bool = False) -> Trouble:
    """What `error` means to a connection; with `datagrams`, to a socket that sends and receives those."""
    number = getattr(error, "winerror", None) or error.errno or 0
    if datagrams and number in _OF_DATAGRAMS:
        return _OF_DATAGRAMS[number]
    known = (said for kind, said in _BY_CLASS.items() if isinstance(error, kind))
    return _BY_NUMBER.get(number) or next(known, Trouble.OTHER)


def of_number(number: int) -> OSError:
    """The error that a system raises for `number`, as `connect_ex` and SO_ERROR give it.

    Python makes `PermissionError` of Winsock's number where it raises, and not where it returns it.
    """
    if number == _WSAEACCES:
        return PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    error = OSError(number, os.strerror(number))
    return OSError(number, words(error)) if number > _WINSOCK else error


def words(error: OSError, *, datagrams: bool = False) -> str:
    """For a fact's `detail`: in English, where Windows would answer in the person's language."""
    number = getattr(error, "winerror", None) or error.errno or 0
    if number > _WINSOCK:
        return f"{trouble(error, datagrams=datagrams).name.lower().replace('_', ' ')} ({number})"
    return error.strerror or str(error)


def no_way(error: OSError, version: int, system: str = sys.platform) -> Reason:
    """Why a datagram socket could not be connected, which sends nothing: no route, or one that forbids it.

    Linux says EHOSTUNREACH of a route that is there to forbid (ip-route(8), `unreachable`), Windows of none. macOS says it of no route
    over IPv6, and over IPv4, where it says ENETUNREACH of none, of what is forbidden. `version`: IP's.
    """
    reasons = {Trouble.NETWORK_UNREACHABLE: Reason.NOT_PRESENT, Trouble.NO_ADDRESS: Reason.NOT_PRESENT}
    if system == "win32" or (system == "darwin" and version == 6):  # noqa: PLR2004 - IP version
        reasons[Trouble.HOST_UNREACHABLE] = Reason.NOT_PRESENT
    return reasons.get(trouble(error, datagrams=True), Reason.BLOCKED)


TELLS_NOTHING = frozenset({Trouble.TOO_LONG, Trouble.FULL, Trouble.SILENT})
"""Of the other side: troubles of this computer's own, of a moment or of one datagram."""

_MULTICAST = {
    Trouble.FORBIDDEN: Reason.NOT_PERMITTED,
    Trouble.HOST_UNREACHABLE: Reason.NOT_PERMITTED,
    Trouble.NETWORK_UNREACHABLE: Reason.NOT_PRESENT,
    Trouble.NO_ADDRESS: Reason.NOT_PRESENT,
    Trouble.IN_USE: Reason.BLOCKED,
}
"""A group has no computer that could be missing: macOS says EHOSTUNREACH to who may not use the local network."""


def of_local_network(error: OSError) -> Reason:
    """Why a datagram could not be sent to a multicast group, or to none of the neighbours."""
    return _MULTICAST.get(trouble(error, datagrams=True), Reason.ERROR)
