"""A report without private data: each private value becomes a token, the same one wherever it stands in that report.

Tokens are numbered, so that nothing tells one report's computer in another; with a desk's key they are the same in all.
"""

from __future__ import annotations

import contextlib
import getpass
import hashlib
import hmac
import os
import re
import socket
import string
from collections.abc import Iterator
from enum import Enum
from ipaddress import ip_address
from pathlib import PureWindowsPath
from typing import Any, get_args, get_type_hints

from msgspec import Struct, structs

from amif_netcheck.catalog.public_servers import public_hosts
from amif_netcheck.checks.registry import SPECS
from amif_netcheck.checks.spec import FindingSpec
from amif_netcheck.model.facts import Facts
from amif_netcheck.model.report import CheckResult, Privacy, Report, ReportedFinding

_IP = re.compile(r"(?<![\w:])[0-9A-Fa-f:.]{2,45}(?:%[\w.-]{1,64})?(?![\w:])")
"""What may be an IP address, with its zone; whether it is one, `ipaddress` decides. Bounded, so that no text takes long."""
_IPV4 = re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?!\.?\d)")
_MAC = re.compile(r"(?<![0-9A-Fa-f:])(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}(?![0-9A-Fa-f]|:[0-9A-Fa-f])")
_MAC_DIGITS = 12
_TOKEN = re.compile(r"(?:authority|device|host|ip|mac|ssid|user)-[0-9a-f]{1,12}")
_MAC_IN_A_NAME = re.compile(r"(?<=enx|wlx|wwx)[0-9A-Fa-f]{12}(?![0-9A-Fa-f])")
_FOLDER_OF_USER = re.compile(
    r"""(?i)(?:(?<=/home/)|(?<=/users/)|(?<=\\users\\)|(?<=\\users\\\\))(?:[^\\/:*?"<>|\r\n]{1,64}(?=[\\/])|[^\\/:*?"<>|\s,;')]{1,64})"""
)
"""The name in a path of somebody's own folder; with spaces only where the path goes on behind it."""
_DIGITS = 12
"""So many hexadecimal digits of a keyed token: among a million things, two have the same in one case of some hundreds."""
_TOO_COMMON = {
    *("root", "user", "admin", "localhost", "home", "debian", "ubuntu", "linux", "pc"),
    *("administrator", "administrateur", "public", "windows", "workgroup", "desktop", "laptop"),
}
_SHORTEST_NAME = 3
_OUR_FIELDS = {
    *("family", "product", "package", "meeting_product"),
    *("round_trip", "audio", "frames", "frame_losses"),
}
"""Texts that are ours: words of the program, never names from outside, whatever a computer is called."""


def redact(report: Report, *, own_names: dict[str, str] | None = None, key: str | None = None) -> Report:
    """`report` without addresses, host names and names of this computer and its user.

    The public servers that are asked by default keep their names. `own_names` maps further private texts to their kind; by
    default this computer's and this user's names. Reports with the same `key` have the same token for the same thing.
    """
    if report.privacy is Privacy.REDACTED:  # so it says: whoever wrote it, what is no token yet becomes one
        own_names = {}
    tokens = _tokens_of(report.facts, own_names, key)
    return structs.replace(
        report,
        facts=_scrub(report.facts, tokens),
        checks=tuple(_scrub_check(check, tokens) for check in report.checks),
        errors=tuple(structs.replace(error, detail=tokens.clean(error.detail)) for error in report.errors),
        privacy=Privacy.REDACTED,
    )


def redact_result(
    result: CheckResult, facts: Facts, own_names: dict[str, str] | None = None, key: str | None = None
) -> CheckResult:
    """One line of the checklist while the run goes on, as `redact` would write it by the `facts` so far."""
    return _scrub_check(result, _tokens_of(facts, own_names, key))


def redact_text(text: str) -> str:
    """A text of ours without addresses and names of this computer and its user."""
    tokens = _Tokens()
    tokens.know(this_computer())
    return tokens.clean(text)


def _tokens_of(facts: Facts, own_names: dict[str, str] | None, key: str | None) -> _Tokens:
    tokens = _Tokens(key)
    for value, kind in _private_values(facts):
        tokens.of(value, kind)
    tokens.know(this_computer() if own_names is None else own_names)
    return tokens


def this_computer() -> dict[str, str]:
    """The names of this computer and its user, where they are telling enough to be private."""
    names = {socket.gethostname(): "host", socket.gethostname().partition(".")[0]: "host"}
    with contextlib.suppress(
        OSError, KeyError, ImportError
    ):  # a user id without a name; Windows has no `pwd`
        names[getpass.getuser()] = "user"
    names[os.environ.get("SUDO_USER", "")] = "user"
    # On Windows a profile's folder may be called otherwise than its user, and short in the path of temporary files.
    for folder in ("USERPROFILE", "TEMP"):
        names[_folder_of_user(os.environ.get(folder, ""))] = "user"
    for computer in ("COMPUTERNAME", "USERDOMAIN"):
        names[os.environ.get(computer, "")] = "host"
    return {
        name: kind
        for name, kind in names.items()
        if len(name) >= _SHORTEST_NAME and name.casefold() not in _TOO_COMMON
    }


def _folder_of_user(path: str) -> str:
    r"""The name below `C:\Users`; empty where there is none."""
    _, users, name, *_ = (*PureWindowsPath(path).parts, "", "", "")
    return name if users.casefold() == "users" else ""


class _Tokens:
    """Private value -> token, numbered by kind in order of appearance, or by `key`; the same however it is written."""

    def __init__(self, key: str | None = None) -> None:
        self._key = key
        self._things: dict[str, str] = {}
        self._tokens: dict[str, str] = {}
        self._counts: dict[str, int] = {}
        self._folded: dict[str, str] = {}
        self._pattern: re.Pattern[str] | None = None

    def of(self, value: str, kind: str) -> str:
        if not value or value in public_hosts() or _TOKEN.fullmatch(value):
            return value
        address = _address(value)
        if address is not None:
            if address.is_loopback or address.is_unspecified:
                return value
            kind = "ip"
        if value not in self._tokens:
            thing = _thing(value)
            if thing not in self._things:
                self._things[thing] = self._new(thing, kind)
            self._tokens[value] = self._things[thing]
            self._folded[value.casefold()] = self._tokens[value]
            self._pattern = None
        return self._tokens[value]

    def _new(self, thing: str, kind: str) -> str:
        if self._key is not None:
            content = thing.encode(errors="surrogatepass")
            return f"{kind}-{hmac.new(self._key.encode(), content, hashlib.sha256).hexdigest()[:_DIGITS]}"
        self._counts[kind] = self._counts.get(kind, 0) + 1
        return f"{kind}-{self._counts[kind]}"

    def know(self, names: dict[str, str]) -> None:
        """Give tokens to private texts, by kind."""
        for value, kind in names.items():
            self.of(value, kind)

    def clean(self, text: str) -> str:
        if text in self._tokens or text in public_hosts():
            return self._tokens.get(text, text)
        text = self._known(text)
        text = _IPV4.sub(self._address_token, _IP.sub(self._address_token, text))
        text = _MAC.sub(lambda match: self.of(match[0], "mac"), text)
        text = _MAC_IN_A_NAME.sub(lambda match: self.of(match[0], "mac"), text)
        return _FOLDER_OF_USER.sub(self._user_token, text)

    def _known(self, text: str) -> str:
        """Replace what has a token, all at once: no token may be taken for a name."""
        folded = text.casefold()
        if not any(value in folded for value in self._folded):
            return text
        if self._pattern is None:  # hundreds of names take long to compile
            longest = "|".join(re.escape(value) for value in sorted(self._tokens, key=len, reverse=True))
            self._pattern = re.compile(rf"(?<![^\W_])(?:{longest})(?![^\W_])", re.IGNORECASE)
        return self._pattern.sub(lambda match: self._folded.get(match[0].casefold(), match[0]), text)

    def _user_token(self, match: re.Match[str]) -> str:
        name = match[0]
        known = name in self._tokens.values() or name.casefold() in _TOO_COMMON
        return name if known else self.of(name, "user")

    def _address_token(self, match: re.Match[str]) -> str:
        """An address may be followed by the full stop or colon of its sentence."""
        address, rest = match[0], ""
        while address and _address(address) is None and address[-1] in ".:":
            address, rest = address[:-1], address[-1] + rest
        return self.of(address, "ip") + rest if _address(address) is not None else match[0]


def _thing(value: str) -> str:
    """What `value` names, in one of the ways to write it."""
    address = _address(value)
    if address is not None:
        return str(address)
    if _MAC.fullmatch(value) or (len(value) == _MAC_DIGITS and not value.strip(string.hexdigits)):
        return value.replace(":", "").replace("-", "").casefold()
    return value.casefold()


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
            content = getattr(value, name)
            kind = _kind(hints[name])
            if kind and isinstance(content, str):
                yield content, kind
            elif kind and isinstance(content, tuple) and all(isinstance(item, str) for item in content):
                yield from ((item, kind) for item in content)
            else:
                yield from _private_values(content)
    elif isinstance(value, (tuple, list)):
        for item in value:
            yield from _private_values(item)


def _kind(hint: Any) -> str:
    """The mark on a field's type, or on one of its alternatives (`Ssid | Unavailable`)."""
    for alternative in (hint, *get_args(hint)):
        for meta in getattr(alternative, "__metadata__", ()):
            mark = getattr(meta, "extra", None) or {}
            if "private" in mark:
                return str(mark["private"])
    return ""


def _scrub_check(check: CheckResult, tokens: _Tokens) -> CheckResult:
    """Only params come from outside: codes, evidence and severities are words of the program."""
    findings = tuple(_scrub_finding(finding, tokens) for finding in check.findings)
    return structs.replace(check, findings=findings)


def _scrub_finding(finding: ReportedFinding, tokens: _Tokens) -> ReportedFinding:
    """With its usual words where a variant would tell what is private."""
    spec = SPECS[finding.code]
    return structs.replace(
        finding,
        variant=spec.public_variant(finding.variant),
        params={name: _scrub_param(spec, name, value, tokens) for name, value in finding.params.items()},
    )


def _scrub_param(spec: FindingSpec, name: str, value: Any, tokens: _Tokens) -> Any:
    if spec.is_ours(name):
        return value
    kind = spec.private.get(name)
    if kind and isinstance(value, list):
        return [tokens.of(item, kind) for item in value]
    return tokens.of(value, kind) if kind and isinstance(value, str) else _scrub(value, tokens)


def _scrub(value: Any, tokens: _Tokens) -> Any:
    """The same value with every text in it cleaned, but for the vocabulary."""
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        return tokens.clean(value)
    if isinstance(value, Struct):
        changed = {
            name: _scrub(getattr(value, name), tokens)
            for name in value.__struct_fields__
            if name not in _OUR_FIELDS
        }
        return structs.replace(value, **changed)
    if isinstance(value, (list, tuple)):
        return type(value)(_scrub(item, tokens) for item in value)
    return value
