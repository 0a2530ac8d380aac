"""A netlink socket: one question to the kernel, all answers as bytes, by a deadline. A table that changed while it was read is read again.

The bytes are only ever cut into messages and attributes, whose lengths are checked: some of them came over the air.
"""

from __future__ import annotations

import errno
import os
import socket
import struct
import sys
import time
from collections.abc import Iterator
from typing import NamedTuple, Self

from amif_netcheck.model.facts import Reason, Unavailable

# linux/netlink.h
ROUTE, SOCK_DIAG, GENERIC = 0, 4, 16
_REQUEST, _ACK, _DUMP, _DUMP_INTERRUPTED = 0x1, 0x4, 0x300, 0x10
_ERROR, _DONE = 2, 3
_HEADER = struct.Struct("=IHHII")  # length, type, flags, sequence, port
_ATTRIBUTE = struct.Struct("=HH")  # length with this header, type
_ERRNO = struct.Struct("=i")
_TYPE_MASK = 0x3FFF  # without the flags "nested" and "network byte order"
_BUFFER = 1 << 18
_MOST_ANSWERS = 1 << 20

_MOST_READINGS = 4
_INTERRUPTIONS = {errno.EINTR, errno.EAGAIN, errno.EBUSY, errno.ENOBUFS}
"""What the kernel answers where it was disturbed; the same question may do better."""
_REFUSALS = {errno.EPERM, errno.EACCES, errno.EAFNOSUPPORT}
"""EAFNOSUPPORT: systemd and containers forbid families of sockets by it."""
_GONE = {errno.ENODEV, errno.ENXIO}
_NOT_BUILT = {errno.EPROTONOSUPPORT, errno.ENOENT, errno.EOPNOTSUPP}


class TableChangingError(OSError):
    """The kernel's table changed each time that it was read; `partial` is all that was seen of it."""

    def __init__(self, partial: list[bytes]) -> None:
        super().__init__(errno.EINTR, "the table changed each time that it was read")
        self.partial = partial


class NetlinkMessage(NamedTuple):
    """One message, without its header."""

    kind: int
    flags: int
    sequence: int
    content: bytes


class NetlinkSocket:
    """A socket to the kernel; a context manager. Every answer has to come by `until` (`time.monotonic`)."""

    def __init__(self, protocol: int, until: float) -> None:
        """Open it.

        Raises:
            OSError: there is no netlink here, or it is not allowed.
        """
        family = getattr(socket, "AF_NETLINK", None)
        if family is None:
            raise OSError(errno.EAFNOSUPPORT, os.strerror(errno.EAFNOSUPPORT))
        self._socket = socket.socket(family, socket.SOCK_RAW, protocol)
        self._until = until
        self._sequence = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._socket.close()

    def ask(self, kind: int, question: bytes, *, most: int = _MOST_ANSWERS) -> list[bytes]:
        """The answers to a question about one thing.

        Raises:
            OSError: the kernel refused (its own error number).
            TimeoutError: not all answers came in time.
        """
        return self._answers(kind, question, _ACK, most)[0]

    def dump(self, kind: int, question: bytes, *, most: int = _MOST_ANSWERS) -> list[bytes]:
        """A whole table, read again while it changes.

        Raises:
            TableChangingError: it changed each time.
            OSError, TimeoutError: see `ask`.
        """
        partial: dict[bytes, None] = {}
        for _ in range(_MOST_READINGS):
            try:
                answers, interrupted = self._answers(kind, question, _DUMP, most)
            except OSError as error:
                if error.errno not in _INTERRUPTIONS:
                    raise
                continue
            if not interrupted:
                return answers
            partial |= dict.fromkeys(answers)
        raise TableChangingError(list(partial))

    def _answers(self, kind: int, question: bytes, flags: int, most: int) -> tuple[list[bytes], bool]:
        """The answers, and whether the table changed meanwhile (NLM_F_DUMP_INTR)."""
        self._sequence += 1
        self._socket.settimeout(max(0.001, self._until - time.monotonic()))
        head = _HEADER.pack(_HEADER.size + len(question), kind, _REQUEST | flags, self._sequence, 0)
        self._socket.send(head + question)
        answers: list[bytes] = []
        interrupted = False
        while len(answers) < most:
            self._socket.settimeout(max(0.001, self._until - time.monotonic()))
            data, sender = self._socket.recvfrom(_BUFFER)
            if sender[0] != 0:  # another process, not the kernel
                continue
            for message in messages(data):
                if message.sequence != self._sequence:
                    continue
                interrupted = interrupted or bool(message.flags & _DUMP_INTERRUPTED)
                if message.kind in {_ERROR, _DONE}:
                    _raise_if_refused(message.content)
                    return answers, interrupted
                answers.append(message.content)
        return answers, interrupted


def unavailable(error: OSError, table: str) -> Unavailable:
    """Why the kernel did not tell, for an error of a socket to it."""
    reason = Reason.ERROR
    if isinstance(error, TableChangingError | TimeoutError):
        reason = Reason.TIMEOUT
    elif error.errno in _REFUSALS:
        reason = Reason.NOT_PERMITTED
    elif error.errno in _GONE:
        reason = Reason.NOT_PRESENT
    elif error.errno in _NOT_BUILT:
        reason = Reason.UNSUPPORTED
    return Unavailable(reason=reason, detail=f"{table}: {error}")


def messages(data: bytes) -> Iterator[NetlinkMessage]:
    """Each netlink message."""
    offset = 0
    while offset + _HEADER.size <= len(data):
        length, kind, flags, sequence, _port = _HEADER.unpack_from(data, offset)
        if length < _HEADER.size or offset + length > len(data):
            return
        yield NetlinkMessage(kind, flags, sequence, data[offset + _HEADER.size : offset + length])
        offset += _padded(length)


def attributes(data: bytes, offset: int = 0) -> Iterator[tuple[int, bytes]]:
    """(type, value) of each attribute from `offset` on; what is cut off or makes no sense ends it."""
    while offset + _ATTRIBUTE.size <= len(data):
        length, kind = _ATTRIBUTE.unpack_from(data, offset)
        if length < _ATTRIBUTE.size or offset + length > len(data):
            return
        yield kind & _TYPE_MASK, data[offset + _ATTRIBUTE.size : offset + length]
        offset += _padded(length)


def attribute(kind: int, value: bytes) -> bytes:
    """One attribute, padded."""
    length = _ATTRIBUTE.size + len(value)
    return _ATTRIBUTE.pack(length, kind) + value + bytes(_padded(length) - length)


def unsigned(value: bytes) -> int | None:
    """A number of the machine's byte order, of 1, 2, 4 or 8 bytes."""
    return int.from_bytes(value, sys.byteorder) if len(value) in {1, 2, 4, 8} else None


def signed(value: bytes) -> int | None:
    """The same with a sign."""
    return int.from_bytes(value, sys.byteorder, signed=True) if len(value) in {1, 2, 4, 8} else None


def _padded(length: int) -> int:
    return (length + 3) & ~3


def _raise_if_refused(content: bytes) -> None:
    if len(content) >= _ERRNO.size:
        (number,) = _ERRNO.unpack_from(content)
        if number < 0:
            raise OSError(-number, os.strerror(-number))
