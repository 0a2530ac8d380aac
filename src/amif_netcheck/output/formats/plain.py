"""Linear text: lines that are only ever added, no colour, no cursor movement; reads well aloud and in a pipe."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from amif_netcheck.advice import plan_b
from amif_netcheck.advice.agenda import HEADINGS, Item, When, agenda
from amif_netcheck.advice.appointment import Occasion
from amif_netcheck.advice.invocation import as_started
from amif_netcheck.advice.language import N_, SPACE, Language
from amif_netcheck.advice.lookup import headline, say
from amif_netcheck.advice.measures import measured
from amif_netcheck.advice.scenarios import scenario_name
from amif_netcheck.advice.tips import TIPS
from amif_netcheck.advice.verdicts import STATUS_WORDS, checked, counts, displayed_score, worst_first
from amif_netcheck.advice.verdicts import first as first_to_do
from amif_netcheck.advice.words import AGAIN
from amif_netcheck.model.desk import NO_DESK
from amif_netcheck.model.events import CheckDone, Event, Progress
from amif_netcheck.model.report import CheckResult, Mode, Report, ReportedFinding, Status, Verdict
from amif_netcheck.output.escape import for_terminal
from amif_netcheck.output.lines import wrapped
from amif_netcheck.output.output_format import Manner, OutputFormat, Written, plainly

VERDICT_SENTENCES = {
    Verdict.READY: N_("Ready for the meeting."),
    Verdict.LIMITED: N_("Ready, with reservations: the points above may disturb the meeting."),
    Verdict.NOT_READY: N_("Not ready yet: there is something to fix before the meeting."),
    Verdict.UNDETERMINED: N_("Can't tell: too little could be checked."),
}
_PROGRESS_EVERY_S = 3.0
_STEP = "   - "
_UNDER_STEP = " " * len(_STEP)
_UNHURRIED = Occasion()
"""Nothing is known of the meeting's time and telephone numbers."""


class PlainWriter:
    """Writes the rows as checks finish, then the verdict and what to do. `write` takes one line without its end.

    `width` is a terminal's: there, lines break between words, the time left is told, and commands are those of the person.
    Elsewhere lines stay whole.
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
        self._desk = NO_DESK

    def start(self, demo: str = "") -> None:
        """The question; before it, when the machine is a recorded one, its name."""
        if demo:
            notice = self._language.text("Demonstration “{scenario}”: a recorded computer, not this one.")
            self._write(notice.format(scenario=scenario_name(demo, self._language)))
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
        """One line of the checklist: its worst finding, and how many more there are."""
        word = self._language.text(STATUS_WORDS[result.status])
        title = self._language.text(TIPS[result.id].title)
        findings = worst_first(result)
        line = f"[{word}] {title}"
        if findings:
            line = f"{line} – {headline(findings[0], self._language)}"
        self._write(f"{line} (+{len(findings) - 1})" if len(findings) > 1 else line)

    def end(self, report: Report, occasion: Occasion = _UNHURRIED) -> None:
        """The verdict, all that there is to do, what helps where that is too much, and what was measured."""
        language = self._language
        self._raw("")
        self._write(language.text(VERDICT_SENTENCES[report.verdict]))
        for line in filter(None, (counts(report, language), checked(report, language))):
            self._write(f"{line}.")
        score = displayed_score(report)
        if score is not None:
            points = language.plural("{count} point out of 100", "{count} points out of 100", score)
            points = points.format(count=score)
            self._write(language.text("Score: {points}.").format(points=points))
        if report.mode is Mode.PARTIAL:
            self._write(language.text("This speaks only of the checks that were asked for."))
        items = agenda(report.checks, occasion.minutes_left)
        self._desk = report.desk
        told = self._what_to_do(report, items, occasion)
        self._instead(report, occasion)
        self._help(report, told)
        self._measures(report, items)

    def _help(self, report: Report, told: set[str]) -> None:
        """How the IT desk is reached, unless all is well or the steps say it."""
        contact = report.desk.contact
        if contact and report.verdict is not Verdict.READY and not any(contact in step for step in told):
            self._raw("")
            self._write(self._language.text("If you need help: {contact}").format(contact=contact))

    def report(self, report: Report, occasion: Occasion = _UNHURRIED) -> None:
        """A whole report at once."""
        self.start(report.demo)
        for result in report.checks:
            if result.status is not Status.SKIPPED:
                self.row(result)
        self.end(report, occasion)

    def _what_to_do(self, report: Report, items: Sequence[Item], occasion: Occasion) -> set[str]:
        """In order; gives the steps that were told."""
        told: set[str] = set()
        untold = first_to_do(report) if report.next_action is None else None
        if untold is not None:
            self._heading(self._language.text("What to do:"))
            self._write(say(untold, self._language, self._system).summary)
            self._steps(untold, occasion, told)
        heading: When | None = None
        for number, item in enumerate(items, start=1):
            if item.when is not heading:
                heading = item.when
                self._heading(self._titled(self._language.text(HEADINGS[heading])))
            self._item(number, item, occasion, told, why=number == 1)
        if items:
            self._raw("")
            self._write(self._language.text(AGAIN))
        return told

    def _item(self, number: int, item: Item, occasion: Occasion, told: set[str], *, why: bool) -> None:
        """One thing to do; `why` it matters is told of the first."""
        words = say(item.finding, self._language, self._system)
        title = self._language.text(TIPS[item.check].title)
        minutes = f" ({item.minutes}{SPACE}min)" if item.minutes else ""
        meaning = f" {words.meaning}" if why and words.meaning else ""
        self._write(f"{number}. {title} – {words.summary}{meaning}{minutes}", "   ")
        self._steps(item.finding, occasion, told)

    def _steps(self, finding: ReportedFinding, occasion: Occasion, told: set[str]) -> None:
        """Those that were not told yet; that one checks again afterwards goes without saying here."""
        language = self._language
        steps = say(
            finding, language, self._system, minutes_left=occasion.minutes_left, desk=self._desk
        ).steps
        news = [step for step in steps if step not in told and step != language.text(AGAIN)]
        told.update(news)
        if steps and not news:
            self._write(f"{_STEP}{language.text('The same as above.')}")
        for step in news:
            self._write(f"{_STEP}{step}", _UNDER_STEP)

    def _instead(self, report: Report, occasion: Occasion) -> None:
        ways = plan_b.plan_b(report, occasion)
        if ways:
            self._heading(self._language.text("If it can't be mended in time:"))
        for way in ways:
            for line in plan_b.say(way, self._language, occasion):
                self._write(f"{_STEP}{line}", _UNDER_STEP)

    def _measures(self, report: Report, items: Sequence[Item]) -> None:
        """The note's advice where it is not followed, and what was measured against which limit."""
        language = self._language
        open_checks = {item.check for item in items}
        rows = []
        for result in report.checks:
            figures = [line for finding in result.findings for line in measured(finding, language)]
            if figures or result.id in open_checks:
                rows.append((result.id, figures))
        if rows:
            self._heading(self._titled(language.text("Measured")))
        for check, figures in rows:
            title = language.text(TIPS[check].title)
            tip = language.text(TIPS[check].tip)
            self._write(f"{_STEP}{title} – {tip}" if check in open_checks else f"{_STEP}{title}", _UNDER_STEP)
            for line in figures:
                self._write(f"{_UNDER_STEP}{line}", _UNDER_STEP)

    def _heading(self, line: str) -> None:
        self._raw("")
        self._write(line)

    def _titled(self, heading: str) -> str:
        return self._language.text("{heading}:").format(heading=heading)

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

    def _write(self, line: str, indent: str = "") -> None:
        """`indent` is that of the lines that it is broken into."""
        if not self._width:
            self._raw(for_terminal(line))
            return
        for part in wrapped(for_terminal(as_started(line)), self._width - 1, indent):
            self._raw(part)


def _write(report: Report, manner: Manner) -> Written:
    lines: list[str] = []
    PlainWriter(lines.append, manner.language, report.system.os).report(report)
    return plainly(report, ("\n".join(lines) + "\n").encode())


FORMAT = OutputFormat(_write)
