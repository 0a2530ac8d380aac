"""A server on loopback that is a table of answers; a WebSocket that it grants has the `websockets` library's own key."""

from __future__ import annotations

import re
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from websockets.utils import accept_key

from amif_netcheck.model.address import Base

BINARY, TEXT = 0x82, 0x81
_LENGTH = re.compile(rb"\r\nContent-Length: (\d+)\r\n", re.IGNORECASE)

Answer = Callable[[socket.socket, str], None]


def page(status: int, body: str = "", *headers: str) -> Answer:
    def answer(peer: socket.socket, _request: str) -> None:
        lines = (f"HTTP/1.1 {status} So", f"Content-Length: {len(body)}", *headers, "", body)
        peer.sendall("\r\n".join(lines).encode())

    return answer


def cut(_peer: socket.socket, _request: str) -> None:
    pass


def swallowed(peer: socket.socket, _request: str) -> None:
    peer.recv(1)


def no_http(peer: socket.socket, _request: str) -> None:
    peer.sendall(b"SSH-2.0-OpenSSH_9.9\r\n\r\n")


def frame(kind: int, content: bytes) -> bytes:
    long = len(content) > 0xFFFF
    size = struct.pack("!BQ", 127, len(content)) if long else struct.pack("!BH", 126, len(content))
    return bytes([kind]) + size + content


def granted(*pieces: bytes, key: str = "", every_s: float = 0.0, stays: bool = False) -> Answer:
    """A WebSocket, and what is said over it."""

    def answer(peer: socket.socket, request: str) -> None:
        asked = next(line for line in request.splitlines() if line.startswith("Sec-WebSocket-Key"))
        accepted = key or accept_key(asked.partition(": ")[2])
        head = ("HTTP/1.1 101 So", "Upgrade: websocket", "Connection: Upgrade")
        peer.sendall("\r\n".join((*head, f"Sec-WebSocket-Accept: {accepted}", "", "")).encode())
        for piece in pieces:
            peer.sendall(piece)
            time.sleep(every_s)
        while stays and peer.recv(4096):
            pass

    return answer


def unmasked(peer: socket.socket) -> str:
    """The next frame that a client sends, of fewer than 64 kB, as text."""
    stream = peer.makefile("rb")
    _kind, length = stream.read(2)
    size = length & 0x7F
    if size == 126:
        (size,) = struct.unpack("!H", stream.read(2))
    mask = stream.read(4)
    return bytes(each ^ mask[at % 4] for at, each in enumerate(stream.read(size))).decode()


class Server:
    """What answers each page as it is told; `requests`: what came, `port`: where."""

    def __init__(self, answers: dict[str, Answer], tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[str] = []
        self._answers, self._tls = answers, tls
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def bodies(self, page: str) -> list[str]:
        """What was posted to it."""
        posted = [request for request in self.requests if request.startswith(f"POST {page} ")]
        return [request.partition("\r\n\r\n")[2] for request in posted]

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _serve(self) -> None:
        while True:
            try:
                peer, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(peer,), daemon=True).start()

    def _answer(self, peer: socket.socket) -> None:
        try:
            with self._tls.wrap_socket(peer, server_side=True) if self._tls else peer as open_:
                request = b""
                while b"\r\n\r\n" not in request:
                    if not (piece := open_.recv(4096)):
                        return
                    request += piece
                length = _LENGTH.search(request)
                while length and len(request.partition(b"\r\n\r\n")[2]) < int(length[1]):
                    request += open_.recv(4096) or b" " * int(length[1])
                self.requests.append(request.decode())
                wanted = request.decode().split(" ", 2)[1].partition("?")[0]
                self._answers.get(wanted, page(404))(open_, request.decode())
        except OSError:
            pass


@contextmanager
def serving(answers: dict[str, Answer], tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    server = Server(answers, tls)
    try:
        yield server
    finally:
        server.close()


def on_loopback(server: Server) -> Base:
    return Base("http", "127.0.0.1", server.port)
