"""What people type for a server or a meeting, as host and port. Pure; errors are one line in the person's language."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import time
from ipaddress import ip_address
from urllib.parse import urlsplit

from amif_netcheck.advice.language import Language
from amif_netcheck.errors import UsageError
from amif_netcheck.measure.servers import Server
from amif_netcheck.measure.web import Base, base_of

STUN_PORT = 3478
HTTP_PORT, HTTPS_PORT = 80, 443
_LARGEST_PORT = 65535
_LONGEST_HOST = 253
_TIME_OF_DAY = re.compile(r"(?P<hour>[0-9]{1,2})\s?(?:h|[:h]\s?(?P<minute>[0-9]{2}))", re.IGNORECASE)
_HOURS, _MINUTES = 24, 60
_LABEL = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)")


def server(text: str, language: Language) -> Server:
    """`HOST`, `HOST:PORT`, `[IPv6]:PORT` or a bare IPv6 address.

    Raises:
        UsageError: it is none of these.
    """
    problem = UsageError(
        language.text("“{text}” is no server; write HOST:PORT, for example stun.example.org:3478").format(
            text=text
        )
    )
    host, port = _split(text.strip())
    if (
        host is None
        or not _is_host(host)
        or not (port == "" or (port.isascii() and port.isdigit() and 0 < int(port[:6]) <= _LARGEST_PORT))
    ):
        raise problem
    return Server(host=_ascii(host), port=int(port) if port else STUN_PORT)


def meeting(text: str, language: Language) -> str:
    """The host of a meeting given as a link or a host name.

    Raises:
        UsageError: no host can be found in it.
    """
    problem = UsageError(
        language.text(
            "“{text}” is no meeting; give its link (https://…), its host name, or the file of its invitation (.ics)"
        ).format(text=text)
    )
    wish = text.strip()
    try:
        parts = urlsplit(wish if "://" in wish else f"//{wish}")
        host = parts.hostname or ""
        _ = parts.port  # raises on a port that is none
    except ValueError:
        if _is_host(wish):  # a bare IPv6 address
            return wish
        raise problem from None
    if not _is_host(host) or any(character.isspace() for character in wish):
        if _is_host(wish):
            return wish
        raise problem
    if "://" not in wish and "." not in host and (parts.path or not host.isascii()) and not _is_address(host):
        raise problem  # a word, or a file that is not there
    return _ascii(host)


def meeting_port(text: str) -> int:
    """The port of a meeting that `meeting` accepts: that of its link, else the one of HTTPS."""
    wish = text.strip()
    try:
        parts = urlsplit(wish if "://" in wish else f"//{wish}")
        port = parts.port
    except ValueError:  # a bare IPv6 address
        return HTTPS_PORT
    return port or (HTTP_PORT if parts.scheme == "http" else HTTPS_PORT)


def is_invitation(text: str) -> bool:
    """Is this called like the file of an invitation?"""
    return "://" not in text and text.strip().casefold().endswith(".ics")


def time_of_day(text: str, language: Language) -> time:
    """`HH:MM`, or `14h30` and `14h` as the French write it.

    Raises:
        UsageError: it is none of these.
    """
    found = _TIME_OF_DAY.fullmatch(text.strip())
    hour, minute = (int(found["hour"]), int(found["minute"] or 0)) if found else (_HOURS, 0)
    if hour >= _HOURS or minute >= _MINUTES:
        message = language.text("“{text}” is no time of the day; write it as 14:30")
        raise UsageError(message.format(text=text))
    return time(hour, minute)


def known_page(text: str, language: Language) -> str:
    """The address of a page over plain HTTP, as a captive portal would answer in its place.

    Raises:
        UsageError: it is none.
    """
    problem = UsageError(
        language.text(
            "“{text}” is no page to compare with; give its address, for example http://intranet.example/ok.txt"
        ).format(text=text)
    )
    try:
        base = base_of(text.strip())
    except ValueError:
        raise problem from None
    if base.scheme != "http" or not _is_host(base.host) or any(map(str.isspace, text.strip())):
        raise problem
    return text.strip()


def web_server(text: str, language: Language) -> Server:
    """A web server: `HOST` or `HOST:PORT`, by default the port of HTTPS.

    Raises:
        UsageError: it is none of these.
    """
    named = server(text, language)
    return named if _split(text.strip())[1] else replace(named, port=HTTPS_PORT)


def speed_server(text: str, language: Language) -> Base:
    """The address of a speed test server: `https://HOST[:PORT][/PATH]`, or `http://…`; without a scheme, https.

    Raises:
        UsageError: it is none.
    """
    problem = UsageError(
        language.text(
            "“{text}” is no test server; give its address, for example https://test.example.org:8443"
        ).format(text=text)
    )
    try:
        base = base_of(text.strip())
    except ValueError:
        raise problem from None
    if not _is_host(base.host) or any(character.isspace() for character in text.strip()):
        raise problem
    return replace(base, host=_ascii(base.host))


def _split(text: str) -> tuple[str | None, str]:
    bracketed = re.fullmatch(r"\[([^\]]+)\](?::(.*))?", text)
    if bracketed:
        return bracketed[1], bracketed[2] or ""
    if text.count(":") > 1:
        return text, ""
    host, colon, port = text.partition(":")
    return (None, "") if colon and not port else (host, port)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _is_host(text: str) -> bool:
    if _is_address(text):
        return True
    name = _ascii(text).removesuffix(".")
    return 0 < len(name) <= _LONGEST_HOST and all(_LABEL.fullmatch(label) for label in name.split("."))


def _ascii(host: str) -> str:
    try:
        return host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        return ""
