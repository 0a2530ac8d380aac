"""The answers to single datagrams, pure but for the memory of sessions: never longer than the request, or silence."""

from __future__ import annotations

import socket
import struct
import time
from collections import OrderedDict
from typing import NamedTuple

from amif_netcheck.measure import wire
from amif_netcheck.measure.wire import Kind, Packet
from amif_netcheck.serve.udp_socket import Peer

MOST_SESSIONS = 4096
SESSION_S = 60.0
_WINDOW = 1024


class Datagram(NamedTuple):
    """A datagram that arrived at `at_ns` (`time.perf_counter_ns`); `address` is the plain one of `peer`'s."""

    data: bytes
    peer: Peer
    address: str
    at_ns: int


class _SequenceTracker:
    """Which sequence numbers came: the highest, and those shortly before it (one bit each)."""

    def __init__(self) -> None:
        self.last_s = 0.0
        self.counted = 0
        self._highest = -1
        self._received = 0

    def note(self, sequence: int) -> None:
        """Count a request once; one older than the window is taken for a repetition."""
        ahead = sequence - self._highest
        if ahead > 0:
            self._received = (self._received << min(ahead, _WINDOW) | 1) & ((1 << _WINDOW) - 1)
            self._highest = sequence
        elif ahead <= -_WINDOW or self._received >> -ahead & 1:
            return
        else:
            self._received |= 1 << -ahead
        self.counted += 1


class Echoes:
    """Answers echo requests; for one thread."""

    def __init__(self) -> None:
        self._sessions: OrderedDict[tuple[str, bytes], _SequenceTracker] = OrderedDict()

    def __len__(self) -> int:
        return len(self._sessions)

    def answer(self, packet: Packet, datagram: Datagram) -> bytes:
        """The answer to an echo request: as long as the request, its padding brought back."""
        session = self._session((datagram.address, packet.session))
        session.note(packet.sequence)
        return wire.pack(
            packet._replace(
                kind=Kind.ECHO_ANSWER,
                received_ns=datagram.at_ns,
                sent_ns=time.perf_counter_ns(),
                counted=session.counted,
            ),
            datagram.data[wire.HEADER_BYTES :],
        )

    def _session(self, key: tuple[str, bytes]) -> _SequenceTracker:
        now = time.monotonic()
        while self._sessions and next(iter(self._sessions.values())).last_s < now - SESSION_S:
            self._sessions.popitem(last=False)
        session = self._sessions.setdefault(key, _SequenceTracker())
        session.last_s = now
        self._sessions.move_to_end(key)
        if len(self._sessions) > MOST_SESSIONS:
            self._sessions.popitem(last=False)
        return session


_STUN = struct.Struct("!HHI12s")
_COOKIE = 0x2112A442
_BINDING_REQUEST, _BINDING_SUCCESS = 0x0001, 0x0101
_XOR_MAPPED_ADDRESS, _SOFTWARE = 0x0020, 0x8022
_IPV4, _IPV6 = 1, 2
_LONGEST_SOFTWARE = 124
_ATTRIBUTE = 4


def stun_answer(datagram: bytes, address: str, port: int) -> bytes | None:
    """The answer to a STUN binding request (RFC 8489) from `address`, padded to the request's length with SOFTWARE.

    None when it is no such request, or when the request is shorter than the shortest answer: 32 bytes over IPv4, 44 over
    IPv6. Nothing is amplified, so whoever wants an answer pads the request.
    """
    if len(datagram) < _STUN.size:
        return None
    kind, length, cookie, transaction = _STUN.unpack_from(datagram)
    if kind != _BINDING_REQUEST or cookie != _COOKIE or length % 4 or length != len(datagram) - _STUN.size:
        return None
    mapped = _xor_mapped(address, port, transaction)
    room = length - len(mapped)
    if room < 0:
        return None
    attributes = mapped + _padding(room)
    return _STUN.pack(_BINDING_SUCCESS, len(attributes), _COOKIE, transaction) + attributes


def _xor_mapped(address: str, port: int, transaction: bytes) -> bytes:
    family, number = (socket.AF_INET6, _IPV6) if ":" in address else (socket.AF_INET, _IPV4)
    key = struct.pack("!I", _COOKIE) + transaction
    hidden = bytes(a ^ b for a, b in zip(socket.inet_pton(family, address), key, strict=False))
    value = struct.pack("!BBH", 0, number, port ^ (_COOKIE >> 16)) + hidden
    return struct.pack("!HH", _XOR_MAPPED_ADDRESS, len(value)) + value


def _padding(room: int) -> bytes:
    """SOFTWARE attributes of `room` bytes in all; a multiple of four, as all lengths in STUN are."""
    padding = b""
    while room >= _ATTRIBUTE:
        text = b"amif-netcheck".ljust(min(room - _ATTRIBUTE, _LONGEST_SOFTWARE))[: room - _ATTRIBUTE]
        padding += struct.pack("!HH", _SOFTWARE, len(text)) + text
        room -= _ATTRIBUTE + len(text)
    return padding
