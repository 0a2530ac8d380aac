"""Linux: rtnetlink and inet_diag through pyroute2, the rest through psutil and /proc. No privileges needed."""

from __future__ import annotations

from amif_netcheck.model.facts import Battery, Computer, EthernetLink, Unavailable, WifiLink
from amif_netcheck.model.fix import Fix, FixKind, FixRequest, FixResult
from amif_netcheck.platforms import portable
from amif_netcheck.platforms.base import (
    Address,
    ByteCounters,
    Gateway,
    Interface,
    Neighbour,
    OwnedSocket,
    Port,
    ProxySetting,
    Sound,
    Storage,
    TcpSocket,
    Work,
)
from amif_netcheck.platforms.linux import (
    computer,
    ethernet,
    fixes,
    metered,
    neighbours,
    netlink,
    ports,
    power,
    pressure,
    processes,
    proxies,
    pulse_server,
    routes,
    sound,
    traffic,
    updates,
    wifi,
)


class Linux:
    """See `amif_netcheck.platforms.base.Platform`; the work is in this folder's files. `offline`: nothing is to be sent."""

    name = "linux"

    def __init__(self, *, offline: bool = False) -> None:
        self._offline = offline
        self._sound = sound.SharedSnapshot()

    def interfaces(self) -> tuple[Interface, ...] | Unavailable:
        """See `Platform`."""
        return routes.interfaces()

    def egress(self, address: Address) -> tuple[str, str] | Unavailable:
        """See `Platform`."""
        return routes.egress(address)

    def gateway(self) -> Gateway | Unavailable:
        """See `Platform`."""
        return routes.gateway()

    def computer(self) -> Computer | Unavailable:
        """See `Platform`."""
        return computer.kind()

    def port(self, interface: str) -> Port | Unavailable:
        """See `Platform`."""
        return ports.under(interface)

    def ethernet(self, interface: str) -> EthernetLink | Unavailable:
        """See `Platform`."""
        return ethernet.link(interface)

    def wifi(self, interface: str, until: float) -> WifiLink | Unavailable:
        """See `Platform`."""
        return wifi.link(interface, until)

    def networks(self, interface: str) -> tuple[str, ...] | Unavailable:
        """See `Platform`."""
        return routes.networks(interface)

    def neighbours(self, interface: str) -> tuple[Neighbour, ...] | Unavailable:
        """See `Platform`."""
        return neighbours.of_interface(interface)

    def metered(self) -> bool | Unavailable:
        """See `Platform`."""
        return metered.of_gateway(routes.gateway())

    def counters(self, interface: str) -> ByteCounters | Unavailable:
        """See `Platform`."""
        return traffic.counters(interface)

    def tcp_sockets(self) -> tuple[TcpSocket, ...] | Unavailable:
        """See `Platform`."""
        return traffic.tcp_sockets()

    def connections(self) -> tuple[OwnedSocket, ...] | Unavailable:
        """See `Platform`."""
        return traffic.connections()

    def processes(self) -> dict[int, str] | Unavailable:
        """See `Platform`."""
        return processes.names()

    def tunnel_owners(self) -> dict[str, str]:
        """See `Platform`."""
        return processes.tunnel_owners()

    def work(self) -> Work | Unavailable:
        """See `Platform`."""
        return portable.work(power.slowdowns())

    def memory(self) -> Storage | Unavailable:
        """See `Platform`."""
        return portable.memory(pressure.memory())

    def battery(self) -> Battery | Unavailable:
        """See `Platform`."""
        return power.battery()

    def power_saver(self) -> bool | Unavailable:
        """See `Platform`."""
        return power.power_saver()

    def restart_pending(self) -> bool | Unavailable:
        """See `Platform`."""
        return updates.restart_pending()

    def installing(self) -> bool | Unavailable:
        """See `Platform`."""
        return updates.installing()

    def sound(self, until: float) -> Sound:
        """See `Platform`."""
        if self._offline and pulse_server.is_elsewhere():
            return sound.elsewhere()
        return self._sound.get(until)

    def portaudio_package(self) -> str:
        """See `Platform`."""
        return sound.portaudio_package()

    def proxy_settings(self) -> tuple[ProxySetting, ...] | Unavailable:
        """See `Platform`."""
        return proxies.settings()

    @property
    def fixable(self) -> frozenset[FixKind]:
        """See `Platform`."""
        return fixes.KINDS

    def offers(self, wish: FixRequest, until: float) -> tuple[Fix, ...]:
        """See `Platform`."""
        return fixes.offers(wish, until)

    def carry_out(self, fix: Fix, until: float) -> FixResult:
        """See `Platform`."""
        try:
            return fixes.carry_out(fix, until)
        finally:  # what was read before is not true any more
            netlink.forget()
            self._sound = sound.SharedSnapshot()
