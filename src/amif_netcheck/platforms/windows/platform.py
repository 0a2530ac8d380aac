"""Windows 10 22H2 and 11: its own libraries by ctypes. A standard user's rights suffice, and nothing is asked of the person."""

from __future__ import annotations

import socket
import threading
import time
from typing import Self

from amif_netcheck.children.threads import BackgroundCall
from amif_netcheck.model.facts import Battery, Camera, Computer, EthernetLink, Unavailable, WifiLink
from amif_netcheck.model.fix import Fix, FixKind, FixRequest, FixResult
from amif_netcheck.platforms.answers import (
    Address,
    ByteCounters,
    CameraUser,
    CpuSample,
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
from amif_netcheck.platforms.sound_snapshot import SharedSnapshot
from amif_netcheck.platforms.windows import (
    cable,
    camera_users,
    cameras,
    computer,
    consent,
    echo,
    fixes,
    metered,
    ports,
    power,
    process_traffic,
    processes,
    proxies,
    tcp_info,
    updates,
    wifi,
)
from amif_netcheck.platforms.windows.com import Ole32
from amif_netcheck.platforms.windows.network import WindowsNetwork
from amif_netcheck.platforms.windows.process_traffic import WindowsSources
from amif_netcheck.platforms.windows.registry_values import RegistryReader
from amif_netcheck.platforms.windows.services import ServiceManager
from amif_netcheck.platforms.windows.sound import CoreAudio
from amif_netcheck.platforms.windows.winhttp import ProxyCalls

_PROXIES_S = 2.0
"""Services of Windows' own answer, which may hang."""


class Windows(Platform):
    """See `Platform`; the work is in this folder's files. `offline`: nothing is to be sent."""

    name = "windows"

    def __init__(self, *, offline: bool = False) -> None:
        self._offline = offline
        self._network = WindowsNetwork()
        self._com, self._registry, self._nt = Ole32(), RegistryReader(), processes.Nt()
        self._sound = self._new_sound()

    def renewed(self) -> Self:
        """See `Platform`."""
        return type(self)(offline=self._offline)

    def interfaces(self) -> tuple[Interface, ...] | Unavailable:
        """See `Platform`."""
        return self._network.interfaces()

    def egress(self, address: Address) -> tuple[str, str] | Unavailable:
        """See `Platform`."""
        return self._network.egress(address)

    def gateway(self) -> Gateway | Unavailable:
        """See `Platform`."""
        return self._network.gateway()

    def networks(self, interface: str) -> tuple[str, ...] | Unavailable:
        """See `Platform`."""
        return self._network.networks(interface)

    def neighbours(self, interface: str) -> tuple[Neighbour, ...] | Unavailable:
        """See `Platform`."""
        return self._network.neighbours(interface)

    def proxy_settings(self) -> tuple[ProxySetting, ...] | Unavailable:
        """See `Platform`."""
        call = BackgroundCall(lambda: proxies.settings(RegistryReader(), ProxyCalls()))
        return call.result(time.monotonic() + _PROXIES_S)

    def computer(self) -> Computer | Unavailable:
        """See `Platform`."""
        return computer.kind(computer.Firmware(), self._registry)

    def port(self, interface: str) -> Port | Unavailable:
        """See `Platform`."""
        adapter, below = self._network.adapter(interface), self._network.ports(interface)
        if isinstance(adapter, Unavailable):
            return adapter
        return below if isinstance(below, Unavailable) else ports.of_interface(adapter, below)

    def ethernet(self, interface: str) -> EthernetLink | Unavailable:
        """See `Platform`."""
        adapter = self._network.link(interface)
        return adapter if isinstance(adapter, Unavailable) else cable.link(adapter)

    def wifi(self, interface: str, until: float) -> WifiLink | Unavailable:
        """See `Platform`."""
        adapter = self._network.adapter(interface)
        return adapter if isinstance(adapter, Unavailable) else wifi.of_adapter(adapter, until)

    def metered(self) -> bool | Unavailable:
        """See `Platform`."""
        return metered.of_network(self._network)

    def counters(self, interface: str) -> ByteCounters | Unavailable:
        """See `Platform`."""
        return self._network.counters(interface)

    def traffic_by_process(self, until: float, stop: threading.Event) -> TrafficByProcess | Unavailable:
        """See `Platform`."""
        interfaces = self._network.interfaces()
        known = () if isinstance(interfaces, Unavailable) else interfaces
        own = frozenset(address for interface in known for address in interface.addresses)
        return process_traffic.watch(own, until, stop, WindowsSources.of_kernel(self._nt))

    def echo_socket(self, address: str, scope: int) -> socket.socket | Unavailable:
        """See `Platform`."""
        return echo.echo_socket(address, scope)

    def acked_bytes(self, sock: socket.socket, sent: int) -> int | Unavailable:
        """See `Platform`."""
        return tcp_info.acked_bytes(sock, sent)

    def resent_bytes(self, sock: socket.socket) -> int | Unavailable:
        """See `Platform`."""
        return tcp_info.resent_bytes(sock)

    def processes(self) -> dict[int, str] | Unavailable:
        """See `Platform`."""
        return processes.names(self._nt)

    def work(self) -> CpuSample | Unavailable:
        """See `Platform`."""
        return processes.work(self._nt)

    def memory(self) -> MemorySample | Unavailable:
        """See `Platform`."""
        return processes.memory(self._nt)

    def battery(self) -> Battery | Unavailable:
        """See `Platform`."""
        return power.battery(power.Power())

    def power_saver(self) -> bool | Unavailable:
        """See `Platform`."""
        return power.power_saver(power.Power())

    def restart_pending(self) -> bool | Unavailable:
        """See `Platform`."""
        return updates.restart_pending(self._com, self._registry, ServiceManager())

    def update_in_progress(self) -> bool | Unavailable:
        """See `Platform`."""
        return updates.in_progress(self._com, updates.MsiMutex(), ServiceManager())

    def sound(self, until: float) -> Sound:
        """See `Platform`."""
        return self._sound.get(until)

    def microphone_allowed(self, until: float) -> bool | Unavailable:
        """See `Platform`."""
        del until  # reading the registry takes no time
        return consent.allowed(self._registry, consent.MICROPHONE)

    def cameras(self, until: float) -> tuple[Camera, ...] | Unavailable:
        """See `Platform`."""
        return cameras.present(cameras.Cfgmgr32(), self._registry, until)

    def camera_users(self, until: float) -> tuple[CameraUser, ...] | Unavailable:
        """See `Platform`."""
        del until
        return camera_users.using(self._registry, processes.running(self._nt))

    def camera_allowed(self, until: float) -> bool | Unavailable:
        """See `Platform`."""
        del until
        return consent.allowed(self._registry, consent.CAMERA)

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
            self._network = WindowsNetwork()
            self._sound = self._new_sound()

    def _new_sound(self) -> SharedSnapshot:
        return SharedSnapshot(CoreAudio(self._com, self._nt, self._registry, cameras.Cfgmgr32()).ask)
