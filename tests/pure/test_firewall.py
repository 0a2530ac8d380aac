"""The check `firewall`: by table; and a network that lets less through is never judged better."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from amif_netcheck.checks import firewall as firewall_check
from amif_netcheck.measure.reach import certificates
from amif_netcheck.model.facts import (
    NOT_REQUESTED,
    Certificate,
    Facts,
    FirewallFacts,
    MeetingAddress,
    Outcome,
    Place,
    Role,
)
from amif_netcheck.model.finding import Severity, worst
from tests.builders import SILENT
from tests.pure.firewall_facts import (
    ANSWERED,
    BADNESS,
    DEAD_UDP,
    EXPECTED,
    EXPIRED,
    FINE,
    GOOD,
    HOLED,
    HONEST,
    LOGIN,
    NO_NAME,
    NOWHERE,
    OWN,
    PROXY,
    QUIET,
    QUIET_UDP,
    SCRIPT,
    SOCKS,
    STRANGE,
    meeting,
    public,
    stun,
)


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
        ({"portal": structs.replace(EXPECTED, clock_ahead_s=59.0)}, {"open": "ok"}),
        ({"portal": structs.replace(EXPECTED, clock_ahead_s=420.0)}, {"clock_off": "info"}),
        ({"portal": structs.replace(EXPECTED, clock_ahead_s=-60.0)}, {"clock_off": "info"}),
        ({"portal": structs.replace(LOGIN, clock_ahead_s=420.0)}, {"open": "ok"}),
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
