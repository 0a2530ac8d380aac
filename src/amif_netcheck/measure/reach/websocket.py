"""A WebSocket (RFC 6455) over a connection that stands already, for one message from the server and one answer to it.

The `websockets` library speaks the protocol; the waits are ours, so that each has a deadline, and nothing is followed.
"""

from __future__ import annotations

import contextlib
import logging
import socket
import time
from collections.abc import Mapping

from amif_netcheck.model.address import Base

_LARGEST_MESSAGE = 64 * 1024
_CLOSING_S = 0.3
_MUTE = logging.getLogger("websockets.mute")
"""The library writes all headers into its log, passwords too."""
_MUTE.setLevel(logging.CRITICAL + 1)
_MUTE.propagate = False


class WebSocket:
    """One that is asked for with `first_message`. `status`: of the answer to that, 0 without one; `stands`: was it granted?"""

    def __init__(
        self, sock: socket.socket, base: Base, page: str, headers: Mapping[str, str], *, until: float
    ) -> None:
        from websockets.client import ClientProtocol  # noqa: PLC0415 - slow to load
        from websockets.uri import parse_uri  # noqa: PLC0415

        # TLS, where there is any, is in the socket: here the scheme only says which port is the usual one.
        scheme = "wss" if base.scheme == "https" else "ws"
        address = f"{scheme}://{base.url.partition('://')[2]}{page}"
        self._protocol = ClientProtocol(parse_uri(address), max_size=_LARGEST_MESSAGE, logger=_MUTE)
        self._sock, self._until = sock, until
        self._headers = headers
        self.status = 0

    @property
    def stands(self) -> bool:
        """Has the server granted it?"""
        return bool(self.status) and self._protocol.handshake_exc is None

    def first_message(self) -> bytes | None:
        """The first one, if it is of bytes; None where no WebSocket comes about, or another message or an end comes.

        Raises:
            OSError: the connection broke; or not all came in time (`TimeoutError`).
        """
        from websockets.frames import Frame, Opcode  # noqa: PLC0415
        from websockets.http11 import Response  # noqa: PLC0415

        request = self._protocol.connect()
        for name, value in self._headers.items():
            request.headers[name] = value
        self._protocol.send_request(request)
        message = b""
        while True:
            self._flush(self._until)
            self._protocol.receive_data(self._received(self._until))
            for event in self._protocol.events_received():
                if isinstance(event, Response):
                    self.status = event.status_code
                elif not isinstance(event, Frame) or event.opcode in {Opcode.TEXT, Opcode.CLOSE}:
                    return None
                elif event.opcode in {Opcode.BINARY, Opcode.CONT}:
                    message += bytes(event.data)
                    if event.fin:
                        return message
            if self._protocol.handshake_exc is not None or self._protocol.close_expected():
                return None

    def end(self, last: bytes) -> None:
        """Send a last message, and wait a moment until the server has read it."""
        by = min(self._until, time.monotonic() + _CLOSING_S)
        with contextlib.suppress(OSError):
            self._protocol.send_binary(last)
            self._protocol.send_close()
            self._flush(by)
            while True:
                self._received(by)

    def _flush(self, until: float) -> None:
        for data in filter(None, self._protocol.data_to_send()):
            self._sock.settimeout(_left_s(until))
            self._sock.sendall(data)

    def _received(self, until: float) -> bytes:
        self._sock.settimeout(_left_s(until))
        data = self._sock.recv(_LARGEST_MESSAGE)
        if not data:
            raise ConnectionAbortedError("the connection has ended")
        return data


def _left_s(until: float) -> float:
    """How long may be waited.

    Raises:
        TimeoutError: no longer.
    """
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError("not all came in time")
    return left
