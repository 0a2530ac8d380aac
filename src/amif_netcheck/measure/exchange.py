"""Request/response pairs over a datagram socket that any server or box answers: STUN, DNS, ICMP echo.

Each has 20 bytes or so of format; the messages are ours because a measurement needs to own every byte of them.
"""

from __future__ import annotations

import os
import struct
from typing import Protocol

from amif_netcheck.model.facts import ProbeMethod

PROBE_BYTES = 172
"""UDP payload of a voice packet: 20 ms of G.711 in RTP (12 + 160); Opus packets are of the same order."""


class Exchange(Protocol):
    """One kind of request and how to know its answer."""

    method: ProbeMethod

    def request(self, sequence: int) -> bytes:
        """The datagram with this sequence number, 0 to 65535."""

    def sequence_of(self, datagram: bytes) -> int | None:
        """The sequence number that `datagram` answers; None when it answers none of our requests."""


class StunExchange:
    """STUN binding requests (RFC 8489), padded to the size of a voice packet with SOFTWARE attributes.

    SOFTWARE is comprehension-optional and under 128 characters, so every server may ignore it. The transaction id is
    ten random bytes a run and the sequence number: an answer that was not asked for can't be taken for one.
    """

    method = ProbeMethod.STUN
    _COOKIE = 0x2112A442
    _BINDING_REQUEST, _BINDING_SUCCESS, _BINDING_ERROR = 0x0001, 0x0101, 0x0111
    _SOFTWARE = 0x8022
    _HEADER = struct.Struct("!HHI12s")

    def __init__(self) -> None:
        self._secret = os.urandom(10)
        text = b"amif-netcheck".ljust((PROBE_BYTES - self._HEADER.size) // 2 - 4, b" ")
        self._padding = 2 * (struct.pack("!HH", self._SOFTWARE, len(text)) + text)

    def request(self, sequence: int) -> bytes:
        """See `Exchange`."""
        transaction = self._secret + sequence.to_bytes(2, "big")
        return (
            self._HEADER.pack(self._BINDING_REQUEST, len(self._padding), self._COOKIE, transaction)
            + self._padding
        )

    def sequence_of(self, datagram: bytes) -> int | None:
        """See `Exchange`. An error response is an answer too: it crossed the line twice."""
        if len(datagram) < self._HEADER.size:
            return None
        kind, length, cookie, transaction = self._HEADER.unpack_from(datagram)
        if kind not in {self._BINDING_SUCCESS, self._BINDING_ERROR} or cookie != self._COOKIE:
            return None
        if length % 4 or length != len(datagram) - self._HEADER.size or transaction[:10] != self._secret:
            return None
        return int.from_bytes(transaction[10:], "big")


class DnsExchange:
    """A DNS question that a box answers by itself (RFC 4892): `version.bind`, class CHAOS; a refusal will do."""

    method = ProbeMethod.DNS
    _QUESTION = b"\x07version\x04bind\x00" + struct.pack("!HH", 16, 3)

    def __init__(self) -> None:
        self._offset = int.from_bytes(os.urandom(2), "big")

    def request(self, sequence: int) -> bytes:
        """See `Exchange`."""
        return struct.pack("!6H", (sequence + self._offset) & 0xFFFF, 0, 1, 0, 0, 0) + self._QUESTION

    def sequence_of(self, datagram: bytes) -> int | None:
        """See `Exchange`."""
        if len(datagram) < 12 or not datagram[2] & 0x80:  # noqa: PLR2004 - a header, with its response bit
            return None
        return (int.from_bytes(datagram[:2], "big") - self._offset) & 0xFFFF


class EchoExchange:
    """ICMP echo on an unprivileged datagram socket (RFC 792, RFC 4443). The kernel owns the identifier."""

    method = ProbeMethod.ICMP

    def __init__(self, *, ipv6: bool) -> None:
        self._ipv6 = ipv6
        self._request, self._reply = (128, 129) if ipv6 else (8, 0)
        self._secret = os.urandom(PROBE_BYTES - 8)

    def request(self, sequence: int) -> bytes:
        """See `Exchange`."""
        message = struct.pack("!BBHHH", self._request, 0, 0, 0, sequence) + self._secret
        checksum = 0 if self._ipv6 else _internet_checksum(message)  # over IPv6 the kernel computes it
        return message[:2] + struct.pack("!H", checksum) + message[4:]

    def sequence_of(self, datagram: bytes) -> int | None:
        """See `Exchange`. Some systems hand over the IPv4 header too."""
        if not self._ipv6 and datagram[:1] and datagram[0] >> 4 == 4:  # noqa: PLR2004 - IP version
            datagram = datagram[(datagram[0] & 0x0F) * 4 :]
        if len(datagram) < 8 or datagram[0] != self._reply or datagram[8:] != self._secret:  # noqa: PLR2004 - header
            return None
        return int.from_bytes(datagram[6:8], "big")


def _internet_checksum(message: bytes) -> int:
    """RFC 1071."""
    total: int = sum(struct.unpack(f"!{len(message) // 2}H", message))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF
