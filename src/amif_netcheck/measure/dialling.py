"""TCP connections by a deadline: all addresses of a host raced (RFC 8305), names already known used, proxies gone through."""

from __future__ import annotations

import errno
import http.client
import select
import socket
import time

from amif_netcheck.measure import icmp_errors
from amif_netcheck.measure.names import Address, Names
from amif_netcheck.measure.proxies import ProxyRoute
from amif_netcheck.model.facts import Reason, Unavailable

_STAGGER_S = 0.25
"""RFC 8305, section 8: how long an address has before the next one is tried beside it."""
_POLL_S = 0.1
AGAIN_S = 0.6
MOST_TRIES = 4
"""A lost request to connect is repeated by the system after a second, then two more: on a bad line a new one is faster."""
_MAXIMUM_SEGMENT = getattr(socket, "TCP_MAXSEG", -1)
"""Windows has no such option: there setting it fails."""
_SLOWEST_STEP_S = 5.0
"""No single wait inside a connection is longer: a handshake or an answer that takes more is none."""
_LONGEST_PROXY_ANSWER = 16 * 1024
_IN_PROGRESS = {0, errno.EINPROGRESS, errno.EWOULDBLOCK, getattr(errno, "WSAEWOULDBLOCK", errno.EWOULDBLOCK)}


def dial(host: str, port: int, names: Names, *, until: float, segment: int = 0) -> socket.socket:
    """Connect to the first address of `host` that accepts, each next one tried beside the others after a moment.

    With `segment`, neither side sends more bytes than that in a packet (TCP's maximum segment size).

    Raises:
        OSError: no address, none that accepts, or none in time (`TimeoutError`); `PermissionError`: a filter says so.
    """
    addresses = names.resolve(host, until=until)
    if isinstance(addresses, Unavailable):
        error = TimeoutError if addresses.reason is Reason.TIMEOUT else OSError
        raise error(addresses.detail or addresses.reason.value)
    race = _Dialling(_families_in_turn(addresses), port, segment)
    try:
        sock = race.run(until)
    finally:
        race.close_losers()
    sock.settimeout(step_timeout_s(until))
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


class ProxyUnreachableError(OSError):
    """There is no proxy: its name is unknown, or nothing accepts connections at its address."""

    def __init__(self, why: str, *, is_named: bool = True) -> None:
        super().__init__(why)
        self.is_named = is_named


class ProxyError(OSError):
    """A proxy that answers with this `status`, and opens no tunnel."""

    def __init__(self, status: int) -> None:
        super().__init__(f"the proxy answers {status}")
        self.status = status


def dial_through(proxy: ProxyRoute, host: str, port: int, names: Names, *, until: float) -> socket.socket:
    """A tunnel through a proxy (RFC 9110, section 9.3.6, CONNECT).

    Raises:
        ProxyError: it answers with anything but OK.
        OSError: as `dial`; or it speaks no HTTP.
    """
    return open_tunnel(dial(proxy.host, proxy.port, names, until=until), proxy, host, port, until=until)


def open_tunnel(
    sock: socket.socket, proxy: ProxyRoute, host: str, port: int, *, until: float
) -> socket.socket:
    """The tunnel over a connection to the proxy, which is closed where that fails.

    Raises:
        ProxyError: it answers with anything but OK.
        OSError: it speaks no HTTP (`ConnectionAbortedError`), or does not answer.
    """
    try:
        target = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        headers = {"Host": target, **proxy.authorization}
        lines = [f"CONNECT {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
        sock.sendall("\r\n".join([*lines, "", ""]).encode())
        _expect_tunnel(sock, until)
    except BaseException:
        sock.close()
        raise
    return sock


def _expect_tunnel(sock: socket.socket, until: float) -> None:
    """Read a proxy's answer, and nothing behind it; raises as `dial_through`."""
    answer = b""
    while b"\r\n\r\n" not in answer and len(answer) < _LONGEST_PROXY_ANSWER:
        if time.monotonic() >= until:
            raise TimeoutError("no whole answer in time")
        sock.settimeout(step_timeout_s(until))
        piece = sock.recv(1)  # not one byte more: what follows is TLS
        if not piece:
            break
        answer += piece
    words = answer.split(b" ", 2)
    if len(words) < 2 or not words[0].startswith(b"HTTP/") or not words[1][:3].isdigit():  # noqa: PLR2004
        raise ConnectionAbortedError("the proxy speaks no HTTP")
    if (status := int(words[1][:3])) != http.client.OK:
        raise ProxyError(status)


def step_timeout_s(until: float) -> float:
    """How long a single wait may take."""
    return min(_SLOWEST_STEP_S, max(0.01, until - time.monotonic()))


def _families_in_turn(addresses: tuple[Address, ...]) -> list[Address]:
    """The system's order, the families taking turns (RFC 8305, section 4)."""
    first = [address for address in addresses if address.version == addresses[0].version]
    other = [address for address in addresses if address.version != addresses[0].version]
    turns = [address for pair in zip(first, other, strict=False) for address in pair]
    return turns + first[len(other) :] + other[len(first) :]


class _Dialling:
    """Connections under way to several addresses of one host."""

    def __init__(self, addresses: list[Address], port: int, segment: int) -> None:
        self._addresses = addresses
        self._waiting = list(addresses)
        self._port = port
        self._segment = segment
        self._open: list[socket.socket] = []
        self._winner: socket.socket | None = None
        self._last_error: OSError = TimeoutError("no answer to the connection request")

    def run(self, until: float) -> socket.socket:
        next_at = 0.0
        again = [time.monotonic() + AGAIN_S * (attempt + 1) for attempt in range(MOST_TRIES - 1)]
        while self._waiting or self._open:
            now = time.monotonic()
            if now >= until:
                raise TimeoutError("no answer to the connection request")
            if self._waiting and (now >= next_at or not self._open):
                next_at = now + _STAGGER_S
                self._begin(self._waiting.pop(0))
            if self._open and again and now >= again[0]:
                again.pop(0)
                self._begin(self._addresses[0])
            self._look(max(0.0, min(until - now, _POLL_S)))
            if self._winner is not None:
                return self._winner
        raise self._last_error

    def close_losers(self) -> None:
        for sock in self._open:
            if sock is not self._winner:
                sock.close()

    def _begin(self, address: Address) -> None:
        family = socket.AF_INET if address.version == 4 else socket.AF_INET6  # noqa: PLR2004 - IP version
        try:
            sock = socket.socket(family, socket.SOCK_STREAM)
        except OSError as error:
            self._last_error = error
            return
        sock.settimeout(0)
        if self._segment:
            try:
                sock.setsockopt(socket.IPPROTO_TCP, _MAXIMUM_SEGMENT, self._segment)
            except OSError as error:
                sock.close()
                self._last_error = error
                return
        icmp_errors.keep(sock)
        code = sock.connect_ex((str(address), self._port))
        if code in _IN_PROGRESS:
            self._open.append(sock)
        else:
            self._last_error = icmp_errors.meaning(sock, code)
            sock.close()

    def _look(self, patience_s: float) -> None:
        # A failed connection shows as writable on POSIX and as an exception on Windows.
        _, writable, failed = (
            select.select([], self._open, self._open, patience_s) if self._open else ([], [], [])
        )
        for sock in {*writable, *failed}:
            code = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if code == 0 and self._winner is None and sock in writable:
                icmp_errors.keep(sock, wanted=False)
                self._winner = sock
            elif code:
                self._last_error = icmp_errors.meaning(sock, code)
                self._open.remove(sock)
                sock.close()
