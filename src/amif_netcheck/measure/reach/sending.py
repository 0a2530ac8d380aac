"""Does this computer let datagrams out? A firewall of its own (the kill switch of a VPN) makes sending fail at once."""

from __future__ import annotations

import socket
from collections.abc import Iterable

from amif_netcheck.measure.ledger import Ledger, Meter
from amif_netcheck.measure.names import Address

_PORT = 3478
"""That of sound and picture (STUN, RFC 8489)."""
_HOPS = 1
"""The box passes it on to nobody."""


def is_forbidden(addresses: Iterable[Address], ledger: Ledger) -> bool:
    """Does the system refuse to send to all of these for which there is a route, and is there one?

    One empty datagram to each: the first that leaves is enough. None gets further than the next computer.
    """
    is_refused = False
    for address in addresses:
        try:
            _send(address, ledger)
        except PermissionError:
            is_refused = True
        except OSError:
            continue  # no route: that forbids nothing
        else:
            return False
    return is_refused


def _send(address: Address, ledger: Ledger) -> None:
    is_ipv4 = address.version == 4  # noqa: PLR2004 - IP version
    with socket.socket(socket.AF_INET if is_ipv4 else socket.AF_INET6, socket.SOCK_DGRAM) as sock:
        if is_ipv4:
            sock.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, _HOPS)
        else:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, _HOPS)
        sock.connect((str(address), _PORT))
        sock.send(b"")
        Meter(ledger, sock).sent(0)
