"""rtnetlink dumps as plain dictionaries: `{"index": 2, "attrs": {"IFLA_IFNAME": "eth0", …}}`.

The parsers work on these, so that a dump recorded on one machine can be parsed on any other.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct
from pyroute2 import IPRoute

Message = dict[str, Any]


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
    with IPRoute() as kernel:
        return Dump(
            links=[_plain(message) for message in kernel.get_links()],
            addresses=[_plain(message) for message in kernel.get_addr()],
            routes=[_plain(message) for message in kernel.get_routes()],
        )


def route_interface(address: str) -> int | None:
    """The index of the interface that the kernel would use for `address`; None when it names none.

    Raises:
        OSError: no route, or netlink is not allowed here.
    """
    with IPRoute() as kernel:
        for message in kernel.route("get", dst=address):
            index = _plain(message)["attrs"].get("RTA_OIF")
            return int(index) if index is not None else None
    return None


def _plain(value: Any) -> Any:
    """Turn pyroute2's messages into dictionaries of plain values; attributes that it can't name are left out."""
    if isinstance(value, dict):
        message = {
            key: _plain(item)
            for key, item in value.items()
            if key not in {"attrs", "header", "__align", "value"}
        }
        if "attrs" in value:
            message["attrs"] = {slot[0]: _plain(slot[1]) for slot in value["attrs"] if slot[0] != "UNKNOWN"}
        return message
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value
