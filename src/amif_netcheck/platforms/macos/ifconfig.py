"""What `ifconfig -a -vv` shows of each interface: flags, addresses, media, what it is made of, what it is used for. Pure.

ifconfig(8) has no language. With -vv it prints what the kernel calls an interface's type, family and subfamily (xnu,
net/if_types.h and net/kpi_interface.h), and the agents that stand behind it, among them the one of a VPN. Lines that are not
known are passed over, so that without -vv, or on another version, less is known and nothing wrong.
"""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import NamedTuple

from msgspec import Struct

from amif_netcheck.platforms.text import clean

_HEAD = re.compile(r"^(\S+): flags=[0-9a-f]+<([^>]*)>(.*)$")
_INDEX = re.compile(r"\bindex (\d+)")
_FLAGS = re.compile(r"^([ex]flags)=[0-9a-f]+<([^>]*)>")
_INET = re.compile(r"^inet (\S+)(?: --> (\S+))?(?: netmask 0x([0-9a-f]+))?")
_INET6 = re.compile(r"^inet6 (\S+)(?: --> (\S+))?.*? prefixlen (\d+)")
_TYPE = re.compile(r"^type: (.*?) ?(?:\(?0x([0-9a-f]+)\)? family: (\d+) subfamily: (\d+))?$")
_AGENT = re.compile(r'^agent domain:(\S+) type:(\S+) flags:\S+(?: desc:"(.*)")?$')
_VLAN = re.compile(r"^vlan: \d+ parent interface: (\S+)")
_MASK_BITS = 32


class InterfaceAddress(NamedTuple):
    """An address with its prefix length; `peer` is the other end of a point-to-point link, else empty."""

    address: str
    prefix: int
    peer: str = ""


class NetworkAgent(NamedTuple):
    """What stands behind an interface, such as (`NetworkExtension`, `VPN`, `VPN: Office`)."""

    domain: str
    kind: str
    description: str


class Link(Struct, frozen=True, kw_only=True):
    """An interface as ifconfig shows it; -1 and empty texts for what it did not say.

    `below` are the members of a bridge or bond, or a VLAN's parent; `effective` is what its packets leave by in the end.
    `told`: it was shown with -vv, so that a flag that is missing is not set.
    """

    name: str
    index: int = 0
    flags: frozenset[str] = frozenset()
    extended: frozenset[str] = frozenset()
    addresses: tuple[InterfaceAddress, ...] = ()
    mac: str = ""
    media: str = ""
    active: bool | None = None
    described: str = ""
    iana_type: int = -1
    family: int = -1
    subfamily: int = -1
    functional: str = ""
    below: tuple[str, ...] = ()
    effective: str = ""
    agents: tuple[NetworkAgent, ...] = ()
    told: bool = False

    @property
    def up(self) -> bool:
        """Is it switched on?"""
        return "UP" in self.flags

    @property
    def vpn_agents(self) -> tuple[NetworkAgent, ...]:
        """Those of a VPN that the system runs for an application."""
        return tuple(
            agent for agent in self.agents if agent.domain == "NetworkExtension" and agent.kind == "VPN"
        )


def parse(text: str) -> tuple[Link, ...]:
    """All interfaces, in the order in which they are shown."""
    blocks: list[tuple[re.Match[str], list[str]]] = []
    for line in text.splitlines():
        head = _HEAD.match(line)
        if head:
            blocks.append((head, []))
        elif blocks:
            blocks[-1][1].append(line.strip())
    return tuple(_link(head, lines) for head, lines in blocks)


def _link(head: re.Match[str], lines: list[str]) -> Link:
    index = _INDEX.search(head[3])
    extended: set[str] = set()
    addresses: list[InterfaceAddress] = []
    agents: list[NetworkAgent] = []
    below: list[str] = []
    values: dict[str, str] = {}
    for line in lines:
        if flags := _FLAGS.match(line):
            extended.update(flags[2].split(","))
        elif address := _address(line):
            addresses.append(address)
        elif agent := _AGENT.match(line):
            agents.append(NetworkAgent(clean(agent[1]), clean(agent[2]), clean(agent[3] or "")))
        elif member := _member(line):
            below += member
        else:
            key, colon, value = line.partition(": ")
            if not colon:
                key, _, value = line.partition(" ")
            values.setdefault(key, value.strip())
    if head[3].rstrip().endswith(" constrained"):
        extended.add("CONSTRAINED")
    described, iana_type, family, subfamily = _type(values.get("type", ""))
    status = values.get("status", "")
    return Link(
        name=clean(head[1]),
        index=int(index[1]) if index else 0,
        flags=frozenset(head[2].split(",")),
        extended=frozenset(extended),
        addresses=tuple(addresses),
        mac=values.get("ether", "").casefold(),
        media=values.get("media", ""),
        active=None if not status else status in {"active", "associated", "inserted"},
        described=described,
        iana_type=iana_type,
        family=family,
        subfamily=subfamily,
        functional=values.get("functional type", ""),
        below=tuple(dict.fromkeys(below)),
        effective=values.get("effective interface", ""),
        agents=tuple(agents),
        told=index is not None,
    )


def _type(value: str) -> tuple[str, int, int, int]:
    """(what ifconfig calls it, the IANA's interface type, the system's family and subfamily) of a line `type: …`."""
    found = _TYPE.match(f"type: {value}") if value else None
    if found is None:
        return "", -1, -1, -1
    numbers = (-1, -1, -1) if found[2] is None else (int(found[2], 16), int(found[3]), int(found[4]))
    return found[1].strip(" ("), *numbers


def _address(line: str) -> InterfaceAddress | None:
    """Of a line `inet …` or `inet6 …`; None for all others, and for what is no address."""
    ipv6 = line.startswith("inet6 ")
    found = (_INET6 if ipv6 else _INET).match(line)
    if found is None:
        return None
    try:
        address = str(ip_address(found[1].partition("%")[0]))
        peer = str(ip_address(found[2].partition("%")[0])) if found[2] else ""
    except ValueError:
        return None
    if ipv6:
        prefix = int(found[3])
        return InterfaceAddress(address, prefix, peer) if prefix <= 128 else None  # noqa: PLR2004 - bits of an address
    mask = int(found[3] or "ffffffff", 16)
    return InterfaceAddress(address, min(mask.bit_count(), _MASK_BITS), peer)


def _member(line: str) -> list[str]:
    """What lies below: `member: en1 flags=…`, `bond interfaces: en0 en1`, `vlan: 10 parent interface: en0`."""
    if line.startswith("member: "):
        return line.split()[1:2]
    if line.startswith("bond interfaces: "):
        return [word for word in line.split()[2:] if word[:1] not in {"(", "<"}]
    vlan = _VLAN.match(line)
    return [vlan[1]] if vlan and not vlan[1].startswith("<") else []
