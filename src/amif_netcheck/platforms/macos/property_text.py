"""How scutil(8) writes dictionaries and lists: CoreFoundation's values as text, in no language. Pure.

<dictionary> {
  ExceptionsList : <array> {
    0 : *.local
  }
  HTTPEnable : 1
}
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

PropertyValue: TypeAlias = "str | dict[str, PropertyValue]"
"""A text (numbers and booleans too, as they are written), or a dictionary; lists are dictionaries by their numbers."""

_OPENS = ("<dictionary> {", "<array> {")
_DEEPEST = 20


def parse(text: str) -> dict[str, PropertyValue]:
    """The first dictionary in a text, whatever stands before it; empty when there is none."""
    lines = iter(text.splitlines())
    if any(line.rstrip().endswith(_OPENS) for line in lines):
        return _inside(lines, 0)
    return {}


def _inside(lines: Iterator[str], depth: int) -> dict[str, PropertyValue]:
    """What stands between here and the brace that closes it."""
    found: dict[str, PropertyValue] = {}
    for line in lines:
        written = line.strip()
        if written == "}":
            return found
        key, separator, value = written.partition(" : ")
        if not separator:
            key, value = written.removesuffix(" :"), ""
        if value in _OPENS:
            inner = _inside(lines, depth + 1)
            if depth < _DEEPEST:
                found.setdefault(key, inner)
        else:
            found.setdefault(key, value)
    return found


def text_of(properties: dict[str, PropertyValue], *path: str) -> str:
    """The text at the end of a path of keys; empty when there is none."""
    value: PropertyValue = properties
    for key in path:
        value = value.get(key, "") if isinstance(value, dict) else ""
    return value if isinstance(value, str) else ""


def texts_of(properties: dict[str, PropertyValue], key: str) -> tuple[str, ...]:
    """The texts of a list, in its order."""
    value = properties.get(key, {})
    return tuple(each for each in value.values() if isinstance(each, str)) if isinstance(value, dict) else ()


def is_set(properties: dict[str, PropertyValue], *path: str) -> bool:
    """Is a switch on? Numbers and booleans stand for switches."""
    return text_of(properties, *path).casefold() in {"1", "true", "yes"}
