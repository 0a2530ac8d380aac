"""Facts: what probes observed, with units in the names; or why a thing could not be observed.

In JSON every fact carries `state`: `measured`, or `unavailable` with a `reason`. One file a subject.
"""

from __future__ import annotations

from msgspec import Struct

from amif_netcheck.model.facts.apps import AppsFacts, Battery, Memory, Program
from amif_netcheck.model.facts.base import NOT_REQUESTED, Address, Fact, Host, Reason, Unavailable
from amif_netcheck.model.facts.firewall import (
    AccessMethod,
    Certificate,
    FirewallFacts,
    Flaw,
    MeetingAddress,
    NameServer,
    Outcome,
    Page,
    Place,
    Portal,
    Proxy,
    ProxyKind,
    ProxySource,
    Reach,
    Resolver,
    Role,
    Trust,
)
from amif_netcheck.model.facts.headset import (
    SPOKEN_INTO,
    WORN,
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
    BothWays,
    Call,
    CallWay,
    Confidence,
    Ended,
    Engine,
    LinkFacts,
    Loaded,
    Loss,
    NameLookup,
    OneWay,
    ProbeMethod,
    Spread,
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
    "Answers",
    "Application",
    "AppsFacts",
    "Attempt",
    "Band",
    "Battery",
    "BothWays",
    "Call",
    "CallApplication",
    "CallPart",
    "CallWay",
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
    "Generation",
    "HeadsetFacts",
    "Host",
    "LinkFacts",
    "LinkKind",
    "Loaded",
    "Loss",
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
    "Portal",
    "ProbeMethod",
    "Program",
    "ProximityFacts",
    "Proxy",
    "ProxyKind",
    "ProxySource",
    "Reach",
    "Reason",
    "Recording",
    "Resolver",
    "Role",
    "Route",
    "RoutesByFamily",
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
    "Spread",
    "TrafficFacts",
    "Train",
    "Transfer",
    "Trust",
    "Tunnel",
    "Unavailable",
    "VpnFacts",
    "WifiLink",
    "WifiSource",
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
    firewall: FirewallFacts | Unavailable = NOT_REQUESTED
    sound_test: SoundTestFacts | Unavailable = NOT_REQUESTED
    link: LinkFacts | Unavailable = NOT_REQUESTED
