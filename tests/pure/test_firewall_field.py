"""The check `firewall`: what the field found, by table."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import structs

from amif_netcheck.advice.firewall import WORDS
from amif_netcheck.checks import firewall as firewall_check
from amif_netcheck.model.facts import Facts, Outcome, ProxyKind, Role
from tests.pure.firewall_facts import (
    ALONE,
    ANSWERED,
    BLOCK_PAGE,
    CLOSED_443,
    DEAD,
    DEAD_UDP,
    EXPIRED,
    FINE,
    GOOD,
    HOLED,
    NAMELESS_PROXY,
    NO_NAME,
    NOWHERE,
    ONE_FAMILY,
    OTHER_FAMILY,
    OTHER_NAME,
    OWN,
    PRODUCT,
    PROXY,
    QUIET,
    QUIET_UDP,
    REFUSING,
    SCRIPT,
    SINKING,
    SOCKS,
    STRANGE,
    SUNK_UDP,
    UNTRUSTED,
    meeting,
    named,
    public,
    server,
    site,
    stun,
)


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
        # A portal that answers with an error, or the same address over TLS, and poses as every server.
        *(
            (
                {"portal": REFUSING, "web": (meeting(certificate=shown), public(certificate=shown)), **more},
                {"captive_portal": "critical"},
            )
            for shown in (UNTRUSTED, OTHER_NAME)
            for more in ({}, {"udp": QUIET_UDP})
        ),
        (
            {"portal": REFUSING, "meeting_host": "", "web": (public(certificate=OTHER_NAME),)},
            {"captive_portal": "critical"},
        ),
        # The page's server wants TLS, or is out of order: no portal.
        ({"portal": REFUSING}, {"open": "ok"}),
        (
            {"portal": REFUSING, "web": (meeting(certificate=UNTRUSTED), public())},
            {"meeting_certificate_refused": "critical"},
        ),
        ({"portal": REFUSING, "web": CLOSED_443}, {"meeting_silent/all_closed": "critical"}),
        (
            {
                "portal": structs.replace(REFUSING, clock_ahead_s=86400.0),
                "web": (meeting(certificate=EXPIRED), public(certificate=EXPIRED)),
            },
            {"clock_wrong": "critical"},
        ),
        (
            {"portal": REFUSING, "web": (meeting(certificate=BLOCK_PAGE),)},
            {"meeting_inspected/named_refused": "critical"},
        ),
        (
            {
                "portal": REFUSING,
                "proxies": (structs.replace(PROXY, reached=ANSWERED),),
                "web": (meeting(certificate=UNTRUSTED, proxy=ANSWERED, direct=GOOD),),
            },
            {"meeting_inspected/by_proxy": "critical"},
        ),
        # Proxies that are dead, unknown, or in the way.
        ({"proxies": (DEAD,), "web": (meeting(proxy=Outcome.PROXY_DEAD),)}, {"proxy_dead": "warning"}),
        ({"proxies": (DEAD,), "web": (meeting(proxy=QUIET),)}, {"proxy_dead": "warning"}),
        ({"proxies": (DEAD,), "web": (meeting(QUIET, proxy=QUIET),)}, {"proxy_dead": "critical"}),
        (
            {"proxies": (structs.replace(DEAD, exempts_meeting=True),), "web": (meeting(QUIET),)},
            {"meeting_silent": "critical", "proxy_dead": "info"},
        ),
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
            {"proxies": (PROXY,), "web": (meeting(proxy=Outcome.PROXY_DEAD),)},
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
        *(  # it accepts connections, and is the only way
            (
                {"proxies": (structs.replace(PROXY, reached=ANSWERED),), **asked, **ALONE, **more},
                {"proxy_dead": "critical", "nothing_answers": "unknown"},
            )
            for how in (QUIET, Outcome.CUT)
            for asked in (
                {"web": (meeting(QUIET, proxy=how), public(QUIET, proxy=how))},
                {"web": (public(QUIET, proxy=how),), "meeting_host": ""},
            )
            for more in ({}, {"sending_forbidden": True})
        ),
        *(  # nobody knows its name, or it was not reached: the line may be down
            (
                {
                    "proxies": (structs.replace(PROXY, reached=reached),),
                    "web": (meeting(QUIET, proxy=QUIET),),
                    **ALONE,
                },
                {"nothing_answers": "unknown"},
            )
            for reached in (None, Outcome.NAMES_SILENT)
        ),
        *(  # it tunnels to others
            (
                {
                    "proxies": (structs.replace(PROXY, reached=ANSWERED),),
                    "web": (meeting(QUIET, proxy=how), public(QUIET, proxy=ANSWERED)),
                },
                {"meeting_refused_by_proxy/failed": "critical"},
            )
            for how in (Outcome.CUT, QUIET, Outcome.PROXY_DEAD)
        ),
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
        *(  # it lets browsers reach a proxy, alone
            (
                {"sending_forbidden": True, "proxies": (proxy,), "web": (meeting(how),), **ALONE},
                {"proxy_unspoken": "unknown"},
            )
            for proxy in (structs.replace(SOCKS, reached=ANSWERED), SCRIPT)
            for how in (QUIET, Outcome.FORBIDDEN, NO_NAME)
        ),
        *(  # it forbids the proxy, too, or the meeting is asked without one
            (
                {"sending_forbidden": True, "proxies": (proxy,), "web": (meeting(QUIET),), **ALONE},
                {"sending_forbidden": "critical"},
            )
            for proxy in (
                structs.replace(SOCKS, reached=QUIET),
                structs.replace(SOCKS, reached=Outcome.FORBIDDEN),
                structs.replace(SOCKS, reached=ANSWERED, exempts_meeting=True),
                structs.replace(SCRIPT, kind=ProxyKind.AUTOMATIC, server=""),
            )
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
    found = firewall_check.check(Facts(firewall=structs.replace(FINE, **changes)))
    assert "firewall.proxy" not in {each.code for each in found}


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
        for steps in WORDS[code].steps_on.values() or [WORDS[code].steps]:
            assert any("turn the proxy off" in step for step in steps), code


def test_a_test_that_opens_by_the_other_family_names_the_blocked_one() -> None:
    (finding,) = firewall_check.check(Facts(firewall=structs.replace(FINE, udp=ONE_FAMILY)))
    assert finding.params["family"] == "ipv4"
    assert finding.params["servers"] == 2
