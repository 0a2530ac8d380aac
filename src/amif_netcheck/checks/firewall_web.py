"""The way to the meeting over TCP; without one, to well-known web servers."""

from __future__ import annotations

from collections.abc import Iterator

from amif_netcheck.checks import firewall_proxies
from amif_netcheck.checks.firewall_findings import (
    ALL_CLOSED,
    FAILED,
    IPV6_BROKEN,
    LARGE_PACKETS_LOST,
    MEETING_CUT,
    MEETING_FORBIDDEN,
    MEETING_NAME_SILENT,
    MEETING_NO_NAME,
    MEETING_NO_ROUTE,
    MEETING_REFUSED,
    MEETING_REFUSED_BY_PROXY,
    MEETING_SILENT,
    MEETING_SUNK,
    NO_NAMES,
    PROXY_PASSWORD,
    UNKNOWN,
    WEB_BLOCKED,
    WEB_UNKNOWN,
)
from amif_netcheck.checks.reachability import (
    NAMELESS,
    everything,
    of_role,
    opened,
    outcome,
    outcome_without_proxy,
    outcomes,
    places,
)
from amif_netcheck.checks.spec import FindingSpec
from amif_netcheck.checks.unknown import could_not_tell
from amif_netcheck.model.facts import (
    AccessMethod,
    Certificate,
    FirewallFacts,
    MeetingAddress,
    Outcome,
    Place,
    Portal,
    Reason,
    Resolver,
    Role,
    Trust,
    Unavailable,
)
from amif_netcheck.model.finding import Finding, ParamValue, Severity

_ENOUGH_SERVERS = 2
"""One silent server may be down; so many at once are held back."""
_CLOSED = {
    Outcome.FORBIDDEN: MEETING_FORBIDDEN,
    Outcome.REFUSED: MEETING_REFUSED,
    Outcome.CUT: MEETING_CUT,
    Outcome.SUNK: MEETING_SUNK,
}
"""Somebody says no: that is known whatever else answers."""
_NOT_THROUGH_THE_PROXY = {Outcome.PROXY_FAILED, Outcome.CUT}
_NO_ANSWER = {Outcome.SILENT, Outcome.PROXY_DEAD}
"""Of a proxy that answers others, a failure for the meeting."""
_BROKEN = {Outcome.SILENT, Outcome.UNREACHABLE, Outcome.FORBIDDEN}


def judge(firewall: FirewallFacts) -> Iterator[Finding]:
    """What keeps the meeting from opening, or where there is none, well-known servers."""
    if isinstance(firewall.web, Unavailable):
        yield could_not_tell(UNKNOWN, firewall.web, "facts.firewall.web")
        return
    meetings = of_role(firewall.web, Role.MEETING)
    if meetings:
        yield from _meeting(firewall, meetings[0])
    elif firewall.meeting_host:
        yield WEB_UNKNOWN.finding("facts.firewall.web")
    else:
        yield from _others(firewall, of_role(firewall.web, Role.PUBLIC))
    yield from _large_packets(firewall)


def refusals(firewall: FirewallFacts) -> Iterator[Finding]:
    """What is known of the meeting where nothing else answers: that somebody says no."""
    for meeting in of_role(firewall.web, Role.MEETING):
        spec = MEETING_SUNK if _is_sunk(firewall, meeting) else _CLOSED.get(outcome_without_proxy(meeting))
        if spec is not None:
            yield _place_finding(spec, meeting)


def _meeting(firewall: FirewallFacts, meeting: Place) -> Iterator[Finding]:
    is_proxy_dead = any(firewall_proxies.dead(firewall))  # it is told by itself
    if opened(meeting):
        if not is_proxy_dead:
            yield from firewall_proxies.in_the_way(meeting)
        return
    by_proxy = outcomes(meeting, AccessMethod.PROXY)
    if Outcome.PROXY_REFUSED in by_proxy:
        yield _place_finding(MEETING_REFUSED_BY_PROXY, meeting)
    elif found := [*firewall_proxies.unspoken(firewall)]:
        yield from found
    elif Outcome.PROXY_PASSWORD in by_proxy:
        yield _place_finding(PROXY_PASSWORD, meeting)
    elif by_proxy & _NOT_THROUGH_THE_PROXY or (
        by_proxy & _NO_ANSWER and firewall_proxies.is_there(firewall) and not is_proxy_dead
    ):
        yield _place_finding(MEETING_REFUSED_BY_PROXY, meeting, FAILED)
    elif not (by_proxy and is_proxy_dead):
        yield from _closed(firewall, meeting)


def _closed(firewall: FirewallFacts, meeting: Place) -> Iterator[Finding]:
    """Why a meeting does not open without a proxy."""
    ended = outcome_without_proxy(meeting)
    if ended is Outcome.LARGE_LOST:
        return
    if _is_sunk(firewall, meeting):
        yield _place_finding(MEETING_SUNK, meeting)
    elif ended in {Outcome.NO_NAME, Outcome.NAME_FAILED}:
        if _any_name(firewall):
            yield _place_finding(MEETING_NO_NAME, meeting, FAILED if ended is Outcome.NAME_FAILED else "")
        else:
            yield NO_NAMES.finding("facts.firewall.web")
    elif ended is Outcome.NAMES_SILENT and _any_name(firewall):
        yield _place_finding(MEETING_NAME_SILENT, meeting)
    elif ended is Outcome.NAMES_SILENT:
        yield could_not_tell(UNKNOWN, Unavailable(reason=Reason.TIMEOUT), "facts.firewall.web")
    elif ended is Outcome.NO_ROUTE:
        ways = {attempt.by.value for attempt in meeting.reach if attempt.outcome is Outcome.NO_ROUTE}
        families = ways.intersection(MEETING_NO_ROUTE.variants)
        yield _place_finding(MEETING_NO_ROUTE, meeting, families.pop() if len(families) == 1 else "")
    else:
        spec = _CLOSED.get(ended, MEETING_SILENT)
        variant = ALL_CLOSED if ALL_CLOSED in spec.variants and _all_closed(firewall) else ""
        yield _place_finding(spec, meeting, variant)


def _is_sunk(firewall: FirewallFacts, meeting: Place) -> bool:
    """Does the meeting's name lead nowhere? Not where it proves its name all the same, or a proxy knows the name."""
    named = isinstance(firewall.resolver, Resolver) and firewall.resolver.meeting is MeetingAddress.SINKHOLE
    shown = meeting.certificate
    proven = isinstance(shown, Certificate) and shown.trust is not Trust.NONE
    by_proxy = Outcome.ANSWERED in outcomes(meeting, AccessMethod.PROXY)
    return (named or Outcome.SUNK in {each.outcome for each in meeting.reach}) and not (proven or by_proxy)


def _all_closed(firewall: FirewallFacts) -> bool:
    """Were well-known web servers asked too, and did none open?"""
    others = [place for place in of_role(firewall.web, Role.PUBLIC) if outcome(place) not in NAMELESS]
    return bool(others) and not any(map(opened, others))


def _others(firewall: FirewallFacts, others: list[Place]) -> Iterator[Finding]:
    """Without a meeting: one server that does not answer may be down, several at once are held back."""
    if any(outcome(place) in {Outcome.ANSWERED, Outcome.LARGE_LOST} for place in others):
        if any(Outcome.PROXY_PASSWORD in outcomes(place, AccessMethod.PROXY) for place in others):
            yield PROXY_PASSWORD.finding("facts.firewall.web")
        return
    if found := [*firewall_proxies.unspoken(firewall)]:
        yield from found
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
    others = (place for place in everything(firewall) if place.role != Role.MEETING)
    return any(outcome(place) not in NAMELESS for place in others) or isinstance(firewall.portal, Portal)


def _large_packets(firewall: FirewallFacts) -> Iterator[Finding]:
    """Small packets pass, large ones vanish. A browser may wait long on such a way even where another one is open."""
    for place in places(firewall.web):
        lost = [attempt for attempt in place.reach if attempt.outcome is Outcome.LARGE_LOST]
        if not lost:
            continue
        closed = place.role is Role.MEETING and not opened(place)
        params: dict[str, ParamValue] = {
            "server": place.server,
            "passing_bytes": min(attempt.passing_bytes for attempt in lost),
            "ways": [attempt.by.value for attempt in lost],
        }
        severity = Severity.CRITICAL if closed else Severity.WARNING
        yield LARGE_PACKETS_LOST.finding("facts.firewall.web", severity=severity, params=params)
        return


def ipv6(firewall: FirewallFacts) -> Iterator[Finding]:
    """There are IPv6 addresses on both sides, and nothing comes through, while IPv4 to the same server works."""
    web = places(firewall.web)
    if any(outcomes(place, AccessMethod.IPV6) & {Outcome.ANSWERED, Outcome.LARGE_LOST} for place in web):
        return
    if any(
        _BROKEN & outcomes(place, AccessMethod.IPV6)
        and Outcome.ANSWERED in outcomes(place, AccessMethod.IPV4)
        for place in web
    ):
        yield IPV6_BROKEN.finding("facts.firewall.web")


def _place_finding(spec: FindingSpec, place: Place, variant: str = "") -> Finding:
    params: dict[str, ParamValue] = {"server": place.server, "port": place.port}
    return spec.finding("facts.firewall.web", variant=variant, params=params)
