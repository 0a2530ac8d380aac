"""Entering a room of a LiveKit server for a moment: does its signalling come through, and which relays does it name?

LiveKit's own client does the same first: a WebSocket to `/rtc`, over which the server says what it knows (`JoinResponse` of
livekit_rtc.proto). Where none comes about, a plain question to `/rtc/validate` tells whether that is the network's doing.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
from collections.abc import Iterator, Mapping

from amif_netcheck.measure.reach import outcomes
from amif_netcheck.measure.reach.signalling import LATE, Entered, Refusal, Talk, Visit
from amif_netcheck.measure.reach.websocket import Opening
from amif_netcheck.measure.turn import Credentials, Relay, relay_of
from amif_netcheck.model.facts import Outcome, Unavailable

_PAGE = "rtc?auto_subscribe=0&protocol=15"
_JOIN, _VERSION, _ICE_SERVERS, _SERVER_INFO = 1, 4, 5, 12
_URLS, _USERNAME, _CREDENTIAL = 1, 2, 3
_VERSION_OF_INFO = 2
_LEAVE = bytes((8 << 3 | 2, 0))
"""A `SignalRequest` that is an empty `LeaveRequest` (field 8)."""
_MOST_RELAYS = 8
_LONGEST_VERSION = 40
_VALIDATED = b"success"
"""What `/rtc/validate` says to a token that may enter (rtcservice.go)."""
_LONGEST_PAGE = 256
_VARINT, _EIGHT_BYTES, _COUNTED, _FOUR_BYTES = 0, 1, 2, 5
"""Wire types of Protocol Buffers."""
_OF_THE_SERVER = {http.client.SWITCHING_PROTOCOLS, http.client.TOO_MANY_REQUESTS}
"""Like errors (5xx): a server says them of itself, and nobody on the way cut a WebSocket off."""
_UNADMITTED = {http.client.UNAUTHORIZED, http.client.FORBIDDEN}


def entering(token: str) -> Talk:
    """Enter the room of `token`, and leave it at once."""

    def talk(visit: Visit, sock: socket.socket) -> Entered | Unavailable:
        return _entered({"Authorization": f"Bearer {token}"}, visit, sock)

    return talk  # no `partial`, whose `repr` would show the token


def _entered(headers: Mapping[str, str], visit: Visit, sock: socket.socket) -> Entered | Unavailable:
    said = visit.first_message(sock, Opening(_PAGE, headers, goodbye=_LEAVE))
    if isinstance(said, bytes):
        return read(said)
    sock.close()
    if said.status == http.client.SWITCHING_PROTOCOLS and said.trouble is Outcome.SILENT:
        return LATE
    return _without_websocket(headers, visit, said)


def _without_websocket(headers: Mapping[str, str], visit: Visit, refusal: Refusal) -> Entered | Unavailable:
    """What a plain question over the same way tells of a WebSocket that did not come about."""
    if refusal.status in _OF_THE_SERVER or refusal.status >= http.client.INTERNAL_SERVER_ERROR:
        return Entered(Outcome.NO_ROOM)
    if visit.stop.is_set():
        return LATE
    try:
        status, page = visit.page(visit.open(), "rtc/validate", headers, most=_LONGEST_PAGE)
    except OSError as error:
        if refusal.status or refusal.trouble is Outcome.ANSWERED:
            return Entered(Outcome.NO_ROOM)
        outcome = outcomes.outcome_of(error)
        return LATE if Outcome.SILENT in {outcome, refusal.trouble} else Entered(outcome)
    if status == http.client.OK and page.strip() == _VALIDATED:
        return Entered(Outcome.NO_WEBSOCKET)
    return Entered(Outcome.NOT_ADMITTED if status in _UNADMITTED else Outcome.NO_ROOM)


def read(said: bytes) -> Entered:
    """What the server says first: `NO_ROOM` where that is no `JoinResponse`; what is not understood within it is passed over."""
    try:
        join = next((value for number, value in list(_fields(said)) if number == _JOIN), None)
    except ValueError:
        join = None
    if join is None:
        return Entered(Outcome.NO_ROOM)
    version, relays = "", []
    with contextlib.suppress(ValueError):
        for number, value in _fields(join):
            if number == _VERSION and not version:
                version = _text(value)
            elif number == _SERVER_INFO:
                version = next((_text(v) for n, v in _fields(value) if n == _VERSION_OF_INFO), version)
            elif number == _ICE_SERVERS:
                relays += _relays(value)
    return Entered(Outcome.ANSWERED, version[:_LONGEST_VERSION], tuple(relays[:_MOST_RELAYS]))


def _relays(server: bytes) -> list[Relay]:
    fields = list(_fields(server))
    of = {number: _text(value) for number, value in fields if number in {_USERNAME, _CREDENTIAL}}
    if not of.get(_USERNAME):
        return []
    credentials = Credentials(of[_USERNAME], of.get(_CREDENTIAL, ""))
    named = [relay_of(_text(value), credentials) for number, value in fields if number == _URLS]
    return [relay for relay in named if relay is not None]


def _fields(message: bytes) -> Iterator[tuple[int, bytes]]:
    """Number and content of the fields that have a length (texts and messages); others are passed over.

    Raises:
        ValueError: it is no message of Protocol Buffers.
    """
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        number, wire = tag >> 3, tag & 7
        if wire == _VARINT:
            _, at = _varint(message, at)
        elif wire in {_EIGHT_BYTES, _FOUR_BYTES}:
            at += 8 if wire == _EIGHT_BYTES else 4
        elif wire == _COUNTED:
            length, at = _varint(message, at)
            if at + length > len(message):
                raise ValueError("cut short")
            yield number, message[at : at + length]
            at += length
        else:
            raise ValueError(f"wire type {wire}")


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if at >= len(message):
            raise ValueError("cut short")
        value |= (message[at] & 0x7F) << shift
        at += 1
        if message[at - 1] < 0x80:  # noqa: PLR2004 - the last byte of a number
            return value, at
    raise ValueError("no number")


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace")
