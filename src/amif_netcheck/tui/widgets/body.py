"""The part of a page that is drawn anew when something has changed: the footer stays, and keeps its keys."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import ComposeResult
from textual.containers import VerticalScroll


class Body(VerticalScroll):
    """Scrolls; `compose_body` makes what is in it, `refresh(recompose=True)` makes it anew."""

    def __init__(self, compose_body: Callable[[], ComposeResult]) -> None:
        super().__init__()
        self._compose_body = compose_body

    def compose(self) -> ComposeResult:
        """See Textual."""
        yield from self._compose_body()
