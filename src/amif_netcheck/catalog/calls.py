"""Applications for calls, the meetings they hold, and programs whose use of sound is nobody's concern."""

from __future__ import annotations

import re
from functools import cache

from msgspec import Struct, convert

from amif_netcheck.catalog import application, matches, read

CALL = "call"
"""The family of applications for calls."""

SYSTEM = "system"
"""The family of what every computer runs: worth a word only when it is at work."""


class KnownCall(Struct, frozen=True, kw_only=True):
    """An application for calls: patterns of its process names, and the hosts of its meetings, with all below them."""

    name: str
    processes: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()


class _Calls(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    call: tuple[KnownCall, ...]
    quiet: tuple[str, ...]
    browser: tuple[str, ...]
    words: tuple[str, ...]


@cache
def _calls() -> _Calls:
    return convert(read("calls.toml"), _Calls)


def call_application(process: str) -> str:
    """The application for calls behind a process name, or empty."""
    return next((known.name for known in _calls().call if matches(process, known.processes)), "")


def name_and_family(process: str) -> tuple[str, str]:
    """What people call a program, and what kind it is; both empty when it isn't known. For calls comes first."""
    call = call_application(process)
    if call:
        return call, CALL
    known = application(process)
    return (known.name, known.family) if known else ("", "")


def meeting_application(host: str) -> str:
    """The application that a meeting at `host` is held with, or empty."""
    return next((known.name for known in _calls().call if _below(host, known.hosts)), "")


def holds_meetings(host: str) -> bool:
    """Is this host known for meetings, in an application or in a browser?"""
    return bool(meeting_application(host)) or _below(host, _calls().browser)


def sounds_like_meetings(host: str) -> bool:
    """Has the host's name a word that those of servers for meetings have (`visio.example.org`)?"""
    parts = set(re.split(r"[.-]", host.casefold()))
    return not parts.isdisjoint(_calls().words)


def _below(host: str, hosts: tuple[str, ...]) -> bool:
    """Is `host` one of these, or below one?"""
    name = host.casefold().removesuffix(".")
    return any(name == known or name.endswith(f".{known}") for known in hosts)


def is_quiet(process: str) -> bool:
    """Does this program only serve others' sound: mixers, meters, screen readers?"""
    return matches(process, _calls().quiet)
