"""Packets' times on the way as a short text: `12 12 13*40 - 15`, whole milliseconds in the order of sending."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from itertools import groupby

LOST, SILENT = "-", "."
"""What never arrived; and what did, nobody knows when."""
_TIMES = "*"
HOLE_STEPS = 8
"""So many packets lost in a row are a hole in the line, 160 ms, and no chance."""
LONGEST_MS, _LONGEST_TOKEN = 600_000.0, 8
_MOST = 10_000
"""Packets of one text, when it comes from a stranger's report."""

Transit = float | None
"""Milliseconds; None is lost, NaN has arrived at an unknown time."""


def known(steps: Iterable[Transit]) -> list[float]:
    """The times of those that arrived at a known time."""
    return [step for step in steps if step is not None and not math.isnan(step)]


def holes(steps: Iterable[Transit]) -> int:
    """How often so many packets in a row were lost as make a hole in what one hears."""
    return sum(
        lost and sum(1 for _ in run) >= HOLE_STEPS for lost, run in groupby(steps, lambda step: step is None)
    )


def written(transits: Iterable[Transit]) -> str:
    """The text of these. Equal neighbours are written once, with their number."""
    parts = []
    for token, same in groupby(map(_token, transits)):
        count = sum(1 for _ in same)
        parts.append(token if count == 1 else f"{token}{_TIMES}{count}")
    return " ".join(parts)


def read(text: str) -> list[Transit]:
    """What `written` wrote.

    Raises:
        ValueError: another text, or one of too many packets, or with a time of more than ten minutes.
    """
    return list(_read(text))


def _read(text: str) -> Iterator[Transit]:
    total = 0
    for part in text.split():
        token, times, number = part.partition(_TIMES)
        count = int(number) if times else 1
        total += count
        if count < 1 or total > _MOST:
            raise ValueError(f"no number of packets: {part[:20]!r}")
        if len(token) > _LONGEST_TOKEN:
            raise ValueError(f"no time on the way: {part[:20]!r}")
        value = None if token == LOST else math.nan if token == SILENT else float(int(token))
        if value is not None and abs(value) > LONGEST_MS:  # NaN is not
            raise ValueError(f"no time on the way: {part[:20]!r}")
        yield from [value] * count


def _token(transit: Transit) -> str:
    if transit is None:
        return LOST
    return SILENT if math.isnan(transit) else str(round(min(transit, LONGEST_MS)))
