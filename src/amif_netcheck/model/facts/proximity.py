"""How close this computer is to the source of its connection: what carries the meeting's packets out of it."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

from msgspec import Struct

from amif_netcheck.model.facts.base import NOT_REQUESTED, Fact, Unavailable, private

Ssid = Annotated[str, private("ssid")]


class Medium(Enum):
    """What carries the packets, told from the hardware and its driver, never from an interface's name."""

    ETHERNET = "ethernet"
    WIFI = "wifi"
    CELLULAR = "cellular"  # a modem in this computer or on a stick
    TETHERED_PHONE = "tethered_phone"  # a phone on a USB cable; a phone's Wi-Fi is Wi-Fi
    BLUETOOTH = "bluetooth"
    VIRTUAL = "virtual"  # no hardware under it: a container's or a virtual machine's cable
    UNKNOWN = "unknown"


class Computer(Enum):
    """What kind of computer this is."""

    PHYSICAL = "physical"
    VIRTUAL_MACHINE = "virtual_machine"
    WSL = "wsl"  # Linux inside Windows
    CONTAINER = "container"


class Duplex(Enum):
    """Can both ends of a cable send at once?"""

    FULL = "full"
    HALF = "half"


class EthernetLink(Fact, frozen=True, kw_only=True):
    """What both ends of the cable agreed on. `rate_mbit_s` is the cable's, not the Internet line's."""

    rate_mbit_s: int | Unavailable
    duplex: Duplex | Unavailable


class Band(Enum):
    """A Wi-Fi band."""

    GHZ_2_4 = "2.4_ghz"
    GHZ_5 = "5_ghz"
    GHZ_6 = "6_ghz"
    GHZ_60 = "60_ghz"


class Generation(Enum):
    """What the link speaks, by the names of the Wi-Fi Alliance."""

    LEGACY = "legacy"  # 802.11a, b, g
    WIFI_4 = "wifi_4"  # 802.11n, HT
    WIFI_5 = "wifi_5"  # 802.11ac, VHT
    WIFI_6 = "wifi_6"  # 802.11ax, HE; "6E" when the band is 6 GHz
    WIFI_7 = "wifi_7"  # 802.11be, EHT


class WifiSource(Enum):
    """Who told the signal."""

    CORE_WLAN = "corewlan"  # macOS
    NL80211 = "nl80211"
    NETWORK_MANAGER = "networkmanager"
    PROC = "proc_net_wireless"
    WLANAPI = "wlanapi"  # Windows


class OtherBand(Struct, frozen=True, kw_only=True):
    """The same network on another band, as this computer hears it; the strongest of several.

    `same_name`: the network has the very same name there; else its name and a suffix such as "-5G", as some boxes do.
    """

    band: Band
    signal_dbm: float | Unavailable
    same_name: bool = True


class WifiLink(Fact, frozen=True, kw_only=True):
    """The radio link to the access point.

    `signal_pct` is the signal as Windows counts it: 0 at -100 dBm, 100 at -50 dBm and above. `estimated`: the dBm were
    worked out from a percentage that was all the source told. Rates are those of the last packets, in Mbit/s.
    """

    source: WifiSource | Unavailable
    signal_dbm: float | Unavailable
    signal_pct: float | Unavailable
    estimated: bool = False
    noise_dbm: float | Unavailable = NOT_REQUESTED
    frequency_mhz: int | Unavailable = NOT_REQUESTED
    band: Band | Unavailable = NOT_REQUESTED
    channel: int | Unavailable = NOT_REQUESTED
    width_mhz: int | Unavailable = NOT_REQUESTED
    receive_mbit_s: float | Unavailable = NOT_REQUESTED
    send_mbit_s: float | Unavailable = NOT_REQUESTED
    generation: Generation | Unavailable = NOT_REQUESTED
    ssid: Ssid | Unavailable = NOT_REQUESTED
    other_bands: tuple[OtherBand, ...] | Unavailable = NOT_REQUESTED


class ProximityFacts(Fact, frozen=True, kw_only=True):
    """What carries the meeting. `interface` is the hardware: the port under a bridge, a bond, a VLAN or a tunnel."""

    interface: str
    medium: Medium
    computer: Computer | Unavailable
    ethernet: EthernetLink | Unavailable
    wifi: WifiLink | Unavailable
