"""A WebSocket (RFC 6455) over a connection that stands already, for the server's first message and what is said around it.

The `websockets` library speaks the protocol; the waits are ours, so that each has a deadline, and nothing is followed.
"""

from __future__ import annotations

import contextlib
import logging
import socket
import time
from collections.abc import Mapping
from typing import NamedTuple

from amif_netcheck.measure.web import AGENT
from amif_netcheck.model.address import Base

Message = str | bytes | None
"""What is said: text, bytes, or nothing."""

_LARGEST_MESSAGE = 64 * 1024
_CLOSING_S = 0.3
_MUTE = logging.getLogger("websockets.mute")
"""The library writes all headers into its log, passwords too."""
_MUTE.setLevel(logging.CRITICAL + 1)
_MUTE.propagate = False


class Opening(NamedTuple):
    """What is asked for, in which protocol, and what is said over it, before the server's first message and after it."""

    page: str
    headers: Mapping[str, str]
    subprotocol: str = ""
    hello: Message = None
    goodbye: Message = None

    def __repr__(self) -> str:
        """Without its headers, which may hold a password."""
        return f"Opening(page={self.page!r})"


class WebSocket:
    """One that is asked for with `first_message`. `status`: of the answer to that, 0 without one; `stands`: was it granted?"""

    def __init__(self, sock: socket.socket, base: Base, opening: Opening, *, until: float) -> None:
        from websockets.client import ClientProtocol  # noqa: PLC0415 - slow to load
        from websockets.typing import Subprotocol  # noqa: PLC0415
        from websockets.uri import parse_uri  # noqa: PLC0415

        # TLS, where there is any, is in the socket: here the scheme only says which port is the usual one.
        scheme = "wss" if base.scheme == "https" else "ws"
        address = f"{scheme}://{base.url.partition('://')[2]}{opening.page}"
        subprotocols = [Subprotocol(opening.subprotocol)] if opening.subprotocol else None
        self._protocol = ClientProtocol(
            parse_uri(address), subprotocols=subprotocols, max_size=_LARGEST_MESSAGE, logger=_MUTE
        )
        self._sock, self._until = sock, until
        self._opening = opening
        self.status = 0

    @property
    def stands(self) -> bool:
        """Has the server granted it?"""
        return bool(self.status) and self._protocol.handshake_exc is None

    def first_message(self) -> bytes | None:
        """The server's first one; None where no WebSocket comes about, or an end or one of another kind comes.

        Text is wanted in a subprotocol, bytes elsewhere.

        Raises:
            OSError: the connection broke; or not all came in time (`TimeoutError`).
        """
        from websockets.frames import Frame, Opcode  # noqa: PLC0415
        from websockets.http11 import Response  # noqa: PLC0415

        request = self._protocol.connect()
        for name, value in {"User-Agent": AGENT, **self._opening.headers}.items():
            request.headers[name] = value
        self._protocol.send_request(request)
        unwanted = Opcode.BINARY if self._opening.subprotocol else Opcode.TEXT
        message = b""
        while True:
            self._flush(self._until)
            self._protocol.receive_data(self._received(self._until))
            for event in self._protocol.events_received():
                if isinstance(event, Response):
                    self.status = event.status_code
                    if self.stands:
                        self._say(self._opening.hello)
                elif not isinstance(event, Frame) or event.opcode in {Opcode.CLOSE, unwanted}:
                    return None
                elif event.opcode in {Opcode.TEXT, Opcode.BINARY, Opcode.CONT}:
                    message += bytes(event.data)
                    if event.fin:
                        return message
            if self._protocol.handshake_exc is not None or self._protocol.close_expected():
                return None

    def end(self) -> None:
        """Say goodbye, and wait a moment until the server has read it."""
        by = min(self._until, time.monotonic() + _CLOSING_S)
        with contextlib.suppress(OSError):
            self._say(self._opening.goodbye)
            if self._is_open:
                self._protocol.send_close()
            self._flush(by)
            while True:
                self._received(by)

    @property
    def _is_open(self) -> bool:
        """May anything be said still? An end may come together with what is said before it."""
        from websockets.protocol import State  # noqa: PLC0415

        return self._protocol.state is State.OPEN

    def _say(self, message: Message) -> None:
        if message is None or not self._is_open:
            return
        if isinstance(message, str):
            self._protocol.send_text(message.encode())
        else:
            self._protocol.send_binary(message)

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
