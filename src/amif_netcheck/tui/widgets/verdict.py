"""The top of the checklist: the question, the answer in words, and what to do first."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Vertical

from amif_netcheck.advice.appointment import entitled, line
from amif_netcheck.advice.next_step import answer, to_do
from amif_netcheck.model.report import Verdict
from amif_netcheck.tui.session import Session
from amif_netcheck.tui.widgets.link_live import one_line
from amif_netcheck.tui.widgets.text import PlainText

STATUS_OF = {
    Verdict.READY: "ok",
    Verdict.LIMITED: "warning",
    Verdict.NOT_READY: "critical",
    Verdict.UNDETERMINED: "unknown",
}
_LONGEST_CURVE = 40


class VerdictBanner(Vertical):
    """Draws the session; `show` after each change of it."""

    TELL_TIME_EVERY_S: ClassVar[float] = 5.0

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session

    def compose(self) -> ComposeResult:
        """See Textual."""
        yield PlainText(self._question(), id="question")
        for name, text in self._texts().items():
            yield PlainText(text, id=name)

    def on_mount(self) -> None:
        """The time left goes on by itself."""
        if self._session.plan.appointment.starts is not None:
            self.set_interval(self.TELL_TIME_EVERY_S, self.show_time)

    def show(self) -> None:
        """Draw the session as it is now."""
        session, report = self._session, self._session.report
        status = "" if session.running or report is None else STATUS_OF[report.verdict]
        self.query_one("#answer").update_classes(
            {f"-{other}": other == status for other in STATUS_OF.values()}
        )
        self.show_time()
        for name, text in self._texts().items():
            self.query_one(f"#{name}", PlainText).set_text(text)

    def _texts(self) -> dict[str, str]:
        """What is drawn below the question, by the id of its widget."""
        session, language, report = self._session, self._session.language, self._session.report
        if session.running or report is None:
            checking = language.text("Checking this computer and its connection…")
            return {"answer": checking, "first": self._readings(), "step": ""}
        next_step = to_do(report, language, session.system)
        return {
            "answer": f"{session.symbols.marks[STATUS_OF[report.verdict]]} {answer(report, language)}",
            "first": next_step.line,
            "step": f"→ {next_step.step}" if next_step.step else "",
        }

    def show_time(self) -> None:
        """Only the time left has moved on."""
        self.query_one("#question", PlainText).set_text(self._question())

    def _question(self) -> str:
        """With the meeting and the time left; where there is no room for all that, that time stays."""
        session, cells = self._session, self.size.width
        language, plan = session.language, session.plan
        question = language.text("Ready for the videoconference?")
        host, appointment, now = plan.context.meeting, plan.appointment, session.now()
        short = line(host, appointment, now, language, None)
        if plan.demo:
            short = language.text("Demonstration: {scenario}").format(scenario=plan.demo)
        choices = [f"{question}  {short}".rstrip()]
        if appointment.starts is not None:
            choices = [
                f"{question}  {entitled(host, appointment, now, language)}",
                *choices,
                line(host, appointment, now, language, cells),
            ]
        return next((choice for choice in choices if not cells or cell_len(choice) <= cells), choices[-1])

    def on_resize(self) -> None:
        """What there is room for may change."""
        self.show_time()

    def show_readings(self) -> None:
        """While a run goes on, what is being measured at this moment stands where the first thing to do will be."""
        if self._session.running:
            self.query_one("#first", PlainText).set_text(self._readings())

    def _readings(self) -> str:
        return one_line(self._session, self.content_size.width, longest=_LONGEST_CURVE)
