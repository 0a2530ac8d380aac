"""The note: "(pare-feux…)". What the network lets through, and what stands in the way of the meeting."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from amif_netcheck.checks import certificates, limits, link_findings, vpn
from amif_netcheck.checks.reachability import NAMELESS, opened, opened_directly, outcome, outcomes
from amif_netcheck.checks.spec import FindingSpec
from amif_netcheck.checks.unknown import could_not_tell, unknown_spec
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

_FORBIDDEN = "forbidden"
_ENOUGH_SERVERS = 2
"""One silent server may be down; so many at once, while the web works, are blocked."""

_NOTE = (Severity.INFO,)
_WARNING = (Severity.WARNING,)
_CRITICAL = (Severity.CRITICAL,)
_UNTOLD = (Severity.UNKNOWN,)
_of_server = partial(FindingSpec, private={"server": "host"})

OPEN = FindingSpec("firewall.open", (Severity.OK,))
CAPTIVE_PORTAL = _of_server(
    "firewall.captive_portal", _CRITICAL, explains=(*link_findings.FINDINGS, vpn.UNKNOWN), effort_min=1
)
MEETING_FORBIDDEN = _of_server("firewall.meeting_forbidden", _CRITICAL)
MEETING_REFUSED = _of_server("firewall.meeting_refused", _CRITICAL)
MEETING_CUT = _of_server("firewall.meeting_cut", _CRITICAL)
MEETING_SILENT = _of_server("firewall.meeting_silent", _CRITICAL)
MEETING_NO_NAME = _of_server("firewall.meeting_no_name", _CRITICAL)
MEETING_REFUSED_BY_PROXY = _of_server("firewall.meeting_refused_by_proxy", _CRITICAL)
MEETING_SUNK = FindingSpec("firewall.meeting_sunk", _CRITICAL)
PROXY_IN_THE_WAY = _of_server("firewall.proxy_in_the_way", _WARNING)
PROXY_PASSWORD = _of_server("firewall.proxy_password", _UNTOLD)
PROXY_UNSPOKEN = FindingSpec("firewall.proxy_unspoken", _UNTOLD)
WEB_BLOCKED = FindingSpec("firewall.web_blocked", _WARNING)
WEB_UNKNOWN = FindingSpec("firewall.web_unknown", _UNTOLD)
NO_NAMES = FindingSpec("firewall.no_names", _UNTOLD)
NOTHING_ANSWERS = FindingSpec("firewall.nothing_answers", _UNTOLD)
UDP_BLOCKED = FindingSpec(
    "firewall.udp_blocked", _WARNING, explains=(link_findings.NO_ANSWER,), vocabulary=("how",)
)
UDP_UNKNOWN = FindingSpec("firewall.udp_unknown", _UNTOLD)
PROXY = _of_server("firewall.proxy", _NOTE, nothing_to_do=True, vocabulary=("from", "kind"))
PROXY_CHOSEN_BY_SCRIPT = _of_server(
    "firewall.proxy_chosen_by_script", _NOTE, nothing_to_do=True, vocabulary=("from", "kind")
)
NAMES_INVENTED = FindingSpec("firewall.names_invented", _NOTE, nothing_to_do=True)
NAMES_SLOW = FindingSpec("firewall.names_slow", _NOTE, limits=(limits.NAMES,))
MEETING_INSIDE = FindingSpec("firewall.meeting_inside", _NOTE, nothing_to_do=True)
IPV6_BROKEN = FindingSpec("firewall.ipv6_broken", _NOTE, nothing_to_do=True)
UNKNOWN = unknown_spec("firewall")
FINDINGS = (
    *(OPEN, CAPTIVE_PORTAL, MEETING_FORBIDDEN, MEETING_REFUSED, MEETING_CUT, MEETING_SILENT),
    *(MEETING_NO_NAME, MEETING_REFUSED_BY_PROXY, MEETING_SUNK),
    *(PROXY_IN_THE_WAY, PROXY_PASSWORD, PROXY_UNSPOKEN, WEB_BLOCKED, WEB_UNKNOWN),
    *(NO_NAMES, NOTHING_ANSWERS, UDP_BLOCKED, UDP_UNKNOWN, *certificates.FINDINGS),
    *(PROXY, PROXY_CHOSEN_BY_SCRIPT, NAMES_INVENTED, NAMES_SLOW, MEETING_INSIDE, IPV6_BROKEN, UNKNOWN),
)

_CLOSED = {
    Outcome.FORBIDDEN: MEETING_FORBIDDEN,
    Outcome.REFUSED: MEETING_REFUSED,
    Outcome.CUT: MEETING_CUT,
    Outcome.PROXY_REFUSED: MEETING_REFUSED_BY_PROXY,
}
"""Somebody says no: that is known whatever else answers."""


def check(facts: Facts, _earlier: Sequence[Finding] = ()) -> list[Finding]:
    """Judge what passes.

    UDP that is blocked while the web works is a warning, never green: meetings fall back to TCP and get worse. What keeps
    a person from the meeting is critical. Of a network where nothing answers at all nothing is known: the line may be down.
    """
    firewall = facts.firewall
    if isinstance(firewall, Unavailable):
        return [could_not_tell(UNKNOWN, firewall, "facts.firewall")]
    if isinstance(firewall.portal, Portal) and _is_captive(firewall, firewall.portal):
        return [_captive(firewall.portal)]
    if not _is_alive(firewall):
        refusals = () if any(_unspoken(firewall)) else _refusals(firewall)
        return [*refusals, *_nothing_answers(firewall)][:1]
    findings = [
        *_web(firewall),
        *certificates.judge(firewall),
        *_udp(firewall),
        *_proxies(firewall),
        *_names(firewall),
        *_ipv6(firewall),
    ]
    if findings:
        return findings
    return [OPEN.finding("facts.firewall")]


# --- is anything there ----------------------------------------------------------------------------


def _is_alive(firewall: FirewallFacts) -> bool:
    """Did anything on the network answer?"""
    return any(map(opened, (*_places(firewall.udp), *_places(firewall.web)))) or isinstance(
        firewall.portal, Portal
    )


def _nothing_answers(firewall: FirewallFacts) -> Iterator[Finding]:
    asked = (*_places(firewall.udp), *_places(firewall.web))
    if asked and all(outcome(place) in NAMELESS for place in asked):
        yield NO_NAMES.finding("facts.firewall.web")
    else:
        yield NOTHING_ANSWERS.finding("facts.firewall.web")


def _refusals(firewall: FirewallFacts) -> Iterator[Finding]:
    for meeting in _of(firewall.web, Role.MEETING):
        spec = _CLOSED.get(outcome(meeting))
        if spec is not None:
            yield _about(spec, meeting)


# --- a captive portal -----------------------------------------------------------------------------


def _is_captive(firewall: FirewallFacts, portal: Portal) -> bool:
    """Another page came than the one asked for, and no web server could prove who it is: a filter's page is no portal."""
    proven = any(
        isinstance(place.certificate, Certificate) and place.certificate.trust is not Trust.NONE
        for place in _places(firewall.web)
    )
    return portal.page in {Page.REPLACED, Page.MOVED} and not proven


def _captive(portal: Portal) -> Finding:
    params: dict[str, ParamValue] = {"server": portal.moved_to} if portal.moved_to else {}
    return CAPTIVE_PORTAL.finding("facts.firewall.portal", params=params)


# --- TCP ------------------------------------------------------------------------------------------


def _unspoken(firewall: FirewallFacts) -> Iterator[Finding]:
    """Is there a proxy that only browsers can use? Where it is the one way out, what stays closed to us proves nothing."""
    proxies: tuple[Proxy, ...] = () if isinstance(firewall.proxies, Unavailable) else firewall.proxies
    if any(proxy.kind is not ProxyKind.MANUAL or not proxy.spoken for proxy in proxies):
        evidence = ("facts.firewall.proxies", "facts.firewall.web")
        yield PROXY_UNSPOKEN.finding(*evidence)


def _web(firewall: FirewallFacts) -> Iterator[Finding]:
    """The way to the meeting; without one, to well-known servers."""
    if isinstance(firewall.web, Unavailable):
        yield could_not_tell(UNKNOWN, firewall.web, "facts.firewall.web")
        return
    meetings = _of(firewall.web, Role.MEETING)
    if meetings:
        yield from _meeting(firewall, meetings[0])
    elif firewall.meeting_host:
        yield WEB_UNKNOWN.finding("facts.firewall.web")
    else:
        yield from _others(firewall, _of(firewall.web, Role.PUBLIC))


def _meeting(firewall: FirewallFacts, meeting: Place) -> Iterator[Finding]:
    if opened(meeting):
        by_proxy = outcomes(meeting, AccessMethod.PROXY)
        if Outcome.PROXY_REFUSED in by_proxy and opened_directly(meeting):
            yield _about(PROXY_IN_THE_WAY, meeting)
        return
    ended = outcome(meeting)
    if ended is not Outcome.PROXY_REFUSED and (unspoken := [*_unspoken(firewall)]):
        yield from unspoken
    elif ended is Outcome.PROXY_PASSWORD:
        yield _about(PROXY_PASSWORD, meeting)
    elif ended is Outcome.NO_NAME:
        if _any_name(firewall):
            yield _about(MEETING_NO_NAME, meeting)
        else:
            yield NO_NAMES.finding("facts.firewall.web")
    elif ended is Outcome.NAMES_SILENT:
        silent = Unavailable(reason=Reason.TIMEOUT)
        yield could_not_tell(UNKNOWN, silent, "facts.firewall.web")
    else:
        yield _about(_CLOSED.get(ended, MEETING_SILENT), meeting)


def _others(firewall: FirewallFacts, others: list[Place]) -> Iterator[Finding]:
    """Without a meeting: one server that does not answer may be down, several at once are held back."""
    if any(map(opened, others)):
        return
    if unspoken := [*_unspoken(firewall)]:
        yield from unspoken
        return
    if any(outcome(place) is Outcome.PROXY_PASSWORD for place in others):
        yield PROXY_PASSWORD.finding("facts.firewall.web")
        return
    asked = [place for place in others if outcome(place) not in NAMELESS]
    if len(asked) >= _ENOUGH_SERVERS:
        yield WEB_BLOCKED.finding("facts.firewall.web")
    else:
        yield WEB_UNKNOWN.finding("facts.firewall.web")


def _any_name(firewall: FirewallFacts) -> bool:
    """Was another name than the meeting's turned into an address?"""
    others = (
        place for place in (*_places(firewall.udp), *_places(firewall.web)) if place.role != Role.MEETING
    )
    return any(outcome(place) not in NAMELESS for place in others) or isinstance(firewall.portal, Portal)


# --- UDP ------------------------------------------------------------------------------------------


def _udp(firewall: FirewallFacts) -> Iterator[Finding]:
    if isinstance(firewall.udp, Unavailable):
        yield could_not_tell(UNKNOWN, firewall.udp, "facts.firewall.udp")
        return
    beyond = [place for place in firewall.udp if place.role is not Role.TEST_POINT]  # that may be next door
    if any(map(opened, beyond)):
        return
    asked = [place for place in beyond if outcome(place) not in {*NAMELESS, Outcome.NO_ROUTE}]
    servers = {place.server for place in asked if place.role is Role.STUN}
    how = _how(asked)
    if _is_web_open(firewall) and (how == _FORBIDDEN or len(servers) >= _ENOUGH_SERVERS):
        ports = sorted({str(place.port) for place in asked}, key=int)
        params: dict[str, ParamValue] = {"servers": len(servers), "ports": ports, "how": how}
        yield UDP_BLOCKED.finding("facts.firewall.udp", "facts.firewall.web", params=params)
    else:
        yield UDP_UNKNOWN.finding("facts.firewall.udp")


def _is_web_open(firewall: FirewallFacts) -> bool:
    """Did a web server beyond the local network answer?"""
    return any(opened(place) for place in _places(firewall.web) if place.role is not Role.TEST_POINT)


def _how(asked: list[Place]) -> str:
    """What was answered: that it is forbidden, that nobody listens there, or nothing."""
    ended = {outcome(place) for place in asked}
    if Outcome.FORBIDDEN in ended:
        return _FORBIDDEN
    return "refused" if ended == {Outcome.REFUSED} else "silent"


# --- proxies, names, IPv6: notes --------------------------------------------------------------------


def _proxies(firewall: FirewallFacts) -> Iterator[Finding]:
    proxies: tuple[Proxy, ...] = () if isinstance(firewall.proxies, Unavailable) else firewall.proxies
    for kinds, spec in (
        ({ProxyKind.MANUAL}, PROXY),
        ({ProxyKind.SCRIPT, ProxyKind.AUTOMATIC}, PROXY_CHOSEN_BY_SCRIPT),
    ):
        proxy = next((proxy for proxy in proxies if proxy.kind in kinds), None)
        if proxy is not None:
            params: dict[str, ParamValue] = {"from": proxy.source.value, "kind": proxy.kind.value}
            if proxy.server:
                params["server"] = proxy.server
            yield spec.finding("facts.firewall.proxies", params=params)


def _names(firewall: FirewallFacts) -> Iterator[Finding]:
    resolver = firewall.resolver
    if not isinstance(resolver, Resolver):
        return
    if resolver.invents is True:
        yield NAMES_INVENTED.finding("facts.firewall.resolver.invents")
    if resolver.meeting is MeetingAddress.SINKHOLE and not _is_reached(firewall):
        yield MEETING_SUNK.finding("facts.firewall.resolver.meeting")
    elif resolver.meeting is MeetingAddress.INSIDE:
        yield MEETING_INSIDE.finding("facts.firewall.resolver.meeting")
    if isinstance(resolver.slowest_s, Unavailable):
        return
    severity, crossed = limits.judge(resolver.slowest_s, limits.NAMES)
    if crossed is not None:
        params = limits.comparison(resolver.slowest_s, limits.NAMES, crossed)
        yield NAMES_SLOW.finding("facts.firewall.resolver.slowest_s", severity=severity, params=params)


def _is_reached(firewall: FirewallFacts) -> bool:
    """Is the meeting reached whatever its name leads to: through a proxy, or is it the one that proves its name here?"""
    return any(
        Outcome.ANSWERED in outcomes(place, AccessMethod.PROXY)
        or (isinstance(place.certificate, Certificate) and place.certificate.trust is not Trust.NONE)
        for place in _of(firewall.web, Role.MEETING)
    ) or any(_unspoken(firewall))


_BROKEN = {Outcome.SILENT, Outcome.UNREACHABLE, Outcome.FORBIDDEN}


def _ipv6(firewall: FirewallFacts) -> Iterator[Finding]:
    """There are IPv6 addresses on both sides, and nothing comes through, while IPv4 to the same server works."""
    web = _places(firewall.web)
    if any(Outcome.ANSWERED in outcomes(place, AccessMethod.IPV6) for place in web):
        return
    if any(
        _BROKEN & outcomes(place, AccessMethod.IPV6)
        and Outcome.ANSWERED in outcomes(place, AccessMethod.IPV4)
        for place in web
    ):
        yield IPV6_BROKEN.finding("facts.firewall.web")


# --- what they share --------------------------------------------------------------------------------


def _places(places: tuple[Place, ...] | Unavailable) -> tuple[Place, ...]:
    return () if isinstance(places, Unavailable) else places


def _of(places: tuple[Place, ...] | Unavailable, role: Role) -> list[Place]:
    return [place for place in _places(places) if place.role is role]


def _about(spec: FindingSpec, place: Place) -> Finding:
    return spec.finding("facts.firewall.web", params={"server": place.server, "port": place.port})
