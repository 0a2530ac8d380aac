"""A report without private data: each private value becomes a token, the same one wherever it stands in that report."""

from __future__ import annotations

import contextlib
import getpass
import re
import socket
from collections.abc import Iterator
from ipaddress import ip_address
from typing import Any, get_type_hints

import msgspec
from msgspec import Struct, structs

from amif_netcheck.model.report import Privacy, Report

_IPV4 = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.]*\d)")
_IPV6 = re.compile(r"(?<![\w:])[0-9A-Fa-f:]*:[0-9A-Fa-f:]*:[0-9A-Fa-f.:]*(?:%\w+)?(?![\w:])")
_MAC = re.compile(r"(?<![0-9A-Fa-f:])(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}(?![0-9A-Fa-f:])")
_MAC_IN_A_NAME = re.compile(r"(?<=^enx|^wlx|^wwx)[0-9A-Fa-f]{12}$|(?<=\benx|\bwlx|\bwwx)[0-9A-Fa-f]{12}\b")
_TOO_COMMON = {"root", "user", "admin", "localhost", "home", "debian", "ubuntu", "linux", "pc"}
_SHORTEST_NAME = 3
_SCRUBBED = ("facts", "checks", "errors")


def redact(
    report: Report, *, public_hosts: frozenset[str] = frozenset(), own_names: dict[str, str] | None = None
) -> Report:
    """`report` without addresses, host names and names of this computer and its user.

    `public_hosts` are the servers that our own documentation names: they tell nothing about anybody. `own_names` maps
    further private texts to their kind; by default this computer's and this user's names.
    """
    if report.privacy is Privacy.REDACTED:
        return report
    tokens = _Tokens(public_hosts)
    for value, kind in _private_values(report.facts):
        tokens.of(value, kind)
    for value, kind in (this_computer() if own_names is None else own_names).items():
        tokens.of(value, kind)
    plain = msgspec.to_builtins(report)
    for name in _SCRUBBED:
        plain[name] = _scrub(plain[name], tokens)
    return structs.replace(msgspec.convert(plain, Report), privacy=Privacy.REDACTED)


def this_computer() -> dict[str, str]:
    """The names of this computer and its user, where they are telling enough to be private."""
    names = {socket.gethostname(): "host", socket.gethostname().partition(".")[0]: "host"}
    with contextlib.suppress(OSError, KeyError):  # a user id without a name
        names[getpass.getuser()] = "user"
    return {
        name: kind
        for name, kind in names.items()
        if len(name) >= _SHORTEST_NAME and name.casefold() not in _TOO_COMMON
    }


class _Tokens:
    """Private value -> token, numbered by kind in order of appearance."""

    def __init__(self, public: frozenset[str]) -> None:
        self._public = public
        self._tokens: dict[str, str] = {}
        self._counts: dict[str, int] = {}

    def of(self, value: str, kind: str) -> str:
        if not value or value in self._public:
            return value
        address = _address(value)
        if address is not None:
            if address.is_loopback or address.is_unspecified:
                return value
            kind = "ip"
        if value not in self._tokens:
            self._counts[kind] = self._counts.get(kind, 0) + 1
            self._tokens[value] = f"{kind}-{self._counts[kind]}"
        return self._tokens[value]

    def clean(self, text: str) -> str:
        if text in self._tokens:
            return self._tokens[text]
        for value in sorted(self._tokens, key=len, reverse=True):
            if value in text:
                text = re.sub(rf"(?<![\w.-]){re.escape(value)}(?![\w-])", self._tokens[value], text)
        text = _MAC.sub(lambda found: self.of(found[0], "mac"), text)
        text = _MAC_IN_A_NAME.sub(lambda found: self.of(found[0], "mac"), text)
        text = _IPV4.sub(lambda found: self.of(found[0], "ip") if _address(found[0]) else found[0], text)
        return _IPV6.sub(lambda found: self.of(found[0], "ip") if _address(found[0]) else found[0], text)


def _address(text: str) -> Any:
    try:
        return ip_address(text.partition("%")[0])
    except ValueError:
        return None


def _private_values(value: Any) -> Iterator[tuple[str, str]]:
    """Every text that the model marks as private, with its kind."""
    if isinstance(value, Struct):
        hints = get_type_hints(type(value), include_extras=True)
        for name in value.__struct_fields__:
            held = getattr(value, name)
            kind = _kind(hints[name])
            if kind and isinstance(held, str):
                yield held, kind
            else:
                yield from _private_values(held)
    elif isinstance(value, (tuple, list)):
        for item in value:
            yield from _private_values(item)


def _kind(hint: Any) -> str:
    marks = (getattr(meta, "extra", None) or {} for meta in getattr(hint, "__metadata__", ()))
    return next((str(mark["private"]) for mark in marks if "private" in mark), "")


def _scrub(value: Any, tokens: _Tokens) -> Any:
    if isinstance(value, str):
        return tokens.clean(value)
    if isinstance(value, dict):
        return {key: _scrub(item, tokens) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_scrub(item, tokens) for item in value]
    return value
