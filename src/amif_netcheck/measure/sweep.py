"""Make this computer ask for every address of its subnet: a datagram to each. Only where the settings ask for it."""

from __future__ import annotations

import socket
import threading
import time
from ipaddress import IPv4Address, IPv4Network

from amif_netcheck.measure.ledger import Ledger, Meter
from amif_netcheck.measure.socket_errors import Trouble, trouble

_DISCARD = 9  # RFC 863
_PREFIX = 24
"""Never more than the /24 around this computer."""
_PACE_S = 0.004
_TOGETHER = 8


def sweep(source: str, network: IPv4Network, *, ledger: Ledger, until: float, stop: threading.Event) -> int:
    """Send from `source` to each address of `network`, at a bounded pace until `until`; how many were asked.

    The datagrams go to a port that nothing listens on. What counts is the question for the hardware address that goes
    before each: whoever is there answers that, and appears in the neighbour table.

    Raises:
        OSError: the system forbids it, or not one datagram left.
    """
    own = IPv4Address(source)
    if network.prefixlen < _PREFIX:
        network = IPv4Network((own, _PREFIX), strict=False)
    asked, left, failure = 0, False, None
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind((source, 0))
        sock.settimeout(0)
        meter = Meter(ledger, sock)
        for address in network.hosts():
            if stop.is_set() or time.monotonic() >= until:
                break
            if address == own:
                continue
            try:
                meter.sent(sock.sendto(b"\x00", (str(address), _DISCARD)))
                left = True
            except OSError as error:  # of a full queue, or of one who was asked before
                if trouble(error, datagrams=True) is Trouble.FORBIDDEN:
                    raise
                failure = error
            asked += 1
            if asked % _TOGETHER == 0:
                stop.wait(_PACE_S * _TOGETHER)
    if failure is not None and not left:
        raise failure
    return asked
