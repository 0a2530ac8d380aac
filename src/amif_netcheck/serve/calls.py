"""Paced calls: announced over HTTP with a token, opened over UDP from the same address, reported over HTTP."""

from __future__ import annotations

import contextlib
import heapq
import itertools
import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

from amif_netcheck.measure import wire
from amif_netcheck.measure.media import (
    LONGEST_S,
    MEDIA,
    MOST_AUDIO_PPS,
    MOST_VIDEO_BIT_S,
    Arrivals,
    MediaPlan,
    Player,
)
from amif_netcheck.measure.wire import Kind, Packet
from amif_netcheck.serve.access_log import AccessLog
from amif_netcheck.serve.clients import AdmissionControl, Ticket, client_of
from amif_netcheck.serve.echoes import Datagram
from amif_netcheck.serve.udp_socket import Peer

OPEN_WITHIN_S = 10.0
SILENCE_S = 2.0
KEPT_S = 60.0
MOST_CALLS = 64
_MOST_OF_ONE = 8
_SHORTEST_S = 0.1
_QUIET_WITHIN_S = 0.2
_AT_ONCE = 2  # then those of the clients are received

Send = Callable[[bytes, Peer], object]


def granted_plan(request: Mapping[str, Any]) -> MediaPlan:
    """What is granted of a request: defaults for what is missing, the limit for what is above it.

    Raises:
        TypeError: a value is no number.
    """
    values = {}
    for name, most, default in (
        ("audio_pps", MOST_AUDIO_PPS, MediaPlan.audio_pps),
        ("video_bit_s", MOST_VIDEO_BIT_S, MediaPlan.video_bit_s),
        ("seconds", LONGEST_S, MediaPlan.seconds),
    ):
        value = request.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise TypeError(f"{name} is no number")
        values[name] = max(0, min(value, most))  # NaN becomes 0
    return MediaPlan(
        int(values["audio_pps"]), int(values["video_bit_s"]), max(_SHORTEST_S, float(values["seconds"]))
    )


class _Call:
    """One call, from its token to its result."""

    def __init__(self, plan: MediaPlan, address: str) -> None:
        self.session = os.urandom(wire.SESSION_BYTES)
        self.plan, self.address = plan, address
        self.made_s = time.monotonic()
        self.peer: Peer | None = None
        self.ended = threading.Event()
        self.quiet = threading.Event()
        self.reported = False
        self.arrivals = Arrivals(plan)
        self.player: Player | None = None
        self.ticket: Ticket | None = None
        self._last_received_s = 0.0
        self._new_bytes = 0

    def take(self, packet: Packet, arrived_ns: int, size: int) -> None:
        """A packet of the client's."""
        self._last_received_s = time.monotonic()
        self._new_bytes += size
        if packet.kind is Kind.CALL_END:
            self.ended.set()
        else:
            self.arrivals.note(packet, arrived_ns, size)

    def begin(self, peer: Peer, ticket: Ticket) -> None:
        """The client has shown its address."""
        self.peer, self.ticket = peer, ticket
        self.player = Player(self.plan, self.session)
        self._last_received_s = time.monotonic()

    def packet(self) -> bytes | None:
        """The packet that is due; None when the client has fallen silent or hung up, or used up its time or share."""
        if self.player is None or self.ticket is None or self.ended.is_set():
            return None
        received, self._new_bytes = self._new_bytes, 0
        if not self.ticket.goes_on(received) or time.monotonic() > self._last_received_s + SILENCE_S:
            return None
        packet = self.player.packet()
        self.ticket.goes_on(len(packet))
        return packet

    def result(self) -> dict[str, Any]:
        """What was sent and what was received so far."""
        received = {
            kind.name.lower(): {
                "transit_ns": self.arrivals.transit_ns(kind, self.plan.count(kind)),
                "bytes": self.arrivals.bytes[kind],
            }
            for kind in MEDIA
        }
        sent = {kind.name.lower(): self.player.sent[kind] if self.player else 0 for kind in MEDIA}
        return {"sent": sent, "received": received}


class Calls:
    """All calls, few at a time: `announce` and `result` are for the threads of HTTP, `hear` and `play` for the one of UDP."""

    def __init__(self, gate: AdmissionControl, access_log: AccessLog, send: Send) -> None:
        self._gate, self._access_log, self._send = gate, access_log, send
        self._lock = threading.Lock()
        self._calls: OrderedDict[bytes, _Call] = OrderedDict()
        self._due: list[tuple[float, int, _Call]] = []
        self._numbers = itertools.count()

    def announce(self, plan: MediaPlan, address: str) -> str | None:
        """A token for a call from `address`; None when there are too many calls."""
        call = _Call(plan, address)
        client = client_of(address)
        with self._lock:
            self._forget(call.made_s)
            if not (self._has_room(_MOST_OF_ONE, client) and self._has_room(MOST_CALLS)):
                return None
            self._calls[call.session] = call
        return call.session.hex()

    def result(self, token: str, address: str) -> dict[str, Any] | None:
        """End a call and report it, to the address that announced it; None when there is no such call.

        The answer may get lost, so it is reported again to who asks again, as long as nobody needs the place.
        """
        try:
            session = bytes.fromhex(token)
        except ValueError:
            return None
        with self._lock:
            call = self._calls.get(session)
            if call is None or call.address != address:
                return None
            call.reported = True
        call.ended.set()
        if call.peer is not None:
            call.quiet.wait(_QUIET_WITHIN_S)
        return call.result()

    def hear(self, packet: Packet, datagram: Datagram) -> bytes | None:
        """Take a datagram of a call; the answer if there is one, as long as the datagram."""
        with self._lock:
            call = self._calls.get(packet.session)
        if call is None or call.address != datagram.address or call.peer not in {None, datagram.peer}:
            return None
        if packet.kind is Kind.CALL_OPEN:
            if call.peer is None and (call.reported or not self._begin(call, datagram.peer)):
                return None
            return wire.pack(packet._replace(kind=Kind.CALL_OPENED), datagram.data[wire.HEADER_BYTES :])
        if call.peer is not None:
            call.take(packet, datagram.at_ns, len(datagram.data))
        return None

    def _begin(self, call: _Call, peer: Peer) -> bool:
        if time.monotonic() > call.made_s + OPEN_WITHIN_S:
            return False
        ticket = self._gate.enter(client_of(call.address))
        if isinstance(ticket, int):
            return False
        call.begin(peer, ticket)
        if not self._queue(call):
            self._end(call)
        return True

    def play(self) -> float | None:
        """Send what is due, a few packets at most; after how many seconds to come back, None when there is no call."""
        for _turn in range(_AT_ONCE):
            if not self._due:
                return None
            wait = self._due[0][0] - time.perf_counter()
            if wait > 0:
                return wait
            self._play_one(heapq.heappop(self._due)[2])
        return 0.0

    def _play_one(self, call: _Call) -> None:
        packet = call.packet()
        if packet is not None and call.peer is not None:
            with contextlib.suppress(OSError):  # no route at this moment, or a full queue: a packet lost
                self._send(packet, call.peer)
        if packet is None or not self._queue(call):
            self._end(call)

    def _queue(self, call: _Call) -> bool:
        due = call.player.due if call.player is not None else None
        if due is not None:
            heapq.heappush(self._due, (due, next(self._numbers), call))
        return due is not None

    def _end(self, call: _Call) -> None:
        call.quiet.set()
        if call.ticket is not None:
            call.ticket.end()
            self._access_log.ended("call", call.address, call.ticket)

    def _has_room(self, most: int, client: str = "") -> bool:
        """Is there a place among so many, of one client if one is named? A call whose result was asked for makes room."""
        sessions = [
            session
            for session, call in self._calls.items()
            if not client or client_of(call.address) == client
        ]
        if len(sessions) < most:
            return True
        reported = next((session for session in sessions if self._calls[session].reported), None)
        if reported is not None:
            del self._calls[reported]
        return reported is not None

    def _forget(self, now: float) -> None:
        """Calls that were never opened, or whose result nobody asked for."""
        for session, call in list(self._calls.items()):
            lifetime_s = KEPT_S if call.peer is not None else OPEN_WITHIN_S
            if now > call.made_s + lifetime_s:
                del self._calls[session]
