"""macOS 13 and later: its own tools and libraries. The person's own rights suffice, and nothing is asked of the person."""

from __future__ import annotations

import socket
import threading
from typing import Self

from amif_netcheck.model.facts import Battery, Camera, Computer, EthernetLink, Unavailable, WifiLink
from amif_netcheck.model.fix import Fix, FixKind, FixRequest, FixResult
from amif_netcheck.platforms import icmp
from amif_netcheck.platforms.answers import (
    Address,
    ByteCounters,
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
from amif_netcheck.platforms.macos import (
    camera_users,
    cameras,
    memory,
    permissions,
    power,
    processes,
    property_frameworks,
    tcp_info,
    updates,
)
from amif_netcheck.platforms.macos.fixes import MacFixes
from amif_netcheck.platforms.macos.fixes.applications import MacApplications
from amif_netcheck.platforms.macos.fixes.sound_devices import MacSoundDevices
from amif_netcheck.platforms.macos.fixes.vpn import MacVpn
from amif_netcheck.platforms.macos.kernel import LibSystem
from amif_netcheck.platforms.macos.network_answers import MacNetwork
from amif_netcheck.platforms.macos.network_kernel import DarwinNetworkKernel
from amif_netcheck.platforms.macos.objective_c import CAMERA, MICROPHONE, ObjectiveC
from amif_netcheck.platforms.macos.sound import MacSound
from amif_netcheck.platforms.macos.tools import SystemTools
from amif_netcheck.platforms.sound_snapshot import SharedSnapshot


class MacOS(Platform):
    """See `Platform`; the work is in this folder's files. `offline`: nothing is to be sent."""

    name = "macos"

    def __init__(self, *, offline: bool = False) -> None:
        self._offline = offline
        self._tools, self._kernel, self._objects = SystemTools(), LibSystem(), ObjectiveC()
        self._network = self._fresh_network()
        self._heat = power.HeatWatch(self._objects, self._tools)
        self._core_audio = MacSound(property_frameworks.core_audio, self._tools, self._kernel)
        self._sound = SharedSnapshot(self._core_audio.ask)
        self._fixes = MacFixes(
            {
                FixKind.CHOOSE_DEVICE: MacSoundDevices(property_frameworks.core_audio, self._tools),
                FixKind.CLOSE_APPLICATION: MacApplications(self._objects, self._tools),
                FixKind.DISCONNECT_VPN: MacVpn(self._tools),
            }
        )

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
        del media_ports
        return self._network.call_egresses(address)

    def gateway(self) -> Gateway | Unavailable:
        """See `Platform`."""
        return self._network.gateway()

    def networks(self, interface: str) -> tuple[str, ...] | Unavailable:
        """See `Platform`."""
        return self._network.networks(interface)

    def neighbours(self, interface: str) -> tuple[Neighbour, ...] | Unavailable:
        """See `Platform`."""
        return self._network.neighbours(interface)

    def tunnel_owners(self) -> dict[str, str]:
        """See `Platform`."""
        return self._network.tunnel_owners()

    def proxy_settings(self) -> tuple[ProxySetting, ...] | Unavailable:
        """See `Platform`."""
        return self._network.proxy_settings()

    def computer(self) -> Computer | Unavailable:
        """See `Platform`."""
        return self._network.computer()

    def port(self, interface: str) -> Port | Unavailable:
        """See `Platform`."""
        return self._network.port(interface)

    def ethernet(self, interface: str) -> EthernetLink | Unavailable:
        """See `Platform`."""
        return self._network.ethernet(interface)

    def wifi(self, interface: str, until: float) -> WifiLink | Unavailable:
        """See `Platform`."""
        return self._network.wifi(interface, until)

    def metered(self) -> bool | Unavailable:
        """See `Platform`."""
        return self._network.metered()

    def counters(self, interface: str) -> ByteCounters | Unavailable:
        """See `Platform`."""
        return self._network.counters(interface)

    def traffic_by_process(self, until: float, stop: threading.Event) -> TrafficByProcess | Unavailable:
        """See `Platform`."""
        return self._network.traffic_by_process(until, stop)

    def acked_bytes(self, sock: socket.socket, sent: int) -> int | Unavailable:
        """See `Platform`."""
        return tcp_info.acked_bytes(sock, sent)

    def resent_bytes(self, sock: socket.socket) -> int | Unavailable:
        """See `Platform`."""
        return tcp_info.resent_bytes(sock)

    def echo_socket(self, address: str, scope: int) -> socket.socket | Unavailable:
        """See `Platform`."""
        return icmp.echo_socket(address, scope)

    def processes(self) -> dict[int, str] | Unavailable:
        """See `Platform`."""
        return processes.names(self._tools)

    def work(self) -> CpuSample | Unavailable:
        """See `Platform`."""
        return processes.work(self._tools, processes.current_user(), self._heat.slowdowns())

    def memory(self) -> MemorySample | Unavailable:
        """See `Platform`."""
        return memory.sample(self._kernel)

    def battery(self) -> Battery | Unavailable:
        """See `Platform`."""
        return power.battery(self._tools)

    def power_saver(self) -> bool | Unavailable:
        """See `Platform`."""
        return power.power_saver(self._objects, self._tools)

    def restart_pending(self) -> bool | Unavailable:
        """See `Platform`."""
        return updates.restart_pending()

    def update_in_progress(self) -> bool | Unavailable:
        """See `Platform`."""
        return updates.in_progress(self._tools)

    def sound(self, until: float) -> Sound:
        """See `Platform`."""
        return self._sound.get(until)

    def microphone_allowed(self, until: float) -> bool | Unavailable:
        """See `Platform`."""
        return permissions.allowed(self._objects, MICROPHONE, until)

    def cameras(self, until: float) -> tuple[Camera, ...] | Unavailable:
        """See `Platform`."""
        return cameras.present(property_frameworks.core_media, until)

    def camera_users(self, until: float) -> tuple[CameraUser, ...] | Unavailable:
        """See `Platform`."""
        allowed = permissions.allowed(self._objects, CAMERA, until)
        return camera_users.using(
            property_frameworks.core_media, camera_users.release(), until, allowed=allowed is True
        )

    def camera_allowed(self, until: float) -> bool | Unavailable:
        """See `Platform`."""
        return permissions.allowed(self._objects, CAMERA, until)

    @property
    def fixable(self) -> frozenset[FixKind]:
        """See `Platform`."""
        return self._fixes.kinds

    def offers(self, request: FixRequest, until: float) -> tuple[Fix, ...]:
        """See `Platform`."""
        return self._fixes.offers(request, until)

    def carry_out(self, fix: Fix, until: float) -> FixResult:
        """See `Platform`."""
        try:
            return self._fixes.carry_out(fix, until)
        finally:  # what was read before is not true any more
            self._network = self._fresh_network()
            self._sound = SharedSnapshot(self._core_audio.ask)

    def _fresh_network(self) -> MacNetwork:
        return MacNetwork(DarwinNetworkKernel(), self._tools, processes=lambda: processes.names(self._tools))
