"""Where a packet of this computer would leave, as the kernel chooses it: by its addresses, and by whatever routing rules look at."""

from __future__ import annotations

import errno
import os
import socket
import sys
import time
from collections.abc import Iterable
from ipaddress import ip_address
from typing import Self

from msgspec import Struct

from amif_netcheck.platforms.linux.netlink import ROUTE, NetlinkSocket, attribute
from amif_netcheck.platforms.linux.rtnetlink import ROUTE_HEADER, Message, parse_route

_PATIENCE_S = 2.0
_GET_ROUTE = 26
# linux/rtnetlink.h
_RTA_DST, _RTA_SRC, _RTA_MARK, _RTA_IP_PROTO, _RTA_SPORT, _RTA_DPORT = 1, 2, 16, 27, 28, 29
_LOOKUP_TABLE, _FIB_MATCH = 0x1000, 0x2000
_RULE_INVERTED = 2  # linux/fib_rules.h, FIB_RULE_INVERT

_HTTPS = 443
_FIRST_FREE_PORT = 1024
"""Picture and sound use ports from here on (RFC 7983, services' own documents), or 443."""
_MOST_FLOWS = 500
"""Each costs the kernel some microseconds, more where there are thousands of rules."""


class FlowQuery(Struct, frozen=True, kw_only=True):
    """What routing rules may look at beside the addresses of a packet; 0 where it is not set."""

    protocol: int = socket.IPPROTO_TCP
    source_port: int = 0
    port: int = _HTTPS
    mark: int = 0
    tos: int = 0

    @property
    def plain(self) -> bool:
        """Has it nothing but what a call has for sure: no mark of a firewall, no type of service?"""
        return not (self.mark or self.tos)


class RouteQuery:
    """Asks the kernel for the route of a packet that this computer would send; a context manager, and sends nothing."""

    def __init__(self) -> None:
        """Open it.

        Raises:
            OSError: netlink is not allowed here.
        """
        self._kernel = NetlinkSocket(ROUTE, time.monotonic() + _PATIENCE_S)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._kernel.__exit__(*error)

    def __call__(self, address: str, flow: FlowQuery, *, source: str = "", all_hops: bool = False) -> Message:
        """The route, of an unbound socket or one that is bound to `source`; with `all_hops` as its table has it.

        Raises:
            OSError: no route, or one that forbids it.
        """
        destination = ip_address(address)
        family = socket.AF_INET if destination.version == 4 else socket.AF_INET6  # noqa: PLR2004 - IP version
        bits = destination.max_prefixlen
        flags = _LOOKUP_TABLE | (_FIB_MATCH if all_hops else 0)
        selectors = [
            (_RTA_DST, destination.packed),
            (_RTA_SRC, ip_address(source).packed if source else b""),
            (_RTA_MARK, flow.mark.to_bytes(4, sys.byteorder) if flow.mark else b""),
            (_RTA_IP_PROTO, bytes([flow.protocol])),
            (_RTA_SPORT, flow.source_port.to_bytes(2, "big") if flow.source_port else b""),
            (_RTA_DPORT, flow.port.to_bytes(2, "big")),
        ]
        question = ROUTE_HEADER.pack(family, bits, bits if source else 0, flow.tos, *[0] * 4, flags)
        question += b"".join(attribute(kind, value) for kind, value in selectors if value)
        for answer in self._kernel.ask(_GET_ROUTE, question):
            return parse_route(answer)
        raise OSError(errno.ENETUNREACH, os.strerror(errno.ENETUNREACH))


def flows(rules: list[Message], family: int, media_ports: Iterable[int]) -> tuple[FlowQuery, ...]:
    """What a call sends, as far as the rules of a family can tell it apart: its page first, then picture and sound.

    Beside the ports that services are known for, both ends of each range that a rule singles out.
    """
    media = [FlowQuery(protocol=socket.IPPROTO_UDP, port=port) for port in media_ports]
    singled_out: list[FlowQuery] = []
    for rule in rules:
        # What an inverted rule takes, it takes from all.
        if rule["family"] == family and not rule["flags"] & _RULE_INVERTED:
            singled_out += _singled_out(rule, media)
    return tuple(dict.fromkeys([FlowQuery(), *media, *singled_out]))[:_MOST_FLOWS]


def _singled_out(rule: Message, media: list[FlowQuery]) -> list[FlowQuery]:
    """Flows of a call that this rule would take."""
    attrs = rule["attrs"]
    mark = attrs.get("FRA_FWMARK") or 0
    tos = rule["tos"] or (attrs.get("FRA_DSCP") or 0) << 2
    sources, ports = attrs.get("FRA_SPORT_RANGE"), attrs.get("FRA_DPORT_RANGE")
    if not (mark or tos or sources or ports):
        return []
    protocol = attrs.get("FRA_IP_PROTO") or socket.IPPROTO_UDP
    if protocol not in {socket.IPPROTO_TCP, socket.IPPROTO_UDP}:
        return []
    likely = _ends_for_a_call(*ports) if ports else [flow.port for flow in media[:1]]
    return [
        FlowQuery(protocol=protocol, source_port=source, port=port, mark=mark, tos=tos)
        for source in (_ends_for_a_call(*sources) if sources else [0])
        for port in likely
    ]


def _ends_for_a_call(first: int, last: int) -> list[int]:
    """The first and the last port of a range that picture and sound could use."""
    ends = [max(first, _FIRST_FREE_PORT), last] if last >= _FIRST_FREE_PORT else []
    return list(dict.fromkeys([*ends, *([_HTTPS] if first <= _HTTPS <= last else [])]))
