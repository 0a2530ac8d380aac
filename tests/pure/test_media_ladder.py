"""Whose answers belong to which rung: those of a profile, and those of the relays that the service itself names."""

from __future__ import annotations

from typing import cast

from amif_netcheck.catalog.meeting_services import MeetingService, Rung
from amif_netcheck.measure.turn import Credentials
from amif_netcheck.model.facts import (
    NOT_REQUESTED,
    AccessMethod,
    MediaLadder,
    MediaRung,
    MediaWay,
    Outcome,
    Place,
    Reach,
    Reason,
    Role,
    Unavailable,
)
from amif_netcheck.platforms.base import Platform
from amif_netcheck.probes import media_ladder
from amif_netcheck.probes.context import Context
from amif_netcheck.probes.media_ladder import Asked, Door

OWN, GIVEN = Credentials("mairie", "a"), Credentials("1700000000:x", "b")
LATE = Unavailable(reason=Reason.TIMEOUT)
HOST = "meet.example"


def place(host: str, port: int, outcome: Outcome, role: Role = Role.MEDIA) -> Place:
    return Place(role=role, server=host, port=port, reach=(Reach(by=AccessMethod.IPV4, outcome=outcome),))


def rungs(
    *profile: Rung, connected: Asked | None = None, told: Asked | Unavailable = NOT_REQUESTED
) -> dict[MediaWay, MediaRung]:
    context = Context(
        cast("Platform", None), meeting=HOST, service_name="mairie", service=MeetingService(ladder=profile)
    )
    page = place(HOST, 443, Outcome.ANSWERED, Role.MEETING)
    made = media_ladder.ladder(context, (), connected or {}, told, (page,))
    assert isinstance(made, MediaLadder)
    return {rung.way: rung for rung in made.rungs}


def ends(rung: MediaRung) -> dict[tuple[str, int], Outcome]:
    assert not isinstance(rung.places, Unavailable)
    return {(each.server, each.port): each.reach[0].outcome for each in rung.places}


def test_the_page_stands_for_connections_like_its_own_alone() -> None:
    relay = Rung(way="turn-udp", ports=("443",), username="mairie", credential="a")
    asked = Door(MediaWay.TURN_UDP, HOST, 443, OWN)
    found = rungs(relay, Rung(way="tls"), connected={asked: place(HOST, 443, Outcome.SILENT)})
    assert ends(found[MediaWay.TURN_UDP]) == {(HOST, 443): Outcome.SILENT}
    assert ends(found[MediaWay.TLS]) == {(HOST, 443): Outcome.ANSWERED}


def test_relays_of_the_service_stand_beside_those_of_the_profile() -> None:
    relay = Rung(way="turn-tcp", ports=("3478",), host="turn.example", username="mairie", credential="a")
    way = MediaWay.TURN_TCP
    found = rungs(
        relay,
        connected={Door(way, "turn.example", 3478, OWN): place("turn.example", 3478, Outcome.NOT_ADMITTED)},
        told={
            Door(way, "turn.example", 3478, GIVEN): place("turn.example", 3478, Outcome.ANSWERED),
            Door(way, "else.example", 443, GIVEN): place("else.example", 443, Outcome.REFUSED),
            Door(MediaWay.TURN_TLS, "else.example", 443, GIVEN): LATE,
        },
    )
    assert [*found] == [MediaWay.TURN_TCP, MediaWay.TURN_TLS]
    assert ends(found[way]) == {
        ("turn.example", 3478): Outcome.ANSWERED,
        ("else.example", 443): Outcome.REFUSED,
    }
    assert [each.first for each in found[way].ports] == [3478, 443]
    assert found[way].told
    # One that was not asked to the end has its rung all the same.
    assert found[MediaWay.TURN_TLS].places == LATE


def test_relays_that_were_not_asked_to_the_end_take_nothing_away() -> None:
    relay = Rung(way="turn-tcp", ports=("3478",), host="turn.example")
    measured: Asked = {
        Door(MediaWay.TURN_TCP, "turn.example", 3478): place("turn.example", 3478, Outcome.ANSWERED)
    }
    found = rungs(relay, connected=measured, told={Door(MediaWay.TURN_TCP, "else.example", 443, GIVEN): LATE})
    assert ends(found[MediaWay.TURN_TCP]) == {("turn.example", 3478): Outcome.ANSWERED}
    assert not found[MediaWay.TURN_TCP].told


def test_a_service_without_ways_of_its_own_has_those_that_it_names() -> None:
    asked = Door(MediaWay.TURN_UDP, "turn.example", 443, GIVEN)
    found = rungs(told={asked: place("turn.example", 443, Outcome.ANSWERED)})
    assert ends(found[MediaWay.TURN_UDP]) == {("turn.example", 443): Outcome.ANSWERED}


def test_what_crashed_is_not_hidden() -> None:
    crashed = Unavailable(reason=Reason.ERROR)
    context = Context(cast("Platform", None), meeting=HOST, service=MeetingService(ladder=(Rung(way="udp"),)))
    assert media_ladder.ladder(context, (), {}, crashed, ()) == crashed
