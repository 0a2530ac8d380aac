"""Names from outside, made harmless at the place where they are drawn or written."""

from __future__ import annotations

import re
import unicodedata

_CONTROLS = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Categories of Unicode: control codes, format and direction marks and tags, surrogates, private use, what is unassigned
or no character, and line and paragraph separators."""
_SELECTORS = frozenset(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
"""Variation selectors."""
_INVISIBLE = _SELECTORS | frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0"
)
"""Letters, marks and symbols that nobody sees: Default_Ignorable_Code_Point of Unicode (DerivedCoreProperties.txt) in other
categories than the above, and the empty Braille pattern."""
_EMOJI_JOINER = re.compile("(?<=[\u2190-\u2bff\U0001f000-\U0001faff])\u200d")
_MARKS = {"Mn", "Me"}
_MOST_MARKS = 3
"""On one letter. No language stacks more; text that does is drawn over the lines around it."""
_UNUSUAL_IN_JSON = re.compile(r"[^\n\x20-\x7e]")


def is_harmless(character: str) -> bool:
    """May it be drawn as it is? Not what a terminal, an editor or a browser would obey, and not what nobody sees."""
    return unicodedata.category(character) not in _CONTROLS and character not in _INVISIBLE


def for_terminal(text: str) -> str:
    r"""`text` with every character that is not harmless written as `\x1b` or `\u202e`; never interpreted.

    Variation selectors, and joiners between two emoji, are left out: terminals don't agree how wide they make a character.
    Joiners elsewhere and soft hyphens are written out, as two names may differ in nothing else.
    """
    if text.isascii() and text.isprintable():
        return text
    text = _EMOJI_JOINER.sub("", "".join(character for character in text if character not in _SELECTORS))
    drawn = []
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.category(character) in _MARKS else 0
        drawn.append(character if is_harmless(character) and marks <= _MOST_MARKS else _code(character))
    return "".join(drawn)


def for_json(document: str) -> str:
    r"""A JSON document that means the same, with `\u202e` for every character that is not harmless."""
    return _UNUSUAL_IN_JSON.sub(
        lambda match: match[0] if is_harmless(match[0]) else _json_code(match[0]), document
    )


def _code(character: str) -> str:
    code = ord(character)
    if code < 0x100:  # noqa: PLR2004
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"  # noqa: PLR2004


def _json_code(character: str) -> str:
    """In UTF-16, as JSON wants it (RFC 8259, section 7)."""
    return re.sub("....", r"\\u\g<0>", character.encode("utf-16-be").hex())
