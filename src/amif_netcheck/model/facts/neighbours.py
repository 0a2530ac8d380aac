"""Other devices on the local network, and what they use of the line."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

from msgspec import Struct

from amif_netcheck.model.facts.base import NOT_REQUESTED, Address, Fact, Unavailable, private


class DeviceKind(Enum):
    """What a device is for, as far as it tells or its maker does."""

    BOX = "box"
    TV_BOX = "tv_box"
    TV = "tv"
    STREAMER = "streamer"  # a stick or a small box that brings videos to a screen
    CONSOLE = "console"
    CAMERA = "camera"
    SPEAKER = "speaker"
    NAS = "nas"
    SMART_HOME = "smart_home"
    PHONE = "phone"
    COMPUTER = "computer"
    PRINTER = "printer"
    PRIVATE_ADDRESS = "private_address"  # hides its maker, as phones, tablets and recent computers do
    OTHER = "other"


class Source(Enum):
    """How a device was noticed."""

    TABLE = "table"  # this computer spoke with it lately
    MDNS = "mdns"
    SSDP = "ssdp"


class Device(Struct, frozen=True, kw_only=True):
    """One device. `product` is a key of our catalog, `vendor` the maker of its network card; both empty when not known.

    `name` is what its owner or its maker called it; `given_name` is that which its owner can tell it by, at most 40
    characters, empty where there is none.
    """

    kind: DeviceKind
    product: str = ""
    vendor: str = ""
    name: Annotated[str, private("device")] = ""
    given_name: Annotated[str, private("device")] = ""
    addresses: tuple[Address, ...] = ()
    mac: Annotated[str, private("mac")] = ""
    seen_by: tuple[Source, ...] = ()


class Answers(Fact, frozen=True, kw_only=True):
    """A way of looking that worked, and how many devices it showed."""

    devices: int


class OthersUse(Fact, frozen=True, kw_only=True):
    """What others use of the line: what the box counted on it, less what this computer moved in the same time.

    Mbit/s (10^6 bit/s), averages over `window_s`, never below zero. The two were not read at the same instant and do not
    count the same headers: a true value may be off by `uncertain_down_mbit_s` and `uncertain_up_mbit_s`.
    """

    window_s: float
    down_mbit_s: float
    up_mbit_s: float
    uncertain_down_mbit_s: float
    uncertain_up_mbit_s: float
    own_down_mbit_s: float
    own_up_mbit_s: float


class NeighboursFacts(Fact, frozen=True, kw_only=True):
    """Devices on the network of the interface that carries the meeting, this computer left out.

    `devices` holds the ones that matter most for the line first, of `total`. `sweep` is `not_requested` unless the settings
    ask for it.
    """

    interface: str
    devices: tuple[Device, ...]
    total: int
    table: Answers | Unavailable
    mdns: Answers | Unavailable
    ssdp: Answers | Unavailable
    sweep: Answers | Unavailable = NOT_REQUESTED
    others: OthersUse | Unavailable = NOT_REQUESTED
