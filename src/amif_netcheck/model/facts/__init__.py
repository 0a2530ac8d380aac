"""Facts: what probes observed, with units in the names; or why a thing could not be observed.

In JSON every fact carries `state`: `measured`, or `unavailable` with a `reason`. One file a subject.
"""

from __future__ import annotations

from msgspec import Struct

from amif_netcheck.model.facts.apps import AppsFacts, Battery, Memory, Program
from amif_netcheck.model.facts.base import NOT_REQUESTED, Address, Fact, Host, Reason, Unavailable
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
from amif_netcheck.model.facts.traffic import Application, TrafficFacts
from amif_netcheck.model.facts.vpn import Carriage, LinkKind, Route, Tunnel, VpnFacts, Ways

__all__ = [
    "NOT_REQUESTED",
    "Address",
    "Application",
    "AppsFacts",
    "Attempt",
    "Battery",
    "BothWays",
    "Call",
    "CallWay",
    "Carriage",
    "Confidence",
    "Ended",
    "Engine",
    "Fact",
    "Facts",
    "Host",
    "LinkFacts",
    "LinkKind",
    "Loaded",
    "Loss",
    "Memory",
    "NameLookup",
    "OneWay",
    "ProbeMethod",
    "Program",
    "Reason",
    "Route",
    "Spread",
    "TrafficFacts",
    "Train",
    "Transfer",
    "Tunnel",
    "Unavailable",
    "VpnFacts",
    "Ways",
]


class Facts(Struct, frozen=True, kw_only=True):
    """All facts of a run, by subject."""

    vpn: VpnFacts | Unavailable = NOT_REQUESTED
    traffic: TrafficFacts | Unavailable = NOT_REQUESTED
    apps: AppsFacts | Unavailable = NOT_REQUESTED
    link: LinkFacts | Unavailable = NOT_REQUESTED
