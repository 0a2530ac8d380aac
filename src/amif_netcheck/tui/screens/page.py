"""What all screens share: the session, and keys that are named in its language."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from textual.binding import ActiveBinding
from textual.screen import Screen

from amif_netcheck.tui.session import Session

Result = TypeVar("Result")

NARROW, WIDE = 76, 110
LOW, TALL, TOWERING = 24, 36, 48

_SPARED_WHERE_NARROW = {"all_again", "language", "expert"}
"""Keys that a narrow footer has no room for; the help and the palette have them."""


class Page(Screen[Result]):
    """A screen of the app."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (NARROW, "-usual"), (WIDE, "-wide")]  # noqa: RUF012 - Textual's
    VERTICAL_BREAKPOINTS = [(0, "-low"), (LOW, "-high"), (TALL, "-tall"), (TOWERING, "-towering")]  # noqa: RUF012 - Textual's

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """The keys with their names in the session's language; bindings are made before it is known."""
        text = self.session.language.text
        narrow = self.app.size.width < NARROW
        named = {}
        for key, active in super().active_bindings.items():
            binding = active.binding
            shown = binding.show and not (narrow and binding.action in _SPARED_WHERE_NARROW)
            words = replace(binding, description=text(binding.description), tooltip="", show=shown)
            named[key] = active._replace(binding=words, tooltip="")
        return named

    def show(self) -> None:
        """Draw the session as it is now."""

    def show_progress(self) -> None:
        """Only the time and the readings have moved on."""

    def speak(self) -> None:
        """The language has changed."""
        self.refresh_bindings()
        self.show()
