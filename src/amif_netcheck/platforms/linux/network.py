"""This computer's interfaces and routes: read once, by the first who asks, and shared by all who ask the same object."""

from __future__ import annotations

import errno
import socket
import threading
from collections.abc import Callable
from functools import cache, partial
from ipaddress import IPv6Address, ip_address
from typing import Any, NamedTuple

from amif_netcheck.model.facts import LinkKind, Reason, Unavailable
from amif_netcheck.platforms.answers import Address, Egress, Gateway, Interface
from amif_netcheck.platforms.linux import bridges, lines, netlink, routes, rtnetlink
from amif_netcheck.platforms.linux.route_query import FlowQuery, RouteQuery, flows
from amif_netcheck.platforms.linux.rtnetlink import Dump, Message
from amif_netcheck.platforms.linux.topology import BaseInterface, Topology, kind_of, name_of
from amif_netcheck.platforms.linux.tunnel_owners import tunnel_holders

_ANY_PORT = 443
_NAT64 = IPv6Address("64:ff9b::")  # RFC 6052
_NO_ROUTE = {errno.ENETUNREACH, errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}
_FORBIDDEN = {errno.EHOSTUNREACH, errno.EINVAL, errno.EACCES, errno.EPERM}


class _Tables(NamedTuple):
    """What was read, and what it means; `clats` are interfaces."""

    dump: Dump
    topology: Topology
    interfaces: tuple[Interface, ...]
    clats: frozenset[str]
    gateway: Gateway | Unavailable


class Network:
    """A snapshot of the kernel's tables, which may hold tens of thousands of routes. Any thread may ask it."""

    def __init__(
        self,
        read: Callable[[], Dump] = rtnetlink.dump,
        query: Callable[[], RouteQuery] = RouteQuery,
        holders: Callable[[], dict[str, list[str]]] = tunnel_holders,
        port_towards: Callable[[int, str], int | None] = bridges.port_towards,
    ) -> None:
        self._read = read
        self._query = query
        self._holders = holders
        self._port_towards = port_towards
        self._lock = threading.Lock()
        self._tables: _Tables | Unavailable | None = None

    def interfaces(self) -> tuple[Interface, ...] | Unavailable:
        """See `Platform.interfaces`."""
        tables = self._known()
        return tables if isinstance(tables, Unavailable) else tables.interfaces

    def gateway(self) -> Gateway | Unavailable:
        """See `Platform.gateway`."""
        tables = self._known()
        return tables if isinstance(tables, Unavailable) else tables.gateway

    def networks(self, interface: str) -> tuple[str, ...] | Unavailable:
        """See `Platform.networks`."""
        tables = self._known()
        return tables if isinstance(tables, Unavailable) else routes.parse_networks(tables.dump, interface)

    def base(self, interface: str) -> BaseInterface | Unavailable:
        """The hardware under an interface."""
        tables = self._known()
        return tables if isinstance(tables, Unavailable) else tables.topology.base(interface)

    def index(self, interface: str) -> int | Unavailable:
        """The kernel's number of an interface."""
        tables = self._known()
        return tables if isinstance(tables, Unavailable) else tables.topology.index(interface)

    def egress(self, address: Address) -> tuple[str, str] | Unavailable:
        """See `Platform.egress`."""
        ways = self._ways(address, ())
        return ways if isinstance(ways, Unavailable) else (ways[0].source, ways[0].interface)

    def call_egresses(
        self, address: Address, media_ports: tuple[int, ...]
    ) -> tuple[Egress, ...] | Unavailable:
        """See `Platform.call_egresses`. What enters a CLAT leaves again as IPv6."""
        ways = self._ways(address, media_ports)
        tables = self._known()
        if isinstance(ways, Unavailable) or isinstance(tables, Unavailable):
            return ways
        if address.version != 4 or not any(way.interface in tables.clats for way in ways):  # noqa: PLR2004 - IP version
            return ways
        beyond = self._ways(ip_address(int(_NAT64) + int(address)), media_ports)
        return ways if isinstance(beyond, Unavailable) else (*ways, *beyond)

    def _ways(self, address: Address, media_ports: tuple[int, ...]) -> tuple[Egress, ...] | Unavailable:
        """A connected socket tells whether there is a way; the kernel's answer to each flow, by which interface."""
        source = _source_address(address)
        if isinstance(source, Unavailable):
            return source
        tables = self._known()
        if isinstance(tables, Unavailable):
            return tables
        family = socket.AF_INET if address.version == 4 else socket.AF_INET6  # noqa: PLR2004 - IP version
        names = {link["index"]: name_of(link) for link in tables.dump.links}
        bridging = {link["index"] for link in tables.dump.links if kind_of(link) is LinkKind.BRIDGE}

        @cache
        def port_towards(index: int, gateway: str) -> int | None:
            return self._port_towards(index, gateway or str(address)) if index in bridging else None

        ways: list[Egress] = []
        try:
            with self._query() as ask:
                for flow in flows(tables.dump.rules, family, media_ports) if media_ports else (FlowQuery(),):
                    answers = _answers(ask, address, flow, source)
                    ways += routes.parse_egresses(answers, flow, source, names, port_towards)
        except OSError as error:
            return netlink.unavailable(error, "rtnetlink")
        if not ways:
            return Unavailable(reason=Reason.ERROR, detail="no interface for this route")
        return tuple(dict.fromkeys(ways))

    def _known(self) -> _Tables | Unavailable:
        with self._lock:
            if self._tables is None:
                self._tables = self._understood()
            return self._tables

    def _understood(self) -> _Tables | Unavailable:
        try:
            dump = self._read()
        except OSError as error:
            return netlink.unavailable(error, "rtnetlink")
        topology = Topology(dump.links, lines=lines.lines(dump, self._holders))
        interfaces = routes.parse_interfaces(dump, topology)
        indexes = lines.clats(dump)
        clats = frozenset(name_of(link) for link in dump.links if link["index"] in indexes)
        return _Tables(dump, topology, interfaces, clats, routes.parse_gateway(dump, interfaces))


def _answers(ask: RouteQuery, address: Address, flow: FlowQuery, source: str) -> list[Message]:
    """The routes that a flow may take: of a socket that is bound to its source address, of one that is not, all hops of it.

    An IPv4 socket looks its route up again once it has its source, and programs for calls bind theirs. None where this flow
    has no way.
    """
    asked = partial(_answer, ask, str(address), flow)
    unbound = asked()
    source = unbound["attrs"].get("RTA_PREFSRC") or source if unbound else source
    answers = (asked(source=source), asked(source=source, all_hops=True), unbound)
    return [answer for answer in answers if answer is not None]


def _answer(ask: RouteQuery, *question: Any, **options: Any) -> Message | None:
    try:
        return ask(*question, **options)
    except OSError as error:
        if error.errno not in _NO_ROUTE | _FORBIDDEN:
            raise
        return None


def _source_address(address: Address) -> str | Unavailable:
    """The source address of packets to `address`."""
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6  # noqa: PLR2004 - IP version
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as sock:
            sock.connect((str(address), _ANY_PORT))
            return str(sock.getsockname()[0]).partition("%")[0]
    except OSError as error:
        if error.errno in _NO_ROUTE:
            return Unavailable(reason=Reason.NOT_PRESENT, detail="no route")
        if error.errno in _FORBIDDEN:
            why = f"a route forbids it ({errno.errorcode[error.errno]})"
            return Unavailable(reason=Reason.BLOCKED, detail=why)
        return Unavailable(reason=Reason.ERROR, detail=str(error))
