"""Small servers and senders with one fault each, run inside a namespace: `stand_ins.py WHAT ARGUMENT…`."""

from __future__ import annotations

import ctypes
import heapq
import os
import select
import socket
import struct
import sys
import time
from collections.abc import Callable, Iterator

Peer = tuple[str, int]
Sent = tuple[float, int, socket.socket, bytes, Peer]
Answerer = Callable[[bytes, int], Iterator[tuple[float, bytes]]]
"""From a request and its number to the answers, each with its delay in seconds."""

_HEADER = struct.Struct("!HHI12s")
_COOKIE = 0x2112A442
_PR_SET_NAME = 15
_CHUNK = 16 * 1024
_DATAGRAM = 1200


def _stun(request: bytes) -> bytes:
    """A binding success with the address 192.0.2.1, port 3478 (RFC 8489)."""
    mapped = struct.pack("!HHBBHI", 0x0020, 8, 0, 1, 3478 ^ (_COOKIE >> 16), 0xC0000201 ^ _COOKIE)
    return _HEADER.pack(0x0101, len(mapped), _COOKIE, request[8:20]) + mapped


def _spoiled(request: bytes, number: int) -> bytes:
    """No answer to this request, each in another way."""
    good = _stun(request)
    return (
        b"",
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        good[:19],
        good[:-4],
        request,
        good[:4] + b"\x00\x00\x00\x00" + good[8:],
        good[:8] + bytes(byte ^ 0xFF for byte in good[8:18]) + good[18:],
        good + b"\x00",
    )[number % 8]


def honest(request: bytes, number: int) -> Iterator[tuple[float, bytes]]:
    yield 0, _stun(request)


def garbage(request: bytes, number: int) -> Iterator[tuple[float, bytes]]:
    yield 0, _spoiled(request, number)


def garbage_too(request: bytes, number: int) -> Iterator[tuple[float, bytes]]:
    yield 0, _spoiled(request, number)
    yield 0, _stun(request)


def twice(request: bytes, number: int) -> Iterator[tuple[float, bytes]]:
    yield 0, _stun(request)
    yield 0.03, _stun(request)


def late(request: bytes, number: int) -> Iterator[tuple[float, bytes]]:
    yield 1.2, _stun(request)


def sometimes_late(request: bytes, number: int) -> Iterator[tuple[float, bytes]]:
    """Of a train of 100, after the one request that chose this server: the numbers 10 to 19."""
    yield 1.2 if 10 <= number < 20 else 0, _stun(request)


def silent(request: bytes, number: int) -> Iterator[tuple[float, bytes]]:
    yield from ()


def refusing_names(request: bytes, number: int) -> Iterator[tuple[float, bytes]]:
    """A name server that refuses every question (REFUSED)."""
    yield 0, request[:2] + b"\x80\x05" + request[4:]


def slow_names(request: bytes, number: int) -> Iterator[tuple[float, bytes]]:
    """A name server that takes its time; every name but those under `.invalid` is 198.51.100.7, by IPv4 alone."""
    end = request.index(b"\0", 12) + 5
    question = request[12:end]
    unknown = question[:-5].endswith(b"\x07invalid")
    known = not unknown and question[-4:-2] == b"\0\x01"
    answer = b"\xc0\x0c\0\x01\0\x01\0\0\0\x3c\0\x04" + socket.inet_aton("198.51.100.7") if known else b""
    counts = struct.pack("!HHHHH", 0x8183 if unknown else 0x8180, 1, int(known), 0, 0)
    yield 2.1, request[:2] + counts + question + answer


ANSWERERS: dict[str, Answerer] = {
    each.__name__: each
    for each in (
        honest,
        garbage,
        garbage_too,
        twice,
        late,
        sometimes_late,
        silent,
        refusing_names,
        slow_names,
    )
}


def serve(answerer: Answerer, address: str, port: int, answer_from: Peer | None) -> None:
    """Answer datagrams for ever; from another socket if asked."""
    heard = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    heard.bind((address, port))
    spoken = heard
    if answer_from is not None:
        spoken = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        spoken.bind(answer_from)
    waiting: list[Sent] = []
    number = made = 0
    while True:
        patience = max(0.0, waiting[0][0] - time.monotonic()) if waiting else None
        if select.select([heard], [], [], patience)[0]:
            request, peer = heard.recvfrom(4096)
            for delay, answer in answerer(request, number):
                heapq.heappush(waiting, (time.monotonic() + delay, made, spoken, answer, peer))
                made += 1
            number += 1
        while waiting and waiting[0][0] <= time.monotonic():
            _, _, sock, answer, peer = heapq.heappop(waiting)
            sock.sendto(answer, peer)


def sink(address: str, port: int) -> None:
    """Accept TCP connections for ever, one after the other, and swallow what comes."""
    with socket.create_server((address, port)) as server:
        while True:
            connection, _ = server.accept()
            with connection:
                while connection.recv(_CHUNK):
                    pass


def _be_called(name: str) -> None:
    """Take a process name, given in hexadecimal."""
    if name:
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_NAME, bytes.fromhex(name), 0, 0, 0)


def burn(name: str, user: int) -> None:
    """Keep a core busy for ever, as another user, but give way to the tests that run beside this one."""
    _be_called(name)
    os.nice(10)
    os.setuid(user)
    while True:
        pass


def datagrams(name: str, mbit_s: float, address: str, port: int) -> None:
    """Send datagrams at a steady pace for ever, by a socket with a peer, as QUIC does."""
    _be_called(name)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as connected:
        connected.connect((address, port))
        due = time.monotonic()
        while True:
            connected.send(bytes(_DATAGRAM))
            due += _DATAGRAM * 8 / (mbit_s * 1e6)
            time.sleep(max(0.0, due - time.monotonic()))


def upload(name: str, mbit_s: float, address: str, port: int) -> None:
    """Send at a steady pace for ever."""
    _be_called(name)
    with socket.create_connection((address, port)) as connection:
        due = time.monotonic()
        while True:
            connection.sendall(bytes(_CHUNK))
            due += _CHUNK * 8 / (mbit_s * 1e6)
            time.sleep(max(0.0, due - time.monotonic()))


def main(what: str, *arguments: str) -> None:
    if what == "sink":
        sink(arguments[0], int(arguments[1]))
    elif what == "burn":
        burn(arguments[0], int(arguments[1]))
    elif what == "datagrams":
        datagrams(arguments[0], float(arguments[1]), arguments[2], int(arguments[3]))
    elif what == "upload":
        upload(arguments[0], float(arguments[1]), arguments[2], int(arguments[3]))
    else:
        address, port, *elsewhere = arguments
        other = (elsewhere[0], int(elsewhere[1])) if elsewhere else None
        serve(ANSWERERS[what], address, int(port), other)


if __name__ == "__main__":
    main(*sys.argv[1:])
