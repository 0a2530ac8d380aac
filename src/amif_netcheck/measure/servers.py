"""Which of several UDP servers to measure against: all are asked, the first to answer serves for the whole run."""

from __future__ import annotations

import contextlib
import select
import socket
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from amif_netcheck.measure.echo import EchoServerExchange
from amif_netcheck.measure.exchange import Exchange, StunExchange
from amif_netcheck.measure.names import Address, Names
from amif_netcheck.measure.socket_errors import Trouble, no_way, trouble, words
from amif_netcheck.model.address import Server, UdpProtocol
from amif_netcheck.model.facts import NameLookup, Reason, Unavailable

_STOP_CHECK_S = 0.1
_LOOKUP_SHARE = 0.7
"""Names may take this share of the time to choose a server; answers are much faster."""
_ASK_AGAIN_S = (0.0, *(0.25 + turn / 10 for turn in range(9)))
"""A lost datagram must not read as a silent server, nor a row of them, so each is asked several times."""


_EXCHANGES: dict[UdpProtocol, Callable[[], Exchange]] = {
    UdpProtocol.STUN: StunExchange,
    UdpProtocol.ECHO: EchoServerExchange,
}


def exchange_with(server: Server) -> Exchange:
    """New requests in the protocol of `server`."""
    return _EXCHANGES[server.protocol]()


@dataclass(frozen=True)
class SelectedServer:
    """One address of one server, with a socket connected to it; of the winner the socket belongs to the caller."""

    server: Server
    address: str
    sock: socket.socket
    exchange: Exchange


def choose(
    servers: tuple[Server, ...], names: Names, *, until: float, stop: threading.Event
) -> tuple[SelectedServer | Unavailable, NameLookup]:
    """Look the names up, ask every server, return the first to answer; by `until` (`time.monotonic`).

    `TIMEOUT`: all stayed silent. `BLOCKED`: the other sides said that nothing listens, no name is known, or no route
    leads there.
    """
    for server in servers:
        names.start(server.host)
    lookups_until = time.monotonic() + (until - time.monotonic()) * _LOOKUP_SHARE
    resolved = {server: names.resolve(server.host, until=lookups_until) for server in servers}
    lookup = NameLookup(
        asked=len(servers), resolved=sum(not isinstance(a, Unavailable) for a in resolved.values())
    )
    candidates: list[SelectedServer] = []
    failures: list[Unavailable] = [answer for answer in resolved.values() if isinstance(answer, Unavailable)]
    for server, addresses in resolved.items():
        if isinstance(addresses, Unavailable):
            continue
        for address in _one_of_each_family(addresses):
            candidate = _connect(server, address)
            if isinstance(candidate, SelectedServer):
                candidates.append(candidate)
            else:
                failures.append(candidate)
    if not candidates:
        return _most_telling(failures), lookup
    return _race(candidates, until=until, stop=stop), lookup


def route_error(addresses: Iterable[Address]) -> Unavailable | None:
    """None when there is a route to any of these addresses; sends nothing.

    `NOT_PRESENT`: no route at all. `BLOCKED`: a route forbids it, as the kill switch of a VPN does.
    """
    blocked = False
    for address in addresses:
        candidate = _connect(Server(str(address)), address)
        if isinstance(candidate, SelectedServer):
            candidate.sock.close()
            return None
        blocked = blocked or candidate.reason is Reason.BLOCKED
    if blocked:
        return Unavailable(reason=Reason.BLOCKED, detail="a route forbids the way to the Internet")
    return Unavailable(reason=Reason.NOT_PRESENT, detail="no route to the Internet")


def _one_of_each_family(addresses: tuple[Address, ...]) -> list[Address]:
    first: dict[int, Address] = {}
    for address in addresses:
        first.setdefault(address.version, address)
    return list(first.values())


def _connect(server: Server, address: Address) -> SelectedServer | Unavailable:
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6  # noqa: PLR2004 - IP version
    try:
        sock = socket.socket(family, socket.SOCK_DGRAM)
    except OSError as error:
        return Unavailable(reason=Reason.NOT_PRESENT, detail=str(error))
    try:
        sock.connect((str(address), server.port))
    except OSError as error:
        sock.close()
        return Unavailable(reason=no_way(error, address.version), detail=words(error, datagrams=True))
    return SelectedServer(server, str(address), sock, exchange_with(server))


def _race(
    candidates: list[SelectedServer], *, until: float, stop: threading.Event
) -> SelectedServer | Unavailable:
    """Ask all; the first valid answer wins and the other sockets are closed."""
    race = _Race(candidates)
    try:
        winner = race.run(until, stop)
    finally:
        race.close_losers()
    if winner is not None:
        # A fresh exchange: a late answer to these first questions must not pass for one of the train's.
        return SelectedServer(winner.server, winner.address, winner.sock, exchange_with(winner.server))
    if len(race.refused) == len(candidates):
        return Unavailable(
            reason=Reason.BLOCKED, detail="every server's computer says that nothing listens there"
        )
    return Unavailable(reason=Reason.TIMEOUT, detail="no server answered over UDP")


class _Race:
    """The servers that are asked at once."""

    def __init__(self, candidates: list[SelectedServer]) -> None:
        self._by_socket = {candidate.sock: candidate for candidate in candidates}
        self._winner: SelectedServer | None = None
        self.refused: set[socket.socket] = set()

    def run(self, until: float, stop: threading.Event) -> SelectedServer | None:
        """Ask in rounds until one answers, all refuse, or the time is up."""
        started = time.monotonic()
        rounds = [started + after for after in _ASK_AGAIN_S]
        asked = 0
        while (
            (now := time.monotonic()) < until
            and not stop.is_set()
            and len(self.refused) < len(self._by_socket)
        ):
            if rounds and now >= rounds[0]:
                rounds.pop(0)
                self._ask(asked)
                asked += 1
            following = min(rounds[0] if rounds else until, until, now + _STOP_CHECK_S)
            readable, _, _ = select.select(list(self._by_socket), [], [], max(0.0, following - now))
            for sock in readable:
                self._hear(sock)
            if self._winner is not None:
                break
        return self._winner

    def close_losers(self) -> None:
        """The winner's socket is the caller's."""
        for sock, candidate in self._by_socket.items():
            if candidate is not self._winner:
                sock.close()

    def _ask(self, sequence: int) -> None:
        for sock, candidate in self._by_socket.items():
            with contextlib.suppress(OSError):
                sock.send(candidate.exchange.request(sequence))

    def _hear(self, sock: socket.socket) -> None:
        try:
            datagram = sock.recv(2048)
        except OSError as error:
            if trouble(error, datagrams=True) is Trouble.REFUSED:
                self.refused.add(sock)
        else:
            if self._winner is None and self._by_socket[sock].exchange.sequence_of(datagram) is not None:
                self._winner = self._by_socket[sock]


def _most_telling(failures: list[Unavailable]) -> Unavailable:
    """No address to ask at all: names first, as without them nothing else could be known."""
    for reason in (Reason.TIMEOUT, Reason.BLOCKED, Reason.ERROR, Reason.NOT_REQUESTED):
        for failure in failures:
            if failure.reason is reason:
                return failure
    if (
        failures
    ):  # unknown names, or no route in their families: that says nothing about the network as a whole
        return Unavailable(reason=Reason.BLOCKED, detail=failures[0].detail)
    return Unavailable(reason=Reason.NOT_REQUESTED, detail="no server is configured")
