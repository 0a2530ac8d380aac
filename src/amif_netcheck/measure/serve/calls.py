"""Paced calls: announced over HTTP with a token, opened over UDP from the same address, told about over HTTP."""

from __future__ import annotations

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
    Plan,
    Player,
)
from amif_netcheck.measure.serve.clients import Gate, Ticket, client_of
from amif_netcheck.measure.serve.echoes import Datagram
from amif_netcheck.measure.serve.journal import Journal
from amif_netcheck.measure.serve.post import Peer
from amif_netcheck.measure.wire import Kind, Packet

OPEN_WITHIN_S = 10.0
SILENCE_S = 2.0
KEPT_S = 60.0
MOST_CALLS = 64
_MOST_OF_ONE = 8
_SHORTEST_S = 0.1
_QUIET_WITHIN_S = 0.2

Send = Callable[[bytes, Peer], object]


def plan_of(wish: Mapping[str, Any]) -> Plan:
    """What is granted of a wish: what is missing is as usual, what is too much is cut.

    Raises:
        TypeError: a value is no number.
    """
    values = {}
    for name, most, usual in (
        ("audio_pps", MOST_AUDIO_PPS, Plan.audio_pps),
        ("video_bit_s", MOST_VIDEO_BIT_S, Plan.video_bit_s),
        ("seconds", LONGEST_S, Plan.seconds),
    ):
        value = wish.get(name, usual)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise TypeError(f"{name} is no number")
        values[name] = max(0, min(value, most))  # NaN becomes 0
    return Plan(
        int(values["audio_pps"]), int(values["video_bit_s"]), max(_SHORTEST_S, float(values["seconds"]))
    )


class _Call:
    """One call, from its token to its result."""

    def __init__(self, plan: Plan, address: str) -> None:
        self.session = os.urandom(wire.SESSION_BYTES)
        self.plan, self.address = plan, address
        self.made_s = time.monotonic()
        self.peer: Peer | None = None
        self.ended = threading.Event()
        self.quiet = threading.Event()
        self.arrivals = Arrivals(plan)
        self.player: Player | None = None
        self._heard_s = 0.0
        self._heard_bytes = 0

    def take(self, packet: Packet, arrived_ns: int, size: int) -> None:
        """A packet of the client's."""
        self._heard_s = time.monotonic()
        self._heard_bytes += size
        if packet.kind is Kind.CALL_END:
            self.ended.set()
        else:
            self.arrivals.note(packet, arrived_ns, size)

    def run(self, send: Send, peer: Peer, ticket: Ticket) -> None:
        """Send our side to `peer`, until the client falls silent or hangs up, or its time or share is used up."""
        told = 0

        def go_on() -> bool:
            nonlocal told
            heard, told = self._heard_bytes - told, self._heard_bytes
            within = ticket.goes_on(heard)
            return within and not self.ended.is_set() and time.monotonic() < self._heard_s + SILENCE_S

        def send_one(datagram: bytes) -> None:
            send(datagram, peer)
            ticket.goes_on(len(datagram))

        self.player = Player(self.plan, self.session, send_one)
        self.player.run(go_on)

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
    """All calls, few at a time; used by the threads of HTTP and the one of UDP."""

    def __init__(self, gate: Gate, journal: Journal, send: Send) -> None:
        self._gate, self._journal, self._send = gate, journal, send
        self._lock = threading.Lock()
        self._calls: OrderedDict[bytes, _Call] = OrderedDict()

    def announce(self, plan: Plan, address: str) -> str | None:
        """A token for a call from `address`; None when there are too many calls."""
        call = _Call(plan, address)
        client = client_of(address)
        with self._lock:
            self._forget(call.made_s)
            mine = sum(client_of(each.address) == client for each in self._calls.values())
            if len(self._calls) >= MOST_CALLS or mine >= _MOST_OF_ONE:
                return None
            self._calls[call.session] = call
        return call.session.hex()

    def result(self, token: str, address: str) -> dict[str, Any] | None:
        """End a call and tell what became of it, to the address that announced it; None when there is no such call."""
        try:
            session = bytes.fromhex(token)
        except ValueError:
            return None
        with self._lock:
            call = self._calls.get(session)
            if call is None or call.address != address:
                return None
            del self._calls[session]
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
            if call.peer is None and not self._begin(call, datagram.peer):
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
        call.peer = peer
        call.take(Packet(Kind.CALL_OPEN, call.session, 0), 0, 0)
        threading.Thread(target=self._run, args=(call, peer, ticket), daemon=True).start()
        return True

    def _run(self, call: _Call, peer: Peer, ticket: Ticket) -> None:
        with ticket:
            call.run(self._send, peer, ticket)
        call.quiet.set()
        self._journal.ended("call", call.address, ticket)

    def _forget(self, now: float) -> None:
        """Calls that were never opened, or whose result nobody asked for."""
        for session, call in list(self._calls.items()):
            kept = KEPT_S if call.peer is not None else OPEN_WITHIN_S
            if now > call.made_s + kept:
                del self._calls[session]
