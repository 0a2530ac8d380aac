"""Names: invented ones, slow ones, name servers that are dead, and where the meeting's leads."""

from __future__ import annotations

from collections.abc import Iterator

from amif_netcheck.checks import limits
from amif_netcheck.checks.firewall_findings import (
    FIRST,
    MEETING_INSIDE,
    NAME_SERVER_DEAD,
    NAMES_INVENTED,
    NAMES_SLOW,
)
from amif_netcheck.model.facts import (
    FirewallFacts,
    MeetingAddress,
    NameServer,
    Outcome,
    Resolver,
    Unavailable,
)
from amif_netcheck.model.finding import Finding


def judge(firewall: FirewallFacts) -> Iterator[Finding]:
    """Notes: browsers cope with all of these."""
    resolver = firewall.resolver
    if not isinstance(resolver, Resolver):
        return
    if resolver.invents is True:
        yield NAMES_INVENTED.finding("facts.firewall.resolver.invents")
    if resolver.meeting is MeetingAddress.INSIDE:
        yield MEETING_INSIDE.finding("facts.firewall.resolver.meeting")
    yield from _dead_server(resolver)
    if isinstance(resolver.slowest_s, Unavailable):
        return
    severity, crossed = limits.judge(resolver.slowest_s, limits.NAMES)
    if crossed is not None:
        params = limits.comparison(resolver.slowest_s, limits.NAMES, crossed)
        yield NAMES_SLOW.finding("facts.firewall.resolver.slowest_s", severity=severity, params=params)


def _dead_server(resolver: Resolver) -> Iterator[Finding]:
    """The first that does not answer, while another does: where none does, it may be the way to them."""
    servers: tuple[NameServer, ...] = () if isinstance(resolver.servers, Unavailable) else resolver.servers
    dead = [server for server in servers if server.outcome is not Outcome.ANSWERED]
    if dead and len(dead) < len(servers):
        yield NAME_SERVER_DEAD.finding(
            "facts.firewall.resolver.servers",
            variant=FIRST if dead[0] is servers[0] else "",
            params={"server": dead[0].address},
        )
