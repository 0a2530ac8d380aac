"""The echo of a test point of our own: beside the round trip, which way a packet was lost and which way delay varied."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from amif_netcheck.measure import wire
from amif_netcheck.measure.exchange import PROBE_BYTES
from amif_netcheck.measure.wire import Kind, Packet
from amif_netcheck.model.facts import ProbeMethod


@dataclass(frozen=True)
class Stamps:
    """One request that was answered: four times in ns, of two clocks that have nothing to do with each other.

    `counted` is how many different requests the server had received by then, this one included.
    """

    sent_ns: int
    server_received_ns: int
    server_sent_ns: int
    received_ns: int
    counted: int

    @property
    def round_trip_ns(self) -> int:
        """Without the time that the server took."""
        return (self.received_ns - self.sent_ns) - (self.server_sent_ns - self.server_received_ns)


class EchoServerExchange:
    """Echo requests to `amif-netcheck serve`, as long as a voice packet; keeps the server's stamps by sequence."""

    method = ProbeMethod.AMIF

    def __init__(self) -> None:
        self._session = os.urandom(wire.SESSION_BYTES)
        self._padding = os.urandom(PROBE_BYTES - wire.HEADER_BYTES)
        self._sent_ns: dict[int, int] = {}
        self.stamps: dict[int, Stamps] = {}

    def request(self, sequence: int) -> bytes:
        """See `Exchange`."""
        datagram = wire.pack(Packet(Kind.ECHO, self._session, sequence), self._padding)
        self._sent_ns[sequence] = time.perf_counter_ns()
        return datagram

    def sequence_of(self, datagram: bytes) -> int | None:
        """See `Exchange`. Of an answer that comes twice the first counts."""
        now = time.perf_counter_ns()
        packet = wire.parse(datagram)
        if packet is None or packet.kind is not Kind.ECHO_ANSWER or packet.session != self._session:
            return None
        sent_ns = self._sent_ns.get(packet.sequence)
        if sent_ns is None or not 0 < packet.counted <= len(self._sent_ns):
            return None
        self.stamps.setdefault(
            packet.sequence, Stamps(sent_ns, packet.received_ns, packet.sent_ns, now, packet.counted)
        )
        return packet.sequence


@dataclass(frozen=True)
class LossByWay:
    """Requests without an answer: lost on the way up, on the way down, or after the last answer, which leaves it open."""

    up: int
    down: int
    unknown: int


def loss_by_way(sent: int, stamps: Mapping[int, Stamps]) -> LossByWay:
    """Which way the requests 0 to `sent` - 1 without an answer were lost.

    The server counts what reaches it, so what it counted and did not come back was lost on the way down, in whatever
    order packets travelled. What it had not counted by the last answer was lost on the way up. An answer that came late
    is an answer here.
    """
    if not stamps:
        return LossByWay(up=0, down=0, unknown=sent)
    known = max(stamps) + 1
    unanswered = known - len(stamps)
    down = min(max(each.counted for each in stamps.values()) - len(stamps), unanswered)
    return LossByWay(up=unanswered - down, down=down, unknown=sent - known)


@dataclass(frozen=True)
class DelaysByWay:
    """Delays one way, in ns more than the shortest one of the same way, by request; only differences mean anything."""

    up_ns: list[int]
    down_ns: list[int]


def delays_by_way(stamps: Mapping[int, Stamps]) -> DelaysByWay:
    """One-way delay variation (RFC 5481, section 4.2, PDV) of the answered requests, in the order they were sent.

    The clocks' offset is unknown and falls out. Their drift does not: some 50 millionths, half a millisecond in ten
    seconds.
    """
    in_order = [each for _sequence, each in sorted(stamps.items())]
    return DelaysByWay(
        up_ns=_above_the_least(each.server_received_ns - each.sent_ns for each in in_order),
        down_ns=_above_the_least(each.received_ns - each.server_sent_ns for each in in_order),
    )


def _above_the_least(delays: Iterable[int]) -> list[int]:
    taken = list(delays)
    least = min(taken, default=0)
    return [delay - least for delay in taken]
