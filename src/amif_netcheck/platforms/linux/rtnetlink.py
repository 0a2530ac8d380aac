"""The kernel's tables of interfaces, addresses, routes, rules and neighbours, as plain dictionaries.

`{"index": 2, "attrs": {"IFLA_IFNAME": "eth0", …}}`: the names are those of linux/rtnetlink.h, linux/if_link.h,
linux/if_addr.h, linux/fib_rules.h and linux/neighbour.h. The parsers work on these, so that answers recorded on one machine can be parsed on
any other.
"""

from __future__ import annotations

import errno
import struct
import sys
import time
from collections.abc import Callable, Mapping
from ipaddress import ip_address
from typing import Any

from msgspec import Struct

from amif_netcheck.platforms.linux.netlink import (
    ROUTE,
    NetlinkSocket,
    TableChangingError,
    attribute,
    attributes,
    signed,
    unsigned,
)

Message = dict[str, Any]
Decoder = Callable[[bytes], Any]

_PATIENCE_S = 5.0
"""The kernel answers in milliseconds; with 55,000 routes in half a second."""

_GET_LINK, _GET_ADDRESS, _GET_ROUTE, _GET_NEIGHBOUR, _GET_RULE = 18, 22, 26, 30, 34
_LINK = struct.Struct("=BxHiII")  # ifinfomsg: family, type, index, flags, change
_ADDRESS = struct.Struct("=BBBBI")  # ifaddrmsg: family, prefix length, flags, scope, index
ROUTE_HEADER = struct.Struct("=8BI")  # rtmsg: family, lengths, tos, table, protocol, scope, type; flags
_RULE = ROUTE_HEADER  # fib_rule_hdr: family, lengths, tos, table, two reserved, action; flags
_PORTS = struct.Struct("=HH")  # fib_rule_port_range: first, last
_NEIGHBOUR = struct.Struct("=BxxxiHBB")  # ndmsg: family, index, state, flags, type
_NEXT_HOP = struct.Struct("=HBBi")  # rtnexthop: length, flags, hops, index
_CACHE = struct.Struct("=4I")  # nda_cacheinfo: confirmed, used, updated, references
_EXT_MASK, _SKIP_STATISTICS = 29, 1 << 3
_NDA_IFINDEX, _AF_BRIDGE = 8, 7
_HOP_DEAD = 1  # linux/rtnetlink.h, RTNH_F_DEAD
_STATES = ("UNKNOWN", "NOTPRESENT", "DOWN", "LOWERLAYERDOWN", "TESTING", "DORMANT", "UP")  # RFC 2863


class Dump(Struct, frozen=True, kw_only=True):
    """The kernel's view of interfaces, addresses, routes (all tables) and the rules that choose the table."""

    links: list[Message]
    addresses: list[Message]
    routes: list[Message]
    rules: list[Message] = []


def dump() -> Dump:
    """Ask the kernel for all of them; takes a few milliseconds.

    Raises:
        OSError: netlink is not allowed here, or the tables keep changing (`TableChangingError`).
    """
    mask = attribute(_EXT_MASK, _SKIP_STATISTICS.to_bytes(4, sys.byteorder))
    with _kernel() as kernel:
        return Dump(
            links=list(map(parse_link, kernel.dump(_GET_LINK, _LINK.pack(0, 0, 0, 0, 0) + mask))),
            addresses=list(map(parse_address, kernel.dump(_GET_ADDRESS, _ADDRESS.pack(0, 0, 0, 0, 0)))),
            routes=list(map(parse_route, kernel.dump(_GET_ROUTE, ROUTE_HEADER.pack(*[0] * 9)))),
            rules=_rules(kernel),
        )


def _rules(kernel: NetlinkSocket) -> list[Message]:
    try:
        return list(map(parse_rule, kernel.dump(_GET_RULE, _RULE.pack(*[0] * 9))))
    except OSError as error:
        if error.errno == errno.EOPNOTSUPP:  # a kernel without policy routing has none
            return []
        raise


def neighbours(index: int) -> list[Message]:
    """The neighbour tables of both families, of one interface; all that was seen of them when they keep changing.

    Raises:
        OSError: netlink is not allowed here.
    """
    question = _NEIGHBOUR.pack(0, 0, 0, 0, 0) + attribute(_NDA_IFINDEX, index.to_bytes(4, sys.byteorder))
    with _kernel() as kernel:
        try:
            entries = kernel.dump(_GET_NEIGHBOUR, question)
        except TableChangingError as error:
            entries = error.partial
    return list(map(parse_neighbour, entries))


def bridge_entries() -> list[Message]:
    """Behind which port of a bridge each hardware address was last seen: `ifindex` is the port, `NDA_MASTER` its bridge.

    Raises:
        OSError: netlink is not allowed here, or the tables keep changing (`TableChangingError`).
    """
    with _kernel() as kernel:
        question = _NEIGHBOUR.pack(_AF_BRIDGE, 0, 0, 0, 0)
        return list(map(parse_neighbour, kernel.dump(_GET_NEIGHBOUR, question)))


def _kernel() -> NetlinkSocket:
    return NetlinkSocket(ROUTE, time.monotonic() + _PATIENCE_S)


def _text(value: bytes) -> str:
    return value.rstrip(b"\0").decode("utf-8", "surrogateescape")


def _hardware_address(value: bytes) -> str:
    return value.hex(":")


def _internet_address(value: bytes) -> str | None:
    return str(ip_address(value)) if len(value) in {4, 16} else None


def _state(value: bytes) -> str | None:
    number = unsigned(value)
    return _STATES[number] if number is not None and number < len(_STATES) else None


def _cache(value: bytes) -> Message | None:
    if len(value) < _CACHE.size:
        return None
    confirmed, used, updated, references = _CACHE.unpack_from(value)
    return {"ndm_confirmed": confirmed, "ndm_used": used, "ndm_updated": updated, "ndm_refcnt": references}


def _port_range(value: bytes) -> list[int] | None:
    return list(_PORTS.unpack(value)) if len(value) == _PORTS.size else None


def _next_hops(value: bytes) -> list[Message]:
    hops, offset = [], 0
    while offset + _NEXT_HOP.size <= len(value):
        length, flags, _hops, index = _NEXT_HOP.unpack_from(value, offset)
        if length < _NEXT_HOP.size:
            break
        if not flags & _HOP_DEAD:
            hops.append({"oif": index})
        offset += (length + 3) & ~3
    return hops


def _link_info(value: bytes) -> Message:
    named = dict(attributes(value))
    kind, data = _text(named.get(1, b"")), named.get(2, b"")
    attrs: Message = {"IFLA_INFO_KIND": kind} if kind else {}
    decoders = _LINK_DATA.get(kind)
    if decoders is not None:
        attrs["IFLA_INFO_DATA"] = {"attrs": _decoded(data, 0, decoders)}
    return {"attrs": attrs}


_LINK_DATA: dict[str, dict[int, tuple[str, Decoder]]] = {
    "tun": {3: ("IFLA_TUN_TYPE", unsigned)},
    "bond": {2: ("IFLA_BOND_ACTIVE_SLAVE", unsigned)},
}
_LINK_ATTRIBUTES: dict[int, tuple[str, Decoder]] = {
    1: ("IFLA_ADDRESS", _hardware_address),
    3: ("IFLA_IFNAME", _text),
    5: ("IFLA_LINK", signed),
    10: ("IFLA_MASTER", unsigned),
    16: ("IFLA_OPERSTATE", _state),
    18: ("IFLA_LINKINFO", _link_info),
    37: ("IFLA_LINK_NETNSID", signed),
    56: ("IFLA_PARENT_DEV_NAME", _text),
}
_ADDRESS_ATTRIBUTES: dict[int, tuple[str, Decoder]] = {
    1: ("IFA_ADDRESS", _internet_address),
    2: ("IFA_LOCAL", _internet_address),
}
_ROUTE_ATTRIBUTES: dict[int, tuple[str, Decoder]] = {
    4: ("RTA_OIF", unsigned),
    5: ("RTA_GATEWAY", _internet_address),
    6: ("RTA_PRIORITY", unsigned),
    7: ("RTA_PREFSRC", _internet_address),
    9: ("RTA_MULTIPATH", _next_hops),
    15: ("RTA_TABLE", unsigned),
}
_RULE_ATTRIBUTES: dict[int, tuple[str, Decoder]] = {
    10: ("FRA_FWMARK", unsigned),
    22: ("FRA_IP_PROTO", unsigned),
    23: ("FRA_SPORT_RANGE", _port_range),
    24: ("FRA_DPORT_RANGE", _port_range),
    25: ("FRA_DSCP", unsigned),
}
_NEIGHBOUR_ATTRIBUTES: dict[int, tuple[str, Decoder]] = {
    1: ("NDA_DST", _internet_address),
    2: ("NDA_LLADDR", _hardware_address),
    3: ("NDA_CACHEINFO", _cache),
    9: ("NDA_MASTER", unsigned),
}


def _decoded(content: bytes, offset: int, decoders: Mapping[int, tuple[str, Decoder]]) -> Message:
    """The attributes that `decoders` names; one that can't be read is left out."""
    attrs: Message = {}
    for kind, value in attributes(content, offset):
        if kind in decoders:
            name, decode = decoders[kind]
            decoded = decode(value)
            if decoded is not None:
                attrs[name] = decoded
    return attrs


def parse_link(content: bytes) -> Message:
    """An interface, from the bytes of its message."""
    _family, kind, index, flags, _change = _LINK.unpack_from(content)
    attrs = {"IFLA_IFNAME": "", **_decoded(content, _LINK.size, _LINK_ATTRIBUTES)}
    return {"index": index, "ifi_type": kind, "flags": flags, "attrs": attrs}


def parse_address(content: bytes) -> Message:
    """An address of an interface, from the bytes of its message."""
    family, length, _flags, _scope, index = _ADDRESS.unpack_from(content)
    attrs = _decoded(content, _ADDRESS.size, _ADDRESS_ATTRIBUTES)
    return {"family": family, "prefixlen": length, "index": index, "attrs": attrs}


def parse_route(content: bytes) -> Message:
    """A route, from the bytes of its message."""
    family, length, _source, _tos, table, protocol, _scope, kind, _flags = ROUTE_HEADER.unpack_from(content)
    attrs = _decoded(content, ROUTE_HEADER.size, _ROUTE_ATTRIBUTES)
    return {
        "family": family, "dst_len": length, "table": table, "proto": protocol, "type": kind, "attrs": attrs,
    }  # fmt: skip


def parse_rule(content: bytes) -> Message:
    """A rule that chooses a table of routes, from the bytes of its message."""
    family, _length, _source, tos, *_, flags = _RULE.unpack_from(content)
    return {
        "family": family, "tos": tos, "flags": flags, "attrs": _decoded(content, _RULE.size, _RULE_ATTRIBUTES),
    }  # fmt: skip


def parse_neighbour(content: bytes) -> Message:
    """An entry of a neighbour table, from the bytes of its message."""
    family, index, state, _flags, _kind = _NEIGHBOUR.unpack_from(content)
    attrs = _decoded(content, _NEIGHBOUR.size, _NEIGHBOUR_ATTRIBUTES)
    return {"family": family, "ifindex": index, "state": state, "attrs": attrs}
