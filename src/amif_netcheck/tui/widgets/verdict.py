"""The top of the checklist: the question, the answer in words, and what to do first."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Vertical

from amif_netcheck.advice.appointment import entitled, line
from amif_netcheck.advice.lookup import say
from amif_netcheck.advice.verdicts import VERDICT_WORDS, first
from amif_netcheck.model.report import Mode, Report, Verdict
from amif_netcheck.tui.drawn import Words
from amif_netcheck.tui.session import Session
from amif_netcheck.tui.widgets.link_live import one_line

MANNERS = {
    Verdict.READY: "ok",
    Verdict.LIMITED: "warning",
    Verdict.NOT_READY: "critical",
    Verdict.UNDETERMINED: "unknown",
}
_WHOLE = 100
_LONGEST_CURVE = 40
_READINGS_CELLS = 56
"""What the words of all readings take."""


class VerdictBanner(Vertical):
    """Draws the session; `show` after each change of it."""

    TELL_TIME_EVERY_S: ClassVar[float] = 5.0

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session

    def compose(self) -> ComposeResult:
        """See Textual."""
        yield Words(id="question")
        yield Words(id="answer")
        yield Words(id="first")

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
        answer = self.query_one("#answer", Words)
        to_do = self.query_one("#first", Words)
        for manner in MANNERS.values():
            answer.remove_class(f"-{manner}")
        if session.running or report is None:
            answer.say(language.text("Checking this computer and its connection…"))
            self.show_readings()
            return
        manner = MANNERS[report.verdict]
        answer.add_class(f"-{manner}")
        answer.say(f"{session.symbols.of[manner]} {self._answer(report)}")
        to_do.say(self._first(report))

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
        self.query_one("#question", Words).say(next(fitting, choices[-1]))

    def on_resize(self) -> None:
        """What there is room for may change."""
        self.show_time()

    def show_readings(self) -> None:
        """While a run goes on, what is being measured at this moment stands where the first thing to do will be."""
        if self._session.running:
            room = self.size.width - _READINGS_CELLS
            self.query_one("#first", Words).say(one_line(self._session, min(_LONGEST_CURVE, room)))

    def _answer(self, report: Report) -> str:
        language = self._session.language
        parts = [language.text(VERDICT_WORDS[report.verdict])]
        if report.score is not None and report.verdict is not Verdict.UNDETERMINED:
            points = language.plural("{count} point out of 100", "{count} points out of 100", report.score)
            parts.append(points.format(count=report.score))
        covered = round(report.coverage * _WHOLE)
        if covered < _WHOLE:
            share = language.quantity(covered, "pct")
            parts.append(language.text("{share} of the list checked").format(share=share))
        if report.mode is Mode.PARTIAL:
            parts.append(language.text("of these checks alone"))
        return " · ".join(parts)

    def _first(self, report: Report) -> str:
        session, language = self._session, self._session.language
        finding = first(report)
        if finding is None:
            return (
                language.text("Nothing to do: have a good meeting.")
                if report.verdict is Verdict.READY
                else ""
            )
        summary = say(finding, language, session.system).summary
        if report.next_action is None:
            return summary
        if report.verdict is Verdict.READY:
            return language.text("If there is time: {summary}").format(summary=summary)
        return language.text("To fix first: {summary}").format(summary=summary)
