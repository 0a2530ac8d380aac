"""Profiles of meeting services that a desk writes itself: what their types can't hold of them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from amif_netcheck.catalog.meeting_services import MeetingService, known_services, named_sources
from amif_netcheck.errors import InputError
from amif_netcheck.meeting import targets
from amif_netcheck.model.address import port_number, websocket_base

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_PORTS = re.compile(r"(?P<first>[0-9]{1,5})(?:-(?P<last>[0-9]{1,5}))?")
_DAY = re.compile(r"[0-9]{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01]))?)?")
_ROOM = 60
_TOKEN = re.compile(r"[A-Za-z0-9_.~+/=-]+")
"""As it goes into a header (RFC 6750, section 2.1)."""
_LANGUAGE = re.compile(r"[a-z]{2}")


def check(own: Mapping[str, MeetingService]) -> tuple[str, InputError, str] | None:
    """The first thing that is wrong with a desk's profiles: its key in the settings, what was expected, what is there."""
    for name, profile in own.items():
        if not _NAME.fullmatch(name):
            return f"profile.{_shown(name)}", InputError("settings.profile_name"), _shown(name)
        for key, code, value in _wrong(profile, {*own, *known_services()} - {name}):
            return f"profile.{name}.{key}", InputError(code), _shown(value)
        if _leads_back(name, own):
            return f"profile.{name}.like", InputError("settings.profile_circle"), _shown(profile.like)
        ours = known_services().get(name)
        sources = {*profile.sources, *(ours.sources if ours else ())}
        for source in named_sources(profile):
            if source not in sources:
                return f"profile.{name}.sources", InputError("settings.source_name"), _shown(source)
    return None


def _leads_back(name: str, own: Mapping[str, MeetingService]) -> bool:
    """Does one `like` after the other come to this profile again?"""
    seen = set[str]()
    at = own[name].like
    while at in own and at not in seen:
        if at == name:
            return True
        seen.add(at)
        at = own[at].like
    return False


def _wrong(profile: MeetingService, others: set[str]) -> Iterator[tuple[str, str, str]]:
    """Key, code of what was expected, and value of everything that is wrong."""
    ports = [ports for rung in profile.ladder for ports in rung.ports]
    sources = profile.sources.values()
    for key, code, values, right in (
        ("like", "settings.profile", [profile.like] if profile.like else [], others.__contains__),
        ("hosts", "settings.host", profile.hosts, _is_host),
        ("ladder.host", "settings.host", [rung.host for rung in profile.ladder if rung.host], _is_host),
        ("ladder.ports", "settings.ports", ports, _are_ports),
        ("notes", "settings.language_code", profile.notes, _LANGUAGE.fullmatch),
        ("sources.published", "settings.day", [source.published for source in sources], _is_day),
        ("sources.read", "settings.day", [source.read for source in sources], _is_day),
    ):
        yield from ((key, code, value) for value in values if not right(value))
    for rung in profile.ladder:
        if bool(rung.username) is not bool(rung.credential):
            yield "ladder", "settings.credentials", "username" if rung.username else "credential"
        elif rung.username and not rung.way.startswith("turn-"):
            yield "ladder.way", "settings.relay_way", rung.way
    test = profile.connection_test
    if test is not None and not _is_websocket(test.server):
        yield "connection_test.server", "settings.websocket", test.server
    if test is not None and not _TOKEN.fullmatch(test.token):
        yield "connection_test.token", "settings.token", "…"  # a secret is not quoted


def _is_day(text: str) -> bool:
    return not text or bool(_DAY.fullmatch(text))


def _shown(text: str) -> str:
    """As one line of a message has room for it."""
    line = " ".join(text.split())
    return line if len(line) <= _ROOM else f"{line[:_ROOM]}…"


def _is_host(text: str) -> bool:
    """A host's name in lower case, without a port or a scheme, and with a dot: one word would stand for half the network."""
    try:
        return targets.meeting(text) == text and "." in text and text == text.casefold()
    except InputError:
        return False


def _is_websocket(text: str) -> bool:
    try:
        return _is_server(websocket_base(text).host)
    except ValueError:
        return False


def _is_server(host: str) -> bool:
    try:
        return bool(targets.meeting(host))
    except InputError:
        return False


def _are_ports(text: str) -> bool:
    match = _PORTS.fullmatch(text)
    if not match:
        return False
    try:
        first, last = port_number(match["first"]), port_number(match["last"] or match["first"])
    except ValueError:
        return False
    return first <= last
