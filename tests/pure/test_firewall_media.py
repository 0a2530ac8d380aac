"""On which of its service's ways the meeting ends up: by table; and a way less is never judged better."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from amif_netcheck.advice.language import Language
from amif_netcheck.advice.lookup import say
from amif_netcheck.checks import firewall as firewall_check
from amif_netcheck.model.facts import (
    AccessMethod,
    Facts,
    FirewallFacts,
    MediaLadder,
    MediaRung,
    MediaWay,
    Outcome,
    Place,
    PortRange,
    Reach,
    Reason,
    Role,
    Unavailable,
    WithoutUdp,
)
from amif_netcheck.model.finding import Finding, Severity, worst
from tests.pure.firewall_facts import ANSWERED, BADNESS, FINE, QUIET, QUIET_UDP, meeting, stun

NO_RELAY, FORBIDDEN, REFUSED = Outcome.NO_RELAY, Outcome.FORBIDDEN, Outcome.REFUSED
RELAY = "turn.example"


def rung(way: MediaWay, outcome: Outcome, port: int, *, named: bool = False, last: int = 0) -> MediaRung:
    server = RELAY if named else "meet.example"
    reach = (Reach(by=AccessMethod.IPV4, outcome=outcome),)
    return MediaRung(
        way=way,
        ports=(PortRange(first=port, last=last or port),),
        named=named,
        places=(Place(role=Role.MEDIA, server=server, port=port, reach=reach),),
    )


def ladder(*rungs: MediaRung) -> MediaLadder:
    return MediaLadder(service="jitsi", without_udp=WithoutUdp.WORSE, rungs=rungs)


def four(
    bridge: Outcome, datagrams: Outcome, connection: Outcome, web: Outcome, *, named: bool = True
) -> MediaLadder:
    """Straight by UDP; then a relay by UDP, TCP and TLS."""
    return ladder(
        rung(MediaWay.UDP, bridge, 10000),
        rung(MediaWay.TURN_UDP, datagrams, 3478, named=named),
        rung(MediaWay.TURN_TCP, connection, 3478, named=named),
        rung(MediaWay.TURN_TLS, web, 443, named=named),
    )


def found(firewall: FirewallFacts) -> list[Finding]:
    return firewall_check.check(Facts(firewall=firewall))


def said(firewall: FirewallFacts) -> dict[str, tuple[str, str]]:
    """Code -> severity and variant."""
    return {each.code.partition(".")[2]: (each.severity.value, each.variant) for each in found(firewall)}


@pytest.mark.parametrize(
    ("rungs", "expected"),
    [
        (four(ANSWERED, ANSWERED, ANSWERED, ANSWERED), {"open": ("ok", "way_seen")}),
        (four(QUIET, ANSWERED, ANSWERED, ANSWERED), {"open": ("ok", "way_probable")}),
        (four(QUIET, QUIET, QUIET, QUIET), {"open": ("ok", "way_probable")}),
        (four(FORBIDDEN, ANSWERED, ANSWERED, ANSWERED), {"media_relayed": ("info", "")}),
        (four(FORBIDDEN, QUIET, ANSWERED, ANSWERED), {"meeting_udp_blocked": ("warning", "connection")}),
        (four(FORBIDDEN, QUIET, QUIET, ANSWERED), {"meeting_udp_blocked": ("warning", "like_web")}),
        (four(FORBIDDEN, QUIET, REFUSED, QUIET), {"media_blocked": ("critical", "")}),
        (four(FORBIDDEN, QUIET, QUIET, Outcome.NO_NAME), {"media_unknown": ("unknown", "")}),
        # Whether a relay stands at the meeting's own host is not known: its silence proves nothing, and the port passes.
        (four(FORBIDDEN, QUIET, QUIET, NO_RELAY, named=False), {"media_relayed": ("info", "")}),
        # One that answers by TCP is there, and would answer by UDP.
        (
            four(FORBIDDEN, QUIET, ANSWERED, ANSWERED, named=False),
            {"meeting_udp_blocked": ("warning", "connection")},
        ),
    ],
)
def test_the_first_way_that_is_left(rungs: MediaLadder, expected: dict[str, tuple[str, str]]) -> None:
    assert said(structs.replace(FINE, ladder=rungs)) == expected


@pytest.mark.parametrize(
    ("rungs", "expected"),
    [
        (four(QUIET, QUIET, ANSWERED, ANSWERED), {"udp_blocked": ("warning", "connection")}),
        (four(QUIET, QUIET, QUIET, ANSWERED), {"udp_blocked": ("warning", "like_web")}),
        (four(QUIET, QUIET, QUIET, NO_RELAY, named=False), {"udp_blocked": ("warning", "like_web")}),
        (four(QUIET, QUIET, QUIET, QUIET, named=False), {"udp_blocked": ("warning", "")}),
        (four(QUIET, QUIET, QUIET, QUIET), {"media_blocked": ("critical", "")}),
        # The meeting's own relay answers by UDP: what becomes of test servers is no matter.
        (four(QUIET, ANSWERED, ANSWERED, ANSWERED), {"media_relayed": ("info", "")}),
        (four(ANSWERED, ANSWERED, ANSWERED, ANSWERED), {"open": ("ok", "way_seen")}),
    ],
)
def test_where_no_test_server_answers_by_udp(
    rungs: MediaLadder, expected: dict[str, tuple[str, str]]
) -> None:
    assert said(structs.replace(FINE, udp=QUIET_UDP, ladder=rungs)) == expected


def test_a_test_server_on_the_services_port_tells_what_its_bridge_does_not() -> None:
    def on_port(outcome: Outcome) -> Place:
        return structs.replace(stun(outcome), port=10000)

    rungs = four(QUIET, ANSWERED, ANSWERED, ANSWERED)
    assert said(structs.replace(FINE, udp=(stun(), on_port(ANSWERED)), ladder=rungs)) == {
        "open": ("ok", "way_seen")
    }
    assert said(structs.replace(FINE, udp=(stun(), on_port(QUIET)), ladder=rungs)) == {
        "media_relayed": ("info", "")
    }


def test_a_range_is_named_as_published() -> None:
    rungs = ladder(rung(MediaWay.UDP, ANSWERED, 50000, last=60000))
    (finding,) = found(structs.replace(FINE, ladder=rungs))
    assert finding.params["media_ports"] == ["50000-60000"]
    assert "UDP, port 50000-60000" in say(finding, Language("en"), "linux").summary


def test_a_page_that_is_closed_says_it_all() -> None:
    rungs = four(QUIET, QUIET, QUIET, QUIET)
    firewall = structs.replace(FINE, web=(meeting(QUIET),), udp=QUIET_UDP, ladder=rungs)
    assert "media_blocked" not in said(firewall)


def test_ways_that_were_not_asked_change_nothing() -> None:
    for nothing in (Unavailable(reason=Reason.TIMEOUT), ladder()):
        assert said(structs.replace(FINE, ladder=nothing)) == {"open": ("ok", "")}
    late = structs.replace(
        four(QUIET, QUIET, QUIET, QUIET).rungs[0], places=Unavailable(reason=Reason.TIMEOUT)
    )
    assert said(structs.replace(FINE, ladder=ladder(late))) == {"open": ("ok", "way_probable")}


outcomes = st.sampled_from([ANSWERED, QUIET, REFUSED, FORBIDDEN])
"""Those that tell something of a relay that is known."""
test_servers = st.sampled_from([FINE.udp, QUIET_UDP, (stun(), stun(QUIET, "two.example"))])


def badness(firewall: FirewallFacts) -> int:
    return BADNESS[worst(each.severity for each in found(firewall))]


@given(st.tuples(outcomes, outcomes, outcomes, outcomes), st.integers(0, 3), test_servers)
def test_a_way_that_is_forbidden_is_never_judged_better_than_an_open_one(
    ended: tuple[Outcome, Outcome, Outcome, Outcome],
    which: int,
    udp: tuple[Place, ...],
) -> None:
    def judged(outcome: Outcome) -> int:
        changed = [outcome if index == which else each for index, each in enumerate(ended)]
        return badness(structs.replace(FINE, udp=udp, ladder=four(*changed)))

    assert judged(FORBIDDEN) >= judged(ANSWERED)


def test_every_cut_ends_on_the_first_way_left() -> None:
    """All cuts of four ways of a relay that is known: what is said is the first that was not cut."""
    codes = ("open", "media_relayed", "meeting_udp_blocked", "meeting_udp_blocked", "media_blocked")
    for count in range(5):
        for cut in combinations(range(4), count):
            ended = [FORBIDDEN if at in cut else ANSWERED for at in range(4)]
            left = next((at for at in range(4) if at not in cut), 4)
            assert [*said(structs.replace(FINE, ladder=four(*ended)))] == [codes[left]]


def test_no_sound_and_picture_is_not_ready() -> None:
    (finding,) = found(structs.replace(FINE, ladder=four(FORBIDDEN, FORBIDDEN, FORBIDDEN, FORBIDDEN)))
    assert finding.severity is Severity.CRITICAL
