"""Captive portals: a page that is known by heart is asked for without encryption, and nothing is followed."""

from __future__ import annotations

import threading
import time
import urllib.parse
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from amif_netcheck.measure import proxies
from amif_netcheck.measure.ledger import Ledger
from amif_netcheck.measure.names import Names
from amif_netcheck.measure.web import HttpResponse, Web, why
from amif_netcheck.model.address import Base, url_port
from amif_netcheck.model.facts import NOT_REQUESTED, Page, Portal, Reason, Unavailable

_AGAIN_AFTER_S = 0.3
_LONGEST = 4096
_HEADERS = 300
_LONGEST_HOST = 253  # RFC 1035; what stands there may be anything
_OK, _MOVED, _NO_PAGE, _LOGIN_REQUIRED = 200, 300, 400, 511
"""511: RFC 6585, "Network Authentication Required"."""


@dataclass(frozen=True)
class KnownPage:
    """A page over plain HTTP and what it begins with."""

    url: str
    text: str


def check_page(
    page: KnownPage, names: Names, ledger: Ledger, *, until: float, stop: threading.Event
) -> Portal | Unavailable:
    """Ask for the page; what is not as expected is asked for again before it counts. By `until` (`time.monotonic`)."""
    parts = urllib.parse.urlsplit(page.url)
    base = Base("http", parts.hostname or "", url_port(parts) or 80)
    proxy = proxies.for_server(base.scheme, base.host, base.port)
    seen: Portal | Unavailable = Unavailable(reason=Reason.TIMEOUT)
    for _ in range(2):
        now = time.monotonic()
        by = until if proxy is None else now + (until - now) / 2
        try:
            web = Web(base, names, proxy=proxy)
            answer = web.get(parts.path.lstrip("/"), until=by, limit=_LONGEST)
        except OSError as error:
            seen, proxy = why(error), None  # a dead proxy says nothing of a portal
        else:
            ledger.add(sent=_HEADERS, received=_HEADERS + len(answer.body))
            seen = _seen(answer, page)
            if seen.page is Page.AS_EXPECTED:
                return seen
        if time.monotonic() + _AGAIN_AFTER_S >= until or stop.wait(_AGAIN_AFTER_S):
            break
    return seen


def _seen(answer: HttpResponse, page: KnownPage) -> Portal:
    asked = urllib.parse.urlsplit(page.url)
    location, moved_to = _location(answer, page), ""
    if answer.status == _OK and answer.body.lstrip().startswith(page.text.encode()):
        seen = Page.AS_EXPECTED
    elif answer.status in {_OK, _LOGIN_REQUIRED}:
        seen = Page.REPLACED
    elif _MOVED <= answer.status < _NO_PAGE and not _is_same_page(page.url, location):
        seen, moved_to = Page.MOVED, _host(location)
    else:
        seen = Page.REFUSED
    return Portal(
        server=asked.hostname or "",
        page=seen,
        status=answer.status,
        moved_to=moved_to,
        clock_ahead_s=_clock_ahead_s(answer.header("date"), answer.header("age")),
    )


def _location(answer: HttpResponse, page: KnownPage) -> str:
    """Where it sends us; empty where that is no address."""
    try:
        location = answer.header("location")
        return location and urllib.parse.urljoin(page.url, location)
    except ValueError:
        return ""


def _is_same_page(asked: str, location: str) -> bool:
    """Nowhere, or the very page over TLS: a server that wants that is no portal."""
    return location in {"", asked.casefold().replace("http:", "https:", 1)}


def _host(location: str) -> str:
    try:
        return (urllib.parse.urlsplit(location).hostname or "")[:_LONGEST_HOST]
    except ValueError:
        return ""


def _clock_ahead_s(date: str, age: str) -> float | Unavailable:
    """Of an answer's date, and the seconds since then that a cache on the way kept it for (RFC 9111, 5.1)."""
    if not date:
        return NOT_REQUESTED
    try:
        kept_s = int(age) if age.isdecimal() else 0
        return round(time.time() - kept_s - parsedate_to_datetime(date).timestamp(), 1)
    except (ValueError, OverflowError, OSError):
        return Unavailable(reason=Reason.ERROR, detail="the server's date can't be read")
