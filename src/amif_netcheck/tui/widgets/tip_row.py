"""One line of the list: a symbol, what it is about, what was found in a few words, and how many more findings there are."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Container
from textual.widgets import ListItem

from amif_netcheck.advice.language import N_
from amif_netcheck.advice.lookup import headline
from amif_netcheck.advice.tips import TIPS
from amif_netcheck.advice.verdicts import STATUS_WORDS, worst_first
from amif_netcheck.model.report import Status
from amif_netcheck.tui.session import Row, Session, Stage
from amif_netcheck.tui.widgets.text import PlainText

ROW_STATUSES = (*(status.value for status in Status), *(stage.value for stage in Stage))
STAGE_WORDS = {
    Stage.WAITING: N_("Waiting"),
    Stage.MEASURING: N_("Checking"),
    Stage.HELD: N_("Already measured"),
}

_STILL = (N_("Checked at {clock}: {status}, as before"), N_("{clock}: {status}, as before"))
_UNCHANGED = (_STILL[0], N_("Checked at {clock}: unchanged"), N_("{clock}: unchanged"))
_CHANGED = (N_("Checked at {clock}: {before} → {now}"), N_("{clock}: {before} → {now}"))
"""From many words to few."""


def status_words(session: Session, row: Row) -> str:
    """`✓ OK`."""
    return f"{session.symbols.marks[session.row_status(row)]} {status_word(session, row)}"


def status_word(session: Session, row: Row) -> str:
    """`OK`."""
    if row.stage is not Stage.DONE or row.result is None:
        return session.language.text(STAGE_WORDS[row.stage])
    return session.language.text(STATUS_WORDS[row.result.status])


def recheck_words(session: Session, row: Row) -> str:
    """`Checked at 09:48:12: Caution → OK`; empty for a row that was never checked again."""
    return next(iter(recheck_choices(session, row)), "")


def recheck_choices(session: Session, row: Row) -> list[str]:
    """The same in ever fewer words."""
    if row.rechecked is None or row.result is None or row.stage is not Stage.DONE:
        return []
    text, before, now = session.language.text, row.rechecked.before.status, row.result.status
    codes = [[finding.code for finding in result.findings] for result in (row.rechecked.before, row.result)]
    forms = _CHANGED if before is not now else _UNCHANGED if codes[0] == codes[1] else _STILL
    statuses = {"status": now, "before": before, "now": now}
    words = {name: text(STATUS_WORDS[status]) for name, status in statuses.items()}
    return [text(form).format(clock=f"{row.rechecked.at:%H:%M:%S}", **words) for form in forms]


class TipRow(ListItem):
    """Draws one row of the session; `show` after each change of it."""

    def __init__(self, session: Session, check: str) -> None:
        super().__init__(id=f"row-{check}", classes=f"-{session.row_status(session.rows[check])}")
        self._session = session
        self.check = check

    def compose(self) -> ComposeResult:
        """See Textual."""
        texts = self._texts()
        yield PlainText(texts["mark"], classes="mark")
        with Container(classes="words"):
            yield PlainText(texts["name"], classes="name")
            yield PlainText(texts["headline"], classes="headline")
        yield PlainText(texts["more"], classes="more")

    def show(self) -> None:
        """Draw the row as it is now."""
        status = self._session.row_status(self._row)
        self.update_classes({f"-{other}": other == status for other in ROW_STATUSES})
        for name, text in self._texts().items():
            self.query_one(f".{name}", PlainText).set_text(text)

    @property
    def _row(self) -> Row:
        return self._session.rows[self.check]

    def _texts(self) -> dict[str, str]:
        """What is drawn, by the class of its widget."""
        session, row = self._session, self._row
        found, more = status_word(session, row) + "…", 0
        if row.stage is Stage.DONE and row.result is not None and row.result.findings:
            worst, *others = worst_first(row.result)
            found = headline(worst, session.language)
            more = len(others)
        return {
            "mark": session.symbols.marks[session.row_status(row)],
            "name": session.language.text(TIPS[self.check].title),
            "headline": found,
            "more": f"+{more}" if more else "",
        }
