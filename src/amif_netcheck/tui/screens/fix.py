"""What can be done for the person about one row: says exactly what, asks, does it on their yes alone, and checks again."""

from __future__ import annotations

import contextlib
from enum import Enum

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.css.query import NoMatches
from textual.widgets import Footer, OptionList
from textual.widgets.option_list import Option

from amif_netcheck import fixes
from amif_netcheck.advice import fixes as words
from amif_netcheck.advice.language import N_
from amif_netcheck.advice.lookup import say
from amif_netcheck.advice.tips import TIPS
from amif_netcheck.advice.verdicts import worst_first
from amif_netcheck.model.fix import Fix, FixResult, Outcome
from amif_netcheck.tui.drawn import Words, literal
from amif_netcheck.tui.messages import Again
from amif_netcheck.tui.screens.page import Page
from amif_netcheck.tui.session import Session, Stage
from amif_netcheck.tui.widgets.body import Body
from amif_netcheck.tui.widgets.tip_row import status_words

_NO, _YES = "no", "yes"


class Step(Enum):
    """Where the person is."""

    LOOKING = "looking"
    CHOOSING = "choosing"
    ASKING = "asking"
    DOING = "doing"
    TOLD = "told"


class Answers(OptionList):
    """What can be answered; arrows and Enter move among it from the start, the first is the one that does nothing or asks."""

    def on_mount(self) -> None:
        """See above."""
        self.highlighted = 0
        self.focus()


class FixPage(Page[None]):
    """Nothing is done before the person has chosen yes; Esc and no leave everything as it is."""

    BINDINGS = [  # noqa: RUF012 - Textual's
        Binding("escape,left", "dismiss", N_("Back")),
        Binding("y,o", "yes", N_("Yes")),
        Binding("n", "no", N_("No")),
    ]

    def __init__(self, session: Session, check: str) -> None:
        super().__init__(session)
        self.step = Step.LOOKING
        self._check = check
        self._offers: tuple[Fix, ...] = ()
        self._chosen: Fix | None = None
        self._result: FixResult | None = None

    def on_mount(self) -> None:
        """Look what can be done now: applications, players and devices come and go."""
        self.run_worker(self._look(), exclusive=True)

    async def _look(self) -> None:
        wishes = self.session.wishes(self._check)
        self._offers = await fixes.look(self.session.plan.context.platform, wishes)
        if len(self._offers) == 1:
            self._chosen = self._offers[0]
        self._go(Step.ASKING if self._chosen else Step.CHOOSING)

    def _go(self, step: Step) -> None:
        self.step = step
        with contextlib.suppress(NoMatches):  # it is being taken down
            self.show()
            self.refresh_bindings()

    def show(self) -> None:
        """See `Page`."""
        self.query_one(Body).refresh(recompose=True)

    def compose(self) -> ComposeResult:
        """See Textual."""
        yield Body(self._body)
        yield Footer(compact=True, show_command_palette=False)

    def _body(self) -> ComposeResult:
        language, text = self.session.language, self.session.language.text
        yield Words(text(TIPS[self._check].title), classes="title")
        result = self.session.rows[self._check].result
        if result is not None and self.step is not Step.TOLD:
            yield Words(say(worst_first(result)[0], language, self.session.system).summary, classes="found")
        if self.step is Step.LOOKING:
            yield Words(text("One moment: looking what can be done from here…"))
        elif self.step is Step.CHOOSING and not self._offers:
            yield Words(text("Nothing can be done from here without risk. You can do it yourself:"))
            yield from self._steps()
        elif self.step is Step.CHOOSING:
            yield Words(
                text("This program can do one of these for you. It will ask before it does anything.")
            )
            titles = [words.say(fix, language).title for fix in self._offers]
            options = [Option(literal(title), id=str(number)) for number, title in enumerate(titles)]
            yield Answers(*options, Option(literal(text("Do nothing")), id=_NO))
        elif self.step is Step.ASKING and self._chosen is not None:
            said = words.say(self._chosen, language)
            yield Words(text("If you say yes:"), classes="heading")
            yield Words(said.does, classes="summary")
            yield Words(said.leaves)
            yield Words(text("Shall this be done?"), classes="heading")
            yield Answers(
                Option(literal(text("No, do nothing")), id=_NO),
                Option(literal(text("Yes, do it")), id=_YES),
            )
        elif self.step is Step.DOING and self._chosen is not None:
            yield Words(words.say(self._chosen, language).title, classes="summary")
            yield Words(text("One moment…"))
        elif self._result is not None and self._chosen is not None:
            yield Words(
                words.say_outcome(self._chosen, self._result.outcome, language), classes="summary outcome"
            )
            if self._result.outcome in {Outcome.REFUSED, Outcome.FAILED, Outcome.UNFINISHED}:
                yield from self._steps()
            yield from self._now()

    def _steps(self) -> ComposeResult:
        """The steps of the finding that called for help."""
        session = self.session
        result = session.rows[self._check].result
        for finding in worst_first(result)[:1] if result else ():
            for number, step in enumerate(say(finding, session.language, session.system).steps, start=1):
                yield Horizontal(
                    Words(f"{number}.", classes="number"), Words(step, classes="step"), classes="line"
                )

    def _now(self) -> ComposeResult:
        """The row, which is checked again."""
        session, row = self.session, self.session.rows[self._check]
        yield Words(session.language.text("This line now"), classes="heading")
        yield Words(status_words(session, row), classes=f"status -{session.manner(row)}")
        if row.stage is Stage.DONE and row.result is not None:
            for finding in worst_first(row.result):
                yield Words(say(finding, session.language, session.system).summary)
        if session.watching == self._check:
            yield Words(
                session.language.text("This line is watched: it turns by itself once that is done."),
                classes="watched",
            )

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Yes and no are keys only while something is asked."""
        del parameters
        return self.step is Step.ASKING if action in {"yes", "no"} else True

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        option = event.option.id
        if option == _NO:
            self.dismiss()
        elif option == _YES:
            self.action_yes()
        elif self.step is Step.CHOOSING and option is not None:
            self._chosen = self._offers[int(option)]
            self._go(Step.ASKING)

    def action_no(self) -> None:
        """Leave everything as it is."""
        self.dismiss()

    def action_yes(self) -> None:
        """Do it; once."""
        if self.step is Step.ASKING and self._chosen is not None:
            self._go(Step.DOING)
            self.app.run_worker(self._do(self._chosen))  # the app's: it ends also when this page is left

    async def _do(self, fix: Fix) -> None:
        self._result = await fixes.carry_out(self.session.plan.context.platform, fix)
        self.app.post_message(Again(self._check, watch=True))
        self._go(Step.TOLD)
