"""A participant's Windows laptop and a MacBook Air, as their platforms would tell them; French ones, with invented names.

Composed by hand: nobody has recorded a real one yet. Names of interfaces and sound devices are of the shape that French
Windows 11 (`Ethernet 2`, `Haut-parleurs (…)`) and macOS (`Micro MacBook Air`) give them.
"""

from __future__ import annotations

from amif_netcheck.model.facts import (
    Band,
    Battery,
    Carriage,
    DeviceSource,
    Direction,
    Generation,
    LinkKind,
    Medium,
    ProxyKind,
    ProxySource,
    Reason,
    SoundBus,
    SoundDevice,
    SoundKind,
    SoundUse,
    Unavailable,
    WifiLink,
    WifiSource,
)
from amif_netcheck.platforms.answers import (
    ByteCounters,
    CpuSample,
    Gateway,
    Interface,
    MemorySample,
    Neighbour,
    Port,
    ProcessTraffic,
    ProcessUsage,
    ProxySetting,
    Sound,
    SoundStream,
    TrafficByProcess,
)
from amif_netcheck.platforms.recorded import Machine, RecordedRoute

ADMINISTRATORS = Unavailable(reason=Reason.NOT_PERMITTED, detail="the administrator's")
UNTOLD = Unavailable(reason=Reason.UNSUPPORTED, detail="not told")
LOCATION = Unavailable(reason=Reason.NOT_PERMITTED, detail="location services")
BOX, PRINTER = "192.168.1.1", "192.168.1.45"
NEIGHBOURS = (
    Neighbour(address=BOX, mac="00:00:5e:00:53:01"),
    Neighbour(address=PRINTER, mac="00:00:5e:00:53:45"),
)


def sound_device(
    name: str, direction: Direction, kind: SoundKind, apparatus: int, *, bus: SoundBus, chosen: bool
) -> SoundDevice:
    return SoundDevice(
        name=name,
        direction=direction,
        kind=kind,
        bus=bus,
        default=chosen,
        communications=False,
        apparatus=apparatus,
        plugged=True,
        volume_pct=80.0,
        volume_db=-6.0,
    )


def interface(name: str, *addresses: str, up: bool = True, routes: bool = False, kind: LinkKind = LinkKind.HARDWARE) -> Interface:  # fmt: skip
    tunnel = kind is not LinkKind.HARDWARE and kind is not LinkKind.LOOPBACK and kind is not LinkKind.VIRTUAL
    return Interface(
        name=name,
        kind=kind,
        carriage=Carriage.TUNNEL if tunnel else Carriage.DIRECT,
        up=up,
        tunnel=name if tunnel else "",
        addresses=addresses,
        routes=routes,
    )


def wifi(source: WifiSource | Unavailable, **more: object) -> WifiLink:
    return WifiLink(
        source=source,
        signal_dbm=-58.0,
        signal_pct=84.0,
        frequency_mhz=5500,
        band=Band.GHZ_5,
        channel=100,
        width_mhz=80,
        send_mbit_s=866.0,
        generation=Generation.WIFI_6,
        ssid=LOCATION,
        other_bands=LOCATION,
        **more,  # type: ignore[arg-type]
    )


def memory() -> tuple[MemorySample, ...]:
    return (
        MemorySample(
            total=16_777_216_000,
            available=6_840_000_000,
            swap_used=0,
            swapped_in=UNTOLD,
            stalled_pct=UNTOLD,
        ),
    )


def work(busy: str) -> tuple[CpuSample, ...]:
    """Two readings, between which one program took half of the computer."""

    def reading(seconds: float, cpu_s: float) -> CpuSample:
        programs = {4242: ProcessUsage(name=busy, mine=True, cpu_s=cpu_s, memory_mb=900.0)}
        return CpuSample(
            busy_s=seconds * 5, total_s=seconds * 8, cores=8, processes=programs, slowdowns=UNTOLD
        )

    return reading(1000.0, 10.0), reading(1001.0, 14.0)


_H = SoundKind.HEADSET
WINDOWS = Machine(
    os="windows",
    interfaces=(
        interface("Wi-Fi", "192.168.1.20", "fe80::1", routes=True),
        interface("Ethernet 2", up=False),
        interface("Connexion réseau Bluetooth", up=False),
        interface("vEthernet (WSL)", "172.20.0.1", kind=LinkKind.VIRTUAL),
        interface("wg-bureau", "10.8.0.2", routes=True, kind=LinkKind.TUN),
        interface("Loopback Pseudo-Interface 1", "127.0.0.1", "::1", kind=LinkKind.LOOPBACK),
    ),
    routes=(
        RecordedRoute(to="192.168.1.0/24", source="192.168.1.20", interface="Wi-Fi"),
        RecordedRoute(to="0.0.0.0/0", source="10.8.0.2", interface="wg-bureau"),
    ),
    gateway=Gateway(address=BOX, interface="Wi-Fi", scope=12),
    networks={"Wi-Fi": ("192.168.1.0/24",), "wg-bureau": ("10.8.0.0/24",)},
    neighbours={"Wi-Fi": NEIGHBOURS},
    ports={"Wi-Fi": Port(interface="Wi-Fi", medium=Medium.WIFI)},
    wifi={"Wi-Fi": wifi(WifiSource.WLANAPI, receive_mbit_s=780.0)},
    counters={
        "Wi-Fi": (
            ByteCounters(received=10_000_000, sent=2_000_000),
            ByteCounters(received=10_200_000, sent=4_000_000),
        )
    },
    traffic_by_process=TrafficByProcess(
        window_s=3.0,
        processes=(
            ProcessTraffic(
                pid=77, name="OneDrive.exe", sent=ADMINISTRATORS, received=ADMINISTRATORS, connections=5
            ),
        ),
    ),
    processes={4: "System", 77: "OneDrive.exe", 4242: "ms-teams.exe"},
    work=work("ms-teams.exe"),
    memory=memory(),
    battery=Battery(charge_pct=64.0, discharging=True),
    sound=Sound(
        streams=(
            SoundStream(application="Spotify", process="Spotify.exe", pid=99, use=SoundUse.PLAYS),
        ),
        devices=(
            sound_device("Haut-parleurs (Realtek(R) Audio)", Direction.OUTPUT, SoundKind.BUILT_IN, 2, bus=SoundBus.INTERNAL, chosen=True),
            sound_device("Réseau de microphones (Realtek(R) Audio)", Direction.INPUT, SoundKind.BUILT_IN, 2, bus=SoundBus.INTERNAL, chosen=True),
            sound_device("Casque (Sonelle H20)", Direction.OUTPUT, _H, 1, bus=SoundBus.USB, chosen=False),
            sound_device("Microphone (Sonelle H20)", Direction.INPUT, _H, 1, bus=SoundBus.USB, chosen=False),
        ),
        source=DeviceSource.SYSTEM,
    ),
    microphone_allowed=False,
    proxy_settings=(
        ProxySetting(source=ProxySource.SYSTEM, kind=ProxyKind.SCRIPT, url="http://proxy.example.org/p.pac"),
    ),
)  # fmt: skip
MACOS = Machine(
    os="macos",
    interfaces=(
        interface("lo0", "127.0.0.1", "::1", kind=LinkKind.LOOPBACK),
        interface("en0", "192.168.1.21", "fe80::2", routes=True),
        interface("en7", up=False),
        interface("utun0", "fe80::3", kind=LinkKind.TUN),
    ),
    routes=(RecordedRoute(to="0.0.0.0/0", source="192.168.1.21", interface="en0"),),
    gateway=Gateway(address=BOX, interface="en0", scope=11),
    networks={"en0": ("192.168.1.0/24",)},
    neighbours={"en0": NEIGHBOURS},
    ports={"en0": Port(interface="en0", medium=Medium.WIFI)},
    wifi={"en0": wifi(WifiSource.CORE_WLAN, noise_dbm=-92.0, receive_mbit_s=UNTOLD)},
    counters={"en0": (ByteCounters(received=5_000_000, sent=1_000_000),)},
    traffic_by_process=TrafficByProcess(
        window_s=3.0,
        processes=(ProcessTraffic(pid=501, name="firefox", sent=1000, received=90_000, connections=4),),
    ),
    processes={1: "launchd", 501: "firefox"},
    work=work("firefox"),
    memory=memory(),
    battery=Battery(charge_pct=86.0, discharging=False),
    sound=Sound(
        streams=(),
        devices=(
            sound_device("Haut-parleurs MacBook Air", Direction.OUTPUT, SoundKind.BUILT_IN, 2, bus=SoundBus.INTERNAL, chosen=True),
            sound_device("Micro MacBook Air", Direction.INPUT, SoundKind.BUILT_IN, 2, bus=SoundBus.INTERNAL, chosen=True),
        ),
        source=DeviceSource.SYSTEM,
    ),
    microphone_allowed=False,
)  # fmt: skip
MACHINES = {"Windows": WINDOWS, "macOS": MACOS}
