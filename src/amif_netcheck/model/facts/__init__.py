"""Facts: what probes observed, with units in the names; or why a thing could not be observed.

In JSON every fact carries `state`: `measured`, or `unavailable` with a `reason`. One file a subject.
"""

from __future__ import annotations

from msgspec import Struct

from amif_netcheck.model.facts.apps import AppsFacts, Battery, Memory, Program
from amif_netcheck.model.facts.base import NOT_REQUESTED, Address, Fact, Host, Reason, Unavailable
from amif_netcheck.model.facts.camera import Camera, CameraApplication, CameraBus, CameraFacts
from amif_netcheck.model.facts.firewall import (
    AccessMethod,
    Certificate,
    FirewallFacts,
    Flaw,
    MediaLadder,
    MediaRung,
    MediaWay,
    MeetingAddress,
    NameServer,
    Outcome,
    Page,
    Place,
    Portal,
    PortRange,
    Proxy,
    ProxyKind,
    ProxySource,
    Reach,
    Resolver,
    Role,
    Signalling,
    SignallingProtocol,
    Trust,
    WithoutUdp,
)
from amif_netcheck.model.facts.headset import (
    SPOKEN_INTO,
    WORN,
    AllowedFor,
    DeviceSource,
    Direction,
    HeadsetFacts,
    SoundBus,
    SoundDevice,
    SoundKind,
    is_worn,
)
from amif_netcheck.model.facts.link import (
    Attempt,
    Basis,
    BothWays,
    Call,
    CallWay,
    Confidence,
    Ended,
    Engine,
    Foretold,
    ForetoldPicture,
    ForetoldSound,
    ForetoldWay,
    LinkFacts,
    Loaded,
    Loss,
    Media,
    NameLookup,
    OneWay,
    Play,
    ProbeMethod,
    Record,
    Span,
    Spread,
    Stretch,
    Train,
    Transfer,
)
from amif_netcheck.model.facts.neighbours import (
    Answers,
    Device,
    DeviceKind,
    NeighboursFacts,
    OthersUse,
    Source,
)
from amif_netcheck.model.facts.proximity import (
    Band,
    Computer,
    Duplex,
    EthernetLink,
    Generation,
    Medium,
    OtherBand,
    ProximityFacts,
    WifiLink,
    WifiSource,
)
from amif_netcheck.model.facts.sound import SoundCue, SoundObstacle
from amif_netcheck.model.facts.sound_apps import CallApplication, SoundApplication, SoundAppsFacts, SoundUse
from amif_netcheck.model.facts.sound_test import Echo, Recording, SoundTestFacts
from amif_netcheck.model.facts.traffic import Application, TrafficFacts
from amif_netcheck.model.facts.vpn import (
    CallPart,
    Carriage,
    LinkKind,
    Route,
    RoutesByFamily,
    Tunnel,
    VpnFacts,
)

__all__ = [
    "NOT_REQUESTED",
    "SPOKEN_INTO",
    "WORN",
    "AccessMethod",
    "Address",
    "AllowedFor",
    "Answers",
    "Application",
    "AppsFacts",
    "Attempt",
    "Band",
    "Basis",
    "Battery",
    "BothWays",
    "Call",
    "CallApplication",
    "CallPart",
    "CallWay",
    "Camera",
    "CameraApplication",
    "CameraBus",
    "CameraFacts",
    "Carriage",
    "Certificate",
    "Computer",
    "Confidence",
    "Device",
    "DeviceKind",
    "DeviceSource",
    "Direction",
    "Duplex",
    "Echo",
    "Ended",
    "Engine",
    "EthernetLink",
    "Fact",
    "Facts",
    "FirewallFacts",
    "Flaw",
    "Foretold",
    "ForetoldPicture",
    "ForetoldSound",
    "ForetoldWay",
    "Generation",
    "HeadsetFacts",
    "Host",
    "LinkFacts",
    "LinkKind",
    "Loaded",
    "Loss",
    "Media",
    "MediaLadder",
    "MediaRung",
    "MediaWay",
    "Medium",
    "MeetingAddress",
    "Memory",
    "NameLookup",
    "NameServer",
    "NeighboursFacts",
    "OneWay",
    "OtherBand",
    "OthersUse",
    "Outcome",
    "Page",
    "Place",
    "Play",
    "PortRange",
    "Portal",
    "ProbeMethod",
    "Program",
    "ProximityFacts",
    "Proxy",
    "ProxyKind",
    "ProxySource",
    "Reach",
    "Reason",
    "Record",
    "Recording",
    "Resolver",
    "Role",
    "Route",
    "RoutesByFamily",
    "Signalling",
    "SignallingProtocol",
    "SoundApplication",
    "SoundAppsFacts",
    "SoundBus",
    "SoundCue",
    "SoundDevice",
    "SoundKind",
    "SoundObstacle",
    "SoundTestFacts",
    "SoundUse",
    "Source",
    "Span",
    "Spread",
    "Stretch",
    "TrafficFacts",
    "Train",
    "Transfer",
    "Trust",
    "Tunnel",
    "Unavailable",
    "VpnFacts",
    "WifiLink",
    "WifiSource",
    "WithoutUdp",
    "is_worn",
]


class Facts(Struct, frozen=True, kw_only=True):
    """All facts of a run, by subject."""

    proximity: ProximityFacts | Unavailable = NOT_REQUESTED
    vpn: VpnFacts | Unavailable = NOT_REQUESTED
    neighbours: NeighboursFacts | Unavailable = NOT_REQUESTED
    traffic: TrafficFacts | Unavailable = NOT_REQUESTED
    apps: AppsFacts | Unavailable = NOT_REQUESTED
    sound_apps: SoundAppsFacts | Unavailable = NOT_REQUESTED
    headset: HeadsetFacts | Unavailable = NOT_REQUESTED
    camera: CameraFacts | Unavailable = NOT_REQUESTED
    firewall: FirewallFacts | Unavailable = NOT_REQUESTED
    sound_test: SoundTestFacts | Unavailable = NOT_REQUESTED
    link: LinkFacts | Unavailable = NOT_REQUESTED
