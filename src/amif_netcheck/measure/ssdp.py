"""Who answers a UPnP search (SSDP, UPnP Device Architecture 1.1, section 1.3). What it sends: docs/neighbours.md."""

from __future__ import annotations

import contextlib
import select
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from amif_netcheck.measure.ledger import Ledger, Meter
from amif_netcheck.measure.mdns import refused
from amif_netcheck.model.facts import Unavailable

GROUP, PORT = "239.255.255.250", 1900
EVERYTHING = "ssdp:all"
COUNTERS = "urn:schemas-upnp-org:service:WANCommonInterfaceConfig:1"

_MX_S = 1
"""Devices spread their answers over so many seconds."""
LISTENING_S = _MX_S + 0.7
_AGAIN_S = 0.4
"""Datagrams get lost: the search is sent twice."""
_TTL = 2
_POLL_S = 0.1
_LONGEST = 4096
_MOST_ANSWERS = 5000
_MOST_HOSTS = 500
_MOST_OF_A_HOST = 40
_LONGEST_VALUE = 512


@dataclass
class Responder:
    """A host that answered: what it calls its software, where its descriptions are, and what it has (search targets)."""

    address: str
    server: str = ""
    locations: list[str] = field(default_factory=list)
    targets: list[str] = field(default_factory=list)


def search(
    source: str,
    box: str,
    *,
    ledger: Ledger,
    until: float,
    stop: threading.Event,
    on_location: Callable[[Responder], None],
) -> list[Responder] | Unavailable:
    """Search from the IPv4 address `source`, and listen for `LISTENING_S` or until `until`.

    `box` is asked by itself, too, for its byte counters, and answers that at once. `on_location` is called with each responder
    whenever it named a new place for a description.
    """
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(source))
            sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, _TTL)
            sock.bind((source, 0))
            sock.settimeout(0)
            return _Search(sock, Meter(ledger, sock), on_location).run(box, until, stop)
    except OSError as error:
        return refused(error)


def parse(datagram: bytes) -> dict[str, str] | None:
    """The headers of an answer, their names in lower case; None when it is none."""
    lines = datagram[:_LONGEST].decode("utf-8", "replace").split("\r\n")
    status = lines[0].split(" ")
    if len(status) < 2 or not status[0].startswith("HTTP/1.") or status[1] != "200":  # noqa: PLR2004
        return None
    headers: dict[str, str] = {}
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        if colon:
            headers.setdefault(name.strip().lower(), value.strip()[:_LONGEST_VALUE])
    return headers


class _Search:
    def __init__(self, sock: socket.socket, meter: Meter, on_location: Callable[[Responder], None]) -> None:
        self._sock = sock
        self._meter = meter
        self._on_location = on_location
        self._found: dict[str, Responder] = {}
        self._answers = 0

    def run(self, box: str, until: float, stop: threading.Event) -> list[Responder]:
        self._send(GROUP, EVERYTHING)
        if box:
            with contextlib.suppress(OSError):
                self._send(box, COUNTERS)
        began = time.monotonic()
        end = min(until, began + LISTENING_S)
        again = False
        while not stop.is_set() and (left := end - time.monotonic()) > 0 and self._answers < _MOST_ANSWERS:
            if not again and time.monotonic() - began > _AGAIN_S:
                again = True
                with contextlib.suppress(OSError):
                    self._send(GROUP, EVERYTHING)
            if select.select([self._sock], [], [], min(_POLL_S, left))[0]:
                self._receive()
        return list(self._found.values())

    def _send(self, to: str, target: str) -> None:
        lines = [
            "M-SEARCH * HTTP/1.1",
            f"HOST: {to}:{PORT}",
            'MAN: "ssdp:discover"',
            *([f"MX: {_MX_S}"] if to == GROUP else []),
            f"ST: {target}",
            "",
            "",
        ]
        self._meter.sent(self._sock.sendto("\r\n".join(lines).encode(), (to, PORT)))

    def _receive(self) -> None:
        try:
            datagram, sender = self._sock.recvfrom(_LONGEST)
        except OSError:  # an ICMP error of somebody who has no such port
            return
        self._answers += 1
        self._meter.received(len(datagram))
        headers = parse(datagram)
        address = str(sender[0])
        if headers is None or (address not in self._found and len(self._found) >= _MOST_HOSTS):
            return
        responder = self._found.setdefault(address, Responder(address))
        responder.server = responder.server or headers.get("server", "")
        target, location = headers.get("st", ""), headers.get("location", "")
        if target and target not in responder.targets and len(responder.targets) < _MOST_OF_A_HOST:
            responder.targets.append(target)
        if location and location not in responder.locations and len(responder.locations) < _MOST_OF_A_HOST:
            responder.locations.append(location)
            self._on_location(responder)
