"""Colours as they are really drawn: legible in every set, and told apart by eyes that lack one kind of cones."""

from __future__ import annotations

import itertools
import math
from collections.abc import AsyncIterator, Iterator

import pytest
from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.color import Color as TextualColor
from textual.command import CommandPalette
from textual.filter import DimFilter
from textual.strip import Strip
from textual.widgets import Footer

from amif_netcheck import demo
from amif_netcheck.tui.screens.sound_test import SoundTestScreen
from amif_netcheck.tui.screens.wifi_signal import WifiSignalScreen
from amif_netcheck.tui.themes import COLOUR_BLIND, CONTRAST, THEMES
from tests.tui.scenes import Driven, driven

pytestmark = pytest.mark.timeout(400)

Rgb = tuple[float, float, float]
LEAST, LEAST_IN_HIGH_CONTRAST = 4.5, 7.0
"""WCAG 2.2, 1.4.3 (AA) and 1.4.6 (AAA)."""
NO_TEXT = set(" ─━│▌▊█▁▂▃▄▅▆▇▔▕▏")
"""Borders, bars and scrollbars."""
TOLD_APART = 20.0
"""In CIELAB (CIE76), where 2.3 is a just noticeable difference (Mahy, Van Eycken and Oosterlinck, 1994)."""
BLIND: dict[str, tuple[Rgb, Rgb, Rgb]] = {
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
"""On linear RGB, severity 1.0: Machado, Oliveira and Fernandes, A Physiologically-based Model for Simulation of Color Vision
Deficiency, IEEE TVCG 15(6), 2009."""


def linear(colour: Rgb) -> Rgb:
    """sRGB, 0 to 1, without its gamma (IEC 61966-2-1)."""
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour)
    return red, green, blue


def luminance(colour: Rgb) -> float:
    red, green, blue = linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Rgb, other: Rgb) -> float:
    """From 1 to 21, as WCAG has it."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def lab(seen: Rgb) -> Rgb:
    """CIELAB under D65 from linear RGB."""
    red, green, blue = (min(1.0, max(0.0, c)) for c in seen)
    x = (0.4124564 * red + 0.3575761 * green + 0.1804375 * blue) / 0.95047
    y = 0.2126729 * red + 0.7151522 * green + 0.0721750 * blue
    z = (0.0193339 * red + 0.1191920 * green + 0.9503041 * blue) / 1.08883
    fx, fy, fz = (t ** (1 / 3) if t > (6 / 29) ** 3 else t / (3 * (6 / 29) ** 2) + 4 / 29 for t in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def seen_by(colour: Rgb, matrix: tuple[Rgb, Rgb, Rgb]) -> Rgb:
    """Linear RGB as those eyes see it."""
    red, green, blue = (sum(m * c for m, c in zip(row, linear(colour), strict=True)) for row in matrix)
    return red, green, blue


def rgb(colour: Color | None) -> Rgb:
    assert colour is not None
    found = colour.get_truecolor()
    return found.red / 255, found.green / 255, found.blue / 255


def drawn(style: Style, background: TextualColor) -> tuple[Rgb, Rgb]:
    """A text's colour and the one behind it."""
    (segment,) = DimFilter().apply([_segment(style)], background)
    shown = segment.style
    assert shown is not None
    front, back = rgb(shown.color), rgb(shown.bgcolor)
    return (back, front) if shown.reverse else (front, back)


def _segment(style: Style) -> Segment:
    return Segment("x", style)


def texts(it: Driven) -> Iterator[tuple[str, Rgb, Rgb]]:
    """Every text on the screen with its colour and the one behind it; of a palette only what is its own."""
    screen = it.app.screen
    strips: list[Strip] = screen._compositor.render_strips()
    own = [each.region for each in screen.query("#--input, CommandList")]
    for y, strip in enumerate(strips):
        if isinstance(screen, CommandPalette) and not any(region.contains(0, y) for region in own):
            continue
        for segment in strip:
            if segment.style is not None and set(segment.text) - NO_TEXT:
                yield (segment.text, *drawn(segment.style, screen.styles.background))


async def pages(it: Driven) -> AsyncIterator[str]:
    """One screen after the other."""
    yield "list"
    await it.press("down")
    yield "another row"
    for keys in (("enter",), ("x",), ("end",), ("escape", "f1"), ("end",), ("escape", "f2"), ("escape",)):
        await it.press(*keys)
        yield " ".join(keys)
    await it.press("ctrl+p")
    yield "palette"
    await it.press("q", "u")
    yield "a search"
    await it.press("escape")
    for page in (WifiSignalScreen(it.session), SoundTestScreen(it.session)):
        it.app.push_screen(page)
        await it.until(lambda: it.app.screen.query(Footer))
        await it.settled()
        yield type(page).__name__
        await it.press("escape")


@pytest.mark.parametrize(
    ("theme", "scenario"),
    [*((theme.name, "everything-wrong") for theme, _ in THEMES), (CONTRAST.name, "wifi-far")],
)
async def test_every_text_is_legible(theme: str, scenario: str) -> None:
    least = LEAST_IN_HIGH_CONTRAST if theme == CONTRAST.name else LEAST
    faint = set()
    async with driven(demo.plan(scenario, speed=demo.AT_ONCE)) as it:
        it.app.theme = theme
        await it.done()
        async for page in pages(it):
            found = list(texts(it))
            assert len(found) > 5, page
            faint |= {
                f"{page}: {text.strip()!r} {contrast(front, back):.1f}"
                for text, front, back in found
                if contrast(front, back) < least
            }
    assert not faint


def status_colours() -> dict[str, Rgb]:
    named = {
        "ok": COLOUR_BLIND.success,
        "warning": COLOUR_BLIND.warning,
        "critical": COLOUR_BLIND.error,
        "info": COLOUR_BLIND.secondary,
    }
    return {name: rgb(Color.parse(str(colour))) for name, colour in named.items()}


@pytest.mark.parametrize("eyes", BLIND)
def test_colour_blind_eyes_tell_the_statuses_apart(eyes: str) -> None:
    seen = {name: lab(seen_by(colour, BLIND[eyes])) for name, colour in status_colours().items()}
    apart = {(a, b): math.dist(seen[a], seen[b]) for a, b in itertools.combinations(seen, 2)}
    assert min(apart.values()) > TOLD_APART, apart


def test_red_and_green_would_not_do() -> None:
    """The measure itself: eyes without green cones do not tell these two apart."""
    red, green = ((0.60, 0.30, 0.20), (0.35, 0.42, 0.20))
    assert math.dist(lab(linear(red)), lab(linear(green))) > TOLD_APART
    matrix = BLIND["deuteranopia"]
    assert math.dist(lab(seen_by(red, matrix)), lab(seen_by(green, matrix))) < TOLD_APART


def test_the_measures_are_those_of_the_standards() -> None:
    assert contrast((0, 0, 0), (1, 1, 1)) == pytest.approx(21)
    assert contrast((1, 1, 1), (0x76 / 255,) * 3) == pytest.approx(4.54, abs=0.01)
    assert lab((1, 1, 1)) == pytest.approx((100, 0, 0), abs=0.02)
    assert lab(linear((1, 0, 0))) == pytest.approx((53.24, 80.09, 67.20), abs=0.05)
    for matrix in BLIND.values():
        assert [sum(row) for row in matrix] == pytest.approx([1, 1, 1], abs=1e-5)


async def test_without_colour_there_are_greys_as_far_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with driven(demo.plan("everything-wrong", speed=demo.AT_ONCE)) as it:
        await it.done()
        async for page in pages(it):
            for text, front, back in texts(it):
                assert len(set(front)) == len(set(back)) == 1, (page, text)
                assert contrast(front, back) >= LEAST_IN_HIGH_CONTRAST, (page, text)
