"""What screens ask of the app."""

from __future__ import annotations

from textual.message import Message


class Again(Message):
    """Check again: one row, or (None) all of them."""

    def __init__(self, check: str | None) -> None:
        super().__init__()
        self.check = check
