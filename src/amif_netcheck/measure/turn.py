"""An allocation on a relay (TURN, RFC 8656) by long-term credentials (RFC 8489, section 9.2): its messages, without a socket."""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import struct
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from ipaddress import IPv6Address
from typing import NamedTuple

from amif_netcheck.model.address import port_number
from amif_netcheck.model.facts import MediaWay

HEADER = struct.Struct("!HHI12s")
"""Type, length of what follows, cookie, transaction."""
_FIELD = struct.Struct("!HH")
_COOKIE = 0x2112A442
_ALLOCATE, _ALLOCATED, _ALLOCATE_ERROR, _REFRESH = 0x0003, 0x0103, 0x0113, 0x0004
_USERNAME, _INTEGRITY, _ERROR_CODE, _LIFETIME = 0x0006, 0x0008, 0x0009, 0x000D
_REALM, _NONCE, _TRANSPORT = 0x0014, 0x0015, 0x0019
_UDP = bytes((17, 0, 0, 0))
"""REQUESTED-TRANSPORT: what the relay is to speak on its other side (protocol number of IANA)."""
_UNAUTHORIZED, _WRONG_CREDENTIALS, _STALE_NONCE = 401, 441, 438
_MOST_NONCES = 3
_MAC_BYTES = 20


@dataclass(frozen=True)
class Credentials:
    """What a relay wants to know of who asks."""

    username: str
    credential: str = field(repr=False)


class Relay(NamedTuple):
    """A relay as it is named to one who may use it."""

    way: MediaWay
    host: str
    port: int
    credentials: Credentials


_URI = re.compile(
    r"(?P<scheme>turns?):(?:\[(?P<ipv6>[0-9a-fA-F:.]+)\]|(?P<host>[A-Za-z0-9.-]+))(?::(?P<port>[0-9]+))?"
    r"(?:\?transport=(?P<transport>udp|tcp))?"
)
USUAL_PORT, USUAL_TLS_PORT = 3478, 5349
"""RFC 8656, section 18."""
_LONGEST_USERNAME, _LONGEST_HOST = 508, 253
"""Bytes (RFC 8489, section 14.3), and characters (RFC 1035, as it is written)."""


def relay_of(uri: str, credentials: Credentials) -> Relay | None:
    """The relay that a TURN URI names (RFC 7065); None for what is none, and for TLS over UDP, which we don't speak."""
    match = _URI.fullmatch(uri)
    if match is None or len(credentials.username.encode()) > _LONGEST_USERNAME:
        return None
    host = match["ipv6"] or match["host"]
    if len(host) > _LONGEST_HOST:
        return None
    is_tls = match["scheme"] == "turns"
    try:
        port = port_number(match["port"]) if match["port"] else USUAL_TLS_PORT if is_tls else USUAL_PORT
        if match["ipv6"]:
            IPv6Address(host)
    except ValueError:
        return None
    if is_tls and match["transport"] == "udp":
        return None
    plain = MediaWay.TURN_TCP if match["transport"] == "tcp" else MediaWay.TURN_UDP
    return Relay(MediaWay.TURN_TLS if is_tls else plain, host, port, credentials)


class AllocationEnd(Enum):
    """What a relay answered in the end."""

    ALLOCATED = "allocated"
    NOT_ADMITTED = "not_admitted"  # it does not know the credentials
    NO_ROOM = "no_room"  # it knows them, or never asked, and allocates nothing: full, forbidden, elsewhere


class Allocation:
    """One allocation: send `request`, repeat it where nothing answers, and give what comes to `receive`, until `ended`."""

    def __init__(self, credentials: Credentials) -> None:
        self._username = unicodedata.normalize("NFC", credentials.username).encode()
        self._credential = unicodedata.normalize("NFC", credentials.credential).encode()
        self._key = b""
        self._proof: tuple[tuple[int, bytes], ...] = ()
        self._nonces = 0
        self.ended: AllocationEnd | None = None
        self._ask()

    @property
    def may_exist(self) -> bool:
        """Is there one to give back, or may there be one whose answer was lost?"""
        is_asked = self.ended is None and bool(self._key)
        return is_asked or self.ended is AllocationEnd.ALLOCATED

    def receive(self, message: bytes) -> bool:
        """Does it answer the request? Then there is another one to send, or the conversation has `ended`."""
        if len(message) < HEADER.size:
            return False
        kind, _, cookie, transaction = HEADER.unpack_from(message)
        if cookie != _COOKIE or transaction != self._transaction:
            return False
        if kind == _ALLOCATED:
            if self._key and not _is_signed(message, self._key):
                return False  # somebody on the way, who does not know the password
            self.ended = AllocationEnd.ALLOCATED
            return True
        if kind != _ALLOCATE_ERROR:
            return False
        self._fail(dict(_fields(message)))
        return True

    def release(self) -> bytes:
        """What gives the allocation back (a refresh with a lifetime of 0 s)."""
        return _message(_REFRESH, os.urandom(12), ((_LIFETIME, bytes(4)), *self._proof), self._key)

    def _fail(self, fields: dict[int, bytes]) -> None:
        code = fields.get(_ERROR_CODE, bytes(4)).ljust(4, b"\0")
        number = (code[2] & 7) * 100 + code[3]
        realm, nonce = fields.get(_REALM), fields.get(_NONCE)
        is_question = (number == _UNAUTHORIZED and not self._key) or number == _STALE_NONCE
        if is_question and realm is not None and nonce is not None and self._nonces < _MOST_NONCES:
            self._nonces += 1
            secret = b":".join((self._username, realm, self._credential))
            self._key = hashlib.md5(secret, usedforsecurity=False).digest()  # as RFC 8489, 9.2.2 has it
            self._proof = ((_USERNAME, self._username), (_REALM, realm), (_NONCE, nonce))
            self._ask()
        elif number in {_UNAUTHORIZED, _WRONG_CREDENTIALS}:
            self.ended = AllocationEnd.NOT_ADMITTED
        else:
            self.ended = AllocationEnd.NO_ROOM

    def _ask(self) -> None:
        self._transaction = os.urandom(12)
        self.request = _message(_ALLOCATE, self._transaction, ((_TRANSPORT, _UDP), *self._proof), self._key)


def _message(kind: int, transaction: bytes, fields: tuple[tuple[int, bytes], ...], key: bytes) -> bytes:
    """With MESSAGE-INTEGRITY at its end where there is a key; the length counts that in before it is computed."""
    body = b"".join(
        _FIELD.pack(field, len(value)) + value + bytes(-len(value) % 4) for field, value in fields
    )
    signed = _FIELD.size + _MAC_BYTES if key else 0
    message = HEADER.pack(kind, len(body) + signed, _COOKIE, transaction) + body
    if not key:
        return message
    return message + _FIELD.pack(_INTEGRITY, _MAC_BYTES) + hmac.digest(key, message, "sha1")


def _is_signed(message: bytes, key: bytes) -> bool:
    """Does its MESSAGE-INTEGRITY prove that who sent it knows the key?"""
    at = HEADER.size
    for number, value in _fields(message):
        if number == _INTEGRITY:
            kind, _, cookie, transaction = HEADER.unpack_from(message)
            length = at - HEADER.size + _FIELD.size + _MAC_BYTES
            signed = HEADER.pack(kind, length, cookie, transaction) + message[HEADER.size : at]
            return hmac.compare_digest(hmac.digest(key, signed, "sha1"), value)
        at += _FIELD.size + len(value) + -len(value) % 4
    return False


def _fields(message: bytes) -> Iterator[tuple[int, bytes]]:
    """The attributes, as far as they are whole."""
    at = HEADER.size
    while at + _FIELD.size <= len(message):
        field, length = _FIELD.unpack_from(message, at)
        at += _FIELD.size
        if at + length > len(message):
            return
        yield field, message[at : at + length]
        at += length + -length % 4
