"""TCP and TLS to a web server, by each IP family and through a proxy where one is set: does it open, and who answers?"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from ipaddress import ip_address

from amif_netcheck.children.threads import BackgroundCall
from amif_netcheck.measure import servers
from amif_netcheck.measure.dialling import ProxyUnreachableError, dial, open_tunnel
from amif_netcheck.measure.ledger import Ledger, note_connection
from amif_netcheck.measure.names import Address, Names, TheseAddresses, leads_nowhere
from amif_netcheck.measure.proxies import ProxyRoute
from amif_netcheck.measure.reach import outcomes
from amif_netcheck.measure.reach.handshakes import AGAIN_AFTER_S, MOST_TRIES, Examined, Way, examine
from amif_netcheck.measure.reach.udp import by
from amif_netcheck.model.facts import (
    NOT_REQUESTED,
    AccessMethod,
    Certificate,
    Outcome,
    Place,
    Reach,
    Reason,
    Role,
    Unavailable,
)

_CONNECTING_SHARE = 0.7
"""Of the time; TCP repeats a lost question after one second, and again after two more (RFC 6298)."""


@dataclass(frozen=True)
class WebTarget:
    """A web server to look at. `tls`: does it have to prove who it is?"""

    role: Role
    host: str
    port: int
    proxy: ProxyRoute | None = None
    tls: bool = True


def ask_place(
    visit: WebTarget, names: Names, ledger: Ledger, *, until: float, stop: threading.Event
) -> Place:
    """Open connections by every way at once, then shake hands over each that opened; by `until`."""
    open_by = time.monotonic() + (until - time.monotonic()) * (_CONNECTING_SHARE if visit.tls else 1.0)
    doors = [_ConnectionAttempt(way, ledger, until=open_by, stop=stop) for way in by_proxy(visit, names)]
    addresses = names.resolve(visit.host, until=open_by)  # a proxy needs no name of ours
    known = () if isinstance(addresses, Unavailable) else addresses
    doors += [_ConnectionAttempt(way, ledger, until=open_by, stop=stop) for way in _directly(visit, known)]

    def look_at(door: _ConnectionAttempt) -> Examined | None:
        door.done.wait(max(0.0, open_by - time.monotonic()))
        if not visit.tls or door.outcome is not Outcome.ANSWERED:
            return None
        return examine(door.way, visit.host, ledger, until=until, stop=stop)

    calls = [(door.way, BackgroundCall(partial(look_at, door))) for door in doors]
    ended = [(way, call.result(until)) for way, call in calls]
    silent = Examined(Outcome.SILENT)
    seen = {way: silent if isinstance(each, Unavailable) else each for way, each in ended if each is not None}
    sunk = leads_nowhere(visit.host, known)
    reach = [_reach(door, seen.get(door.way), sunk=sunk) for door in doors]
    if isinstance(addresses, Unavailable) and not reach:
        reach = [Reach(by=AccessMethod.NOTHING, outcome=outcomes.nameless(addresses))]
    direct = [each for way, each in seen.items() if way.by is not AccessMethod.PROXY]
    return Place(
        role=visit.role,
        server=visit.host,
        port=visit.port,
        reach=tuple(reach),
        certificate=_first_certificate(seen.values()),
        direct_certificate=_first_certificate(direct) if len(direct) < len(seen) else NOT_REQUESTED,
    )


def ways_to(visit: WebTarget, names: Names, *, until: float) -> tuple[list[Way], Unavailable | None]:
    """All ways to a server, and why there is none without a proxy."""
    addresses = names.resolve(visit.host, until=until)
    known = () if isinstance(addresses, Unavailable) else addresses
    ways = [*by_proxy(visit, names), *_directly(visit, known)]
    return ways, addresses if isinstance(addresses, Unavailable) else None


def by_proxy(visit: WebTarget, names: Names) -> list[Way]:
    """The way that browsers take where a proxy is set."""
    proxy = visit.proxy
    if proxy is None:
        return []

    def tunnel(until: float, segment: int) -> socket.socket:
        addresses = names.resolve(proxy.host, until=until)
        is_named = not isinstance(addresses, Unavailable)
        if isinstance(addresses, Unavailable) and addresses.reason is Reason.TIMEOUT:
            raise TimeoutError(addresses.detail)
        try:
            sock = dial(proxy.host, proxy.port, names, until=until, segment=segment)
        except OSError as error:
            raise ProxyUnreachableError(str(error), is_named=is_named) from error
        return open_tunnel(sock, proxy, visit.host, visit.port, until=until)

    return [Way(AccessMethod.PROXY, "", tunnel)]


def raced(visit: WebTarget, addresses: tuple[Address, ...]) -> Way:
    """The direct way, on which all addresses are raced (RFC 8305)."""
    return Way(by(addresses[0]), "", partial(_dial, visit, TheseAddresses(*addresses)))


def shut(way: Way) -> Outcome | None:
    """What this computer's own routes say of a way: that it is forbidden, or none; nothing where one leads there."""
    nowhere = servers.route_error([ip_address(way.address)]) if way.address else None
    if nowhere is None:
        return None
    return Outcome.FORBIDDEN if nowhere.reason is Reason.BLOCKED else Outcome.NO_ROUTE


def _reach(door: _ConnectionAttempt, seen: Examined | None, *, sunk: bool) -> Reach:
    """How one way ended: a connection that no handshake follows is none."""
    outcome, passing = door.outcome, 0
    if seen is not None and seen.passing_bytes:
        outcome, passing = Outcome.LARGE_LOST, seen.passing_bytes
    elif seen is not None and isinstance(seen.shown, Outcome):
        outcome = seen.shown
    if sunk and outcome is not Outcome.ANSWERED and door.way.by is not AccessMethod.PROXY:
        outcome = Outcome.SUNK
    return Reach(by=door.way.by, outcome=outcome, address=door.way.address, passing_bytes=passing)


def _first_certificate(seen: Iterable[Examined]) -> Certificate | Unavailable:
    """The first that was shown; else why there is none."""
    missing = NOT_REQUESTED
    for each in seen:
        if isinstance(each.shown, Certificate):
            return each.shown
        missing = Unavailable(reason=Reason.BLOCKED, detail=f"TLS: {each.shown.value}")
    return missing


def _directly(visit: WebTarget, addresses: tuple[Address, ...]) -> list[Way]:
    """One way for each IP family."""
    families: dict[int, list[Address]] = {}
    for address in addresses:
        families.setdefault(address.version, []).append(address)
    return [
        Way(by(addresses[0]), str(addresses[0]), partial(_dial, visit, TheseAddresses(*addresses)))
        for addresses in families.values()
    ]


def _dial(visit: WebTarget, known: Names, until: float, segment: int) -> socket.socket:
    return dial(visit.host, visit.port, known, until=until, segment=segment)


class _ConnectionAttempt:
    """One way, tried in a thread of its own; what fails at once is tried again before it counts."""

    def __init__(self, way: Way, ledger: Ledger, *, until: float, stop: threading.Event) -> None:
        self.way = way
        self.outcome = Outcome.SILENT
        self.done = threading.Event()
        self._ledger = ledger
        threading.Thread(target=self._try, args=(until, stop), daemon=True).start()

    def _try(self, until: float, stop: threading.Event) -> None:
        closed = shut(self.way)
        if closed is not None:
            self.outcome = closed
            self.done.set()
            return
        for _ in range(MOST_TRIES):
            try:
                with self.way.open(until, 0) as sock:
                    note_connection(self._ledger, sock)
                self.outcome = Outcome.ANSWERED
                break
            except OSError as error:
                self.outcome = outcomes.outcome_of(error)
            if time.monotonic() + AGAIN_AFTER_S >= until or stop.wait(AGAIN_AFTER_S):
                break
        self.done.set()
