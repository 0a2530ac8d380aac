"""One TCP connection: requests one after the other, each with deadlines; what misbehaves is closed calmly."""

from __future__ import annotations

import contextlib
import os
import socket
import ssl
import time
from collections.abc import Iterator
from http import HTTPStatus

from amif_netcheck.serve.access_log import AccessLog
from amif_netcheck.serve.clients import AdmissionControl, RateLimiter, Ticket, client_of
from amif_netcheck.serve.config import MB, ServeConfig
from amif_netcheck.serve.requests import BadRequestError, Request, Response, parse
from amif_netcheck.serve.routes import Routes, busy

MOST_HEAD = 16 * 1024
_MOST_LINE = 1024
_MOST_TRAILERS = 16
_PIECE = 1 << 20
_SINK = 1 << 18
_SMALL = 64 * 1024

_noise = memoryview(os.urandom(_PIECE))
"""What every download is made of: random, so that nothing on the way can compress it."""
_sink = memoryview(bytearray(_SINK))
"""Where every upload goes. All threads write here, and nobody ever reads it."""


class _EndError(Exception):
    """The connection has nothing more to give."""


class Services:
    """What all connections share."""

    def __init__(
        self, routes: Routes, gate: AdmissionControl, access_log: AccessLog, config: ServeConfig
    ) -> None:
        self.routes, self.gate, self.access_log = routes, gate, access_log
        self.rate = RateLimiter(config.limits.client_requests_s)
        self.most_bytes = config.limits.test_mb * MB
        self.timeouts = config.timeouts


class ClientConnection:
    """Serves one client's connection; see `routes.ServedRequest` for `request`, `address`, `take` and `take_all`."""

    def __init__(self, sock: socket.socket, address: str, services: Services) -> None:
        self._sock, self.address, self._services = sock, address, services
        self._timeouts = services.timeouts
        self._client = client_of(address)
        self._buffer = bytearray()
        self._began = 0.0
        self._waiting: int | None = 0  # bytes of the body still to come; None: chunked
        self.request: Request

    def run(self) -> None:
        """Serve to the end, whatever that is."""
        try:
            self._sock.settimeout(self._timeouts.head_s)
            if isinstance(self._sock, ssl.SSLSocket):
                self._sock.do_handshake()
            self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            first = True
            while self._serve_one(self._timeouts.head_s if first else self._timeouts.idle_s):
                first = False
        except (OSError, _EndError):
            pass  # the client has gone, stalls, or used up its test

    def take(self, most: int) -> bytes:
        """Receive a body of at most `most` bytes.

        Raises:
            BadRequestError: it is longer, or chunked.
        """
        if self._waiting is None or self._waiting > most:
            raise BadRequestError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        self._invite()
        until = time.monotonic() + self._timeouts.stall_s
        while len(self._buffer) < self._waiting:
            self._fill(until)
        return self._from_buffer(self._waiting)

    def take_all(self) -> int:
        """Receive the body as a test and throw it away; returns its length.

        Raises:
            BadRequestError: it is too long, or badly chunked.
        """
        ticket = self._services.gate.enter(self._client)
        if isinstance(ticket, int):
            raise _BusyError(ticket)
        with self._noted("upload", ticket):
            if self._waiting is not None:
                size = self._waiting
                if size > self._services.most_bytes:
                    raise BadRequestError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
                self._invite()
                self._discard_body(size, ticket)
            else:
                self._invite()
                size = self._discard_chunks(ticket)
        self._waiting, self._began = 0, time.perf_counter()
        return size

    # --- one request ---------------------------------------------------------------------------------

    def _serve_one(self, patience_s: float) -> bool:
        """Answer one request; may another one follow?"""
        try:
            self.request = parse(self._read_head(patience_s))
            self._began = time.perf_counter()
            self._waiting = self.request.length
            if self._services.rate.allows(self._client):
                answer = self._services.routes.answer(self)
            else:
                answer = busy(1)
        except BadRequestError as error:
            answer = Response(error.status, error.status.phrase.encode() + b"\n", close=True)
        except _BusyError as error:
            answer = busy(error.retry_s)
        if answer.status is HTTPStatus.TOO_MANY_REQUESTS:
            self._services.access_log.refused(self.address)
        return self._deliver(answer)

    def _deliver(self, answer: Response) -> bool:
        ticket = self._services.gate.enter(self._client) if answer.noise else None
        if isinstance(ticket, int):
            self._services.access_log.refused(self.address)
            answer, ticket = busy(ticket), None
        request = getattr(self, "request", None)
        unread = self._waiting != 0
        keep_alive = request is not None and request.keep_alive and not answer.close and not unread
        head = answer.head(keep_alive=keep_alive, took_ms=(time.perf_counter() - self._began) * 1000)
        with_body = request is None or request.method != "HEAD"
        self._sock.settimeout(self._timeouts.stall_s)
        with self._noted("download", ticket) if ticket is not None else contextlib.nullcontext():
            self._sock.sendall(head + answer.body if with_body else head)
            if ticket is not None and with_body:
                self._send_noise(answer.noise, ticket)
        if not keep_alive:
            self._say_goodbye()
        return keep_alive

    def _send_noise(self, size: int, ticket: Ticket) -> None:
        at = 0
        while size:
            sent = self._sock.send(_noise[at : at + size])
            size -= sent
            at = (at + sent) % _PIECE
            if not ticket.goes_on(sent) and size:
                raise _EndError

    @contextlib.contextmanager
    def _noted(self, what: str, ticket: Ticket) -> Iterator[None]:
        """A test under way, which is worth a line in the access_log unless it was a small one."""
        try:
            with ticket:
                yield
        finally:
            if ticket.bytes > _SMALL:
                self._services.access_log.ended(what, self.address, ticket)

    def _say_goodbye(self) -> None:
        """Let the client read the answer before the connection is reset for what we have not read of it."""
        with contextlib.suppress(OSError):
            self._sock.shutdown(socket.SHUT_WR)
            until = time.monotonic() + self._timeouts.goodbye_s
            while (left := until - time.monotonic()) > 0:
                self._sock.settimeout(left)
                if not self._sock.recv_into(_sink):
                    break

    # --- what comes in -------------------------------------------------------------------------------

    def _read_head(self, patience_s: float) -> bytes:
        until = time.monotonic() + (self._timeouts.head_s if self._buffer else patience_s)
        while (end := self._buffer.find(b"\r\n\r\n")) < 0:
            if len(self._buffer) > MOST_HEAD:
                raise BadRequestError(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
            fresh = not self._buffer
            self._fill(until)
            if fresh:
                until = min(until, time.monotonic() + self._timeouts.head_s)
        if end > MOST_HEAD:
            raise BadRequestError(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        head = self._from_buffer(end)
        del self._buffer[:4]
        return head.lstrip(b"\r\n")

    def _fill(self, until: float) -> None:
        """Receive a little more."""
        left = until - time.monotonic()
        if left <= 0:
            raise _EndError
        self._sock.settimeout(left)
        data = self._sock.recv(4096)
        if not data:
            raise _EndError
        self._buffer += data

    def _from_buffer(self, size: int) -> bytes:
        data = bytes(self._buffer[:size])
        del self._buffer[:size]
        self._waiting = 0
        return data

    def _invite(self) -> None:
        """A client that asks before it sends gets its answer."""
        if self.request.fields.get("expect", "").lower() == "100-continue":
            self._sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _discard_body(self, size: int, ticket: Ticket) -> None:
        early = min(size, len(self._buffer))
        del self._buffer[:early]
        left = size - early
        ticket.goes_on(early)
        self._sock.settimeout(self._timeouts.stall_s)
        while left:
            received = self._sock.recv_into(_sink, min(left, _SINK))
            left -= received
            if not received or (not ticket.goes_on(received) and left):
                raise _EndError

    def _discard_chunks(self, ticket: Ticket) -> int:
        total = 0
        while size := self._chunk_size():
            total += size
            if total > self._services.most_bytes:
                raise BadRequestError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            self._discard_body(size, ticket)
            if self._line() != b"":
                raise BadRequestError(HTTPStatus.BAD_REQUEST)
        for _trailer in range(_MOST_TRAILERS):
            if self._line() == b"":
                return total
        raise BadRequestError(HTTPStatus.BAD_REQUEST)

    def _chunk_size(self) -> int:
        digits = self._line().partition(b";")[0].strip()
        if not digits or len(digits) > 15 or not set(digits) <= set(b"0123456789abcdefABCDEF"):  # noqa: PLR2004
            raise BadRequestError(HTTPStatus.BAD_REQUEST)
        return int(digits, 16)

    def _line(self) -> bytes:
        until = time.monotonic() + self._timeouts.stall_s
        while (end := self._buffer.find(b"\r\n")) < 0:
            if len(self._buffer) > _MOST_LINE:
                raise BadRequestError(HTTPStatus.BAD_REQUEST)
            self._fill(until)
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 2]
        return line


class _BusyError(Exception):
    """Beyond the limits."""

    def __init__(self, retry_s: int) -> None:
        super().__init__()
        self.retry_s = retry_s
