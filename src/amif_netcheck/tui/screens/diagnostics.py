"""For the IT desk: what was measured, how long it took, what failed, the log; and the way out for all that."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from textual.app import ComposeResult
from textual.binding import Binding
from textual.widget import Widget

from amif_netcheck.advice.language import N_, Language
from amif_netcheck.advice.system_errors import why
from amif_netcheck.model.report import Report, Status
from amif_netcheck.output.formats import json
from amif_netcheck.tui.export import (
    KINDS,
    exportable,
    folder_for_reports,
    redacted_counts,
    save,
    short_summary,
)
from amif_netcheck.tui.own_log import own_log
from amif_netcheck.tui.screens.base import AppScreen
from amif_netcheck.tui.session import Session
from amif_netcheck.tui.widgets.key_bar import KeyBar
from amif_netcheck.tui.widgets.page_content import PageContent
from amif_netcheck.tui.widgets.text import Document, PlainText


def _nothing(language: Language) -> str:
    del language
    return ""


def _saved(written: tuple[Path, Path, Path], language: Language) -> str:
    return language.text("Saved: {file}, and beside it as text (.txt) and as a page (.html)").format(
        file=written[0]
    )


def _not_saved(error: OSError, language: Language) -> str:
    return language.text("The report can't be written ({reason}).").format(reason=why(error, language))


def _copied(language: Language) -> str:
    return language.text(
        "Sent to the clipboard: a summary for a mail or a chat. Nothing to paste? "
        "Then this terminal does not allow it: s saves the report to a file."
    )


class DiagnosticsScreen(AppScreen[None]):
    """Scrolls; shows the report as it would be saved."""

    BINDINGS = [  # noqa: RUF012 - Textual's
        Binding("escape,left", "dismiss", N_("Back")),
        Binding("s", "save", N_("Save")),
        Binding("c", "copy", N_("Copy")),
        Binding("i", "private", N_("Keep names")),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._notice: Callable[[Language], str] = _nothing
        """What stands above the report, worded whenever it is drawn: the language may change."""

    def compose(self) -> ComposeResult:
        """See Textual."""
        yield PlainText(id="notice")
        yield PageContent(self._all)
        yield KeyBar()

    def on_mount(self) -> None:
        """Arrows scroll from the start."""
        self.query_one(PageContent).focus()

    def show(self) -> None:
        """See `AppScreen`."""
        self.query_one("#notice", PlainText).set_text(self._notice(self.session.language))
        self.query_one(PageContent).refresh(recompose=True)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Before there is a report, nothing can be saved: the keys are grey."""
        del parameters
        return None if action in {"save", "copy"} and self.session.report is None else True

    def action_private(self) -> None:
        """Keep private names in what is written, or take them out again."""
        self.session.include_private = not self.session.include_private
        self._notice = _nothing
        self.show()

    def action_save(self) -> None:
        """Write the report to files, and say where they are."""
        report = exportable(self.session)
        if report is None:
            return
        try:
            self._notice = partial(_saved, save(report, self.session, folder_for_reports()))
        except OSError as error:
            self._notice = partial(_not_saved, error)
        self.show()

    def action_copy(self) -> None:
        """Ask the terminal to put a few lines on the clipboard, for a mail or a chat; whether it does, it never says."""
        report = exportable(self.session)
        if report is not None:
            self.app.copy_to_clipboard(short_summary(report, self.session))
            self._notice = _copied
            self.show()

    def _all(self) -> Iterator[Widget]:
        session, text = self.session, self.session.language.text
        yield PlainText(text("For the IT desk"), classes="title")
        report = exportable(session)
        if report is None:
            yield PlainText(text("The report comes when the run has ended."))
        else:
            yield from self._privacy(report)
            yield from self._timings(report)
        yield PlainText(text("Log (it stays on this computer)"), classes="heading")
        yield PlainText(str(session.log_path) if session.log_path else text("It could not be written."))
        for line in own_log(session.log_path, keep_texts=session.include_private).lines(session.language):
            yield PlainText(line, classes="param")
        if report is not None:
            yield PlainText(text("The report"), classes="heading")
            yield Document(json.encode(report).decode())

    def _privacy(self, report: Report) -> Iterator[Widget]:
        language, text = self.session.language, self.session.language.text
        yield PlainText(text("What is left out"), classes="heading")
        if self.session.include_private:
            yield PlainText(
                text(
                    "Nothing: names and addresses stay in what is saved and copied. Press i to take them out."
                ),
                classes="limit",
            )
            return
        kinds = [f"{text(KINDS[kind])} ({count})" for kind, count in sorted(redacted_counts(report).items())]
        if kinds:
            line = text("Replaced by codes: {kinds}. Press i to keep them.")
            yield PlainText(line.format(kinds=language.sequence(kinds)), classes="limit")
        else:
            yield PlainText(text("There is no private name or address in this report."), classes="limit")

    def _timings(self, report: Report) -> Iterator[Widget]:
        language, text = self.session.language, self.session.language.text
        yield PlainText(text("Checks"), classes="heading")
        for result in report.checks:
            if result.status is not Status.SKIPPED:
                codes = ", ".join(finding.code for finding in result.findings)
                seconds = language.quantity(result.duration_s, "s")
                yield PlainText(f"{result.id}: {result.status.value}, {seconds}; {codes}", classes="param")
        for error in report.errors:
            yield PlainText(f"{error.where}: {error.reason} {error.detail}".rstrip(), classes="param")
