"""Linear text: lines that are only ever added, no colour, no cursor movement; reads well aloud and in a pipe."""

from __future__ import annotations

import textwrap
from collections.abc import Callable

from amif_netcheck.advice.language import N_, Language
from amif_netcheck.advice.lookup import say
from amif_netcheck.advice.tips import TIPS
from amif_netcheck.advice.verdicts import STATUS_WORDS, displayed_score, worst_first
from amif_netcheck.advice.verdicts import first as first_to_do
from amif_netcheck.model.events import CheckDone, Event, Progress
from amif_netcheck.model.report import CheckResult, Mode, Report, Status, Verdict
from amif_netcheck.output.escape import for_terminal

VERDICT_SENTENCES = {
    Verdict.READY: N_("Ready for the meeting."),
    Verdict.LIMITED: N_("Ready, with reservations: the meeting may suffer from what is said above."),
    Verdict.NOT_READY: N_("Not ready yet: there is something to fix before the meeting."),
    Verdict.UNDETERMINED: N_("Can't tell: too little could be checked."),
}
_PROGRESS_EVERY_S = 3.0
_WHOLE = 100
_FINDING_INDENT = " " * 4
_STEP_INDENT = " " * 5


class PlainWriter:
    """Writes the rows as checks finish, then the verdict. `write` takes one line without its end.

    `width` is a terminal's: there, lines break between words, and the time left is told. Elsewhere lines stay whole.
    """

    def __init__(
        self,
        write: Callable[[str], None],
        language: Language,
        system: str,
        *,
        width: int | None = None,
    ) -> None:
        self._raw = write
        self._language = language
        self._system = system
        self._width = width
        self._announced_left_s: float | None = None

    def start(self, demo: str = "") -> None:
        """The question; before it, when the machine is a recorded one, its name."""
        if demo:
            notice = self._language.text("Demonstration “{scenario}”: a recorded computer, not this one.")
            self._write(notice.format(scenario=demo))
            self._raw("")
        self._write(self._language.text("Ready for the videoconference?"))
        self._raw("")

    def event(self, event: Event) -> None:
        """One event of the engine."""
        if isinstance(event, CheckDone):
            self.row(event.result)
        elif isinstance(event, Progress) and self._width:
            self._progress(event.left_s)

    def row(self, result: CheckResult) -> None:
        """One line of the checklist, and a line for each further finding."""
        word = self._language.text(STATUS_WORDS[result.status])
        title = self._language.text(TIPS[result.id].title)
        sentences = [say(finding, self._language, self._system).summary for finding in worst_first(result)]
        self._write(
            self._language.text("[{word}] {title}: {summary}")
            .format(word=word, title=title, summary=sentences[0] if sentences else "")
            .rstrip()
        )
        for sentence in sentences[1:]:
            self._write(f"{_FINDING_INDENT}{sentence}")

    def end(self, report: Report) -> None:
        """The verdict, and what to do first."""
        language = self._language
        self._raw("")
        self._write(language.text(VERDICT_SENTENCES[report.verdict]))
        covered = round(report.coverage * _WHOLE)
        if covered < _WHOLE:
            self._write(
                language.text("Checked: {share} of the list.").format(share=language.quantity(covered, "pct"))
            )
        score = displayed_score(report)
        if score is not None:
            points = language.plural("{count} point out of 100", "{count} points out of 100", score)
            points = points.format(count=score)
            self._write(language.text("Score: {points}.").format(points=points))
        if report.mode is Mode.PARTIAL:
            self._write(language.text("This speaks only of the checks that were asked for."))
        first = first_to_do(report)
        if first is not None:
            words = say(first, language, self._system)
            self._raw("")
            if report.next_action is None:
                self._write(language.text("What to do:"))
            elif report.verdict is Verdict.READY:
                self._write(language.text("If there is time: {summary}").format(summary=words.summary))
            else:
                self._write(language.text("To fix first: {summary}").format(summary=words.summary))
            if words.meaning:
                self._write(words.meaning)
            for number, step in enumerate(words.steps, start=1):
                self._write(f"  {number}. {step}")

    def report(self, report: Report) -> None:
        """A whole report at once."""
        self.start(report.demo)
        for result in report.checks:
            if result.status is not Status.SKIPPED:
                self.row(result)
        self.end(report)

    def _progress(self, left_s: float) -> None:
        if self._announced_left_s is not None and self._announced_left_s - left_s < _PROGRESS_EVERY_S:
            return
        seconds = round(left_s)
        if seconds:
            self._announced_left_s = left_s
            self._write(
                self._language.plural(
                    "… about {count} second left", "… about {count} seconds left", seconds
                ).format(count=seconds)
            )

    def _write(self, line: str) -> None:
        drawn = for_terminal(line)
        if not self._width:
            self._raw(drawn)
            return
        indent = _FINDING_INDENT if drawn.startswith(_FINDING_INDENT) else _STEP_INDENT
        indent = indent if drawn.startswith(" ") else ""
        for part in textwrap.wrap(
            drawn, self._width - 1, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
        ):
            self._raw(part)
