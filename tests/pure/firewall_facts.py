"""Facts of networks that let more or less through."""

from __future__ import annotations

from typing import Any

from msgspec import structs

from amif_netcheck.model.facts import (
    NOT_REQUESTED,
    AccessMethod,
    Certificate,
    FirewallFacts,
    Flaw,
    MeetingAddress,
    NameServer,
    Outcome,
    Page,
    Place,
    Portal,
    Proxy,
    ProxyKind,
    ProxySource,
    Reach,
    Reason,
    Resolver,
    Role,
    Trust,
    Unavailable,
)
from amif_netcheck.model.finding import Severity

ANSWERED, QUIET, NO_NAME = Outcome.ANSWERED, Outcome.SILENT, Outcome.NO_NAME
GOOD = Certificate(trust=Trust.PUBLIC, issuer="Public Trust")
OWN = Certificate(trust=Trust.SYSTEM, issuer="Mairie")
PRODUCT = Certificate(trust=Trust.SYSTEM, issuer="Zscaler Inc.", product="Zscaler")
BLOCK_PAGE = Certificate(
    trust=Trust.NONE, flaw=Flaw.OTHER_NAME, issuer="Fortinet", product="Fortinet FortiGate"
)
UNTRUSTED = Certificate(trust=Trust.NONE, flaw=Flaw.UNKNOWN_AUTHORITY, issuer="Box of somebody")
OTHER_NAME = Certificate(trust=Trust.NONE, flaw=Flaw.OTHER_NAME, issuer="R3")
EXPIRED = Certificate(trust=Trust.NONE, flaw=Flaw.EXPIRED)
STRANGE = Certificate(trust=Trust.NONE, flaw=Flaw.UNKNOWN_AUTHORITY)
EXPECTED = Portal(server="page.example", page=Page.AS_EXPECTED, status=200, clock_ahead_s=0.4)
LOGIN = structs.replace(EXPECTED, page=Page.MOVED, status=302, moved_to="login.example")
REFUSING = structs.replace(EXPECTED, page=Page.REFUSED, status=301)
HONEST = Resolver(invents=False, slowest_s=0.05)

BADNESS = {
    Severity.OK: 0,
    Severity.INFO: 1,
    Severity.UNKNOWN: 2,
    Severity.WARNING: 3,
    Severity.CRITICAL: 4,
}


def stun(
    outcome: Outcome = ANSWERED,
    server: str = "one.example",
    role: Role = Role.STUN,
    ipv6: Outcome | None = None,
) -> Place:
    found = [(AccessMethod.IPV4, outcome), (AccessMethod.IPV6, ipv6)]
    reach = tuple(Reach(by=by, outcome=each) for by, each in found if each is not None)
    return Place(role=role, server=server, port=3478, reach=reach)


def site(
    role: Role,
    outcome: Outcome | None = ANSWERED,
    certificate: Certificate | Unavailable = GOOD,
    ipv6: Outcome | None = None,
    proxy: Outcome | None = None,
    server: str = "meet.example",
    direct: Certificate | Unavailable = NOT_REQUESTED,
) -> Place:
    found = [(AccessMethod.PROXY, proxy), (AccessMethod.IPV4, outcome), (AccessMethod.IPV6, ipv6)]
    reach = tuple(Reach(by=by, outcome=each) for by, each in found if each is not None)
    opened = any(each.outcome is ANSWERED for each in reach)
    return Place(
        role=role,
        server=server,
        port=443,
        reach=reach,
        certificate=certificate if opened else NOT_REQUESTED,
        direct_certificate=direct,
    )


def meeting(outcome: Outcome = ANSWERED, certificate: Certificate = GOOD, **more: Any) -> Place:
    return site(Role.MEETING, outcome, certificate, **more)


def public(outcome: Outcome = ANSWERED, certificate: Certificate = GOOD, **more: Any) -> Place:
    return site(Role.PUBLIC, outcome, certificate, **more)


FINE = FirewallFacts(
    meeting_host="meet.example",
    udp=(stun(), stun(server="two.example")),
    web=(meeting(),),
    portal=EXPECTED,
    proxies=(),
    resolver=HONEST,
)
ONE_FAMILY = (stun(QUIET, ipv6=ANSWERED), stun(QUIET, "two.example", ipv6=ANSWERED))
OTHER_FAMILY = (stun(ipv6=QUIET), stun(server="two.example", ipv6=QUIET))
SUNK_UDP = (stun(Outcome.SUNK), stun(Outcome.SUNK, "two.example"))
SINKING = structs.replace(HONEST, meeting=MeetingAddress.SINKHOLE)
CLOSED_443 = (meeting(QUIET), public(QUIET), public(QUIET))
HOLED = Outcome.LARGE_LOST
QUIET_UDP = (stun(QUIET), stun(QUIET, "two.example"))
DEAD_UDP = (stun(NO_NAME), stun(NO_NAME, "two.example"))
NOWHERE = Unavailable(reason=Reason.BLOCKED)
PROXY = Proxy(source=ProxySource.ENVIRONMENT, kind=ProxyKind.MANUAL, server="proxy.example", port=3128)
SCRIPT = Proxy(source=ProxySource.GNOME, kind=ProxyKind.SCRIPT, server="wpad.example", spoken=False)
SOCKS = structs.replace(PROXY, spoken=False)
DEAD = structs.replace(PROXY, reached=Outcome.REFUSED)
NAMELESS_PROXY = structs.replace(PROXY, reached=NO_NAME)
ALONE = {"udp": QUIET_UDP, "portal": NOWHERE}
"""Nothing answers but what else is said."""


def server(address: str, outcome: Outcome = ANSWERED) -> NameServer:
    return NameServer(address=address, outcome=outcome)


def named(*servers: NameServer) -> Resolver:
    return structs.replace(HONEST, servers=servers)
