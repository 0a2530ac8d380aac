"""ICMP echo without privileges: a datagram socket, on Linux (icmp(7), `net.ipv4.ping_group_range`) and on macOS (icmp(4)).

macOS hands the IPv4 header over with each message, leaves the identifier alone, and gives each such socket the answers to all
of them: which are ours is told by what they hold (`measure.exchange`).
"""

from __future__ import annotations

import socket

from amif_netcheck.model.facts import Reason, Unavailable


def echo_socket(address: str, scope: int) -> socket.socket | Unavailable:
    """See `Platform.echo_socket`. The kernel computes the checksum over IPv6; on Linux it owns the identifier."""
    ipv6 = ":" in address
    family, protocol = (
        (socket.AF_INET6, socket.IPPROTO_ICMPV6) if ipv6 else (socket.AF_INET, socket.IPPROTO_ICMP)
    )
    try:
        sock = socket.socket(family, socket.SOCK_DGRAM, protocol)
    except OSError as error:
        return Unavailable(reason=Reason.NOT_PERMITTED, detail=error.strerror or str(error))
    try:
        sock.connect((address, 0, 0, scope) if ipv6 else (address, 0))
    except OSError as error:
        sock.close()
        return Unavailable(reason=Reason.NOT_PRESENT, detail=error.strerror or str(error))
    return sock
