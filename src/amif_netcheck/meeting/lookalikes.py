"""Hosts that look like a known meeting service and are none: links in mails are a way to be robbed. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from itertools import pairwise

_CONFUSED = str.maketrans(
    {
        **dict(zip("аеорсухіјѕԁһԛԝоқмтпгкв", "aeopcyxijsdhqwokmtnrkb", strict=True)),  # Cyrillic
        **dict(zip("αονρτικυ", "aovptiku", strict=True)),  # Greek
        **dict(zip("0135", "oles", strict=True)),
        "ı": "i",
        "ł": "l",
        "ø": "o",
    }
)
_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))
_SHORT = range(4, 6)
_SHORTEST = 6
"""Names with fewer letters are near too many others: of those with `_SHORT` letters only slips of the hand are told."""
_KEYS = ("azertyuiop", "qsdfghjklm", "wxcvbn", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_NEIGHBOURS = frozenset(
    pair for row in _KEYS for one, two in pairwise(row) for pair in (one + two, two + one)
)
_LONG = 3
"""Labels of a name that nobody has by chance below another top-level domain."""


def imitated(host: str, known: Iterable[str]) -> str:
    """The known host that `host` imitates, in letters, by one letter more, less or other, by dots or by its end; empty when it imitates none.

    Letters that look alike are those of Unicode's confusables.txt that names are imitated with.
    """
    shown = _shown(host)
    services = tuple(known)
    if any(shown == service or shown.endswith(f".{service}") for service in services):
        return ""
    for service in services:
        labels = service.count(".") + 1
        end = ".".join(shown.split(".")[-labels:])
        if _skeleton(end) == _skeleton(service) or _is_one_off(end, service) or _is_slip(end, service):
            return service
        if labels >= _LONG and end.rpartition(".")[0] == service.rpartition(".")[0]:
            return service
        if _has_other_dots(shown, service):
            return service
        dashed = re.escape(service.replace(".", "-"))
        if f".{service}." in f".{shown}." or re.search(rf"(?:^|\.){dashed}(?:[.-]|$)|[.-]{dashed}\.", shown):
            return service
    return ""


def is_beside(host: str, own: str) -> bool:
    """Do they differ in their first label alone, below a domain that somebody has registered?"""
    domain = own.partition(".")[2]
    return "." in domain and _shown(host).partition(".")[2] == domain


def _shown(host: str) -> str:
    """As a browser may show it: `xn--…` in its own letters."""
    labels = []
    for label in host.casefold().rstrip(".").split("."):
        try:
            labels.append(label.encode().decode("idna") if label.startswith("xn--") else label)
        except UnicodeError:
            labels.append(label)
    return ".".join(labels)


def _skeleton(text: str) -> str:
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    plain = plain.translate(_CONFUSED)
    for pair, letter in _PAIRS:
        plain = plain.replace(pair, letter)
    return plain


def _has_other_dots(shown: str, service: str) -> bool:
    """Is it the same with hyphens for dots, or dots for hyphens?"""
    flat, name = shown.replace("-", "."), service.replace("-", ".")
    return flat == name or (name.count(".") + 1 >= _LONG and flat.endswith(f".{name}"))


def _is_slip(text: str, service: str) -> bool:
    """Is a short name written with a letter doubled, dropped, swapped or taken from the key beside it?"""
    (name, _, end), (known, _, known_end) = text.partition("."), service.partition(".")
    if end != known_end or len(known) not in _SHORT or abs(len(name) - len(known)) > 1:
        return False
    if len(name) > len(known):
        return any(name == known[:at] + known[at] + known[at:] for at in range(len(known)))
    if len(name) < len(known):
        return any(name == known[:at] + known[at + 1 :] for at in range(1, len(known) - 1))
    differ = [at for at in range(len(known)) if name[at] != known[at]]
    if len(differ) == 1:
        return differ[0] > 0 and name[differ[0]] + known[differ[0]] in _NEIGHBOURS
    first = differ[0] if differ else 0
    return len(differ) == 2 and name[first : first + 2] == known[first : first + 2][::-1]  # noqa: PLR2004


def _is_one_off(text: str, service: str) -> bool:
    """Do they differ in one letter of the name that somebody has registered?"""
    if abs(len(text) - len(service)) > 1 or len(service.rpartition(".")[0]) < _SHORTEST or text == service:
        return False
    begin = 0
    while begin < min(len(text), len(service)) and text[begin] == service[begin]:
        begin += 1
    rest, other = text[begin:], service[begin:]
    return (
        rest[1:] == other[1:]
        or rest[1:] == other
        or rest == other[1:]
        or (rest[:2] == other[1::-1] and rest[2:] == other[2:])
    )
