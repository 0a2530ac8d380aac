"""A French laptop with Windows 11 and a French MacBook Air, down to what the system's libraries and tools answer.

Each is put together from the shapes of the other files here, whose docstrings say where they come from; the names of people,
headsets and companies are invented. The platforms' own code reads them, and the demo takes its words from that
(`test_demo_systems`).
"""

from __future__ import annotations

import struct
from typing import Any, Self
from uuid import UUID

from amif_netcheck.model.facts import Camera, Unavailable, WifiLink
from amif_netcheck.platforms.macos import power
from amif_netcheck.platforms.macos.platform import MacOS
from amif_netcheck.platforms.macos.sound import MacSound
from amif_netcheck.platforms.sound_snapshot import SharedSnapshot
from amif_netcheck.platforms.windows import cameras, wifi, wlan
from amif_netcheck.platforms.windows.drivers import AdapterDriver
from amif_netcheck.platforms.windows.network import NetworkTables, WindowsNetwork
from amif_netcheck.platforms.windows.platform import Windows
from amif_netcheck.platforms.windows.sound import CoreAudio
from amif_netcheck.platforms.windows.tables import AddressRow, InterfaceRow, RouteRow
from tests.recorded import fake_core_audio, mac_tools, test_mac_wifi
from tests.recorded.fake_core_audio import FakeEndpoint
from tests.recorded.fake_windows import FakeKernel, FakeRegistry, FakeTree, process
from tests.recorded.mac_hal import FakeHal, Half, device, mac
from tests.recorded.mac_layouts import SERVICES, service
from tests.recorded.macs import (
    Mac,
    apples_routes,
    apples_tunnels,
    cable,
    dead_ends,
    home,
    loopback,
    netstat_of,
    tunnel,
)
from tests.recorded.macs import wifi as mac_wifi
from tests.recorded.test_mac_system import COOL, statistics
from tests.recorded.test_windows_devices_and_consent import CAMERA, INSIDE, STORE, THE_COMPUTER
from tests.recorded.test_windows_probes import WSL, WaysOut
from tests.recorded.test_windows_wifi import NO_SUCH_OPCODE, number, realtime
from tests.recorded.windows_endpoints import ARRAY_NODE, HEADSET_NODE, REALTEK

PROGRAMS_ON_WINDOWS = (
    "firefox.exe",
    "OneDrive.exe",
    "Spotify.exe",
    "Zoom.exe",
    "steam.exe",
    "ms-teams.exe",
    "MsMpEng.exe",
)
PROGRAMS_ON_MACS = {
    "firefox": "/Applications/Firefox.app/Contents/MacOS/firefox",
    "OneDrive": "/Applications/OneDrive.app/Contents/MacOS/OneDrive",
    "Spotify": "/Applications/Spotify.app/Contents/MacOS/Spotify",
    "zoom.us": "/Applications/zoom.us.app/Contents/MacOS/zoom.us",
    "steam_osx": "/Users/x/Library/Application Support/Steam/Steam.AppBundle/Steam/Contents/MacOS/steam_osx",
    "MSTeams": "/Applications/Microsoft Teams.app/Contents/MacOS/MSTeams",
    "wdavdaemon": "/Applications/Microsoft Defender.app/Contents/MacOS/wdavdaemon",
}
_WIFI, _CABLE, _TUNNEL = 12, 14, 40
_HEADSET, _INSIDE = UUID("6d3f2a01-1c4b-5e7d-9a8b-0123456789ab"), UUID(int=0xFFFFFFFFFFFFFFFF)
_PLACES = {
    "fr": ("Haut-parleurs", "Réseau de microphones", "Casque"),
    "en": ("Speakers", "Microphone Array", "Headphones"),
}
_CAMERAS = {"fr": "Caméra intégrée", "en": "Integrated Camera"}
_NOTEBOOK = {
    "fr": ("Haut-parleurs MacBook Air", "Micro MacBook Air", "Caméra FaceTime HD"),
    "en": ("MacBook Air Speakers", "MacBook Air Microphone", "FaceTime HD Camera"),
}  # fmt: skip


def _endpoint(
    name: str, flow: int, *, form: int, node: str = "", bus: str = "HDAUDIO", adapter: str = REALTEK
) -> FakeEndpoint:
    known = fake_core_audio
    return FakeEndpoint(
        f"{{0.0.{flow}.00000000}}.{{{name}}}",
        flow=flow,
        properties={
            known.NAME: f"{name} ({adapter})",
            known.ADAPTER: adapter,
            known.BUS: bus,
            known.CONTAINER: _HEADSET if bus == "USB" else _INSIDE,
            known.FORM: form,
            known.NODE: node,
        },
    )


_PERFORMANCE = struct.pack("<80xI", 2500) + bytes(200)
_PAGE_FILE = struct.pack("<IIII16x", 0, 500_000, 1_000, 2_000)


class LaptopWithWindows(Windows):
    """Windows 11 24H2 that speaks `language`: Wi-Fi under WireGuard, a headset that is not chosen, no leave for the location."""

    def __init__(self, language: str = "fr") -> None:
        super().__init__(offline=True)
        running = [process(100 + at, name) for at, name in enumerate(PROGRAMS_ON_WINDOWS)]
        self._nt = FakeKernel(running, {2: _PERFORMANCE, 18: _PAGE_FILE})  # type: ignore[assignment]
        self._registry = FakeRegistry(
            {f"HKCU\\{STORE}\\{each}": {"Value": "Allow"} for each in ("microphone", "webcam")}
        )
        self._network = WindowsNetwork(WaysOut(_TUNNEL), _tables, lambda _address: "10.8.0.2")
        self._tree = FakeTree(
            paths=(rf"{INSIDE}#{CAMERA}\global",),
            names={INSIDE: _CAMERAS[language]},
            containers={INSIDE: THE_COMPUTER},
        )
        speakers, microphones, headphones = _PLACES[language]
        endpoints = [
            _endpoint(speakers, 0, form=1),
            _endpoint(microphones, 1, form=4, node=ARRAY_NODE),
            _endpoint(headphones, 0, form=5, node=HEADSET_NODE, bus="USB", adapter="Sonelle H20"),
            _endpoint("Microphone", 1, form=5, node=HEADSET_NODE, bus="USB", adapter="Sonelle H20"),
        ]
        defaults = {(flow, role): endpoints[flow].id for flow in (0, 1) for role in (0, 2)}
        library = fake_core_audio.core_audio(endpoints, defaults)
        self._sound = SharedSnapshot(CoreAudio(library, self._nt, self._registry, self._tree).ask)

    def wifi(self, interface: str, until: float) -> WifiLink | Unavailable:
        del interface, until
        assert not wifi.may_locate(self._registry, 26100)
        return wifi.ask("{12}", _Radio, may_locate=False)  # type: ignore[arg-type]

    def cameras(self, until: float) -> tuple[Camera, ...] | Unavailable:
        return cameras.present(self._tree, self._registry, until)


class _Radio:
    """A session of wlanapi's."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        pass

    def query(self, _guid: str, opcode: int) -> bytes | Unavailable:
        told = {
            wlan.RSSI: number(-58),
            wlan.CHANNEL_NUMBER: number(100),
            wlan.REALTIME_QUALITY: realtime(wlan.RealtimeLink(frequency_mhz=5500, bandwidth=80, rssi=-58)),
        }
        return told.get(opcode, NO_SUCH_OPCODE)


def _tables() -> NetworkTables:
    card: dict[str, Any] = {"hardware": True, "connector": True}
    return NetworkTables(
        interfaces=(
            InterfaceRow(index=_WIFI, guid="{12}", alias="Wi-Fi", description="Intel(R) Wi-Fi 6 AX201 160MHz", type=71, media=16, medium=9, status=1, mac="a4:f9:33:00:00:01", **card),
            InterfaceRow(index=_CABLE, guid="{14}", alias="Ethernet 2", description="Realtek USB GbE Family Controller", type=6, medium=14, status=2, mac="00:e0:4c:00:00:02", **card),
            WSL,
            InterfaceRow(index=_TUNNEL, guid="{40}", alias="wg-bureau", description="WireGuard Tunnel", type=53, media=19, status=1),
        ),
        addresses=(
            AddressRow(index=_WIFI, address="192.168.1.20", prefix=24),
            AddressRow(index=WSL.index, address="172.28.16.1", prefix=20),
            AddressRow(index=_TUNNEL, address="10.8.0.2", prefix=24),
        ),
        routes=(
            RouteRow(index=_WIFI, to="0.0.0.0/0", hop="192.168.1.1"),
            RouteRow(index=_WIFI, to="192.168.1.0/24"),
            RouteRow(index=_TUNNEL, to="0.0.0.0/1"),
            RouteRow(index=_TUNNEL, to="128.0.0.0/1"),
        ),
        drivers={
            "{12}": AdapterDriver(component="pci\\ven_8086&dev_a0f0", device="pci\\ven_8086&dev_a0f0\\3"),
            "{14}": AdapterDriver(component="usb\\vid_0bda&pid_8153", device="usb\\vid_0bda&pid_8153\\4"),
            "{30}": AdapterDriver(component="vms_mp", device="root\\vms_mp\\0000"),
            "{40}": AdapterDriver(component="wireguard"),
        },
        dialled=(),
    )  # fmt: skip


_WIREGUARD = Mac(
    loopback()
    + dead_ends()
    + mac_wifi()
    + cable("en7", 18, usb=True, plugged=False)
    + apples_tunnels(4)
    + tunnel("utun4", 26, "inet 10.8.0.2 --> 10.8.0.2 netmask 0xffffffff", agent="bureau"),
    netstat_of(
        ["default            link#26            UCSg              utun4", *home(scoped=True),
         "10.8.0.2           10.8.0.2           UH                utun4"],
        ["default                                 link#26                         UCSg                utun4", *apples_routes(4)],
    ),
    outputs={"scutil --nc list": SERVICES + service("bureau", "VPN:com.wireguard.macos")},
)  # fmt: skip


class MacBook(MacOS):
    """macOS 15 that speaks `language`: Wi-Fi under WireGuard, a headset that is not chosen, nobody asked for the camera yet."""

    def __init__(self, language: str = "fr") -> None:
        super().__init__(offline=True)
        self._network = _WIREGUARD.network(read_wifi=lambda _interface: test_mac_wifi.AT_HOME)
        running = [
            (500 + at, 1, 501, "S", "1:00.00", 300_000, path)
            for at, path in enumerate(PROGRAMS_ON_MACS.values())
        ]
        self._tools = mac_tools.FakeTools(ps=mac_tools.ps(*running), pmset_therm=COOL)  # type: ignore[assignment]
        self._kernel = mac_tools.FakeKernel(statistics(0), 16384)  # type: ignore[assignment]
        self._objects = mac_tools.FakeObjects(status=0, low=False, heat=0)  # type: ignore[assignment]
        self._heat = power.HeatWatch(self._objects, self._tools)
        speakers, microphone, camera = _NOTEBOOK[language]
        self.camera_library: FakeHal = mac(device(camera, "3F45", "bltn"))
        headset = "AppleUSBAudioEngine:Sonelle:Sonelle H20:0000718017FA09"
        library = mac(
            device(speakers, "BuiltInSpeakerDevice", "bltn", model="Speaker", out=Half(term="spkr", source="ispk")),
            device(microphone, "BuiltInMicrophoneDevice", "bltn", model="Digital Mic", into=Half(term="micr", source="imic")),
            device("Sonelle H20", f"{headset}:1", "usb ", into=Half(term=0x0402)),
            device("Sonelle H20", f"{headset}:2", "usb ", out=Half(term=0x0402)),
            output="BuiltInSpeakerDevice",
            entry="BuiltInMicrophoneDevice",
        )  # fmt: skip
        self._sound = SharedSnapshot(MacSound(library, self._tools, self._kernel).ask)
