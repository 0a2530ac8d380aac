"""The note: "Pensez à désactiver les VPN quand il y en a". The question is the route, not the presence of a VPN."""

from __future__ import annotations

from amif_netcheck.checks.unknown import could_not_tell
from amif_netcheck.model.facts import Carriage, Facts, Route, Tunnel, Unavailable, VpnFacts, Ways
from amif_netcheck.model.finding import Finding, Severity

_FAMILIES = ("ipv4", "ipv6")


def check(facts: Facts) -> list[Finding]:
    """Judge the way to the meeting, or to the Internet when no meeting is known.

    A tunnel that carries any family is a warning; a tunnel that leaves the meeting outside is ok; one that carries
    nothing is not mentioned at all.
    """
    vpn = facts.vpn
    if isinstance(vpn, Unavailable):
        return [could_not_tell("vpn", vpn, "facts.vpn")]
    subject = "internet" if isinstance(vpn.meeting, Unavailable) else "meeting"
    ways = vpn.internet if isinstance(vpn.meeting, Unavailable) else vpn.meeting
    routes = _routes(ways)
    if not routes:
        missing = next(way for way in (ways.ipv4, ways.ipv6) if isinstance(way, Unavailable))
        return [could_not_tell("vpn", missing, f"facts.vpn.{subject}")]
    evidence = tuple(f"facts.vpn.{subject}.{family}" for family in routes)
    inside = [family for family, route in routes.items() if route.carriage is Carriage.TUNNEL]
    outside = [family for family, route in routes.items() if route.carriage is Carriage.DIRECT]
    if not inside:
        if len(outside) < len(routes):
            return [
                Finding(
                    code="vpn.unknown",
                    severity=Severity.UNKNOWN,
                    params={"reason": "unsupported"},
                    evidence=evidence,
                )
            ]
        return [_clear(vpn, evidence)]
    route = routes[inside[0]]
    params: dict[str, str | int | float | list[str]] = {
        "interface": route.interface,
        "product": _product(vpn, route.interface),
    }
    if outside:
        params |= {"family": inside[0], "family_outside": outside[0]}
        return [Finding(code="vpn.carries_part", severity=Severity.WARNING, params=params, evidence=evidence)]
    internet = [r.carriage for r in _routes(vpn.internet).values()]
    full = all(carriage is Carriage.TUNNEL for carriage in internet) if internet else False
    params["tunnel"] = "full" if full else "split"
    return [Finding(code="vpn.carries_meeting", severity=Severity.WARNING, params=params, evidence=evidence)]


def _routes(ways: Ways) -> dict[str, Route]:
    """The routes that exist, by family."""
    found = {family: getattr(ways, family) for family in _FAMILIES}
    return {family: route for family, route in found.items() if isinstance(route, Route)}


def _tunnels(vpn: VpnFacts) -> tuple[Tunnel, ...]:
    return () if isinstance(vpn.tunnels, Unavailable) else vpn.tunnels


def _product(vpn: VpnFacts, interface: str) -> str:
    return next((tunnel.product for tunnel in _tunnels(vpn) if tunnel.interface == interface), "")


def _clear(vpn: VpnFacts, evidence: tuple[str, ...]) -> Finding:
    """Nothing carries the meeting: say whether a VPN is in use beside it."""
    beside = next((tunnel for tunnel in _tunnels(vpn) if tunnel.routes), None)
    if beside is None:
        return Finding(code="vpn.none", severity=Severity.OK, evidence=evidence)
    return Finding(
        code="vpn.leaves_meeting_outside",
        severity=Severity.OK,
        params={"interface": beside.interface, "product": beside.product},
        evidence=(*evidence, "facts.vpn.tunnels"),
    )
