"""A call without people, with a test point of our own: sound and picture both ways at once, each at its own pace."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

import msgspec
from msgspec import Meta

from amif_netcheck.measure import wire
from amif_netcheck.measure.ledger import Ledger, Meter
from amif_netcheck.measure.media import (
    LARGEST_TRANSIT_NS,
    LONGEST_S,
    MEDIA,
    MOST_AUDIO_PPS,
    MOST_VIDEO_BIT_S,
    Arrivals,
    MediaPlan,
    Player,
)
from amif_netcheck.measure.socket_errors import Trouble, trouble
from amif_netcheck.measure.train import LATE_AFTER_S, SUSPENDED_S
from amif_netcheck.measure.wire import Kind, Packet
from amif_netcheck.model.facts import Reason, Unavailable

_OPEN_S = 2.0
_OPEN_AGAIN_S = 0.1
_RESULT_S = 1.0
_POLL_S = 0.05
_DATAGRAM = 2048
_END_COPIES = 3
_QUEUE_BYTES = 1 << 20
"""Of what has arrived and was not taken yet: a program that waits for the processor must not lose packets of its own.
Windows keeps 64 kB unless it is told to, a sixth of a second of such a call."""
_MOST_BYTES = 1 << 40
"""More than any call can bring."""

T = TypeVar("T")


@dataclass(frozen=True)
class StreamCapture:
    """One stream one way. `transit_ns[i]` is packet i's time on the way, relative to the first that arrived; None: lost.

    The two clocks' offset is unknown, so a transit may be negative, and only differences within a stream mean anything.
    `bytes` is the UDP payload that arrived, `interval_ms` the mean time between two packets (0: no such stream).
    """

    interval_ms: float
    transit_ns: list[int | None]
    bytes: int


@dataclass(frozen=True)
class MediaCapture:
    """Sound and picture one way."""

    audio: StreamCapture
    video: StreamCapture


@dataclass(frozen=True)
class CallCapture:
    """What arrived of a call: `up` at the server (unavailable when it could not be asked afterwards), `down` here."""

    up: MediaCapture | Unavailable
    down: MediaCapture


def play(
    start: Callable[[dict[str, Any]], object],
    result: Callable[[], object],
    sock: socket.socket,
    plan: MediaPlan,
    *,
    ledger: Ledger,
    until: float,
    stop: threading.Event,
) -> CallCapture | Unavailable:
    """Play a call over `sock`, connected to the test point's UDP port; it stays the caller's.

    `start` posts a JSON object to `/amif/call` and returns the decoded answer, `result` that of `/amif/call/<token>`;
    both may raise `OSError` and end in time by themselves. The server sends only to the address that asked, so both have
    to use the same address of this computer as `sock`, without a proxy.

    Ends by `until` (`time.monotonic`) plus what `result` takes, with the packets that fit; or at once when `stop` is set.
    `BLOCKED`, `TIMEOUT`: HTTP or UDP did not get through. `ERROR`: the other side does not keep to the protocol.
    """
    media_until = until - LATE_AFTER_S - _RESULT_S
    seconds = min(plan.seconds, media_until - time.monotonic())
    if seconds <= 0:
        return Unavailable(reason=Reason.TIMEOUT, detail="no time was left for a call")
    try:
        answer = start({"audio_pps": plan.audio_pps, "video_bit_s": plan.video_bit_s, "seconds": seconds})
        granted = msgspec.convert(answer, _GrantedCall)
    except OSError as error:
        return _refusal(error)
    except msgspec.ValidationError as error:
        return Unavailable(reason=Reason.ERROR, detail=f"the answer to the call: {error}")
    session = _CallSession(sock, bytes.fromhex(granted.token), granted.plan, Meter(ledger, sock), stop)
    problem = session.open(min(media_until, time.monotonic() + _OPEN_S)) or session.run(media_until)
    session.hang_up()
    if problem is not None:
        return problem
    sent = session.highest_received()
    try:
        report = msgspec.convert(result(), _CallReport)
        up: MediaCapture | Unavailable = _way(
            granted.plan, lambda kind: report.received.of(kind).cut_to(session.sent(kind))
        )
        sent = {kind: min(report.sent.of(kind), granted.plan.count(kind)) for kind in MEDIA}
    except OSError as error:
        up = _refusal(error)
    except msgspec.ValidationError as error:
        up = Unavailable(reason=Reason.ERROR, detail=f"the call's result: {error}")
    return CallCapture(up=up, down=_way(granted.plan, lambda kind: session.received(kind, sent[kind])))


class _GrantedCall(msgspec.Struct, frozen=True):
    """The test point's answer to a call that was asked for."""

    token: Annotated[str, Meta(pattern=f"^[0-9a-f]{{{2 * wire.SESSION_BYTES}}}$")]
    audio_pps: Annotated[int, Meta(ge=0, le=MOST_AUDIO_PPS)]
    video_bit_s: Annotated[int, Meta(ge=0, le=MOST_VIDEO_BIT_S)]
    seconds: Annotated[float, Meta(gt=0, le=LONGEST_S)]

    @property
    def plan(self) -> MediaPlan:
        return MediaPlan(self.audio_pps, self.video_bit_s, self.seconds)


class _StreamReport(msgspec.Struct, frozen=True):
    """What the test point received of one stream."""

    transit_ns: list[Annotated[int, Meta(ge=-LARGEST_TRANSIT_NS, le=LARGEST_TRANSIT_NS)] | None]
    bytes: Annotated[int, Meta(ge=0, le=_MOST_BYTES)]

    def cut_to(self, sent: int) -> tuple[list[int | None], int]:
        """Transits, as many as were sent, and bytes."""
        return [*self.transit_ns[:sent], *[None] * (sent - len(self.transit_ns))], self.bytes


class _ByKind(msgspec.Struct, Generic[T], frozen=True):
    """One of each stream's."""

    audio: T
    video: T

    def of(self, kind: Kind) -> T:
        return self.audio if kind is Kind.AUDIO else self.video


class _CallReport(msgspec.Struct, frozen=True):
    """The test point's result of a call: how many packets it sent, and what it received."""

    sent: _ByKind[Annotated[int, Meta(ge=0)]]
    received: _ByKind[_StreamReport]


class _CallSession:
    """The UDP side of one call."""

    def __init__(
        self, sock: socket.socket, session: bytes, plan: MediaPlan, meter: Meter, stop: threading.Event
    ) -> None:
        self._sock, self._session, self._plan, self._meter, self._stop = sock, session, plan, meter, stop
        self._arrivals = Arrivals(plan)
        self._highest = dict.fromkeys(MEDIA, -1)
        self._player: Player | None = None
        self._last_ns = 0
        self._stood_still = False
        sock.settimeout(_POLL_S)
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _QUEUE_BYTES)

    def open(self, until: float) -> Unavailable | None:
        """Ask until the server answers or sends; why not, when it does not."""
        refused = False
        ask_at = 0.0
        while not self._last_ns:
            now = time.monotonic()
            if now > until or self._stop.is_set():
                reason = Reason.BLOCKED if refused else Reason.TIMEOUT
                return Unavailable(reason=reason, detail="the call: no answer over UDP")
            if now >= ask_at:
                ask_at = now + _OPEN_AGAIN_S
                self._tell(Kind.CALL_OPEN)
            refused = self._hear() or refused
        return None

    def run(self, until: float) -> Unavailable | None:
        """Send and receive until both sides are through; then wait for what is still on the way."""
        over = threading.Event()
        self._player = Player(self._plan, self._session)
        sender = threading.Thread(target=self._play, args=(self._player, until, over), daemon=True)
        sender.start()
        ended_ns = 0
        try:
            while not self._stop.is_set() and time.monotonic() < until + LATE_AFTER_S:
                if not sender.is_alive():
                    ended_ns = ended_ns or time.perf_counter_ns()
                    if time.perf_counter_ns() - max(ended_ns, self._last_ns) > LATE_AFTER_S * 1e9:
                        break
                self._hear()
        finally:
            over.set()
            sender.join()
        if self._stood_still:
            return Unavailable(reason=Reason.TIMEOUT, detail="this computer stood still meanwhile")
        return (
            Unavailable(reason=Reason.TIMEOUT, detail="the call was stopped") if self._stop.is_set() else None
        )

    def hang_up(self) -> None:
        """The server may stop sending."""
        for _copy in range(_END_COPIES):
            self._tell(Kind.CALL_END)

    def sent(self, kind: Kind) -> int:
        """Packets that were sent."""
        return self._player.sent[kind] if self._player is not None else 0

    def highest_received(self) -> dict[Kind, int]:
        """As many packets as the server sent at least, by their numbers."""
        return {kind: highest + 1 for kind, highest in self._highest.items()}

    def received(self, kind: Kind, sent: int) -> tuple[list[int | None], int]:
        """Transits and bytes of what the server sent."""
        return self._arrivals.transit_ns(kind, max(sent, self._highest[kind] + 1)), self._arrivals.bytes[kind]

    def _play(self, player: Player, until: float, over: threading.Event) -> None:
        while (due := player.due) is not None:
            time.sleep(max(0.0, due - time.perf_counter()))
            if time.perf_counter() - due > SUSPENDED_S:
                self._stood_still = True
                return
            if over.is_set() or self._stop.is_set() or time.monotonic() > until:
                return
            self._send(player.packet())

    def _send(self, datagram: bytes) -> None:
        with contextlib.suppress(OSError):  # no route at this moment, or a full queue: a packet lost
            self._sock.send(datagram)
            self._meter.sent(len(datagram))

    def _tell(self, kind: Kind) -> None:
        self._send(wire.pack(Packet(kind, self._session, 0)))

    def _hear(self) -> bool:
        """Take one datagram; True when the other side says that nothing listens."""
        try:
            datagram = self._sock.recv(_DATAGRAM)
        except TimeoutError:
            return False
        except OSError as error:
            said = trouble(error, datagrams=True)
            if said not in {Trouble.REFUSED, Trouble.TOO_LONG, Trouble.HOST_UNREACHABLE}:
                time.sleep(_POLL_S)  # the network is away for a moment
            return said is Trouble.REFUSED
        now = time.perf_counter_ns()
        self._meter.received(len(datagram))
        packet = wire.parse(datagram)
        if packet is not None and packet.session == self._session:
            self._last_ns = now
            if packet.kind in MEDIA and packet.sequence < self._plan.count(packet.kind):
                self._highest[packet.kind] = max(self._highest[packet.kind], packet.sequence)
                self._arrivals.note(packet, now, len(datagram))
        return False


def _way(plan: MediaPlan, streams: Callable[[Kind], tuple[list[int | None], int]]) -> MediaCapture:
    audio, video = (StreamCapture(plan.interval_ms(kind), *streams(kind)) for kind in MEDIA)
    return MediaCapture(audio=audio, video=video)


def _refusal(error: OSError) -> Unavailable:
    reason = Reason.TIMEOUT if isinstance(error, TimeoutError) else Reason.BLOCKED
    return Unavailable(reason=reason, detail=f"the call over HTTP: {error}")
