"""Devices of the local network with faults, or far too many: `strangers.py WHAT ARGUMENT…`, run inside a namespace."""

from __future__ import annotations

import contextlib
import random
import socket
import struct
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_MDNS = ("224.0.0.251", 5353)
_A, _PTR, _TXT, _SRV = 1, 12, 16, 33
_HEADER = struct.Struct("!6H")
_LOOPS = b"\xc0\x0c", b"\xc0\x0e\xc0\x0c", b"\x01a\xc0\x0c"
"""Names that begin at offset 12 and lead back to it."""


def name(*labels: bytes) -> bytes:
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\x00"


def record(owner: bytes, kind: int, data: bytes) -> bytes:
    return owner + struct.pack("!HHIH", kind, 1, 120, len(data)) + data


def message(*records: bytes, count: int | None = None) -> bytes:
    return _HEADER.pack(0, 0x8400, 0, len(records) if count is None else count, 0, 0) + b"".join(records)


def service(instance: bytes, host: bytes, address: str, *texts: bytes) -> tuple[bytes, ...]:
    """A Chromecast under this name, at this address."""
    cast = (b"_googlecast", b"_tcp", b"local")
    full = name(instance, *cast)
    text = b"".join(bytes([len(each)]) + each for each in texts) or b"\x00"
    return (
        record(name(*cast), _PTR, full),
        record(full, _SRV, struct.pack("!HHH", 0, 0, 8009) + name(host, b"local")),
        record(full, _TXT, text),
        record(name(host, b"local"), _A, socket.inet_aton(address)),
    )


HOSTILE_NAME = "\x1b[31m\x07[red]x[/red]<b>&amp;\u202e"


def hostile(address: str) -> Iterator[bytes]:
    """Messages that no device should send, and one whose names are all it has."""
    dice = random.Random(1)
    fn = b"fn=" + HOSTILE_NAME.encode()
    good = message(*service("[red]x[/red]<b>\u202e".encode(), b"evil\x1b[2J", address, fn, b"md=Chromecast"))
    long_name = name(*[b"x" * 63] * 3, b"x" * 61)
    yield good
    yield message(*service(HOSTILE_NAME.encode(), b"codes", address, fn))
    yield message(*service(b"a\x00b", b"nul\x00", address, b"=", b"", b"novalue", b"\xff\xfe=\xff"))
    yield message(*service(b"elsewhere", b"public", "8.8.8.8"))
    yield message(*service(b"not me", b"liar", "192.168.1.20"))
    yield message(*service(b"x" * 63, b"y" * 63, address, b"z" * 255))
    yield message(record(long_name, _PTR, long_name))
    yield message(record(name(b"_googlecast", b"_tcp", b"local"), _PTR, b"\xff" * 255))
    yield message(record(b"\xff" + b"l" * 255 + b"\x00", _PTR, b"\x00"))
    for loop in _LOOPS:
        yield message(record(loop, _PTR, loop))
        yield message(record(name(b"_airplay", b"_tcp", b"local"), _PTR, loop))
    yield message(
        record(name(b"_services", b"_dns-sd", b"_udp", b"local"), _PTR, name(b"..", b"\x1b", b"local"))
    )
    yield message(record(name(b"_googlecast", b"_tcp", b"local"), _SRV, b"\x00"))
    yield message(count=65535)
    yield good[: dice.randrange(len(good))]
    yield bytes(dice.randrange(256) for _ in range(600))
    yield b""


def crowd(count: int) -> Iterator[bytes]:
    """So many Chromecasts, a few in each message; their addresses begin at 192.168.1.50."""
    few: list[bytes] = []
    for number in range(count):
        address = f"192.168.1.{50 + number}"
        host = f"cast-{number}".encode()
        few += service(
            f"Chromecast {number}".encode(), host, address, f"fn=Salon {number}".encode(), b"md=Chromecast"
        )
        if len(few) >= 24 or number == count - 1:
            yield message(*few)
            few = []


def announce(messages: list[bytes], address: str) -> None:
    """Say it all again and again."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(address))
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 255)
        sock.bind((address, _MDNS[1]))
        while True:
            for each in messages:
                sock.sendto(each, _MDNS)
                time.sleep(0.002)
            time.sleep(0.1)


# --- UPnP ------------------------------------------------------------------------------------------

_PORT = 8000
_DESCRIPTION = b"""<?xml version="1.0"?><root xmlns="urn:schemas-upnp-org:device-1-0"><device>
<deviceType>urn:schemas-upnp-org:device:MediaRenderer:1</deviceType><friendlyName>T\xc3\xa9l\xc3\xa9</friendlyName>
<manufacturer>Samsung Electronics</manufacturer><modelName>Samsung UE55</modelName></device></root>"""
_BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "Samsung UE55">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + each, b"&%c;" % (97 + each) * 50) for each in range(8))
    + b"]><root><modelName>&i;</modelName></root>"
)

FAULTS = {
    "honest": "http://{address}:8000/d.xml",
    "public": "http://198.51.100.7:8000/d.xml",
    "another": "http://192.168.1.1:8000/d.xml",
    "huge": "http://{address}:8000/huge",
    "slow": "http://{address}:8000/slow",
    "bomb": "http://{address}:8000/bomb",
    "redirect": "http://{address}:8000/redirect",
    "silent": "http://{address}:8000/silent",
    "garbage": "http://{address}:8000/\x1b[31m",
}
"""What a device does -> where it says its description is; their addresses begin at 192.168.1.41."""


class _Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        with contextlib.suppress(OSError):
            getattr(self, f"_{self.path.strip('/').partition('.')[0]}", self._d)()

    def _d(self, body: bytes = _DESCRIPTION) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _bomb(self) -> None:
        self._d(_BOMB)

    def _huge(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(_DESCRIPTION[:-7])
        while True:
            self.wfile.write(b" " * 65536)

    def _slow(self) -> None:
        self.send_response(200)
        self.end_headers()
        for byte in _DESCRIPTION:
            self.wfile.write(bytes([byte]))
            self.wfile.flush()
            time.sleep(0.2)

    def _silent(self) -> None:
        time.sleep(30)

    def _redirect(self) -> None:
        self.send_response(302)
        self.send_header("Location", "http://198.51.100.7:8000/d.xml")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def renderers(first: str) -> None:
    """A device for each of `FAULTS`, all on this machine; they answer searches."""
    places = {}
    for number, location in enumerate(FAULTS.values()):
        address = f"192.168.1.{int(first.rpartition('.')[2]) + number}"
        places[address] = location.format(address=address)
        server = ThreadingHTTPServer((address, _PORT), _Page)
        threading.Thread(target=server.serve_forever, daemon=True).start()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as heard:
        group = socket.inet_aton("239.255.255.250") + socket.inet_aton(first)
        heard.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, group)
        heard.bind(("", 1900))
        while True:
            search, peer = heard.recvfrom(2048)
            if not search.startswith(b"M-SEARCH"):
                continue
            for address, location in places.items():
                with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
                    sock.bind((address, 0))
                    answer = (
                        f"HTTP/1.1 200 OK\r\nST: upnp:rootdevice\r\nLOCATION: {location}\r\nSERVER: x\r\n\r\n"
                    )
                    sock.sendto(answer.encode(), peer)
                    sock.sendto(b"\xff" * 900, peer)


def main(what: str, *arguments: str) -> None:
    if what == "hostile":
        announce(list(hostile(arguments[0])), arguments[0])
    elif what == "crowd":
        announce(list(crowd(int(arguments[1]))), arguments[0])
    else:
        renderers(arguments[0])


if __name__ == "__main__":
    main(*sys.argv[1:])
