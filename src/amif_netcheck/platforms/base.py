"""What a platform can be asked. Every answer may be `Unavailable`; nothing here judges, and only `carry_out` changes anything."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address
from typing import NamedTuple, Protocol

from msgspec import Struct

from amif_netcheck.model.facts import (
    Battery,
    Carriage,
    Computer,
    EthernetLink,
    LinkKind,
    Medium,
    ProxyKind,
    ProxySource,
    SoundDevice,
    SoundObstacle,
    SoundUse,
    Unavailable,
    WifiLink,
)
from amif_netcheck.model.fix import Fix, FixKind, FixOutcome, FixRequest, FixResult

Address = IPv4Address | IPv6Address


class Interface(Struct, frozen=True, kw_only=True):
    """A network interface."""

    name: str
    kind: LinkKind
    carriage: Carriage
    up: bool
    addresses: tuple[str, ...] = ()
    routes: bool = False  # some destination beyond its own subnets goes through it


class Gateway(Struct, frozen=True, kw_only=True):
    """The box: where the default route on real hardware leads. `scope` is the interface index, for IPv6 link-local."""

    address: str
    interface: str
    scope: int = 0


class Neighbour(Struct, frozen=True, kw_only=True):
    """A device that this computer spoke with lately; `mac` in lower case, with colons."""

    address: str
    mac: str


class ByteCounters(Struct, frozen=True, kw_only=True):
    """Bytes that an interface has received and sent since it exists."""

    received: int
    sent: int


class Endpoints(NamedTuple):
    """Both ends of a connection: what tells it from all others. IPv4-mapped IPv6 addresses are written as IPv4."""

    local: str
    local_port: int
    remote: str
    remote_port: int


class TcpSocket(Struct, frozen=True, kw_only=True):
    """An established TCP connection with its payload byte counters."""

    endpoints: Endpoints
    sent: int
    received: int


class OwnedSocket(Struct, frozen=True, kw_only=True):
    """A TCP or UDP socket with a peer, and the process that holds it."""

    pid: int
    endpoints: Endpoints
    udp: bool = False


class ProcessUsage(Struct, frozen=True, kw_only=True):
    """A process: the processor seconds it has used since it started, and the memory it holds (10^6 bytes).

    `mine`: it belongs to the user we run as.
    """

    name: str
    mine: bool
    cpu_s: float
    memory_mb: float = 0.0


class Work(Struct, frozen=True, kw_only=True):
    """A reading of what the processor has done since the start: seconds of all `cores` together.

    `slowdowns` counts the times a core ran slower to cool down.
    """

    busy_s: float
    total_s: float
    cores: int
    tasks: dict[int, ProcessUsage] | Unavailable
    slowdowns: int | Unavailable


class Storage(Struct, frozen=True, kw_only=True):
    """A reading of the main memory, in bytes. `swapped_in` counts since the start; `stalled_pct` as in `facts.Memory`."""

    total: int
    available: int
    swap_used: int | Unavailable
    swapped_in: int | Unavailable
    stalled_pct: float | Unavailable


class Port(Struct, frozen=True, kw_only=True):
    """The hardware that an interface stands on."""

    interface: str
    medium: Medium


class SoundStream(Struct, frozen=True, kw_only=True):
    """Sound that a program plays or records. `pid` is 0 where it isn't known."""

    application: str
    process: str
    pid: int
    use: SoundUse
    muted: bool = False
    paused: bool = False


class Sound(Struct, frozen=True, kw_only=True):
    """Who plays and records, and with which devices; `obstacle` says more about what could not be told.

    `records_itself`: what this computer plays is chosen as its microphone (a monitor of an output).
    """

    streams: tuple[SoundStream, ...] | Unavailable
    devices: tuple[SoundDevice, ...] | Unavailable
    obstacle: SoundObstacle = SoundObstacle.NONE
    records_itself: bool = False


class ProxySetting(Struct, frozen=True, kw_only=True):
    """A proxy that the desktop's settings name: `url` of the proxy itself or of the script that chooses one."""

    source: ProxySource
    kind: ProxyKind
    url: str = ""


class Platform(Protocol):
    """One operating system, or a recording of one. All calls block for a short time at most."""

    name: str

    def interfaces(self) -> tuple[Interface, ...] | Unavailable:
        """All interfaces, with their addresses."""

    def egress(self, address: Address) -> tuple[str, str] | Unavailable:
        """(source address, interface name) of packets to `address`; sends nothing.

        `NOT_PRESENT` when there is no route, `BLOCKED` when a route forbids it.
        """

    def gateway(self) -> Gateway | Unavailable:
        """The box on the default route of real hardware, IPv4 first, also while a tunnel hides that route."""

    def computer(self) -> Computer | Unavailable:
        """What kind of computer this is."""

    def port(self, interface: str) -> Port | Unavailable:
        """The hardware that `interface` stands on: itself, or the port under a bridge, bond or VLAN."""

    def ethernet(self, interface: str) -> EthernetLink | Unavailable:
        """What the cable of a port carries."""

    def wifi(self, interface: str, until: float) -> WifiLink | Unavailable:
        """The radio link of a port, by `until` (`time.monotonic`). Asks for no scan and no location."""

    def networks(self, interface: str) -> tuple[str, ...] | Unavailable:
        """The local networks of an interface, such as `192.168.1.0/24`: its addresses with their prefixes."""

    def neighbours(self, interface: str) -> tuple[Neighbour, ...] | Unavailable:
        """The devices behind an interface that answered lately; sends nothing."""

    def metered(self) -> bool | Unavailable:
        """Is the line a phone's or another that is probably paid by volume?"""

    def counters(self, interface: str) -> ByteCounters | Unavailable:
        """The byte counters of one interface."""

    def tcp_sockets(self) -> tuple[TcpSocket, ...] | Unavailable:
        """All established TCP connections with their byte counters."""

    def connections(self) -> tuple[OwnedSocket, ...] | Unavailable:
        """TCP and UDP sockets with a peer, of the processes whose owner lets us see them."""

    def processes(self) -> dict[int, str] | Unavailable:
        """Running programs: process id -> name."""

    def tunnel_owners(self) -> dict[str, str]:
        """Tunnel interface -> name of the process that holds it open, as far as we may see it."""

    def work(self) -> Work | Unavailable:
        """What the processor has done so far, and for which processes."""

    def memory(self) -> Storage | Unavailable:
        """How the main memory is filled."""

    def battery(self) -> Battery | Unavailable:
        """The computer's own battery; `NOT_PRESENT` when it has none."""

    def power_saver(self) -> bool | Unavailable:
        """Does the computer save power at the price of speed?"""

    def restart_pending(self) -> bool | Unavailable:
        """Does an update wait for a restart?"""

    def installing(self) -> bool | Unavailable:
        """Does a package manager hold its lock?"""

    def sound(self, until: float) -> Sound:
        """Sound streams of programs (not of monitors, meters and filters) and sound devices, by `until` (monotonic)."""

    def portaudio_package(self) -> str:
        """What this system calls the package with PortAudio's library; empty when it is not to be installed apart."""

    def proxy_settings(self) -> tuple[ProxySetting, ...] | Unavailable:
        """The proxies of the desktop's own settings, beside the environment's; nothing is looked up or executed."""

    @property
    def fixable(self) -> frozenset[FixKind]:
        """What this platform may be able to do for the person."""

    def offers(self, wish: FixRequest, until: float) -> tuple[Fix, ...]:
        """What can be done now about a wish of a kind in `fixable`, by `until` (`time.monotonic`); changes nothing."""

    def carry_out(self, fix: Fix, until: float) -> FixResult:
        """Do what was offered, by `until` (`time.monotonic`): only ever called after the person's yes to exactly this."""


class Unfixable:
    """For a platform that can change nothing."""

    @property
    def fixable(self) -> frozenset[FixKind]:
        """See `Platform`."""
        return frozenset()

    def offers(self, wish: FixRequest, until: float) -> tuple[Fix, ...]:
        """See `Platform`."""
        del wish, until
        return ()

    def carry_out(self, fix: Fix, until: float) -> FixResult:
        """See `Platform`."""
        del fix, until
        return FixResult(outcome=FixOutcome.GONE)
