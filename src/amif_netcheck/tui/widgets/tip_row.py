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
from amif_netcheck.tui.drawn import PlainText
from amif_netcheck.tui.session import Row, Session, Stage

MANNERS = (*(status.value for status in Status), *(stage.value for stage in Stage))
STAGE_WORDS = {Stage.WAITING: N_("Waiting"), Stage.MEASURING: N_("Checking")}


def status_words(session: Session, row: Row) -> str:
    """`✓ OK`."""
    manner = session.manner(row)
    if row.stage is not Stage.DONE or row.result is None:
        word = STAGE_WORDS[row.stage]
    else:
        word = STATUS_WORDS[row.result.status]
    return f"{session.symbols.of[manner]} {session.language.text(word)}"


class TipRow(ListItem):
    """Draws one row of the session; `show` after each change of it."""

    def __init__(self, session: Session, check: str) -> None:
        super().__init__(id=f"row-{check}")
        self._session = session
        self.check = check

    def compose(self) -> ComposeResult:
        """See Textual."""
        yield PlainText(classes="status")
        with Vertical():
            yield PlainText(classes="tip")
            yield PlainText(classes="found")

    def on_mount(self) -> None:
        """Draw for the first time."""
        self.show()

    def show(self) -> None:
        """Draw the row as it is now."""
        session = self._session
        row = session.rows[self.check]
        manner = session.manner(row)
        for each in MANNERS:
            self.set_class(each == manner, f"-{each}")
        self.query_one(".status", PlainText).say(status_words(session, row))
        self.query_one(".tip", PlainText).say(session.language.text(TIPS[self.check].tip))
        found = ""
        if row.result is not None and row.result.findings:
            found = say(worst_first(row.result)[0], session.language, session.system).summary
        if session.watching == self.check:
            found = session.language.text("Watched: {summary}").format(summary=found)
        self.query_one(".found", PlainText).say(found)
