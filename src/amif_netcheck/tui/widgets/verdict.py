"""The top of the checklist: the question; the answer as a block of its colour; what to do first, how, and by which key."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from amif_netcheck.advice.appointment import entitled, line
from amif_netcheck.advice.language import N_
from amif_netcheck.advice.lookup import headline
from amif_netcheck.advice.next_step import to_do
from amif_netcheck.advice.scenarios import scenario_name
from amif_netcheck.advice.verdicts import VERDICT_WORDS, checked, counts, displayed_score, first
from amif_netcheck.model.report import Mode, Report, Verdict
from amif_netcheck.tui.session import Session
from amif_netcheck.tui.steps import taken_here
from amif_netcheck.tui.widgets.link_live import one_line
from amif_netcheck.tui.widgets.text import PlainText

STATUS_OF = {
    Verdict.READY: "ok",
    Verdict.LIMITED: "warning",
    Verdict.NOT_READY: "critical",
    Verdict.UNDETERMINED: "unknown",
}
_LONGEST_CURVE = 40
_WHOLE = 100
_GAP = "   "
_BESIDE_QUESTION, _BESIDE_READINGS = 2, 3
"""Cells of padding, and of the block's edge."""
_AROUND_KEY = 6
"""Cells of the block's edge, and of the space around what to do first and its key."""


class VerdictBanner(Vertical):
    """Draws the session; `show` after each change of it, or when another row is chosen."""

    TELL_TIME_EVERY_S: ClassVar[float] = 5.0

    def __init__(self, session: Session, chosen: str) -> None:
        super().__init__(classes="-running")
        self._session = session
        self.chosen = chosen
        """The check of the chosen row, which keys act on."""

    def compose(self) -> ComposeResult:
        """See Textual."""
        texts = self._texts()
        yield PlainText(self._question(), id="question")
        with Vertical(id="block"):
            with Horizontal(id="headed"):
                yield PlainText(texts["answer"], id="answer")
                yield PlainText(texts["score"], id="score")
            with Horizontal(id="begun"):
                yield PlainText(texts["first"], id="first")
                yield PlainText(texts["key"], id="key")
            yield PlainText(texts["step"], id="step")

    def on_mount(self) -> None:
        """The time left goes on by itself."""
        if self._session.plan.appointment.starts is not None:
            self.set_interval(self.TELL_TIME_EVERY_S, self.show_time)

    def show(self, chosen: str | None = None) -> None:
        """Draw the session as it is now."""
        session, report = self._session, self._session.report
        self.chosen = self.chosen if chosen is None else chosen
        status = "running" if session.running or report is None else STATUS_OF[report.verdict]
        self.update_classes({f"-{other}": other == status for other in (*STATUS_OF.values(), "running")})
        self.show_time()
        for name, text in self._texts().items():
            self.query_one(f"#{name}", PlainText).set_text(text)

    def _texts(self) -> dict[str, str]:
        """What is drawn below the question, by the id of its widget."""
        session, language, report = self._session, self._session.language, self._session.report
        if session.running or report is None:
            checking = language.text("Checking this computer and its connection…")
            return {"answer": checking, "score": "", "first": self._readings(), "key": "", "step": ""}
        next_step, score = to_do(report, language, session.system), displayed_score(report)
        begun, (key, does) = self._first(report) or next_step.line, self._key(report)
        named = f"{key} {does}".strip()
        if 0 < self.size.width < cell_len(begun) + cell_len(named) + _AROUND_KEY:
            named = key
        return {
            "answer": self._answer(report),
            "score": "" if score is None else f"{score} / {_WHOLE}",
            "first": begun,
            "key": named,
            "step": f"→ {taken_here(next_step.step, session)}" if next_step.step else "",
        }

    def _answer(self, report: Report) -> str:
        """`✗ NOT READY YET   1 blocking · 6 to improve`; with more where there is room."""
        session, language = self._session, self._session.language
        verdict = language.text(VERDICT_WORDS[report.verdict]).upper()
        counted = list(filter(None, [counts(report, language)]))
        more = list(filter(None, [checked(report, language)]))
        if report.mode is Mode.PARTIAL:
            more.append(language.text("of these checks alone"))
        choices = [
            _GAP.join(
                filter(
                    None, (f"{session.symbols.marks[STATUS_OF[report.verdict]]} {verdict}", " · ".join(parts))
                )
            )
            for parts in (counted + more, counted + more[:1], counted)
        ]
        cells = self.size.width - cell_len(f" 100 / {_WHOLE} ") - len(_GAP)
        return next((choice for choice in choices if cells <= 0 or cell_len(choice) <= cells), choices[-1])

    def _first(self, report: Report) -> str:
        """What to do first, in a few words."""
        language, finding = self._session.language, first(report)
        if finding is None or report.next_action is None:
            return ""
        words = headline(finding, language)
        form = (
            N_("If there is time: {summary}") if report.verdict is Verdict.READY else N_("First: {summary}")
        )
        return language.text(form).format(summary=words)

    def _key(self, report: Report) -> tuple[str, str]:
        """The key that does it, and what it does; keys act on the chosen row, so none is named while that is another one."""
        session, text = self._session, self._session.language.text
        if report.next_action is None or report.next_action.check != self.chosen:
            return "", ""
        if session.can_fix(self.chosen):
            return "f", text("do it for me")
        if session.can_walk(self.chosen):
            return "g", text("find a better place")
        return text("Enter"), text("all steps")

    def show_time(self) -> None:
        """Only the time left has moved on."""
        self.query_one("#question", PlainText).set_text(self._question())

    def _question(self) -> str:
        """With the meeting and the time left; where there is no room for all that, that time stays."""
        session, cells = self._session, max(0, self.size.width - _BESIDE_QUESTION)
        language, plan = session.language, session.plan
        question = language.text("Ready for the videoconference?")
        host, appointment, now = plan.context.meeting, plan.appointment, session.now()
        short = line(host, appointment, now, language, None)
        if plan.demo:
            short = language.text("Demonstration: {scenario}").format(
                scenario=scenario_name(plan.demo, language)
            )
        elif not host and session.read_meeting is not None and appointment.starts is None:
            short = language.text("v: give the meeting's link")
        choices = [f"{question}  {short}".rstrip(), *([short] if short else [])]
        if appointment.starts is not None:
            choices = [
                f"{question}  {entitled(host, appointment, now, language)}",
                *choices,
                line(host, appointment, now, language, cells),
            ]
        return next((choice for choice in choices if not cells or cell_len(choice) <= cells), choices[-1])

    def on_resize(self) -> None:
        """What there is room for may change."""
        self.show()

    def show_readings(self) -> None:
        """While a run goes on, what is being measured at this moment stands where the first thing to do will be."""
        if self._session.running:
            self.query_one("#first", PlainText).set_text(self._readings())

    def _readings(self) -> str:
        return one_line(self._session, self.size.width - _BESIDE_READINGS, longest=_LONGEST_CURVE)
