"""HTTP servers on loopback with one fault each, that count what they send and receive; every answer is a test's choice."""

from __future__ import annotations

import contextlib
import gzip
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

LOCAL = "127.0.0.1"
MIB = 1 << 20
_PIECE = 64 * 1024
_PACE_S = 0.004
"""After each piece: some 100 Mbit/s for one connection, so that tests leave the processor to others."""
_NOISE = bytes(range(256)) * (_PIECE // 256)
_BOMB = gzip.compress(bytes(16 * MIB))

Answer = Callable[["Visit"], bool]
"""Answers one request; True when the connection may serve again."""


@dataclass
class Visit:
    """One request, its body not yet received."""

    server: Server
    sock: socket.socket
    method: str
    target: str
    began: bytes  # of the body, that came with the head
    length: int  # of the body

    @property
    def page(self) -> str:
        """The last part of the path."""
        return self.target.partition("?")[0].rpartition("/")[2]

    @property
    def folder(self) -> str:
        """The path of the page without it, as `/backend/`."""
        path = self.target.partition("?")[0]
        path = "/" + path.split("/", 3)[3] if "://" in path else path
        return path.rpartition("/")[0] + "/"

    @property
    def is_big(self) -> bool:
        """Does it ask for more than a first look does?"""
        return "ckSize=1&" not in f"{self.target}&" and "bytes=1000&" not in f"{self.target}&"

    def send(self, data: bytes) -> None:
        self.sock.sendall(data)
        self.server.sent += len(data)

    def pour(self, size: int | None = None) -> None:
        """Send `size` bytes at a steady pace; for ever without it."""
        left = size
        while left is None or left > 0:
            piece = _NOISE if left is None else _NOISE[:left]
            self.send(piece)
            left = None if left is None else left - len(piece)
            self.server.over.wait(_PACE_S)

    def take(self) -> None:
        """Receive the body, at a steady pace too."""
        left = self.length - len(self.began)
        while left > 0:
            count = len(self.sock.recv(_PIECE))
            if not count:
                raise ConnectionResetError
            left -= count
            self.server.received += count
            self.server.over.wait(_PACE_S)

    def head(self, status: str = "200 OK", *more: str) -> None:
        self.sock.sendall("\r\n".join((f"HTTP/1.1 {status}", *more, "", "")).encode())

    def reply(self, status: str, body: bytes = b"", *more: str) -> bool:
        self.head(status, f"Content-Length: {len(body)}", *more)
        self.sock.sendall(body)
        return "Connection: close" not in more

    def hang(self) -> bool:
        """Say nothing more for as long as the test lasts."""
        self.server.over.wait()
        return False


@dataclass
class Server:
    """A server that listens; `sent` and `received` are bytes of the tests' data."""

    port: int
    sent: int = 0
    received: int = 0
    visits: list[tuple[str, str]] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://{LOCAL}:{self.port}/"

    @property
    def moved(self) -> int:
        return self.sent + self.received


class _Listener:
    def __init__(self, answer: Answer, tls: ssl.SSLContext | None) -> None:
        self._answer, self._tls = answer, tls
        self._door = socket.create_server((LOCAL, 0))
        self.server = Server(self._door.getsockname()[1])
        self._guests: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._welcome, daemon=True)]
        self._threads[0].start()

    def close(self) -> None:
        self.server.over.set()
        with contextlib.suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)
        self._threads[0].join(5)
        self._door.close()
        for guest in self._guests:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(guest, socket.SHUT_RDWR)
        for thread in self._threads[1:]:
            thread.join(5)

    def _welcome(self) -> None:
        while not self.server.over.is_set():
            try:
                guest, _ = self._door.accept()
            except OSError:
                return
            self._guests.append(guest)
            thread = threading.Thread(target=self._attend, args=(guest,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _attend(self, guest: socket.socket) -> None:
        try:
            with self._secured(guest) as sock:
                while (visit := _visit(self.server, sock)) is not None:
                    if not self._answer(visit):
                        return
        except OSError:
            pass  # they have gone, or the test is over

    def _secured(self, guest: socket.socket) -> socket.socket:
        if self._tls is None:
            return guest
        with contextlib.ExitStack() as doomed:
            doomed.callback(guest.close)
            secured = self._tls.wrap_socket(guest, server_side=True)
            doomed.pop_all()
        self._guests.append(secured)
        return secured


def _visit(server: Server, sock: socket.socket) -> Visit | None:
    """The next request; None when they have gone."""
    came = b""
    while b"\r\n\r\n" not in came:
        piece = sock.recv(_PIECE)
        if not piece:
            return None
        came += piece
    head, _, body = came.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ")
    fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    server.visits.append((method, target))
    return Visit(server, sock, method, target, body, int(fields.get("content-length", 0)))


@contextlib.contextmanager
def speaking(answer: Answer, tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    """A server whose every request is answered by `answer`."""
    listener = _Listener(answer, tls)
    try:
        yield listener.server
    finally:
        listener.close()


# --- whole servers --------------------------------------------------------------------------------


def librespeed(folder: str = "/", *, down: Answer | None = None, up: Answer | None = None) -> Answer:
    """A good LibreSpeed form, but for what answers its downloads or uploads."""

    def answer(visit: Visit) -> bool:
        if visit.folder != folder or visit.page not in {"garbage.php", "empty.php"}:
            return visit.reply("404 Not Found")
        if visit.page == "garbage.php":
            return (down if down is not None and visit.is_big else steady)(visit)
        if visit.method == "POST":
            return (swallow if up is None else up)(visit)
        return visit.reply("200 OK", b"")

    return answer


CLOUDFLARES_LIMIT = 10**8
"""So many bytes and more at once are refused (see `catalog/speed_servers.toml`)."""


def cloudflare(visit: Visit, *, down: Answer | None = None, up: Answer | None = None) -> bool:
    """A good Cloudflare form, but for what answers its downloads or uploads of more than a first look."""
    if visit.page == "__down" and visit.method == "GET":
        size = int(visit.target.partition("bytes=")[2])
        if size >= CLOUDFLARES_LIMIT:
            return visit.reply("403 Forbidden")
        if down is not None and visit.is_big:
            return down(visit)
        visit.head("200 OK", "Content-Type: application/octet-stream", f"Content-Length: {size}")
        visit.pour(size)
        return True
    if visit.page == "__up" and visit.method == "POST":
        if up is not None:
            return up(visit)
        visit.take()
        return visit.reply("200 OK", b"OK\n")
    return visit.reply("404 Not Found")


SPEEDTEST_CONFIG = b"""<?xml version="1.0" encoding="UTF-8"?>
<settings>
<client ip="192.0.2.2" lat="46.2" lon="6.1" isp="Example"/>
<server-config threadcount="2" ignoreids=""/>
<download testlength="10" threadsperurl="4"/>
<upload testlength="10" ratio="5" maxchunkcount="50" threads="2"/>
</settings>
"""


def speedtest_net(*servers: str, config: Answer | None = None, listing: Answer | None = None) -> Answer:
    """What speedtest-cli asks speedtest.net for; `servers` are URLs of uploads."""
    entries = "".join(
        f'<server url="{url}" lat="46.2" lon="6.1" name="Lab" country="Lab" cc="XX" sponsor="Lab" id="{n}" host=""/>'
        for n, url in enumerate(servers)
    )
    document = f'<?xml version="1.0" encoding="UTF-8"?>\n<settings><servers>{entries}</servers></settings>'

    def answer(visit: Visit) -> bool:
        if visit.page == "speedtest-config.php":
            return config(visit) if config is not None else visit.reply("200 OK", SPEEDTEST_CONFIG)
        if visit.page.startswith("speedtest-servers"):
            return listing(visit) if listing is not None else visit.reply("200 OK", document.encode())
        return visit.reply("404 Not Found")

    return answer


def mini(visit: Visit) -> bool:
    """A good "mini" server."""
    if visit.page.startswith("random"):
        visit.head("200 OK", f"Content-Length: {8 * MIB}")
        visit.pour(8 * MIB)
        return True
    if visit.method == "POST":
        visit.take()
        return visit.reply("200 OK", f"size={visit.length}".encode())
    if visit.page == "latency.txt":
        return visit.reply("200 OK", b"test=test\n")
    if visit.page:
        return visit.reply("404 Not Found")
    return visit.reply("200 OK", b'<script>upload_extension: "php"</script>', "Content-Type: text/html")


def mini_without_latency(visit: Visit) -> bool:
    """A "mini" server whose latency page is missing: the library calls that 1 800 000 ms."""
    return visit.reply("404 Not Found") if visit.page == "latency.txt" else mini(visit)


# --- answers --------------------------------------------------------------------------------------


def steady(visit: Visit) -> bool:
    size = MIB if not visit.is_big else 100 * MIB
    visit.head("200 OK", "Content-Type: application/octet-stream", f"Content-Length: {size}")
    visit.pour(size)
    return True


def swallow(visit: Visit) -> bool:
    visit.take()
    return visit.reply("200 OK")


def swallow_and_say_so_as_php_does(visit: Visit) -> bool:
    """An empty page, in chunks, called HTML."""
    visit.take()
    visit.head("200 OK", "Content-Type: text/html; charset=UTF-8", "Transfer-Encoding: chunked")
    visit.sock.sendall(b"0\r\n\r\n")
    return True


silent: Answer = Visit.hang


def stalling(visit: Visit) -> bool:
    """After 64 KiB."""
    visit.head("200 OK", f"Content-Length: {100 * MIB}")
    visit.send(_NOISE)
    return visit.hang()


def dripping(visit: Visit) -> bool:
    """A byte a second."""
    visit.head("200 OK", f"Content-Length: {100 * MIB}")
    while not visit.server.over.wait(1):
        visit.send(b"x")
    return False


def dripping_head(visit: Visit) -> bool:
    """A header that grows for ever, ten bytes a second: no wait for the next byte is long."""
    visit.sock.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
    while not visit.server.over.wait(0.1):
        visit.sock.sendall(b"x")
    return False


def closing_early(visit: Visit) -> bool:
    visit.head("200 OK", f"Content-Length: {100 * MIB}")
    return False


def resetting(visit: Visit) -> bool:
    visit.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return False


def no_http(visit: Visit) -> bool:
    visit.sock.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")
    return False


def empty(visit: Visit) -> bool:
    return visit.reply("200 OK")


def captive(visit: Visit) -> bool:
    """200 and a page for people, whatever was asked."""
    visit.take()
    return visit.reply("200 OK", b"<html>Please log in</html>", "Content-Type: text/html")


def chatty(visit: Visit) -> bool:
    """Confirms an upload with bytes for ever."""
    visit.take()
    visit.head("200 OK", "Content-Type: application/octet-stream")
    visit.pour()
    return False


def status(words: str, *more: str) -> Answer:
    """This status, before the body is read, and the connection is closed as servers do then."""

    def answer(visit: Visit) -> bool:
        visit.reply(words, b"no\n", "Connection: close", *more)
        with contextlib.suppress(OSError):
            visit.sock.shutdown(socket.SHUT_WR)
        until = (
            time.monotonic() + 0.3
        )  # what is on its way would else reset the connection before the answer is read
        visit.sock.settimeout(0.3)
        with contextlib.suppress(TimeoutError):
            while time.monotonic() < until and (piece := visit.sock.recv(_PIECE)):
                visit.server.received += len(piece)
        return False

    return answer


def at_most(size: int, then: Answer = swallow) -> Answer:
    """413 to longer uploads."""
    refuse = status("413 Content Too Large")
    return lambda visit: refuse(visit) if visit.length > size else then(visit)


def chunked(visit: Visit) -> bool:
    """As PHP does: no length, chunks of a mebibyte."""
    visit.head("200 OK", "Content-Type: application/octet-stream", "Transfer-Encoding: chunked")
    for _ in range(100):
        visit.sock.sendall(f"{MIB:x}\r\n".encode())
        visit.pour(MIB)
        visit.sock.sendall(b"\r\n")
    visit.sock.sendall(b"0\r\n\r\n")
    return True


def until_closed(visit: Visit) -> bool:
    """HTTP/1.0: neither length nor chunks; the end is the end of the connection."""
    visit.sock.sendall(b"HTTP/1.0 200 OK\r\nContent-Type: application/octet-stream\r\n\r\n")
    visit.pour(100 * MIB)
    return False


def closing_after_each(visit: Visit) -> bool:
    """A mebibyte at a time, each over a connection of its own."""
    if visit.method == "POST":
        visit.take()
        return visit.reply("200 OK", b"", "Connection: close")
    visit.head("200 OK", f"Content-Length: {MIB}", "Connection: close")
    visit.pour(MIB)
    return False


def endless(visit: Visit) -> bool:
    """Bytes of no meaning, for ever."""
    visit.head("200 OK", "Content-Type: text/xml")
    visit.pour()
    return False


def endless_zipped(visit: Visit) -> bool:
    """A short answer that unpacks to one of 64 MiB."""
    return visit.reply("200 OK", gzip.compress(bytes(64 * MIB)), "Content-Encoding: gzip")


def bomb(visit: Visit) -> bool:
    """A thousand times as much, once unpacked."""
    visit.head("200 OK", "Content-Encoding: gzip", f"Content-Length: {1024 * MIB}")
    while True:
        visit.send(_BOMB)
        visit.server.over.wait(_PACE_S)


def proxy(onward: Answer, tls: ssl.SSLContext | None = None) -> Answer:
    """A proxy that is every server by itself: what it is asked for is answered by `onward`, behind CONNECT over TLS."""

    def answer(visit: Visit) -> bool:
        if visit.method != "CONNECT":
            return onward(visit) if "://" in visit.target else visit.reply("400 Bad Request")
        assert tls is not None
        visit.head("200 Connection established")
        with tls.wrap_socket(visit.sock.dup(), server_side=True) as inside:
            while (asked := _visit(visit.server, inside)) is not None and onward(asked):
                pass
        return False

    return answer
