"""The check `firewall`: by table; and a network that lets less through is never judged better."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from amif_netcheck.advice.firewall import WORDS
from amif_netcheck.checks import firewall as firewall_check
from amif_netcheck.measure.reach import certificates
from amif_netcheck.model.facts import (
    NOT_REQUESTED,
    AccessMethod,
    Certificate,
    Facts,
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
from amif_netcheck.model.finding import Severity, worst
from tests.builders import SILENT

BADNESS = {
    Severity.OK: 0,
    Severity.INFO: 1,
    Severity.UNKNOWN: 2,
    Severity.WARNING: 3,
    Severity.CRITICAL: 4,
}
ANSWERED, QUIET, NO_NAME = Outcome.ANSWERED, Outcome.SILENT, Outcome.NO_NAME
GOOD = Certificate(trust=Trust.PUBLIC, issuer="Public Trust")
OWN = Certificate(trust=Trust.SYSTEM, issuer="Mairie")
PRODUCT = Certificate(trust=Trust.SYSTEM, issuer="Zscaler Inc.", product="Zscaler")
BLOCK_PAGE = Certificate(
    trust=Trust.NONE, flaw=Flaw.OTHER_NAME, issuer="Fortinet", product="Fortinet FortiGate"
)
UNTRUSTED = Certificate(trust=Trust.NONE, flaw=Flaw.UNKNOWN_AUTHORITY, issuer="Box of somebody")
EXPIRED = Certificate(trust=Trust.NONE, flaw=Flaw.EXPIRED)
STRANGE = Certificate(trust=Trust.NONE, flaw=Flaw.UNKNOWN_AUTHORITY)
EXPECTED = Portal(server="page.example", page=Page.AS_EXPECTED, status=200, clock_ahead_s=0.4)
LOGIN = structs.replace(EXPECTED, page=Page.MOVED, status=302, moved_to="login.example")
HONEST = Resolver(invents=False, slowest_s=0.05)


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


def judged(**changes: Any) -> dict[str, str]:
    facts = Facts(firewall=structs.replace(FINE, **changes))
    return {each.code.partition(".")[2]: each.severity.value for each in firewall_check.check(facts)}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, {"open": "ok"}),
        ({"udp": (stun(), stun(QUIET, "two.example"))}, {"open": "ok"}),
        ({"udp": QUIET_UDP}, {"udp_blocked": "warning"}),
        ({"udp": (stun(QUIET), stun(role=Role.MEETING))}, {"open": "ok"}),
        ({"udp": (stun(QUIET),)}, {"udp_unknown": "unknown"}),
        ({"udp": (stun(QUIET), stun(QUIET))}, {"udp_unknown": "unknown"}),
        ({"udp": (stun(QUIET), stun(QUIET, "meet.example", Role.MEETING))}, {"udp_unknown": "unknown"}),
        # A test point may stand in the same building: that it answers says nothing of the way out.
        ({"udp": (*QUIET_UDP, stun(server="192.168.1.1", role=Role.TEST_POINT))}, {"udp_blocked": "warning"}),
        ({"udp": (stun(QUIET), stun(role=Role.TEST_POINT))}, {"udp_unknown": "unknown"}),
        ({"udp": (stun(Outcome.REFUSED),)}, {"udp_unknown": "unknown"}),
        ({"udp": (stun(Outcome.FORBIDDEN),)}, {"udp_blocked": "warning"}),
        ({"udp": DEAD_UDP}, {"udp_unknown": "unknown"}),
        ({"udp": SILENT}, {"unknown": "unknown"}),
        ({"web": SILENT}, {"unknown": "unknown"}),
        ({"web": ()}, {"web_unknown": "unknown"}),
        ({"web": (meeting(QUIET),)}, {"meeting_silent": "critical"}),
        ({"web": (meeting(Outcome.UNREACHABLE),)}, {"meeting_silent": "critical"}),
        ({"web": (meeting(Outcome.REFUSED),)}, {"meeting_refused": "critical"}),
        ({"web": (meeting(Outcome.FORBIDDEN, ipv6=QUIET),)}, {"meeting_forbidden": "critical"}),
        ({"web": (meeting(Outcome.CUT),)}, {"meeting_cut": "critical"}),
        ({"web": (meeting(NO_NAME),)}, {"meeting_no_name": "critical"}),
        ({"web": (meeting(NO_NAME),), "udp": DEAD_UDP, "portal": NOWHERE}, {"no_names": "unknown"}),
        ({"web": (meeting(QUIET),), "udp": QUIET_UDP, "portal": NOWHERE}, {"nothing_answers": "unknown"}),
        (
            {"web": (meeting(Outcome.FORBIDDEN),), "udp": QUIET_UDP, "portal": NOWHERE},
            {"meeting_forbidden": "critical"},
        ),
        ({"web": (meeting(QUIET, proxy=ANSWERED),)}, {"open": "ok"}),
        ({"web": (meeting(proxy=Outcome.PROXY_REFUSED),)}, {"proxy_in_the_way": "warning"}),
        ({"web": (meeting(QUIET, proxy=Outcome.PROXY_REFUSED),)}, {"meeting_refused_by_proxy": "critical"}),
        ({"web": (meeting(QUIET, proxy=Outcome.PROXY_PASSWORD),)}, {"proxy_password": "unknown"}),
        ({"web": (meeting(ipv6=QUIET),)}, {"ipv6_broken": "info"}),
        ({"web": (meeting(ipv6=Outcome.NO_ROUTE),)}, {"open": "ok"}),
        ({"web": (meeting(QUIET, ipv6=ANSWERED),)}, {"open": "ok"}),
        ({"web": (meeting(certificate=OWN), public(certificate=OWN))}, {"meeting_inspected": "warning"}),
        ({"web": (meeting(certificate=OWN),)}, {"meeting_inspected": "warning"}),
        ({"web": (meeting(certificate=OWN), public())}, {"meeting_own_authority": "info"}),
        ({"web": (meeting(certificate=STRANGE),)}, {"meeting_certificate_refused": "critical"}),
        ({"web": (meeting(certificate=EXPIRED),)}, {"meeting_certificate_refused": "critical"}),
        (
            {
                "web": (meeting(certificate=EXPIRED),),
                "portal": structs.replace(EXPECTED, clock_ahead_s=86400.0),
            },
            {"clock_wrong": "critical"},
        ),
        (
            {
                "web": (meeting(certificate=EXPIRED), public(certificate=EXPIRED)),
                "portal": structs.replace(EXPECTED, clock_ahead_s=NOT_REQUESTED),
            },
            {"clock_wrong": "critical"},
        ),
        ({"portal": LOGIN}, {"open": "ok"}),
        ({"portal": LOGIN, "web": (meeting(QUIET),)}, {"captive_portal": "critical"}),
        ({"portal": LOGIN, "web": (meeting(certificate=STRANGE),)}, {"captive_portal": "critical"}),
        ({"portal": NOWHERE}, {"open": "ok"}),
        ({"proxies": (PROXY, SCRIPT)}, {"proxy": "info", "proxy_chosen_by_script": "info"}),
        *(
            (
                {"proxies": (proxy,), "web": (meeting(how), public(how))},
                {"proxy_unspoken": "unknown", code: "info"},
            )
            for proxy, code in ((SCRIPT, "proxy_chosen_by_script"), (SOCKS, "proxy"))
            for how in (QUIET, Outcome.REFUSED, Outcome.FORBIDDEN, Outcome.CUT, NO_NAME)
        ),
        (
            {"proxies": (SCRIPT,), "web": (meeting(QUIET),), "udp": QUIET_UDP, "portal": NOWHERE},
            {"nothing_answers": "unknown"},
        ),
        (
            {"proxies": (PROXY,), "web": (meeting(QUIET, proxy=QUIET),)},
            {"meeting_silent": "critical", "proxy": "info"},
        ),
        ({"resolver": structs.replace(HONEST, invents=True)}, {"names_invented": "info"}),
        ({"resolver": structs.replace(HONEST, slowest_s=2.0)}, {"names_slow": "info"}),
        ({"resolver": structs.replace(HONEST, meeting=MeetingAddress.INSIDE)}, {"meeting_inside": "info"}),
        (
            {"resolver": structs.replace(HONEST, meeting=MeetingAddress.SINKHOLE)},
            {"open": "ok"},
        ),
        (
            {"resolver": structs.replace(HONEST, meeting=MeetingAddress.SINKHOLE), "web": (meeting(QUIET),)},
            {"meeting_sunk": "critical"},
        ),
        ({"resolver": SILENT}, {"open": "ok"}),
    ],
)
def test_with_a_meeting(changes: dict[str, Any], said: dict[str, str]) -> None:
    assert judged(**changes) == said


@pytest.mark.parametrize(
    ("web", "said"),
    [
        ((public(), public(QUIET)), {"open": "ok"}),
        ((public(QUIET), public(QUIET)), {"web_blocked": "warning"}),
        ((public(QUIET),), {"web_unknown": "unknown"}),
        ((public(QUIET), public(NO_NAME)), {"web_unknown": "unknown"}),
        ((), {"web_unknown": "unknown"}),
        ((public(QUIET, proxy=Outcome.PROXY_PASSWORD),), {"proxy_password": "unknown"}),
        ((public(certificate=OWN), public(certificate=STRANGE)), {"inspected_elsewhere": "info"}),
        ((public(certificate=STRANGE),), {"certificates_refused": "warning"}),
    ],
)
def test_without_a_meeting(web: tuple[Place, ...], said: dict[str, str]) -> None:
    assert judged(meeting_host="", web=web) == said


def test_without_a_meeting_behind_a_script_nothing_is_blocked() -> None:
    """Only browsers ask scripts: that websites do not open for us is no proof that they are held back."""
    said = judged(meeting_host="", web=(public(QUIET), public(QUIET)), proxies=(SCRIPT,))
    assert said == {"proxy_unspoken": "unknown", "proxy_chosen_by_script": "info"}


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        # UDP counts in the family that the meeting uses.
        ({"udp": ONE_FAMILY}, {"udp_blocked": "warning"}),
        ({"udp": ONE_FAMILY, "web": (meeting(ipv6=ANSWERED),)}, {"open": "ok"}),
        ({"udp": ONE_FAMILY, "web": (meeting(Outcome.NO_ROUTE, ipv6=ANSWERED),)}, {"open": "ok"}),
        (
            {"udp": OTHER_FAMILY, "web": (meeting(Outcome.NO_ROUTE, ipv6=ANSWERED),)},
            {"udp_blocked": "warning"},
        ),
        ({"udp": OTHER_FAMILY}, {"open": "ok"}),
        (
            {"udp": ONE_FAMILY, "meeting_host": "", "web": (public(ipv6=ANSWERED),)},
            {"udp_blocked": "warning"},
        ),
        ({"udp": OTHER_FAMILY, "meeting_host": "", "web": (public(ipv6=ANSWERED),)}, {"open": "ok"}),
        ({"udp": SUNK_UDP}, {"udp_unknown": "unknown"}),
        ({"udp": (stun(Outcome.SUNK), stun(QUIET, "two.example"))}, {"udp_unknown": "unknown"}),
        # Inspection.
        ({"web": (meeting(certificate=PRODUCT), public())}, {"meeting_inspected/named": "warning"}),
        (
            {"web": (meeting(certificate=BLOCK_PAGE), public())},
            {"meeting_inspected/named_refused": "critical"},
        ),
        ({"web": (meeting(certificate=BLOCK_PAGE),)}, {"meeting_inspected/named_refused": "critical"}),
        (
            {"web": (meeting(certificate=UNTRUSTED), public(certificate=UNTRUSTED))},
            {"meeting_inspected/refused": "critical"},
        ),
        ({"web": (meeting(certificate=UNTRUSTED), public())}, {"meeting_certificate_refused": "critical"}),
        (
            {"web": (meeting(certificate=STRANGE), public(certificate=STRANGE))},  # nobody is named
            {"meeting_certificate_refused": "critical"},
        ),
        (
            {"web": (meeting(certificate=UNTRUSTED, proxy=ANSWERED, direct=GOOD),)},
            {"meeting_inspected/by_proxy": "critical"},
        ),
        (
            {"web": (meeting(certificate=OWN, proxy=ANSWERED, direct=GOOD),)},
            {"meeting_inspected/by_proxy": "warning"},
        ),
        ({"web": (meeting(proxy=ANSWERED, direct=GOOD),)}, {"open": "ok"}),
        # Proxies that are dead, unknown, or in the way.
        ({"proxies": (DEAD,), "web": (meeting(proxy=Outcome.PROXY_DEAD),)}, {"proxy_dead": "warning"}),
        (
            {"proxies": (DEAD,), "web": (meeting(QUIET, proxy=Outcome.PROXY_DEAD),)},
            {"proxy_dead": "critical"},
        ),
        (
            {"proxies": (NAMELESS_PROXY,), "web": (meeting(proxy=Outcome.PROXY_NO_NAME),)},
            {"proxy_dead/no_name": "warning"},
        ),
        ({"proxies": (structs.replace(SOCKS, reached=QUIET),)}, {"proxy_dead": "warning"}),
        ({"proxies": (structs.replace(DEAD, exempts_meeting=True),)}, {"proxy_dead": "info"}),
        (
            {"proxies": (PROXY,), "web": (meeting(proxy=Outcome.PROXY_DEAD),)},  # it speaks no HTTP
            {"proxy_dead": "warning"},
        ),
        (
            {"proxies": (DEAD,), "web": (meeting(QUIET),), **ALONE},
            {"proxy_dead": "critical", "nothing_answers": "unknown"},
        ),
        ({"web": (meeting(proxy=Outcome.PROXY_PASSWORD),)}, {"proxy_password": "unknown"}),
        (
            {"web": (meeting(QUIET, proxy=Outcome.PROXY_PASSWORD),), **ALONE},
            {"proxy_password": "unknown", "udp_unknown": "unknown"},
        ),
        ({"web": (meeting(proxy=Outcome.PROXY_FAILED),)}, {"proxy_in_the_way/failed": "warning"}),
        ({"web": (meeting(proxy=Outcome.CUT),)}, {"proxy_in_the_way/failed": "warning"}),
        ({"web": (meeting(proxy=QUIET),)}, {"proxy_in_the_way/failed": "warning"}),
        (
            {"web": (meeting(QUIET, proxy=Outcome.PROXY_FAILED),)},
            {"meeting_refused_by_proxy/failed": "critical"},
        ),
        ({"web": (meeting(QUIET, proxy=Outcome.CUT),)}, {"meeting_refused_by_proxy/failed": "critical"}),
        (
            {"web": (meeting(Outcome.REFUSED, proxy=Outcome.PROXY_REFUSED),)},
            {"meeting_refused_by_proxy": "critical"},
        ),
        # One that only browsers use, as the only way.
        ({"proxies": (SOCKS,), "web": (meeting(QUIET),), **ALONE}, {"proxy_unspoken": "unknown"}),
        (
            {"proxies": (SOCKS,), "web": (meeting(NO_NAME),), "udp": DEAD_UDP, "portal": NOWHERE},
            {"proxy_unspoken": "unknown"},
        ),
        (
            {"proxies": (structs.replace(SOCKS, exempts_meeting=True),), "web": (meeting(QUIET),), **ALONE},
            {"nothing_answers": "unknown"},
        ),
        (
            {"proxies": (structs.replace(SOCKS, exempts_meeting=True),), "web": (meeting(QUIET),)},
            {"meeting_silent": "critical", "proxy": "info"},
        ),
        (
            {"proxies": (SCRIPT,), "web": (meeting(QUIET),), **ALONE},
            {"nothing_answers/by_script": "unknown"},
        ),
        # This computer forbids it.
        ({"sending_forbidden": True, "web": (meeting(QUIET),), **ALONE}, {"sending_forbidden": "critical"}),
        (
            {"sending_forbidden": True, "web": (meeting(NO_NAME),), "udp": DEAD_UDP, "portal": NOWHERE},
            {"sending_forbidden": "critical"},
        ),
        (
            {
                "sending_forbidden": True,
                **dict.fromkeys(("udp", "web", "portal", "proxies", "resolver"), NOWHERE),
            },
            {"sending_forbidden": "critical"},
        ),
        (
            {
                "sending_forbidden": True,
                "web": (meeting(QUIET),),
                "udp": (*QUIET_UDP, stun(role=Role.TEST_POINT)),
                "portal": NOWHERE,
            },
            {"sending_forbidden": "critical"},
        ),
        ({"sending_forbidden": True}, {"open": "ok"}),  # one port, and all the rest passes
        # Large packets vanish.
        ({"web": (meeting(HOLED),)}, {"large_packets_lost": "critical"}),
        ({"web": (meeting(HOLED, ipv6=HOLED),)}, {"large_packets_lost": "critical"}),
        ({"web": (meeting(ipv6=HOLED),)}, {"large_packets_lost": "warning"}),
        ({"web": (meeting(HOLED, ipv6=QUIET),)}, {"large_packets_lost": "critical"}),
        ({"web": (meeting(HOLED),), **ALONE}, {"large_packets_lost": "critical", "udp_unknown": "unknown"}),
        ({"web": (public(HOLED),), "meeting_host": ""}, {"large_packets_lost": "warning"}),
        # All of TCP 443, the wrong family, sunk names.
        ({"web": CLOSED_443}, {"meeting_silent/all_closed": "critical"}),
        (
            {"web": (meeting(Outcome.REFUSED), public(Outcome.REFUSED))},
            {"meeting_refused/all_closed": "critical"},
        ),
        ({"web": (meeting(Outcome.CUT), public(Outcome.CUT))}, {"meeting_cut/all_closed": "critical"}),
        ({"web": (meeting(QUIET), public(QUIET), public())}, {"meeting_silent": "critical"}),
        ({"web": (meeting(QUIET), public(NO_NAME))}, {"meeting_silent": "critical"}),
        ({"web": (meeting(Outcome.NO_ROUTE),)}, {"meeting_no_route/ipv4": "critical"}),
        (
            {"web": (site(Role.MEETING, None, ipv6=Outcome.NO_ROUTE),)},
            {"meeting_no_route/ipv6": "critical"},
        ),
        ({"web": (meeting(Outcome.SUNK),)}, {"meeting_sunk": "critical"}),
        ({"web": (meeting(Outcome.REFUSED),), "resolver": SINKING}, {"meeting_sunk": "critical"}),
        ({"web": (meeting(Outcome.SUNK),), "udp": SUNK_UDP, "portal": NOWHERE}, {"meeting_sunk": "critical"}),
        # Names.
        ({"web": (meeting(Outcome.NAME_FAILED),)}, {"meeting_no_name/failed": "critical"}),
        ({"web": (meeting(Outcome.NAMES_SILENT),)}, {"meeting_name_silent": "unknown"}),
        (
            {"proxies": (structs.replace(PROXY, reached=ANSWERED),), "web": (meeting(QUIET, proxy=QUIET),)},
            {"meeting_refused_by_proxy/failed": "critical"},
        ),
        # The meeting is silent over UDP in its family, where no test server has an address.
        (
            {
                "web": (meeting(HOLED, ipv6=ANSWERED),),
                "udp": (stun(), site(Role.MEETING, QUIET, ipv6=QUIET)),
            },
            {"large_packets_lost": "warning"},
        ),
        (
            {
                "web": (site(Role.MEETING, None, ipv6=ANSWERED),),
                "udp": (stun(), site(Role.MEETING, None, ipv6=QUIET)),
            },
            {"open": "ok"},
        ),
        (
            {
                "web": (meeting(Outcome.NAME_FAILED),),
                "udp": (stun(Outcome.NAME_FAILED),),
                "portal": NOWHERE,
            },
            {"no_names": "unknown"},
        ),
        (
            {"resolver": named(server("192.0.2.1", QUIET), server("192.0.2.2"))},
            {"name_server_dead/first": "info"},
        ),
        (
            {"resolver": named(server("192.0.2.1"), server("192.0.2.2", Outcome.REFUSED))},
            {"name_server_dead": "info"},
        ),
        ({"resolver": named(server("192.0.2.1", QUIET), server("192.0.2.2", QUIET))}, {"open": "ok"}),
        ({"resolver": named(server("192.0.2.1"))}, {"open": "ok"}),
    ],
)
def test_what_the_field_found(changes: dict[str, Any], codes: dict[str, str]) -> None:
    found = firewall_check.check(Facts(firewall=structs.replace(FINE, **changes)))
    known = {"firewall.proxy", "firewall.proxy_chosen_by_script"} if "proxy" not in codes else set()
    assert {
        each.code.removeprefix("firewall.")
        + (f"/{each.variant}" if each.variant else ""): each.severity.value
        for each in found
        if each.code not in known
    } == codes


@pytest.mark.parametrize(
    "changes",
    [
        {"proxies": (DEAD,)},
        {"proxies": (NAMELESS_PROXY,), "web": (meeting(proxy=Outcome.PROXY_NO_NAME),)},
    ],
)
def test_a_dead_proxy_is_not_told_as_the_way_to_the_internet(changes: dict[str, Any]) -> None:
    assert "proxy" not in judged(**changes)


def test_who_forbids_to_send_is_not_the_box() -> None:
    """A restart mends nothing that this computer forbids, nor a large packet that vanishes."""
    for code in ("firewall.sending_forbidden", "firewall.large_packets_lost", "firewall.proxy_unspoken"):
        assert not [step for step in WORDS[code].steps if "box" in step]


def test_the_way_round_a_proxy_is_told() -> None:
    codes = [
        code
        for code in WORDS
        if code.startswith(("firewall.proxy_dead", "firewall.proxy_in", "firewall.proxy_password"))
    ]
    assert len(codes) == 5
    for code in codes:
        assert any("turn the proxy off" in step for step in WORDS[code].steps)


def test_a_test_that_opens_by_the_other_family_names_the_blocked_one() -> None:
    (finding,) = firewall_check.check(Facts(firewall=structs.replace(FINE, udp=ONE_FAMILY)))
    assert finding.params["family"] == "ipv4"
    assert finding.params["servers"] == 2


def test_what_was_not_asked_is_not_green() -> None:
    (finding,) = firewall_check.check(Facts())
    assert (finding.code, finding.severity) == ("firewall.unknown", Severity.UNKNOWN)


# --- worse is never better ------------------------------------------------------------------------------

certificate = st.sampled_from([GOOD, OWN, EXPIRED, STRANGE])
any_outcome = st.sampled_from(list(Outcome))
facts = st.builds(
    lambda udp, met, other, shown, shown_other, page, named: structs.replace(
        FINE,
        udp=(stun(udp[0]), stun(udp[1], "two.example")),
        web=(meeting(met, shown), public(other, shown_other)),
        portal=page,
        resolver=structs.replace(HONEST, meeting=named),
    ),
    st.tuples(any_outcome, any_outcome),
    any_outcome,
    any_outcome,
    certificate,
    certificate,
    st.sampled_from([EXPECTED, LOGIN, NOWHERE]),
    st.sampled_from([NOT_REQUESTED, *MeetingAddress]),
)


def badness(firewall: FirewallFacts) -> int:
    return BADNESS[worst(each.severity for each in firewall_check.check(Facts(firewall=firewall)))]


@given(facts, st.sampled_from([each for each in Outcome if each is not ANSWERED]))
def test_udp_that_does_not_pass_is_never_judged_better(before: FirewallFacts, outcome: Outcome) -> None:
    open_ones = (stun(), stun(server="two.example"))
    closed = (stun(outcome), stun(outcome, "two.example"))
    after = badness(structs.replace(before, udp=closed))
    assert after >= badness(structs.replace(before, udp=open_ones)) or _nothing_left(before, closed)
    assert after > BADNESS[Severity.INFO]


def _nothing_left(before: FirewallFacts, udp: tuple[Place, ...]) -> bool:
    """Silence everywhere: a blocked meeting can't be told from a line that is down, and is not called ready either."""
    codes = [each.code for each in firewall_check.check(Facts(firewall=structs.replace(before, udp=udp)))]
    return codes in (["firewall.nothing_answers"], ["firewall.no_names"])


@given(facts, st.sampled_from([each for each in Outcome if each is not ANSWERED]))
def test_a_meeting_that_does_not_answer_is_never_ready(before: FirewallFacts, outcome: Outcome) -> None:
    assert badness(structs.replace(before, web=(meeting(outcome),))) > BADNESS[Severity.INFO]


@given(facts, certificate)
def test_a_certificate_with_fewer_to_vouch_for_it_is_never_judged_better(
    before: FirewallFacts, other: Certificate
) -> None:
    one_by_one = [
        badness(structs.replace(before, web=(meeting(certificate=shown), public(certificate=other))))
        for shown in (GOOD, OWN, STRANGE)
    ]
    assert one_by_one == sorted(one_by_one)


@given(facts, st.sampled_from([each for each in Outcome if each is not ANSWERED]))
def test_a_proxy_that_lets_nothing_through_is_never_judged_better(
    before: FirewallFacts, outcome: Outcome
) -> None:
    proxies = (structs.replace(PROXY, reached=ANSWERED),)
    through, closed = (
        badness(structs.replace(before, proxies=proxies, web=(meeting(proxy=by_proxy),)))
        for by_proxy in (ANSWERED, outcome)
    )
    assert closed >= through
    assert closed > BADNESS[Severity.INFO]


@given(facts, any_outcome, st.sampled_from([HOLED, QUIET, Outcome.FORBIDDEN]))
def test_large_packets_that_vanish_are_never_judged_better_than_passing_ones(
    before: FirewallFacts, ipv6: Outcome, lost: Outcome
) -> None:
    passing, closed = (
        badness(structs.replace(before, web=(meeting(by_ipv4, ipv6=ipv6),))) for by_ipv4 in (ANSWERED, lost)
    )
    assert (
        closed >= passing
        or ipv6 is ANSWERED
        or _nothing_left(structs.replace(before, web=(meeting(lost, ipv6=ipv6),)), ())
    )


# --- certificates of anybody ---------------------------------------------------------------------------


@given(st.binary(max_size=300))
def test_what_is_no_certificate_has_no_issuer_and_does_no_harm(der: bytes) -> None:
    assert all(isinstance(text, str) for text in certificates.issuer(der))
