"""Who vouches for the servers: an inspection in between, a clock that is wrong, or a certificate that is."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from amif_netcheck.checks import limits
from amif_netcheck.checks.spec import FindingSpec
from amif_netcheck.model.facts import (
    Certificate,
    FirewallFacts,
    Flaw,
    MeetingAddress,
    Portal,
    Resolver,
    Role,
    Trust,
    Unavailable,
)
from amif_netcheck.model.finding import Finding, ParamValue, Severity

_NAMED = "named"
_of_issuer = partial(FindingSpec, vocabulary=("flaw",), private={"issuer": "authority"})

MEETING_INSPECTED = _of_issuer("firewall.meeting_inspected", (Severity.WARNING,), variants=(_NAMED,))
MEETING_OWN_AUTHORITY = _of_issuer("firewall.meeting_own_authority", (Severity.INFO,), nothing_to_do=True)
INSPECTED_ELSEWHERE = _of_issuer("firewall.inspected_elsewhere", (Severity.INFO,), variants=(_NAMED,))
MEETING_CERTIFICATE_REFUSED = _of_issuer("firewall.meeting_certificate_refused", (Severity.CRITICAL,))
CERTIFICATES_REFUSED = _of_issuer("firewall.certificates_refused", (Severity.WARNING,))
CLOCK_WRONG = FindingSpec("firewall.clock_wrong", (Severity.CRITICAL,), effort_min=2)
FINDINGS = (
    *(MEETING_INSPECTED, MEETING_OWN_AUTHORITY, INSPECTED_ELSEWHERE),
    *(MEETING_CERTIFICATE_REFUSED, CERTIFICATES_REFUSED, CLOCK_WRONG),
)

_BEST_FIRST = (Trust.PUBLIC, Trust.SYSTEM, Trust.NONE)
_DATES = {Flaw.EXPIRED, Flaw.NOT_YET_VALID}


def judge(firewall: FirewallFacts) -> Iterator[Finding]:
    """Judge the meeting's certificate, beside those of well-known servers; without a meeting, those alone."""
    places = () if isinstance(firewall.web, Unavailable) else firewall.web
    meeting = next((place.certificate for place in places if place.role is Role.MEETING), None)
    public = [place.certificate for place in places if place.role is Role.PUBLIC]
    others = [certificate for certificate in public if isinstance(certificate, Certificate)]
    if isinstance(meeting, Certificate):
        yield from _of_meeting(firewall, meeting, others)
    elif not firewall.meeting_host and others:
        best = min(others, key=lambda certificate: _BEST_FIRST.index(certificate.trust))
        if best.trust is Trust.SYSTEM:
            yield _about(INSPECTED_ELSEWHERE, best)
        elif best.trust is Trust.NONE:
            yield _flawed(firewall, best, others, CERTIFICATES_REFUSED)


def _of_meeting(
    firewall: FirewallFacts, meeting: Certificate, others: list[Certificate]
) -> Iterator[Finding]:
    if meeting.trust is Trust.SYSTEM:
        trusts = {certificate.trust for certificate in others}
        inside = (
            isinstance(firewall.resolver, Resolver) and firewall.resolver.meeting is MeetingAddress.INSIDE
        )
        own = Trust.PUBLIC in trusts or (inside and Trust.SYSTEM not in trusts)
        yield _about(MEETING_OWN_AUTHORITY if own else MEETING_INSPECTED, meeting)
    elif meeting.trust is Trust.NONE:
        yield _flawed(firewall, meeting, [meeting, *others], MEETING_CERTIFICATE_REFUSED)


def _flawed(
    firewall: FirewallFacts, shown: Certificate, seen: list[Certificate], spec: FindingSpec
) -> Finding:
    """A certificate that nobody vouches for; when it is its dates, perhaps the clock of this computer is to blame."""
    ahead_s = firewall.portal.clock_ahead_s if isinstance(firewall.portal, Portal) else None
    if shown.flaw in _DATES:
        params: dict[str, ParamValue] = {}
        if isinstance(ahead_s, float):
            wrong = abs(ahead_s) >= limits.WRONG_CLOCK_S
            params["ahead_s"] = ahead_s
        else:
            wrong = len(seen) > 1 and all(certificate.flaw in _DATES for certificate in seen)
        if wrong:
            evidence = ("facts.firewall.web", "facts.firewall.portal.clock_ahead_s")
            return CLOCK_WRONG.finding(*evidence, params=params)
    return _about(spec, shown)


def _about(spec: FindingSpec, shown: Certificate) -> Finding:
    params: dict[str, ParamValue] = {"issuer": shown.issuer, "product": shown.product}
    if shown.flaw is not None:
        params["flaw"] = shown.flaw.value
    named = shown.product and _NAMED in spec.variants
    return spec.finding("facts.firewall.web", variant=_NAMED if named else "", params=params)
