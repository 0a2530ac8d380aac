"""One row at length, where there is no room for it beside the list."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding

from amif_netcheck.advice.language import N_
from amif_netcheck.tui.screens.row import RowScreen
from amif_netcheck.tui.session import Session
from amif_netcheck.tui.widgets.detail import Detail
from amif_netcheck.tui.widgets.key_bar import KeyBar


class DetailScreen(RowScreen):
    """All about one row."""

    shows_steps = True

    BINDINGS = [  # noqa: RUF012 - Textual's
        Binding("escape,left,backspace", "dismiss", N_("Back")),
        Binding("r", "again", N_("Again")),
        Binding("n", "next(1)", N_("Next")),
        Binding("p", "next(-1)", N_("Previous"), show=False),
        Binding("f", "fix", N_("Fix")),
        Binding("w", "watch", N_("Watch")),
        Binding("g", "signal", N_("Signal")),
        Binding("m", "sound_test", N_("Test")),
        Binding("o", "app.agenda", N_("To do")),
        Binding("v", "app.meeting", N_("Meeting")),
        Binding("x", "expert", N_("Experts")),
    ]

    def __init__(self, session: Session, check: str, *, expert: bool = False) -> None:
        super().__init__(session)
        self._check = check
        self._expert = expert

    def compose(self) -> ComposeResult:
        """See Textual."""
        yield Detail(self.session, self._check)
        yield KeyBar()

    @property
    def selected_check(self) -> str:
        """See `RowScreen`."""
        return self.query_one(Detail).check if self.is_mounted else self._check

    def on_mount(self) -> None:
        """Arrows scroll from the start."""
        self.query_one(Detail).focus()
        if self._expert:
            self.query_one(Detail).toggle_expert()

    def show(self) -> None:
        """See `Page`."""
        self.query_one(Detail).show()

    def show_progress(self) -> None:
        """See `Page`."""
        self.query_one(Detail).show_readings()

    def action_next(self, step: int) -> None:
        """Go to the next row, or to the one before."""
        checks = list(self.session.rows)
        detail = self.query_one(Detail)
        detail.show(checks[(checks.index(detail.check) + step) % len(checks)])
        self.refresh_bindings()
