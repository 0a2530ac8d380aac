"""What a screen recomposes when something has changed: its key bar stays."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import ComposeResult
from textual.containers import VerticalScroll


class PageContent(VerticalScroll):
    """Scrolls; `compose_content` makes what is in it, `refresh(recompose=True)` makes it anew."""

    def __init__(self, compose_content: Callable[[], ComposeResult]) -> None:
        super().__init__()
        self._compose_content = compose_content

    def compose(self) -> ComposeResult:
        """See Textual."""
        yield from self._compose_content()
