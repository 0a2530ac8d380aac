"""Checks: from facts to findings, by table; and worse facts never give a better verdict."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from amif_netcheck.checks import limits
from amif_netcheck.checks import traffic as traffic_check
from amif_netcheck.checks import vpn as vpn_check
from amif_netcheck.model.facts import (
    NOT_REQUESTED,
    Application,
    CallPart,
    Carriage,
    Facts,
    LinkKind,
    Reason,
    Route,
    Tunnel,
    Unavailable,
    VpnFacts,
)
from amif_netcheck.model.finding import Finding, Severity, worst
from tests.builders import DIRECT, LIMITS, NO_ROUTE, SILENT, TUNNELLED, route, traffic, vpn, ways

BADNESS = {Severity.OK: 0, Severity.INFO: 1, Severity.WARNING: 2, Severity.CRITICAL: 3}
FAILED = Unavailable(reason=Reason.ERROR)
BLOCKED = Unavailable(reason=Reason.BLOCKED)
MEDIA = msgspec.structs.replace(TUNNELLED, part=CallPart.MEDIA)
PAGE = msgspec.structs.replace(TUNNELLED, part=CallPart.PAGE)
IDLE = Tunnel(interface="wg0", link_kind=LinkKind.WIREGUARD, product="WireGuard")
USED = Tunnel(interface="wg0", link_kind=LinkKind.WIREGUARD, product="WireGuard", routes=True)


def only(findings: list[Finding]) -> Finding:
    assert len(findings) == 1
    return findings[0]


def badness(findings: list[Finding]) -> int:
    return BADNESS[worst(finding.severity for finding in findings)]


@pytest.mark.parametrize(
    ("facts", "code", "severity"),
    [
        pytest.param(vpn(), "vpn.none", Severity.OK, id="no VPN"),
        pytest.param(vpn(ways(), ways(), IDLE), "vpn.none", Severity.OK, id="present but idle"),
        pytest.param(
            vpn(ways(TUNNELLED)), "vpn.carries_meeting", Severity.WARNING, id="full, no meeting known"
        ),
        pytest.param(
            vpn(ways(TUNNELLED), ways(TUNNELLED)), "vpn.carries_meeting", Severity.WARNING, id="full"
        ),
        pytest.param(
            vpn(ways(), ways(TUNNELLED), USED), "vpn.carries_meeting", Severity.WARNING, id="split, inside"
        ),
        pytest.param(
            vpn(ways(), ways(), USED), "vpn.leaves_meeting_outside", Severity.OK, id="split, outside"
        ),
        pytest.param(
            vpn(ways(TUNNELLED), ways(), USED),
            "vpn.leaves_meeting_outside",
            Severity.OK,
            id="all but meeting",
        ),
        pytest.param(
            vpn(ways(TUNNELLED, DIRECT)), "vpn.carries_part", Severity.WARNING, id="IPv4 inside, IPv6 outside"
        ),
        pytest.param(
            vpn(ways(DIRECT, TUNNELLED)), "vpn.carries_part", Severity.WARNING, id="IPv6 inside, IPv4 outside"
        ),
        pytest.param(vpn(ways(), ways(MEDIA), USED), "vpn.carries_media", Severity.WARNING, id="by port"),
        pytest.param(vpn(ways(MEDIA)), "vpn.carries_media", Severity.WARNING, id="by port, no meeting known"),
        pytest.param(
            vpn(ways(), ways(MEDIA, DIRECT)), "vpn.carries_media", Severity.WARNING, id="IPv4's ports alone"
        ),
        pytest.param(vpn(ways(), ways(PAGE)), "vpn.carries_part", Severity.WARNING, id="the page alone"),
        pytest.param(
            vpn(ways(), ways(TUNNELLED, MEDIA)),
            "vpn.carries_meeting",
            Severity.WARNING,
            id="all IPv4, ports of IPv6",
        ),
        pytest.param(vpn(ways(NO_ROUTE, TUNNELLED)), "vpn.carries_meeting", Severity.WARNING, id="IPv6 only"),
        pytest.param(vpn(ways(NO_ROUTE)), "vpn.unknown", Severity.UNKNOWN, id="no route"),
        pytest.param(
            vpn(ways(route(Carriage.UNKNOWN))),
            "vpn.unknown",
            Severity.UNKNOWN,
            id="unknown kind of interface",
        ),
        pytest.param(Facts(), "vpn.unknown", Severity.UNKNOWN, id="not asked"),
        pytest.param(
            vpn(ways(), NOT_REQUESTED, USED),
            "vpn.beside_internet",
            Severity.INFO,
            id="split, no meeting known",
        ),
        pytest.param(
            vpn(ways(), NOT_REQUESTED, host="m.example"), "vpn.unknown", Severity.UNKNOWN, id="offline"
        ),
        pytest.param(vpn(ways(), SILENT, host="m.example"), "vpn.unknown", Severity.UNKNOWN, id="no name"),
        pytest.param(
            vpn(ways(DIRECT, FAILED)), "vpn.unknown", Severity.UNKNOWN, id="IPv6 could not be looked at"
        ),
        pytest.param(
            Facts(vpn=VpnFacts(meeting=NOT_REQUESTED, internet=ways(), tunnels=FAILED)),
            "vpn.unknown",
            Severity.UNKNOWN,
            id="tunnels could not be listed",
        ),
        pytest.param(vpn(ways(DIRECT, BLOCKED)), "vpn.none", Severity.OK, id="IPv6 is closed"),
    ],
)
def test_vpn(facts: Facts, code: str, severity: Severity) -> None:
    finding = only(vpn_check.check(facts))
    assert (finding.code, finding.severity) == (code, severity)


@pytest.mark.parametrize(
    ("internet", "meeting", "tunnel"),
    [
        (ways(TUNNELLED), ways(TUNNELLED), "full"),
        (ways(DIRECT), ways(TUNNELLED), "split"),
        (ways(TUNNELLED, DIRECT), ways(TUNNELLED), "split"),
        (ways(NO_ROUTE), ways(TUNNELLED), "split"),
        (ways(MEDIA), ways(TUNNELLED), "split"),
    ],
)
def test_a_tunnel_is_full_only_when_it_takes_the_internet_too(
    internet: object, meeting: object, tunnel: str
) -> None:
    finding = only(vpn_check.check(vpn(internet, meeting, USED)))  # type: ignore[arg-type]
    assert finding.params == {"interface": "wg0", "product": "WireGuard", "tunnel": tunnel}


@pytest.mark.parametrize(("by_mark", "reason"), [(True, "not_permitted"), (False, "unsupported")])
def test_marks_of_a_firewall_are_for_its_administrator_to_see(by_mark: bool, reason: str) -> None:
    unclear = msgspec.structs.replace(route(Carriage.UNKNOWN), by_mark=by_mark)
    finding = only(vpn_check.check(vpn(ways(unclear))))
    assert (finding.code, finding.params["reason"]) == ("vpn.unknown", reason)


def test_a_meeting_whose_name_is_unknown_is_judged_by_a_tunnel_that_takes_everything() -> None:
    finding = only(vpn_check.check(vpn(ways(TUNNELLED), SILENT, host="m.example")))
    assert finding.code == "vpn.carries_meeting"
    assert finding.evidence == ("facts.vpn.internet.ipv4",)


@pytest.mark.parametrize(
    ("down", "up", "code"),
    [
        (0.0, 0.0, "traffic.quiet"),
        (0.79, 0.49, "traffic.quiet"),
        (0.8, 0.0, "traffic.some"),
        (0.0, 0.5, "traffic.some"),
        (3.99, 2.49, "traffic.some"),
        (4.0, 0.0, "traffic.heavy"),
        (0.0, 2.5, "traffic.heavy"),
    ],
)
def test_traffic(down: float, up: float, code: str) -> None:
    assert only(traffic_check.check(traffic(down, up))).code == code


def test_traffic_names_who_moves_a_good_share_of_the_busy_direction() -> None:
    facts = traffic(
        0.1,
        10.0,
        Application(process="rclone", product="rclone", family="cloud_sync", up_mbit_s=9.0),
        Application(process="curl", down_mbit_s=0.1, up_mbit_s=0.2),
    )
    finding = only(traffic_check.check(facts))
    assert finding.params["applications"] == ["rclone"]
    assert finding.params["direction"] == "up"
    assert finding.params["limit_mbit_s"] == 2.5


def test_traffic_that_tcp_does_not_explain_is_put_down_to_known_applications_with_connections() -> None:
    facts = traffic(
        20.0, 0.1, Application(process="firefox", product="Firefox", family="browser", connections=9),
        Application(process="sshd", connections=1),
    )  # fmt: skip
    finding = only(traffic_check.check(facts))
    assert finding.params["likely"] == ["Firefox"]
    assert "applications" not in finding.params


def test_who_moves_a_part_only_is_not_accused_of_all_of_it() -> None:
    facts = traffic(20.0, 0.1, Application(process="curl", down_mbit_s=2.1))
    assert only(traffic_check.check(facts)).params["likely"] == ["curl"]


def test_bittorrent_over_udp_comes_before_others_that_may_move_what_nobody_counts() -> None:
    facts = traffic(
        20.0, 0.1,
        Application(process="unheard-of", unconnected_udp=1),
        Application(process="firefox", product="Firefox", family="browser", connections=9, quic_connections=9),
        Application(process="rclone", product="rclone", family="cloud_sync", connections=9),
        Application(process="qbittorrent-nox", product="qBittorrent", family="p2p", unconnected_udp=4),
    )  # fmt: skip
    finding = only(traffic_check.check(facts))
    assert finding.variant == "likely"
    assert finding.params["likely"] == ["qBittorrent", "Firefox", "unheard-of"]


CURL = Application(process="curl", down_mbit_s=20.0, connections=1)
MAYBE = Application(process="firefox", product="Firefox", family="browser", quic_connections=1)


@pytest.mark.parametrize(
    ("applications", "hidden", "hidden_down", "variant"),
    [
        ((CURL,), True, 0.0, "named"),
        ((CURL,), True, 19.0, "named"),
        ((), True, 10.0, "others"),
        ((MAYBE,), True, 10.0, "others"),
        ((), True, 9.9, "hidden"),
        ((MAYBE,), True, 0.0, "likely_or_hidden"),
        ((MAYBE,), False, 0.0, "likely"),
        ((), False, 0.0, ""),
    ],
)  # fmt: skip
@pytest.mark.parametrize("code", ["traffic.some", "traffic.heavy"])
def test_traffic_of_programs_that_can_not_be_seen_is_said_to_be_so(
    applications: tuple[Application, ...], hidden: bool, hidden_down: float, variant: str, code: str
) -> None:
    share = 1.0 if code == "traffic.heavy" else 0.1
    scaled = [structs.replace(one, down_mbit_s=one.down_mbit_s * share) for one in applications]
    facts = traffic(20.0 * share, 0.1, *scaled)
    assert not isinstance(facts.traffic, Unavailable)
    seen = structs.replace(facts.traffic, others_hidden=hidden, hidden_down_mbit_s=hidden_down * share)
    finding = only(traffic_check.check(structs.replace(facts, traffic=seen)))
    assert (finding.code, finding.variant) == (code, variant)


def test_where_no_program_can_be_seen_the_row_says_so() -> None:
    facts = traffic(20.0, 0.1)
    assert not isinstance(facts.traffic, Unavailable)
    blind = structs.replace(facts.traffic, applications=Unavailable(reason=Reason.UNSUPPORTED))
    assert only(traffic_check.check(structs.replace(facts, traffic=blind))).variant == "hidden"


UNCOUNTED_SYNC = Application(
    process="OneDrive.exe", product="OneDrive", family="cloud_sync", connections=4, counted=False
)
UNCOUNTED_BROWSER = Application(
    process="firefox.exe", product="Firefox", family="browser", connections=9, counted=False
)


@pytest.mark.parametrize(
    ("applications", "variant", "named"),
    [
        pytest.param((UNCOUNTED_SYNC,), "probable", ["OneDrive"], id="moving data is all that it does"),
        pytest.param((UNCOUNTED_BROWSER,), "likely", ["Firefox"], id="a browser may just be open"),
        pytest.param((UNCOUNTED_BROWSER, UNCOUNTED_SYNC), "likely", ["OneDrive", "Firefox"], id="either"),
        pytest.param((structs.replace(UNCOUNTED_SYNC, counted=True),), "likely", ["OneDrive"], id="counted, and little"),
        pytest.param((structs.replace(UNCOUNTED_SYNC, connections=0),), "", [], id="not connected"),
    ],
)  # fmt: skip
def test_where_no_program_is_counted_one_is_probable_at_best(
    applications: tuple[Application, ...], variant: str, named: list[str]
) -> None:
    (finding,) = traffic_check.check(traffic(9.0, 0.1, *applications))
    assert (finding.variant, finding.params["likely"]) == (variant, named)


def test_traffic_without_a_culprit_names_nobody() -> None:
    assert only(traffic_check.check(traffic(20.0, 0.1))).params["likely"] == []


figures = st.floats(min_value=0, max_value=5000)
extra = st.floats(min_value=0, max_value=5000)


@given(figures, figures, extra, extra)
def test_more_traffic_is_never_judged_better(
    down: float, up: float, more_down: float, more_up: float
) -> None:
    before = traffic_check.check(traffic(down, up))
    after = traffic_check.check(traffic(down + more_down, up + more_up))
    assert badness(after) >= badness(before)


@given(
    st.sampled_from(["ipv4", "ipv6"]), st.booleans(), st.booleans(), st.sampled_from([TUNNELLED, MEDIA, PAGE])
)
def test_a_family_that_moves_into_a_tunnel_is_never_judged_better(
    family: str, other_inside: bool, meeting: bool, inside: Route
) -> None:
    other = "ipv6" if family == "ipv4" else "ipv4"
    base = {other: TUNNELLED if other_inside else DIRECT}

    def judged(way: object) -> int:
        there = ways(**base, **{family: way})  # type: ignore[arg-type]
        return badness(vpn_check.check(vpn(ways(), there) if meeting else vpn(there)))

    assert judged(inside) >= judged(DIRECT)


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: limit.id)
def test_limits_get_worse_and_name_their_source(limit: limits.Limit) -> None:
    thresholds = [each for each in (limit.info, limit.warning, limit.critical) if each]
    assert [each.value for each in thresholds] == sorted(
        {each.value for each in thresholds}, reverse=limit.floor
    )
    assert all(each.source and each.document for each in thresholds)
