"""How much work a file may make: counted, not timed, so that a slow computer reads all that a fast one does."""

from __future__ import annotations

LIMIT = 40_000
"""Two seconds; a large calendar's 5,000 events, each one repeated, take 1.5."""


class Work:
    """What is left of it, in units of some 50 microseconds (2026)."""

    def __init__(self, units: float = LIMIT) -> None:
        self.left = units

    def spend(self, units: float) -> bool:
        """Take `units`; were they there?"""
        self.left -= units
        return self.left >= 0
