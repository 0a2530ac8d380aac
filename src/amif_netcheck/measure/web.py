"""HTTP connections for measuring: every address of a host is tried, deadlines hold, nothing is followed or decoded.

`http.client` speaks the protocol; connecting is ours, as it races the addresses (RFC 8305) and uses names already known.
"""

from __future__ import annotations

import contextlib
import http.client
import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from ipaddress import ip_address

from amif_netcheck.measure.dialling import AGAIN_S, MOST_TRIES, dial, dial_through, step_timeout_s
from amif_netcheck.measure.names import Names, TheseAddresses
from amif_netcheck.measure.proxies import ProxyRoute
from amif_netcheck.measure.socket_errors import words
from amif_netcheck.model.address import Base
from amif_netcheck.model.facts import Reason, Unavailable

_POLL_S = 0.1


class Web:
    """Opens connections to one server, through a proxy if one is given.

    `tls` gives what TLS needs to know, asked for at the first connection over https: reading the system's certificates
    takes 25 ms, so that those who ask many servers share it.
    """

    def __init__(
        self,
        base: Base,
        names: Names,
        *,
        proxy: ProxyRoute | None = None,
        tls: Callable[[], ssl.SSLContext] = ssl.create_default_context,
    ) -> None:
        self.base = base
        self.proxy = proxy
        self._names = names
        self._make_tls = tls

    @cached_property
    def _tls(self) -> ssl.SSLContext | None:
        return self._make_tls() if self.base.scheme == "https" else None

    def at(self, base: Base) -> Web:
        """The same way, to another place on the same host."""
        return Web(base, self._names, proxy=self.proxy)

    def by_address(self, address: str) -> Web:
        """The same server at this address of its, without a proxy."""
        return Web(self.base, TheseAddresses(ip_address(address)))

    @property
    def _asks_proxy(self) -> bool:
        """Does a proxy read our requests? Over TLS it opens a tunnel once, and sees no more."""
        return self.proxy is not None and self.base.scheme == "http"

    def target(self, page: str) -> str:
        """What to ask for: the page's path, or its whole URL where a proxy has to know it."""
        return (self.base.url if self._asks_proxy else self.base.path) + page

    @property
    def headers(self) -> dict[str, str]:
        """Those of every request, credentials for the proxy included."""
        usual = {"Accept-Encoding": "identity", "User-Agent": AGENT}
        return usual | self.proxy.authorization if self.proxy is not None and self._asks_proxy else usual

    def open(self, *, until: float) -> http.client.HTTPConnection:
        """A connection, ready to be used, by `until` (`time.monotonic`).

        Raises:
            OSError: nobody answered, the name is not known, the certificate is not valid (`ssl.SSLError`), or the proxy
                opened no tunnel.
        """
        if self.proxy is not None and self._tls is not None:
            sock = dial_through(self.proxy, self.base.host, self.base.port, self._names, until=until)
        else:
            first = self.proxy or self.base
            sock = dial(first.host, first.port, self._names, until=until)
        connection = http.client.HTTPConnection(self.base.host, self.base.port, timeout=step_timeout_s(until))
        connection.auto_open = 0  # it would dial by itself, past names, proxy and TLS
        if self._tls is not None:
            connection.default_port = http.client.HTTPS_PORT  # or the Host header would name it
            sock.settimeout(step_timeout_s(until))
            try:
                sock = self._tls.wrap_socket(sock, server_hostname=self.base.host)
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
            with cut_off(sock, until):
                headers = {**self.headers, **(more or {})}
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
        again_s: float = AGAIN_S,
        limit: int = 4096,
        post: bytes | None = None,
    ) -> HttpResponse:
        """`get`, asked over further connections beside the first, every `again_s`; whatever comes first counts.

        A packet that is lost is repeated by the system after ever longer waits: on a bad line a new question is faster.
        Where `stop` is set it is as if nobody had answered.

        Raises:
            OSError: as `get`.
        """
        outcomes: queue.SimpleQueue[HttpResponse | Exception] = queue.SimpleQueue()

        def get() -> None:
            try:
                outcomes.put(self.get(page, until=until, limit=limit, post=post))
            except Exception as error:  # noqa: BLE001 - raised by who waits
                outcomes.put(error)

        again = time.monotonic()
        tries = 0
        while (now := time.monotonic()) < until + _POLL_S and not stop.is_set():
            if now >= again and tries < MOST_TRIES and now < until:
                threading.Thread(target=get, daemon=True).start()
                tries, again = tries + 1, now + again_s
            with contextlib.suppress(queue.Empty):
                outcome = outcomes.get(timeout=_POLL_S)
                if isinstance(outcome, Exception):
                    raise outcome
                return outcome
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
    return Unavailable(reason=Reason.BLOCKED, detail=words(error))


@contextlib.contextmanager
def cut_off(sock: socket.socket, until: float) -> Iterator[None]:
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
