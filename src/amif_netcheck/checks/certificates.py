"""Who vouches for the servers: an inspection in between, a clock that is wrong, or a certificate that is."""

from __future__ import annotations

from collections.abc import Iterator

from amif_netcheck.checks import limits
from amif_netcheck.model.facts import (
    Certificate,
    FirewallFacts,
    Flaw,
    MeetingAddress,
    Place,
    Portal,
    Resolver,
    Role,
    Trust,
    Unavailable,
)
from amif_netcheck.model.finding import Finding, ParamValue, Severity

_DATES = {Flaw.EXPIRED, Flaw.NOT_YET_VALID}


def certificates(firewall: FirewallFacts) -> Iterator[Finding]:
    """Judge the meeting's certificate, beside those of well-known servers; without a meeting, those alone."""
    shown = () if isinstance(firewall.web, Unavailable) else firewall.web
    meeting = next((_shown(each) for each in shown if each.role is Role.MEETING), None)
    others = [seen for each in shown if each.role is Role.PUBLIC and (seen := _shown(each))]
    if meeting is not None:
        yield from _of_meeting(firewall, meeting, others)
    elif not firewall.meeting_host and others:
        best = next(
            each
            for trust in (Trust.PUBLIC, Trust.SYSTEM, Trust.NONE)
            for each in others
            if each.trust is trust
        )
        if best.trust is Trust.SYSTEM:
            yield _finding("firewall.inspected_elsewhere", Severity.INFO, best)
        elif best.trust is Trust.NONE:
            yield _flawed(firewall, best, others, Severity.WARNING, "firewall.certificates_refused")


def _of_meeting(
    firewall: FirewallFacts, meeting: Certificate, others: list[Certificate]
) -> Iterator[Finding]:
    if meeting.trust is Trust.SYSTEM:
        alone = any(each.trust is Trust.PUBLIC for each in others)
        inside = (
            isinstance(firewall.resolver, Resolver) and firewall.resolver.meeting is MeetingAddress.INSIDE
        )
        if alone or (inside and not any(each.trust is Trust.SYSTEM for each in others)):
            yield _finding("firewall.meeting_own_authority", Severity.INFO, meeting)
        else:
            yield _finding("firewall.meeting_inspected", Severity.WARNING, meeting)
    elif meeting.trust is Trust.NONE:
        everything = [meeting, *others]
        code = "firewall.meeting_certificate_refused"
        yield _flawed(firewall, meeting, everything, Severity.CRITICAL, code)


def _flawed(
    firewall: FirewallFacts, shown: Certificate, seen: list[Certificate], severity: Severity, code: str
) -> Finding:
    """A certificate that nobody vouches for; when it is its dates, perhaps the clock of this computer is to blame."""
    ahead_s = firewall.portal.clock_ahead_s if isinstance(firewall.portal, Portal) else None
    if shown.flaw in _DATES:
        params: dict[str, ParamValue] = {}
        if isinstance(ahead_s, float):
            wrong = abs(ahead_s) >= limits.WRONG_CLOCK_S
            params["ahead_s"] = ahead_s
        else:
            wrong = len(seen) > 1 and all(each.flaw in _DATES for each in seen)
        if wrong:
            evidence = ("facts.firewall.web", "facts.firewall.portal.clock_ahead_s")
            return Finding(
                code="firewall.clock_wrong", severity=Severity.CRITICAL, params=params, evidence=evidence
            )
    return _finding(code, severity, shown)


def _shown(place: Place) -> Certificate | None:
    return place.certificate if isinstance(place.certificate, Certificate) else None


def _finding(code: str, severity: Severity, shown: Certificate) -> Finding:
    params: dict[str, ParamValue] = {"issuer": shown.issuer, "product": shown.product}
    if shown.flaw is not None:
        params["flaw"] = shown.flaw.value
    return Finding(code=code, severity=severity, params=params, evidence=("facts.firewall.web",))
