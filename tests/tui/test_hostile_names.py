"""Names from outside that want to be more than names: on every screen they are text, in their place, and nothing else."""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec import structs
from rich.cells import cell_len
from textual.widgets import Footer

from amif_netcheck import demo
from amif_netcheck.model.facts import Facts
from amif_netcheck.output.escape import for_terminal
from amif_netcheck.run.plan import RunPlan
from amif_netcheck.tui.screens.detail import DetailScreen
from amif_netcheck.tui.widgets.text import PlainText, wrapped
from amif_netcheck.tui.widgets.tip_row import TipRow
from tests.tui.scenes import Driven, answering, driven

pytestmark = pytest.mark.timeout(400)

SIZES = ((60, 20), (80, 24), (120, 40), (300, 80))
MARKED = "[bold red]markup[/]"
TURNED = "\u202egnp.exe\u202c\u2066\u2067\u200f\u061c"
SHORT = (
    MARKED,
    "[@click=app.quit]click[/]",
    "$primary {0} {name} %s %(x)s",
    "\x1b[31mred\x1b]0;title\x07\x1b]52;c;aGk=\x07\x1b[2J\x9b1m",
    "two\nlines\r\nthree\ttabs\x0b\x0c\x85\u2028\u2029end",
    TURNED,
    "zero\u200bwidth\u200d\u2060\ufeff\u00ad",
    "e\u0301" + "\u0301\u0489" * 30 + "x",
    "👩\u200d👩\u200d👧 🇫🇷 ❤\ufe0f 👍🏽 漢字かな",
    "\udce9t\udce9 \ud800",
    "\u3164\u115f\u1160blank\ue000\U000e0041",
    "",
    " ",
)
LONG = ("x" * 5000, "漢" * 5000, "\x1b[31m" * 1000, "word " * 1000, "a\u0301" * 5000)
HARMFUL = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def spoiled(value: Any, names: Iterator[str]) -> Any:
    """The same facts with a hostile name in the place of every text that is free."""
    if isinstance(value, msgspec.Struct):
        changed = {
            field.name: spoiled(getattr(value, field.name), names) for field in structs.fields(type(value))
        }
        return structs.replace(value, **changed)
    if isinstance(value, tuple | list):
        return type(value)(spoiled(each, names) for each in value)
    return next(names) if type(value) is str else value


def plan(scenario: str, names: tuple[str, ...], meeting: str | None = None) -> RunPlan:
    """A recorded computer all of whose names are hostile; the meeting's too, the next of `names` if it isn't given."""
    made = demo.plan(scenario, speed=demo.AT_ONCE)
    cycle = itertools.cycle(names)
    facts: Facts = spoiled(demo.load(scenario).facts, cycle)
    probes = {subject: answering(getattr(facts, subject)) for subject in made.probes}
    return replace(
        made, probes=probes, demo="", context=replace(made.context, meeting=meeting or next(cycle))
    )


def look(it: Driven) -> str:
    """What is on the screen; every line fills its place, and no character of it does anything."""
    width, height = it.app.size
    screen = it.app.screen
    strips = screen._compositor.render_strips()
    assert len(strips) == height
    lines = []
    for strip in strips:
        line = "".join(segment.text for segment in strip if not segment.control)
        assert cell_len(line) == width, line
        kinds = {unicodedata.category(character) for character in line}
        assert not kinds & HARMFUL, line
        for segment in strip:
            style = segment.style
            assert style is None or style.link is None
            assert style is None or "@click" not in style.meta
        lines.append(line)
    footer = screen.query(Footer)
    if footer:
        assert footer.first().region.bottom == height
    for row in screen.query(TipRow):
        assert 1 <= row.region.height <= 5
    return "\n".join(lines)


async def press(it: Driven, *keys: str) -> str:
    """As `Driven.press`, without waiting for the screen to be still: it shows names all the time."""
    await it.pilot.press(*keys)
    await it.pilot.pause()
    return look(it)


async def everywhere(it: Driven) -> AsyncIterator[str]:
    """All that can be seen: the list, each row at length with all its figures, the desk's page, the palette, the help."""
    yield look(it)
    for row in it.session.rows:
        it.app.push_screen(DetailScreen(it.session, row))
        await it.until(lambda: isinstance(it.app.screen, DetailScreen) and it.app.screen.query(PlainText))
        for key in ("x", "pagedown", "pagedown", "end", "escape"):
            yield await press(it, key)
    for keys in (("f2", "pagedown", "i", "end"), ("ctrl+p",), ("f1",)):
        for key in keys:
            yield await press(it, key)
        await press(it, "escape")


@pytest.mark.parametrize(
    ("size", "language", "names"),
    [
        pytest.param((60, 20), "fr", SHORT, id="60x20-short"),
        pytest.param((300, 80), "en", SHORT, id="300x80-short"),
        pytest.param((80, 24), "fr", LONG, id="80x24-long"),
    ],
)
async def test_no_screen_interprets_a_name(
    size: tuple[int, int], language: str, names: tuple[str, ...], tmp_path: Path
) -> None:
    written = tmp_path / "log"
    lines = [name.encode("utf-8", "replace") for name in (*SHORT, LONG[0])]
    written.write_bytes(b"\n".join([*lines, b"\xff\xfe \x1b[31m"]))
    hostile = plan("everything-wrong", names)
    async with driven(hostile, language, size, log_path=written, include_private=True) as it:
        await it.done()
        seen = "".join([screen async for screen in everywhere(it)])
        if names is SHORT:
            assert MARKED in seen
            assert "\\x1b[31mred" in seen
            assert "[@click=app.quit]click[/]" in seen
        assert it.app.is_running


@pytest.mark.parametrize("scenario", ["vpn", "no-headset", "busy-line"])
async def test_no_other_computer_brings_one_in(scenario: str) -> None:
    async with driven(plan(scenario, SHORT), size=(120, 40)) as it:
        await it.done()
        for _ in it.session.rows:
            await press(it, "x")
            await press(it, "down")


def test_lines_are_as_long_as_their_place() -> None:
    for name in (*SHORT, *LONG, "漢字 " * 30, "a" * 7 + "漢" * 9):
        for cells in (2, 3, 10, 78):
            drawn = for_terminal(name)
            lines = wrapped(drawn, cells)
            assert all(cell_len(line) <= cells for line in lines)
            assert "".join(lines).replace(" ", "") == drawn.replace(" ", "")
