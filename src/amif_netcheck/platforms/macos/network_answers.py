"""Every question about the network, from the files of this folder: what `platform.MacOS` hands on."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from amif_netcheck.model.facts import (
    Carriage,
    Computer,
    EthernetLink,
    LinkKind,
    Medium,
    Reason,
    Unavailable,
    WifiLink,
)
from amif_netcheck.platforms import portable
from amif_netcheck.platforms.answers import (
    Address,
    ByteCounters,
    Egress,
    Gateway,
    Interface,
    Neighbour,
    Port,
    ProxySetting,
    TrafficByProcess,
)
from amif_netcheck.platforms.macos import (
    computer,
    core_wlan,
    interface_counters,
    metered,
    neighbours,
    ports,
    process_traffic,
    proxies,
    tunnel_owners,
    wifi,
)
from amif_netcheck.platforms.macos.network import MacTables, NetworkSnapshot
from amif_netcheck.platforms.macos.network_kernel import NetworkKernel
from amif_netcheck.platforms.macos.process_traffic import MacTrafficSources
from amif_netcheck.platforms.macos.tools import Tools
from amif_netcheck.platforms.macos.topology import kind_of

_OWNERS_S = 4.0
_OWNERS_OF_TRAFFIC_S = 0.8
"""Beside the reading of traffic, which is waited for: without an answer the names of programs have to do."""
_TUNNELS = {LinkKind.TUN, LinkKind.TAP, LinkKind.PPP, LinkKind.IP_TUNNEL}


class MacNetwork:
    """See `Platform`. `processes` names the running programs; `source_address` and `read_wifi` are the system's in earnest."""

    def __init__(
        self,
        kernel: NetworkKernel,
        tools: Tools,
        *,
        processes: Callable[[], dict[int, str] | Unavailable] = portable.processes,
        source_address: Callable[[Address], str] | None = None,
        read_wifi: wifi.Reader = core_wlan.read,
    ) -> None:
        self._kernel = kernel
        self._tools = tools
        self._processes = processes
        self._read_wifi = read_wifi
        self._network = NetworkSnapshot(kernel, tools, source_address)

    def interfaces(self) -> tuple[Interface, ...] | Unavailable:
        """See `Platform`."""
        return self._network.interfaces()

    def egress(self, address: Address) -> tuple[str, str] | Unavailable:
        """See `Platform`."""
        return self._network.egress(address)

    def call_egresses(self, address: Address) -> tuple[Egress, ...] | Unavailable:
        """See `Platform`."""
        return self._network.call_egresses(address)

    def gateway(self) -> Gateway | Unavailable:
        """See `Platform`."""
        return self._network.gateway()

    def networks(self, interface: str) -> tuple[str, ...] | Unavailable:
        """See `Platform`."""
        return self._network.networks(interface)

    def neighbours(self, interface: str) -> tuple[Neighbour, ...] | Unavailable:
        """See `Platform`."""
        index = self._index(interface)
        if isinstance(index, Unavailable):
            return index
        return neighbours.of_interface(interface, index, self._kernel, self._tools)

    def tunnel_owners(self) -> dict[str, str]:
        """See `Platform`."""
        return self._tunnel_owners(_OWNERS_S)

    def proxy_settings(self) -> tuple[ProxySetting, ...] | Unavailable:
        """See `Platform`."""
        return proxies.settings(self._tools)

    def computer(self) -> Computer | Unavailable:
        """See `Platform`."""
        return computer.kind(self._kernel)

    def port(self, interface: str) -> Port | Unavailable:
        """See `Platform`."""
        tables = self._network.tables()
        if isinstance(tables, Unavailable):
            return tables
        base = tables.topology.base(interface)
        if base is None:
            return Unavailable(reason=Reason.NOT_PRESENT, detail="the interface went away")
        return Port(interface=base.name, medium=ports.medium(base, tables.topology.medium(base), self._tools))

    def ethernet(self, interface: str) -> EthernetLink | Unavailable:
        """See `Platform`."""
        link = self._network.link(interface)
        return link if isinstance(link, Unavailable) else ports.ethernet(link)

    def wifi(self, interface: str, until: float) -> WifiLink | Unavailable:
        """See `Platform`."""
        return wifi.link(interface, until, self._tools, self._read_wifi)

    def metered(self) -> bool | Unavailable:
        """See `Platform`."""
        box = self._network.gateway()
        if isinstance(box, Unavailable):
            return box
        port = self.port(box.interface)
        link = self._network.link(box.interface if isinstance(port, Unavailable) else port.interface)
        if isinstance(link, Unavailable):
            return link
        return metered.is_metered(link, Medium.UNKNOWN if isinstance(port, Unavailable) else port.medium)

    def counters(self, interface: str) -> ByteCounters | Unavailable:
        """See `Platform`."""
        index = self._index(interface)
        if isinstance(index, Unavailable):
            return index
        read = interface_counters.of_interface(self._kernel, index)
        if isinstance(read, Unavailable) and read.reason is not Reason.NOT_PRESENT:
            return portable.counters(interface)
        return read

    def traffic_by_process(self, until: float, stop: threading.Event) -> TrafficByProcess | Unavailable:
        """See `Platform`."""
        interfaces = self._network.interfaces()
        known = () if isinstance(interfaces, Unavailable) else interfaces
        own = frozenset(address for interface in known for address in interface.addresses)
        sources = MacTrafficSources(
            tools=self._tools,
            tunnels=self._tunnel_counters,
            owners=lambda: self._tunnel_owners(_OWNERS_OF_TRAFFIC_S),
            processes=self._processes,
        )
        return process_traffic.watch(own, until, stop, sources)

    def _tunnel_owners(self, seconds: float) -> dict[str, str]:
        tables = self._network.tables()
        if isinstance(tables, Unavailable):
            return {}
        return tunnel_owners.tunnel_owners(tables.topology, self._tools, time.monotonic() + seconds)

    def _index(self, interface: str) -> int | Unavailable:
        tables = self._network.tables()
        if isinstance(tables, Unavailable):
            return tables
        indexes = (index for index, name in tables.names.items() if name == interface)
        absent = Unavailable(reason=Reason.NOT_PRESENT, detail="the interface went away")
        return next(indexes, absent)

    def _tunnel_counters(self) -> dict[str, ByteCounters]:
        tables = self._network.tables()
        names = [] if isinstance(tables, Unavailable) else _tunnels_in_use(tables)
        readings = {name: self.counters(name) for name in names}
        return {name: reading for name, reading in readings.items() if isinstance(reading, ByteCounters)}


def _tunnels_in_use(tables: MacTables) -> list[str]:
    return [
        link.name
        for link in tables.topology.links.values()
        if link.up
        and link.addresses
        and kind_of(link) in _TUNNELS
        and tables.topology.carriage(link) is Carriage.TUNNEL
    ]
