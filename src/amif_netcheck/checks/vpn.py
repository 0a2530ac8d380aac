"""The note: "Pensez à désactiver les VPN quand il y en a". The question is the route, not the presence of a VPN."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from amif_netcheck.checks import link_findings
from amif_netcheck.checks.spec import FindingSpec
from amif_netcheck.checks.unknown import could_not_tell, unknown_spec
from amif_netcheck.model.facts import (
    CallPart,
    Carriage,
    Facts,
    Reason,
    Route,
    RoutesByFamily,
    Tunnel,
    Unavailable,
    VpnFacts,
)
from amif_netcheck.model.finding import Finding, ParamValue, Severity
from amif_netcheck.model.fix import FixKind

_FAMILIES = ("ipv4", "ipv6")
_NAMED = "named"
_FIX = (FixKind.DISCONNECT_VPN,)

_carries = partial(
    FindingSpec,
    variants=(_NAMED,),
    explains=link_findings.FAULTS,
    not_at=link_findings.HOME,
    effort_min=1,
    fixes=_FIX,
)

NONE = FindingSpec("vpn.none", (Severity.OK,))
LEAVES_MEETING_OUTSIDE = FindingSpec("vpn.leaves_meeting_outside", (Severity.OK,), variants=(_NAMED,))
BESIDE_INTERNET = FindingSpec(
    "vpn.beside_internet", (Severity.INFO,), variants=(_NAMED,), fixes=_FIX, effort_min=2
)
CARRIES_MEETING = _carries("vpn.carries_meeting", (Severity.WARNING,), vocabulary=("tunnel",))
CARRIES_MEDIA = _carries("vpn.carries_media", (Severity.WARNING,))
CARRIES_PART = _carries("vpn.carries_part", (Severity.WARNING,), vocabulary=("ip_inside", "ip_outside"))
UNKNOWN = unknown_spec("vpn")
FINDINGS = (
    NONE,
    LEAVES_MEETING_OUTSIDE,
    BESIDE_INTERNET,
    CARRIES_MEETING,
    CARRIES_MEDIA,
    CARRIES_PART,
    UNKNOWN,
)

_NO_WAY = {Reason.NOT_PRESENT, Reason.BLOCKED}
"""A family without a way out carries nothing: these reasons leave nothing unknown."""


def check(facts: Facts, _earlier: Sequence[Finding] = ()) -> list[Finding]:
    """Judge the way to the meeting, or to the Internet when no meeting was given.

    A tunnel that carries any family is a warning; a tunnel that leaves the meeting outside is ok; one that carries
    nothing is not mentioned at all. A meeting that was given but could not be looked up is judged only where the way to
    the Internet settles it.
    """
    vpn = facts.vpn
    if isinstance(vpn, Unavailable):
        return [could_not_tell(UNKNOWN, vpn, "facts.vpn")]
    subject, ways = (
        ("internet", vpn.internet) if isinstance(vpn.meeting, Unavailable) else ("meeting", vpn.meeting)
    )
    routes = _routes(ways)
    evidence = tuple(f"facts.vpn.{subject}.{family}" for family in routes)
    inside = [family for family, route in routes.items() if route.carriage is Carriage.TUNNEL]
    outside = [family for family, route in routes.items() if route.carriage is Carriage.DIRECT]
    if inside:
        return [_carried(vpn, [routes[family] for family in inside], inside, outside, evidence)]
    missing = _missing(ways, routes)
    if missing is not None:
        return [could_not_tell(UNKNOWN, missing, f"facts.vpn.{subject}")]
    if isinstance(vpn.meeting, Unavailable) and vpn.meeting_host:
        return [could_not_tell(UNKNOWN, vpn.meeting, "facts.vpn.meeting")]
    if isinstance(vpn.tunnels, Unavailable) and subject == "internet":  # one of them might hold the meeting
        return [could_not_tell(UNKNOWN, vpn.tunnels, "facts.vpn.tunnels")]
    return [_clear(vpn, subject, evidence)]


def _missing(ways: RoutesByFamily, routes: dict[str, Route]) -> Unavailable | None:
    """What is not known, and would have to be before anything is called clear."""
    failures = [way for way in (ways.ipv4, ways.ipv6) if isinstance(way, Unavailable)]
    if not routes:
        return failures[0]
    unclear = [route for route in routes.values() if route.carriage is Carriage.UNKNOWN]
    if unclear:
        by_mark = all(route.by_mark for route in unclear)
        return Unavailable(reason=Reason.NOT_PERMITTED if by_mark else Reason.UNSUPPORTED)
    return next((failure for failure in failures if failure.reason not in _NO_WAY), None)


def _carried(
    vpn: VpnFacts, routes: list[Route], inside: list[str], outside: list[str], evidence: tuple[str, ...]
) -> Finding:
    """What the tunnel carries; `routes` are those inside."""
    interface = routes[0].interface
    product = _product(vpn, interface)
    params: dict[str, ParamValue] = {"interface": interface, "product": product}
    variant = _NAMED if product else ""
    parts = {route.part for route in routes}
    if parts == {CallPart.MEDIA}:
        return CARRIES_MEDIA.finding(*evidence, variant=variant, params=params)
    if outside:
        params |= {"ip_inside": inside[0], "ip_outside": outside[0]}
    if outside or CallPart.ALL not in parts:
        return CARRIES_PART.finding(*evidence, variant=variant, params=params)
    params["tunnel"] = "full" if _is_full(vpn) else "split"
    return CARRIES_MEETING.finding(*evidence, variant=variant, params=params)


def _is_full(vpn: VpnFacts) -> bool:
    """Does all of the Internet go through a tunnel?"""
    internet = _routes(vpn.internet).values()
    return bool(internet) and all(
        route.carriage is Carriage.TUNNEL and route.part is CallPart.ALL for route in internet
    )


def _routes(ways: RoutesByFamily) -> dict[str, Route]:
    """The routes that exist, by family."""
    ways_out = {family: getattr(ways, family) for family in _FAMILIES}
    return {family: route for family, route in ways_out.items() if isinstance(route, Route)}


def _tunnels(vpn: VpnFacts) -> tuple[Tunnel, ...]:
    return () if isinstance(vpn.tunnels, Unavailable) else vpn.tunnels


def _product(vpn: VpnFacts, interface: str) -> str:
    return next((tunnel.product for tunnel in _tunnels(vpn) if tunnel.interface == interface), "")


def _clear(vpn: VpnFacts, subject: str, evidence: tuple[str, ...]) -> Finding:
    """No tunnel on the way: say whether a VPN is in use beside it, which may hold a meeting that we were not told of."""
    beside = next((tunnel for tunnel in _tunnels(vpn) if tunnel.routes), None)
    if beside is None:
        return NONE.finding(*evidence)
    spec = LEAVES_MEETING_OUTSIDE if subject == "meeting" else BESIDE_INTERNET
    return spec.finding(
        *evidence,
        "facts.vpn.tunnels",
        variant=_NAMED if beside.product else "",
        params={"interface": beside.interface, "product": beside.product},
    )
