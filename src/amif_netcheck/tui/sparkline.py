"""A line chart of characters, a few rows high."""

from __future__ import annotations

from collections.abc import Sequence


def sparkline(
    values: Sequence[float], width: int, height: int, levels: str, *, at_least: float = 0.0
) -> list[str]:
    """The last `width` values as `height` lines, top first; full height is the greatest of them, or `at_least`.

    `levels` are the characters of a cell from nearly empty to full. A value is never drawn as nothing.
    """
    shown = list(values)[-width:]
    most = max([at_least, *shown], default=0.0)
    steps = len(levels) * height
    filled = [max(1, min(steps, round(value / most * steps))) if most > 0 else 1 for value in shown]
    lines = []
    for row in reversed(range(height)):
        cells = (fill - row * len(levels) for fill in filled)
        lines.append("".join(" " if cell <= 0 else levels[min(cell, len(levels)) - 1] for cell in cells))
    return lines
