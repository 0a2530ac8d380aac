"""What platforms answer with: readings and descriptions of this computer. No judgement is among them."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address

from msgspec import Struct

from amif_netcheck.model.facts import (
    Carriage,
    DeviceSource,
    LinkKind,
    Medium,
    ProxyKind,
    ProxySource,
    SoundDevice,
    SoundObstacle,
    SoundUse,
    Unavailable,
)

Address = IPv4Address | IPv6Address


class Interface(Struct, frozen=True, kw_only=True):
    """A network interface. `tunnel` is the one that it stands on, such as a bridge's port, or itself; empty without one.

    `product` is the VPN that the tunnel's driver belongs to, where the system tells.
    """

    name: str
    kind: LinkKind
    carriage: Carriage
    up: bool
    tunnel: str = ""
    addresses: tuple[str, ...] = ()
    routes: bool = False  # some destination beyond its own subnets goes through it
    product: str = ""


class Egress(Struct, frozen=True, kw_only=True):
    """The source address and the interface of some packets of a call: its page (`web`), or picture and sound.

    `needs_mark`: only of packets that the system's firewall marks, which nobody but its administrator can know. `ipsec`:
    they are encrypted before they leave. `port`: of a bridge, the port that they leave by; empty where nobody knows.
    """

    source: str
    interface: str
    port: str = ""
    web: bool = True
    media: bool = True
    needs_mark: bool = False
    ipsec: bool = False


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


class ProcessTraffic(Struct, frozen=True, kw_only=True):
    """What one process exchanged with other computers while it was watched: payload bytes, and connections at the end.

    `sent` and `received` count what the system counts: TCP on Linux, TCP and UDP on macOS, nothing on Windows (its
    counters are the administrator's). What the programs of this computer exchange through a tunnel is theirs, not that of
    the process that holds the tunnel. `quic_connections` are those over UDP to port 443; `unconnected_udp` counts sockets
    without a peer, from which anybody can be reached. `ancestors` are the names of those that started it, nearest first.
    """

    pid: int
    name: str
    sent: int | Unavailable
    received: int | Unavailable
    connections: int = 0
    udp_connections: int = 0
    quic_connections: int = 0
    unconnected_udp: int = 0
    ancestors: tuple[str, ...] = ()


class TrafficByProcess(Struct, frozen=True, kw_only=True):
    """Every process that moved something within `window_s`, or holds connections.

    `others_hidden`: other accounts have programs on the network that are not among them; `hidden_sent` and
    `hidden_received` are what they moved, as far as the system counts it.
    """

    window_s: float
    processes: tuple[ProcessTraffic, ...]
    others_hidden: bool = False
    hidden_sent: int = 0
    hidden_received: int = 0


class ProcessUsage(Struct, frozen=True, kw_only=True):
    """A process: the processor seconds it has used since it started, and the memory it holds (10^6 bytes).

    `mine`: it belongs to the user we run as.
    """

    name: str
    mine: bool
    cpu_s: float
    memory_mb: float = 0.0


class CpuSample(Struct, frozen=True, kw_only=True):
    """A reading of what the processor has done since the start: seconds of all `cores` together.

    `slowdowns` counts the times a core ran slower to cool down.
    """

    busy_s: float
    total_s: float
    cores: int
    processes: dict[int, ProcessUsage] | Unavailable
    slowdowns: int | Unavailable


class MemorySample(Struct, frozen=True, kw_only=True):
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
    """Who plays and records, and with which devices; `obstacle` says more about what stays unknown.

    `source` is who answered. `records_itself`: what this computer plays is chosen as its microphone (a monitor of an output).
    """

    streams: tuple[SoundStream, ...] | Unavailable
    devices: tuple[SoundDevice, ...] | Unavailable
    source: DeviceSource = DeviceSource.SYSTEM
    obstacle: SoundObstacle = SoundObstacle.NONE
    records_itself: bool = False


class CameraUser(Struct, frozen=True, kw_only=True):
    """A program that has a camera. `pid` is 0, and a name empty, where it isn't known."""

    application: str = ""
    process: str = ""
    pid: int = 0


class ProxySetting(Struct, frozen=True, kw_only=True):
    """A proxy that the desktop's settings name: `url` of the proxy itself or of the script that chooses one.

    `exceptions` are the servers that are asked without it, as they are written there (`measure.proxies.is_listed`);
    `exceptions_only`: those alone are asked through it.
    """

    source: ProxySource
    kind: ProxyKind
    url: str = ""
    exceptions: tuple[str, ...] = ()
    exceptions_only: bool = False
