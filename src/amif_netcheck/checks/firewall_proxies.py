"""Proxies: which is set up, whether it is there, and what it does to the meeting."""

from __future__ import annotations

from collections.abc import Iterator

from amif_netcheck.checks.firewall_findings import (
    FAILED,
    NO_NAME,
    PROXY,
    PROXY_CHOSEN_BY_SCRIPT,
    PROXY_DEAD,
    PROXY_IN_THE_WAY,
    PROXY_PASSWORD,
    PROXY_UNSPOKEN,
)
from amif_netcheck.checks.reachability import of_role, opened_directly, outcomes, places
from amif_netcheck.model.facts import (
    AccessMethod,
    FirewallFacts,
    Outcome,
    Place,
    Proxy,
    ProxyKind,
    Role,
    Unavailable,
)
from amif_netcheck.model.finding import Finding, ParamValue, Severity

_NAMELESS = {Outcome.NO_NAME, Outcome.NAME_FAILED, Outcome.PROXY_NO_NAME, Outcome.SUNK}
_DEAD = {Outcome.PROXY_DEAD, Outcome.PROXY_NO_NAME}
_MUTE = {Outcome.SILENT, Outcome.CUT}
"""A connection that no tunnel follows; where nothing else answers, the proxy is dead."""
_UNTOLD = {None, Outcome.ANSWERED, Outcome.NAMES_SILENT}
"""What does not say that a proxy is dead."""


def notes(firewall: FirewallFacts) -> Iterator[Finding]:
    """Which proxies are set up; one that is dead is told as such (`dead`)."""
    is_dead = any(dead(firewall))
    for kinds, spec in (
        ({ProxyKind.MANUAL}, PROXY),
        ({ProxyKind.SCRIPT, ProxyKind.AUTOMATIC}, PROXY_CHOSEN_BY_SCRIPT),
    ):
        proxy = next((proxy for proxy in _all(firewall) if proxy.kind in kinds), None)
        if proxy is not None and not (spec is PROXY and is_dead):
            params: dict[str, ParamValue] = {"from": proxy.source.value, "kind": proxy.kind.value}
            if proxy.server:
                params["server"] = proxy.server
            yield spec.finding("facts.firewall.proxies", params=params)


def dead(firewall: FirewallFacts, *, is_alone: bool = False) -> Iterator[Finding]:
    """The proxy that browsers would take (the first that is set up by hand), when nothing answers at its address.

    `is_alone`: nothing else answers either; then one that accepts connections and opens no tunnel is dead, too.
    """
    proxy = next((proxy for proxy in _all(firewall) if proxy.kind is ProxyKind.MANUAL), None)
    if proxy is None:
        return
    seen = {ended for place in places(firewall.web) for ended in outcomes(place, AccessMethod.PROXY)}
    signs = _DEAD | _MUTE if is_alone and proxy.reached is Outcome.ANSWERED else _DEAD
    if Outcome.ANSWERED in seen or not (seen & signs or proxy.reached not in _UNTOLD):
        return
    web = of_role(firewall.web, Role.MEETING) or of_role(firewall.web, Role.PUBLIC)
    severity = Severity.WARNING if any(map(opened_directly, web)) else Severity.CRITICAL
    unnamed = proxy.reached in _NAMELESS or bool(seen & _NAMELESS)
    params: dict[str, ParamValue] = {"from": proxy.source.value, "server": proxy.server, "port": proxy.port}
    yield PROXY_DEAD.finding(
        "facts.firewall.proxies",
        severity=Severity.INFO if proxy.exempts_meeting else severity,
        variant=NO_NAME if unnamed else "",
        params=params,
    )


def unspoken(firewall: FirewallFacts) -> Iterator[Finding]:
    """Is there a proxy that only browsers can use? Where it is the one way out, what stays closed to us proves nothing."""
    if any(
        not proxy.exempts_meeting and (proxy.kind is not ProxyKind.MANUAL or _is_unspoken(proxy))
        for proxy in _all(firewall)
    ):
        yield PROXY_UNSPOKEN.finding("facts.firewall.proxies", "facts.firewall.web")


def only_way(firewall: FirewallFacts) -> Iterator[Finding]:
    """`unspoken`, of a proxy that is set up by hand, or where this computer forbids the rest: a script may lead to no proxy."""
    by_hand = any(_is_unspoken(proxy) and not proxy.exempts_meeting for proxy in _all(firewall))
    if by_hand or firewall.sending_forbidden is True:
        yield from unspoken(firewall)


def may_be_way_out(firewall: FirewallFacts) -> bool:
    """Where this computer forbids all else: does a proxy accept connections, or may a script name one that is allowed?

    Automatic search alone proves none: systems have it turned on where no network answers it.
    """
    return any(
        not proxy.exempts_meeting and (proxy.kind is ProxyKind.SCRIPT or proxy.reached is Outcome.ANSWERED)
        for proxy in _all(firewall)
    )


def is_by_script(firewall: FirewallFacts) -> bool:
    """Does a script, or the network, choose the proxy?"""
    return any(proxy.kind is not ProxyKind.MANUAL for proxy in _all(firewall))


def is_there(firewall: FirewallFacts) -> bool:
    """Does a proxy that is set up by hand accept connections?"""
    return any(
        proxy.kind is ProxyKind.MANUAL and proxy.reached is Outcome.ANSWERED for proxy in _all(firewall)
    )


def in_the_way(meeting: Place) -> Iterator[Finding]:
    """What the proxy does to a meeting that opens without it."""
    params: dict[str, ParamValue] = {"server": meeting.server, "port": meeting.port}
    for ended in outcomes(meeting, AccessMethod.PROXY):
        if ended is Outcome.PROXY_PASSWORD:
            yield PROXY_PASSWORD.finding("facts.firewall.web", params=params)
        elif ended is not Outcome.ANSWERED and ended not in _DEAD:
            variant = "" if ended is Outcome.PROXY_REFUSED else FAILED
            yield PROXY_IN_THE_WAY.finding("facts.firewall.web", variant=variant, params=params)


def _is_unspoken(proxy: Proxy) -> bool:
    return proxy.kind is ProxyKind.MANUAL and not proxy.spoken and proxy.reached in _UNTOLD


def _all(firewall: FirewallFacts) -> tuple[Proxy, ...]:
    return () if isinstance(firewall.proxies, Unavailable) else firewall.proxies
