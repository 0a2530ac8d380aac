"""HTTP connections for measuring: every address of a host is tried, deadlines hold, nothing is followed or decoded.

`http.client` speaks the protocol; connecting is ours, as it races the addresses (RFC 8305) and uses names already known.
"""

from __future__ import annotations

import contextlib
import errno
import http.client
import queue
import select
import socket
import ssl
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_address

from amif_netcheck.measure import icmp_errors
from amif_netcheck.measure.names import Address, Names, TheseAddresses
from amif_netcheck.model.address import Base, base_of
from amif_netcheck.model.facts import Reason, Unavailable

_STAGGER_S = 0.25
"""RFC 8305, section 8: how long an address has before the next one is tried beside it."""
_POLL_S = 0.1
_AGAIN_S = 0.6
_MOST_TRIES = 4
"""A lost request to connect is repeated by the system after a second, then two more: on a bad line a new one is faster."""
_SLOWEST_STEP_S = 5.0
"""No single wait inside a connection is longer: a handshake or an answer that takes more is none."""

_IN_PROGRESS = {0, errno.EINPROGRESS, errno.EWOULDBLOCK, getattr(errno, "WSAEWOULDBLOCK", errno.EWOULDBLOCK)}


class Web:
    """Opens connections to one server, through the environment's proxy where there is one for it."""

    def __init__(self, base: Base, names: Names, *, proxy: Base | None = None) -> None:
        self.base = base
        self.proxy = proxy
        self._names = names
        self._tls = ssl.create_default_context() if base.scheme == "https" else None

    def at(self, base: Base) -> Web:
        """The same way, to another place on the same host."""
        return Web(base, self._names, proxy=self.proxy)

    def by_address(self, address: str) -> Web:
        """The same server at this address of its, without a proxy."""
        return Web(self.base, TheseAddresses(ip_address(address)))

    def target(self, page: str) -> str:
        """What to ask for: the page's path, or its whole URL where a proxy has to know it."""
        via_proxy = self.proxy is not None and self.base.scheme == "http"
        return (self.base.url if via_proxy else self.base.path) + page

    def open(self, *, until: float) -> http.client.HTTPConnection:
        """A connection, ready to be used, by `until` (`time.monotonic`).

        Raises:
            OSError: nobody answered, the name is not known, the certificate is not valid (`ssl.SSLError`), or the proxy
                did not speak HTTP.
        """
        first = self.proxy or self.base
        sock = dial(first.host, first.port, self._names, until=until)
        connection = http.client.HTTPConnection(self.base.host, self.base.port, timeout=_left(until))
        connection.auto_open = 0  # it would dial by itself, past names, proxy and TLS
        try:
            if self.proxy is not None and self._tls is not None:
                connection.set_tunnel(self.base.host, self.base.port)
                connection.sock = sock
                with _cut_off(sock, until):
                    connection._tunnel()  # type: ignore[attr-defined]  # noqa: SLF001 - connect() would dial itself
            if self._tls is not None:
                sock = self._tls.wrap_socket(sock, server_hostname=self.base.host)
        except http.client.HTTPException as error:
            sock.close()
            raise OSError(f"no HTTP: {error!r}") from error
        except BaseException:
            sock.close()
            raise
        connection.sock = sock
        return connection

    def get(
        self,
        page: str,
        *,
        until: float,
        limit: int = 4096,
        post: bytes | None = None,
        more: Mapping[str, str] | None = None,
    ) -> HttpResponse:
        """One small page over a connection of its own; of a longer one the first `limit` bytes. `more` are headers.

        Raises:
            OSError: as `open`; or the server did not speak HTTP (`http.client.HTTPException` becomes an OSError).
        """
        connection = self.open(until=until)
        sock = connection.sock  # `connection` forgets it where the server closes after its answer
        try:
            with _cut_off(sock, until):
                headers = {"Accept-Encoding": "identity", "User-Agent": AGENT, **(more or {})}
                connection.request(
                    "GET" if post is None else "POST", self.target(page), body=post, headers=headers
                )
                with connection.getresponse() as response:
                    body = b""
                    while len(body) < limit and (piece := response.read1(limit - len(body))):
                        body += piece
            return HttpResponse(response.status, dict(response.headers.items()), body)
        except (http.client.HTTPException, ValueError) as error:
            raise OSError(f"no HTTP: {error!r}") from error
        finally:
            connection.close()
            sock.close()

    def ask(
        self,
        page: str,
        *,
        until: float,
        stop: threading.Event,
        again_s: float = _AGAIN_S,
        limit: int = 4096,
        post: bytes | None = None,
    ) -> HttpResponse:
        """`get`, asked over further connections beside the first, every `again_s`; whatever comes first counts.

        A packet that is lost is repeated by the system after ever longer waits: on a bad line a new question is faster.
        Where `stop` is set it is as if nobody had answered.

        Raises:
            OSError: as `get`.
        """
        came: queue.SimpleQueue[HttpResponse | OSError] = queue.SimpleQueue()

        def get() -> None:
            try:
                came.put(self.get(page, until=until, limit=limit, post=post))
            except OSError as error:
                came.put(error)

        again = time.monotonic()
        tries = 0
        while (now := time.monotonic()) < until + _POLL_S and not stop.is_set():
            if now >= again and tries < _MOST_TRIES and now < until:
                threading.Thread(target=get, daemon=True).start()
                tries, again = tries + 1, now + again_s
            with contextlib.suppress(queue.Empty):
                answer = came.get(timeout=_POLL_S)
                if isinstance(answer, OSError):
                    raise answer
                return answer
        raise TimeoutError("no whole answer in time")


AGENT = "amif-netcheck"


@dataclass(frozen=True)
class HttpResponse:
    """A page: status, headers, and the beginning of its body."""

    status: int
    headers: dict[str, str]
    body: bytes

    def header(self, name: str) -> str:
        """One header in lower case, empty when absent."""
        return next((value.lower() for key, value in self.headers.items() if key.lower() == name), "")

    @property
    def is_page(self) -> bool:
        """Is it made for people, as what a captive portal puts in the place of data?"""
        return bool(self.body) and self.header("content-type").startswith("text/html")


def environment_proxy(base: Base) -> Base | None:
    """The proxy that the environment, or the system's settings on Windows and macOS, name for this server."""
    if urllib.request.proxy_bypass(f"{base.host}:{base.port}") or urllib.request.proxy_bypass(base.host):
        return None
    proxies = urllib.request.getproxies()
    named = proxies.get(base.scheme) or proxies.get("all")
    if not named:
        return None
    try:
        return base_of(named if "://" in named else f"http://{named}")
    except ValueError:
        return None


def dial(host: str, port: int, names: Names, *, until: float) -> socket.socket:
    """Connect to the first address of `host` that accepts, each next one tried beside the others after a moment.

    Raises:
        OSError: no address, none that accepts, or none in time (`TimeoutError`); `PermissionError`: a filter says so.
    """
    addresses = names.resolve(host, until=until)
    if isinstance(addresses, Unavailable):
        error = TimeoutError if addresses.reason is Reason.TIMEOUT else OSError
        raise error(addresses.detail or addresses.reason.value)
    race = _Dialling(_families_in_turn(addresses), port)
    try:
        sock = race.run(until)
    finally:
        race.close_losers()
    sock.settimeout(_left(until))
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


def why(error: OSError) -> Unavailable:
    """What a failed connection or request means, as a fact."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return Unavailable(reason=Reason.BLOCKED, detail=f"certificate: {error.verify_message}")
    if isinstance(error, ssl.SSLError):
        return Unavailable(reason=Reason.BLOCKED, detail=f"TLS: {error.reason or error}")
    if isinstance(error, TimeoutError):
        return Unavailable(reason=Reason.TIMEOUT, detail=str(error) or "no answer in time")
    if isinstance(error, ConnectionRefusedError):
        return Unavailable(reason=Reason.BLOCKED, detail="connection refused")
    return Unavailable(reason=Reason.BLOCKED, detail=error.strerror or str(error))


@contextlib.contextmanager
def _cut_off(sock: socket.socket, until: float) -> Iterator[None]:
    """Shut `sock` down at `until`: its own timeout begins anew with every byte, and never ends where they drip.

    Raises:
        TimeoutError: it had to, whatever that looked like to who was reading.
    """
    late = threading.Event()

    def cut() -> None:
        late.set()
        with contextlib.suppress(OSError):
            socket.socket.shutdown(sock, socket.SHUT_RDWR)  # of TLS too: it wakes the thread that waits on it

    timer = threading.Timer(max(0.0, until - time.monotonic()), cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    except Exception as error:
        if late.is_set():
            raise TimeoutError("no whole answer in time") from error
        raise
    finally:
        timer.cancel()
    if late.is_set():
        raise TimeoutError("no whole answer in time")


def _left(until: float) -> float:
    return min(_SLOWEST_STEP_S, max(0.01, until - time.monotonic()))


def _families_in_turn(addresses: tuple[Address, ...]) -> list[Address]:
    """The system's order, the families taking turns (RFC 8305, section 4)."""
    first = [each for each in addresses if each.version == addresses[0].version]
    other = [each for each in addresses if each.version != addresses[0].version]
    turns = [each for pair in zip(first, other, strict=False) for each in pair]
    return turns + first[len(other) :] + other[len(first) :]


class _Dialling:
    """Connections under way to several addresses of one host."""

    def __init__(self, addresses: list[Address], port: int) -> None:
        self._addresses = addresses
        self._waiting = list(addresses)
        self._port = port
        self._open: list[socket.socket] = []
        self._winner: socket.socket | None = None
        self._last_error: OSError = TimeoutError("no answer to the connection request")

    def run(self, until: float) -> socket.socket:
        next_at = 0.0
        again = [time.monotonic() + _AGAIN_S * (each + 1) for each in range(_MOST_TRIES - 1)]
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
