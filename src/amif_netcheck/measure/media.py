"""The packets of a paced call: when each is sent, and what was seen of them at the other end. Both ends share this file.

Sound is one packet of 172 bytes every 20 ms. The picture is 30 frames a second; the packets of a frame, 1200 bytes each,
leave at 2.5 times the picture's bit rate, as libwebrtc's pacer sends them (`kDefaultPaceMultiplier`).
"""

from __future__ import annotations

import heapq
import math
import os
import time
from array import array
from collections.abc import Iterator
from dataclasses import dataclass

from amif_netcheck.measure import wire
from amif_netcheck.measure.exchange import PROBE_BYTES
from amif_netcheck.measure.wire import Kind, Packet

VIDEO_BYTES = 1200
FRAMES_PER_S = 30
PACE = 2.5
MOST_AUDIO_PPS = 100
MOST_VIDEO_BIT_S = 3_000_000
LONGEST_S = 15.0

MEDIA = (Kind.AUDIO, Kind.VIDEO)
_BYTES = {Kind.AUDIO: PROBE_BYTES, Kind.VIDEO: VIDEO_BYTES}
_HICCUP_S = 0.1
_LOST = -(1 << 63)
LARGEST_TRANSIT_NS = 1 << 62
_AS_SENT = 0.5  # rounding: half a packet


@dataclass(frozen=True)
class MediaPlan:
    """What each side sends."""

    audio_pps: int = 50
    video_bit_s: int = 1_500_000
    seconds: float = 10.0

    def count(self, kind: Kind) -> int:
        """How many packets of a kind."""
        return int(self._per_s(kind) * self.seconds + _AS_SENT)

    def interval_ms(self, kind: Kind) -> float:
        """Mean time between two packets of a kind; 0 when there are none."""
        per_s = self._per_s(kind)
        return 1000 / per_s if per_s else 0.0

    def frame(self, sequence: int) -> int:
        """The frame that a packet of the picture belongs to."""
        return int(sequence * FRAMES_PER_S / self._per_s(Kind.VIDEO))

    def packets(self) -> Iterator[tuple[float, Kind, int]]:
        """When (seconds from the beginning), what, and its sequence number; in the order of time."""
        return heapq.merge(self._audio(), self._video())

    def _per_s(self, kind: Kind) -> float:
        return self.audio_pps if kind is Kind.AUDIO else self.video_bit_s / 8 / VIDEO_BYTES

    def _audio(self) -> Iterator[tuple[float, Kind, int]]:
        for sequence in range(self.count(Kind.AUDIO)):
            yield sequence / self.audio_pps, Kind.AUDIO, sequence

    def _video(self) -> Iterator[tuple[float, Kind, int]]:
        per_frame = self._per_s(Kind.VIDEO) / FRAMES_PER_S
        for sequence in range(self.count(Kind.VIDEO)):
            frame = self.frame(sequence)
            in_frame = max(0, sequence - math.ceil(frame * per_frame))
            within = in_frame / (PACE * self._per_s(Kind.VIDEO))
            yield frame / FRAMES_PER_S + within, Kind.VIDEO, sequence


class Player:
    """One side's packets in real time, whether or not anything comes back."""

    def __init__(self, plan: MediaPlan, session: bytes) -> None:
        self._session = session
        self._packets = plan.packets()
        self._padding = {kind: os.urandom(size - wire.HEADER_BYTES) for kind, size in _BYTES.items()}
        self._began = time.perf_counter()
        self._next = next(self._packets, None)
        self.sent = dict.fromkeys(MEDIA, 0)

    @property
    def due(self) -> float | None:
        """When the next packet has to leave (`time.perf_counter`, seconds); None after the last."""
        return None if self._next is None else self._began + self._next[0]

    def packet(self) -> bytes:
        """The packet that is due, for now. After a stall (the computer slept) nothing is hurried."""
        if self._next is None:
            raise ValueError("the call is over")
        after, kind, sequence = self._next
        self._began += max(0.0, time.perf_counter() - self._began - after - _HICCUP_S)
        self._next = next(self._packets, None)
        self.sent[kind] = sequence + 1
        packet = Packet(kind, self._session, sequence, sent_ns=time.perf_counter_ns())
        return wire.pack(packet, self._padding[kind])


class Arrivals:
    """What one side received of the other's packets: for each the transit, on two clocks with an unknown offset."""

    def __init__(self, plan: MediaPlan) -> None:
        self._transit_ns = {kind: array("q", [_LOST]) * plan.count(kind) for kind in MEDIA}
        self.count = dict.fromkeys(MEDIA, 0)
        self.bytes = dict.fromkeys(MEDIA, 0)

    def note(self, packet: Packet, arrived_ns: int, size: int) -> None:
        """A packet has arrived; the second copy of one is ignored."""
        transits = self._transit_ns.get(packet.kind)
        transit = arrived_ns - packet.sent_ns
        if transits is None or packet.sequence >= len(transits) or abs(transit) > LARGEST_TRANSIT_NS:
            return
        if transits[packet.sequence] == _LOST:
            transits[packet.sequence] = transit
            self.count[packet.kind] += 1
            self.bytes[packet.kind] += size

    def transit_ns(self, kind: Kind, sent: int) -> list[int | None]:
        """Of the first `sent` packets of a kind, the transit relative to the first that arrived; None when lost."""
        transits = self._transit_ns[kind][:sent]
        first = next((transit for transit in transits if transit != _LOST), 0)
        return [None if transit == _LOST else transit - first for transit in transits]
