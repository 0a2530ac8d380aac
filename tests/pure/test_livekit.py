"""What a LiveKit server says first, made with its own definitions; cut short or garbled it breaks nothing."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from livekit.protocol.models import ParticipantInfo, ServerInfo
from livekit.protocol.rtc import ICEServer, JoinResponse, LeaveRequest, SignalRequest, SignalResponse

from amif_netcheck.measure.reach import livekit
from amif_netcheck.measure.reach.signalling import Entered
from amif_netcheck.measure.turn import Credentials, Relay
from amif_netcheck.model.facts import MediaWay, Outcome


def said(join: JoinResponse) -> bytes:
    return SignalResponse(join=join).SerializeToString()


def test_version_and_relays_are_read() -> None:
    server = ICEServer(
        urls=["turn:turn.example:443?transport=udp", "turns:turn.example:443", "stun:stun.example"],
        username="u",
        credential="c",
    )
    entered = livekit.read(
        said(
            JoinResponse(
                server_version="1.0",
                server_info=ServerInfo(version="1.9.1", protocol=16),
                ice_servers=[ICEServer(urls=["stun:stun.example:3478"]), server],
                other_participants=[ParticipantInfo(identity="maire", name="Maire")],
                ping_interval=5,
            )
        )
    )
    known = Credentials("u", "c")
    assert entered == Entered(
        Outcome.ANSWERED,
        "1.9.1",
        (
            Relay(MediaWay.TURN_UDP, "turn.example", 443, known),
            Relay(MediaWay.TURN_TLS, "turn.example", 443, known),
        ),
    )


def test_an_older_server_has_its_version_elsewhere() -> None:
    assert livekit.read(said(JoinResponse(server_version="1.0"))).version == "1.0"


def test_what_is_said_on_leaving_is_understood() -> None:
    leaving = SignalRequest.FromString(livekit._LEAVE)
    assert leaving.HasField("leave")
    assert leaving.leave == LeaveRequest()


def test_what_is_no_welcome_is_none() -> None:
    leave = SignalResponse(leave=LeaveRequest(can_reconnect=False)).SerializeToString()
    for message in (leave, b"", b"Hello", b"<html>", leave[:1]):
        assert livekit.read(message) == Entered(Outcome.NO_ROOM)


@given(st.binary(max_size=100), st.integers(0, 80))
def test_no_bytes_break_it(rest: bytes, cut: int) -> None:
    whole = said(
        JoinResponse(
            server_version="1.0", ice_servers=[ICEServer(urls=["turn:a.example"], username="u" * 60)]
        )
    )
    assert livekit.read(whole[:cut]).outcome is Outcome.NO_ROOM
    for message in (rest, whole[:cut] + rest):
        entered = livekit.read(message)
        assert entered.outcome in {Outcome.ANSWERED, Outcome.NO_ROOM}
        assert entered.outcome is Outcome.ANSWERED or entered == Entered(Outcome.NO_ROOM)
        assert len(entered.relays) <= 8


@given(st.binary(max_size=100).filter(lambda rest: not {0x0A, 0x8A} & set(rest)))
def test_nobody_is_let_in_without_the_field_of_a_welcome(rest: bytes) -> None:
    assert livekit.read(rest).outcome is Outcome.NO_ROOM


def test_relays_that_could_not_be_asked_are_left_out() -> None:
    servers = [
        ICEServer(urls=["turn:a.example"], username="u" * 509, credential="c"),
        ICEServer(urls=["turn:a.example"], credential="c"),
        ICEServer(urls=[f"turn:{'a' * 254}", "turn:[::::]"], username="u", credential="c"),
    ]
    assert livekit.read(said(JoinResponse(ice_servers=servers))).relays == ()
    many = ICEServer(urls=[f"turn:{name}.example" for name in "abcdefghijk"], username="u", credential="c")
    assert len(livekit.read(said(JoinResponse(ice_servers=[many]))).relays) == 8
