"""The way on which sound and picture of the meeting end up: the first of its service's ways that this network lets through."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum

from amif_netcheck.checks.firewall_findings import (
    CONNECTION,
    LIKE_WEB,
    MEDIA_BLOCKED,
    MEDIA_RELAYED,
    MEDIA_UNKNOWN,
    MEETING_UDP_BLOCKED,
    OPEN,
    UDP_BLOCKED,
    UDP_UNKNOWN,
    WAY_PROBABLE,
    WAY_SEEN,
)
from amif_netcheck.checks.reachability import TURNED_AWAY, of_role, opened, outcome, places
from amif_netcheck.model.facts import (
    FirewallFacts,
    MediaLadder,
    MediaRung,
    MediaWay,
    Outcome,
    Role,
)
from amif_netcheck.model.finding import Finding, ParamValue

_WORDS = {
    MediaWay.UDP: "UDP",
    MediaWay.TCP: "TCP",
    MediaWay.TLS: "TLS",
    MediaWay.TURN_UDP: "TURN/UDP",
    MediaWay.TURN_TCP: "TURN/TCP",
    MediaWay.TURN_TLS: "TURN/TLS",
}
"""Terms, the same in every language."""
_DATAGRAMS = {MediaWay.UDP, MediaWay.TURN_UDP}
_RELAYED = {MediaWay.TURN_UDP, MediaWay.TURN_TCP, MediaWay.TURN_TLS}
_WITHIN_TLS = {MediaWay.TLS, MediaWay.TURN_TLS}
_UNANSWERED = {Outcome.SILENT, Outcome.REFUSED, Outcome.UNREACHABLE, Outcome.CUT}
_FORBIDDEN = {Outcome.FORBIDDEN, Outcome.PROXY_REFUSED}
_ENOUGH_SERVERS = 2
_EVIDENCE = "facts.firewall.ladder"


class Standing(Enum):
    """What is known of a rung."""

    OPEN = "open"  # something answered that way, on one of its ports
    LIKELY = "likely"  # its kind of traffic passes; whether its own port does was not seen
    UNKNOWN = "unknown"
    CLOSED = "closed"


_PASSING = {Standing.OPEN, Standing.LIKELY}


def judge(firewall: FirewallFacts, udp: Sequence[Finding]) -> Iterator[Finding]:
    """What `udp` says of UDP at large, made more precise by the ways of the meeting's service where these are known."""
    ladder = firewall.ladder
    if not isinstance(ladder, MediaLadder) or not ladder.rungs:
        yield from udp
        return
    blocked = next((finding for finding in udp if finding.code == UDP_BLOCKED.code), None)
    seen = standings(firewall, udp_blocked=blocked is not None)
    if all(each is Standing.CLOSED for each in seen):
        if any(map(opened, of_role(firewall.web, Role.MEETING))):
            yield MEDIA_BLOCKED.finding(_EVIDENCE, "facts.firewall.web", params=_about(ladder))
        else:  # that the page is closed says it all
            yield from udp
        return
    end = next((at for at, each in enumerate(seen) if each in _PASSING), None)
    if end is None:
        yield from udp or ([MEDIA_UNKNOWN.finding(_EVIDENCE)] if Standing.CLOSED in seen else [])
        return
    rung, is_lower = ladder.rungs[end], Standing.CLOSED in seen[:end]
    if rung.way in _DATAGRAMS:
        # What answers on the meeting's own way tells more than test servers.
        answers = seen[end] is Standing.OPEN or _turns_away(rung)
        of_tests = {UDP_BLOCKED.code, UDP_UNKNOWN.code} if answers else set()
        yield from (finding for finding in udp if finding.code not in of_tests)
        if rung.way is MediaWay.TURN_UDP and is_lower:
            yield MEDIA_RELAYED.finding(_EVIDENCE, params=_about(ladder, rung))
    elif blocked is not None:
        params = {**blocked.params, **_about(ladder, rung)}
        yield UDP_BLOCKED.finding(*blocked.evidence, _EVIDENCE, variant=_kind(rung), params=params)
    else:
        if is_lower:
            yield MEETING_UDP_BLOCKED.finding(_EVIDENCE, variant=_kind(rung), params=_about(ladder, rung))
        yield from udp


def nothing_in_the_way(firewall: FirewallFacts) -> Finding:
    """With the way that sound and picture will take, where the service's ways are known and its first one is free."""
    ladder = firewall.ladder
    if isinstance(ladder, MediaLadder) and ladder.rungs:
        seen = standings(firewall, udp_blocked=False)
        if seen[0] in _PASSING and ladder.rungs[0].way is MediaWay.UDP:
            exact = seen[0] is Standing.OPEN and ladder.rungs[0].ports
            variant = WAY_SEEN if exact else WAY_PROBABLE
            params = _about(ladder, ladder.rungs[0])
            return OPEN.finding("facts.firewall", variant=variant, params=params)
    return OPEN.finding("facts.firewall")


def standings(firewall: FirewallFacts, *, udp_blocked: bool) -> tuple[Standing, ...]:
    """What is known of each rung, in their order."""
    ladder = firewall.ladder
    rungs = ladder.rungs if isinstance(ladder, MediaLadder) else ()
    relays = {
        (place.server, place.port)
        for rung in rungs
        if rung.way in _RELAYED
        for place in places(rung.places)
        if opened(place) or outcome(place) in TURNED_AWAY
    }
    return tuple(
        _of_datagrams(rung, firewall, relays, udp_blocked=udp_blocked)
        if rung.way in _DATAGRAMS
        else _of_connections(rung)
        for rung in rungs
    )


def _of_datagrams(
    rung: MediaRung, firewall: FirewallFacts, relays: set[tuple[str, int]], *, udp_blocked: bool
) -> Standing:
    asked = places(rung.places)
    if any(map(opened, asked)):
        return Standing.OPEN
    if _turns_away(rung):
        return Standing.LIKELY
    if udp_blocked or (asked and all(outcome(place) in _FORBIDDEN for place in asked)):
        return Standing.CLOSED
    if rung.way is MediaWay.TURN_UDP and asked:
        # A relay that is there, by its name or because it answers over TCP on that port, would answer over UDP.
        there = rung.named or any((place.server, place.port) in relays for place in asked)
        if there:
            silent = all(outcome(place) in _UNANSWERED for place in asked)
            return Standing.CLOSED if silent else Standing.UNKNOWN
    by_tests = _of_test_servers(rung, firewall)
    if by_tests is not None:
        return by_tests
    passes = any(opened(place) for place in places(firewall.udp) if place.role is not Role.TEST_POINT)
    # Bridges answer only those that have joined; a relay at another host than the meeting's is nobody's to see.
    return Standing.LIKELY if passes and rung.way is MediaWay.UDP else Standing.UNKNOWN


def _of_test_servers(rung: MediaRung, firewall: FirewallFacts) -> Standing | None:
    """What test servers on the same port show: that it is open; or closed, where they answer on others or are several."""
    servers = [place for place in places(firewall.udp) if place.role is Role.STUN]
    mine = [place for place in servers if _holds(rung, place.port)]
    if any(map(opened, mine)):
        return Standing.OPEN
    alive = {place.server for place in servers if opened(place)}
    silent = {place.server for place in mine if outcome(place) in _UNANSWERED | _FORBIDDEN}
    if alive and rung.ports and (silent & alive or len(silent) >= _ENOUGH_SERVERS):
        return Standing.CLOSED
    return None


def _of_connections(rung: MediaRung) -> Standing:
    asked = places(rung.places)
    ended = {outcome(place) for place in asked}
    if Outcome.ANSWERED in ended:
        return Standing.OPEN
    if ended & TURNED_AWAY:
        return Standing.LIKELY
    if Outcome.NO_RELAY in ended and not rung.named:
        return Standing.LIKELY  # a connection to that port passes; the relay may be another server
    if asked and ended <= (_FORBIDDEN | _UNANSWERED if rung.named else _FORBIDDEN):
        return Standing.CLOSED
    return Standing.UNKNOWN


def _turns_away(rung: MediaRung) -> bool:
    return any(outcome(place) in TURNED_AWAY for place in places(rung.places))


def _holds(rung: MediaRung, port: int) -> bool:
    return not rung.ports or any(each.first <= port <= each.last for each in rung.ports)


def _kind(rung: MediaRung) -> str:
    return LIKE_WEB if rung.way in _WITHIN_TLS else CONNECTION


def _about(ladder: MediaLadder, rung: MediaRung | None = None) -> dict[str, ParamValue]:
    params: dict[str, ParamValue] = {"without_udp": ladder.without_udp.value}
    if rung is not None:
        ports = [
            f"{each.first}-{each.last}" if each.first < each.last else f"{each.first}" for each in rung.ports
        ]
        asked = [str(place.port) for place in places(rung.places)]
        params |= {"way": _WORDS[rung.way], "media_ports": ports or asked}
    return params
