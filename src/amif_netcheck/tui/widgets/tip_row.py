"""One tip of the note with what was found about it: a symbol, a word, a colour, and a sentence."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import ListItem

from amif_netcheck.advice.language import N_
from amif_netcheck.advice.lookup import say
from amif_netcheck.advice.tips import TIPS
from amif_netcheck.advice.verdicts import STATUS_WORDS, worst_first
from amif_netcheck.model.report import Status
from amif_netcheck.tui.session import Row, Session, Stage
from amif_netcheck.tui.widgets.text import PlainText

ROW_STATUSES = (*(status.value for status in Status), *(stage.value for stage in Stage))
STAGE_WORDS = {Stage.WAITING: N_("Waiting"), Stage.MEASURING: N_("Checking")}


def status_words(session: Session, row: Row) -> str:
    """`✓ OK`."""
    status = session.row_status(row)
    if row.stage is not Stage.DONE or row.result is None:
        word = STAGE_WORDS[row.stage]
    else:
        word = STATUS_WORDS[row.result.status]
    return f"{session.symbols.marks[status]} {session.language.text(word)}"


class TipRow(ListItem):
    """Draws one row of the session; `show` after each change of it."""

    def __init__(self, session: Session, check: str) -> None:
        super().__init__(id=f"row-{check}", classes=f"-{session.row_status(session.rows[check])}")
        self._session = session
        self.check = check

    def compose(self) -> ComposeResult:
        """See Textual."""
        texts = self._texts()
        yield PlainText(texts["status"], classes="status")
        with Vertical():
            yield PlainText(texts["tip"], classes="tip")
            yield PlainText(texts["finding"], classes="finding")

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
        session, row, summary = self._session, self._row, ""
        if row.result is not None and row.result.findings:
            summary = say(worst_first(row.result)[0], session.language, session.system).summary
        if session.watching == self.check:
            summary = session.language.text("Watched: {summary}").format(summary=summary)
        tip = session.language.text(TIPS[self.check].tip)
        return {"status": status_words(session, row), "tip": tip, "finding": summary}
