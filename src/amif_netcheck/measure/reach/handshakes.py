"""TLS handshakes: who vouches for a server; and do large packets come through, or vanish (RFC 2923)?

A handshake is the first exchange of full packets. Where it gets stuck, the same is tried with ever smaller packets (TCP's
maximum segment size): what passes small and twice not large is a path MTU black hole, and no server that stays silent.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from typing import TypeVar

import certifi
import truststore

from amif_netcheck.catalog import inspection_product
from amif_netcheck.children.threads import BackgroundCall
from amif_netcheck.measure.ledger import Ledger, note_connection
from amif_netcheck.measure.reach import certificates, outcomes
from amif_netcheck.model.facts import AccessMethod, Certificate, Flaw, Outcome, Trust, Unavailable

AGAIN_AFTER_S = 0.3
MOST_TRIES = 2
_STUCK_S = 1.2
"""TCP repeats a lost packet after 0.2 s to 1 s (RFC 6298): what is late by more may never come."""
_BEFORE_THE_END_S = 0.1
_USUAL_TRIES = 3
_SIZES = (1280, 576, 576)
"""Bytes of an IP packet that every line carries: IPv6 (RFC 8200), and what every IPv4 computer takes (RFC 791).

All of a size and below have to pass, and no usual one: on a line that loses a quarter of all packets one alone is chance.
"""
_HEADERS = {AccessMethod.IPV4: 20 + 20, AccessMethod.IPV6: 40 + 20}
_FILLING = tuple(f"{number}".ljust(255, "-") for number in range(8))
"""Protocols that nobody speaks: they make the first message as long as a browser's, more than one packet."""

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
    0x800B0101: Flaw.EXPIRED,
    0x800B010F: Flaw.OTHER_NAME,
    0x800B0109: Flaw.UNKNOWN_AUTHORITY,
    0x800B010A: Flaw.UNKNOWN_AUTHORITY,
    -67818: Flaw.EXPIRED,
    -67819: Flaw.NOT_YET_VALID,
    -67602: Flaw.OTHER_NAME,
    -67843: Flaw.UNKNOWN_AUTHORITY,
}
"""OpenSSL's X509_V_ERR_…: dates, names, authorities; Windows' CERT_E_… (winerror.h); macOS's errSec… (SecBase.h)."""

T = TypeVar("T")


@dataclass(frozen=True)
class Way:
    """One way to a server. `open`: a connection by a moment, its segments no longer than so many bytes (0: as usual)."""

    by: AccessMethod
    address: str
    open: Callable[[float, int], socket.socket]


@dataclass(frozen=True)
class Examined:
    """What the handshakes of one way showed. `passing_bytes`: large packets vanish, those of this size pass; else 0."""

    shown: Certificate | Outcome
    passing_bytes: int = 0


def examine(way: Way, host: str, ledger: Ledger, *, until: float, stop: threading.Event) -> Examined:
    """Shake hands by `until` (`time.monotonic`): first to see the certificate, then with a long first message."""
    handshakes = partial(_Handshakes, way, host, ledger, until=until, stop=stop)

    def certificate(segment: int) -> Certificate | Outcome:
        return _certificate(handshakes(segment=segment))

    def long_message(segment: int) -> Outcome:
        ended = handshakes(segment=segment).tls_handshake(trusting(_FILLING))
        return ended if isinstance(ended, Outcome) else Outcome.ANSWERED

    if way.by is AccessMethod.PROXY:
        return Examined(certificate(0))
    shown, passing = _largest_passing(way, certificate, until)
    if passing or not isinstance(shown, Certificate):
        return Examined(shown, passing)
    _, passing = _largest_passing(way, long_message, until)
    return Examined(shown, passing)


def _largest_passing(
    way: Way, attempt: Callable[[int], T | Outcome], until: float
) -> tuple[T | Outcome, int]:
    """What an attempt with usual segments gives, and 0; of those that never end, what a smaller one gives, and its size."""
    by = until - _BEFORE_THE_END_S
    usual = [BackgroundCall(lambda: attempt(0))]
    first = _ended(usual[0], min(by, time.monotonic() + _STUCK_S))
    if first is not Outcome.SILENT:
        return first, 0
    usual += [BackgroundCall(lambda: attempt(0)) for _ in range(_USUAL_TRIES - 1)]
    smaller = [BackgroundCall(lambda size=size: attempt(size - _HEADERS[way.by])) for size in _SIZES]  # type: ignore[misc]
    for call in usual:
        if (late := _ended(call, by)) is not Outcome.SILENT:
            return late, 0
    ended = [_ended(call, by) for call in smaller]
    passes = [small is Outcome.ANSWERED or not isinstance(small, Outcome) for small in ended]
    for index in (0, 1):
        if all(passes[index:]):
            return ended[index], _SIZES[index]
    return Outcome.SILENT, 0


def _ended(call: BackgroundCall[T | Outcome], by: float) -> T | Outcome:
    ended = call.result(by)
    return Outcome.SILENT if isinstance(ended, Unavailable) else ended


def _certificate(handshakes: _Handshakes) -> Certificate | Outcome:
    """Who vouches for the server: first the public authorities, then what this computer adds to them, then nobody.

    Up to three handshakes, each over a connection of its own; one where all is well.
    """
    public = handshakes.tls_handshake(_public_authorities())
    if isinstance(public, bytes):
        return _described(public, Trust.PUBLIC)
    if isinstance(public, Outcome):
        return public
    system = handshakes.tls_handshake(truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
    if isinstance(system, bytes):
        return _described(system, Trust.SYSTEM)
    if isinstance(system, Outcome):
        return system
    shown = handshakes.tls_handshake(trusting())
    flaw = flaw_of(public.verify_code, getattr(system, "verify_code", 0))
    return _described(shown if isinstance(shown, bytes) else b"", Trust.NONE, flaw)


def flaw_of(public_code: int, system_code: int) -> Flaw:
    """What is wrong, by OpenSSL's code with the public authorities, and by the system's own with those it knows.

    An authority that the system does not know either may have been the lesser fault. And Windows has one code for all dates.
    """
    public, system = _FLAWS.get(public_code), _FLAWS.get(system_code)
    if system is Flaw.UNKNOWN_AUTHORITY or (system is Flaw.EXPIRED and public is Flaw.NOT_YET_VALID):
        return public or system
    return system or public or Flaw.OTHER


def _public_authorities() -> ssl.SSLContext:
    """Read once, by the first of those who ask side by side: it takes the processor 25 ms, and more on Windows."""
    with _reading:
        return _authorities_in(certifi.where())


_reading = threading.Lock()


@cache
def _authorities_in(file: str) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=file)


def proven(connect: Callable[[], socket.socket], host: str, until: float) -> ssl.SSLSocket:
    """TLS with somebody for whom public authorities vouch, or else those that this computer adds; by `until`.

    Raises:
        OSError: no connection, or no TLS; `ssl.SSLCertVerificationError`: nobody vouches for the certificate.
    """
    try:
        return _wrapped(connect(), _public_authorities(), host, until)
    except ssl.SSLCertVerificationError:
        return _wrapped(connect(), truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT), host, until)


def _wrapped(sock: socket.socket, context: ssl.SSLContext, host: str, until: float) -> ssl.SSLSocket:
    try:
        sock.settimeout(max(0.01, until - time.monotonic()))
        return context.wrap_socket(sock, server_hostname=host)
    except BaseException:
        sock.close()
        raise


def trusting(protocols: tuple[str, ...] = ()) -> ssl.SSLContext:
    """One that takes any certificate: nothing that tells of anybody is sent over it, at most a STUN question."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # reads no certificates, which takes Windows long
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if protocols:
        context.set_alpn_protocols(["http/1.1", *protocols])
    return context


class _Handshakes:
    """Handshakes with one server over one way."""

    def __init__(
        self, way: Way, host: str, ledger: Ledger, *, until: float, stop: threading.Event, segment: int
    ) -> None:
        self._way, self._host, self._ledger = way, host, ledger
        self._until, self._stop, self._segment = until, stop, segment

    def tls_handshake(self, context: ssl.SSLContext) -> bytes | ssl.SSLCertVerificationError | Outcome:
        """The server's certificate; why it is not accepted; or how it ended before that, after a second try."""
        outcome = Outcome.SILENT
        for _ in range(MOST_TRIES):
            if time.monotonic() >= self._until or self._stop.is_set():
                break
            try:
                return self._once(context)
            except ssl.SSLCertVerificationError as error:
                return error
            except OSError as error:
                outcome = outcomes.outcome_of(error)
            self._stop.wait(min(AGAIN_AFTER_S, max(0.0, self._until - time.monotonic())))
        return outcome

    def _once(self, context: ssl.SSLContext) -> bytes:
        sock = self._way.open(self._until, self._segment)
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
