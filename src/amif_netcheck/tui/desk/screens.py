"""The table, and one report of it as the app shows it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import ActiveBinding, Binding
from textual.containers import Horizontal
from textual.screen import Screen
from textual.widgets import DataTable, Input, ListView

from amif_netcheck.advice.language import N_
from amif_netcheck.advice.words import AGAIN
from amif_netcheck.errors import UsageError
from amif_netcheck.model.report import ReportedFinding
from amif_netcheck.output.escape import for_terminal
from amif_netcheck.tui.desk.overview import COLUMNS, Overview
from amif_netcheck.tui.screens.base import AppScreen
from amif_netcheck.tui.session import Session
from amif_netcheck.tui.widgets.detail import Detail
from amif_netcheck.tui.widgets.key_bar import KeyBar
from amif_netcheck.tui.widgets.text import PlainText
from amif_netcheck.tui.widgets.tip_row import TipRow
from amif_netcheck.tui.widgets.verdict import VerdictBanner

MOST_ROWS = 5_000
"""So many are drawn; of more, the filter chooses."""
_DONE, _OPEN = "✓", " "


class Attendees(DataTable[Text]):
    """The table; Enter opens a row."""

    BINDINGS = [Binding("enter", "select_cursor", N_("Open"))]  # noqa: RUF012 - Textual's


class SavedDetail(Detail):
    """A row of a saved report: nothing can be checked again or mended from here."""

    def _steps(self, steps: tuple[str, ...]) -> list[str]:
        again = self._session.language.text(AGAIN)
        return [step for step in steps if step != again]

    def _can_fix(self, finding: ReportedFinding) -> bool:
        del finding
        return False


class TableScreen(Screen[None]):
    """A row an attendee: sort, filter, open, tick off."""

    BINDINGS = [  # noqa: RUF012 - Textual's
        Binding("space", "handled", N_("Done")),
        Binding("s", "sort", N_("Sort")),
        Binding("slash", "filter", N_("Filter")),
        Binding("q", "app.quit", N_("Quit")),
        Binding("escape", "all", N_("All"), show=False),
    ]
    DEFAULT_CSS: ClassVar[str] = """
        TableScreen Input { display: none; height: 1; border: none; padding: 0 1; }
        TableScreen Input.-open { display: block; }
        TableScreen #counts { height: 1; padding: 0 1; }
        TableScreen DataTable { height: 1fr; }
    """

    def __init__(self, overview: Overview, load: Callable[[str], Session]) -> None:
        super().__init__()
        self._overview, self._load = overview, load
        self._rows = overview.shown()

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """See `AppScreen`, which has a session."""
        text = self._overview.language.text
        return {
            key: active._replace(
                binding=dataclasses.replace(active.binding, description=text(active.binding.description))
            )
            for key, active in super().active_bindings.items()
        }

    def compose(self) -> ComposeResult:
        """See Textual."""
        text = self._overview.language.text
        yield PlainText(id="counts")
        yield Input(placeholder=text("words of the rows to see; Esc: all"), compact=True)
        yield Attendees(cursor_type="row", zebra_stripes=True)
        yield KeyBar()

    def on_mount(self) -> None:
        """Fill the table."""
        table = self.query_one(DataTable)
        table.add_column(_OPEN, key="handled")
        for name, (heading, _) in COLUMNS.items():
            table.add_column(self._overview.language.text(heading), key=name)
        self._fill()
        table.focus()

    def _fill(self) -> None:
        self._rows = self._overview.shown()
        table = self.query_one(DataTable)
        table.clear()
        for number, digest in enumerate(self._rows[:MOST_ROWS]):
            mark = _DONE if digest in self._overview.handled else _OPEN
            cells = (Text(for_terminal(cell)) for cell in (mark, *self._overview.cells(digest)))
            table.add_row(*cells, key=str(number))
        words = self._overview.language.text("{shown} of {all} attendees")
        count = words.format(shown=len(self._rows), all=len(self._overview.digests))
        self.query_one("#counts", PlainText).set_text(count)

    @on(DataTable.HeaderSelected)
    def _sort_by_heading(self, event: DataTable.HeaderSelected) -> None:
        if event.column_key.value in COLUMNS:
            self._overview.sort_by(str(event.column_key.value))
            self._fill()

    @on(DataTable.RowSelected)
    def _open(self) -> None:
        self.action_open()

    @on(Input.Changed)
    def _filter(self, event: Input.Changed) -> None:
        self._overview.wanted = event.value
        self._fill()

    @on(Input.Submitted)
    def _to_the_rows(self) -> None:
        self.query_one(DataTable).focus()

    def action_sort(self) -> None:
        """By the next column."""
        names = list(COLUMNS)
        here = names.index(self._overview.sorted_by) if self._overview.sorted_by else -1
        self._overview.sorted_by, self._overview.backwards = names[(here + 1) % len(names)], False
        self._fill()

    def action_filter(self) -> None:
        """Type what rows have to hold."""
        self.query_one(Input).add_class("-open").focus()

    def action_all(self) -> None:
        """No filter."""
        field = self.query_one(Input)
        field.value = ""
        field.remove_class("-open")
        self.query_one(DataTable).focus()

    def action_handled(self) -> None:
        """Tick the row off, or not."""
        table = self.query_one(DataTable)
        row = table.cursor_row
        if not 0 <= row < len(self._rows):
            return
        digest = self._rows[row]
        try:
            self._overview.handled.toggle(digest)
        except OSError as error:
            self.notify(for_terminal(str(error)), severity="warning", markup=False)
        table.update_cell(str(row), "handled", _DONE if digest in self._overview.handled else _OPEN)
        table.move_cursor(row=row + 1)

    def action_open(self) -> None:
        """Show the report."""
        row = self.query_one(DataTable).cursor_row
        if 0 <= row < len(self._rows):
            try:
                session = self._load(self._rows[row].file)
            except UsageError as error:  # it is gone, or another one by now
                self.notify(for_terminal(str(error)), severity="warning", markup=False)
            else:
                self.app.push_screen(ReportScreen(session))


class ReportScreen(AppScreen[None]):
    """A saved report with the rows of the app; nothing is measured here."""

    BINDINGS = [  # noqa: RUF012 - Textual's
        Binding("escape,left,backspace", "dismiss", N_("Back")),
        Binding("x", "expert", N_("Experts")),
        Binding("q", "app.quit", N_("Quit")),
    ]
    DEFAULT_CSS: ClassVar[str] = """
        ReportScreen Detail { display: block; width: 45%; border-left: solid $panel; }
    """

    def compose(self) -> ComposeResult:
        """See Textual."""
        yield VerdictBanner(self.session, next(iter(self.session.rows)))
        with Horizontal(id="body"):
            yield ListView(*(TipRow(self.session, check) for check in self.session.rows), id="rows")
            yield SavedDetail(self.session, next(iter(self.session.rows)))
        yield KeyBar()

    def on_mount(self) -> None:
        """Draw the report, and begin at what is to be fixed first."""
        self.query_one(VerdictBanner).show()
        rows, action = self.query_one(ListView), self.session.report and self.session.report.next_action
        rows.focus()
        if action and action.check in self.session.rows:
            rows.index = list(self.session.rows).index(action.check)

    @on(ListView.Highlighted)
    def _show_detail(self) -> None:
        index = self.query_one(ListView).index or 0
        self.query_one(Detail).show(list(self.session.rows)[index])

    def action_expert(self) -> None:
        """Show codes and figures, or not."""
        self.query_one(Detail).toggle_expert()
