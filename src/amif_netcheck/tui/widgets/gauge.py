"""A bar from 0 to 100 with marks on it."""

from __future__ import annotations

from textual.app import RenderResult
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from amif_netcheck.tui.session import Session

_WHOLE = 100.0


class Gauge(Widget):
    """`value` is a percentage, or None while there is none; `marks` are percentages that are worth reaching, with their English names."""

    value: reactive[float | None] = reactive(None)

    def __init__(self, session: Session, marks: tuple[tuple[float, str], ...] = ()) -> None:
        super().__init__()
        self._session = session
        self._marks = marks

    def watch_value(self, value: float | None) -> None:
        """Each mark that is reached changes the colour."""
        reached = sum(value is not None and value >= mark for mark, _ in self._marks)
        for step in range(len(self._marks) + 1):
            self.set_class(step == reached, f"-step-{step}")

    def render(self) -> RenderResult:
        """See Textual."""
        width, symbols = self.content_size.width, self._session.symbols
        full = round(min(_WHOLE, max(0.0, self.value or 0.0)) / _WHOLE * width)
        bar = "█" * full + symbols.empty * (width - full)
        ruler = ""
        for mark, name in self._marks:
            ruler = f"{ruler:{min(width - 1, round(mark / _WHOLE * width))}}│ {self._session.language.text(name)} "
        return Content.assemble(bar, "\n", bar, "\n", (ruler[:width].rstrip(), "$text-muted"))
