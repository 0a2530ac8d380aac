"""Draw the terminal app on recorded computers, for README.md and LISEZMOI.md, into docs/pictures/*.svg.

Run by contributors after changing a text, a rule or the look; the tests fail while the pictures are behind. The SVG is
our own: no fonts from the web, nothing that depends on a library's version or on the clock.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from html import escape
from itertools import groupby
from pathlib import Path

from rich.cells import cell_len
from rich.color import Color
from rich.style import Style
from tests.tui.scenes import driven
from textual.strip import Strip

from amif_netcheck import demo
from amif_netcheck.tui.themes import DARK, LIGHT

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "pictures"
_WIDTH, _HEIGHT, _BASELINE, _SIZE, _MARGIN = 8.4, 18, 13.5, 14, 10
"""Of a cell, in pixels; and around all."""
_FONTS = "ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', 'Liberation Mono', monospace"


@dataclass(frozen=True)
class Picture:
    """A recorded computer, what is pressed when its run has ended, and how it is drawn."""

    name: str
    scenario: str
    size: tuple[int, int]
    theme: str
    keys: tuple[str, ...] = ()


PICTURES = (
    Picture("checklist", "everything-wrong", (80, 24), DARK.name),
    Picture("detail", "vpn", (80, 24), DARK.name, ("enter",)),
    Picture("wide", "wifi-far", (116, 36), LIGHT.name),
)
LANGUAGES = ("en", "fr")


async def drawn(picture: Picture, language: str) -> str:
    """The SVG."""
    async with driven(demo.plan(picture.scenario, speed=demo.AT_ONCE), language, picture.size) as it:
        await it.done()
        it.app.theme = picture.theme
        await it.settled()
        if picture.keys:
            await it.press(*picture.keys)
        screen = it.app.screen
        strips: list[Strip] = screen._compositor.render_strips()  # noqa: SLF001 - there is no other way to the styles
        return svg(strips, screen.styles.background.hex.lower(), title=it.screen().splitlines()[0].strip())


def svg(strips: list[Strip], background: str, *, title: str) -> str:
    """A screen as SVG, a line of it a row."""
    width = max(strip.cell_length for strip in strips) * _WIDTH + 2 * _MARGIN
    height = len(strips) * _HEIGHT + 2 * _MARGIN
    size = f'width="{width:g}" height="{height:g}"'
    font = f'font-family="{_FONTS}" font-size="{_SIZE}"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {width:g} {height:g}" role="img" {font}>',
        f"<title>{escape(title)}</title>",
        f'<rect {size} rx="8" fill="{background}" stroke="#808080"/>',
    ]
    for row, strip in enumerate(strips):
        column = 0
        for style, segments in groupby(strip, key=lambda segment: segment.style or Style()):
            text = "".join(segment.text for segment in segments)
            lines += _run(text, style, column, row, background)
            column += cell_len(text)
    return "\n".join([*lines, "</svg>"]) + "\n"


def _run(text: str, style: Style, column: int, row: int, behind: str) -> list[str]:
    """What has one style: its background where that is another, and its text."""
    front, back = _hex(style.color), _hex(style.bgcolor)
    if style.reverse:
        front, back = back, front
    x, y = _MARGIN + column * _WIDTH, _MARGIN + row * _HEIGHT
    drawn_here = []
    if back and back != behind:
        wide = cell_len(text) * _WIDTH
        drawn_here.append(f'<rect x="{x:g}" y="{y:g}" width="{wide:g}" height="{_HEIGHT}" fill="{back}"/>')
    words = text.strip(" ")
    if words:
        x += (len(text) - len(text.lstrip(" "))) * _WIDTH
        weight = ' font-weight="bold"' if style.bold else ""
        slant = ' font-style="italic"' if style.italic else ""
        drawn_here.append(
            f'<text x="{x:g}" y="{y + _BASELINE:g}" textLength="{cell_len(words) * _WIDTH:g}" '
            f'lengthAdjust="spacingAndGlyphs" xml:space="preserve" fill="{front}"{weight}{slant}>'
            f"{escape(words, quote=False)}</text>"
        )
    return drawn_here


def _hex(colour: Color | None) -> str:
    return colour.get_truecolor().hex.lower() if colour is not None else ""


def path(picture: Picture, language: str) -> Path:
    """Where it is kept."""
    return FOLDER / f"{picture.name}-{language}.svg"


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for picture in PICTURES:
        for code in LANGUAGES:
            path(picture, code).write_text(asyncio.run(drawn(picture, code)), encoding="utf-8")
