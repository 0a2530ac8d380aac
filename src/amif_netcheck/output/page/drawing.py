"""What charts are made of: a frame with its words for who can't see it, scales, marks. Pure.

Charts are as wide as a telephone, so that their letters are as large there as the text around them. They have no colours of
their own: classes, which the page's style gives colours in light and in dark.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree as ET

WIDTH = 360.0
LEFT, RIGHT, TOP, BOTTOM = 44.0, 12.0, 8.0, 22.0
_LARGEST = 1e7
"""What is larger was not measured: it stands in a report that somebody else wrote."""
_STEPS = (1.0, 2.0, 5.0, 10.0)
_LETTER = 5.6
"""How wide a letter of a chart's text is, on average."""


def within(value: float) -> float:
    """A value that can be drawn."""
    return min(max(value, 0.0), _LARGEST) if math.isfinite(value) else _LARGEST


@dataclass(frozen=True)
class Scale:
    """From values to places along an axis; `decades` for one whose steps are tenfold."""

    low: float
    high: float
    start: float
    end: float
    decades: bool = False

    def __call__(self, value: float) -> float:
        """Where `value` is drawn; what is beyond the scale is at its end."""
        low, high, value = self.low, self.high, min(max(within(value), self.low), self.high)
        if self.decades:
            low, high, value = math.log10(low), math.log10(high), math.log10(value)
        return self.start + (value - low) / (high - low) * (self.end - self.start)

    def ticks(self, most: int = 5) -> Iterator[float]:
        """Round values along it."""
        if self.decades:
            exponent = round(math.log10(self.low))
            while 10.0**exponent <= self.high * 1.001:
                yield 10.0**exponent
                exponent += 1
            return
        step = round_step((self.high - self.low) / most)
        yield from (
            self.low + step * number for number in range(int((self.high - self.low) / step + 1e-6) + 1)
        )


def round_step(wanted: float) -> float:
    """The next larger of 1, 2 and 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(wanted))
    return next(step * power for step in _STEPS if step * power >= wanted * 0.999)


def from_zero(largest: float, start: float, end: float, *, most: int = 5) -> Scale:
    """A scale from 0 to a round value that is not below `largest`."""
    largest = max(within(largest), 1e-3)
    step = round_step(largest / most)
    return Scale(0.0, step * math.ceil(largest / step - 1e-9), start, end)


def tenfold(least: float, largest: float, start: float, end: float) -> Scale:
    """A scale from one power of ten to another, which has room for both values."""
    low = math.floor(math.log10(max(within(least), 0.01)))
    high = math.ceil(math.log10(max(within(largest), 0.02)))
    return Scale(10.0**low, 10.0 ** max(high, low + 1), start, end, decades=True)


def frame(name: str, title: str, description: str, height: float) -> ET.Element:
    """An empty chart. `title` and `description` are all that who can't see it gets; `name` is the page's own for it."""
    svg = ET.Element(
        "svg",
        {
            "viewBox": f"0 0 {WIDTH:g} {height:g}",
            "role": "img",
            "aria-labelledby": f"{name}-title {name}-words",
            "class": "chart",
        },
    )
    ET.SubElement(svg, "title", {"id": f"{name}-title"}).text = title
    ET.SubElement(svg, "desc", {"id": f"{name}-words"}).text = description
    return svg


def rectangle(to: ET.Element, kind: str, across: tuple[float, float], down: tuple[float, float]) -> None:
    """A filled rectangle, never too thin to be seen."""
    (left, right), (top, bottom) = across, down
    size = {"width": _place(max(right - left, 1.0)), "height": _place(max(bottom - top, 1.0))}
    ET.SubElement(to, "rect", {"class": kind, "x": _place(left), "y": _place(top), **size})


def line(to: ET.Element, kind: str, *points: tuple[float, float]) -> None:
    """A line through points."""
    if points:
        where = "L".join(f"{_place(x)} {_place(y)}" for x, y in points)
        ET.SubElement(to, "path", {"class": kind, "d": f"M{where}"})


def strokes(to: ET.Element, kind: str, verticals: Iterator[tuple[float, float, float]]) -> None:
    """Many vertical strokes (place, top, bottom) as one mark."""
    where = "".join(f"M{_place(x)} {_place(top)}V{_place(bottom)}" for x, top, bottom in verticals)
    if where:
        ET.SubElement(to, "path", {"class": kind, "d": where})


def letters(to: ET.Element, text: str, x: float, y: float, *, kind: str = "", anchor: str = "start") -> None:
    """A text that keeps within the chart; it is told by the chart's description, so not read aloud again."""
    wide = len(text) * _LETTER
    if anchor == "middle":
        x = min(max(x, wide / 2), WIDTH - wide / 2)
    elif anchor == "start":
        x = max(0.0, min(x, WIDTH - wide))
    where = {"x": _place(x), "y": _place(y), "text-anchor": anchor, "aria-hidden": "true"}
    ET.SubElement(to, "text", {**where, **({"class": kind} if kind else {})}).text = text


def _place(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
