"""What to do in which order, by the time that is left; and what helps where that time is too short."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from amif_netcheck.advice import plan_b
from amif_netcheck.advice.agenda import HEADINGS, Item, agenda
from amif_netcheck.advice.appointment import Occasion, countdown
from amif_netcheck.advice.language import N_, SPACE
from amif_netcheck.advice.tips import TIPS
from amif_netcheck.advice.words import AGAIN
from amif_netcheck.model.finding import Severity
from amif_netcheck.model.report import Report
from amif_netcheck.tui.screens.base import AppScreen
from amif_netcheck.tui.steps import taken_here
from amif_netcheck.tui.widgets.key_bar import KeyBar
from amif_netcheck.tui.widgets.page_content import PageContent
from amif_netcheck.tui.widgets.text import PlainText


class AgendaScreen(AppScreen[None]):
    """Scrolls; the key that opens it closes it too."""

    BINDINGS = [  # noqa: RUF012 - Textual's
        Binding("escape,left,o", "dismiss", N_("Back")),
    ]

    def compose(self) -> ComposeResult:
        """See Textual."""
        yield PageContent(self._all)
        yield KeyBar()

    def on_mount(self) -> None:
        """Arrows scroll from the start."""
        self.query_one(PageContent).focus()

    def show(self) -> None:
        """See `AppScreen`."""
        self.query_one(PageContent).refresh(recompose=True)

    def _all(self) -> Iterator[Widget]:
        session, text, report = self.session, self.session.language.text, self.session.report
        title = text("What to do, in order")
        when = countdown(session.plan.appointment, session.now(), session.language)
        if when:
            title = text("{title} (meeting {when})").format(title=title, when=when)
        yield PlainText(title, classes="title")
        if report is None:
            yield PlainText(text("The list comes when the run has ended."))
            return
        event = session.occasion
        items = agenda(report.checks, event.minutes_left)
        if not items:
            yield PlainText(text("Nothing to do: have a good meeting."), classes="summary")
        number = 0
        for group, inside in groupby(self._news(items), key=lambda item: item.when):
            yield PlainText(text(HEADINGS[group]), classes="heading")
            for item in inside:
                number += 1
                yield self._item(number, item)
        yield from self._plan_b(report, event)

    def _news(self, items: Iterable[Item]) -> Iterator[Item]:
        """Without those that begin as one before them does: doing that helps both."""
        told = set[str]()
        for item in items:
            step = self._first_step(item)
            if step not in told or item.finding.severity is Severity.CRITICAL:
                yield item
            told.update(filter(None, (step,)))

    def _first_step(self, item: Item) -> str:
        again = self.session.language.text(AGAIN)
        steps = self.session.told(item.finding).steps
        return next((taken_here(step, self.session) for step in steps if step != again), "")

    def _item(self, number: int, item: Item) -> Widget:
        """Its number, what is wrong, how long it takes, and how it begins."""
        session, language = self.session, self.session.language
        words = session.told(item.finding)
        line = language.text("{title}: {headline}").format(
            title=language.text(TIPS[item.check].title), headline=words.headline
        )
        if item.minutes is not None:
            line += f" ({item.minutes}{SPACE}min)"
        step = self._first_step(item)
        status = item.finding.severity.value
        body = PlainText(line, classes="todo")
        how = PlainText(f"→ {step}" if step else "", classes="how")
        mark = PlainText(f"{number}.", classes="number")
        return Horizontal(mark, Vertical(body, how, classes="words"), classes=f"line -{status}")

    def _plan_b(self, report: Report, event: Occasion) -> Iterator[Widget]:
        language = self.session.language
        ways = plan_b.plan_b(report, event)
        if ways:
            yield PlainText(language.text("If it can't be mended in time"), classes="heading")
        lines = [line for way in ways for line in plan_b.say(way, language, event)]
        for number, line in enumerate(lines, start=1):
            yield Horizontal(
                PlainText(f"{number}.", classes="number"), PlainText(line, classes="step"), classes="line"
            )
