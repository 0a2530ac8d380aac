"""All about one row: what was found, why it matters, what to do, value against limit, and a place for experts."""

from __future__ import annotations

from collections.abc import Iterator

from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.widget import Widget

from amif_netcheck.advice.agenda import HEADINGS, When
from amif_netcheck.advice.language import N_
from amif_netcheck.advice.measures import measured
from amif_netcheck.advice.tips import TIPS
from amif_netcheck.advice.verdicts import worst_first
from amif_netcheck.advice.words import AGAIN
from amif_netcheck.model.finding import ParamValue
from amif_netcheck.model.report import ReportedFinding
from amif_netcheck.run import fixes
from amif_netcheck.tui.session import Session
from amif_netcheck.tui.steps import taken_here
from amif_netcheck.tui.widgets.link_live import LinkLive
from amif_netcheck.tui.widgets.text import PlainText
from amif_netcheck.tui.widgets.tip_row import recheck_words, status_words

_VALUE, _LIMIT = "value_", "limit_"


class Detail(VerticalScroll):
    """Draws one row of the session at length; `show` after each change of it."""

    def __init__(self, session: Session, check: str) -> None:
        super().__init__()
        self._session = session
        self.check = check
        self.expert = False
        self._to_experts = False
        self._outdated = False

    def show(self, check: str | None = None) -> None:
        """Draw the row as it is now, or another one from its beginning."""
        if check is not None and check != self.check:
            self.check = check
            self.scroll_home(animate=False)
        self._outdated = not self.display
        if self.display:
            self.refresh(recompose=True)

    def on_show(self) -> None:
        """There is room for it from this moment on."""
        if self._outdated:
            self.show()

    def toggle_expert(self) -> None:
        """Show or hide what experts want to see, and go there."""
        self.expert = not self.expert
        self._to_experts = self.expert and self.display
        self.show()

    async def recompose(self) -> None:
        """See Textual."""
        await super().recompose()
        if self._to_experts:
            self._to_experts = False
            self.call_after_refresh(self._go_to_experts)

    def _go_to_experts(self) -> None:
        for heading in self.query(".expert-heading"):
            self.scroll_to_widget(heading, top=True, animate=False, force=True)

    def compose(self) -> ComposeResult:
        """See Textual."""
        self._outdated = not self.display
        if self._outdated:
            return
        session, text = self._session, self._session.language.text
        row = session.rows[self.check]
        status = session.row_status(row)
        yield PlainText(text(TIPS[self.check].title), classes="title")
        yield PlainText(status_words(session, row), classes=f"status -{status}")
        yield PlainText(text(TIPS[self.check].tip), classes="advice")
        if self._measures_link():
            yield LinkLive(session)
        if row.result is None:
            yield PlainText(text("This is being checked; the answer comes in a moment."))
            return
        again = recheck_words(session, row)
        if again:
            yield PlainText(again, classes="rechecked")
        if session.watching == self.check:
            yield PlainText(
                text("This line is watched: it turns by itself once that is done."), classes="watched"
            )
        shown: set[str] = set()
        for finding in worst_first(row.result):
            yield from self._finding(finding, shown)
        if status not in {"ok", "info"}:
            yield PlainText(
                text("F2: what your IT desk needs to help you, to save or to copy."), classes="can-fix"
            )
        yield PlainText(text("For experts"), classes="heading expert-heading")
        if self.expert:
            yield from self._for_experts()
        else:
            yield PlainText(text("x shows codes, figures and where they come from."), classes="muted")

    def show_readings(self) -> None:
        """Only the readings have moved on."""
        if self._measures_link() and not self.query(LinkLive):
            self.refresh(recompose=True)
        for live in self.query(LinkLive):
            live.refresh()

    def _measures_link(self) -> bool:
        session = self._session
        return self.check == "link" and session.running and bool(session.readings)

    def _finding(self, finding: ReportedFinding, shown: set[str]) -> Iterator[Widget]:
        """One finding; `shown` are the steps that stand on the page already."""
        session, text = self._session, self._session.language.text
        words = session.told(finding)
        yield PlainText(words.summary, classes="summary")
        if words.meaning:
            yield PlainText(text("Why it matters"), classes="heading")
            yield PlainText(words.meaning)
        steps = self._steps(words.steps)
        news = [step for step in steps if step not in shown]
        shown.update(news)
        if steps:
            when = HEADINGS[When.AFTER] if news and session.waits(finding) else N_("What to do")
            yield PlainText(text(when), classes="heading")
        if steps and not news:
            yield PlainText(text("The same as above."))
        for number, step in enumerate(news, start=1):
            yield Horizontal(
                PlainText(f"{number}.", classes="number"), PlainText(step, classes="step"), classes="line"
            )
        if self._can_fix(finding):
            yield PlainText(
                text(
                    "f: see what this program can do itself; it tells you exactly what, and waits for your yes."
                ),
                classes="can-fix",
            )
        against = measured(finding, session.language)
        if against:
            yield PlainText(text("Measured"), classes="heading")
        for line in against:
            yield PlainText(line, classes="limit")

    def _steps(self, steps: tuple[str, ...]) -> list[str]:
        """The steps as they are taken here: a key checks again, and a watched line needs none."""
        session, text = self._session, self._session.language.text
        again = text(AGAIN)
        watched = session.watching == self.check
        return [taken_here(step, session) for step in steps if not (watched and step == again)]

    def _can_fix(self, finding: ReportedFinding) -> bool:
        session = self._session
        if session.report is None:
            return False
        requests = {
            request.kind for request in fixes.requests(finding, session.report.facts, session.plan.desk)
        }
        return bool(requests & session.plan.context.platform.fixable)

    def _for_experts(self) -> Iterator[Widget]:
        session, text = self._session, self._session.language.text
        result = session.rows[self.check].result
        if result is None:
            return
        for finding in worst_first(result):
            yield PlainText(f"{finding.code} ({finding.severity.value})", classes="code")
            for name, value in finding.params.items():
                written = ", ".join(value) if isinstance(value, list) else value
                yield PlainText(f"{name} = {written}", classes="param")
            for path in finding.evidence:
                yield PlainText(text("from {fact}").format(fact=path), classes="param")
        seconds = session.language.quantity(result.duration_s, "s")
        yield PlainText(text("Answered after {duration}.").format(duration=seconds), classes="muted")
        yield PlainText(
            text("Sent for it: {what}").format(what=text(TIPS[self.check].sends)), classes="limit"
        )


def measured_against(params: dict[str, ParamValue], session: Session) -> list[str]:
    """A line for each value that was held against a limit, with the limit's source."""
    language = session.language
    written = language.params(params)
    lines = []
    for name in params:
        quantity = name.removeprefix(_LIMIT)
        value = written.get(f"{_VALUE}{quantity}", written.get(quantity))
        if name.startswith(_LIMIT) and value is not None:
            line = language.text("{value}, limit {limit} ({source})")
            lines.append(line.format(value=value, limit=written[name], source=written.get("source", "–")))
    return lines
