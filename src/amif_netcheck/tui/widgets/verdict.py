"""The top of the checklist: the question; the answer as a block of its colour; what to do first, how, and by which key."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from amif_netcheck.advice.appointment import entitled, line
from amif_netcheck.advice.language import N_
from amif_netcheck.advice.next_step import NextStep
from amif_netcheck.advice.scenarios import scenario_name
from amif_netcheck.advice.verdicts import VERDICT_WORDS, checked, counts, displayed_score
from amif_netcheck.model.report import Mode, Report, Verdict
from amif_netcheck.output.escape import for_terminal
from amif_netcheck.tui.session import Session
from amif_netcheck.tui.steps import taken_here
from amif_netcheck.tui.widgets.link_live import one_line
from amif_netcheck.tui.widgets.text import PlainText, Sentences

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


_FIX = ("f", N_("do it for me"), N_("fix it"))
_WALK = ("g", N_("find a better place"), N_("signal"))
_OPEN = (N_("Enter"), N_("all steps"), N_("steps"))
"""A key, what it does, and that in one word."""


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
            yield Sentences(texts["step"], id="step")

    def on_mount(self) -> None:
        """The time left goes on by itself, and what there is time for."""
        if self._session.plan.appointment.starts is not None:
            self.set_interval(self.TELL_TIME_EVERY_S, self.show)

    def show(self, chosen: str | None = None) -> None:
        """Draw the session as it is now."""
        session, report = self._session, self._session.report
        self.chosen = self.chosen if chosen is None else chosen
        status = "running" if session.running or report is None else STATUS_OF[report.verdict]
        self.update_classes({f"-{other}": other == status for other in (*STATUS_OF.values(), "running")})
        self.show_time()
        self.query_one(Sentences).set_instead(self._where_steps_are())
        for name, text in self._texts().items():
            self.query_one(f"#{name}", PlainText).set_text(text)

    def _texts(self) -> dict[str, str]:
        """What is drawn below the question, by the id of its widget."""
        session, language, report = self._session, self._session.language, self._session.report
        if session.running or report is None:
            checking = language.text("Checking this computer and its connection…")
            return {"answer": checking, "score": "", "first": self._readings(), "key": "", "step": ""}
        next_step, score = session.next_step, displayed_score(report)
        begun = next_step.line if self._has_room(next_step) else next_step.short
        return {
            "answer": self._answer(report),
            "score": "" if score is None else f"{score} / {_WHOLE}",
            "first": begun,
            "key": self._named_key(next_step.check, self.size.width - cell_len(begun) - _AROUND_KEY),
            "step": f"→ {taken_here(next_step.step, session)}" if next_step.step else "",
        }

    def _has_room(self, next_step: NextStep) -> bool:
        """May what could not be told, or that all is well, stand in full? What is to be done stands in few words."""
        room = self.size.width - _AROUND_KEY
        return not next_step.short or (
            not next_step.check and (self.size.width <= 0 or cell_len(next_step.line) <= room)
        )

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

    def _named_key(self, check: str, cells: int) -> str:
        """The key that mends `check` with what it does, in as many words as there is room for.

        Keys act on the chosen row, so none is named while that is another one.
        """
        session, text = self._session, self._session.language.text
        if not check or check != self.chosen:
            return ""
        key, *words = _FIX if session.can_fix(check) else _WALK if session.can_walk(check) else _OPEN
        choices = [*(f"{text(key)} {text(does)}" for does in words), text(key)]
        fits = (choice for choice in choices if self.size.width <= 0 or cell_len(choice) <= cells)
        return next(fits, choices[-1])

    def _where_steps_are(self) -> str:
        """For a first step that is too long to stand here."""
        text = self._session.language.text
        if self._session.next_step.check == self.chosen:
            return text("→ Enter: all steps")
        return text("→ o: what to do, in order")

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
            shorter = (line(host, appointment, now, language, room) for room in range(cells, 0, -1))
            choices = [f"{question}  {entitled(host, appointment, now, language)}", *choices, *shorter]
        drawn = map(for_terminal, choices)
        return next((choice for choice in drawn if not cells or cell_len(choice) <= cells), choices[-1])

    def on_resize(self) -> None:
        """What there is room for may change."""
        self.show()

    def show_readings(self) -> None:
        """While a run goes on, what is being measured at this moment stands where the first thing to do will be."""
        if self._session.running:
            self.query_one("#first", PlainText).set_text(self._readings())

    def _readings(self) -> str:
        return one_line(self._session, self.size.width - _BESIDE_READINGS, longest=_LONGEST_CURVE)
