"""Characters that an encoding lacks, as plain ones that look alike: `’` as `'`, `œ` as `oe`, `█` as `#`."""

from __future__ import annotations

import codecs
import unicodedata

ERRORS = "amif_netcheck.likeness"
"""What to give as `errors=` where text is encoded, once `register` was called."""

# fmt: off
_LIKENESSES = {
    **dict.fromkeys("‘’‚‛′‹›", "'"),
    **dict.fromkeys("«»“”„‟″", '"'),
    **dict.fromkeys("‐‑‒–—―−─", "-"),
    **dict.fromkeys("━═", "="),
    **dict.fromkeys("│┃║", "|"),
    **dict.fromkeys("┌┐└┘├┤┬┴┼╭╮╯╰", "+"),
    **dict.fromkeys("·•‣∙●○", "*"),
    **dict.fromkeys("✓✔√", "v"),
    **dict.fromkeys("✗✘×", "x"),
    **dict.fromkeys("▸▶►", ">"),
    **dict.fromkeys("▁▂░", "."),
    **dict.fromkeys("▃▄▒", ":"),
    **dict.fromkeys("▅▆▓", "="),
    **dict.fromkeys("▇█", "#"),
    "→": "->", "←": "<-", "↑": "^", "↓": "v", "↔": "<->", "⁄": "/", "÷": "/", "°": " deg", "±": "+/-",
    "⌘": "#", "≤": "<=", "≥": ">=", "≠": "!=", "≈": "~", "µ": "u", "μ": "u", "€": "EUR", "£": "GBP", "§": "par. ",
    "œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ø": "o", "Ø": "O", "ß": "ss", "ł": "l", "Ł": "L", "đ": "d",
    "Đ": "D", "ı": "i", "©": "(c)", "®": "(r)", "¡": "!",
}
# fmt: on
"""Of what Unicode itself doesn't take apart into plain characters (`é`, `…`, `²` and the narrow space of French)."""


def plain(character: str) -> str:
    r"""The likeness of one character in ASCII; where it has none, its code, such as `\u6f22`."""
    if character in _LIKENESSES:
        return _LIKENESSES[character]
    parts = unicodedata.normalize("NFKD", character)
    letters = "".join(_LIKENESSES.get(part, part) for part in parts if not unicodedata.combining(part))
    if letters.isascii() and letters:
        return letters
    return character.encode("ascii", "backslashreplace").decode("ascii")


def register() -> None:
    """Make `ERRORS` known to Python's codecs."""
    codecs.register_error(ERRORS, _replace)


def _replace(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(plain, error.object[error.start : error.end])), error.end
