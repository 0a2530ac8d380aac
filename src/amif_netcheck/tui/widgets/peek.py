"""Below the list: the chosen row's finding and what to do next, as far as it fits without a sentence cut in two."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rich.cells import cell_len
from textual.app import RenderResult
from textual.content import Content
from textual.widget import Widget

from amif_netcheck.advice.agenda import HEADINGS, When
from amif_netcheck.advice.tips import TIPS
from amif_netcheck.advice.verdicts import worst_first
from amif_netcheck.advice.words import AGAIN
from amif_netcheck.output.escape import for_terminal
from amif_netcheck.tui.session import Session
from amif_netcheck.tui.steps import taken_here
from amif_netcheck.tui.widgets.link_live import one_line
from amif_netcheck.tui.widgets.text import ended, wrapped
from amif_netcheck.tui.widgets.tip_row import recheck_choices, recheck_words, status_word, status_words

_LONGEST_CURVE = 40
_NUMBER_CELLS = 3
_FIRST_WITH_WHY = 3
"""Paragraphs: the finding, why it matters, and the first step."""
_STYLES = {
    "ok": "$success",
    "info": "$secondary",
    "warning": "$warning",
    "critical": "$error",
}


@dataclass(frozen=True)
class _Paragraph:
    """`indent` is how far its further lines are set in; an optional one goes where there is no room for it and the next."""

    text: str
    style: str = ""
    indent: int = 0
    optional: bool = False

    def lines(self, width: int) -> list[str]:
        first, *others = wrapped(for_terminal(self.text), max(1, width - self.indent))
        return [first, *(" " * self.indent + line for line in others)]


def _cells(dash: str, *parts: str) -> int:
    return sum(cell_len(f"{dash} {part} ") for part in parts if part)


class Peek(Widget):
    """Draws one row of the session in a few lines; `show` after each change of it."""

    def __init__(self, session: Session, check: str) -> None:
        super().__init__()
        self._session = session
        self.check = check

    def show(self, check: str | None = None) -> None:
        """Draw the row as it is now, or another one."""
        self.check = self.check if check is None else check
        self.refresh()

    def render(self) -> RenderResult:
        """See Textual."""
        width, height = self.content_size
        rule, untold = self._rule(width)
        lines = [rule]
        told = [*untold, *self._paragraphs(width)]
        usual = [paragraph for paragraph in told if not paragraph.optional]
        first = told[: len(untold) + _FIRST_WITH_WHY]
        if sum(len(each.lines(width)) for each in first) < height:
            usual = told
        for paragraph in usual:
            broken = paragraph.lines(width)
            if len(lines) + len(broken) > height:
                if len(lines) > 1 + len(untold):
                    break
                broken = broken[: max(0, height - len(lines))]
                broken[-1:] = [ended(line, width) for line in broken[-1:]]
            lines += [Content.styled(line, paragraph.style) for line in broken]
        return Content("\n").join(lines)

    def _rule(self, width: int) -> tuple[Content, list[_Paragraph]]:
        """`─ VPN ── ✗ Blocking ── Checked at 09:48:12: Caution → OK ───`; what has no room in it is to be told below."""
        session, row = self._session, self._session.rows[self.check]
        dash = session.symbols.empty
        title = session.language.text(TIPS[self.check].title)
        status = status_words(session, row)
        choices = [(status, again) for again in recheck_choices(session, row)]
        if any(status_word(session, row) in again for _, again in choices[-1:]):  # it need not be told twice
            mark = session.symbols.marks[session.row_status(row)]
            choices += [(f"{mark} {again}", "") for _, again in choices[-1:]]
        fits = (choice for choice in choices if _cells(dash, title, *choice) <= width)
        status, again = next(fits, (status, ""))
        told = not choices or (status, again) in choices
        untold = [] if told else [_Paragraph(recheck_words(session, row), "bold")]
        used = _cells(dash, title, status, again)
        rule = Content.assemble(
            (f"{dash} ", "$text-muted"),
            (title, "bold $primary"),
            (f" {dash} ", "$text-muted"),
            (status, f"bold {_STYLES.get(session.row_status(row), '$text-muted')}"),
            (f" {dash} ", "$text-muted") if again else "",
            (again, "bold"),
            " ",
            (dash * max(0, width - used), "$text-muted"),
        )
        return rule, untold

    def _paragraphs(self, width: int) -> Iterator[_Paragraph]:
        """What is to be told, most important first."""
        session = self._session
        text, row = session.language.text, session.rows[self.check]
        if self.check == "link" and session.running and session.readings:
            yield _Paragraph(one_line(session, width, longest=_LONGEST_CURVE), "$primary")
        if row.result is None or not row.result.findings:
            yield _Paragraph(text("This is being checked; the answer comes in a moment."))
            return
        if session.watching == self.check:
            yield _Paragraph(text("This line is watched: it turns by itself once that is done."), "$primary")
        worst, *others = worst_first(row.result)
        words = session.told(worst)
        yield _Paragraph(words.summary, "bold")
        again = text(AGAIN)
        steps = [taken_here(step, session) for step in words.steps if step != again]
        if words.meaning:
            yield _Paragraph(words.meaning, optional=bool(steps))
        if steps and session.waits(worst):
            yield _Paragraph(text("{heading}:").format(heading=text(HEADINGS[When.AFTER])), "$text-muted")
        for number, step in enumerate(steps, start=1):
            yield _Paragraph(f"{number}. {step}", indent=_NUMBER_CELLS)
        for finding in others:
            yield _Paragraph(session.told(finding).summary, "$text-muted")
