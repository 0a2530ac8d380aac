"""Routes as `netstat -rnl` shows them: where the kernel's tables can't be had by sysctl. Pure.

netstat(1) has no language, but abridges: `10` is 10.0.0.0/8, `192.168.1` is 192.168.1.0/24, `0/1` is 0.0.0.0/1; without -l it
cuts long IPv6 addresses off. Its columns changed over the years; flags and interface are found by their shape.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from ipaddress import ip_address

from amif_netcheck.platforms.answers import Address
from amif_netcheck.platforms.macos import route_messages
from amif_netcheck.platforms.macos.route_messages import RouteEntry

_FLAGS = {
    "U": route_messages.UP,
    "G": route_messages.GATEWAY,
    "H": route_messages.HOST,
    "R": route_messages.REJECT,
    "B": route_messages.BLACKHOLE,
    "S": route_messages.STATIC,
    "C": route_messages.CLONING,
    "W": route_messages.CLONED,
    "L": route_messages.LINK_LAYER,
    "b": route_messages.BROADCAST,
    "m": route_messages.MULTICAST,
    "I": route_messages.SCOPED,
}
_ALL_FLAGS = re.compile(r"U[1-3A-Za-z]*")
_MAC = re.compile(r"[0-9a-f]{1,2}(?::[0-9a-f]{1,2}){5}")
_OCTETS = 4


def parse(text: str, indexes: Mapping[str, int]) -> tuple[RouteEntry, ...]:
    """All routes that lead somewhere; `indexes` of interfaces by name."""
    return tuple(_routes(text, indexes))


def _routes(text: str, indexes: Mapping[str, int]) -> Iterator[RouteEntry]:
    ipv6 = False
    for line in text.splitlines():
        words = line.split()
        if line.startswith("Internet"):
            ipv6 = line.startswith("Internet6")
        at = next((place for place, word in enumerate(words) if place > 0 and _ALL_FLAGS.fullmatch(word)), 0)
        interface = next((word for word in words[at + 1 :] if word in indexes), "")
        destination = _network(words[0], ipv6=ipv6) if at and interface else None
        if destination is None:
            continue
        gateway = words[1] if at > 1 else ""
        hop = _address(gateway)
        flags = sum(_FLAGS.get(letter, 0) for letter in words[at])
        yield RouteEntry(
            destination=str(destination[0]),
            prefix=destination[1],
            interface=indexes[interface],
            flags=flags,
            gateway=str(hop) if hop is not None and flags & route_messages.GATEWAY else "",
            mac=full_mac(gateway),
        )


def full_mac(text: str) -> str:
    """A hardware address with all its zeros, in lower case; empty when it is none."""
    plain = text.casefold()
    return ":".join(part.zfill(2) for part in plain.split(":")) if _MAC.fullmatch(plain) else ""


def _network(text: str, *, ipv6: bool) -> tuple[Address, int] | None:
    """(address, prefix length) of a destination; None when it is none."""
    if text == "default":
        return ip_address("::" if ipv6 else "0.0.0.0"), 0  # noqa: S104 - a destination, nothing listens
    name, slash, length = text.partition("/")
    name = name.partition("%")[0]
    octets = name.split(".")
    prefix = 128 if ipv6 else 8 * len(octets)
    if not ipv6 and ":" not in name:
        name = ".".join(octets + ["0"] * (_OCTETS - len(octets)))
    address = _address(name)
    if address is None or (slash and not length.isdecimal()):
        return None
    prefix = int(length) if slash else prefix
    return (address, prefix) if prefix <= address.max_prefixlen else None


def _address(text: str) -> Address | None:
    try:
        return ip_address(text.partition("%")[0])
    except ValueError:
        return None
