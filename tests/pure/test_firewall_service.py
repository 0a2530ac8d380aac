"""What is said of the service's own server and relays: never that they are closed because our time ran out."""

from __future__ import annotations

import pytest
from msgspec import structs

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
    Signalling,
    SignallingProtocol,
    Unavailable,
    WithoutUdp,
)
from tests.pure.firewall_facts import (
    ANSWERED,
    DEAD,
    FINE,
    QUIET,
    QUIET_UDP,
    SCRIPT,
    SOCKS,
    meeting,
    public,
    stun,
)

FREE = {"open": ("ok", "")}
CLOSED = {"signalling_blocked": ("critical", "")}
UNREACHABLE = ("unknown", "unreachable")


def said(firewall: FirewallFacts) -> dict[str, tuple[str, str]]:
    """Code -> severity and variant."""
    found = firewall_check.check(Facts(firewall=firewall))
    return {each.code.partition(".")[2]: (each.severity.value, each.variant) for each in found}


def ended(outcome: Outcome, firewall: FirewallFacts = FINE) -> dict[str, tuple[str, str]]:
    seen = Signalling(server="livekit.example", port=443, outcome=outcome)
    return said(structs.replace(firewall, signalling=seen))


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (ANSWERED, FREE),
        *((each, CLOSED) for each in (QUIET, Outcome.REFUSED, Outcome.FORBIDDEN, Outcome.UNREACHABLE)),
        *((each, CLOSED) for each in (Outcome.CUT, Outcome.PROXY_REFUSED, Outcome.SUNK)),
        (Outcome.NO_WEBSOCKET, {"signalling_blocked": ("critical", "no_websocket")}),
        (Outcome.NOT_ADMITTED, {"service_untested": ("info", "not_admitted")}),
        (Outcome.NO_ROOM, {"service_untested": ("unknown", "no_room")}),
        (Outcome.UNTRUSTED, {"signalling_blocked": ("critical", "untrusted")}),
        *(
            (each, {"service_untested": UNREACHABLE})
            for each in (
                *(Outcome.NO_NAME, Outcome.NAME_FAILED, Outcome.NAMES_SILENT, Outcome.NO_ROUTE),
                *(Outcome.PROXY_DEAD, Outcome.PROXY_NO_NAME, Outcome.PROXY_PASSWORD, Outcome.PROXY_FAILED),
            )
        ),
    ],
)
def test_every_end_of_entering(outcome: Outcome, expected: dict[str, tuple[str, str]]) -> None:
    assert ended(outcome) == expected


@pytest.mark.parametrize("outcome", Outcome)
def test_the_meetings_own_server_is_closed_only_where_its_page_is_not(outcome: Outcome) -> None:
    """Then what becomes of it is the page's to say; and one of another kind, or a late one, is passed over."""
    seen = Signalling(server="meet.example.org", port=443, outcome=outcome, protocol=SignallingProtocol.XMPP)
    expected = FREE if outcome in {Outcome.NO_ROOM, QUIET} else ended(outcome)
    assert said(structs.replace(FINE, signalling=seen)) == expected
    shut = structs.replace(FINE, web=(meeting(QUIET), public()), signalling=seen)
    assert not said(shut).keys() & {"signalling_blocked", "service_untested"}


@pytest.mark.parametrize("reason", [Reason.TIMEOUT, Reason.ERROR])
def test_what_did_not_end_is_not_known(reason: Reason) -> None:
    late = structs.replace(FINE, signalling=Unavailable(reason=reason))
    assert said(late) == {"service_untested": UNREACHABLE}


def test_a_page_that_is_closed_says_it_all() -> None:
    closed = structs.replace(FINE, web=(meeting(QUIET), public()))
    for outcome in (QUIET, Outcome.NO_WEBSOCKET):
        assert "signalling_blocked" not in ended(outcome, closed)


@pytest.mark.parametrize("proxy", [SCRIPT, SOCKS])
def test_a_proxy_that_only_browsers_use_may_lead_there(proxy: object) -> None:
    found = ended(QUIET, structs.replace(FINE, proxies=(proxy,)))
    assert found["service_untested"] == UNREACHABLE
    assert "signalling_blocked" not in found


def test_a_dead_proxy_is_told_once() -> None:
    found = ended(Outcome.PROXY_DEAD, structs.replace(FINE, proxies=(DEAD,)))
    assert "proxy_dead" in found
    assert "service_untested" not in found


def relayed(way: MediaWay, *ended: Outcome, told: bool = False) -> MediaRung:
    places = tuple(
        Place(
            role=Role.MEDIA,
            server=f"turn-{number}.example",
            port=3478,
            reach=(Reach(by=AccessMethod.IPV4, outcome=outcome),),
        )
        for number, outcome in enumerate(ended)
    )
    ports = (PortRange(first=3478, last=3478),)
    return MediaRung(way=way, ports=ports, named=True, allocating=True, told=told, places=places)


def with_relays(*rungs: MediaRung, udp: tuple[Place, ...] = (stun(),)) -> dict[str, tuple[str, str]]:
    ladder = MediaLadder(service="mairie", without_udp=WithoutUdp.UNKNOWN, rungs=rungs)
    return said(structs.replace(FINE, udp=udp, ladder=ladder))


AWAY, FULL = Outcome.NOT_ADMITTED, Outcome.NO_ROOM


@pytest.mark.parametrize(
    ("rung", "variant"),
    [
        (relayed(MediaWay.TURN_UDP, AWAY), "not_admitted"),
        (relayed(MediaWay.TURN_UDP, FULL, AWAY), "not_admitted"),
        (relayed(MediaWay.TURN_UDP, FULL), ""),
        (relayed(MediaWay.TURN_UDP, AWAY, told=True), ""),
        (relayed(MediaWay.TURN_UDP, AWAY, ANSWERED), None),
    ],
)
def test_whose_password_it_was(rung: MediaRung, variant: str | None) -> None:
    assert with_relays(rung).get("relay_turns_away") == (None if variant is None else ("info", variant))


@pytest.mark.parametrize("outcome", [AWAY, FULL])
def test_a_relay_that_turns_us_away_proves_that_udp_passes(outcome: Outcome) -> None:
    assert [*with_relays(relayed(MediaWay.TURN_UDP, outcome), udp=QUIET_UDP)] == ["relay_turns_away"]


def test_a_relay_that_turns_us_away_by_tcp_is_there_and_would_answer_by_udp() -> None:
    silent = structs.replace(relayed(MediaWay.TURN_UDP, QUIET), named=False, allocating=False)
    found = with_relays(silent, relayed(MediaWay.TURN_TCP, AWAY))
    assert found["meeting_udp_blocked"] == ("warning", "connection")


def test_who_stands_in_the_relays_place_opens_nothing() -> None:
    assert with_relays(relayed(MediaWay.TURN_TLS, Outcome.UNTRUSTED)) == FREE
