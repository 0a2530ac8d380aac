"""Linux: netlink, /sys, /proc, D-Bus and the sound server. No privileges needed."""

from __future__ import annotations

import socket
import threading
from typing import Self

from amif_netcheck.model.facts import Battery, Camera, Computer, Unavailable, WifiLink
from amif_netcheck.model.fix import Fix, FixKind, FixRequest, FixResult
from amif_netcheck.platforms import icmp, portable
from amif_netcheck.platforms.answers import (
    Address,
    CameraUser,
    CpuSample,
    Egress,
    Gateway,
    Interface,
    MemorySample,
    Neighbour,
    Port,
    ProxySetting,
    Sound,
    TrafficByProcess,
)
from amif_netcheck.platforms.base import Platform
from amif_netcheck.platforms.linux import (
    camera_users,
    cameras,
    computer,
    fixes,
    metered,
    neighbours,
    permissions,
    ports,
    power,
    pressure,
    process_traffic,
    proxies,
    pulse_server,
    sound,
    tcp_info,
    tunnel_owners,
    updates,
    wifi,
)
from amif_netcheck.platforms.linux.network import Network
from amif_netcheck.platforms.sound_snapshot import SharedSnapshot


class Linux(Platform):
    """See `Platform`; the work is in this folder's files. `offline`: nothing is to be sent."""

    name = "linux"

    def __init__(self, *, offline: bool = False) -> None:
        self._offline = offline
        self._network = Network()
        self._sound = SharedSnapshot(sound.ask)

    def renewed(self) -> Self:
        """See `Platform`."""
        return type(self)(offline=self._offline)

    def interfaces(self) -> tuple[Interface, ...] | Unavailable:
        """See `Platform`."""
        return self._network.interfaces()

    def egress(self, address: Address) -> tuple[str, str] | Unavailable:
        """See `Platform`."""
        return self._network.egress(address)

    def call_egresses(
        self, address: Address, media_ports: tuple[int, ...]
    ) -> tuple[Egress, ...] | Unavailable:
        """See `Platform`."""
        return self._network.call_egresses(address, media_ports)

    def gateway(self) -> Gateway | Unavailable:
        """See `Platform`."""
        return self._network.gateway()

    def networks(self, interface: str) -> tuple[str, ...] | Unavailable:
        """See `Platform`."""
        return self._network.networks(interface)

    def neighbours(self, interface: str) -> tuple[Neighbour, ...] | Unavailable:
        """See `Platform`."""
        index = self._network.index(interface)
        return index if isinstance(index, Unavailable) else neighbours.of_interface(index)

    def tunnel_owners(self) -> dict[str, str]:
        """See `Platform`."""
        return tunnel_owners.tunnel_owners()

    def proxy_settings(self) -> tuple[ProxySetting, ...] | Unavailable:
        """See `Platform`."""
        return proxies.settings()

    def computer(self) -> Computer | Unavailable:
        """See `Platform`."""
        return computer.kind()

    def port(self, interface: str) -> Port | Unavailable:
        """See `Platform`."""
        base = self._network.base(interface)
        return base if isinstance(base, Unavailable) else ports.of_base(base)

    def wifi(self, interface: str, until: float) -> WifiLink | Unavailable:
        """See `Platform`."""
        return wifi.link(interface, until)

    def metered(self) -> bool | Unavailable:
        """See `Platform`."""
        return metered.of_gateway(self._network.gateway())

    def traffic_by_process(self, until: float, stop: threading.Event) -> TrafficByProcess | Unavailable:
        """See `Platform`."""
        interfaces = self._network.interfaces()
        known = () if isinstance(interfaces, Unavailable) else interfaces
        own = frozenset(address for interface in known for address in interface.addresses)
        return process_traffic.watch(own, until, stop)

    def acked_bytes(self, sock: socket.socket, sent: int) -> int | Unavailable:
        """See `Platform`."""
        return tcp_info.acked_bytes(sock, sent)

    def resent_bytes(self, sock: socket.socket) -> int | Unavailable:
        """See `Platform`."""
        return tcp_info.resent_bytes(sock)

    def echo_socket(self, address: str, scope: int) -> socket.socket | Unavailable:
        """See `Platform`."""
        return icmp.echo_socket(address, scope)

    def work(self) -> CpuSample | Unavailable:
        """See `Platform`."""
        return portable.work(power.slowdowns())

    def memory(self) -> MemorySample | Unavailable:
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

    def update_in_progress(self) -> bool | Unavailable:
        """See `Platform`."""
        return updates.in_progress()

    def sound(self, until: float) -> Sound:
        """See `Platform`."""
        if self._offline and pulse_server.is_elsewhere():
            return sound.elsewhere()
        return self._sound.get(until)

    def microphone_allowed(self, until: float) -> bool | Unavailable:
        """See `Platform`."""
        return permissions.microphone(until)

    def missing_for_sound(self) -> str:
        """See `Platform`."""
        return sound.portaudio_package()

    def cameras(self, until: float) -> tuple[Camera, ...] | Unavailable:
        """See `Platform`."""
        return cameras.present(until)

    def camera_users(self, until: float) -> tuple[CameraUser, ...] | Unavailable:
        """See `Platform`."""
        return camera_users.using(until)

    def camera_allowed(self, until: float) -> bool | Unavailable:
        """See `Platform`."""
        return permissions.camera(until)

    @property
    def fixable(self) -> frozenset[FixKind]:
        """See `Platform`."""
        return fixes.KINDS

    def offers(self, request: FixRequest, until: float) -> tuple[Fix, ...]:
        """See `Platform`."""
        return fixes.offers(request, until)

    def carry_out(self, fix: Fix, until: float) -> FixResult:
        """See `Platform`."""
        try:
            return fixes.carry_out(fix, until)
        finally:  # what was read before is not true any more
            self._network = Network()
            self._sound = SharedSnapshot(sound.ask)
