"""The echo of a test point of our own: beside the round trip, which way a packet was lost and which way delay varied."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Iterable, Mapping, Sequence
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


def lost_by_way(sequences: Sequence[int], stamps: Mapping[int, Stamps]) -> tuple[list[bool], list[bool]]:
    """Which of the requests `sequences` were lost on the way up, and which of the others on the way down.

    The server counts what reaches it, so between two answers it has counted what came back, and what was lost on the
    way down; the rest was lost on the way up. Within such a gap their order can't be known: up first. What was sent after
    the last answer is left out. An answer that came late is an answer here.
    """
    up: list[bool] = []
    down: list[bool] = []
    counted, unanswered = 0, 0
    for sequence in sequences:
        if sequence not in stamps:
            unanswered += 1
            continue
        reached = max(0, min(unanswered, stamps[sequence].counted - counted - 1))
        up += [True] * (unanswered - reached) + [False] * (reached + 1)
        down += [True] * reached + [False]
        counted, unanswered = max(counted, stamps[sequence].counted), 0
    return up, down


def transits_by_way(
    sequences: Sequence[int], stamps: Mapping[int, Stamps]
) -> tuple[list[float | None], list[float | None]]:
    """Each request's time on the way up and down, in ns of two clocks; None: lost there, NaN: not known.

    What was lost is placed as `lost_by_way` places it; what follows the last answer counts as lost on the way up.
    """
    up: list[float | None] = []
    down: list[float | None] = []
    reached = iter(lost_by_way(sequences, stamps)[0])
    for sequence in sequences:
        lost_up = next(reached, True)
        stamp = stamps.get(sequence)
        if stamp is not None:
            up.append(float(stamp.server_received_ns - stamp.sent_ns))
            down.append(float(stamp.received_ns - stamp.server_sent_ns))
        else:
            up.append(None if lost_up else math.nan)
            down.append(math.nan if lost_up else None)
    return up, down


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
    in_order = [stamp for _sequence, stamp in sorted(stamps.items())]
    return DelaysByWay(
        up_ns=_above_the_least(stamp.server_received_ns - stamp.sent_ns for stamp in in_order),
        down_ns=_above_the_least(stamp.received_ns - stamp.server_sent_ns for stamp in in_order),
    )


def _above_the_least(delays: Iterable[int]) -> list[int]:
    values = list(delays)
    least = min(values, default=0)
    return [delay - least for delay in values]
