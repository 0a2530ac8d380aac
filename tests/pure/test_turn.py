"""Allocations on a relay, with aioice as the oracle for what is sent; whatever comes back, nothing breaks or is believed."""

from __future__ import annotations

import hashlib

import pytest
from aioice import stun
from hypothesis import given
from hypothesis import strategies as st

from amif_netcheck.catalog.meeting_services import ConnectionTest, Rung
from amif_netcheck.measure.turn import Allocation, AllocationEnd, Credentials, relay_of
from amif_netcheck.model.facts import MediaWay

MAYOR = Credentials("maire", "secrèt")
REALM, NONCE = "turn.example", b"obMatJos2-nonce"


def key(password: str = "secrèt") -> bytes:
    return hashlib.md5(f"maire:{REALM}:{password}".encode()).digest()


def proven(message: bytes) -> stun.Message:
    """What a message says, if it is signed with the key."""
    said = stun.parse_message(message)
    signature = said.attributes.pop("MESSAGE-INTEGRITY")
    said.add_message_integrity(key())
    assert said.attributes["MESSAGE-INTEGRITY"] == signature
    return said


def answer(request: bytes, kind: stun.Class, signed_by: bytes = b"", **attributes: object) -> bytes:
    asked = stun.parse_message(request)
    said = stun.Message(stun.Method.ALLOCATE, kind, transaction_id=asked.transaction_id)
    said.attributes.update({name.replace("_", "-"): value for name, value in attributes.items()})
    if signed_by:
        said.add_message_integrity(signed_by)
    return bytes(said)


def asked_for_password(allocation: Allocation, code: int = 401, nonce: bytes = NONCE) -> bool:
    refusal = answer(allocation.request, stun.Class.ERROR, ERROR_CODE=(code, "?"), REALM=REALM, NONCE=nonce)
    return allocation.receive(refusal)


def allocated(request: bytes, signed_by: bytes) -> bytes:
    return answer(
        request,
        stun.Class.RESPONSE,
        signed_by,
        XOR_RELAYED_ADDRESS=("192.0.2.7", 50000),
        LIFETIME=600,
    )


def test_the_first_question_names_nobody() -> None:
    asked = stun.parse_message(Allocation(MAYOR).request)
    assert (asked.message_method, asked.message_class) == (stun.Method.ALLOCATE, stun.Class.REQUEST)
    assert asked.attributes == {"REQUESTED-TRANSPORT": 17 << 24}


def test_a_place_is_asked_for_with_the_password_and_given_back() -> None:
    allocation = Allocation(MAYOR)
    assert asked_for_password(allocation)
    asked = proven(allocation.request)
    assert asked.attributes["USERNAME"] == "maire"
    assert (asked.attributes["REALM"], asked.attributes["NONCE"]) == (REALM, NONCE)
    assert allocation.ended is None
    assert allocation.receive(allocated(allocation.request, key()))
    assert allocation.ended is AllocationEnd.ALLOCATED
    released = proven(allocation.release())
    assert released.message_method is stun.Method.REFRESH
    assert released.attributes["LIFETIME"] == 0


def test_who_does_not_know_the_password_can_not_say_that_there_is_a_place() -> None:
    allocation = Allocation(MAYOR)
    asked_for_password(allocation)
    assert not allocation.receive(allocated(allocation.request, b""))
    assert not allocation.receive(allocated(allocation.request, key("other")))
    assert allocation.ended is None


@pytest.mark.parametrize(
    ("code", "end"),
    [
        (401, AllocationEnd.NOT_ADMITTED),
        (441, AllocationEnd.NOT_ADMITTED),
        (403, AllocationEnd.NO_ROOM),
        (486, AllocationEnd.NO_ROOM),
        (508, AllocationEnd.NO_ROOM),
        (300, AllocationEnd.NO_ROOM),
    ],
)
def test_what_a_refusal_means(code: int, end: AllocationEnd) -> None:
    allocation = Allocation(MAYOR)
    asked_for_password(allocation)
    assert asked_for_password(allocation, code)
    assert allocation.ended is end


def test_a_stale_nonce_is_renewed_and_not_for_ever() -> None:
    allocation = Allocation(MAYOR)
    asked_for_password(allocation)
    asked_for_password(allocation, 438, b"second")
    assert allocation.ended is None
    assert proven(allocation.request).attributes["NONCE"] == b"second"
    for _ in range(5):
        asked_for_password(allocation, 438, b"another")
    assert allocation.ended is AllocationEnd.NO_ROOM


def test_a_relay_that_asks_for_nothing_is_taken_at_its_word() -> None:
    allocation = Allocation(MAYOR)
    assert allocation.receive(allocated(allocation.request, b""))
    assert allocation.ended is AllocationEnd.ALLOCATED
    stun.parse_message(allocation.release())


def test_an_answer_to_another_question_is_none() -> None:
    allocation, other = Allocation(MAYOR), Allocation(MAYOR)
    assert not allocation.receive(allocated(other.request, b""))
    assert allocation.ended is None


@given(st.binary(max_size=200), st.integers(0, 0xFFFF))
def test_no_bytes_break_it(rest: bytes, kind: int) -> None:
    allocation = Allocation(MAYOR)
    asked_for_password(allocation)
    request = allocation.request
    allocation.receive(rest)
    allocation.receive(kind.to_bytes(2, "big") + request[2:20] + rest)
    assert allocation.ended is not AllocationEnd.ALLOCATED


@pytest.mark.parametrize(
    ("uri", "way", "host", "port"),
    [
        ("turn:turn.example", MediaWay.TURN_UDP, "turn.example", 3478),
        ("turn:turn.example:443?transport=udp", MediaWay.TURN_UDP, "turn.example", 443),
        ("turn:turn.example?transport=tcp", MediaWay.TURN_TCP, "turn.example", 3478),
        ("turns:turn.example", MediaWay.TURN_TLS, "turn.example", 5349),
        ("turns:turn.example:443?transport=tcp", MediaWay.TURN_TLS, "turn.example", 443),
        ("turn:[2001:db8::7]:3478", MediaWay.TURN_UDP, "2001:db8::7", 3478),
    ],
)
def test_a_relays_address(uri: str, way: MediaWay, host: str, port: int) -> None:
    named = relay_of(uri, MAYOR)
    assert named is not None
    assert (named.way, named.host, named.port, named.credentials) == (way, host, port, MAYOR)


@pytest.mark.parametrize(
    "uri",
    [
        *("stun:stun.example", "turn:", "turn:a b", "turn:turn.example:0", "turn:turn.example:99999"),
        *("turn:[2001:db8::7::]", "turn:[1.2.3.4]", f"turn:{'a' * 254}"),
        *("turns:turn.example?transport=udp", "turn:turn.example?transport=sctp", "http://turn.example", ""),
    ],
)
def test_what_is_no_relays_address(uri: str) -> None:
    assert relay_of(uri, MAYOR) is None


def test_what_may_exist_is_given_back() -> None:
    allocation = Allocation(MAYOR)
    assert not allocation.may_exist
    asked_for_password(allocation)
    assert allocation.may_exist  # the answer to the next question may be lost
    asked_for_password(allocation)
    assert allocation.ended is AllocationEnd.NOT_ADMITTED
    assert not allocation.may_exist


def test_a_user_that_no_relay_can_be_told_is_none() -> None:
    assert relay_of("turn:turn.example", Credentials("é" * 255, "c")) is None
    assert relay_of("turn:turn.example", Credentials("é" * 254, "c")) is not None


def test_no_password_is_in_what_a_log_would_show() -> None:
    relay = relay_of("turn:turn.example", Credentials("maire", "geheim"))
    assert "geheim" not in repr(relay)
    assert "geheim" not in repr(Rung(way="turn-udp", username="maire", credential="geheim"))
    assert "geheim" not in repr(ConnectionTest(server="wss://a.example", token="geheim"))
