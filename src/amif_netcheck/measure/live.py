"""Live readings of what is being measured: who wants to look asks for them, the measurement itself sends nothing."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator


class LiveValues:
    """Readings by name, each a function that is only called when somebody looks. Any thread may use it."""

    def __init__(self) -> None:
        self._readings: dict[str, Callable[[], float | None]] = {}

    @contextlib.contextmanager
    def published(self, name: str, reading: Callable[[], float | None]) -> Iterator[None]:
        """`reading` can be looked at meanwhile; it must be quick, and may be called from another thread."""
        self._readings[name] = reading
        try:
            yield
        finally:
            if self._readings.get(name) is reading:
                del self._readings[name]

    def snapshot(self) -> dict[str, float]:
        """All readings there are at this moment."""
        values = {name: reading() for name, reading in list(self._readings.items())}
        return {name: value for name, value in values.items() if value is not None}


def speed(total: Callable[[], int]) -> Callable[[], float | None]:
    """Mbit/s since the last look, of something that counts bytes."""
    before: list[tuple[float, int]] = []

    def reading() -> float | None:
        now = (time.perf_counter(), total())
        before.append(now)
        if len(before) < 2:  # noqa: PLR2004 - there is nothing to compare with
            return None
        then, moved = before.pop(0)
        return (now[1] - moved) * 8e-6 / (now[0] - then) if now[0] > then else None

    return reading


def last(recent_ms: Callable[[int], list[float]]) -> Callable[[], float | None]:
    """The newest round trip of a train."""

    def reading() -> float | None:
        newest = recent_ms(1)
        return newest[0] if newest else None

    return reading
