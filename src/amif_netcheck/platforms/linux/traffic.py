"""Bytes: of interfaces (psutil), of TCP connections (inet_diag), and who holds which connection (psutil)."""

from __future__ import annotations

import socket
from ipaddress import IPv6Address, ip_address

import psutil

from amif_netcheck.model.facts import Reason, Unavailable
from amif_netcheck.platforms.base import ByteCounters, Endpoints, OwnedSocket, TcpSocket
from amif_netcheck.platforms.linux import netlink
from amif_netcheck.platforms.linux.netlink import Message
from amif_netcheck.platforms.text import clean


def counters(interface: str) -> ByteCounters | Unavailable:
    """The byte counters of one interface."""
    try:
        readings = psutil.net_io_counters(pernic=True, nowrap=False)
    except (psutil.Error, OSError) as error:  # no /proc
        return Unavailable(reason=Reason.NOT_PERMITTED, detail=str(error))
    found = next((reading for name, reading in readings.items() if clean(name) == interface), None)
    if found is None:
        return Unavailable(reason=Reason.NOT_PRESENT, detail="the interface went away")
    return ByteCounters(received=found.bytes_recv, sent=found.bytes_sent)


def tcp_sockets() -> tuple[TcpSocket, ...] | Unavailable:
    """Established TCP connections of all users."""
    try:
        messages = netlink.tcp_sockets()
    except OSError as error:
        return Unavailable(reason=Reason.NOT_PERMITTED, detail=f"inet_diag: {error}")
    return tuple(parsed for message in messages if (parsed := parse_tcp_socket(message)) is not None)


def parse_tcp_socket(message: Message) -> TcpSocket | None:
    """One inet_diag answer; None when the kernel gave no byte counters (Linux before 4.2)."""
    info = message["attrs"].get("INET_DIAG_INFO")
    if info is None or "tcpi_bytes_acked" not in info:
        return None
    endpoints = Endpoints(
        _unmapped(message["idiag_src"]),
        message["idiag_sport"],
        _unmapped(message["idiag_dst"]),
        message["idiag_dport"],
    )
    return TcpSocket(endpoints=endpoints, sent=info["tcpi_bytes_acked"], received=info["tcpi_bytes_received"])


def connections() -> tuple[OwnedSocket, ...] | Unavailable:
    """Sockets with a peer, of the processes that we may look into."""
    try:
        found = psutil.net_connections(kind="inet")
    except (psutil.Error, OSError) as error:
        return Unavailable(reason=Reason.NOT_PERMITTED, detail=str(error))
    return tuple(
        OwnedSocket(
            pid=each.pid,
            endpoints=Endpoints(
                _unmapped(each.laddr.ip), each.laddr.port, _unmapped(each.raddr.ip), each.raddr.port
            ),
            udp=each.type == socket.SOCK_DGRAM,
        )
        for each in found
        if each.pid is not None and each.laddr and each.raddr
    )


def _unmapped(text: str) -> str:
    """IPv4 written as IPv4, also when an IPv6 socket carries it."""
    address = ip_address(text.partition("%")[0])
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return str(mapped or address)
