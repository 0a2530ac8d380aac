"""The charts of a page: from plain numbers and their words to SVG. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import median
from xml.etree import ElementTree as ET

from amif_netcheck.output.page.drawing import (
    BOTTOM,
    LEFT,
    RIGHT,
    TOP,
    WIDTH,
    Scale,
    frame,
    from_zero,
    letters,
    line,
    rectangle,
    strokes,
    tenfold,
    within,
)

_PLOT = 110.0
"""How high the inner part of a chart over time is."""
_COLUMNS = 150
"""A chart over time has at most so many columns; of the values of one, the least and the largest are drawn."""
_ROW = 34.0
_BAR_TOP, _BAR_BOTTOM = 17.0, 28.0
_KEY = 16.0
Numbers = Callable[[float], str]


@dataclass(frozen=True)
class Words:
    """A chart's name in the page, its title, and what it shows in sentences."""

    name: str
    title: str
    description: str


@dataclass(frozen=True)
class Mark:
    """A limit that is drawn beside what was measured."""

    value: float
    words: str


@dataclass(frozen=True)
class DelaySpan:
    """One row of `spans`: from `low` over `middle` to `high`, and what is said beside it."""

    label: str
    low: float
    middle: float
    high: float
    words: str


@dataclass(frozen=True)
class RateBar:
    """One row of `bars`: `value`, of which `sure` can be counted on, and the limits that hold for it."""

    label: str
    value: float
    sure: float
    words: str
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True)
class Part:
    """A share (0 to 1) of a row of `shares`; `kind` is `good`, `poor`, `bad` or `none`."""

    share: float
    kind: str


@dataclass(frozen=True)
class Shares:
    """One row of `shares`."""

    label: str
    parts: tuple[Part, ...]
    words: str


@dataclass(frozen=True)
class Track:
    """Requests at a steady pace: their delays in milliseconds, None where no answer came, NaN where nobody knows when."""

    began_s: float
    interval_s: float
    delays: Sequence[float | None]

    @property
    def end_s(self) -> float:
        """When the next request would have been sent."""
        return self.began_s + len(self.delays) * self.interval_s


@dataclass(frozen=True)
class Period:
    """Something that went on meanwhile."""

    label: str
    began_s: float
    end_s: float


@dataclass(frozen=True)
class Series:
    """One line of `courses`: pairs of seconds and a value, in the order of time."""

    label: str
    points: tuple[tuple[float, float], ...]


def delays(
    words: Words, tracks: Sequence[Track], number: Numbers, unit: str, periods: Sequence[Period] = ()
) -> ET.Element:
    """Every request's delay over time, and the holes where no answer came."""
    height = TOP + _PLOT + BOTTOM + _KEY * len(periods)
    svg = frame(words.name, words.title, words.description, height)
    known = [
        within(delay) for track in tracks for delay in track.delays if delay is not None and _is_known(delay)
    ]
    ends = [track.end_s for track in tracks] + [period.end_s for period in periods]
    across = from_zero(max(ends, default=1.0), LEFT, WIDTH - RIGHT)
    up = from_zero(max(known, default=1.0), TOP + _PLOT, TOP, most=4)
    _grid(svg, across, up, number, unit)
    for track in tracks:
        for first, length in _holes(track.delays):
            began = track.began_s + first * track.interval_s
            sides = across(began), across(began + length * track.interval_s)
            rectangle(svg, "hole", sides, (TOP, TOP + _PLOT))
        strokes(svg, "delay", _columns(track, across, up))
    for place, period in enumerate(periods):
        top = TOP + _PLOT + BOTTOM + _KEY * place
        rectangle(svg, "span", (across(period.began_s), across(period.end_s)), (top, top + _KEY - 3))
        letters(svg, period.label, across(period.began_s) + 3, top + 10, kind="small bare")
    return svg


def courses(
    words: Words, series: Sequence[Series], number: Numbers, unit: str, marks: Sequence[Mark] = ()
) -> ET.Element:
    """Values over time, a line each, named by a key below."""
    height = TOP + _PLOT + BOTTOM + _KEY * len(series)
    svg = frame(words.name, words.title, words.description, height)
    points = [point for each in series for point in each.points]
    across = from_zero(max((time for time, _ in points), default=1.0), LEFT, WIDTH - RIGHT)
    largest = max((within(value) for _, value in points), default=1.0)
    up = from_zero(largest, TOP + _PLOT, TOP, most=4)
    _grid(svg, across, up, number, unit)
    for mark in marks:
        if mark.value <= up.high:
            line(svg, "limit", (LEFT, up(mark.value)), (WIDTH - RIGHT, up(mark.value)))
            letters(svg, mark.words, WIDTH - RIGHT, up(mark.value) - 3, kind="small", anchor="end")
    for place, each in enumerate(series):
        kind = f"course-{place % 2 + 1}"
        line(svg, kind, *((across(time), up(value)) for time, value in _thinned(each.points)))
        y = TOP + _PLOT + BOTTOM + _KEY * place + 10
        line(svg, kind, (LEFT, y - 4), (LEFT + 26, y - 4))
        letters(svg, each.label, LEFT + 32, y)
    return svg


def spans(
    words: Words, rows: Sequence[DelaySpan], number: Numbers, unit: str, marks: Sequence[Mark] = ()
) -> ET.Element:
    """Ranges on one scale from 0, with what is in their middle."""
    bottom = TOP + _ROW * len(rows)
    svg = frame(words.name, words.title, words.description, bottom + BOTTOM)
    largest = max((within(row.high) for row in rows), default=1.0)
    across = from_zero(largest, RIGHT, WIDTH - RIGHT)
    _axis(svg, across, bottom, number, unit)
    for mark in marks:
        if mark.value <= across.high:
            line(svg, "limit", (across(mark.value), TOP), (across(mark.value), bottom))
            letters(svg, mark.words, across(mark.value) + 3, bottom - 1, kind="small")
    for place, row in enumerate(rows):
        top = TOP + _ROW * place
        letters(svg, row.label, 0, top + 10)
        letters(svg, row.words, WIDTH, top + 10, anchor="end")
        rectangle(
            svg, "span", (across(row.low), across(row.high)), (top + _BAR_TOP + 2, top + _BAR_BOTTOM - 2)
        )
        middle = across(row.middle)
        rectangle(svg, "middle", (middle - 1.5, middle + 1.5), (top + _BAR_TOP - 1, top + _BAR_BOTTOM + 1))
    return svg


def bars(words: Words, rows: Sequence[RateBar], number: Numbers, unit: str) -> ET.Element:
    """Amounts on one scale whose steps are tenfold, so that slow and fast lines both have room."""
    bottom = TOP + _ROW * len(rows)
    svg = frame(words.name, words.title, words.description, bottom + BOTTOM)
    values = [value for row in rows for value in (row.value, row.sure, *(mark.value for mark in row.marks))]
    across = tenfold(min(values, default=1.0) / 2, max(values, default=1.0), RIGHT, WIDTH - RIGHT)
    _axis(svg, across, bottom, number, unit)
    for place, row in enumerate(rows):
        top = TOP + _ROW * place
        letters(svg, row.label, 0, top + 10)
        letters(svg, row.words, WIDTH, top + 10, anchor="end")
        bar = (top + _BAR_TOP, top + _BAR_BOTTOM)
        rectangle(svg, "span", (across.start, across(row.value)), bar)
        rectangle(svg, "sure", (across.start, across(row.sure)), bar)
        for mark in row.marks:
            x = across(mark.value)
            ends = (x, top + _BAR_TOP - 3), (x, top + _BAR_BOTTOM + 3)
            line(svg, "halo", *ends)
            line(svg, "limit", *ends)
    return svg


def shares(words: Words, rows: Sequence[Shares]) -> ET.Element:
    """Of each row, which parts of a whole fared how."""
    svg = frame(words.name, words.title, words.description, TOP + _ROW * len(rows))
    for place, row in enumerate(rows):
        top = TOP + _ROW * place
        letters(svg, row.label, 0, top + 10)
        letters(svg, row.words, WIDTH, top + 10, anchor="end")
        bar = (top + _BAR_TOP, top + _BAR_BOTTOM)
        rectangle(svg, "none", (0, WIDTH), bar)
        left = 0.0
        for part in row.parts:
            right = min(left + within(part.share) * WIDTH, WIDTH)
            if right > left:
                rectangle(svg, part.kind, (left, right), bar)
            left = right
    return svg


def counts(words: Words, rows: Sequence[tuple[str, int, str]], of: int) -> ET.Element:
    """How many of `of`: label, number, and what is said beside it."""
    return shares(
        words, [Shares(label, (Part(number / max(of, 1), "bad"),), said) for label, number, said in rows]
    )


def _is_known(delay: float | None) -> bool:
    return delay is not None and not math.isnan(delay)


def _holes(record: Sequence[float | None]) -> list[tuple[int, int]]:
    """Runs of requests without an answer: the first, and how many; close ones as one where there are too many to draw."""
    runs: list[tuple[int, int]] = []
    nearest = len(record) // (2 * _COLUMNS)
    at = 0
    for missing, run in groupby(record, lambda delay: delay is None):
        length = len(list(run))
        if missing and runs and at - sum(runs[-1]) < nearest:
            runs[-1] = runs[-1][0], at + length - runs[-1][0]
        elif missing:
            runs.append((at, length))
        at += length
    return runs


def _columns(track: Track, across: Scale, up: Scale) -> Iterator[tuple[float, float, float]]:
    """For each column the least and the largest delay."""
    size = -(-len(track.delays) // _COLUMNS) or 1
    for start in range(0, len(track.delays), size):
        known = [
            delay for delay in track.delays[start : start + size] if delay is not None and _is_known(delay)
        ]
        if known:
            x = across(track.began_s + (start + size / 2) * track.interval_s)
            top, bottom = up(max(known)), up(min(known))
            yield x, top - 0.6, max(bottom, top) + 0.6


def _thinned(points: Sequence[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    size = -(-len(points) // _COLUMNS) or 1
    for start in range(0, len(points), size):
        group = points[start : start + size]
        yield group[len(group) // 2][0], median(value for _, value in group)


def _grid(svg: ET.Element, across: Scale, up: Scale, number: Numbers, unit: str) -> None:
    for tick in up.ticks(4):
        line(svg, "grid", (LEFT, up(tick)), (WIDTH - RIGHT, up(tick)))
        letters(svg, number(tick), LEFT - 5, up(tick) + 4, kind="small", anchor="end")
    letters(svg, unit, LEFT + 3, TOP + 8, kind="small")
    _axis(svg, across, TOP + _PLOT, number, "s", grid=False)


def _axis(
    svg: ET.Element, across: Scale, bottom: float, number: Numbers, unit: str, *, grid: bool = True
) -> None:
    ticks = list(across.ticks())
    for tick in ticks:
        x = across(tick)
        if grid:
            line(svg, "grid", (x, TOP), (x, bottom))
        words = f"{number(tick)} {unit}" if tick == ticks[-1] else number(tick)
        letters(svg, words, x, bottom + 13, kind="small", anchor="end" if tick == ticks[-1] else "middle")
