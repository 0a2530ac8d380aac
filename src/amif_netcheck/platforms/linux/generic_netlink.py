"""Generic netlink, as far as reading needs it: one question, all answers as bytes, by a deadline.

pyroute2 decodes its messages down to what access points send over the air, of any length and content; here those bytes
are only ever cut into attributes, whose lengths are checked.
"""

from __future__ import annotations

import errno
import os
import socket
import struct
import sys
import time
from collections.abc import Iterator
from typing import Self

# linux/netlink.h, linux/genetlink.h
_PROTOCOL = 16
_REQUEST, _ACK, _DUMP = 0x1, 0x4, 0x300
_ERROR, _DONE = 2, 3
_CONTROL, _GET_FAMILY, _FAMILY_ID, _FAMILY_NAME = 16, 3, 1, 2
_HEADER = struct.Struct("=IHHII")  # length, type, flags, sequence, port
_GENERIC = struct.Struct("=BBH")  # command, version, reserved
_ATTRIBUTE = struct.Struct("=HH")  # length with this header, type
_ERRNO = struct.Struct("=i")
_TYPE_MASK = 0x3FFF  # without the flags "nested" and "network byte order"
_BUFFER = 1 << 18
_MOST_ANSWERS = 4096


class GenericNetlink:
    """A socket to the kernel; a context manager. Every answer has to come by `until` (`time.monotonic`)."""

    def __init__(self, until: float) -> None:
        """Open it.

        Raises:
            OSError: there is no generic netlink here, or it is not allowed.
        """
        family = getattr(socket, "AF_NETLINK", None)
        if family is None:
            raise OSError(errno.EAFNOSUPPORT, os.strerror(errno.EAFNOSUPPORT))
        self._socket = socket.socket(family, socket.SOCK_RAW, _PROTOCOL)
        self._until = until
        self._sequence = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._socket.close()

    def family(self, name: str) -> int | None:
        """The number of a family of messages; None when this kernel has no such family.

        Raises:
            OSError: see `ask`.
        """
        question = attribute(_FAMILY_NAME, name.encode() + b"\0")
        try:
            answers = self.ask(_CONTROL, _GET_FAMILY, question)
        except FileNotFoundError:
            return None
        found = (dict(attributes(answer)).get(_FAMILY_ID, b"") for answer in answers)
        return next((number for value in found if (number := unsigned(value)) is not None), None)

    def ask(self, family: int, command: int, question: bytes, *, dump: bool = False) -> list[bytes]:
        """The attributes of every answer; with `dump` all there is, not one thing.

        Raises:
            OSError: the kernel refused (its own error number).
            TimeoutError: not all answers came in time.
        """
        self._sequence += 1
        body = _GENERIC.pack(command, 0, 0) + question
        flags = _REQUEST | (_DUMP if dump else _ACK)
        self._socket.settimeout(max(0.001, self._until - time.monotonic()))
        self._socket.send(_HEADER.pack(_HEADER.size + len(body), family, flags, self._sequence, 0) + body)
        answers: list[bytes] = []
        while len(answers) < _MOST_ANSWERS:
            self._socket.settimeout(max(0.001, self._until - time.monotonic()))
            data, sender = self._socket.recvfrom(_BUFFER)
            if sender[0] != 0:  # another process, not the kernel
                continue
            for kind, sequence, content in messages(data):
                if sequence != self._sequence:
                    continue
                if kind in {_ERROR, _DONE}:
                    _raise_if_refused(content)
                    return answers
                answers.append(content[_GENERIC.size :])
        return answers


def messages(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """(type, sequence, content) of each netlink message."""
    offset = 0
    while offset + _HEADER.size <= len(data):
        length, kind, _flags, sequence, _port = _HEADER.unpack_from(data, offset)
        if length < _HEADER.size or offset + length > len(data):
            return
        yield kind, sequence, data[offset + _HEADER.size : offset + length]
        offset += _padded(length)


def attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    """(type, value) of each attribute; what is cut off or makes no sense ends it."""
    offset = 0
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
