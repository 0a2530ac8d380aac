"""Telephone numbers by which a meeting can be heard without a computer. Pure.

Letters are full of telephone numbers; those of a meeting come with a code to dial, or stand in a line that says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice

_LONGEST_TEXT = 100_000
_MOST = 3
_NEAR = 400
_NUMBER = re.compile(
    r"(?<![\w+/.-])(?:tel:)?(?P<number>\+\d{1,3}[\s.()-]{0,2}\d(?:[\s.()-]{0,2}\d){6,12}|0[1-9](?:[\s.-]?\d\d){4})(?![\d/])"
    r"(?:,{1,4}(?P<dialled>\d[\d*#]{3,19}#?))?"
)
_CODE = re.compile(
    r"(?:code(?:\s+(?:secret|d'accès|d’accès|pin|d[eu]\s+\w+))?|pin|mot de passe|passcode|access code|"
    r"id(?:entifiant)?\s+(?:de\s+)?(?:la\s+)?(?:conférence|réunion)(?:\s+téléphonique)?|"
    r"(?:phone\s+)?conference\s+id|meeting\s+id|numéro de conférence)\s?[:=]?\s{0,3}(?P<code>\d(?:[\s-]?\d){3,14}\s?#?)",
    re.IGNORECASE,
)
_CODE_BEFORE = re.compile(
    r"(?:enter|entrez|entrer|saisissez|saisir|tapez|composez)\s(?:(?:le\s)?(?:code|num[eé]ro)\s)?(?P<code>\d(?:[\s-]?\d){3,14}\s?#?)\s{1,3}"
    r"(?:as|comme|en tant que|quand|when|lorsque)\b",
    re.IGNORECASE,
)
"""BigBlueButton's: “Then enter 12345 as the conference PIN”."""
_MARKS = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
"""Of the direction of writing, which Google Calendar puts around numbers."""
_DIAL_WORDS = re.compile(
    r"par téléphone|rejoindre.{0,20}téléphon|\bdial(?:-in| in)?\b|call in|by phone|join by|audioconf|composez|numéro d'appel|par appel",
    re.IGNORECASE,
)
_BESIDE = re.compile(
    r"\b(?:fax|standard|secrétariat|mobile|portable|assistance|support|hotline|tél\.? direct)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class DialIn:
    """A number as it is dialled from a telephone, and the code that the meeting asks for; empty without one."""

    number: str
    code: str = ""


_MOST_LOOKED_AT = 300


def dial_ins(text: str) -> tuple[DialIn, ...]:
    """The numbers for a meeting in a text, French ones first, at most three."""
    text = _MARKS.sub("", text[:_LONGEST_TEXT])
    found: dict[str, DialIn] = {}
    for match in islice(_NUMBER.finditer(text), _MOST_LOOKED_AT):
        number = _written(match["number"])
        if number in found:
            continue
        line = text[max(text.rfind("\n", 0, match.start()) + 1, match.start() - _NEAR) : match.end()]
        near = text[max(0, match.start() - _NEAR // 2) : match.end() + _NEAR]
        code = match["dialled"] or _code(text, match.end())
        if _BESIDE.search(line) and not match["dialled"]:
            continue
        if code or _DIAL_WORDS.search(near):
            found[number] = DialIn(number, code)
    return tuple(sorted(found.values(), key=lambda one: not one.number.startswith(("+33", "0"))))[:_MOST]


def _code(text: str, begin: int) -> str:
    end = begin + _NEAR
    link = text.find("://", begin, end)  # what stands behind a link is that one's
    end = end if link < 0 else link
    found = [match for pattern in (_CODE, _CODE_BEFORE) if (match := pattern.search(text, begin, end))]
    match = min(found, key=lambda match: match.start(), default=None)
    return re.sub(r"[\s-]", "", match["code"]) if match else ""


def _written(number: str) -> str:
    """Without dots and brackets, blanks in one kind: `+33 1 70 99 53 11`."""
    return " ".join(re.sub(r"[().-]", " ", number.removeprefix("tel:")).split())
