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
from amif_netcheck.model.events import CheckDone, CheckStarted, FactReady, Progress, RunDone
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
    Picture("wide", "wifi-far", (120, 40), LIGHT.name),
)
LANGUAGES = ("en", "fr")
_RUN, _RUN_SIZE = "vpn", (80, 24)
"""The computer whose run is shown as it goes on."""
_FASTER, _STAYS_S = 2.0, 6.0


async def drawn(picture: Picture, language: str) -> str:
    """The SVG."""
    async with driven(
        demo.plan(picture.scenario, system="windows", speed=demo.AT_ONCE, language=language),
        language,
        picture.size,
    ) as it:
        await it.done()
        it.app.theme = picture.theme
        await it.settled()
        if picture.keys:
            await it.press(*picture.keys)
        screen = it.app.screen
        strips: list[Strip] = screen._compositor.render_strips()  # noqa: SLF001 - there is no other way to the styles
        return svg(strips, screen.styles.background.hex.lower(), title=it.screen().splitlines()[0].strip())


async def animated(language: str) -> str:
    """A run from its first moment to its answer: the events that the engine would send, in the time that each probe usually takes."""
    plan = demo.plan(_RUN, system="windows", speed=demo.AT_ONCE, language=language)
    usual = demo.plan(_RUN, system="windows", language=language)
    async with driven(plan, language, _RUN_SIZE) as it:
        await it.done()
        session, report = it.session, it.session.report
        if report is None:
            raise RuntimeError("the run ended without a report")
        background = it.app.screen.styles.background.hex.lower()
        title = it.screen().splitlines()[0].strip()
        session.report = None
        for row in session.rows.values():
            row.result = None
        session.begin(plan)
        for check in session.rows:
            session.take(CheckStarted(check=check))
        frames: list[tuple[float, list[Strip]]] = []

        async def draw(at_s: float) -> None:
            it.app._draw()  # noqa: SLF001 - as after an event
            await it.settled()
            frames.append((at_s, it.app.screen._compositor.render_strips()))  # noqa: SLF001 - as above

        end_s = max(map(usual.usual_s, plan.subjects))
        session.take(Progress(fraction=0.0, left_s=end_s))
        await draw(0.0)
        arrived: set[str] = set()
        results = {result.id: result for result in report.checks}
        for at_s, subjects in groupby(sorted(plan.subjects, key=usual.usual_s), key=usual.usual_s):
            for subject in subjects:
                arrived.add(subject)
                session.take(FactReady(path=f"facts.{subject}", fact=getattr(report.facts, subject)))
            for entry in plan.in_order:
                row = session.rows[entry.id]
                judged = all(session.rows[check].result is not None for check in entry.after)
                if row.result is None and judged and arrived.issuperset(plan.awaits(entry)):
                    session.take(CheckDone(result=results[entry.id]))
            session.take(Progress(fraction=at_s / end_s, left_s=end_s - at_s))
            if at_s < end_s:
                await draw(at_s)
        session.take(RunDone(report=report))
        await draw(end_s)
        return moving(frames, background, title=title)


def moving(frames: list[tuple[float, list[Strip]]], background: str, *, title: str) -> str:
    """Screens one after the other, `_FASTER` than they were; the last one stays, and is all that is seen where nothing may move."""
    *first, (end_s, last) = frames
    whole_s = end_s / _FASTER + _STAYS_S
    style, drawn_frames = ["<style>.f{visibility:hidden}"], []
    for number, (at_s, strips) in enumerate(first):
        begin, end = (100 * moment / _FASTER / whole_s for moment in (at_s, frames[number + 1][0]))
        before = "" if number == 0 else "0%{visibility:hidden}"
        keys = f"{before}{begin:.2f}%{{visibility:visible}}{end:.2f}%{{visibility:hidden}}"
        style += [
            f"@keyframes k{number}{{{keys}}}",
            f".f{number}{{animation:k{number} {whole_s:.2f}s step-end infinite}}",
        ]
        drawn_frames += [
            f'<g class="f f{number}">',
            _ground(strips, background),
            *_rows(strips, background),
            "</g>",
        ]
    style.append("@media (prefers-reduced-motion:reduce){.f{animation:none}}</style>")
    head = [*_head(last, title), "\n".join(style)]
    return (
        "\n".join([*head, _ground(last, background), *_rows(last, background), *drawn_frames, "</svg>"])
        + "\n"
    )


def svg(strips: list[Strip], background: str, *, title: str) -> str:
    """A screen as SVG, a line of it a row."""
    lines = [*_head(strips, title), _ground(strips, background), *_rows(strips, background), "</svg>"]
    return "\n".join(lines) + "\n"


def _size(strips: list[Strip]) -> tuple[float, float]:
    return (
        max(strip.cell_length for strip in strips) * _WIDTH + 2 * _MARGIN,
        len(strips) * _HEIGHT + 2 * _MARGIN,
    )


def _head(strips: list[Strip], title: str) -> list[str]:
    width, height = _size(strips)
    size = f'width="{width:g}" height="{height:g}"'
    font = f'font-family="{_FONTS}" font-size="{_SIZE}"'
    return [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {width:g} {height:g}" role="img" {font}>',
        f"<title>{escape(title)}</title>",
    ]


def _ground(strips: list[Strip], background: str) -> str:
    width, height = _size(strips)
    return f'<rect width="{width:g}" height="{height:g}" rx="8" fill="{background}" stroke="#808080"/>'


def _rows(strips: list[Strip], background: str) -> list[str]:
    lines: list[str] = []
    for row, strip in enumerate(strips):
        column = 0
        for style, segments in groupby(strip, key=lambda segment: segment.style or Style()):
            text = "".join(segment.text for segment in segments)
            lines += _run(text, style, column, row, background)
            column += cell_len(text)
    return lines


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


def run_path(language: str) -> Path:
    """Where the moving one is kept."""
    return FOLDER / f"run-{language}.svg"


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for code in LANGUAGES:
        run_path(code).write_text(asyncio.run(animated(code)), encoding="utf-8")
    for picture in PICTURES:
        for code in LANGUAGES:
            path(picture, code).write_text(asyncio.run(drawn(picture, code)), encoding="utf-8")
