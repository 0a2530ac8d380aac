"""The top of the checklist: the question, the answer in words, and what to do first."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Vertical

from amif_netcheck.advice.appointment import entitled, line
from amif_netcheck.advice.first import answer, to_do
from amif_netcheck.model.report import Verdict
from amif_netcheck.tui.drawn import PlainText
from amif_netcheck.tui.session import Session
from amif_netcheck.tui.widgets.link_live import one_line

MANNERS = {
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
        yield PlainText(id="question")
        yield PlainText(id="answer")
        yield PlainText(id="first")
        yield PlainText(id="step")

    def on_mount(self) -> None:
        """Draw for the first time; the time left goes on by itself."""
        if self._session.plan.appointment.starts is not None:
            self.set_interval(self.TELL_TIME_EVERY_S, self.show_time)
        self.show()

    def show(self) -> None:
        """Draw the session as it is now."""
        session = self._session
        language, report = session.language, session.report
        self.show_time()
        answered, step = self.query_one("#answer", PlainText), self.query_one("#step", PlainText)
        for manner in MANNERS.values():
            answered.remove_class(f"-{manner}")
        if session.running or report is None:
            answered.say(language.text("Checking this computer and its connection…"))
            step.say("")
            self.show_readings()
            return
        manner = MANNERS[report.verdict]
        answered.add_class(f"-{manner}")
        answered.say(f"{session.symbols.of[manner]} {answer(report, language)}")
        doing = to_do(report, language, session.system)
        self.query_one("#first", PlainText).say(doing.line)
        step.say(f"→ {doing.step}" if doing.step else "")

    def show_time(self) -> None:
        """The question and the meeting, with the time left; where there is no room for all that, that time stays."""
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
        fitting = (each for each in choices if not cells or cell_len(each) <= cells)
        self.query_one("#question", PlainText).say(next(fitting, choices[-1]))

    def on_resize(self) -> None:
        """What there is room for may change."""
        self.show_time()

    def show_readings(self) -> None:
        """While a run goes on, what is being measured at this moment stands where the first thing to do will be."""
        if self._session.running:
            line = self.query_one("#first", PlainText)
            line.say(one_line(self._session, self.content_size.width, longest=_LONGEST_CURVE))
