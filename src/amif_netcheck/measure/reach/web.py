"""TCP and TLS to a web server, by each IP family and through a proxy where one is set: does it open, and who answers?"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from ipaddress import ip_address

import certifi
import truststore
from msgspec import structs

from amif_netcheck.catalog import inspection_product
from amif_netcheck.measure import servers
from amif_netcheck.measure.dialling import ProxyError, dial, dial_through
from amif_netcheck.measure.ledger import Ledger, note_connection
from amif_netcheck.measure.names import Address, Names, TheseAddresses
from amif_netcheck.measure.proxies import ProxyRoute
from amif_netcheck.measure.reach import certificates, outcomes
from amif_netcheck.measure.reach.udp import by
from amif_netcheck.model.facts import (
    NOT_REQUESTED,
    AccessMethod,
    Certificate,
    Flaw,
    Outcome,
    Place,
    Reach,
    Reason,
    Role,
    Trust,
    Unavailable,
)

_AGAIN_AFTER_S = 0.3
_MOST_TRIES = 2
_CONNECTING_SHARE = 0.7
"""Of the time; TCP repeats a lost question after one second, and again after two more (RFC 6298)."""

_FLAWS = {
    10: Flaw.EXPIRED,
    9: Flaw.NOT_YET_VALID,
    62: Flaw.OTHER_NAME,
    63: Flaw.OTHER_NAME,
    64: Flaw.OTHER_NAME,
    18: Flaw.UNKNOWN_AUTHORITY,
    19: Flaw.UNKNOWN_AUTHORITY,
    20: Flaw.UNKNOWN_AUTHORITY,
    21: Flaw.UNKNOWN_AUTHORITY,
}
"""OpenSSL's X509_V_ERR_…: dates, names, authorities."""


@dataclass(frozen=True)
class WebTarget:
    """A web server to look at. `tls`: does it have to prove who it is?"""

    role: Role
    host: str
    port: int
    proxy: ProxyRoute | None = None
    tls: bool = True


def look(visit: WebTarget, names: Names, ledger: Ledger, *, until: float, stop: threading.Event) -> Place:
    """Open connections by every way at once, then look at the certificate over the first that works; by `until`."""
    open_by = time.monotonic() + (until - time.monotonic()) * (_CONNECTING_SHARE if visit.tls else 1.0)
    doors = [_ConnectionAttempt(way, ledger, until=open_by, stop=stop) for way in _by_proxy(visit, names)]
    addresses = names.resolve(visit.host, until=open_by)  # a proxy needs no name of ours
    ways = _directly(visit, () if isinstance(addresses, Unavailable) else addresses)
    doors += [_ConnectionAttempt(way, ledger, until=open_by, stop=stop) for way in ways]
    for door in doors:
        door.done.wait(max(0.0, open_by - time.monotonic()))
    reach = [Reach(by=door.way.by, outcome=door.outcome, address=door.way.address) for door in doors]
    if isinstance(addresses, Unavailable) and not reach:
        reach = [Reach(by=AccessMethod.NOTHING, outcome=outcomes.nameless(addresses))]
    certificate: Certificate | Unavailable = NOT_REQUESTED
    for index, door in enumerate(doors if visit.tls else ()):
        if door.outcome is not Outcome.ANSWERED:
            continue
        seen = _certificate(door.way, visit.host, ledger, until=until, stop=stop)
        if isinstance(seen, Certificate):
            certificate = seen
            break
        reach[index] = structs.replace(reach[index], outcome=seen)
        certificate = Unavailable(reason=Reason.BLOCKED, detail=f"TLS: {seen.value}")
    return Place(
        role=visit.role,
        server=visit.host,
        port=visit.port,
        reach=tuple(reach),
        certificate=certificate,
    )


@dataclass(frozen=True)
class _Way:
    by: AccessMethod
    address: str
    open: Callable[[float], socket.socket]


def _by_proxy(visit: WebTarget, names: Names) -> list[_Way]:
    """The way that browsers take where a proxy is set."""
    proxy = visit.proxy
    if proxy is None:
        return []
    return [
        _Way(
            AccessMethod.PROXY,
            "",
            lambda until: dial_through(proxy, visit.host, visit.port, names, until=until),
        )
    ]


def _directly(visit: WebTarget, addresses: tuple[Address, ...]) -> list[_Way]:
    """One way for each IP family."""
    families: dict[int, list[Address]] = {}
    for address in addresses:
        families.setdefault(address.version, []).append(address)
    return [
        _Way(by(addresses[0]), str(addresses[0]), partial(_dial, visit, TheseAddresses(*addresses)))
        for addresses in families.values()
    ]


def _dial(visit: WebTarget, known: Names, until: float) -> socket.socket:
    return dial(visit.host, visit.port, known, until=until)


class _ConnectionAttempt:
    """One way, tried in a thread of its own; what fails at once is tried again before it counts."""

    def __init__(self, way: _Way, ledger: Ledger, *, until: float, stop: threading.Event) -> None:
        self.way = way
        self.outcome = Outcome.SILENT
        self.done = threading.Event()
        self._ledger = ledger
        threading.Thread(target=self._try, args=(until, stop), daemon=True).start()

    def _try(self, until: float, stop: threading.Event) -> None:
        nowhere = servers.route_error([ip_address(self.way.address)]) if self.way.address else None
        if nowhere is not None:
            self.outcome = Outcome.FORBIDDEN if nowhere.reason is Reason.BLOCKED else Outcome.NO_ROUTE
            self.done.set()
            return
        for _ in range(_MOST_TRIES):
            try:
                with self.way.open(until) as sock:
                    note_connection(self._ledger, sock)
                self.outcome = Outcome.ANSWERED
                break
            except ProxyError as error:
                self.outcome = outcomes.of_proxy(error.status)
            except OSError as error:
                self.outcome = outcomes.of(error)
            if time.monotonic() + _AGAIN_AFTER_S >= until or stop.wait(_AGAIN_AFTER_S):
                break
        self.done.set()


def _certificate(
    way: _Way, host: str, ledger: Ledger, *, until: float, stop: threading.Event
) -> Certificate | Outcome:
    """Who vouches for the server: first the public authorities, then what this computer adds to them, then nobody.

    Up to three handshakes, each over a connection of its own; one where all is well.
    """
    tries = _Handshakes(way, host, ledger, until, stop)
    public = tries.shake(ssl.create_default_context(cafile=certifi.where()))
    if isinstance(public, bytes):
        return _described(public, Trust.PUBLIC)
    if isinstance(public, Outcome):
        return public
    system = tries.shake(truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
    if isinstance(system, bytes):
        return _described(system, Trust.SYSTEM)
    if isinstance(system, Outcome):
        return system
    trusting = ssl.create_default_context()
    trusting.check_hostname = False
    trusting.verify_mode = ssl.CERT_NONE  # nothing is sent over it: only who signed is read
    shown = tries.shake(trusting)
    flaw = _FLAWS.get(getattr(system, "verify_code", 0)) or _FLAWS.get(public.verify_code, Flaw.OTHER)
    if flaw is Flaw.UNKNOWN_AUTHORITY:
        flaw = _FLAWS.get(public.verify_code, flaw)
    return _described(shown if isinstance(shown, bytes) else b"", Trust.NONE, flaw)


class _Handshakes:
    """Handshakes with one server over one way."""

    def __init__(self, way: _Way, host: str, ledger: Ledger, until: float, stop: threading.Event) -> None:
        self._way, self._host, self._ledger = way, host, ledger
        self._until, self._stop = until, stop

    def shake(self, context: ssl.SSLContext) -> bytes | ssl.SSLCertVerificationError | Outcome:
        """The server's certificate; why it is not accepted; or how it ended before that, after a second try."""
        outcome = Outcome.SILENT
        for _ in range(_MOST_TRIES):
            if time.monotonic() >= self._until or self._stop.is_set():
                break
            try:
                return self._once(context)
            except ssl.SSLCertVerificationError as error:
                return error
            except ProxyError as error:
                outcome = outcomes.of_proxy(error.status)
            except OSError as error:
                outcome = outcomes.of(error)
            self._stop.wait(min(_AGAIN_AFTER_S, max(0.0, self._until - time.monotonic())))
        return outcome

    def _once(self, context: ssl.SSLContext) -> bytes:
        sock = self._way.open(self._until)
        try:
            sock.settimeout(max(0.01, self._until - time.monotonic()))
            with contextlib.closing(context.wrap_socket(sock, server_hostname=self._host)) as secure:
                note_connection(self._ledger, secure)
                return secure.getpeercert(binary_form=True) or b""
        finally:
            sock.close()


def _described(der: bytes, trust: Trust, flaw: Flaw | None = None) -> Certificate:
    organisation, name = certificates.issuer(der)
    known = inspection_product(f"{organisation} {name}")
    both = organisation if name in organisation else f"{organisation} ({name})" if organisation else name
    return Certificate(trust=trust, flaw=flaw, issuer=both, product=known)
