"""A real BitTorrent download: a seeder (qBittorrent) and a tracker on the Internet, a downloader at home."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable
from pathlib import Path

from tests.lab.addresses import BOX
from tests.lab.namespaces import Namespace, wait_for

_PIECE = 1 << 20
_PIECES = 64
_NAME = "film"
_SEEDER_PORT = 6881
_SETTINGS = """[LegalNotice]
Accepted=true
[BitTorrent]
Session\\BTProtocol={protocol}
Session\\Port={port}
Session\\GlobalUPSpeedLimit=1000
Session\\DHTEnabled=false
Session\\LSDEnabled=false
Session\\PeXEnabled=false
Session\\DefaultSavePath={folder}
[Preferences]
WebUI\\Address=127.0.0.1
"""


_TRACKER_PORT = 6969
_TRACKER = """
import http.server, pathlib, socket, sys
address, port, seeder, told = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), pathlib.Path(sys.argv[4])
class Tracker(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        told.touch()
        body = b"d8:intervali60e5:peers6:" + socket.inet_aton(address) + seeder.to_bytes(2, "big") + b"e"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
http.server.ThreadingHTTPServer((address, port), Tracker).serve_forever()
"""


def _bencoded(value: object) -> bytes:
    if isinstance(value, int):
        return b"i%de" % value
    if isinstance(value, (bytes, str)):
        text = value.encode() if isinstance(value, str) else value
        return b"%d:%s" % (len(text), text)
    assert isinstance(value, dict)
    return b"d" + b"".join(_bencoded(key) + _bencoded(value[key]) for key in sorted(value)) + b"e"


def seed(inside: Namespace, folder: Path, *, protocol: str) -> Path:
    """Offer a file of 64 MB by `protocol` (`UTP`, which is UDP, or `TCP`) alone; the torrent file that leads to it."""
    folder.mkdir()
    with (folder / _NAME).open("wb") as film:
        film.truncate(_PIECE * _PIECES)
    pieces = hashlib.sha1(bytes(_PIECE)).digest() * _PIECES
    info = {"length": _PIECE * _PIECES, "name": _NAME, "piece length": _PIECE, "pieces": pieces}
    torrent = folder / "film.torrent"
    torrent.write_bytes(_bencoded({"announce": f"http://{BOX}:{_TRACKER_PORT}/announce", "info": info}))
    told = folder / "announced"
    tracker = (sys.executable, "-c", _TRACKER, BOX, str(_TRACKER_PORT), str(_SEEDER_PORT), str(told))
    inside.start(*tracker, listens=("tcp", _TRACKER_PORT))
    _qbittorrent(inside, folder, "--skip-hash-check", torrent, protocol=protocol, port=_SEEDER_PORT)
    # Who comes before it listens is sent away, and tries again after a minute.
    wait_for(told.exists, 30, "a seeder that has announced what it has")
    return torrent


def _qbittorrent(inside: Namespace, folder: Path, *what: str | Path, protocol: str, port: int) -> None:
    settings = folder / "qBittorrent" / "config" / "qBittorrent.conf"
    settings.parent.mkdir(parents=True)
    settings.write_text(_SETTINGS.format(protocol=protocol, port=port, folder=folder))
    inside.start("qbittorrent-nox", f"--profile={folder}", f"--save-path={folder}", *map(str, what))


def qbittorrent(inside: Namespace, folder: Path, torrent: Path) -> None:
    folder.mkdir()
    _qbittorrent(inside, folder, torrent, protocol="UTP", port=6882)


def transmission(inside: Namespace, folder: Path, torrent: Path) -> None:
    folder.mkdir()
    inside.start("transmission-cli", "-g", str(folder), "-w", str(folder), "-p", "6883", "-M", str(torrent))


def aria2(inside: Namespace, folder: Path, torrent: Path) -> None:
    folder.mkdir()
    quiet = ("--seed-time=0", "--quiet")
    inside.start("aria2c", f"--dir={folder}", *quiet, str(torrent))


DOWNLOADERS: dict[str, Callable[[Namespace, Path, Path], None]] = {
    "qbittorrent-nox": qbittorrent,
    "transmission-cli": transmission,
    "aria2c": aria2,
}
