"""The note: "(pare-feux…)". What the network lets through, and what stands in the way of the meeting."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from amif_netcheck.checks import (
    certificates,
    firewall_media,
    firewall_names,
    firewall_proxies,
    firewall_service,
    firewall_udp,
    firewall_web,
    limits,
)
from amif_netcheck.checks.firewall_findings import (
    BY_SCRIPT,
    CAPTIVE_PORTAL,
    CLOCK_OFF,
    FAST,
    FINDINGS,
    NO_NAMES,
    NOTHING_ANSWERS,
    SENDING_FORBIDDEN,
    SLOW,
    UNKNOWN,
)
from amif_netcheck.checks.reachability import NAMELESS, everything, is_alive, outcome, places
from amif_netcheck.checks.unknown import could_not_tell
from amif_netcheck.model.facts import (
    Certificate,
    Facts,
    FirewallFacts,
    Flaw,
    Page,
    Portal,
    Role,
    Trust,
    Unavailable,
)
from amif_netcheck.model.finding import Finding, ParamValue

__all__ = ["FINDINGS", "check"]


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
    alive = isinstance(firewall.portal, Portal) or any(map(is_alive, everything(firewall)))
    is_shut_in = firewall.sending_forbidden is True and not _is_anything_beyond(firewall)
    if is_shut_in and not firewall_proxies.may_be_way_out(firewall):
        return [SENDING_FORBIDDEN.finding("facts.firewall.sending_forbidden")]
    if not alive:
        return [*firewall_proxies.dead(firewall, is_alone=True), next(_nothing_answers(firewall))]
    findings = [
        *firewall_web.judge(firewall),
        *certificates.judge(firewall),
        *firewall_media.judge(firewall, [*firewall_udp.judge(firewall)]),
        *firewall_service.judge(firewall),
        *firewall_proxies.dead(firewall),
        *firewall_proxies.notes(firewall),
        *firewall_names.judge(firewall),
        *firewall_web.ipv6(firewall),
    ]
    if not any(finding.code == certificates.CLOCK_WRONG.code for finding in findings):
        findings += _clock_off(firewall.portal)
    return findings or [firewall_media.nothing_in_the_way(firewall)]


def _nothing_answers(firewall: FirewallFacts) -> Iterator[Finding]:
    """What is known all the same; at least one finding, the most telling first."""
    yield from firewall_proxies.only_way(firewall)
    if not any(firewall_proxies.unspoken(firewall)):
        yield from firewall_web.refusals(firewall)
    asked = everything(firewall)
    if asked and all(outcome(place) in NAMELESS for place in asked):
        yield NO_NAMES.finding("facts.firewall.web")
    variant = BY_SCRIPT if firewall_proxies.is_by_script(firewall) else ""
    yield NOTHING_ANSWERS.finding("facts.firewall.web", variant=variant)


def _is_anything_beyond(firewall: FirewallFacts) -> bool:
    """Did anything answer, a test point aside, which may be next door?"""
    beyond = (place for place in everything(firewall) if place.role is not Role.TEST_POINT)
    return isinstance(firewall.portal, Portal) or any(map(is_alive, beyond))


def _is_captive(firewall: FirewallFacts, portal: Portal) -> bool:
    """Another page came than the one asked for, and no web server could prove who it is: a filter's page is no portal.

    An error, or the same page over TLS, may be the server's own or a proxy's answer: that takes somebody who poses as others.
    """
    shown = [
        place.certificate for place in places(firewall.web) if isinstance(place.certificate, Certificate)
    ]
    if any(certificate.trust is not Trust.NONE for certificate in shown):
        return False
    if portal.page is Page.REFUSED:
        return any(map(_is_impostor, shown)) and not firewall_proxies.is_there(firewall)
    return portal.page in {Page.REPLACED, Page.MOVED}


def _is_impostor(certificate: Certificate) -> bool:
    """Is it somebody else's? Dates prove a wrong clock, a product's name an inspection."""
    return not certificate.product and certificate.flaw not in {Flaw.EXPIRED, Flaw.NOT_YET_VALID}


def _clock_off(portal: Portal | Unavailable) -> Iterator[Finding]:
    """By the date of the page that came as expected: who shows another one may have any clock."""
    if not isinstance(portal, Portal) or portal.page is not Page.AS_EXPECTED:
        return
    ahead_s = portal.clock_ahead_s
    if isinstance(ahead_s, Unavailable) or abs(ahead_s) < limits.CLOCK_OFF_S:
        return
    yield CLOCK_OFF.finding(
        "facts.firewall.portal.clock_ahead_s",
        variant=FAST if ahead_s > 0 else SLOW,
        params={"minutes": round(abs(ahead_s) / 60), "ahead_s": ahead_s},
    )


def _captive(portal: Portal) -> Finding:
    params: dict[str, ParamValue] = {"server": portal.moved_to} if portal.moved_to else {}
    return CAPTIVE_PORTAL.finding("facts.firewall.portal", params=params)
