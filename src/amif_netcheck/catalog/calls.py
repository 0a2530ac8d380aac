"""Applications for calls, the meetings they hold, and programs whose use of sound is nobody's concern."""

from __future__ import annotations

import re
from functools import cache

from msgspec import Struct, convert

from amif_netcheck.catalog import application, matches, read
from amif_netcheck.catalog.meeting_services import below, known_services, linked_hosts

CALL = "call"
"""The family of applications for calls."""

SYSTEM = "system"
"""The family of what every computer runs: worth a word only when it is at work."""


class KnownCall(Struct, frozen=True, kw_only=True):
    """An application for calls: patterns of its process names, and the hosts of its meetings, with all below them.

    Where the service of its meetings has a profile, its hosts are there: `service` is the profile's name.
    """

    name: str
    processes: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    service: str = ""


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
    return next((known.name for known in _calls().call if _below(host, _hosts(known))), "")


def holds_meetings(host: str) -> bool:
    """Is this host known for meetings, in an application or in a browser?"""
    return _below(host, meeting_hosts())


@cache
def meeting_hosts() -> tuple[str, ...]:
    """The hosts of all known services, once each; each stands for those below it."""
    calls = _calls()
    in_applications = (host for call in calls.call for host in call.hosts)
    return tuple(dict.fromkeys((*calls.browser, *linked_hosts(), *in_applications)))


def _hosts(call: KnownCall) -> tuple[str, ...]:
    return call.hosts or (known_services()[call.service].hosts if call.service else ())


def sounds_like_meetings(host: str) -> bool:
    """Has the host's name a word that those of servers for meetings have (`visio.example.org`)?"""
    parts = set(re.split(r"[.-]", host.casefold()))
    return not parts.isdisjoint(_calls().words)


def _below(host: str, hosts: tuple[str, ...]) -> bool:
    """Is `host` one of these, or below one?"""
    return any(below(host, known) for known in hosts)


def is_quiet(process: str) -> bool:
    """Does this program only serve others' sound: mixers, meters, screen readers?"""
    return matches(process, _calls().quiet)
