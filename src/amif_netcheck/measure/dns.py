"""Questions to name servers one by one (RFC 1035): the system's resolver asks a second one only after seconds of silence."""

from __future__ import annotations

import contextlib
import os
import select
import socket
import struct
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

from amif_netcheck.measure import icmp_errors
from amif_netcheck.measure.socket_errors import TELLS_NOTHING, Trouble, trouble
from amif_netcheck.model.facts import Outcome

PATIENCE_S = 2.0
_ASK_AT_S = (0.0, 0.4, 1.0)
"""A lost datagram must not read as a dead server."""
_STOP_CHECK_S = 0.1
_PORT = 53
_HEADER = struct.Struct("!6H")
_A, _AAAA, _IN = 1, 28, 1
_IS_RESPONSE, _RECURSION_DESIRED, _CODE = 0x8000, 0x0100, 0x000F
_POINTER = 0xC0
_LONGEST_LABEL, _LARGEST = 63, 4096
OK, SERVER_FAILURE, NO_SUCH_NAME = 0, 2, 3
"""Response codes (RFC 1035, section 4.1.1)."""
_RESOLV_CONF = Path("/etc/resolv.conf")
_MOST_SERVERS = 3
"""MAXNS of resolv.conf(5): the system asks no more."""


@dataclass(frozen=True)
class DnsResponse:
    """What one name server says of a name: a response code, and the addresses of either IP version."""

    server: str
    outcome: Outcome
    code: int | None = None
    addresses: tuple[IPv4Address | IPv6Address, ...] = ()


def configured() -> tuple[str, ...]:
    """The name servers of resolv.conf(5), or of Windows, in their order; none where nothing is known of them."""
    if sys.platform == "win32":
        from amif_netcheck.measure import windows_name_servers  # noqa: PLC0415 - ctypes, for Windows alone

        return windows_name_servers.configured()[:_MOST_SERVERS]
    return of_resolv_conf()


def of_resolv_conf() -> tuple[str, ...]:
    """The name servers of resolv.conf(5); none where a system has no such file."""
    try:
        lines = _RESOLV_CONF.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ()
    named = [words[1] for line in lines if len(words := line.split()) > 1 and words[0] == "nameserver"]
    return tuple(dict.fromkeys(named))[:_MOST_SERVERS]


def is_global(host: str) -> bool:
    """May name servers know it? Names without a dot, and those of mDNS (RFC 6762), are not theirs."""
    plain = host.rstrip(".").casefold()
    return "." in plain and not plain.endswith(".local")


def ask(
    host: str, servers: Sequence[str], *, until: float, stop: threading.Event, first_only: bool = False
) -> tuple[DnsResponse, ...]:
    """Ask all servers side by side for both kinds of addresses, by `until` (`time.monotonic`) and within `PATIENCE_S`.

    `first_only`: the first that knows the addresses is enough.
    """
    try:
        questions = [_NameServerQuestion(server, host) for server in servers]
    except ValueError:
        return ()
    try:
        _run(questions, min(until, time.monotonic() + PATIENCE_S), stop, first_only=first_only)
    finally:
        for question in questions:
            question.close()
    return tuple(question.response for question in questions)


def _run(
    questions: list[_NameServerQuestion], until: float, stop: threading.Event, *, first_only: bool
) -> None:
    rounds = [time.monotonic() + after for after in _ASK_AT_S]
    while not stop.is_set() and (now := time.monotonic()) < until:
        waiting = [question for question in questions if question.sock is not None and question.missing]
        known = any(question.is_known for question in questions)
        if not waiting or (first_only and known):
            return
        if rounds and now >= rounds[0]:
            rounds.pop(0)
            for question in waiting:
                question.send()
        following = min(rounds[0] if rounds else until, until, now + _STOP_CHECK_S)
        socks = [question.sock for question in waiting if question.sock is not None]
        readable, _, _ = select.select(socks, [], [], max(0.0, following - now))
        for question in waiting:
            if question.sock in readable:
                question.receive()


class _NameServerQuestion:
    """The two questions (A and AAAA) to one server, over a socket of their own."""

    def __init__(self, server: str, host: str) -> None:
        self._server = server
        self._name = _encoded(host)
        self._ids = {
            kind: int.from_bytes(os.urandom(2), "big") & 0xFFFE | (kind == _AAAA) for kind in (_A, _AAAA)
        }
        self._outcome = Outcome.SILENT
        self._codes: dict[int, int] = {}
        self._addresses: list[IPv4Address | IPv6Address] = []
        self.sock: socket.socket | None = None
        try:
            family, _, _, _, address = socket.getaddrinfo(
                server, _PORT, type=socket.SOCK_DGRAM, flags=socket.AI_NUMERICHOST
            )[0]
            sock = socket.socket(family, socket.SOCK_DGRAM)
        except OSError:
            self._outcome = Outcome.NO_ROUTE
            return
        try:
            sock.connect(address)
        except OSError as error:
            sock.close()
            forbidden = trouble(error) is Trouble.FORBIDDEN
            self._outcome = Outcome.FORBIDDEN if forbidden else Outcome.NO_ROUTE
            return
        icmp_errors.keep(sock)
        self.sock = sock

    @property
    def missing(self) -> list[int]:
        """The kinds of addresses that were not told yet."""
        return [kind for kind in self._ids if kind not in self._codes]

    @property
    def is_known(self) -> bool:
        """Are both kinds told, and is there an address? That there is no such name may be better known to another."""
        return not self.missing and bool(self._addresses)

    @property
    def response(self) -> DnsResponse:
        """What came of it; a server that failed for one kind of addresses knows the name if it told the other."""
        if not self._codes:
            return DnsResponse(self._server, self._outcome)
        code = (
            None if self.missing else OK if self._addresses else max(self._codes.values(), key=_TELLING.index)
        )
        return DnsResponse(self._server, Outcome.ANSWERED, code, tuple(self._addresses))

    def send(self) -> None:
        """Ask for what is missing."""
        assert self.sock is not None  # noqa: S101 - only open ones are asked
        for kind in self.missing:
            header = _HEADER.pack(self._ids[kind], _RECURSION_DESIRED, 1, 0, 0, 0)
            for _attempt in range(2):  # the first may only report what became of an earlier one
                try:
                    self.sock.send(header + self._name + struct.pack("!2H", kind, _IN))
                    break
                except OSError as error:
                    self._fail(error)

    def receive(self) -> None:
        """Take one datagram; what answers neither question is left out."""
        assert self.sock is not None  # noqa: S101 - only open ones receive
        try:
            datagram = self.sock.recv(_LARGEST)
        except OSError as error:
            self._fail(error)
            return
        for kind in self.missing:
            with contextlib.suppress(ValueError, IndexError, struct.error):
                code, addresses = _read(datagram, self._ids[kind], self._name + struct.pack("!2H", kind, _IN))
                self._codes[kind] = min(code, max(_TELLING))
                self._addresses += addresses

    def close(self) -> None:
        """Close its socket."""
        if self.sock is not None:
            self.sock.close()

    def _fail(self, error: OSError) -> None:
        assert self.sock is not None  # noqa: S101
        said = Trouble.FORBIDDEN if icmp_errors.forbidden(self.sock) else trouble(error, datagrams=True)
        if said not in TELLS_NOTHING:
            outcomes = {Trouble.FORBIDDEN: Outcome.FORBIDDEN, Trouble.REFUSED: Outcome.REFUSED}
            self._outcome = outcomes.get(said, Outcome.SILENT)


_TELLING = (OK, NO_SUCH_NAME, 1, SERVER_FAILURE, 4, 5)
"""Of two codes the later one counts; all above REFUSED (5) are taken for it."""


def _encoded(host: str) -> bytes:
    """A name as labels, ready for a question.

    Raises:
        ValueError: it is no name (`UnicodeError` is one).
    """
    labels = [
        label.encode("idna") if not label.isascii() else label.encode()
        for label in host.rstrip(".").split(".")
    ]
    if not all(0 < len(label) <= _LONGEST_LABEL for label in labels):
        raise ValueError("no name")
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def _read(datagram: bytes, ident: int, question: bytes) -> tuple[int, list[IPv4Address | IPv6Address]]:
    """Response code and addresses.

    Raises:
        ValueError, IndexError, struct.error: it is no answer to this question.
    """
    number, flags, _, answers, _, _ = _HEADER.unpack_from(datagram)
    asked = datagram[_HEADER.size : _HEADER.size + len(question)]
    if number != ident or not flags & _IS_RESPONSE or asked.lower() != question.lower():
        raise ValueError("not ours")
    return flags & _CODE, list(_addresses(datagram, _HEADER.size + len(question), answers))


def _addresses(datagram: bytes, at: int, answers: int) -> Iterator[IPv4Address | IPv6Address]:
    """Those of all records, whatever name they are of: an alias leads to another one."""
    for _ in range(answers):
        while (length := datagram[at]) and length < _POINTER:
            at += 1 + length
        at += 2 if length else 1
        kind, _, _, size = struct.unpack_from("!2HIH", datagram, at)
        at += 10
        data = datagram[at : at + size]
        at += size
        if kind == _A:
            yield IPv4Address(data)
        elif kind == _AAAA:
            yield IPv6Address(data)
