"""What can be done for the person about one row: says exactly what, asks, has it done on their yes alone, and checks again."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from enum import Enum
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.css.query import NoMatches
from textual.timer import Timer
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from amif_netcheck.advice import fixes as words
from amif_netcheck.advice.agenda import HEADINGS, When
from amif_netcheck.advice.language import N_
from amif_netcheck.advice.tips import TIPS
from amif_netcheck.advice.verdicts import worst_first
from amif_netcheck.model.fix import FixOutcome
from amif_netcheck.model.report import ReportedFinding
from amif_netcheck.run import fixes
from amif_netcheck.run.fixes import Offer
from amif_netcheck.tui.messages import Again, CarryOut
from amif_netcheck.tui.screens.base import AppScreen
from amif_netcheck.tui.session import FixInProgress, Session, Stage
from amif_netcheck.tui.steps import taken_here
from amif_netcheck.tui.widgets.key_bar import KeyBar
from amif_netcheck.tui.widgets.page_content import PageContent
from amif_netcheck.tui.widgets.text import PlainText, literal
from amif_netcheck.tui.widgets.tip_row import status_words

_NO, _YES = "no", "yes"


class Step(Enum):
    """Where the person is."""

    LOOKING = "looking"
    CHOOSING = "choosing"  # among several fixes, or there is none
    ASKING = "asking"  # nobody can have read the question yet
    ANSWERABLE = "answerable"  # a yes counts
    DOING = "doing"
    ENDED = "ended"  # what came of it, or nothing is needed any more
    LEFT = "left"


_ASKING = frozenset({Step.ASKING, Step.ANSWERABLE})
_WITH_STEPS = frozenset({Step.CHOOSING, Step.ENDED})
"""Where steps may stand, some of which name a key."""
_FOLLOWING: dict[Step, frozenset[Step]] = {
    Step.LOOKING: frozenset({Step.CHOOSING, Step.ASKING, Step.LEFT}),
    Step.CHOOSING: frozenset({Step.ASKING, Step.ENDED, Step.LEFT}),
    Step.ASKING: frozenset({Step.ANSWERABLE, Step.ENDED, Step.LEFT}),
    Step.ANSWERABLE: frozenset({Step.ASKING, Step.DOING, Step.ENDED, Step.LEFT}),
    Step.DOING: frozenset({Step.ENDED, Step.LEFT}),
    Step.ENDED: frozenset({Step.LEFT}),
    Step.LEFT: frozenset(),
}


class FixChoices(OptionList):
    """What can be answered. Arrows and Enter move among it from the start; an answer counts at once, before any other key."""

    def __init__(self, *options: Option, highlighted: int, on_answer: Callable[[str], None]) -> None:
        super().__init__(*options)
        self._first_highlighted = highlighted
        self._on_answer = on_answer

    def on_mount(self) -> None:
        """See above."""
        self.highlighted = self._first_highlighted
        self.focus()

    def action_select(self) -> None:
        """See Textual, which would tell by a message, behind the keys that wait already."""
        if self.highlighted is not None:
            self._on_answer(self.get_option_at_index(self.highlighted).id or _NO)


class FixScreen(AppScreen[None]):
    """Nothing is done before the person has read the question and chosen yes; Esc and no leave everything as it is."""

    BINDINGS = [  # noqa: RUF012 - Textual's
        Binding("escape,left", "no", N_("Back")),
        Binding("y,o", "yes", N_("Yes")),
        Binding("n", "no", N_("No")),
        Binding("r", "again", N_("Again"), show=False),
        Binding("m", "sound_test", N_("Test"), show=False),
        Binding("v", "app.meeting", N_("Meeting"), show=False),
    ]
    READ_S: ClassVar[float] = 0.5
    """A yes counts when the question has been on the screen for so long: keys that were typed before it are no answer."""

    def __init__(self, session: Session, check: str) -> None:
        super().__init__(session)
        self.step = Step.LOOKING
        self.fixing: FixInProgress | None = None
        self._check = check
        self._offers: tuple[Offer, ...] = ()
        self._offer: Offer | None = None
        self._reading: Timer | None = None
        self._drawn: tuple[object, ...] = ()
        self._highlighted = 0

    def on_mount(self) -> None:
        """Look what can be done now: applications, players and devices come and go."""
        self.run_worker(self._look(), exclusive=True)

    async def _look(self) -> None:
        requests = self.session.requests(self._check)
        self._offers = await fixes.look_for(self.session.plan.context.platform, requests)
        if len(self._offers) == 1:
            self._ask(self._offers[0])
        elif self._go(Step.CHOOSING):
            self._redraw()

    def _go(self, step: Step) -> bool:
        """Go on to `step`; False, and nothing is changed, where it can't follow."""
        if step not in _FOLLOWING[self.step]:
            return False
        self.step = step
        return True

    def _ask(self, offer: Offer) -> None:
        if self._go(Step.ASKING):
            self._offer = offer
            self._redraw()
            self._start_reading()

    @property
    def _on_top(self) -> bool:
        """Textual's `is_current` holds for a page right under another one too."""
        return self.app.screen is self

    def _start_reading(self) -> None:
        """From when the question is painted; a page under another one is not."""
        if self.step is Step.ASKING and self._on_top:
            self.call_after_refresh(self.call_after_refresh, self._painted)

    def _painted(self) -> None:
        if self._reading is not None:
            self._reading.stop()
        self._reading = self.set_timer(self.READ_S, self._let_answer)

    def _let_answer(self) -> None:
        if self._on_top and self._go(Step.ANSWERABLE):
            self.refresh_bindings()

    def on_screen_suspend(self) -> None:
        """Another page covers the question: it has to be read anew."""
        if self.step is Step.ANSWERABLE:
            self._go(Step.ASKING)
        if self._reading is not None:
            self._reading.stop()

    def on_screen_resume(self) -> None:
        """The question is on the screen again."""
        self._start_reading()

    def _redraw(self) -> None:
        with contextlib.suppress(NoMatches):  # it is being taken down
            self.show()
            self.refresh_bindings()

    # --- what is drawn ---------------------------------------------------------------------------

    def show(self) -> None:
        """See `AppScreen`. What stays the same is left alone, and so is the cursor among the answers."""
        session = self.session
        pointless = self.step is not Step.DOING and not session.requests(self._check)
        carried_out = self.fixing is not None and self.fixing.result is not None
        if (pointless or carried_out) and self._go(Step.ENDED):
            self.refresh_bindings()
        row = session.rows[self._check]
        step = Step.ASKING if self.step in _ASKING else self.step
        drawn = (
            *(step, self._offer, session.language.code, row.stage, row.result),
            session.watching == self._check,
        )
        if self.step is not Step.LEFT and drawn != self._drawn:
            choices = self.query(FixChoices) if self._drawn and self._drawn[0] == step else ()
            self._highlighted = next((list_.highlighted or 0 for list_ in choices), 0)
            self._drawn = drawn
            self.query_one(PageContent).refresh(recompose=True)

    def shows(self, fixing: FixInProgress) -> bool:
        """See `AppScreen`."""
        return self.fixing is fixing

    def compose(self) -> ComposeResult:
        """See Textual."""
        yield PageContent(self._body)
        yield KeyBar()

    def _body(self) -> ComposeResult:
        language, text = self.session.language, self.session.language.text
        yield PlainText(text(TIPS[self._check].title), classes="title")
        about = self._about()
        if about is not None and self.step is not Step.ENDED:
            yield PlainText(self.session.told(about).summary, classes="finding")
        if self.step is Step.LOOKING:
            yield PlainText(text("One moment: looking what can be done from here…"), classes="heading")
        elif self.step is Step.CHOOSING:
            yield from self._choosing()
        elif self.step in _ASKING and self._offer is not None:
            fix_words = words.word_fix(self._offer.fix, language)
            yield PlainText(text("If you say yes:"), classes="heading")
            yield PlainText(fix_words.does, classes="summary")
            yield PlainText(fix_words.leaves)
            yield PlainText(text("Shall this be done?"), classes="heading")
            yield self._answers((_NO, text("No, do nothing")), (_YES, text("Yes, do it")))
        elif self.step is Step.DOING and self._offer is not None:
            yield PlainText(words.word_fix(self._offer.fix, language).title, classes="summary")
            yield PlainText(text("One moment…"))
        else:
            yield from self._outcome()

    def _choosing(self) -> ComposeResult:
        language, text = self.session.language, self.session.language.text
        if not self._offers:
            yield PlainText(
                text("This program can't do it for you here. You can do it yourself:"), classes="heading"
            )
            yield from self._steps(self._about())
            return
        yield PlainText(
            text(
                "This program can do one of these for you: choose with the arrows and Enter. It does nothing without your yes."
            ),
            classes="heading",
        )
        titles = [words.word_fix(offer.fix, language).title for offer in self._offers]
        yield self._answers(
            *((str(number), title) for number, title in enumerate(titles)), (_NO, text("Do nothing"))
        )

    def _answers(self, *options: tuple[str, str]) -> FixChoices:
        return FixChoices(
            *(Option(literal(line), id=key) for key, line in options),
            highlighted=self._highlighted,
            on_answer=self._answer,
        )

    def _outcome(self) -> ComposeResult:
        if self.fixing is None or self.fixing.result is None:
            yield PlainText(self.session.language.text(words.NOT_NEEDED), classes="summary")
        else:
            fix, outcome = self.fixing.offer.fix, self.fixing.result.outcome
            calls = self.fixing.offer.request in self.session.requests(self._check)
            if outcome is FixOutcome.UNFINISHED and not calls and self.session.is_newer(self.fixing):
                outcome = FixOutcome.DONE
            yield PlainText(
                words.word_outcome(fix, outcome, self.session.language), classes="summary outcome"
            )
            if outcome in {FixOutcome.REFUSED, FixOutcome.FAILED, FixOutcome.UNFINISHED} and calls:
                yield from self._steps(self._about())
        yield from self._now()

    def _about(self) -> ReportedFinding | None:
        """The finding that the chosen fix is for; before one is chosen, the worst one that calls for any."""
        session, result = self.session, self.session.rows[self._check].result
        if session.report is None or result is None:
            return None
        able = set(session.requests(self._check))
        meant = {self._offer.request} if self._offer is not None else able
        findings = worst_first(result)
        return next(
            (
                finding
                for finding in findings
                if meant & set(fixes.requests(finding, session.report.facts, session.plan.desk))
            ),
            findings[0] if findings else None,
        )

    def _steps(self, finding: ReportedFinding | None) -> ComposeResult:
        session = self.session
        if finding is not None:
            if session.waits(finding):
                yield PlainText(session.language.text(HEADINGS[When.AFTER]), classes="heading")
            for number, step in enumerate(session.told(finding).steps, start=1):
                yield Horizontal(
                    PlainText(f"{number}.", classes="number"),
                    PlainText(taken_here(step, session), classes="step"),
                    classes="line",
                )

    def _now(self) -> ComposeResult:
        """The row, which is checked again."""
        session, row = self.session, self.session.rows[self._check]
        yield PlainText(session.language.text("This line now"), classes="heading")
        yield PlainText(status_words(session, row), classes=f"status -{session.row_status(row)}")
        if row.stage is Stage.DONE and row.result is not None:
            for finding in worst_first(row.result):
                yield PlainText(session.told(finding).summary)
        if session.watching == self._check:
            yield PlainText(
                session.language.text("This line is watched: it turns by itself once that is done."),
                classes="watched",
            )

    # --- what keys do ----------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Yes is a key only while something is asked, and grey until it can have been read."""
        del parameters
        session = self.session
        if action == "yes":
            return True if self.step is Step.ANSWERABLE else None if self.step is Step.ASKING else False
        if action in {"again", "sound_test"} and (self.step not in _WITH_STEPS or session.running):
            return False
        return session.can_test_sound(self._check) if action == "sound_test" else True

    def action_again(self) -> None:
        """As a step says: back to the line, which is checked again."""
        self._leave()
        self.app.post_message(Again(self._check))

    def action_sound_test(self) -> None:
        """As a step says."""
        from amif_netcheck.tui.screens.sound_test import SoundTestScreen

        app = self.app
        self._leave()
        app.push_screen(SoundTestScreen(self.session))

    def _leave(self) -> None:
        self._go(Step.LEFT)
        self.dismiss()

    def _answer(self, option: str) -> None:
        if option == _YES:
            self.action_yes()
        elif option == _NO and self.step is not Step.ASKING:
            self.action_no()
        elif self.step is Step.CHOOSING:
            self._ask(self._offers[int(option)])

    def action_no(self) -> None:
        """Leave everything as it is; from now on nothing is an answer any more."""
        if self._on_top and self._go(Step.LEFT):
            self.dismiss()

    def action_yes(self) -> None:
        """Have it done; once."""
        if self._offer is not None and self.session.fixing is None and self._go(Step.DOING):
            self.fixing = FixInProgress(self._check, self._offer)
            self._redraw()
            self.post_message(CarryOut(self.fixing))
