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

_NAMED, _REFUSED, _NAMED_REFUSED, _BY_PROXY = "named", "refused", "named_refused", "by_proxy"
"""Variants: a product that is known; an authority that this computer does not trust; both; only the proxy's certificate."""
_of_issuer = partial(FindingSpec, vocabulary=("flaw",), private={"issuer": "authority"})

MEETING_INSPECTED = _of_issuer(
    "firewall.meeting_inspected",
    (Severity.WARNING, Severity.CRITICAL),
    variants=(_NAMED, _REFUSED, _NAMED_REFUSED, _BY_PROXY),
    effort_min=5,
)
MEETING_OWN_AUTHORITY = _of_issuer("firewall.meeting_own_authority", (Severity.INFO,), nothing_to_do=True)
INSPECTED_ELSEWHERE = _of_issuer(
    "firewall.inspected_elsewhere",
    (Severity.INFO, Severity.WARNING),
    variants=(_NAMED, _REFUSED, _NAMED_REFUSED),
)
MEETING_CERTIFICATE_REFUSED = _of_issuer(
    "firewall.meeting_certificate_refused", (Severity.CRITICAL,), effort_min=5
)
CERTIFICATES_REFUSED = _of_issuer("firewall.certificates_refused", (Severity.WARNING,), effort_min=5)
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
    meeting = next((place for place in places if place.role is Role.MEETING), None)
    public = [place.certificate for place in places if place.role is Role.PUBLIC]
    others = [certificate for certificate in public if isinstance(certificate, Certificate)]
    if meeting is not None and isinstance(meeting.certificate, Certificate):
        direct = meeting.direct_certificate
        proven = isinstance(direct, Certificate) and direct.trust is Trust.PUBLIC
        yield from _of_meeting(firewall, meeting.certificate, others, proven_without_proxy=proven)
    elif not firewall.meeting_host and others:
        best = min(others, key=lambda certificate: _BEST_FIRST.index(certificate.trust))
        if best.trust is Trust.SYSTEM:
            yield _inspected(INSPECTED_ELSEWHERE, best)
        elif best.trust is Trust.NONE and not _is_clock_wrong(firewall, best, others):
            is_inspected = _is_inspection(best, [each for each in others if each is not best])
            yield (
                _inspected(INSPECTED_ELSEWHERE, best)
                if is_inspected
                else _certificate_finding(CERTIFICATES_REFUSED, best)
            )
        elif best.trust is Trust.NONE:
            yield _clock_wrong(firewall)


def _of_meeting(
    firewall: FirewallFacts, meeting: Certificate, others: list[Certificate], *, proven_without_proxy: bool
) -> Iterator[Finding]:
    if meeting.trust is Trust.PUBLIC:
        return
    if meeting.trust is Trust.NONE and _is_clock_wrong(firewall, meeting, [meeting, *others]):
        yield _clock_wrong(firewall)
    elif proven_without_proxy:
        yield _inspected(MEETING_INSPECTED, meeting, _BY_PROXY)
    elif meeting.trust is Trust.SYSTEM:
        trusts = {certificate.trust for certificate in others}
        inside = (
            isinstance(firewall.resolver, Resolver) and firewall.resolver.meeting is MeetingAddress.INSIDE
        )
        own = Trust.PUBLIC in trusts or (inside and Trust.SYSTEM not in trusts)
        if own and not meeting.product:
            yield _certificate_finding(MEETING_OWN_AUTHORITY, meeting)
        else:
            yield _inspected(MEETING_INSPECTED, meeting)
    elif _is_inspection(meeting, others):
        yield _inspected(MEETING_INSPECTED, meeting)
    else:
        yield _certificate_finding(MEETING_CERTIFICATE_REFUSED, meeting)


def _is_inspection(shown: Certificate, others: list[Certificate]) -> bool:
    """Does something in between sign it? A known product does, and so does one authority nobody trusts for all servers."""
    same = any(other.trust is Trust.NONE and other.issuer == shown.issuer for other in others)
    return bool(shown.product) or (shown.flaw is Flaw.UNKNOWN_AUTHORITY and bool(shown.issuer) and same)


def _is_clock_wrong(firewall: FirewallFacts, shown: Certificate, seen: list[Certificate]) -> bool:
    """Is this computer's clock to blame for a certificate's dates: is it off, or do all certificates look out of date?"""
    if shown.flaw not in _DATES:
        return False
    ahead_s = _ahead_s(firewall)
    if ahead_s is not None:
        return abs(ahead_s) >= limits.WRONG_CLOCK_S
    return len(seen) > 1 and all(certificate.flaw in _DATES for certificate in seen)


def _ahead_s(firewall: FirewallFacts) -> float | None:
    ahead_s = firewall.portal.clock_ahead_s if isinstance(firewall.portal, Portal) else None
    return ahead_s if isinstance(ahead_s, float) else None


def _clock_wrong(firewall: FirewallFacts) -> Finding:
    ahead_s = _ahead_s(firewall)
    params: dict[str, ParamValue] = {} if ahead_s is None else {"ahead_s": ahead_s}
    return CLOCK_WRONG.finding("facts.firewall.web", "facts.firewall.portal.clock_ahead_s", params=params)


def _inspected(spec: FindingSpec, shown: Certificate, variant: str = "") -> Finding:
    """An inspection; where this computer does not trust who signs, browsers refuse to open what is inspected."""
    refused = shown.trust is Trust.NONE
    if not variant and refused:
        variant = _NAMED_REFUSED if shown.product else _REFUSED
    elif not variant and shown.product:
        variant = _NAMED
    mild, grave = spec.severities
    return spec.finding(
        "facts.firewall.web",
        severity=grave if refused else mild,
        variant=variant,
        params=_params(shown),
    )


def _certificate_finding(spec: FindingSpec, shown: Certificate) -> Finding:
    return spec.finding("facts.firewall.web", params=_params(shown))


def _params(shown: Certificate) -> dict[str, ParamValue]:
    params: dict[str, ParamValue] = {"issuer": shown.issuer, "product": shown.product}
    if shown.flaw is not None:
        params["flaw"] = shown.flaw.value
    return params
