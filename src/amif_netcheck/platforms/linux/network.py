"""This computer's interfaces and routes: read once, by the first who asks, and shared by all who ask the same object."""

from __future__ import annotations

import errno
import socket
import threading
from collections.abc import Callable
from typing import NamedTuple

from amif_netcheck.model.facts import Reason, Unavailable
from amif_netcheck.platforms.answers import Address, Gateway, Interface
from amif_netcheck.platforms.linux import netlink, routes, rtnetlink
from amif_netcheck.platforms.linux.rtnetlink import Dump
from amif_netcheck.platforms.linux.topology import BaseInterface, Topology

_ANY_PORT = 443
_NO_ROUTE = {errno.ENETUNREACH, errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}
_FORBIDDEN = {errno.EHOSTUNREACH, errno.EINVAL, errno.EACCES, errno.EPERM}


class _Tables(NamedTuple):
    """What was read, and what it means."""

    dump: Dump
    topology: Topology
    interfaces: tuple[Interface, ...]
    gateway: Gateway | Unavailable


class Network:
    """A snapshot of the kernel's tables, which may hold tens of thousands of routes. Any thread may ask it."""

    def __init__(self, read: Callable[[], Dump] = rtnetlink.dump) -> None:
        self._read = read
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
        """See `Platform.egress`: a connected UDP socket tells the source, as it obeys every routing rule."""
        source = _source_address(address)
        if isinstance(source, Unavailable):
            return source
        tables = self._known()
        if isinstance(tables, Unavailable):
            return tables
        try:
            return routes.parse_egress(
                tables.dump, tables.interfaces, source, lambda: rtnetlink.route_interface(str(address))
            )
        except OSError as error:
            return netlink.unavailable(error, "rtnetlink")

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
        interfaces = routes.parse_interfaces(dump)
        return _Tables(dump, Topology(dump.links), interfaces, routes.parse_gateway(dump, interfaces))


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
