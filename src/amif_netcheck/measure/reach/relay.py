"""Relays of meetings (TURN, RFC 8656), over datagrams, TCP and TLS: do they answer, and do they admit who has credentials?

Without credentials a STUN question is asked, which they answer over connections too. With them a place on the relay is asked
for and given back at once. Nothing is relayed either way. Within TLS no credentials are used before somebody has vouched for
who is there: a user's name goes with them, and what a password can be guessed from.
"""

from __future__ import annotations

import contextlib
import select
import socket
import threading
import time
from functools import partial

from amif_netcheck.children.threads import BackgroundCall
from amif_netcheck.measure import icmp_errors
from amif_netcheck.measure.exchange import StunExchange
from amif_netcheck.measure.ledger import Ledger, Meter, note_connection
from amif_netcheck.measure.names import Address, Names, leads_nowhere
from amif_netcheck.measure.reach import outcomes, udp, web
from amif_netcheck.measure.reach.handshakes import AGAIN_AFTER_S, MOST_TRIES, Way, proven, trusting
from amif_netcheck.measure.reach.web import WebTarget
from amif_netcheck.measure.socket_errors import TELLS_NOTHING, trouble
from amif_netcheck.measure.turn import HEADER, Allocation, AllocationEnd, Credentials
from amif_netcheck.model.facts import AccessMethod, Outcome, Place, Reach, Reason, Unavailable

_ANSWER_S = 1.0
"""A relay answers in a round trip; what speaks another language may wait for ever."""
_LONGEST_ANSWER = 2048
_WAITS_S = (0.4, 0.6, 1.0)
"""After each question over datagrams, as in `udp.ASK_AT_S`."""
_MOST_QUESTIONS = 8
"""Over datagrams, whatever is answered."""
_ENDS = {
    AllocationEnd.ALLOCATED: Outcome.ANSWERED,
    AllocationEnd.NOT_ADMITTED: Outcome.NOT_ADMITTED,
    AllocationEnd.NO_ROOM: Outcome.NO_ROOM,
}


def ask_relay(
    target: WebTarget,
    names: Names,
    ledger: Ledger,
    *,
    until: float,
    stop: threading.Event,
    credentials: Credentials | None = None,
) -> Place:
    """Ask over a connection by every way there is, by `until` (`time.monotonic`); `target.tls` says whether within TLS.

    `NO_RELAY`: the connection stands, and nobody there answers. `UNTRUSTED`: nobody vouches for who is there, and there are
    credentials that it must not see.
    """
    ways, nameless = web.ways_to(target, names, until=until)
    calls = [
        (way, BackgroundCall(partial(_asked, way, target, credentials, ledger, until=until, stop=stop)))
        for way in ways
    ]
    ended = [(way, _in_time(call.result(until))) for way, call in calls]
    sunk = _is_sunk(target.host, names.resolve(target.host, until=until))
    reach = tuple(
        Reach(
            by=way.by,
            address=way.address,
            outcome=_by_name(outcome, sunk=sunk and way.by is not AccessMethod.PROXY),
        )
        for way, outcome in ended
    )
    if nameless is not None and not reach:
        reach = (Reach(by=AccessMethod.NOTHING, outcome=outcomes.nameless(nameless)),)
    return Place(role=target.role, server=target.host, port=target.port, reach=reach)


def allocate_by_datagrams(
    target: udp.Target,
    names: Names,
    ledger: Ledger,
    *,
    until: float,
    stop: threading.Event,
    credentials: Credentials,
) -> Place:
    """Ask for a place on a relay over UDP, by each IP family, by `until` (`time.monotonic`)."""
    names.start(target.host)
    addresses = names.resolve(target.host, until=until)
    if isinstance(addresses, Unavailable):
        reach: tuple[Reach, ...] = (Reach(by=AccessMethod.NOTHING, outcome=outcomes.nameless(addresses)),)
        return Place(role=target.role, server=target.host, port=target.port, reach=reach)
    calls = [
        (
            address,
            BackgroundCall(
                partial(
                    _by_datagrams,
                    address,
                    target.port,
                    Allocation(credentials),
                    ledger,
                    until=until,
                    stop=stop,
                )
            ),
        )
        for address in udp.one_of_each_family(addresses)
    ]
    ended = [(address, _in_time(call.result(until))) for address, call in calls]
    sunk = _is_sunk(target.host, addresses)
    reach = tuple(
        Reach(
            by=udp.by(address),
            address=str(address),
            outcome=_by_name(outcome, sunk=sunk),
        )
        for address, outcome in ended
    )
    return Place(role=target.role, server=target.host, port=target.port, reach=reach)


def _is_sunk(host: str, addresses: tuple[Address, ...] | Unavailable) -> bool:
    return not isinstance(addresses, Unavailable) and leads_nowhere(host, addresses)


def _by_name(outcome: Outcome, *, sunk: bool) -> Outcome:
    """What becomes of a name that a filter made lead nowhere tells nothing of the relay, unless it answers all the same."""
    return Outcome.SUNK if sunk and outcome is not Outcome.ANSWERED else outcome


def _in_time(ended: Outcome | Unavailable) -> Outcome:
    """What did not end by then is silence.

    Raises:
        RuntimeError: it crashed.
    """
    if isinstance(ended, Unavailable):
        if ended.reason is Reason.ERROR:
            raise RuntimeError("asking a relay crashed")
        return Outcome.SILENT
    return ended


# --- over datagrams -----------------------------------------------------------------------------


def _by_datagrams(
    address: Address,
    port: int,
    allocation: Allocation,
    ledger: Ledger,
    *,
    until: float,
    stop: threading.Event,
) -> Outcome:
    family = socket.AF_INET if udp.by(address) is AccessMethod.IPV4 else socket.AF_INET6
    try:
        sock = socket.socket(family, socket.SOCK_DGRAM)
    except OSError:
        return Outcome.NO_ROUTE
    with contextlib.closing(sock):
        try:
            sock.connect((str(address), port))
        except OSError as error:
            at_once = outcomes.outcome_of(error, datagrams=True)
            return Outcome.FORBIDDEN if at_once is Outcome.FORBIDDEN else Outcome.NO_ROUTE
        icmp_errors.keep(sock)
        return _conversation(sock, allocation, Meter(ledger, sock), until, stop)


def _conversation(
    sock: socket.socket, allocation: Allocation, meter: Meter, until: float, stop: threading.Event
) -> Outcome:
    """Each question is repeated until it is answered; what an error says counts where no answer comes."""
    outcome = Outcome.SILENT
    waits = list(_WAITS_S)
    for _ in range(_MOST_QUESTIONS):
        if not waits or allocation.ended is not None or time.monotonic() >= until or stop.is_set():
            break
        by = min(until, time.monotonic() + waits.pop(0))
        try:
            meter.sent(sock.send(allocation.request))
            if _is_answered(sock, allocation, meter, by):
                waits = list(_WAITS_S)
        except OSError as error:
            forbidden = icmp_errors.forbidden(sock)
            if trouble(error, datagrams=True) not in TELLS_NOTHING:
                outcome = Outcome.FORBIDDEN if forbidden else outcomes.outcome_of(error, datagrams=True)
            stop.wait(max(0.0, by - time.monotonic()))
    if allocation.may_exist:
        with contextlib.suppress(OSError):
            meter.sent(sock.send(allocation.release()))
    return outcome if allocation.ended is None else _ENDS[allocation.ended]


def _is_answered(sock: socket.socket, allocation: Allocation, meter: Meter, by: float) -> bool:
    """Wait for an answer by a moment; what is none is passed over.

    Raises:
        OSError: somebody said that the question did not arrive.
    """
    while (left := by - time.monotonic()) > 0:
        readable, _, _ = select.select([sock], [], [], left)
        if readable:
            datagram = sock.recv(_LONGEST_ANSWER)
            meter.received(len(datagram))
            if allocation.receive(datagram):
                return True
    return False


# --- over connections ---------------------------------------------------------------------------


def _asked(
    way: Way,
    target: WebTarget,
    credentials: Credentials | None,
    ledger: Ledger,
    *,
    until: float,
    stop: threading.Event,
) -> Outcome:
    """How one way ended; what fails at once is tried again before it counts."""
    shut = web.shut(way)
    if shut is not None:
        return shut
    outcome = Outcome.SILENT
    for _ in range(MOST_TRIES):
        try:
            if credentials is not None:
                return _admitted(way, target, credentials, ledger, until=until, stop=stop)
            with way.open(until, 0) as sock:
                return _answer(sock, target, ledger, until)
        except OSError as error:
            outcome = outcomes.outcome_of(error)
        if time.monotonic() + AGAIN_AFTER_S >= until or stop.wait(AGAIN_AFTER_S):
            break
    return outcome


def _answer(sock: socket.socket, target: WebTarget, ledger: Ledger, until: float) -> Outcome:
    """What becomes of a STUN question over a connection.

    Raises:
        OSError: there is no TLS.
    """
    sock.settimeout(_left_s(until))
    if not target.tls:
        return _stun(sock, ledger, until)
    with contextlib.closing(trusting().wrap_socket(sock, server_hostname=target.host)) as secure:
        return _stun(secure, ledger, until)


def _admitted(
    way: Way,
    target: WebTarget,
    credentials: Credentials,
    ledger: Ledger,
    *,
    until: float,
    stop: threading.Event,
) -> Outcome:
    """What becomes of a question for a place.

    Raises:
        OSError: there is no connection, or no TLS with somebody who is vouched for.
    """

    def connect() -> socket.socket:
        return way.open(until, 0)

    with contextlib.closing(proven(connect, target.host, until) if target.tls else connect()) as sock:
        return _allocate(Allocation(credentials), sock, ledger, until, stop)


def _stun(sock: socket.socket, ledger: Ledger, until: float) -> Outcome:
    exchange = StunExchange()
    answer = b""
    with contextlib.suppress(OSError):
        sock.sendall(exchange.request(0))
        answer = _message(sock, min(until, time.monotonic() + _ANSWER_S))
    note_connection(ledger, sock)
    return Outcome.ANSWERED if exchange.sequence_of(answer) is not None else Outcome.NO_RELAY


def _allocate(
    allocation: Allocation, sock: socket.socket, ledger: Ledger, until: float, stop: threading.Event
) -> Outcome:
    with contextlib.suppress(OSError):
        sock.settimeout(_left_s(until))
        while allocation.ended is None and not stop.is_set():
            sock.sendall(allocation.request)
            answer = _message(sock, min(until, time.monotonic() + _ANSWER_S))
            if not allocation.receive(answer):
                break
        if allocation.ended is AllocationEnd.ALLOCATED:
            sock.sendall(allocation.release())
    note_connection(ledger, sock)
    return Outcome.NO_RELAY if allocation.ended is None else _ENDS[allocation.ended]


def _message(sock: socket.socket, by: float) -> bytes:
    """One message of STUN, as far as it came by a moment; empty when nothing did.

    Raises:
        OSError: the connection broke.
    """
    message, wanted = b"", HEADER.size
    while len(message) < wanted and time.monotonic() < by:
        sock.settimeout(_left_s(by))
        piece = sock.recv(min(wanted, _LONGEST_ANSWER) - len(message))
        if not piece:
            break
        message += piece
        if len(message) == HEADER.size:
            wanted = min(HEADER.size + int.from_bytes(message[2:4], "big"), _LONGEST_ANSWER)
    return message


def _left_s(until: float) -> float:
    return max(0.01, until - time.monotonic())
