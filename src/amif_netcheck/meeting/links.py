"""The link of a meeting among the texts of an invitation. Pure, offline; the texts are anybody's."""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Iterable, Iterator
from enum import IntEnum
from itertools import pairwise
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
    "urldefense.proofpoint.com": "u",
    "urldefense.com": "u",
    "urldefense.us": "u",
    "antiphishing.vadesecure.com": "u",
    "antiphishing.cetsi.fr": "u",
    "fireeye.com": "u",
    "clicktime.symantec.com": "u",
    "protection.sophos.com": "u",
    "trendmicro.com": "url",
    "slack-redir.net": "url",
    "l.facebook.com": "u",
}
"""Hosts whose links lead through them to another one, in this parameter."""
_IN_PATH = "secure-web.cisco.com"
"""Cisco's has it at the end of the path."""
_URLDEFENSE_V3 = re.compile(r"https://urldefense\.(?:com|us)/v3/__(.{1,8000}?)__;([\w-]*)", re.IGNORECASE)
_URLDEFENSE_V2 = re.compile(r"https?://urldefense\.(?:proofpoint\.)?(?:com|us)/v2/", re.IGNORECASE)
_MOST_WRAPS = 8
"""Mails are forwarded, and each filter wraps what the one before it has wrapped."""
_MOST_FIELDS = 50

_HOSTS_BESIDE = {
    *("support", "help", "dialin", "tel", "status", "learn", "docs", "aka", "download", "downloads", "blog", "community", "explore"),
}  # fmt: skip
"""First parts of names of hosts that only tell about meetings."""
_PATHS_BESIDE = {
    *("download", "downloads", "telecharger", "telechargement", "install", "support", "help", "aide", "faq", "hc", "learn"),
    *("settings", "meetingoptions", "options", "account", "profile", "pricing", "privacy", "terms", "legal", "test"),
    *("u", "zoomconference", "globalcallin", "callin", "dialin", "dial-in", "tel", "phone", "mobile", "testjoin"),
}  # fmt: skip
"""Parts of paths of pages that are not a meeting: programs, help, settings, telephone numbers (`zoom.us/u/…`)."""
_PATHS_OF_MEETINGS = {
    "j",
    "s",
    "w",
    "my",
    "wc",
    "b",
    "r",
    "join",
    "meet",
    "meetup-join",
    "joinservice",
    "room",
    "rooms",
}
"""Before a meeting's name or number."""


class _Rank(IntEnum):
    """How probably a link is a meeting's own."""

    OWN = 0
    HOME = 1  # the first page of its server
    BESIDE = 2


def meeting_link(conference: Iterable[str], places: Iterable[str], texts: Iterable[str]) -> str:
    """The link that most probably leads to the meeting, or empty.

    `conference` are texts of fields for a meeting's link alone, `places` of those for its place, `texts` of those that may
    hold any link. First comes the link in `conference`, then one to a host that is known for meetings, then one to a host that is called
    like one (`visio.…`), then any link in `places`, then one in `texts` when all of its links lead to one host. Help,
    downloads, settings and telephone numbers come after all of these.
    """
    fields, named, anywhere = (list(_links(group)) for group in (conference, places, texts))
    links = fields + named + anywhere
    tiers = [
        fields,
        [link for link in links if holds_meetings(_host(link))],
        [link for link in links if sounds_like_meetings(_host(link))],
        named,
        _of_one_host([link for link in anywhere if _rank(link) is not _Rank.BESIDE]),
    ]
    for tier in tiers:
        best = min(tier, key=_rank, default="")
        if best and _rank(best) is not _Rank.BESIDE:
            return best
    return next(iter(fields + named), "") or next(iter(_of_one_host(anywhere)), "")


def unwrapped(link: str) -> str:
    """Where a link leads that a mail filter has wrapped into one of its own; others as they are."""
    for _ in range(_MOST_WRAPS):
        inner = _inner(link)
        if not inner.lower().startswith(("https://", "http://")):
            return link
        link = inner
    return link


def is_wrapped(link: str) -> bool:
    """Does it lead through a mail filter still, as where to could not be read?"""
    host = _host(link)
    return host == _IN_PATH or any(host == name or host.endswith(f".{name}") for name in _WRAPPERS)


def shown_host(link: str) -> str:
    """The host that a link seems to lead to, where it stands before an `@` and another one is behind it."""
    try:
        name = urlsplit(link).username or ""
    except ValueError:
        return ""
    return name.casefold() if _BARE.fullmatch(name) else ""


def _of_one_host(links: list[str]) -> list[str]:
    """These, when all of them lead to one host."""
    return links if len({_host(link) for link in links}) == 1 else []


def _rank(link: str) -> _Rank:
    host, parts = _host(link), urlsplit(link)
    path = [part.partition(".")[0].casefold() for part in parts.path.split("/") if part]
    if host.partition(".")[0] in _HOSTS_BESIDE:
        return _Rank.BESIDE
    for part, following in pairwise([*path, parts.query]):
        if part in _PATHS_OF_MEETINGS and following:
            return _Rank.OWN
        if part in _PATHS_BESIDE or (part in _PATHS_OF_MEETINGS and part == path[-1]):
            return _Rank.BESIDE
    return _Rank.OWN if path or parts.query else _Rank.HOME


def _links(texts: Iterable[str]) -> Iterator[str]:
    """The links in these texts that have a host, unwrapped."""
    count = 0
    for text in texts:
        plain = html.unescape(text[:_LONGEST_TEXT])
        whole = [match[0] for match in _LINK.finditer(plain)]
        rest = _LINK.sub(" ", plain)
        bare = [f"https://{match[0]}" for match in _BARE.finditer(rest)]
        for link in (*whole, *(link for link in bare if holds_meetings(_host(link)))):
            count += 1
            if count > _MOST_LINKS:
                return
            inner = unwrapped(link.rstrip(_TRAILING)).rstrip(_TRAILING)
            if _host(inner):
                yield inner


def _inner(link: str) -> str:
    """What a wrapped link leads to; empty or no link when it is none."""
    host = _host(link)
    try:
        parts = urlsplit(link)
        fields = parse_qs(parts.query, max_num_fields=_MOST_FIELDS)
    except ValueError:  # more of them than any filter writes
        return ""
    if match := _URLDEFENSE_V3.match(link):
        return _with_replaced(match[1], match[2])
    if host == _IN_PATH:
        return unquote(parts.path.rpartition("/")[2])
    wrapper = next((name for name in _WRAPPERS if host == name or host.endswith(f".{name}")), "")
    value = fields.get(_WRAPPERS.get(wrapper, ""), [""])[0]
    if _URLDEFENSE_V2.match(link):
        return unquote(value.replace("-", "%").replace("_", "/"))
    if "://" in value:
        return value
    return unquote(value) if "%" in value else _from_base64(value)


def _with_replaced(link: str, replaced: str) -> str:
    """Proofpoint's version 3 writes some characters as `*` and lists them, in Base64, behind the link."""
    characters = iter(_from_base64(replaced))
    return re.sub(r"\*", lambda star: next(characters, star[0]), link)


def _from_base64(text: str) -> str:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
    except ValueError:
        return ""


def _host(link: str) -> str:
    try:
        return urlsplit(link).hostname or ""
    except ValueError:
        return ""
