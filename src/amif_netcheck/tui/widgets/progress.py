"""How far the run is: a bar, and the time left in words."""

from __future__ import annotations

import math

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget

from amif_netcheck.tui.session import Session
from amif_netcheck.tui.widgets.text import PlainText


class Bar(Widget):
    """A bar of its widget's width, filled by `fraction`."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session

    def render(self) -> Content:
        """See Textual."""
        width, symbols = self.size.width, self._session.symbols
        full = round(min(1.0, max(0.0, self._session.fraction)) * width)
        return Content.assemble((symbols.full * full, "bold"), (symbols.empty * (width - full), "dim"))


class RunProgress(Horizontal):
    """Shown while a run goes on; `show` after each change of the session."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session

    def compose(self) -> ComposeResult:
        """See Textual."""
        yield Bar(self._session)
        yield PlainText(id="left")

    def on_mount(self) -> None:
        """Draw for the first time."""
        self.show()

    def show(self) -> None:
        """Draw the session as it is now."""
        session, language = self._session, self._session.language
        seconds = round(session.left_s) if math.isfinite(session.left_s) else 0
        self.display = session.running
        words = language.plural("about {count} second left", "about {count} seconds left", seconds)
        if session.slow:
            words = language.plural(
                "slower than usual: {count} second at most",
                "slower than usual: {count} seconds at most",
                seconds,
            )
        self.query_one(PlainText).set_text(
            words.format(count=seconds) if seconds else language.text("a moment more")
        )
        self.query_one(Bar).refresh()
