"""The VPN connections that the system itself keeps (System Settings, VPN), and which interface each has: scutil(8).

`scutil --nc list` names them, those of applications too (NetworkExtension), and says whether they are connected; words and
keys are the same in every language. An application that makes its tunnel by itself (OpenVPN, AnyConnect, …) is not among them.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable

from msgspec import Struct

from amif_netcheck.model.facts import Reason, Unavailable
from amif_netcheck.platforms.macos import property_text
from amif_netcheck.platforms.macos.ifconfig import Link
from amif_netcheck.platforms.macos.property_text import is_set, text_of
from amif_netcheck.platforms.macos.tools import Tools
from amif_netcheck.platforms.text import clean

SCUTIL = "/usr/sbin/scutil"
CONNECTED, DISCONNECTED, INVALID = "Connected", "Disconnected", "Invalid"
"""SCNetworkConnectionStatus, as scutil writes it."""
_LINE = re.compile(r"^[* ] ?\((\w+)\)\s+([0-9A-Fa-f-]{36})\s(.*)\[([^\[\]]*)\]\s*$")
_QUOTED = re.compile(r'"(.*)"')
_VPN_TYPES = ("VPN", "IPSec", "PPP:L2TP", "PPP:PPTP")
"""Of a service: what stands between brackets begins so. A PPPoE line or a modem (`PPP:Modem`) is no VPN."""
_AGENTS_PREFIX = "VPN: "
_TOOL_S = 2.0
_PROFILE_SIGNS = ("payload", "profile")


class VpnService(Struct, frozen=True, kw_only=True):
    """One of the system's VPN connections. `provider`: the bundle of its application, such as `com.wireguard.macos`, or empty."""

    identifier: str
    name: str
    status: str
    kind: str
    provider: str = ""

    @property
    def connected(self) -> bool:
        """Is it up?"""
        return self.status == CONNECTED


class VpnConfiguration(Struct, frozen=True, kw_only=True):
    """What the person could not change by hanging up.

    `on_demand`: the system connects it again by itself. `by_profile`: an organisation's profile keeps it.
    """

    on_demand: bool
    by_profile: bool


def listed(tools: Tools, until: float) -> tuple[VpnService, ...] | Unavailable:
    """All of them, by `until` (`time.monotonic`)."""
    shown = tools.output(SCUTIL, "--nc", "list", seconds=_left(until))
    return shown if isinstance(shown, Unavailable) else parse(shown)


def parse(shown: str) -> tuple[VpnService, ...]:
    """From `scutil --nc list`: status, identifier, type, name and type again, a line each."""
    return tuple(
        VpnService(
            identifier=found[2],
            name=clean(name[1]) if (name := _QUOTED.search(found[3])) else "",
            status=found[1],
            kind=found[4],
            provider=clean(found[4].partition(":")[2]) if found[4].startswith("VPN:") else "",
        )
        for line in shown.splitlines()
        if (found := _LINE.match(line)) and found[4].startswith(_VPN_TYPES)
    )


def owner(link: Link, services: Iterable[VpnService], tools: Tools, until: float) -> VpnService | None:
    """The connected service that an interface belongs to: by the name its agent has, else by what the service says.

    None where none does, or where two have the same name and say nothing.
    """
    connected = [service for service in services if service.connected]
    names = {agent.description.removeprefix(_AGENTS_PREFIX) for agent in link.vpn_agents}
    by_name = [service for service in connected if service.name and service.name in names]
    if len(by_name) == 1:
        return by_name[0]
    saying = (service for service in by_name or connected if _interface(service, tools, until) == link.name)
    return next(saying, None)


def status(identifier: str, tools: Tools, until: float) -> str | Unavailable:
    """Of one service, as `scutil --nc status` says in its first line; empty when there is no such service any more."""
    shown = tools.output(SCUTIL, "--nc", "status", identifier, seconds=_left(until))
    if isinstance(shown, Unavailable):  # that there is none stands in its standard error alone
        return "" if shown.reason is Reason.ERROR else shown
    return shown.split(maxsplit=1)[0]


def configuration(identifier: str, tools: Tools, until: float) -> VpnConfiguration | Unavailable:
    """From `scutil --nc show`."""
    shown = tools.output(SCUTIL, "--nc", "show", identifier, seconds=_left(until))
    return shown if isinstance(shown, Unavailable) else parse_configuration(shown)


def parse_configuration(shown: str) -> VpnConfiguration:
    """Keys of kSCEntNetVPN and its kin (SCSchemaDefinitions.h)."""
    properties = property_text.parse(shown)
    return VpnConfiguration(
        on_demand=is_set(properties, "OnDemandEnabled"),
        by_profile=any(sign in key.casefold() for key in properties for sign in _PROFILE_SIGNS),
    )


def _interface(service: VpnService, tools: Tools, until: float) -> str:
    """The interface of a connected service; empty when it does not say."""
    shown = tools.output(SCUTIL, "--nc", "status", service.identifier, seconds=_left(until))
    return "" if isinstance(shown, Unavailable) else parse_interface(shown)


def parse_interface(shown: str) -> str:
    """From `scutil --nc status`; routes that go around the tunnel name other interfaces, deeper inside."""
    properties = property_text.parse(shown)
    return next(
        filter(None, (text_of(properties, family, "InterfaceName") for family in ("IPv4", "IPv6"))), ""
    )


def _left(until: float) -> float:
    return min(_TOOL_S, until - time.monotonic())
