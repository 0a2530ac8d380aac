"""A finding in one short line: its figures whole, the name in it shortened as far as it must be."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping

from amif_netcheck.advice.language import Language
from amif_netcheck.advice.words import fill
from amif_netcheck.model.finding import ParamValue

CELLS = 44
"""A headline fits so many cells of a terminal."""

NAMES = ("applications", "likely", "devices", "device", "device_kind", "product", "package", "service")
"""Params of which a headline has one at most. All others in it are figures, which are never shortened."""

_AS_CODE = 10
"""What can't be drawn is written as its code, which is at most so long."""
_MARKS = {"Mn", "Me"}
_SHORTEST = 3


def fitted(template: str, params: Mapping[str, ParamValue], language: Language) -> str:
    """`template` with its params, in at most `CELLS` cells.

    Of several names the first ones are told, and how many others there are; where even the first one is too long, its
    middle is left out.
    """
    written = language.params(params)
    name = next((each for each in NAMES if f"{{{each}}}" in template), "")
    if name not in params:
        return fill(template, written)
    items = language.names(name, params)
    for said in _fewer_and_fewer(items, language):
        line = fill(template, written | {name: said})
        if cells(line) <= CELLS:
            return line
    *_, least = _fewer_and_fewer(["", *items[1:]], language)
    room = CELLS - cells(fill(template, written | {name: least}))
    *_, said = _fewer_and_fewer([shortened(items[0] if items else "", room), *items[1:]], language)
    return fill(template, written | {name: said})


def _fewer_and_fewer(items: list[str], language: Language) -> Iterator[str]:
    """All of them, then the first ones and how many others: `OneDrive and 2 others`."""
    for told in range(len(items), 0, -1):
        rest = len(items) - told
        others = [language.plural("{count} other", "{count} others", rest).format(count=rest)] if rest else []
        yield language.sequence([*items[:told], *others])


def shortened(text: str, room: int) -> str:
    """`text` in at most `room` cells: its middle is left out, as names differ at their ends."""
    if cells(text) <= room:
        return text
    room = max(_SHORTEST, room) - 1
    begin, end = beginning(text, (room + 1) // 2), beginning(text[::-1], room // 2)[::-1]
    return f"{begin.rstrip()}…{end.lstrip()}"


def beginning(text: str, room: int) -> str:
    """What of `text` stands in `room` cells."""
    used = 0
    for length, character in enumerate(text):
        used += _width(character)
        if used > room:
            return text[:length]
    return text


def cells(text: str) -> int:
    """How many cells of a terminal `text` takes; what may not be drawn counts as the code that stands in its place."""
    return sum(map(_width, text))


def _width(character: str) -> int:
    if unicodedata.category(character) in _MARKS:
        return 0
    if not (character.isprintable() or unicodedata.category(character) == "Zs"):
        return _AS_CODE
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
