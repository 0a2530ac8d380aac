"""HTTP/1.1 requests and answers as text (RFC 9112); pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlsplit

MOST_FIELDS = 100
_TOKEN = frozenset("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_VERSIONS = {"HTTP/1.0": 0, "HTTP/1.1": 1}
_LONGEST_LENGTH = 18  # digits
ANYBODY = (
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Allow-Methods", "GET, HEAD, POST, OPTIONS"),
    ("Access-Control-Allow-Headers", "Content-Encoding, Content-Type"),
    ("Access-Control-Expose-Headers", "Server-Timing, Retry-After"),
    ("Timing-Allow-Origin", "*"),
    ("Cache-Control", "no-store"),
)
"""Pages of a speed test may live on another host, and nothing on the way may keep or change what is sent."""


class BadRequestError(Exception):
    """The request can't be served; the connection ends after the answer."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status.phrase)
        self.status = status


@dataclass(frozen=True)
class Request:
    """The head of a request. Field names are in lower case; of `length` None means a chunked body."""

    method: str
    path: str
    query: Mapping[str, str]
    fields: Mapping[str, str]
    length: int | None
    keep_alive: bool

    def number(self, name: str, usual: int) -> int:
        """A whole number of the query.

        Raises:
            BadRequestError: it is none.
        """
        text = self.query.get(name)
        if text is None:
            return usual
        if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_LENGTH):
            raise BadRequestError(HTTPStatus.BAD_REQUEST)
        return int(text)


def parse(head: bytes) -> Request:
    """A request from its first lines, without the empty one at their end.

    Raises:
        BadRequestError: it is no request that we understand.
    """
    first, *lines = head.decode("latin-1").split("\r\n")
    try:
        method, target, version = first.split(" ")
        minor = _VERSIONS[version]
        parts = urlsplit(target if target.startswith(("http://", "https://")) else f"http://h{target}")
        query = dict(parse_qsl(parts.query, max_num_fields=MOST_FIELDS))
    except (ValueError, KeyError):
        raise BadRequestError(HTTPStatus.BAD_REQUEST) from None
    if not target.startswith(("/", "http://", "https://")) or len(lines) > MOST_FIELDS:
        raise BadRequestError(HTTPStatus.BAD_REQUEST)
    fields = _fields(lines)
    connection = fields.get("connection", "").lower()
    return Request(
        method=method,
        path=parts.path,
        query=query,
        fields=fields,
        length=_length(fields),
        keep_alive="close" not in connection and (minor == 1 or "keep-alive" in connection),
    )


def _fields(lines: list[str]) -> dict[str, str]:
    fields: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        name = name.lower()
        if not colon or not name or not _TOKEN.issuperset(name) or "\n" in value or "\0" in value:
            raise BadRequestError(HTTPStatus.BAD_REQUEST)
        if name in fields and name in {"content-length", "transfer-encoding", "host"}:
            raise BadRequestError(HTTPStatus.BAD_REQUEST)
        fields[name] = value.strip(" \t")
    return fields


def _length(fields: Mapping[str, str]) -> int | None:
    length, coding = fields.get("content-length"), fields.get("transfer-encoding")
    if coding is not None:
        if length is not None:  # two lengths: the way requests are smuggled
            raise BadRequestError(HTTPStatus.BAD_REQUEST)
        if coding.lower() != "chunked":
            raise BadRequestError(HTTPStatus.NOT_IMPLEMENTED)
        return None
    if length is None:
        return 0
    if not (length.isascii() and length.isdigit() and len(length) <= _LONGEST_LENGTH):
        raise BadRequestError(HTTPStatus.BAD_REQUEST)
    return int(length)


@dataclass(frozen=True)
class Response:
    """What goes back: a body, or `noise` random bytes."""

    status: HTTPStatus = HTTPStatus.OK
    body: bytes = b""
    kind: str = "text/plain; charset=utf-8"
    noise: int = 0
    more: tuple[tuple[str, str], ...] = field(default=())
    close: bool = False

    def head(self, *, keep_alive: bool, took_ms: float) -> bytes:
        """Its first lines with the empty one at their end."""
        fields = [
            ("Content-Length", str(self.noise or len(self.body))),
            ("Content-Type", "application/octet-stream" if self.noise else self.kind),
            ("Connection", "keep-alive" if keep_alive else "close"),
            ("Server-Timing", f"cfRequestDuration;dur={took_ms:.3f}"),
            *ANYBODY,
            *self.more,
        ]
        lines = [f"HTTP/1.1 {self.status.value} {self.status.phrase}", *(f"{n}: {v}" for n, v in fields)]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def as_json(value: object) -> Response:
    """An answer in JSON, without needless spaces."""
    return Response(body=json.dumps(value, separators=(",", ":")).encode(), kind="application/json")


def flat_json_object(body: bytes) -> dict[str, Any]:
    """A JSON object from a request's body, with nothing nested in it.

    Some versions of Python (3.13) recurse deeper than the small stack of a connection's thread reaches, and crash.

    Raises:
        BadRequestError: it is none.
    """
    if b"[" in body or body.count(b"{") > 1:
        raise BadRequestError(HTTPStatus.BAD_REQUEST)
    try:
        value = json.loads(body or b"{}")
    except ValueError:
        raise BadRequestError(HTTPStatus.BAD_REQUEST) from None
    if not isinstance(value, dict):
        raise BadRequestError(HTTPStatus.BAD_REQUEST)
    return value
