"""The service itself, as one who has its token or password finds it: its signalling, and relays that turn us away."""

from __future__ import annotations

from collections.abc import Iterator

from amif_netcheck.checks import firewall_proxies
from amif_netcheck.checks.firewall_findings import (
    NO_ROOM,
    NO_WEBSOCKET,
    NOT_ADMITTED,
    RELAY_TURNS_AWAY,
    SERVICE_UNTESTED,
    SIGNALLING_BLOCKED,
    UNREACHABLE,
    UNTRUSTED,
)
from amif_netcheck.checks.reachability import TURNED_AWAY, of_role, opened, outcome, places
from amif_netcheck.model.facts import (
    NOT_REQUESTED,
    FirewallFacts,
    MediaLadder,
    MediaRung,
    Outcome,
    Role,
    Signalling,
    SignallingProtocol,
)
from amif_netcheck.model.finding import Finding, Severity

_CLOSED = {
    *(Outcome.SILENT, Outcome.REFUSED, Outcome.FORBIDDEN, Outcome.UNREACHABLE, Outcome.CUT),
    *(Outcome.PROXY_REFUSED, Outcome.NO_WEBSOCKET, Outcome.SUNK, Outcome.UNTRUSTED),
}
_VARIANTS = {Outcome.NO_WEBSOCKET: NO_WEBSOCKET, Outcome.UNTRUSTED: UNTRUSTED}
_UNTESTED = {Outcome.NOT_ADMITTED: NOT_ADMITTED, Outcome.NO_ROOM: NO_ROOM}
_OF_PROXY = {Outcome.PROXY_DEAD, Outcome.PROXY_NO_NAME}
_UNTOLD = {Outcome.NO_ROOM, Outcome.SILENT}
"""Of a meeting's own server, which nobody asked for: it is one of another kind, or it did not answer in time."""
_EVIDENCE = "facts.firewall.signalling"


def judge(firewall: FirewallFacts) -> Iterator[Finding]:
    """At most one of the signalling, and one of the relays."""
    seen = firewall.signalling
    if isinstance(seen, Signalling):
        yield from _of_signalling(firewall, seen)
    elif seen.reason is not NOT_REQUESTED.reason:
        yield _untested(UNREACHABLE)
    ladder = firewall.ladder
    for rung in ladder.rungs if isinstance(ladder, MediaLadder) else ():
        asked = places(rung.places) if rung.allocating else ()
        if asked and all(outcome(place) in TURNED_AWAY for place in asked):
            params = {"server": asked[0].server}
            yield RELAY_TURNS_AWAY.finding("facts.firewall.ladder", variant=_why(rung), params=params)
            return


def _of_signalling(firewall: FirewallFacts, seen: Signalling) -> Iterator[Finding]:
    """One that is closed; nothing more where the meeting's own page is, or the proxy: that says it all."""
    if seen.outcome is Outcome.ANSWERED:
        return
    meetings = of_role(firewall.web, Role.MEETING)
    is_shut = bool(meetings) and not any(map(opened, meetings))
    if seen.protocol is SignallingProtocol.XMPP and (is_shut or seen.outcome in _UNTOLD):
        return
    if seen.outcome not in _CLOSED:
        if not (seen.outcome in _OF_PROXY and any(firewall_proxies.dead(firewall))):
            yield _untested(_UNTESTED.get(seen.outcome, UNREACHABLE), seen.server)
        return
    if is_shut:
        return
    if any(firewall_proxies.unspoken(firewall)):
        yield _untested(UNREACHABLE, seen.server)
        return
    variant = _VARIANTS.get(seen.outcome, "")
    yield SIGNALLING_BLOCKED.finding(_EVIDENCE, variant=variant, params={"server": seen.server})


def _untested(variant: str, server: str = "") -> Finding:
    """A token that is out of date is the desk's to renew; of all else it is not known what becomes of a meeting."""
    severity = Severity.INFO if variant == NOT_ADMITTED else Severity.UNKNOWN
    params = {"server": server} if server else {}
    return SERVICE_UNTESTED.finding(_EVIDENCE, severity=severity, variant=variant, params=params)


def _why(rung: MediaRung) -> str:
    """The password of the settings is wrong; or that is nobody's to say."""
    ended = {outcome(place) for place in places(rung.places)}
    return NOT_ADMITTED if Outcome.NOT_ADMITTED in ended and not rung.told else ""
