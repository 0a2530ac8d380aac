"""Which way out of a bridge packets take."""

from __future__ import annotations

from amif_netcheck.platforms.linux import rtnetlink
from amif_netcheck.platforms.linux.rtnetlink import Message

_PERMANENT = 0x80  # linux/neighbour.h, NUD_PERMANENT: an address of the bridge itself


def port_towards(bridge: int, next_hop: str) -> int | None:
    """The port behind which the next hop was last seen; None where the kernel does not know."""
    try:
        return parse_port(rtnetlink.neighbours(bridge), rtnetlink.bridge_entries(), bridge, next_hop)
    except OSError:
        return None


def parse_port(neighbours: list[Message], entries: list[Message], bridge: int, next_hop: str) -> int | None:
    """The same, from the tables of neighbours and of the bridge."""
    macs = {
        entry["attrs"].get("NDA_LLADDR") for entry in neighbours if entry["attrs"].get("NDA_DST") == next_hop
    } - {None}
    ports = {
        int(entry["ifindex"])
        for entry in entries
        if entry["attrs"].get("NDA_MASTER") == bridge
        and entry["attrs"].get("NDA_LLADDR") in macs
        and not entry["state"] & _PERMANENT
    }
    return ports.pop() if len(ports) == 1 else None
