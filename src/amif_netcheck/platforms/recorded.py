"""A machine from a recording: answers the same questions as a real one, on any system, the same each time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from ipaddress import ip_network
from typing import Any

from msgspec import Struct

from amif_netcheck.model.facts import (
    Battery,
    Camera,
    Computer,
    EthernetLink,
    Medium,
    Reason,
    Unavailable,
    WifiLink,
)
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


class RecordedRoute(Struct, frozen=True, kw_only=True):
    """Where packets to a network leave: the source address and the interface; `blocked` when a route forbids it."""

    to: str
    source: str = ""
    interface: str = ""
    blocked: bool = False


SILENCE = Sound(streams=(), devices=())


class Machine(Struct, frozen=True, kw_only=True):
    """What there is to know about a machine.

    Of `routes` the first that holds the destination counts. `counters`, `work` and `memory` are successive readings, the
    last of which repeats; an empty `processes`, `work` or `memory`, or a state of `None`, means that the system refused to
    tell. `networks`, `neighbours`, `ports`, `ethernet`, `wifi` and `counters` are by interface.
    """

    os: str = "linux"
    interfaces: tuple[Interface, ...] = ()
    routes: tuple[RecordedRoute, ...] = ()
    gateway: Gateway | None = None
    networks: dict[str, tuple[str, ...]] = {}
    neighbours: dict[str, tuple[Neighbour, ...]] = {}
    metered: bool = False
    computer: Computer = Computer.PHYSICAL
    ports: dict[str, Port] = {}
    ethernet: dict[str, EthernetLink] = {}
    wifi: dict[str, WifiLink] = {}
    counters: dict[str, tuple[ByteCounters, ...]] = {}
    traffic_by_process: TrafficByProcess | None = TrafficByProcess(window_s=1.0, processes=())
    processes: dict[int, str] = {}
    tunnel_owners: dict[str, str] = {}
    work: tuple[CpuSample, ...] = ()
    memory: tuple[MemorySample, ...] = ()
    battery: Battery | None = None
    power_saver: bool | None = False
    restart_pending: bool | None = False
    update_in_progress: bool | None = False
    sound: Sound = SILENCE
    microphone_allowed: bool | None = None
    cameras: tuple[Camera, ...] = ()
    camera_users: tuple[CameraUser, ...] | None = ()
    camera_allowed: bool | None = None
    proxy_settings: tuple[ProxySetting, ...] = ()


def _absent(detail: str) -> Unavailable:
    return Unavailable(reason=Reason.NOT_PRESENT, detail=detail)


def _answer(field: str, otherwise: object = None) -> Any:
    """A question that a field of `Machine` answers, `otherwise` where that is empty; by default the system refused."""

    def answer(self: Recorded, *_arguments: object) -> Any:
        value = getattr(self.machine, field)
        refused = Unavailable(reason=Reason.NOT_PERMITTED, detail=field)
        return value if value not in (None, {}) else refused if otherwise is None else otherwise

    return answer


def _answer_by_interface(field: str, otherwise: Callable[[str], object]) -> Any:
    """A question about one interface."""

    def answer(self: Recorded, interface: str, *_arguments: object) -> Any:
        return getattr(self.machine, field).get(interface, otherwise(interface))

    return answer


class Recorded(Platform):
    """See `Platform`."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.name = machine.os
        self._lock = threading.Lock()
        self._readings: dict[str, int] = {}

    interfaces = _answer("interfaces")
    gateway = _answer("gateway", _absent("no gateway"))
    networks = _answer_by_interface("networks", lambda _interface: ())
    neighbours = _answer_by_interface("neighbours", lambda _interface: ())
    metered = _answer("metered")
    computer = _answer("computer")
    port = _answer_by_interface("ports", lambda name: Port(interface=name, medium=Medium.UNKNOWN))
    ethernet = _answer_by_interface("ethernet", lambda _interface: _absent("no cable recorded"))
    wifi = _answer_by_interface("wifi", lambda _interface: _absent("no Wi-Fi recorded"))
    traffic_by_process = _answer("traffic_by_process")
    processes = _answer("processes")
    tunnel_owners = _answer("tunnel_owners", {})
    battery = _answer("battery", _absent("no battery"))
    power_saver = _answer("power_saver")
    restart_pending = _answer("restart_pending")
    update_in_progress = _answer("update_in_progress")
    sound = _answer("sound")
    microphone_allowed = _answer("microphone_allowed", _absent("nobody was asked"))
    cameras = _answer("cameras")
    camera_users = _answer("camera_users")
    camera_allowed = _answer("camera_allowed", _absent("nobody was asked"))
    proxy_settings = _answer("proxy_settings")

    def egress(self, address: Address) -> tuple[str, str] | Unavailable:
        """See `Platform`."""
        for route in self.machine.routes:
            if address in ip_network(route.to):
                if route.blocked:
                    return Unavailable(reason=Reason.BLOCKED, detail="a route forbids it")
                return route.source, route.interface
        return _absent("no route")

    def counters(self, interface: str) -> ByteCounters | Unavailable:
        """See `Platform`."""
        readings = self.machine.counters.get(interface, ())
        return self._next(f"counters {interface}", readings) or _absent("the interface went away")

    def work(self) -> CpuSample | Unavailable:
        """See `Platform`."""
        return self._next("work", self.machine.work) or Unavailable(
            reason=Reason.NOT_PERMITTED, detail="work"
        )

    def memory(self) -> MemorySample | Unavailable:
        """See `Platform`."""
        refused = Unavailable(reason=Reason.NOT_PERMITTED, detail="memory")
        return self._next("memory", self.machine.memory) or refused

    def _next(self, question: str, readings: tuple[Any, ...]) -> Any:
        """The reading whose turn it is; None when there are none."""
        with self._lock:
            turn = self._readings.get(question, 0)
            self._readings[question] = turn + 1
        return readings[min(turn, len(readings) - 1)] if readings else None
