"""The note: "(pare-feux…)". What the network lets through, and what stands in the way of the meeting."""

from __future__ import annotations

from collections.abc import Iterator

from amif_netcheck.checks import limits
from amif_netcheck.checks.certificates import certificates
from amif_netcheck.checks.passage import NAMELESS, opened, opened_directly, outcome, outcomes
from amif_netcheck.checks.unknown import could_not_tell
from amif_netcheck.model.facts import (
    AccessMethod,
    Certificate,
    Facts,
    FirewallFacts,
    MeetingAddress,
    Outcome,
    Page,
    Place,
    Portal,
    Proxy,
    ProxyKind,
    Reason,
    Resolver,
    Role,
    Trust,
    Unavailable,
)
from amif_netcheck.model.finding import Finding, ParamValue, Severity

_ENOUGH_SERVERS = 2
"""One silent server may be down; so many at once, while the web works, are blocked."""

_CLOSED = {
    Outcome.FORBIDDEN: "firewall.meeting_forbidden",
    Outcome.REFUSED: "firewall.meeting_refused",
    Outcome.CUT: "firewall.meeting_cut",
    Outcome.PROXY_REFUSED: "firewall.meeting_refused_by_proxy",
}
"""Somebody says no: that is known whatever else answers."""


def check(facts: Facts) -> list[Finding]:
    """Judge what passes.

    UDP that is blocked while the web works is a warning, never green: meetings fall back to TCP and get worse. What keeps
    a person from the meeting is critical. Of a network where nothing answers at all nothing is known: the line may be down.
    """
    firewall = facts.firewall
    if isinstance(firewall, Unavailable):
        return [could_not_tell("firewall", firewall, "facts.firewall")]
    if isinstance(firewall.portal, Portal) and _is_captive(firewall, firewall.portal):
        return [_captive(firewall.portal)]
    if not _is_alive(firewall):
        said_no = () if any(_unspoken(firewall)) else _said_no(firewall)
        return [*said_no, *_nothing_answers(firewall)][:1]
    findings = [
        *_web(firewall),
        *certificates(firewall),
        *_udp(firewall),
        *_proxies(firewall),
        *_names(firewall),
        *_ipv6(firewall),
    ]
    if findings:
        return findings
    return [Finding(code="firewall.open", severity=Severity.OK, evidence=("facts.firewall",))]


# --- is anything there ----------------------------------------------------------------------------


def _is_alive(firewall: FirewallFacts) -> bool:
    """Did anything on the network answer?"""
    return any(map(opened, (*_places(firewall.udp), *_places(firewall.web)))) or isinstance(
        firewall.portal, Portal
    )


def _nothing_answers(firewall: FirewallFacts) -> Iterator[Finding]:
    asked = (*_places(firewall.udp), *_places(firewall.web))
    if asked and all(outcome(each) in NAMELESS for each in asked):
        yield _finding("firewall.no_names", Severity.UNKNOWN, "facts.firewall.web")
    else:
        yield _finding("firewall.nothing_answers", Severity.UNKNOWN, "facts.firewall.web")


def _said_no(firewall: FirewallFacts) -> Iterator[Finding]:
    for meeting in _of(firewall.web, Role.MEETING):
        code = _CLOSED.get(outcome(meeting))
        if code is not None:
            yield _about(code, Severity.CRITICAL, meeting)


# --- a captive portal -----------------------------------------------------------------------------


def _is_captive(firewall: FirewallFacts, portal: Portal) -> bool:
    """Another page came than the one asked for, and no web server could prove who it is: a filter's page is no portal."""
    proven = any(
        isinstance(each.certificate, Certificate) and each.certificate.trust is not Trust.NONE
        for each in _places(firewall.web)
    )
    return portal.page in {Page.REPLACED, Page.MOVED} and not proven


def _captive(portal: Portal) -> Finding:
    params: dict[str, ParamValue] = {"server": portal.moved_to} if portal.moved_to else {}
    return Finding(
        code="firewall.captive_portal",
        severity=Severity.CRITICAL,
        params=params,
        evidence=("facts.firewall.portal",),
    )


# --- TCP ------------------------------------------------------------------------------------------


def _unspoken(firewall: FirewallFacts) -> Iterator[Finding]:
    """Is there a proxy that only browsers can use? Where it is the one way out, what stays closed to us proves nothing."""
    proxies: tuple[Proxy, ...] = () if isinstance(firewall.proxies, Unavailable) else firewall.proxies
    if any(each.kind is not ProxyKind.MANUAL or not each.spoken for each in proxies):
        evidence = ("facts.firewall.proxies", "facts.firewall.web")
        yield _finding("firewall.proxy_unspoken", Severity.UNKNOWN, *evidence)


def _web(firewall: FirewallFacts) -> Iterator[Finding]:
    """The way to the meeting; without one, to well-known servers."""
    if isinstance(firewall.web, Unavailable):
        yield could_not_tell("firewall", firewall.web, "facts.firewall.web")
        return
    meetings = _of(firewall.web, Role.MEETING)
    if meetings:
        yield from _meeting(firewall, meetings[0])
    elif firewall.meeting_host:
        yield _finding("firewall.web_unknown", Severity.UNKNOWN, "facts.firewall.web")
    else:
        yield from _others(firewall, _of(firewall.web, Role.PUBLIC))


def _meeting(firewall: FirewallFacts, meeting: Place) -> Iterator[Finding]:
    if opened(meeting):
        by_proxy = outcomes(meeting, AccessMethod.PROXY)
        if Outcome.PROXY_REFUSED in by_proxy and opened_directly(meeting):
            yield _about("firewall.proxy_in_the_way", Severity.WARNING, meeting)
        return
    ended = outcome(meeting)
    if ended is not Outcome.PROXY_REFUSED and (unspoken := [*_unspoken(firewall)]):
        yield from unspoken
    elif ended is Outcome.PROXY_PASSWORD:
        yield _about("firewall.proxy_password", Severity.UNKNOWN, meeting)
    elif ended is Outcome.NO_NAME:
        if _any_name(firewall):
            yield _about("firewall.meeting_no_name", Severity.CRITICAL, meeting)
        else:
            yield _finding("firewall.no_names", Severity.UNKNOWN, "facts.firewall.web")
    elif ended is Outcome.NAMES_SILENT:
        silent = Unavailable(reason=Reason.TIMEOUT)
        yield could_not_tell("firewall", silent, "facts.firewall.web")
    else:
        yield _about(_CLOSED.get(ended, "firewall.meeting_silent"), Severity.CRITICAL, meeting)


def _others(firewall: FirewallFacts, others: list[Place]) -> Iterator[Finding]:
    """Without a meeting: one server that does not answer may be down, several at once are held back."""
    if any(map(opened, others)):
        return
    if unspoken := [*_unspoken(firewall)]:
        yield from unspoken
        return
    if any(outcome(each) is Outcome.PROXY_PASSWORD for each in others):
        yield _finding("firewall.proxy_password", Severity.UNKNOWN, "facts.firewall.web")
        return
    asked = [each for each in others if outcome(each) not in NAMELESS]
    if len(asked) >= _ENOUGH_SERVERS:
        yield _finding("firewall.web_blocked", Severity.WARNING, "facts.firewall.web")
    else:
        yield _finding("firewall.web_unknown", Severity.UNKNOWN, "facts.firewall.web")


def _any_name(firewall: FirewallFacts) -> bool:
    """Was another name than the meeting's turned into an address?"""
    others = (each for each in (*_places(firewall.udp), *_places(firewall.web)) if each.role != Role.MEETING)
    return any(outcome(each) not in NAMELESS for each in others) or isinstance(firewall.portal, Portal)


# --- UDP ------------------------------------------------------------------------------------------


def _udp(firewall: FirewallFacts) -> Iterator[Finding]:
    if isinstance(firewall.udp, Unavailable):
        yield could_not_tell("firewall", firewall.udp, "facts.firewall.udp")
        return
    beyond = [each for each in firewall.udp if each.role is not Role.TEST_POINT]  # that may be next door
    if any(map(opened, beyond)):
        return
    asked = [each for each in beyond if outcome(each) not in {*NAMELESS, Outcome.NO_ROUTE}]
    servers = {each.server for each in asked if each.role is Role.STUN}
    said = any(outcome(each) is Outcome.FORBIDDEN for each in asked)
    web = [each for each in _places(firewall.web) if each.role is not Role.TEST_POINT]
    if any(map(opened, web)) and (said or len(servers) >= _ENOUGH_SERVERS):
        params: dict[str, ParamValue] = {
            "servers": len(servers),
            "ports": sorted({str(each.port) for each in asked}, key=int),
            "how": _how(asked),
        }
        evidence = ("facts.firewall.udp", "facts.firewall.web")
        yield Finding(
            code="firewall.udp_blocked", severity=Severity.WARNING, params=params, evidence=evidence
        )
    else:
        yield _finding("firewall.udp_unknown", Severity.UNKNOWN, "facts.firewall.udp")


def _how(asked: list[Place]) -> str:
    """What was said: that it is forbidden, that nobody listens there, or nothing."""
    ended = {outcome(each) for each in asked}
    if Outcome.FORBIDDEN in ended:
        return "forbidden"
    return "refused" if ended == {Outcome.REFUSED} else "silent"


# --- proxies, names, IPv6: notes --------------------------------------------------------------------


def _proxies(firewall: FirewallFacts) -> Iterator[Finding]:
    proxies: tuple[Proxy, ...] = () if isinstance(firewall.proxies, Unavailable) else firewall.proxies
    for kinds, code in (
        ({ProxyKind.MANUAL}, "firewall.proxy"),
        ({ProxyKind.SCRIPT, ProxyKind.AUTOMATIC}, "firewall.proxy_chosen_by_script"),
    ):
        found = next((each for each in proxies if each.kind in kinds), None)
        if found is not None:
            params: dict[str, ParamValue] = {"from": found.source.value, "kind": found.kind.value}
            if found.server:
                params["server"] = found.server
            evidence = ("facts.firewall.proxies",)
            yield Finding(code=code, severity=Severity.INFO, params=params, evidence=evidence)


def _names(firewall: FirewallFacts) -> Iterator[Finding]:
    resolver = firewall.resolver
    if not isinstance(resolver, Resolver):
        return
    if resolver.invents is True:
        yield _finding("firewall.names_invented", Severity.INFO, "facts.firewall.resolver.invents")
    if resolver.meeting is MeetingAddress.SINKHOLE and not _is_reached(firewall):
        yield _finding("firewall.meeting_sunk", Severity.CRITICAL, "facts.firewall.resolver.meeting")
    elif resolver.meeting is MeetingAddress.INSIDE:
        yield _finding("firewall.meeting_inside", Severity.INFO, "facts.firewall.resolver.meeting")
    if isinstance(resolver.slowest_s, Unavailable):
        return
    severity, crossed = limits.judge(resolver.slowest_s, limits.NAMES)
    if crossed is not None:
        params: dict[str, ParamValue] = {
            "value_s": resolver.slowest_s,
            "limit_s": crossed.value,
            "source": crossed.source,
        }
        evidence = ("facts.firewall.resolver.slowest_s",)
        yield Finding(code="firewall.names_slow", severity=severity, params=params, evidence=evidence)


def _is_reached(firewall: FirewallFacts) -> bool:
    """Is the meeting reached whatever its name leads to: through a proxy, or is it the one that proves its name here?"""
    return any(
        Outcome.ANSWERED in outcomes(each, AccessMethod.PROXY)
        or (isinstance(each.certificate, Certificate) and each.certificate.trust is not Trust.NONE)
        for each in _of(firewall.web, Role.MEETING)
    ) or any(_unspoken(firewall))


_BROKEN = {Outcome.SILENT, Outcome.UNREACHABLE, Outcome.FORBIDDEN}


def _ipv6(firewall: FirewallFacts) -> Iterator[Finding]:
    """There are IPv6 addresses on both sides, and nothing comes through, while IPv4 to the same server works."""
    web = _places(firewall.web)
    if any(Outcome.ANSWERED in outcomes(each, AccessMethod.IPV6) for each in web):
        return
    if any(
        _BROKEN & outcomes(each, AccessMethod.IPV6) and Outcome.ANSWERED in outcomes(each, AccessMethod.IPV4)
        for each in web
    ):
        yield _finding("firewall.ipv6_broken", Severity.INFO, "facts.firewall.web")


# --- what they share --------------------------------------------------------------------------------


def _places(found: tuple[Place, ...] | Unavailable) -> tuple[Place, ...]:
    return () if isinstance(found, Unavailable) else found


def _of(found: tuple[Place, ...] | Unavailable, role: Role) -> list[Place]:
    return [each for each in _places(found) if each.role is role]


def _about(code: str, severity: Severity, place: Place) -> Finding:
    params: dict[str, ParamValue] = {"server": place.server, "port": place.port}
    return Finding(code=code, severity=severity, params=params, evidence=("facts.firewall.web",))


def _finding(code: str, severity: Severity, *evidence: str) -> Finding:
    return Finding(code=code, severity=severity, evidence=evidence)
