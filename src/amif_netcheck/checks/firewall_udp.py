"""Does UDP pass, the fast way for sound and picture, in the IP family that the meeting uses?"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import structs

from amif_netcheck.checks.firewall_findings import UDP_BLOCKED, UDP_UNKNOWN, UNKNOWN
from amif_netcheck.checks.reachability import NAMELESS, of_role, opened, outcome, outcomes, places
from amif_netcheck.checks.unknown import could_not_tell
from amif_netcheck.model.facts import AccessMethod, FirewallFacts, Outcome, Place, Role, Unavailable
from amif_netcheck.model.finding import Finding, ParamValue

_FORBIDDEN = "forbidden"
_ENOUGH_SERVERS = 2
"""One silent server may be down; so many at once, while the web works, are blocked."""
_UNASKED = {*NAMELESS, Outcome.NO_ROUTE}
_OPEN = {Outcome.ANSWERED, Outcome.LARGE_LOST}
_FAMILIES = (AccessMethod.IPV4, AccessMethod.IPV6)


def judge(firewall: FirewallFacts) -> Iterator[Finding]:
    """UDP that is blocked while the web works; or that nothing is known of it."""
    if isinstance(firewall.udp, Unavailable):
        yield could_not_tell(UNKNOWN, firewall.udp, "facts.firewall.udp")
        return
    beyond = [place for place in firewall.udp if place.role is not Role.TEST_POINT]  # that may be next door
    families = _families(firewall)
    asked = [place for place in (_by(place, families) for place in beyond) if _is_asked(place)]
    if not any(place.role is Role.STUN for place in asked) and not any(map(opened, asked)):
        # No test server has an address of that family: what the other one shows is all there is.
        families = set(_FAMILIES)
        asked = [place for place in beyond if _is_asked(place)]
    if any(map(opened, asked)):
        return
    servers = {place.server for place in asked if place.role is Role.STUN}
    how = _how(asked)
    if _is_web_open(firewall) and (how == _FORBIDDEN or len(servers) >= _ENOUGH_SERVERS):
        ports = sorted({str(place.port) for place in asked}, key=int)
        params: dict[str, ParamValue] = {"servers": len(servers), "ports": ports, "how": how}
        if len(families) == 1:
            params["family"] = next(iter(families)).value
        yield UDP_BLOCKED.finding("facts.firewall.udp", "facts.firewall.web", params=params)
    else:
        yield UDP_UNKNOWN.finding("facts.firewall.udp")


def _families(firewall: FirewallFacts) -> set[AccessMethod]:
    """Those by which the meeting opens, else those that it has addresses of.

    Without a meeting: IPv4 where the web opens by it, as many meetings have nothing else.
    """
    meetings = of_role(firewall.web, Role.MEETING)
    web = meetings or of_role(firewall.web, Role.PUBLIC)
    open_ones = {by for by in _FAMILIES if any(outcomes(place, by) & _OPEN for place in web)}
    if not meetings and AccessMethod.IPV4 in open_ones:
        return {AccessMethod.IPV4}
    addressed = {by for by in _FAMILIES if any(outcomes(place, by) for place in web)}
    return open_ones or addressed or set(_FAMILIES)


def _by(place: Place, families: set[AccessMethod]) -> Place:
    """A place as it is seen by these families alone."""
    return structs.replace(place, reach=tuple(each for each in place.reach if each.by in families))


def _is_asked(place: Place) -> bool:
    return bool(place.reach) and outcome(place) not in _UNASKED


def _is_web_open(firewall: FirewallFacts) -> bool:
    """Did a web server beyond the local network answer?"""
    return any(opened(place) for place in places(firewall.web) if place.role is not Role.TEST_POINT)


def _how(asked: list[Place]) -> str:
    """What was answered: that it is forbidden, that nobody listens there, or nothing."""
    ended = {outcome(place) for place in asked}
    if Outcome.FORBIDDEN in ended:
        return _FORBIDDEN
    return "refused" if ended == {Outcome.REFUSED} else "silent"
