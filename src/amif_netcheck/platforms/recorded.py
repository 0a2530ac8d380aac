"""A machine from a recording: answers the same questions as a real one, on any system, the same each time."""

from __future__ import annotations

from ipaddress import ip_network

from msgspec import Struct

from amif_netcheck.model.facts import (
    Battery,
    Computer,
    EthernetLink,
    Medium,
    Reason,
    Unavailable,
    WifiLink,
)
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
    Unfixable,
    Work,
)


class RecordedRoute(Struct, frozen=True, kw_only=True):
    """Where packets to a network leave: the source address and the interface; `blocked` when a route forbids it."""

    to: str
    source: str = ""
    interface: str = ""
    blocked: bool = False


SILENCE = Sound(streams=(), devices=())


class Machine(Struct, frozen=True, kw_only=True):
    """What there is to know about a machine.

    Of `ways` the first that holds the destination counts. `counters`, `tcp_sockets`, `work` and `memory` are successive
    readings, the last of which repeats; an empty `processes`, `tcp_sockets`, `work` or `memory`, or a state of `None`, means
    that the system refused to tell. `ports`, `ethernet` and `wifi` are by interface.
    """

    os: str = "linux"
    interfaces: tuple[Interface, ...] = ()
    ways: tuple[RecordedRoute, ...] = ()
    gateway: Gateway | None = None
    networks: dict[str, tuple[str, ...]] = {}
    neighbours: dict[str, tuple[Neighbour, ...]] = {}
    metered: bool = False
    computer: Computer = Computer.PHYSICAL
    ports: dict[str, Port] = {}
    ethernet: dict[str, EthernetLink] = {}
    wifi: dict[str, WifiLink] = {}
    counters: dict[str, tuple[ByteCounters, ...]] = {}
    tcp_sockets: tuple[tuple[TcpSocket, ...], ...] = ()
    connections: tuple[OwnedSocket, ...] = ()
    processes: dict[int, str] = {}
    tunnel_owners: dict[str, str] = {}
    work: tuple[Work, ...] = ()
    memory: tuple[Storage, ...] = ()
    battery: Battery | None = None
    power_saver: bool | None = False
    restart_pending: bool | None = False
    installing: bool | None = False
    sound: Sound = SILENCE
    proxy_settings: tuple[ProxySetting, ...] = ()


class Recorded(Unfixable):
    """See `Platform`."""

    def __init__(self, machine: Machine) -> None:
        self.name = machine.os
        self._machine = machine
        self._readings: dict[str, int] = {}

    def interfaces(self) -> tuple[Interface, ...] | Unavailable:
        """See `Platform`."""
        return self._machine.interfaces

    def egress(self, address: Address) -> tuple[str, str] | Unavailable:
        """See `Platform`."""
        for way in self._machine.ways:
            if address in ip_network(way.to):
                if way.blocked:
                    return Unavailable(reason=Reason.BLOCKED, detail="a route forbids it")
                return way.source, way.interface
        return Unavailable(reason=Reason.NOT_PRESENT, detail="no route")

    def gateway(self) -> Gateway | Unavailable:
        """See `Platform`."""
        return self._machine.gateway or Unavailable(reason=Reason.NOT_PRESENT, detail="no gateway")

    def computer(self) -> Computer | Unavailable:
        """See `Platform`."""
        return self._machine.computer

    def port(self, interface: str) -> Port | Unavailable:
        """See `Platform`."""
        return self._machine.ports.get(interface, Port(interface=interface, medium=Medium.UNKNOWN))

    def ethernet(self, interface: str) -> EthernetLink | Unavailable:
        """See `Platform`."""
        absent = Unavailable(reason=Reason.NOT_PRESENT, detail="no cable recorded")
        return self._machine.ethernet.get(interface, absent)

    def wifi(self, interface: str, until: float) -> WifiLink | Unavailable:
        """See `Platform`."""
        del until
        absent = Unavailable(reason=Reason.NOT_PRESENT, detail="no Wi-Fi recorded")
        return self._machine.wifi.get(interface, absent)

    def networks(self, interface: str) -> tuple[str, ...] | Unavailable:
        """See `Platform`."""
        return self._machine.networks.get(interface, ())

    def neighbours(self, interface: str) -> tuple[Neighbour, ...] | Unavailable:
        """See `Platform`."""
        return self._machine.neighbours.get(interface, ())

    def metered(self) -> bool | Unavailable:
        """See `Platform`."""
        return self._machine.metered

    def counters(self, interface: str) -> ByteCounters | Unavailable:
        """See `Platform`."""
        readings = self._machine.counters.get(interface, ())
        if not readings:
            return Unavailable(reason=Reason.NOT_PRESENT, detail="the interface went away")
        return readings[self._turn(f"counters {interface}", len(readings))]

    def tcp_sockets(self) -> tuple[TcpSocket, ...] | Unavailable:
        """See `Platform`."""
        readings = self._machine.tcp_sockets
        if not readings:
            return Unavailable(reason=Reason.NOT_PERMITTED, detail="inet_diag")
        return readings[self._turn("tcp_sockets", len(readings))]

    def connections(self) -> tuple[OwnedSocket, ...] | Unavailable:
        """See `Platform`."""
        return self._machine.connections

    def processes(self) -> dict[int, str] | Unavailable:
        """See `Platform`."""
        return self._machine.processes or Unavailable(reason=Reason.NOT_PERMITTED, detail="processes")

    def tunnel_owners(self) -> dict[str, str]:
        """See `Platform`."""
        return self._machine.tunnel_owners

    def work(self) -> Work | Unavailable:
        """See `Platform`."""
        readings = self._machine.work
        return readings[self._turn("work", len(readings))] if readings else _refused("work")

    def memory(self) -> Storage | Unavailable:
        """See `Platform`."""
        readings = self._machine.memory
        return readings[self._turn("memory", len(readings))] if readings else _refused("memory")

    def battery(self) -> Battery | Unavailable:
        """See `Platform`."""
        return self._machine.battery or Unavailable(reason=Reason.NOT_PRESENT, detail="no battery")

    def power_saver(self) -> bool | Unavailable:
        """See `Platform`."""
        return _known(self._machine.power_saver, "power_saver")

    def restart_pending(self) -> bool | Unavailable:
        """See `Platform`."""
        return _known(self._machine.restart_pending, "restart_pending")

    def installing(self) -> bool | Unavailable:
        """See `Platform`."""
        return _known(self._machine.installing, "installing")

    def sound(self, until: float) -> Sound:
        """See `Platform`."""
        del until
        return self._machine.sound

    def portaudio_package(self) -> str:
        """See `Platform`."""
        return ""

    def proxy_settings(self) -> tuple[ProxySetting, ...] | Unavailable:
        """See `Platform`."""
        return self._machine.proxy_settings

    def _turn(self, what: str, readings: int) -> int:
        """Which reading comes now."""
        turn = self._readings.get(what, 0)
        self._readings[what] = turn + 1
        return min(turn, readings - 1)


def _refused(what: str) -> Unavailable:
    return Unavailable(reason=Reason.NOT_PERMITTED, detail=what)


def _known(state: bool | None, what: str) -> bool | Unavailable:  # noqa: FBT001 - it is the answer
    return _refused(what) if state is None else state
