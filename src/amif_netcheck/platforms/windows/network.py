"""This computer's interfaces and routes: read once, by the first who asks, and shared by all who ask the same object."""

from __future__ import annotations

import errno
import socket
import threading
import time
from collections.abc import Callable
from typing import NamedTuple

from msgspec import Struct

from amif_netcheck.children.threads import BackgroundCall
from amif_netcheck.model.facts import Reason, Unavailable
from amif_netcheck.platforms.answers import Address, ByteCounters, Gateway, Interface, Neighbour
from amif_netcheck.platforms.windows import adapters, drivers, neighbours, ras, routes, tables
from amif_netcheck.platforms.windows.adapters import Adapter, Adapters
from amif_netcheck.platforms.windows.drivers import AdapterDriver
from amif_netcheck.platforms.windows.ip_helper import IpHelper
from amif_netcheck.platforms.windows.ras import Ras, RasConnection
from amif_netcheck.platforms.windows.registry_values import RegistryReader
from amif_netcheck.platforms.windows.tables import AddressRow, InterfaceRow, RouteRow

_ANY_PORT = 443
_DIALLED_S = 2.0
_IPV4 = 4
# winsock2.h, as Windows and as C's own numbers
_NO_ROUTE = {10047, 10049, 10051, 10065, errno.ENETUNREACH, errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}
_FORBIDDEN = {10013, errno.EACCES, errno.EPERM}
_GONE = Unavailable(reason=Reason.NOT_PRESENT, detail="the interface went away")


class NetworkTables(Struct, frozen=True, kw_only=True):
    """All that is read at once: what a recording of a machine holds. `metrics` as in `tables.metrics`."""

    interfaces: tuple[InterfaceRow, ...]
    addresses: tuple[AddressRow, ...] = ()
    routes: tuple[RouteRow, ...] = ()
    metrics: dict[tuple[int, int], int] = {}
    stack: tuple[tuple[int, int], ...] = ()
    drivers: dict[str, AdapterDriver] = {}
    dialled: tuple[RasConnection, ...] = ()


class _Known(NamedTuple):
    """What was read, and what it means."""

    tables: NetworkTables
    adapters: Adapters
    interfaces: tuple[Interface, ...]
    gateway: Gateway | Unavailable


def read(helper: IpHelper, registry: RegistryReader, dialler: Ras) -> NetworkTables | Unavailable:
    """The tables of this computer. Without interfaces, addresses and routes there is no answer; the rest may be missing."""
    interfaces, addresses, routed = helper.interfaces(), helper.addresses(), helper.routes()
    for needed in (interfaces, addresses, routed):
        if isinstance(needed, Unavailable):
            return needed
    rows, known_drivers = tables.interfaces(_bytes(interfaces)), drivers.read(registry)
    return NetworkTables(
        interfaces=rows,
        addresses=tables.addresses(_bytes(addresses)),
        routes=tables.routes(_bytes(routed)),
        metrics=tables.metrics(_bytes(helper.ip_interfaces())),
        stack=tables.stack(_bytes(helper.stack())),
        drivers=known_drivers,
        dialled=_dialled(dialler)
        if adapters.may_be_dialled(adapters.of_rows(rows, known_drivers, ()))
        else (),
    )


def _dialled(dialler: Ras) -> tuple[RasConnection, ...]:
    """Asked for only where it matters: Windows may have to start a service first."""
    found = BackgroundCall(lambda: ras.connections(dialler)).result(time.monotonic() + _DIALLED_S)
    return () if isinstance(found, Unavailable) else found


class WindowsNetwork:
    """A snapshot of Windows' tables; routes to single destinations and counters are asked for anew. Any thread may ask."""

    def __init__(
        self,
        helper: IpHelper | None = None,
        read_tables: Callable[[], NetworkTables | Unavailable] | None = None,
        source_of: Callable[[Address], str | Unavailable] | None = None,
    ) -> None:
        self.helper = helper or IpHelper()
        self._read = read_tables or (lambda: read(self.helper, RegistryReader(), Ras()))
        self._source_of = source_of or source_address
        self._lock = threading.Lock()
        self._tables: _Known | Unavailable | None = None

    def interfaces(self) -> tuple[Interface, ...] | Unavailable:
        """See `Platform.interfaces`."""
        known = self._known()
        return known if isinstance(known, Unavailable) else known.interfaces

    def gateway(self) -> Gateway | Unavailable:
        """See `Platform.gateway`."""
        known = self._known()
        return known if isinstance(known, Unavailable) else known.gateway

    def networks(self, interface: str) -> tuple[str, ...] | Unavailable:
        """See `Platform.networks`."""
        known, adapter = self._known(), self.adapter(interface)
        if isinstance(known, Unavailable):
            return known
        if isinstance(adapter, Unavailable):
            return adapter
        return routes.parse_networks(known.tables.addresses, adapter.row.index)

    def neighbours(self, interface: str) -> tuple[Neighbour, ...] | Unavailable:
        """See `Platform.neighbours`."""
        adapter = self.adapter(interface)
        if isinstance(adapter, Unavailable):
            return adapter
        return neighbours.of_interface(self.helper, adapter.row.index)

    def egress(self, address: Address) -> tuple[str, str] | Unavailable:
        """See `Platform.egress`.

        A connected socket tells whether there is a way, and its source address; Windows' choice of a route, by which
        interface. Where it doesn't tell, the interface that has the address.
        """
        source = self._source_of(address)
        if isinstance(source, Unavailable):
            return source
        known = self._known()
        if isinstance(known, Unavailable):
            return known
        names = {adapter.row.index: adapter.name for adapter in known.adapters.all}
        chosen = self.helper.best_route(address)
        row = None if isinstance(chosen, Unavailable) else tables.route(chosen)
        index = row.index if row else routes.owner_of(known.tables.addresses, source)
        if index is None:
            best = self.helper.best_interface(address)
            index = None if isinstance(best, Unavailable) else best
        if index not in names:
            return Unavailable(reason=Reason.ERROR, detail="no interface for this route")
        return source, names[index]

    def counters(self, interface: str) -> ByteCounters | Unavailable:
        """See `Platform.counters`: of 64 bits, read anew."""
        row = self._row(interface)
        return row if isinstance(row, Unavailable) else ByteCounters(received=row.received, sent=row.sent)

    def link(self, interface: str) -> Adapter | Unavailable:
        """An adapter with its row read anew: speeds change."""
        adapter, row = self.adapter(interface), self._row(interface)
        if isinstance(adapter, Unavailable) or isinstance(row, Unavailable):
            return adapter if isinstance(adapter, Unavailable) else _GONE
        return Adapter(name=adapter.name, row=row, driver=adapter.driver, line=adapter.line)

    def adapter(self, interface: str) -> Adapter | Unavailable:
        """The adapter of an interface."""
        known = self._known()
        return known if isinstance(known, Unavailable) else known.adapters.named(interface) or _GONE

    def ports(self, interface: str) -> tuple[Adapter, ...] | Unavailable:
        """The hardware under an interface: itself, or what is under a switch; none when nobody knows."""
        known, adapter = self._known(), self.adapter(interface)
        if isinstance(known, Unavailable) or isinstance(adapter, Unavailable):
            return known if isinstance(known, Unavailable) else _GONE
        return known.adapters.ports(adapter)

    def _row(self, interface: str) -> InterfaceRow | Unavailable:
        adapter = self.adapter(interface)
        if isinstance(adapter, Unavailable):
            return adapter
        row = self.helper.interface(adapter.row.index)
        return row if isinstance(row, Unavailable) else tables.interface(row) or _GONE

    def _known(self) -> _Known | Unavailable:
        with self._lock:
            if self._tables is None:
                self._tables = self._understood()
            return self._tables

    def _understood(self) -> _Known | Unavailable:
        given = self._read()
        if isinstance(given, Unavailable):
            return given
        found = adapters.of_rows(given.interfaces, given.drivers, given.dialled)
        likely = adapters.likely_ports(
            found,
            addressed={row.index for row in given.addresses},
            leading_out={row.index for row in given.routes if row.hop},
        )
        known = Adapters(found, given.stack, likely)
        return _Known(
            given,
            known,
            routes.parse_interfaces(known, given.addresses, given.routes),
            routes.parse_gateway(known, given.routes, given.metrics),
        )


def source_address(address: Address) -> str | Unavailable:
    """The source address of packets to `address`, by connecting a UDP socket, which sends nothing."""
    family = socket.AF_INET if address.version == _IPV4 else socket.AF_INET6
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as sock:
            sock.connect((str(address), _ANY_PORT))
            return str(sock.getsockname()[0]).partition("%")[0]
    except OSError as error:
        code = getattr(error, "winerror", None) or error.errno
        if code in _NO_ROUTE:
            return Unavailable(reason=Reason.NOT_PRESENT, detail="no route")
        if code in _FORBIDDEN:
            return Unavailable(reason=Reason.BLOCKED, detail=f"a filter forbids it (error {code})")
        return Unavailable(reason=Reason.ERROR, detail=str(error))


def _bytes(answer: bytes | Unavailable) -> bytes:
    return b"" if isinstance(answer, Unavailable) else answer
