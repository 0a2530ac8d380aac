"""Our own HTTP flows: a few connections that move bytes, each in a thread of its own, and a count of what crossed the line.

Data is taken as it comes, never decoded: a compressed bomb is so many bytes and no more.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import socket
import ssl
import sys
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable

from amif_netcheck import winsock
from amif_netcheck.measure.stages import guarded
from amif_netcheck.measure.throughput.protocols import SpeedTestProtocol
from amif_netcheck.measure.web import why
from amif_netcheck.model.facts import Engine, Reason, Unavailable

_READ_BYTES = 256 * 1024
_CHUNKED_READ_BYTES = 64 * 1024
_DOWNLOAD_BYTES = 1024 * 1024 * 1024
_LIBRESPEED_DOWNLOAD_BYTES = 100 * 1024 * 1024
_CLOUDFLARE_DOWNLOAD_BYTES = 25 * 1000 * 1000
_UPLOAD_BYTES = 16 * 1024 * 1024
_SMALLEST_UPLOAD_BYTES = 64 * 1024
_UNSENT_BYTES = 128 * 1024
"""How much an upload may have waiting in this computer: little, so that bytes are counted when they leave."""
_RETRY_S = 0.2
_MOST_FAILURES = 3
_ACCEPTED = range(200, 300)
_LONGEST_ANSWER = 64 * 1024
"""To an upload; ours are a few bytes."""


AckedBytes = Callable[[socket.socket, int], int | Unavailable]
"""Of so many bytes handed to a connection, those that the other side has confirmed (`Platform.acked_bytes`)."""


class _Refused(Exception):  # noqa: N818 - not an error of ours: the server's answer
    """The server answered, but not with what was asked for; trying again would not help."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class _Smaller(Exception):  # noqa: N818 - as `_Refused`
    """The server wants smaller uploads; the size has been made so."""


class Flow(ABC):
    """One connection at a time to the server, in a thread of its own, moving bytes until `hang_up`."""

    def __init__(self, protocol: SpeedTestProtocol, until: float) -> None:
        self._protocol = protocol
        self._until = until
        self._quit = threading.Event()
        self._connection: http.client.HTTPConnection | None = None
        self._sock: socket.socket | None = None
        """The connection's own; it forgets it itself where the server closes after its answer."""
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.ready = threading.Event()
        self.failure: Unavailable | None = None

    def start(self) -> None:
        """Connect and begin."""
        self._thread.start()

    def hang_up(self) -> None:
        """Stop moving bytes, without waiting."""
        self._quit.set()
        self._hang_up()

    def join(self) -> None:
        """Wait for a moment until the thread has ended; one that is still connecting is left behind."""
        self._thread.join(_RETRY_S)
        self._hang_up()

    @abstractmethod
    def total(self) -> int:
        """Bytes that crossed the line so far."""

    @abstractmethod
    def _transfer(self, connection: http.client.HTTPConnection) -> None:
        """One request; raises OSError, HTTPException, `_Smaller` or `_Refused`."""

    def _run(self) -> None:
        try:
            crash = guarded("a flow", self._keep_moving)
            if crash is not None:
                self._fail(crash)
        finally:
            self._hang_up()

    def _keep_moving(self) -> None:
        failures = 0
        while not self._quit.is_set():
            before = self.total()
            try:
                connection = self._connection or self._protocol.web.open(until=self._until)
                self._connection, self._sock = connection, connection.sock
                self.ready.set()
                if not self._quit.is_set():
                    self._transfer(connection)
                failures = 0
            except _Smaller:
                self._hang_up()
            except _Refused as refused:
                self._fail(Unavailable(reason=Reason.BLOCKED, detail=refused.detail))
                return
            except (OSError, http.client.HTTPException, ValueError, AttributeError) as error:
                # A socket that is closed meanwhile raises ValueError too, a connection that lost it AttributeError. What moved something may be tried again for as long as it does.
                self._hang_up()
                failures = 1 if self.total() > before else failures + 1
                if failures >= _MOST_FAILURES or isinstance(error, ssl.SSLCertVerificationError):
                    self._fail(_as_fact(error))
                    return
                self._quit.wait(_RETRY_S)

    def _fail(self, fact: Unavailable) -> None:
        if not self._quit.is_set():
            self.failure = fact
        self.ready.set()

    def _hang_up(self) -> None:
        """Reset the connection: what is on its way is of no use to anyone."""
        self.total()  # the last look at what this connection carried
        connection, self._connection = self._connection, None
        sock, self._sock = self._sock, None
        if sock is not None:
            with contextlib.suppress(OSError, ValueError):
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, winsock.linger(0))
            with contextlib.suppress(OSError, ValueError):
                socket.socket.shutdown(sock, socket.SHUT_RDWR)  # wakes the thread that waits on it
            sock.close()
        if connection is not None:
            connection.close()

    def _head(
        self, connection: http.client.HTTPConnection, method: str, page: str, length: int | None
    ) -> None:
        connection.putrequest(method, self._protocol.web.target(page), skip_accept_encoding=True)
        for name, value in self._protocol.web.headers.items():
            connection.putheader(name, value)
        if length is not None:
            connection.putheader("Content-Type", "application/octet-stream")
            connection.putheader("Content-Length", str(length))
        connection.endheaders()

    def _keep(self, response: http.client.HTTPResponse) -> None:
        """After a whole answer: the connection serves again, unless the server closes it."""
        if response.will_close:
            self._hang_up()


class Download(Flow):
    """Asks for much and reads it."""

    def __init__(self, protocol: SpeedTestProtocol, until: float) -> None:
        super().__init__(protocol, until)
        self._received = 0
        self._buffer = memoryview(bytearray(_READ_BYTES))

    def total(self) -> int:
        """See `Flow`."""
        return self._received

    def _transfer(self, connection: http.client.HTTPConnection) -> None:
        size = {
            Engine.LIBRESPEED: _LIBRESPEED_DOWNLOAD_BYTES,
            Engine.CLOUDFLARE: _CLOUDFLARE_DOWNLOAD_BYTES,
        }.get(self._protocol.engine, _DOWNLOAD_BYTES)
        self._head(connection, "GET", self._protocol.download_page(size), None)
        response = connection.getresponse()
        _check(response, is_empty=response.length == 0)
        before = self._received
        if response.chunked or response.length is None:
            while piece := response.read1(_CHUNKED_READ_BYTES):
                self._received += len(piece)
        else:
            self._read(response, response.length)
        if self._received == before:
            raise _Refused("nothing comes in the place of data")
        self._keep(response)

    def _read(self, response: http.client.HTTPResponse, length: int) -> None:
        """Into one buffer, past `HTTPResponse`, which would wait until a whole buffer is full."""
        left = length
        while left:
            count = response.fp.readinto1(self._buffer[: min(left, _READ_BYTES)])
            if not count:
                raise http.client.IncompleteRead(b"")
            left -= count
            self._received += count
        response.close()


class Upload(Flow):
    """Posts random bytes; what still waits in this computer is not counted, where the system can tell."""

    def __init__(
        self, protocol: SpeedTestProtocol, until: float, data: memoryview, acked_bytes: AckedBytes
    ) -> None:
        super().__init__(protocol, until)
        self._data = data
        self._acked_bytes = acked_bytes
        self._size = _UPLOAD_BYTES
        self._sent = 0
        self._counted: http.client.HTTPConnection | None = None
        self._acked_before = 0
        self._highest = 0
        self._lock = threading.Lock()

    def total(self) -> int:
        """See `Flow`."""
        with self._lock:
            sock = self._sock
            if sock is not None:
                acked = self._acked_bytes(sock, self._sent)
                reached = self._sent if isinstance(acked, Unavailable) else acked
                self._highest = max(self._highest, self._acked_before + reached)
            return self._highest

    def _transfer(self, connection: http.client.HTTPConnection) -> None:
        if sys.platform != "win32":
            with contextlib.suppress(OSError, AttributeError):
                connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, _UNSENT_BYTES)
        if connection is not self._counted:
            with self._lock:
                self._counted, self._acked_before, self._sent = connection, self._highest, 0
        self._head(connection, "POST", self._protocol.upload_page, self._size)
        try:
            self._send(connection.sock)
        except OSError:
            self._explain(connection)
            raise
        response = connection.getresponse()
        self.total()  # where the server closes, reading the answer to its end closes the socket too
        self._judge(response, response.read(_LONGEST_ANSWER))
        self._keep(response)

    def _send(self, sock: socket.socket) -> None:
        left = self._size
        while left and not self._quit.is_set():
            at = -left % len(self._data)
            count = sock.send(self._data[at : at + left])
            left -= count
            self._sent += count

    def _explain(self, connection: http.client.HTTPConnection) -> None:
        """A server that stops reading has often said why before it closed."""
        if self._quit.is_set():
            return
        with contextlib.suppress(OSError, http.client.HTTPException, ValueError):
            self._judge(connection.getresponse(), b"?")

    def _judge(self, response: http.client.HTTPResponse, body: bytes) -> None:
        if response.status == http.client.REQUEST_ENTITY_TOO_LARGE and self._size > _SMALLEST_UPLOAD_BYTES:
            self._size //= 4
            raise _Smaller
        if len(body) == _LONGEST_ANSWER:
            raise _Refused("data comes in the place of a confirmation")
        _check(response, is_empty=not body)


def random_data() -> memoryview:
    """A mebibyte that no one on the way can compress."""
    return memoryview(os.urandom(1024 * 1024))


def _check(response: http.client.HTTPResponse, *, is_empty: bool) -> None:
    if response.status in _ACCEPTED:
        kind = (response.getheader("Content-Type") or "").lower()
        if kind.startswith("text/html") and not is_empty:  # PHP calls its empty pages so
            raise _Refused("a web page comes in the place of data")
        return
    if response.status == http.client.TOO_MANY_REQUESTS:
        raise _Refused("the server is busy (429)")
    if response.status == http.client.REQUEST_ENTITY_TOO_LARGE:
        raise _Refused("the server takes no uploads (413)")
    if response.status in range(300, 400):
        raise _Refused(f"the server sends us elsewhere ({response.status})")
    raise _Refused(f"the server answers {response.status}")


def _as_fact(error: Exception) -> Unavailable:
    if isinstance(error, OSError):
        return why(error)
    return Unavailable(reason=Reason.BLOCKED, detail=f"no HTTP: {type(error).__name__}")


class Flows:
    """Several flows as one source (see `sampling.ByteSource`): two at first, more when the line carries them."""

    FIRST, ON_FAST, ON_SLOW = 2, 4, 8
    GROW_AT_S = 0.5
    THIN_BYTE_S, FAST_BYTE_S = 125_000, 2_500_000
    """Below 1 Mbit/s more flows only fight one another. From 20 Mbit/s four fill a queue; in between CUBIC leaves slow
    start long before a queue is full and then takes many seconds, so more of them are started."""

    def __init__(
        self, protocol: SpeedTestProtocol, *, upload: bool, until: float, acked_bytes: AckedBytes
    ) -> None:
        self.engine = protocol.engine
        self.server = protocol.web.base.host
        self.via_proxy = protocol.web.proxy is not None
        self._data = random_data() if upload else memoryview(b"")
        self._protocol, self._upload, self._until = protocol, upload, until
        self._acked_bytes = acked_bytes
        self._flows = tuple(
            self._one() for _ in range(self.FIRST)
        )  # replaced, never changed: any thread may read it
        self._began = 0.0
        self._grown_at_s = 0.0

    def start(self, *, within_s: float) -> Unavailable | None:
        """Connect the first flows and begin; why it can't be when none of them can."""
        by = time.monotonic() + within_s
        for flow in self._flows:
            flow.start()
        for flow in self._flows:
            flow.ready.wait(max(0.0, by - time.monotonic()))
        self._began = time.perf_counter()
        if not any(flow.ready.is_set() for flow in self._flows):
            return Unavailable(reason=Reason.TIMEOUT, detail="no answer to the connection request")
        return self.failure()

    def total(self) -> int:
        """See `sampling.ByteSource`."""
        return sum(flow.total() for flow in self._flows)

    def adapt(self) -> None:
        """See `sampling.ByteSource`. Once, after half a second, it adds what a line of such a rate needs."""
        since = time.perf_counter() - self._began
        if since < self.GROW_AT_S or self._grown_at_s:
            return
        self._grown_at_s = since
        moved = self.total()
        if moved >= self.THIN_BYTE_S * since:
            self._grow(self.ON_FAST if moved >= self.FAST_BYTE_S * since else self.ON_SLOW)

    def full_from_s(self) -> float:
        """See `sampling.ByteSource`."""
        return self._grown_at_s if len(self._flows) > self.FIRST else 0.0

    def failure(self) -> Unavailable | None:
        """All of them failed: why the first did."""
        failures = [flow.failure for flow in self._flows]
        return failures[0] if all(failures) else None

    def close(self) -> None:
        """See `sampling.ByteSource`."""
        for flow in self._flows:
            flow.hang_up()
        for flow in self._flows:
            flow.join()

    def _grow(self, to: int) -> None:
        added = tuple(self._one() for _ in range(to - self.FIRST))
        self._flows += added
        for flow in added:
            flow.start()

    def _one(self) -> Flow:
        if self._upload:
            return Upload(self._protocol, self._until, self._data, self._acked_bytes)
        return Download(self._protocol, self._until)
