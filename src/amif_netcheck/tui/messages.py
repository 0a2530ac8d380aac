"""What screens ask of the app."""

from __future__ import annotations

from textual.message import Message


class Again(Message):
    """Check again: one row, or (None) all of them.

    `watch`: after a fix; if the row still calls for one, keep looking, since some things take effect later.
    """

    def __init__(self, check: str | None, *, watch: bool = False) -> None:
        super().__init__()
        self.check = check
        self.watch = watch


class Watch(Message):
    """Check one row again and again until it is well; or stop doing so."""

    def __init__(self, check: str) -> None:
        super().__init__()
        self.check = check
