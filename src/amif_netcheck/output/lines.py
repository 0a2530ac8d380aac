"""Lines of a terminal: broken between words, by the cells that letters take."""

from __future__ import annotations

import textwrap

from amif_netcheck.advice.headline import beginning, cells


def wrapped(text: str, width: int, indent: str = "") -> list[str]:
    """`text` in lines of at most `width` cells; `indent` is that of those after the first.

    A word that is too long stays whole, as a link has to; one with wide letters is broken, as their scripts have no spaces.
    """
    if all(cells(character) == 1 for character in set(text)):
        return textwrap.wrap(
            text, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
        )
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line.strip() else f"{line}{word}"
        if cells(longer) > width and line.strip():
            lines.append(line)
            longer = indent + word
        while cells(longer) > width and cells(word) != len(word):
            begin = beginning(longer, width)
            lines.append(begin)
            longer = indent + longer[len(begin) :]
        line = longer
    return [*lines, line]
