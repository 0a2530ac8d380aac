"""Names from outside, made harmless at the place where they are drawn in a terminal."""

from __future__ import annotations

import unicodedata

_BAD = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_OURS = {"\u202f", "\u00a0"}


def for_terminal(text: str) -> str:
    r"""`text` with every control code, direction mark and line break written as `\x1b` or `\u202e`; never interpreted."""
    return "".join(
        character
        if character in _OURS or unicodedata.category(character) not in _BAD
        else _written(character)
        for character in text
    )


def _written(character: str) -> str:
    code = ord(character)
    if code < 0x100:  # noqa: PLR2004
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"  # noqa: PLR2004
