"""This computer's interfaces and routes: read once, by the first who asks, and shared by all who ask the same object."""

from __future__ import annotations

import errno
import re
import socket
import threading
from collections.abc import Callable, Sequence
from typing import NamedTuple

from amif_netcheck.model.facts import Reason, Unavailable
from amif_netcheck.platforms.answers import Address, Egress, Gateway, Interface
from amif_netcheck.platforms.macos import computer, ifconfig, netstat, route_messages, routes
from amif_netcheck.platforms.macos.ifconfig import Link
from amif_netcheck.platforms.macos.network_kernel import NetworkKernel
from amif_netcheck.platforms.macos.route_messages import RouteEntry
from amif_netcheck.platforms.macos.tools import Tools
from amif_netcheck.platforms.macos.topology import MacTopology, kind_of

_TOOL_S = 3.0
_ANY_PORT = 443
_NO_ROUTE = {errno.ENETUNREACH, errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT, errno.ENETDOWN}
_FORBIDDEN = {errno.EHOSTUNREACH, errno.EACCES, errno.EPERM}
_LOOPBACK = "lo0"
_INTERFACE = re.compile(r"^ *interface: (\S+)$", re.MULTILINE)
_FLAGS = re.compile(r"^ *flags: <([^>]*)>$", re.MULTILINE)
_FORBIDDING = {"REJECT", "BLACKHOLE"}


class MacTables(NamedTuple):
    """What was read, and what it means."""

    table: tuple[RouteEntry, ...]
    names: dict[int, str]
    topology: MacTopology
    interfaces: tuple[Interface, ...]
    gateway: Gateway | Unavailable


class NetworkSnapshot:
    """A snapshot of interfaces and routes. Any thread may ask it."""

    def __init__(
        self,
        kernel: NetworkKernel,
        tools: Tools,
        source_address: Callable[[Address], str] | None = None,
    ) -> None:
        self._kernel = kernel
        self._tools = tools
        self._source_address = source_address or connected_source
        self._lock = threading.Lock()
        self._tables: MacTables | Unavailable | None = None

    def tables(self) -> MacTables | Unavailable:
        """All of it."""
        with self._lock:
            if self._tables is None:
                self._tables = self._read()
            return self._tables

    def interfaces(self) -> tuple[Interface, ...] | Unavailable:
        """See `Platform.interfaces`."""
        tables = self.tables()
        return tables if isinstance(tables, Unavailable) else tables.interfaces

    def gateway(self) -> Gateway | Unavailable:
        """See `Platform.gateway`."""
        tables = self.tables()
        return tables if isinstance(tables, Unavailable) else tables.gateway

    def networks(self, interface: str) -> tuple[str, ...] | Unavailable:
        """See `Platform.networks`."""
        link = self.link(interface)
        return link if isinstance(link, Unavailable) else routes.networks(link)

    def link(self, interface: str) -> Link | Unavailable:
        """One interface, as ifconfig shows it."""
        tables = self.tables()
        if isinstance(tables, Unavailable):
            return tables
        absent = Unavailable(reason=Reason.NOT_PRESENT, detail="the interface went away")
        return tables.topology.links.get(interface, absent)

    def egress(self, address: Address) -> tuple[str, str] | Unavailable:
        """See `Platform.egress`.

        A connected socket tells the source address, and minds the system's VPN rules as every program's does; a route that
        is looked up does not. The route tells what the address leaves open, and whether something forbids it.
        """
        tables = self.tables()
        if isinstance(tables, Unavailable):
            return tables
        route = self._route(address, tables)
        forbidden = Unavailable(reason=Reason.BLOCKED, detail="a route or a rule forbids it")
        try:
            source = self._source_address(address)
        except OSError as error:
            no_route = error.errno in _NO_ROUTE or (
                error.errno == errno.EHOSTUNREACH and address.version == 6 and route is None  # noqa: PLR2004 - IP version
            )  # over IPv6, it is what macOS says of no route, too
            if (error.errno in _FORBIDDEN and not no_route) or (route is not None and route.forbids):
                return forbidden
            if no_route:
                return Unavailable(reason=Reason.NOT_PRESENT, detail="no route")
            return Unavailable(reason=Reason.ERROR, detail=str(error))
        name = _interface_of(source, tables.interfaces, "" if route is None else route.interface)
        if (route is not None and route.forbids and route.interface == name) or (
            name == _LOOPBACK and not _is_ours(address, tables.interfaces)
        ):
            return forbidden
        return (
            (source, name) if name else Unavailable(reason=Reason.ERROR, detail="no interface for this route")
        )

    def call_egresses(self, address: Address) -> tuple[Egress, ...] | Unavailable:
        """See `Platform.call_egresses`: macOS's routes don't tell protocols and ports apart."""
        egress = self.egress(address)
        return egress if isinstance(egress, Unavailable) else (Egress(source=egress[0], interface=egress[1]),)

    def _route(self, address: Address, tables: MacTables) -> LookedUpRoute | None:
        """The route of an ordinary socket, by the kernel, else by route(8); None where there is none, or nobody says."""
        try:
            answer = route_messages.answer(self._kernel.route_to(address))
        except OSError as error:
            if error.errno == errno.ESRCH:
                return None
            family = ("-inet6",) if address.version == 6 else ()  # noqa: PLR2004 - IP version
            shown = self._tools.output("/sbin/route", "-n", "get", *family, str(address), seconds=_TOOL_S)
            return None if isinstance(shown, Unavailable) else parse_route(shown)
        entry = None if answer is None else answer.route
        return (
            None
            if entry is None
            else LookedUpRoute(tables.names.get(entry.interface, ""), forbids=entry.forbids)
        )

    def _read(self) -> MacTables | Unavailable:
        shown = self._tools.output("/sbin/ifconfig", "-a", "-vv", seconds=_TOOL_S)
        links = () if isinstance(shown, Unavailable) else ifconfig.parse(shown)
        names = self._names(links)
        if not links or names.keys() - {link.index for link in links}:
            # It ends where an interface goes away while it is being shown.
            plain = self._tools.output("/sbin/ifconfig", "-a", seconds=_TOOL_S)
            if isinstance(plain, Unavailable):
                return plain
            known = {link.name for link in links}
            links += tuple(link for link in ifconfig.parse(plain) if link.name not in known)
        if not links:
            return Unavailable(reason=Reason.ERROR, detail="ifconfig showed no interface")
        names = names or {place: link.name for place, link in enumerate(links, start=1)}
        table = self._table(names)
        if isinstance(table, Unavailable):
            return table
        by_name = {link.name: link for link in links}
        routed = routes.routed(table, by_name, names)
        topology = MacTopology(links, routed, virtual=computer.is_virtual(self._kernel))
        found = tuple(_interface(link, topology, routed=link.name in routed) for link in links)
        box = routes.gateway(table, found, topology.links, names)
        return MacTables(table, names, topology, found, box)

    def _names(self, links: Sequence[Link]) -> dict[int, str]:
        try:
            return self._kernel.interface_names()
        except OSError:
            return {link.index: link.name for link in links if link.index}

    def _table(self, names: dict[int, str]) -> tuple[RouteEntry, ...] | Unavailable:
        try:
            table = route_messages.parse_table(self._kernel.routes())
        except OSError:
            table = ()
        if table:
            return table
        shown = self._tools.output("/usr/sbin/netstat", "-rnl", seconds=_TOOL_S)
        if isinstance(shown, Unavailable):
            return shown
        return netstat.parse(shown, {name: index for index, name in names.items()})


class LookedUpRoute(NamedTuple):
    """Where an ordinary socket's packets would go."""

    interface: str
    forbids: bool


def parse_route(shown: str) -> LookedUpRoute | None:
    """From `route -n get`, which has no language."""
    interface, flags = _INTERFACE.search(shown), _FLAGS.search(shown)
    if interface is None:
        return None
    return LookedUpRoute(interface[1], forbids=bool(flags and _FORBIDDING & set(flags[1].split(","))))


def connected_source(address: Address) -> str:
    """The source address of packets to `address`; sends nothing.

    Raises:
        OSError: there is no way.
    """
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6  # noqa: PLR2004 - IP version
    with socket.socket(family, socket.SOCK_DGRAM) as sock:
        sock.connect((str(address), _ANY_PORT))
        return str(sock.getsockname()[0]).partition("%")[0]


def _interface(link: Link, topology: MacTopology, *, routed: bool) -> Interface:
    return Interface(
        name=link.name,
        kind=kind_of(link),
        carriage=topology.carriage(link),
        up=link.up,
        tunnel=topology.tunnel(link),
        addresses=tuple(each.address for each in link.addresses),
        routes=routed,
    )


def _interface_of(source: str, interfaces: tuple[Interface, ...], by_route: str) -> str:
    """The interface with this address; of several with the same, the one of the route."""
    holders = [interface.name for interface in interfaces if source in interface.addresses]
    if by_route in holders or not holders:
        return by_route
    up = [interface.name for interface in interfaces if interface.up and interface.name in holders]
    return (up or holders)[0]


def _is_ours(address: Address, interfaces: tuple[Interface, ...]) -> bool:
    return address.is_loopback or any(str(address) in interface.addresses for interface in interfaces)
