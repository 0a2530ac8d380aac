"""Names from outside, made harmless at the place where they are drawn in a terminal."""

from __future__ import annotations

import unicodedata

_BAD = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_OURS = {"\u202f", "\u00a0"}
_INVISIBLE = {"\u115f", "\u1160", "\u3164", "\uffa0"}
"""Letters that nobody sees: Hangul fillers."""
_MARKS = {"Mn", "Me"}
_MOST_MARKS = 3
"""On one letter. No language stacks more; text that does is drawn over the lines around it."""


def for_terminal(text: str) -> str:
    r"""`text` with every control code, direction mark and line break written as `\x1b` or `\u202e`; never interpreted.

    Variation selectors are left out, as terminals don't agree how wide they make a character.
    """
    if text.isascii() and text.isprintable():
        return text
    drawn = []
    marks = 0
    for character in text:
        kind = unicodedata.category(character)
        if _selects_variation(character):
            continue
        marks = marks + 1 if kind in _MARKS else 0
        harmless = character in _OURS or (kind not in _BAD and character not in _INVISIBLE)
        drawn.append(character if harmless and marks <= _MOST_MARKS else _written(character))
    return "".join(drawn)


def _selects_variation(character: str) -> bool:
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"


def _written(character: str) -> str:
    code = ord(character)
    if code < 0x100:  # noqa: PLR2004
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"  # noqa: PLR2004
