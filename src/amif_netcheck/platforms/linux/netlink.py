"""Netlink answers as plain dictionaries: `{"index": 2, "attrs": {"IFLA_IFNAME": "eth0", …}}`.

The parsers work on these, so that answers recorded on one machine can be parsed on any other; pyroute2 itself exists on
Linux only and is imported where it is called.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from msgspec import Struct

Message = dict[str, Any]

_ESTABLISHED = 1 << 1  # linux/tcp_states.h, as a mask
_INFO = 1 << 1  # linux/inet_diag.h: INET_DIAG_INFO is attribute 2, so bit 1


_MOST_READINGS = 4
"""A table that changes while it is read is read again, so many times; what was seen of it counts."""

_RECENT_S = 1.0
_recent: tuple[float, Dump] | None = None
_recent_lock = threading.Lock()


class Dump(Struct, frozen=True, kw_only=True):
    """The kernel's view of interfaces, addresses and routes (all tables)."""

    links: list[Message]
    addresses: list[Message]
    routes: list[Message]


def dump() -> Dump:
    """Ask the kernel for all three; takes a few milliseconds.

    Raises:
        OSError: netlink is not allowed here (some containers).
    """
    from pyroute2 import IPRoute

    with _as_os_errors(), IPRoute() as kernel:
        return Dump(
            links=[plain(message) for message in kernel.get_links()],
            addresses=[plain(message) for message in kernel.get_addr()],
            routes=[plain(message) for message in kernel.get_routes()],
        )


def recent_dump() -> Dump:
    """A dump that is at most a second old: on a machine with hundreds of interfaces each costs time.

    Raises:
        OSError: see `dump`.
    """
    global _recent  # noqa: PLW0603 - a cache of what the kernel holds, not of ours
    with _recent_lock:
        if _recent is None or time.monotonic() - _recent[0] > _RECENT_S:
            fresh = dump()
            _recent = time.monotonic(), fresh
        return _recent[1]


def forget() -> None:
    """The next dump is a new one: something has been changed."""
    global _recent  # noqa: PLW0603 - as above
    with _recent_lock:
        _recent = None


def route_interface(address: str) -> int | None:
    """The index of the interface that the kernel would use for `address`; None when it names none.

    Raises:
        OSError: no route, or netlink is not allowed here.
    """
    from pyroute2 import IPRoute

    with _as_os_errors(), IPRoute() as kernel:
        for message in kernel.route("get", dst=address):
            index = plain(message)["attrs"].get("RTA_OIF")
            return int(index) if index is not None else None
    return None


def neighbours() -> tuple[list[Message], list[Message]]:
    """Interfaces, and the neighbour tables of both families; what is there when the tables keep changing while read.

    Raises:
        OSError: netlink is not allowed here.
    """
    from pyroute2 import IPRoute
    from pyroute2.netlink.exceptions import NetlinkDumpInterrupted

    with _as_os_errors(), IPRoute() as kernel:
        links = [plain(message) for message in kernel.get_links()]
        found: dict[tuple[int, int, str], Message] = {}
        for _ in range(_MOST_READINGS):
            try:
                for message in kernel.get_neighbours():
                    entry = plain(message)
                    key = (entry["ifindex"], entry["family"], str(entry["attrs"].get("NDA_DST")))
                    found[key] = entry
            except NetlinkDumpInterrupted:
                continue
            break
        return links, list(found.values())


def tcp_sockets() -> list[Message]:
    """inet_diag's answers for all established TCP connections, with their `tcp_info`.

    Raises:
        OSError: netlink is not allowed here.
    """
    from pyroute2 import DiagSocket

    with _as_os_errors(), DiagSocket() as kernel:
        return [
            plain(message)
            for family in (socket.AF_INET, socket.AF_INET6)
            for message in kernel.get_sock_stats(family=family, states=_ESTABLISHED, extensions=_INFO)
        ]


@contextmanager
def _as_os_errors() -> Iterator[None]:
    """pyroute2 has an exception of its own for what the kernel refuses."""
    from pyroute2.netlink.exceptions import NetlinkError

    try:
        yield
    except NetlinkError as error:
        raise OSError(error.code, str(error)) from error


def plain(value: Any) -> Any:
    """Turn pyroute2's messages into dictionaries of plain values; attributes that it can't name are left out."""
    if isinstance(value, dict):
        message = {
            key: plain(item)
            for key, item in value.items()
            if key not in {"attrs", "header", "__align", "value"}
        }
        if "attrs" in value:
            message["attrs"] = {slot[0]: plain(slot[1]) for slot in value["attrs"] if slot[0] != "UNKNOWN"}
        return message
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value
