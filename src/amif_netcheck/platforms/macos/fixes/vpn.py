"""Disconnects a VPN that the system keeps, as its switch in System Settings does: scutil(8), as this user, without a password.

One that the system would connect again by itself, or that an organisation's profile keeps, is not offered: the person can't
choose it. Nor is a tunnel that a program made by itself: only that program can end it.
"""

from __future__ import annotations

import time

from amif_netcheck.model.facts import Unavailable
from amif_netcheck.model.fix import Fix, FixKind, FixOutcome, FixResult
from amif_netcheck.platforms.macos import ifconfig, vpn_services
from amif_netcheck.platforms.macos.tools import Tools
from amif_netcheck.platforms.text import title

_POLL_S = 0.2
_TOOL_S = 2.0
_OVER = {vpn_services.DISCONNECTED, vpn_services.INVALID, ""}
"""Invalid, or not there: what was connected is gone."""


class MacVpn:
    """See `MacFixer`."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    def offers(self, about: tuple[str, ...], until: float) -> tuple[Fix, ...]:
        """One fix when it is certain which connection the tunnel interface `about[0]` belongs to, and it can be ended."""
        interface, tools = about[0], self._tools
        shown = tools.output("/sbin/ifconfig", "-vv", interface, seconds=_left(until))
        links = () if isinstance(shown, Unavailable) else ifconfig.parse(shown)
        services = vpn_services.listed(tools, until)
        if isinstance(services, Unavailable) or not links or links[0].name != interface:
            return ()
        service = vpn_services.owner(links[0], services, tools, until)
        if service is None:
            return ()
        configured = vpn_services.configuration(service.identifier, tools, until)
        if isinstance(configured, Unavailable) or configured.on_demand or configured.by_profile:
            return ()
        params = {"connection": title(service.name), "interface": interface}
        return (Fix(kind=FixKind.DISCONNECT_VPN, params=params, target=(service.identifier,)),)

    def carry_out(self, fix: Fix, until: float) -> FixResult:
        """Disconnect it, and wait by `until` (`time.monotonic`) until the system says that it is."""
        (identifier,) = fix.target
        before = vpn_services.status(identifier, self._tools, until)
        if isinstance(before, Unavailable):
            return FixResult(outcome=FixOutcome.FAILED, detail=before.detail)
        if before in _OVER:
            return FixResult(outcome=FixOutcome.GONE)
        # It says nothing where it succeeds: what came of it is seen in the connection's state.
        self._tools.output(vpn_services.SCUTIL, "--nc", "stop", identifier, seconds=_left(until))
        while True:
            now = vpn_services.status(identifier, self._tools, until)
            if not isinstance(now, Unavailable) and now in _OVER:
                return FixResult(outcome=FixOutcome.DONE)
            if time.monotonic() + _POLL_S > until:
                detail = now.detail if isinstance(now, Unavailable) else now
                return FixResult(outcome=FixOutcome.UNFINISHED, detail=detail)
            time.sleep(_POLL_S)


def _left(until: float) -> float:
    return min(_TOOL_S, until - time.monotonic())
