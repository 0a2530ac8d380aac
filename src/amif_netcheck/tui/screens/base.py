"""What all screens share: the session, and keys that are named in its language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TypeVar

from rich.cells import cell_len
from textual.binding import ActiveBinding, Binding
from textual.geometry import Size
from textual.screen import Screen

from amif_netcheck.tui.commands import Command
from amif_netcheck.tui.session import FixInProgress, Session

Result = TypeVar("Result")

WIDTHS = [(0, "-narrow"), (76, "-usual"), (110, "-wide")]
HEIGHTS = [(0, "-tiny"), (20, "-low"), (24, "-high"), (40, "-tall"), (48, "-towering")]
"""Cells from which on a screen has a class."""

_SPARED = (
    "app.meeting",
    "all_again",
    "expert",
    "language",
    "app.agenda",
    "help",
    "next(1)",
    "signal",
    "watch",
    "sound_test",
    "again",
    "fix",
)
"""Keys that a footer without room for all does without, in this order; the help and the palette have them."""


_LAID_OUT_AFTER_S = (0.05, 0.5)
"""After a window has another size."""


class AppScreen(Screen[Result]):
    """A screen of the app."""

    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = HEIGHTS

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session

    def fit(self, size: Size) -> None:
        """Take the classes of a terminal's size before anything is mounted: with those of Textual, all is styled twice."""
        for breakpoints, cells in ((WIDTHS, size.width), (HEIGHTS, size.height)):
            self.add_class([name for least, name in breakpoints if cells >= least][-1], update=False)

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """The keys with their names in the session's language; bindings are made before it is known."""
        text = self.session.language.text
        named = {}
        for key, active in super().active_bindings.items():
            words = replace(active.binding, description=text(self.name_of(active.binding)), tooltip="")
            named[key] = active._replace(binding=words, tooltip="")
        for action in _SPARED:
            if self._footer_cells(named) <= self.app.size.width + 1:
                break
            for key, active in named.items():
                if active.binding.action == action:
                    named[key] = active._replace(binding=replace(active.binding, show=False))
        return named

    def name_of(self, binding: Binding) -> str:
        """What a key is called at this moment, in English."""
        return binding.description

    def commands(self) -> Iterator[Command]:
        """What the palette offers on this page before all else, named in English."""
        yield from ()

    def shows(self, fixing: FixInProgress) -> bool:
        """Does this screen tell what comes of `fixing`?"""
        del fixing
        return False

    def _footer_cells(self, keys: dict[str, ActiveBinding]) -> int:
        """How wide the footer would be; a key that does the same as one before it is not drawn."""
        drawn = {key.binding.action: key.binding for key in reversed(keys.values()) if key.binding.show}
        return sum(
            cell_len(self.app.get_key_display(binding)) + cell_len(binding.description) + 2
            for binding in drawn.values()
        )

    async def recompose(self) -> None:
        """See Textual; a new footer would stay empty, and arrows move nothing."""
        await super().recompose()
        self.refresh_bindings()
        if self.focused is None:
            self.focus_next()

    def on_resize(self) -> None:
        """There is room for more keys, or for fewer; what is seen behind another screen is drawn anew."""
        self.refresh_bindings()
        if not self.is_current:
            for delay_s in _LAID_OUT_AFTER_S:
                self.set_timer(delay_s, self._draw_behind)

    def _draw_behind(self) -> None:
        """Textual draws what is behind a screen with that screen alone, which does not know when the other is laid out."""
        if not self.is_current:
            self.app.screen.refresh()

    def show(self) -> None:
        """Draw the session as it is now."""

    def show_progress(self) -> None:
        """Only the time and the readings have moved on."""

    def retranslate(self) -> None:
        """The language has changed."""
        self.refresh_bindings()
        self.show()
