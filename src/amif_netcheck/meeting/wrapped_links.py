"""Links that lead through a mail filter or a shortener to another one, which is often written in them. Pure, offline."""

from __future__ import annotations

import base64
import re
from urllib.parse import parse_qs, unquote, urlsplit

_MOST_WRAPS = 8
"""Mails are forwarded, and each filter wraps what the one before it has wrapped."""
_MOST_FIELDS = 50

_WRAPPERS = {
    "safelinks.protection.outlook.com": "url",
    "statics.teams.cdn.office.net": "url",
    "linkprotect.cudasvc.com": "a",
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
    "scanmail.trustwave.com": "u",
    "atpscan.global.hornetsecurity.com": "u",
    "seclinks.cloud-security.net": "u",
    "checkpoint.url-protection.com": "o",
    "linkscan.io": "url",
    "avanan.click": "url",
    "protect.checkpoint.com": "url",
}
"""Hosts whose links lead through them to another one, in this parameter; those that have it elsewhere, too."""
_REDIRECTS = (
    (re.compile(r"(?:www\.)?google\.[a-z]{2,3}(?:\.[a-z]{2})?/url"), ("q", "url")),
    (re.compile(r"meet\.google\.com/linkredirect"), ("dest",)),
    (re.compile(r"deref-[a-z0-9-]+\.[a-z]{2,3}/.*"), ("redirectUrl",)),
)
"""Pages of hosts, with their path, that lead on to where one of these parameters says."""
_OPAQUE = re.compile(
    r"(?:protect-[a-z]+\.mimecast\.com|(?:.+\.)?mimecastprotect\.com|(?:.+\.)?sendibt\d\.com|(?:.+\.)?sendibm\d\.com|"
    r"(?:.+\.)?list-manage\.com/track|(?:.+\.)?ct\.sendgrid\.net|(?:bit|ow|t|rebrand|buff)\.ly|tinyurl\.com|urlz\.fr|urlr\.me|"
    r"lnkd\.in|goo\.gl|is\.gd|t\.co|cutt\.ly|rb\.gy|shorturl\.at|tiny\.cc|xurl\.es)(?:/.*)?"
)
"""What leads on to where only its owner knows; a host, or with its path."""
_CISCO, _BITDEFENDER = "secure-web.cisco.com", "linkscan.io"
"""Cisco has it at the end of the path, Bitdefender in the path in Base64."""
_URLDEFENSE_V3 = re.compile(r"https://urldefense\.(?:com|us)/v3/__(.{1,8000}?)__;([\w-]*)", re.IGNORECASE)
_URLDEFENSE_V2 = re.compile(r"https?://urldefense\.(?:proofpoint\.)?(?:com|us)/v2/", re.IGNORECASE)
_CHECK_POINT = re.compile(
    r"https://(?:[\w-]+\.)*(?:avanan\.click|checkpoint\.com)/v2/(?:r\d+/)?___(.{1,8000}?)(?:___(?:\..*)?)?",
    re.IGNORECASE,
)


def unwrapped(link: str) -> str:
    """Where a link leads that a mail filter has wrapped into one of its own; others as they are."""
    for _ in range(_MOST_WRAPS):
        inner = _inner(link)
        if not inner.lower().startswith(("https://", "http://")):
            return link
        link = inner
    return link


def is_wrapped(link: str) -> bool:
    """Does it lead through a mail filter or a shortener still, as where to could not be read?"""
    host = host_of(link)
    named = host == _CISCO or any(host == name or host.endswith(f".{name}") for name in _WRAPPERS)
    place = _place(link)
    return (
        named or _OPAQUE.fullmatch(place) is not None or any(page.fullmatch(place) for page, _ in _REDIRECTS)
    )


def host_of(link: str) -> str:
    """The host of a link; empty without one."""
    try:
        return urlsplit(link).hostname or ""
    except ValueError:
        return ""


def _place(link: str) -> str:
    """Host and path."""
    host = host_of(link)
    return f"{host}{urlsplit(link).path}" if host else ""


def _inner(link: str) -> str:
    """What a wrapped link leads to; empty or no link when it is none."""
    host = host_of(link)
    try:
        parts = urlsplit(link)
        fields = parse_qs(parts.query, max_num_fields=_MOST_FIELDS)
    except ValueError:  # more of them than any filter writes
        return ""
    return _in_path(link, host, parts.path) or _in_fields(link, host, parts.path, fields)


def _in_path(link: str, host: str, path: str) -> str:
    if match := _URLDEFENSE_V3.match(link):
        return _with_replaced(match[1], match[2])
    if match := _CHECK_POINT.fullmatch(link):
        return match[1]
    if host == _CISCO:
        return unquote(path.rpartition("/")[2])
    return _among(path.split("/")) if host == _BITDEFENDER else ""


def _in_fields(link: str, host: str, path: str, fields: dict[str, list[str]]) -> str:
    for page, names in _REDIRECTS:
        if page.fullmatch(f"{host}{path}"):
            return _among([value for name in names for value in fields.get(name, ())])
    wrapper = next((name for name in _WRAPPERS if host == name or host.endswith(f".{name}")), "")
    value = fields.get(_WRAPPERS.get(wrapper, ""), [""])[0]
    if _URLDEFENSE_V2.match(link):
        return unquote(value.replace("-", "%").replace("_", "/"))
    return _read(value)


def _among(values: list[str]) -> str:
    """The first of them that is a link, as it is or in Base64."""
    links = (_read(value) for value in values)
    return next((link for link in links if link.lower().startswith(("https://", "http://"))), "")


def _read(value: str) -> str:
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
