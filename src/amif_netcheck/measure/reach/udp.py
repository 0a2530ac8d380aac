"""UDP: a few STUN questions to each of several servers at once; a lost datagram must not read as a block."""

from __future__ import annotations

import contextlib
import select
import socket
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

from amif_netcheck.measure import icmp_errors
from amif_netcheck.measure.exchange import StunExchange
from amif_netcheck.measure.ledger import Ledger, Meter
from amif_netcheck.measure.names import Address, Names, leads_nowhere
from amif_netcheck.measure.reach import outcomes
from amif_netcheck.measure.socket_errors import TELLS_NOTHING, trouble
from amif_netcheck.model.facts import AccessMethod, Outcome, Place, Reach, Role, Unavailable

ASK_AT_S = (0.0, 0.4, 1.0)
"""RFC 8489 (section 6.2.1) waits half a second and doubles it; three questions in a second, then one second more."""
PATIENCE_S = 2.0
_PATIENCE_AFTER_AN_ANSWER_S = 0.7
"""Once one server answers by an IP family, UDP passes there: what the others do is a detail."""
_NAMES_SHARE = 0.45
_STOP_CHECK_S = 0.1


@dataclass(frozen=True)
class Target:
    """A server to ask."""

    role: Role
    host: str
    port: int


def ask(
    targets: Sequence[Target], names: Names, ledger: Ledger, *, until: float, stop: threading.Event
) -> tuple[Place, ...]:
    """Ask each target by every IP family it has, by `until` (`time.monotonic`)."""
    for target in targets:
        names.start(target.host)
    names_by = time.monotonic() + (until - time.monotonic()) * _NAMES_SHARE
    places: list[list[_Question]] = []
    nameless: dict[str, tuple[Reach, ...]] = {}
    for target in targets:
        addresses = names.resolve(target.host, until=names_by)
        if isinstance(addresses, Unavailable):
            nameless[target.host] = (Reach(by=AccessMethod.NOTHING, outcome=outcomes.nameless(addresses)),)
            addresses = ()
        otherwise = Outcome.SUNK if leads_nowhere(target.host, addresses) else None
        places.append(
            [_Question(address, target.port, ledger, otherwise) for address in one_of_each_family(addresses)]
        )
    try:
        _run([question for questions in places for question in questions], until=until, stop=stop)
    finally:
        for questions in places:
            for question in questions:
                question.close()
    return tuple(
        Place(
            role=target.role,
            server=target.host,
            port=target.port,
            reach=tuple(question.reach for question in questions) or nameless[target.host],
        )
        for target, questions in zip(targets, places, strict=True)
    )


def one_of_each_family(addresses: Sequence[Address]) -> list[Address]:
    """The first address of each IP version, in their order."""
    first: dict[int, Address] = {}
    for address in addresses:
        first.setdefault(address.version, address)
    return list(first.values())


def by(address: Address) -> AccessMethod:
    """The way that leads to an address."""
    return AccessMethod.IPV4 if address.version == 4 else AccessMethod.IPV6  # noqa: PLR2004 - IP version


def _run(questions: list[_Question], *, until: float, stop: threading.Event) -> None:
    began = time.monotonic()
    rounds = [began + after for after in ASK_AT_S]
    sequence = 0
    open_ones = [question for question in questions if question.sock is not None]
    while not stop.is_set():
        now = time.monotonic()
        answered = {question.way for question in open_ones if question.outcome is Outcome.ANSWERED}
        waiting = [
            question
            for question in open_ones
            if question.outcome is not Outcome.ANSWERED
            and now < began + (_PATIENCE_AFTER_AN_ANSWER_S if question.way in answered else PATIENCE_S)
        ]
        if not waiting or now >= until:
            return
        if rounds and now >= rounds[0]:
            rounds.pop(0)
            for question in waiting:
                question.ask(sequence)
            sequence += 1
        following = min(rounds[0] if rounds else until, until, now + _STOP_CHECK_S)
        readable, _, _ = select.select(
            [question.sock for question in waiting if question.sock], [], [], max(0.0, following - now)
        )
        for question in waiting:
            if question.sock in readable:
                question.receive()


class _Question:
    """The questions to one address, over a socket of their own."""

    def __init__(self, address: Address, port: int, ledger: Ledger, otherwise: Outcome | None) -> None:
        """`otherwise` stands for all outcomes without an answer."""
        self._address = address
        self.way = by(address)
        self._otherwise = otherwise
        self._exchange = StunExchange()
        self.outcome = Outcome.SILENT
        self.sock: socket.socket | None = None
        try:
            sock = socket.socket(
                socket.AF_INET if self.way is AccessMethod.IPV4 else socket.AF_INET6, socket.SOCK_DGRAM
            )
        except OSError:
            self.outcome = Outcome.NO_ROUTE
            return
        try:
            sock.connect((str(address), port))
        except OSError as error:
            sock.close()
            at_once = outcomes.outcome_of(error, datagrams=True)
            self.outcome = Outcome.FORBIDDEN if at_once is Outcome.FORBIDDEN else Outcome.NO_ROUTE
            return
        icmp_errors.keep(sock)
        self.sock = sock
        self._meter = Meter(ledger, sock)

    @property
    def reach(self) -> Reach:
        outcome = self.outcome
        if self._otherwise is not None and outcome is not Outcome.ANSWERED:
            outcome = self._otherwise
        return Reach(by=self.way, outcome=outcome, address=str(self._address))

    def ask(self, sequence: int) -> None:
        request = self._exchange.request(sequence)
        assert self.sock is not None  # noqa: S101 - only open ones are asked
        for _attempt in range(2):  # the first may only report what became of an earlier one
            try:
                self.sock.send(request)
            except OSError as error:
                self._fail(error)
            else:
                self._meter.sent(len(request))
                return

    def receive(self) -> None:
        assert self.sock is not None  # noqa: S101 - only open ones receive
        try:
            datagram = self.sock.recv(2048)
        except OSError as error:
            self._fail(error)
            return
        self._meter.received(len(datagram))
        if self._exchange.sequence_of(datagram) is not None:
            self.outcome = Outcome.ANSWERED

    def close(self) -> None:
        if self.sock is not None:
            with contextlib.suppress(OSError):
                self.sock.close()

    def _fail(self, error: OSError) -> None:
        assert self.sock is not None  # noqa: S101
        forbidden = icmp_errors.forbidden(self.sock)
        if self.outcome is Outcome.ANSWERED or trouble(error, datagrams=True) in TELLS_NOTHING:
            return
        self.outcome = Outcome.FORBIDDEN if forbidden else outcomes.outcome_of(error, datagrams=True)
