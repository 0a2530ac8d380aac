"""The datagrams between this program and a test point of its own (`amif-netcheck serve`); both ends share this file.

All numbers are big-endian. After the header comes padding of any length, which an answer brings back as it came.

| bytes | field |
| --- | --- |
| 0-3 | `AMIF`: no STUN message begins like this |
| 4 | version of the format, 1 |
| 5 | kind, see `Kind` |
| 6-7 | zero |
| 8-15 | session: chosen by the client for an echo, given by the server for a call |
| 16-19 | sequence number within the session and kind |
| 20-27 | when the server received this, in ns of its own clock (answers) |
| 28-35 | when this was sent, in ns of the sender's own clock (answers and the packets of a call) |
| 36-39 | how many different requests of this session the server had received, this one included (answers) |
"""

from __future__ import annotations

import struct
from enum import IntEnum
from typing import NamedTuple

_HEADER = struct.Struct("!4sBBH8sIQQI")
HEADER_BYTES = _HEADER.size
_MAGIC = b"AMIF"
_VERSION = 1
SESSION_BYTES = 8
SEQUENCES = 1 << 32


class Kind(IntEnum):
    """What a datagram is."""

    ECHO = 1  # client to server
    ECHO_ANSWER = 2
    CALL_OPEN = 3  # client to server: "my address is this one, begin"
    CALL_OPENED = 4
    AUDIO = 5  # a packet of the call, either way
    VIDEO = 6
    CALL_END = 7  # client to server: "stop sending"


_KINDS = {int(kind): kind for kind in Kind}


class Packet(NamedTuple):
    """A header, without its padding."""

    kind: Kind
    session: bytes
    sequence: int
    received_ns: int = 0
    sent_ns: int = 0
    counted: int = 0


def pack(packet: Packet, padding: bytes = b"") -> bytes:
    """The datagram."""
    return (
        _HEADER.pack(
            _MAGIC,
            _VERSION,
            packet.kind,
            0,
            packet.session,
            packet.sequence,
            packet.received_ns,
            packet.sent_ns,
            packet.counted,
        )
        + padding
    )


def parse(datagram: bytes) -> Packet | None:
    """The header of a datagram; None when it is none of ours."""
    if len(datagram) < HEADER_BYTES:
        return None
    magic, version, kind, zero, *fields = _HEADER.unpack_from(datagram)
    if magic != _MAGIC or version != _VERSION or zero or kind not in _KINDS:
        return None
    return Packet(_KINDS[kind], *fields)
