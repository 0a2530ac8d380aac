"""Texts that are drawn as they are: never read as markup, control codes made visible, broken only where a line may break."""

from __future__ import annotations

import re
import textwrap

from rich.cells import cell_len, chop_cells, set_cell_size
from textual.content import Content
from textual.geometry import Size
from textual.widgets import Static

from amif_netcheck.output.escape import for_terminal

_END = re.compile(r"(?<=[.!?])(?:\s+|$)|(?P<semicolon>\s?;)")
_PAIRS = (("(", ")"), ("«", "»"), ("“", "”"))
"""No sentence ends between these."""


def wrapped(text: str, cells: int) -> list[str]:
    """`text` in lines of at most so many cells, broken at spaces; a longer word is broken where a line is full."""
    if text.isascii() or all(cell_len(character) == 1 for character in set(text)):
        return textwrap.wrap(text, cells, break_on_hyphens=False) or [""]
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if cell_len(longer) > cells:
            if line:
                lines.append(line)
            *whole, longer = chop_cells(word, max(2, cells)) or [""]
            lines += whole
        line = longer
    return [*lines, line]


def whole_sentences(told: str, cells: int, lines: int) -> str:
    """As many of the sentences in `told` as have room in so many lines; empty where not even the first one has.

    What stands before a semicolon can stand alone, too; then it ends in a full stop.
    """
    if len(wrapped(told, cells)) <= lines:
        return told
    whole = ""
    for match in _END.finditer(told):
        begin = told[: match.start()]
        if any(begin.count(opening) > begin.count(closing) for opening, closing in _PAIRS):
            continue
        part = begin.rstrip() + "." if match["semicolon"] else begin
        if len(wrapped(part, cells)) > lines:
            break
        whole = part
    return whole


def ended(line: str, cells: int) -> str:
    """`line` with an ellipsis behind what of it has room."""
    return set_cell_size(line, max(0, min(cells - 1, cell_len(line)))).rstrip() + "…"


def literal(text: str) -> Content:
    """`text` as a line of Textual's own widgets, which draw it as it is."""
    return Content(for_terminal(text))


class PlainText(Static):
    """A text that is drawn as it is.

    Textual 8.2 breaks lines at no-break spaces too, which French has before its colons and units; this breaks at others.
    """

    def __init__(self, text: str = "", *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        self._words = for_terminal(text)
        super().__init__(Content(self._words), id=id, classes=classes, markup=False)
        self.set_class(not text, "-empty", update=False)

    def set_text(self, text: str) -> None:
        """Replace the text."""
        words = for_terminal(text)
        if words != self._words:
            self._words = words
            self.update(Content(words))
        self.set_class(not text, "-empty")

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """See Textual."""
        del container, viewport
        return cell_len(self._words)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """See Textual."""
        del container, viewport
        return len(self._lines(width))

    def render(self) -> Content:
        """See Textual; what does not fit ends in an ellipsis."""
        width, height = self.content_size
        lines = self._lines(width)
        if height and len(lines) > height:
            lines = [*lines[: height - 1], ended(lines[height - 1], width)]
        return Content("\n".join(lines))

    def _lines(self, width: int) -> list[str]:
        if self.styles.text_wrap == "nowrap" or width <= 0:
            return [self._words]
        return wrapped(self._words, width)


class Sentences(PlainText):
    """A text no sentence of which is cut in two: those that have no room in the greatest height are left out.

    Where not even one has room, it is said where to read them.
    """

    _instead = ""

    def set_instead(self, text: str) -> None:
        """Replace what is said where nothing has room."""
        if text != self._instead:
            self._instead = text
            self.update(Content(self._words))

    def _lines(self, width: int) -> list[str]:
        lines = super()._lines(width)
        most = self.styles.max_height
        if most is None or len(lines) <= most.value:
            return lines
        return wrapped(whole_sentences(self._words, width, int(most.value)) or self._instead, width)


class Document(Static):
    """Many lines, each drawn as it is."""

    def __init__(self, text: str) -> None:
        lines = Content("\n".join(for_terminal(line) for line in text.split("\n")))
        super().__init__(lines, classes="document", markup=False)
