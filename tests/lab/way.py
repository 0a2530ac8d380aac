"""One direction of a line as arithmetic on packets and moments: no clock, no devices, so that it can be tested alone.

A packet is lost, or dropped at the tail of the queue, or waits for its turn, is sent at the rate, and is under way for
the delay. Moments are computed, never read: who calls late is late with those packets alone, and the rate is exact.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from random import Random

from tests.lab.settings import Settings

NEVER = math.inf


@dataclass
class Counters:
    """Packets of one direction: `entered` = `sent` + `lost` + `dropped` + those that are under way.

    Attributes:
        loss_runs: Runs of losses without a packet between them that got in.
        latest_ms: How late a packet was let out at most, where the machine was too busy to do it in time.
    """

    entered: int = 0
    sent: int = 0
    lost: int = 0
    dropped: int = 0
    loss_runs: int = 0
    bytes_entered: int = 0
    bytes_sent: int = 0
    latest_ms: float = 0


class Way:
    """One direction. Moments are seconds of any clock that never steps; they must not go back from call to call."""

    def __init__(self, settings: Settings, random: Random, header: int = 0) -> None:
        """`header`: bytes of each packet that do not count for the rate and the queue, as Ethernet's."""
        self.settings = settings
        self.counters = Counters()
        self._header = header
        self._random = random.random
        self._losing = False
        # Waiting for their turn: when each came, its bytes (left to send, for the first), and itself.
        self._waiting: deque[tuple[float, float, bytes]] = deque()
        self._waiting_bytes = 0.0
        self._free_at = -NEVER
        # Under way: when each arrives, and itself.
        self._flying: deque[tuple[float, bytes]] = deque()
        self._last_arrival = -NEVER

    def change(self, settings: Settings, now: float) -> None:
        """Behave otherwise from now on; what has been sent by now is not changed any more."""
        self._send(now)
        if self._waiting and self.settings.rate != settings.rate:
            came, left, packet = self._waiting[0]
            rate = self.settings.rate
            done = 0.0 if rate is None else max(0.0, now - max(came, self._free_at)) * rate / 8
            self._waiting[0] = (now, left - done, packet)
            self._waiting_bytes -= done
            self._free_at = now
        self.settings = settings

    def enter(self, packets: list[bytes], now: float) -> None:
        """Packets that have come."""
        self._send(now)
        settings, counters, header = self.settings, self.counters, self._header
        limit = NEVER if settings.queue is None else settings.queue
        counters.entered += len(packets)
        for packet in packets:
            size = len(packet) - header
            counters.bytes_entered += size
            if self._is_lost():
                counters.lost += 1
            elif settings.rate is None:
                self._fly(packet, now)
            elif self._waiting_bytes + size > limit:
                counters.dropped += 1
            else:
                self._waiting.append((now, size, packet))
                self._waiting_bytes += size

    def arrived(self, now: float) -> list[bytes]:
        """Packets that have got through by now."""
        self._send(now)
        flying, out = self._flying, []
        if flying:
            self.counters.latest_ms = max(self.counters.latest_ms, (now - flying[0][0]) * 1000)
        while flying and flying[0][0] <= now:
            out.append(flying.popleft()[1])
        self.counters.sent += len(out)
        self.counters.bytes_sent += sum(map(len, out)) - self._header * len(out)
        return out

    @property
    def next_at(self) -> float:
        """No packet gets through before this; `NEVER` if none is here."""
        if self._flying:
            return self._flying[0][0]
        if not self._waiting:
            return NEVER
        came, size, _ = self._waiting[0]
        settings = self.settings
        sending = 0.0 if settings.rate is None else size * 8 / settings.rate
        soonest = max(came, self._free_at) + sending + max(0.0, settings.delay - settings.jitter) / 1000
        return max(soonest, self._last_arrival)

    def _send(self, now: float) -> None:
        """Move on those whose turn is over by now."""
        waiting, rate = self._waiting, self.settings.rate
        per_byte = 0.0 if rate is None else 8 / rate
        while waiting:
            came, size, packet = waiting[0]
            sent_at = max(came, self._free_at) + size * per_byte
            if sent_at > now:
                return
            waiting.popleft()
            self._waiting_bytes -= size
            self._free_at = sent_at
            self._fly(packet, sent_at)
        self._waiting_bytes = 0.0  # whatever the fractions of bytes have added up to

    def _fly(self, packet: bytes, sent_at: float) -> None:
        delay = self.settings.delay
        if self.settings.jitter:
            delay = max(0.0, delay + (2 * self._random() - 1) * self.settings.jitter)
        self._last_arrival = max(self._last_arrival, sent_at + delay / 1000)
        self._flying.append((self._last_arrival, packet))

    def _is_lost(self) -> bool:
        """Gilbert's model: two states, in one of which all is lost."""
        settings = self.settings
        loss = settings.loss
        if settings.cut or loss in {0, 1}:
            lost = bool(settings.cut or loss)
        else:
            run = max(settings.burst, 1 / (1 - loss))
            stay, begin = 1 - 1 / run, loss / (run * (1 - loss))
            lost = self._random() < (stay if self._losing else begin)
        self.counters.loss_runs += lost and not self._losing
        self._losing = lost
        return lost
