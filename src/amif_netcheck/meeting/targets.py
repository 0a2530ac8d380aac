"""What people type for a server or a meeting, as host and port. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from datetime import time
from urllib.parse import urlsplit

from amif_netcheck.errors import InputError
from amif_netcheck.model.address import Base, Server, base_of, is_address, port_number, url_port

FILE_SUFFIXES = (".ics", ".ical", ".eml", ".pdf", ".txt", ".html", ".htm")
"""A name that ends so is a file's, never a host's: none of them is a top-level domain."""
STUN_PORT = 3478
HTTP_PORT, HTTPS_PORT = 80, 443
_LONGEST_HOST = 253
_TIME_OF_DAY = re.compile(r"(?P<hour>[0-9]{1,2})\s?(?:h|[:h]\s?(?P<minute>[0-9]{2}))", re.IGNORECASE)
_HOURS, _MINUTES = 24, 60
_OTHER_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?!//|[0-9])")
"""Such as `mailto:` and `javascript:`; `host:8443` is none."""
SCHEME_TWICE = re.compile(r"(?:https?:?/{0,2})+(?=https?:?//)", re.IGNORECASE)
"""`https://https://visio.example/a`, as it is pasted behind a scheme that was there already."""
_LABEL = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)")
_LEADING = "<({«‹“„‘\"'"
_TRAILING = ">)}»›”’\"'.,;!?…"


def server(text: str) -> Server:
    """`HOST`, `HOST:PORT`, `[IPv6]:PORT` or a bare IPv6 address.

    Raises:
        InputError: it is none of these.
    """
    host, port = _split(text.strip())
    if host is None or not _is_host(host):
        raise InputError("no_server", text=text)
    try:
        return Server(host=_host_name(host), port=port_number(port) if port else STUN_PORT)
    except ValueError:
        raise InputError("no_server", text=text) from None


def meeting(text: str) -> str:
    """The host of a meeting given as a link or a host name.

    Raises:
        InputError: no host can be found in it.
    """
    problem = InputError("no_meeting", text=text)
    link = bare(text)
    if is_address(link):  # IPv6 without brackets too
        return link
    if _OTHER_SCHEME.match(link) or "\\" in link:  # browsers read \ as /, so it leads elsewhere than it says
        raise problem
    try:
        parts = urlsplit(link if "://" in link else f"//{link}")
        host = parts.hostname or ""
        if (
            parts.scheme not in {"", "http", "https"} and "." not in host
        ):  # a program's own: `webexteams://meet?…`
            raise problem
        url_port(parts)  # raises on a port that is none
    except ValueError:
        raise problem from None
    if not _is_host(host) or any(character.isspace() for character in link):
        raise problem
    if "://" not in link and "." not in host and (parts.path or not host.isascii()) and not is_address(host):
        raise problem  # a word, or a file that is not there
    return _host_name(host)


def meeting_port(text: str) -> int:
    """The port of a meeting that `meeting` accepts: that of its link, else the one of HTTPS."""
    link = bare(text)
    if is_address(link):
        return HTTPS_PORT
    parts = urlsplit(link if "://" in link else f"//{link}")
    return url_port(parts) or (HTTP_PORT if parts.scheme == "http" else HTTPS_PORT)


def bare(text: str) -> str:
    """A typed link or host without what surrounds it in a mail: `<…>`, quotes, punctuation, invisible characters, a scheme that is there twice."""
    while True:
        shorter = _without_blanks(text).lstrip(_LEADING).rstrip(_TRAILING)
        if shorter.startswith("[") and "://" in shorter:
            shorter = shorter[1:].removesuffix("]")
        if shorter.endswith(":") and not is_address(shorter):
            shorter = shorter[:-1]
        shorter = SCHEME_TWICE.sub("", shorter)
        if shorter == text:
            return text
        text = shorter


def is_invitation(text: str) -> bool:
    """Is this called like the file of an invitation, a mail or a note?"""
    return "://" not in text and text.strip().casefold().endswith(FILE_SUFFIXES)


def time_of_day(text: str) -> time:
    """`HH:MM`, or `14h30` and `14h` as the French write it.

    Raises:
        InputError: it is none of these.
    """
    match = _TIME_OF_DAY.fullmatch(text.strip())
    hour, minute = (int(match["hour"]), int(match["minute"] or 0)) if match else (_HOURS, 0)
    if hour >= _HOURS or minute >= _MINUTES:
        raise InputError("no_time_of_day", text=text)
    return time(hour, minute)


def known_page(text: str) -> str:
    """The address of a page over plain HTTP, as a captive portal would answer in its place.

    Raises:
        InputError: it is none.
    """
    if _web_base(text, "no_page").scheme != "http":
        raise InputError("no_page", text=text)
    return text.strip()


def web_server(text: str) -> Server:
    """A web server: `HOST` or `HOST:PORT`, by default the port of HTTPS.

    Raises:
        InputError: it is none of these.
    """
    named = server(text)
    return named if _split(text.strip())[1] else replace(named, port=HTTPS_PORT)


def speed_server(text: str) -> Base:
    """The address of a speed test server: `https://HOST[:PORT][/PATH]`, or `http://…`; without a scheme, https.

    Raises:
        InputError: it is none.
    """
    base = _web_base(text, "no_speed_server")
    return replace(base, host=_host_name(base.host))


def _web_base(text: str, code: str) -> Base:
    address = text.strip()
    try:
        base = base_of(address)
    except ValueError:
        raise InputError(code, text=text) from None
    if not _is_host(base.host) or any(character.isspace() for character in address):
        raise InputError(code, text=text)
    return base


def _split(text: str) -> tuple[str | None, str]:
    bracketed = re.fullmatch(r"\[([^\]]+)\](?::(.*))?", text)
    if bracketed:
        return bracketed[1], bracketed[2] or ""
    if text.count(":") > 1:
        return text, ""
    host, colon, port = text.partition(":")
    return (None, "") if colon and not port else (host, port)


def _without_blanks(text: str) -> str:
    """Without spaces and formatting characters (zero width, direction marks) at both ends."""
    begin, end = 0, len(text)
    while begin < end and _is_blank(text[begin]):
        begin += 1
    while begin < end and _is_blank(text[end - 1]):
        end -= 1
    return text[begin:end]


def _is_blank(character: str) -> bool:
    return character.isspace() or unicodedata.category(character) == "Cf"


def _is_host(text: str) -> bool:
    if is_address(text):
        return True
    name = _ascii(text).removesuffix(".")
    return 0 < len(name) <= _LONGEST_HOST and all(_LABEL.fullmatch(label) for label in name.split("."))


def _host_name(host: str) -> str:
    """In ASCII, without the root's dot: certificates are issued for names without it."""
    return _ascii(host).removesuffix(".")


def _ascii(host: str) -> str:
    try:
        return host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        return ""
