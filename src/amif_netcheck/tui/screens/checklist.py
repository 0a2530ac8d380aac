"""The checklist: the question, the answer, a row a tip; beside it, where there is room, the chosen row at length."""

from __future__ import annotations

import contextlib

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.css.query import NoMatches
from textual.widgets import Footer, ListView

from amif_netcheck.advice.language import N_
from amif_netcheck.tui.messages import Again, Watch
from amif_netcheck.tui.screens.detail import DetailPage
from amif_netcheck.tui.screens.fix import FixPage
from amif_netcheck.tui.screens.page import Page
from amif_netcheck.tui.screens.signal import SignalPage
from amif_netcheck.tui.screens.sound_test import SoundTestPage
from amif_netcheck.tui.session import Session
from amif_netcheck.tui.widgets.detail import Detail
from amif_netcheck.tui.widgets.progress import RunProgress
from amif_netcheck.tui.widgets.tip_row import TipRow
from amif_netcheck.tui.widgets.verdict import VerdictBanner


class Rows(ListView):
    """The rows; Enter opens one."""

    BINDINGS = [Binding("enter", "select_cursor", N_("Open"))]  # noqa: RUF012 - Textual's


class ChecklistPage(Page[None]):
    """The screen that opens first."""

    BINDINGS = [  # noqa: RUF012 - Textual's
        Binding("r", "again", N_("Again")),
        Binding("a", "all_again", N_("All")),
        Binding("f", "fix", N_("Fix")),
        Binding("w", "watch", N_("Watch")),
        Binding("g", "signal", N_("Signal")),
        Binding("m", "sound_test", N_("Test")),
        Binding("x", "expert", N_("For experts"), show=False),
    ]

    def compose(self) -> ComposeResult:
        """See Textual."""
        yield VerdictBanner(self.session)
        yield RunProgress(self.session)
        with Horizontal(id="body"):
            yield Rows(*(TipRow(self.session, check) for check in self.session.rows), id="rows")
            yield Detail(self.session, self.chosen)
        yield Footer(compact=True, show_command_palette=False)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._moved = False

    def on_mount(self) -> None:
        """Arrows move among the rows from the start."""
        self.query_one(Rows).focus()

    def on_screen_resume(self) -> None:
        """Whatever was over it may have renewed a row: the sound test does."""
        with contextlib.suppress(NoMatches):  # it is being put up, and draws itself
            self.show()

    @property
    def chosen(self) -> str:
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

    def go_to_first(self) -> None:
        """Choose the row to fix first, unless the person has chosen one."""
        report = self.session.report
        if report is not None and report.next_action is not None and not self._moved:
            self.query_one(Rows).index = list(self.session.rows).index(report.next_action.check)

    def on_key(self) -> None:
        """The person is at work: the cursor stays where they put it."""
        self._moved = True

    def on_click(self) -> None:
        """As with a key."""
        self._moved = True

    def show_progress(self) -> None:
        """Only the time and the readings have moved on."""
        self.query_one(RunProgress).show()
        self.query_one(VerdictBanner).show_readings()
        self.query_one(Detail).show_readings()

    @on(Rows.Highlighted)
    def _chosen(self) -> None:
        self.query_one(Detail).show(self.chosen)
        self.refresh_bindings()

    @on(Rows.Selected)
    def _open(self) -> None:
        """Show the chosen row at length: on a screen of its own, or beside the list."""
        if self.query_one(Detail).display:
            self.query_one(Detail).focus()
        else:
            self.app.push_screen(DetailPage(self.session, self.chosen))

    def action_again(self) -> None:
        """Check the chosen row again."""
        self.post_message(Again(self.chosen))

    def action_fix(self) -> None:
        """See what the program can do about this row itself."""
        self.app.push_screen(FixPage(self.session, self.chosen))

    def action_watch(self) -> None:
        """Let the row turn by itself, or stop that."""
        self.post_message(Watch(self.chosen))

    def action_all_again(self) -> None:
        """Check everything again."""
        self.post_message(Again(None))

    def action_signal(self) -> None:
        """Watch the Wi-Fi signal while walking with the computer."""
        self.app.push_screen(SignalPage(self.session))

    def action_sound_test(self) -> None:
        """Go to the sound test."""
        self.app.push_screen(SoundTestPage(self.session))

    def action_expert(self) -> None:
        """Show or hide what experts want to see."""
        detail = self.query_one(Detail)
        detail.expert = not detail.expert
        detail.show()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While a run goes on, nothing can be checked again: the keys are grey."""
        del parameters
        if action == "signal":
            return self.session.can_walk(self.chosen)
        if action == "sound_test":
            return self.session.can_test_sound(self.chosen)
        if action == "fix":
            return self.session.can_fix(self.chosen)
        if action == "watch":
            return self.session.can_watch(self.chosen)
        return None if action in {"again", "all_again"} and self.session.running else True
