"""The link of a meeting among the texts of an invitation. Pure, offline; the texts are anybody's."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise
from urllib.parse import urlsplit

from amif_netcheck.catalog.calls import holds_meetings, sounds_like_meetings
from amif_netcheck.catalog.meeting_services import below
from amif_netcheck.meeting.targets import SCHEME_TWICE
from amif_netcheck.meeting.wrapped_links import host_of as _host
from amif_netcheck.meeting.wrapped_links import is_wrapped, unwrapped

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

_HOSTS_BESIDE = {
    *("support", "help", "dialin", "tel", "status", "learn", "docs", "aka", "download", "downloads", "blog", "community", "explore"),
}  # fmt: skip
"""First parts of names of hosts that only tell about meetings."""
_HOSTS_OF_OTHERS = (
    *(
        "youtube.com",
        "youtu.be",
        "facebook.com",
        "linkedin.com",
        "twitter.com",
        "x.com",
        "instagram.com",
        "maps.google.com",
    ),
    *("maps.app.goo.gl", "docs.google.com", "drive.google.com", "openstreetmap.org"),
)
"""Where no meetings are, and all mails lead to."""
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

_NEAR = 120
"""Characters before a link that say what it is."""
_TO_JOIN = (
    r"rejoindre|rejoignez|particip(?:er|ez)|connect(?:er|ez)|connexion|acc[eé]d(?:er|ez)|acc[eè]s|join|joining|attend|enter|click here|"
    r"cliquez|lien|link"
)
_MEETING = (
    r"visio\w*|r[eé]unions?|meetings?|(?:\w*)conf[eé]rences?|webinaires?|webinars?|calls?|salle|room|vid[eé]o"
)
_SURELY = re.compile(
    rf"\b(?:{_TO_JOIN})\b.*\b(?:{_MEETING})\b|\b(?:{_MEETING})\b.*\b(?:{_TO_JOIN})\b|\bvisio(?:conf[eé]rence)?\b"
    rf"|\b(?:{_MEETING})\b[^.:]{{0,30}}:?\s{{0,3}}$",
    re.IGNORECASE | re.DOTALL,
)
_MAYBE = re.compile(rf"\b(?:{_TO_JOIN})\b", re.IGNORECASE)
"""Words before a meeting's link, or in what is clicked on."""
_NOT = re.compile(
    r"(?:voir|affich\w+|consult\w+|lire|ouvr\w+|view|read|open)\b.{0,40}(?:navigateur|browser|en ligne|online)|d[eé]sinscri|"
    r"d[eé]sabonn|unsubscribe|confidentialit[eé]|privacy|pr[eé]f[eé]rences|mentions l[eé]gales|facebook|linkedin|twitter|instagram|"
    r"site (?:internet|web)|enqu[eê]te|survey|sondage|\bdocuments?\s?:|compte[- ]rendu|t[eé]l[eé]charg|download|mode d'emploi|"
    r"\bguide|d'aide\b|\baide\s?:|ordre du jour|agenda\b|programme\b|plan d'acc[eè]s|\binscri|formulaire|regist|questionnaire|"
    r"support|pr[eé]sentation|diaporama|documentation|replay|enregistrement|recording|actualit|partag",
    re.IGNORECASE,
)
"""Words before links of another kind."""
_BRACKETS = re.compile(r"\s?\([^()\n]{1,60}\)")


@dataclass(frozen=True)
class _Link:
    """A link's address and what is said right before it."""

    address: str
    said: str = ""


class _Rank(IntEnum):
    """How probably a link is a meeting's own."""

    OWN = 0
    HOME = 1  # the first page of its server
    BESIDE = 2


def meeting_link(conference: Iterable[str], places: Iterable[str], texts: Iterable[str]) -> str:
    """The link that most probably leads to the meeting, or empty.

    `conference` are texts of fields for a meeting's link alone, `places` of those for its place, `texts` of those that may
    hold any link. First comes the link in `conference`, then one to a host that is known for meetings, then one to a host that is called
    like one (`visio.…`), then any link in `places`, then one in `texts` behind words such as “Rejoindre la visioconférence”, then
    one when all links in `texts` lead to one host. Help, downloads, settings and telephone numbers come after all of these; so
    does what only leads on to where nobody can read.
    """
    in_fields, in_places, in_texts = (list(_links(group)) for group in (conference, places, texts))
    fields, named, anywhere = ([link.address for link in group] for group in (in_fields, in_places, in_texts))
    links = fields + named + anywhere
    told = [link for link in in_texts if not _NOT.search(link.said)]
    addresses = [link.address for link in told]
    surely = [link.address for link in told if _SURELY.search(link.said)]
    tiers = [
        fields,
        [link for link in links if holds_meetings(_host(link))],
        [link for link in (*fields, *named, *addresses) if sounds_like_meetings(_host(link))],
        named,
        surely,
        _of_one_host([link.address for link in told if _MAYBE.search(link.said)]),
        _of_one_host([link.address for link in told if _rank(link.address) is not _Rank.BESIDE]),
    ]
    for tier in tiers:
        best = min(tier, key=_rank, default="")
        if best and _rank(best) is not _Rank.BESIDE:
            return best
        if tier is surely and any(map(is_wrapped, tier)):  # another server's link would be another's meeting
            return best
    return next(iter(fields + named), "") or next(iter(_of_one_host([link.address for link in told])), "")


def is_known(link: str) -> bool:
    """Does it lead to a server for meetings, as far as its name says?"""
    return holds_meetings(_host(link)) or sounds_like_meetings(_host(link))


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
    if (
        host.partition(".")[0] in _HOSTS_BESIDE
        or is_wrapped(link)
        or any(below(host, other) for other in _HOSTS_OF_OTHERS)
    ):
        return _Rank.BESIDE
    for part, following in pairwise([*path, parts.query]):
        if part in _PATHS_OF_MEETINGS and following:
            return _Rank.OWN
        if part in _PATHS_BESIDE or (part in _PATHS_OF_MEETINGS and part == path[-1]):
            return _Rank.BESIDE
    return _Rank.OWN if path or parts.query else _Rank.HOME


def _links(texts: Iterable[str]) -> Iterator[_Link]:
    """The links in these texts that have a host, unwrapped."""
    count = 0
    for text in texts:
        plain = html.unescape(text[:_LONGEST_TEXT])
        before = 0
        for match in _whole_and_bare(plain):
            count += 1
            if count > _MOST_LINKS:
                return
            said = _said(plain, before, match)
            before = match.end()
            address = match[0] if match.re is _LINK else f"https://{match[0]}"
            address = SCHEME_TWICE.sub("", address)
            inner = unwrapped(address.rstrip(_TRAILING)).rstrip(_TRAILING)
            if _host(inner):
                yield _Link(inner, said)


def _said(letter: str, before: int, match: re.Match[str]) -> str:
    """The words for a link: the last sentence on the last line before it that has words, and what is in brackets behind it.

    What is on the line of the link that ends at `before` is that one's.
    """
    lead = letter[max(before, match.start() - _NEAR) : match.start()]
    if 0 < before == match.start() - len(lead):
        lead = lead.partition("\n")[2] if "\n" in lead else _BRACKETS.sub("", lead)
    line = lead.rstrip().rpartition("\n")[2]
    behind = _BRACKETS.match(letter, match.end())
    return re.split(r"[.!?] ", line)[-1] + (behind[0] if behind else "")


def _whole_and_bare(text: str) -> list[re.Match[str]]:
    """Links, and names of servers for meetings without `https://`, in the order of the text."""
    whole = list(_LINK.finditer(text))
    masked = _LINK.sub(lambda match: " " * len(match[0]), text)
    bare = [match for match in _BARE.finditer(masked) if _is_server(match[0])]
    return sorted([*whole, *bare], key=lambda match: match.start())


def _is_server(text: str) -> bool:
    """Is this a server for meetings, not the end of a sentence without a blank (`visio.merci`), nor a file (`visio.pdf`)?"""
    host = _host(f"https://{text}")
    named = sounds_like_meetings(host.partition(".")[0]) and host.count(".") > 1
    room = "/" in text and not host.startswith("www.")
    return holds_meetings(host) or named or (room and sounds_like_meetings(host))
