"""The link of a meeting among the texts of an invitation. Pure, offline; the texts are anybody's."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from urllib.parse import parse_qs, unquote, urlsplit

from amif_netcheck.catalog.calls import holds_meetings, sounds_like_meetings

_MOST_LINKS = 500
_LONGEST = 8192
"""Protected links have some thousand characters."""
_LONGEST_TEXT = 500_000

_LINK = re.compile(rf"""https?://[^\s<>"'\\^`{{|}}]{{1,{_LONGEST}}}""", re.IGNORECASE)
_BARE = re.compile(
    r"(?<![\w@./-])(?:[a-z0-9][a-z0-9-]{0,62}\.){1,6}[a-z]{2,24}(?:/[^\s<>\"']{0,300})?", re.IGNORECASE
)
"""`visio.example.org/abc`, as people write it into the place of a meeting."""
_TRAILING = ".,;:!?»”’)]*_…"

_WRAPPERS = {
    "safelinks.protection.outlook.com": "url",
    "statics.teams.cdn.office.net": "url",
    "linkprotect.cudasvc.com": "a",
    "www.google.com": "q",
}
"""Hosts whose links lead through them to another one, in this parameter."""
_URLDEFENSE = re.compile(r"https://urldefense\.(?:com|us)/v3/__(.{1,8000}?)__;", re.IGNORECASE)
_MOST_WRAPS = 3
_MOST_FIELDS = 50
_BESIDE = {"support", "help", "dialin", "status", "learn", "docs", "aka"}
"""First parts of names of hosts that only tell about meetings."""


def meeting_link(named: Iterable[str], told: Iterable[str]) -> str:
    """The link that most probably leads to the meeting, or empty.

    `named` are texts of fields that are for a meeting's link or place, `told` those that may hold any link. First comes a
    link to a host that is known for meetings, then one to a host that is called like one (`visio.…`), then any
    link in `named`, then one in `told` when all of its links lead to one host.
    """
    fields, texts = list(_links(named)), list(_links(told))
    links = [each for each in (*fields, *texts) if _host(each)]
    for good in (holds_meetings, sounds_like_meetings):
        found = next((each for each in links if good(_host(each)) and not _beside(_host(each))), "")
        if found:
            return found
    anywhere = next((each for each in fields if _host(each)), "")
    hosts = {_host(each) for each in texts} - {""}
    return anywhere or (next(each for each in texts if _host(each)) if len(hosts) == 1 else "")


def unwrapped(link: str) -> str:
    """Where a link leads that a mail filter has wrapped into one of its own; others as they are."""
    for _ in range(_MOST_WRAPS):
        inner = _inner(link)
        if not inner.lower().startswith(("https://", "http://")):
            return link
        link = inner
    return link


def _links(texts: Iterable[str]) -> Iterator[str]:
    count = 0
    for text in texts:
        plain = html.unescape(text[:_LONGEST_TEXT])
        whole = [found[0] for found in _LINK.finditer(plain)]
        rest = _LINK.sub(" ", plain)
        bare = [f"https://{found[0]}" for found in _BARE.finditer(rest)]
        for link in (*whole, *(each for each in bare if holds_meetings(_host(each)))):
            count += 1
            if count > _MOST_LINKS:
                return
            yield unwrapped(link.rstrip(_TRAILING))


def _inner(link: str) -> str:
    defended = _URLDEFENSE.match(link)
    if defended:
        return defended[1]
    host = _host(link)
    wrapper = next((name for name in _WRAPPERS if host == name or host.endswith(f".{name}")), "")
    if not wrapper:
        return ""
    try:
        values = parse_qs(urlsplit(link).query, max_num_fields=_MOST_FIELDS).get(_WRAPPERS[wrapper], [""])
    except ValueError:  # more of them than any filter writes
        return ""
    return values[0] if "://" in values[0] else unquote(values[0])


def _beside(host: str) -> bool:
    return host.partition(".")[0] in _BESIDE


def _host(link: str) -> str:
    try:
        return urlsplit(link).hostname or ""
    except ValueError:
        return ""
