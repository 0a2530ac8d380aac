"""The checklist: the question, the answer, a row a tip; below it, or where there is room beside it, the chosen row."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.events import DescendantFocus, Key
from textual.widgets import ListView

from amif_netcheck.advice.language import N_
from amif_netcheck.advice.tips import TIPS
from amif_netcheck.tui.screens.row import RowScreen
from amif_netcheck.tui.session import Session
from amif_netcheck.tui.widgets.detail import Detail
from amif_netcheck.tui.widgets.key_bar import KeyBar
from amif_netcheck.tui.widgets.peek import Peek
from amif_netcheck.tui.widgets.progress import RunProgress
from amif_netcheck.tui.widgets.tip_row import TipRow, recheck_words
from amif_netcheck.tui.widgets.verdict import VerdictBanner


class Rows(ListView):
    """The rows; Enter opens one."""

    BINDINGS = [  # noqa: RUF012 - Textual's
        Binding("enter", "select_cursor", N_("Open")),
        Binding("home", "go('first')", show=False),
        Binding("end", "go('last')", show=False),
        Binding("pageup", "go('back')", show=False),
        Binding("pagedown", "go('on')", show=False),
    ]

    def action_go(self, where: str) -> None:
        """Choose the first row, the last, or the one that is a screen away."""
        last, here = len(self) - 1, self.index or 0
        page = max(1, self.size.height * len(self) // max(1, self.virtual_size.height) - 1)
        places = {"first": 0, "last": last, "back": max(0, here - page), "on": min(last, here + page)}
        self.index = places[where]


class ChecklistScreen(RowScreen):
    """The screen that opens first."""

    BINDINGS = [  # noqa: RUF012 - Textual's
        Binding("r", "again", N_("Again")),
        Binding("a", "all_again", N_("All")),
        Binding("f", "fix", N_("Fix")),
        Binding("w", "watch", N_("Watch")),
        Binding("g", "signal", N_("Signal")),
        Binding("m", "sound_test", N_("Test")),
        Binding("o", "app.agenda", N_("To do")),
        Binding("v", "app.meeting", N_("Meeting")),
        Binding("x", "expert", N_("For experts"), show=False),
        Binding("escape,left", "to_rows", N_("Back")),
    ]

    def compose(self) -> ComposeResult:
        """See Textual."""
        yield VerdictBanner(self.session, self.selected_check)
        yield RunProgress(self.session)
        with Horizontal(id="body"):
            yield Rows(*(TipRow(self.session, check) for check in self.session.rows), id="rows")
            yield Detail(self.session, self.selected_check)
        yield Peek(self.session, self.selected_check)
        yield KeyBar()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._moved = False

    def on_mount(self) -> None:
        """Arrows move among the rows from the start."""
        self.query_one(Rows).focus()

    @property
    def selected_check(self) -> str:
        """The check of the highlighted row."""
        rows = list(self.session.rows)
        if not self.is_mounted:
            return rows[0]
        return rows[self.query_one(Rows).index or 0]

    def show(self) -> None:
        """See `Page`."""
        self.query_one(VerdictBanner).show()
        self.query_one(RunProgress).show()
        for row in self.query(TipRow):
            row.show()
        self.query_one(Detail).show()
        self.query_one(Peek).show()

    def go_to_first(self) -> None:
        """Choose the row to fix first, unless the person has chosen one."""
        check = self.session.next_step.check
        if check and not self._moved:
            self.query_one(Rows).index = list(self.session.rows).index(check)

    def tell_checked(self, checks: tuple[str, ...]) -> None:
        """That one row was checked again is told in passing where a window has no room for it below the list."""
        if (
            len(checks) != 1
            or not self.is_current
            or self.query_one(Peek).display
            or self.query_one(Detail).display
        ):
            return
        text, words = self.session.language.text, recheck_words(self.session, self.session.rows[checks[0]])
        if words:
            told = text("{title}: {headline}").format(title=text(TIPS[checks[0]].title), headline=words)
            self.app.notify(told, markup=False)

    def on_key(self, event: Key) -> None:
        """The person is at work: the cursor stays where they put it."""
        del event
        self._moved = True

    def on_click(self) -> None:
        """As with a key."""
        self._moved = True

    def show_progress(self) -> None:
        """Only the time and the readings have moved on."""
        self.query_one(RunProgress).show()
        self.query_one(VerdictBanner).show_readings()
        self.query_one(Detail).show_readings()
        self.query_one(Peek).refresh()

    @on(Rows.Highlighted)
    def _show_detail(self) -> None:
        self.query_one(Detail).show(self.selected_check)
        self.query_one(Peek).show(self.selected_check)
        self.query_one(VerdictBanner).show(self.selected_check)
        self.refresh_bindings()

    @on(Rows.Selected)
    def _open(self) -> None:
        """Show the chosen row at length: on a screen of its own, or beside the list."""
        if self.query_one(Detail).display:
            self.query_one(Detail).focus()
        else:
            self._open_alone()

    def _open_alone(self, *, expert: bool = False) -> None:
        from amif_netcheck.tui.screens.detail import DetailScreen

        self.app.push_screen(DetailScreen(self.session, self.selected_check, expert=expert))

    def action_expert(self) -> None:
        """Where the chosen row does not stand at length beside the list, a screen of its own shows all of it."""
        if self.query_one(Detail).display:
            super().action_expert()
        else:
            self._open_alone(expert=True)

    def action_to_rows(self) -> None:
        """Arrows move among the rows again."""
        self.query_one(Rows).focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """See `RowScreen`; there is a way back only from beside the list."""
        if action == "to_rows":
            return self.is_mounted and self.query_one(Detail).has_focus
        return super().check_action(action, parameters)

    @on(DescendantFocus)
    def _name_keys(self) -> None:
        self.refresh_bindings()
