"""The answer in a few words, and what to do first: what the app's header, a mail and the last words on a terminal share."""

from __future__ import annotations

from dataclasses import dataclass

from amif_netcheck.advice.agenda import When, agenda
from amif_netcheck.advice.language import N_, Language
from amif_netcheck.advice.lookup import say
from amif_netcheck.advice.tips import TIPS
from amif_netcheck.advice.verdicts import VERDICT_WORDS, checked, counts, displayed_score, first
from amif_netcheck.advice.words import AGAIN
from amif_netcheck.model.report import Mode, Report, ReportedFinding, Verdict

_FIRST = (N_("To fix first: {summary}"), N_("First: {summary}"))
_FORMS = {
    When.FIRST: _FIRST,
    When.NEXT: _FIRST,
    When.IF_TIME: (N_("If there is time: {summary}"), N_("If there is time: {summary}")),
    When.AFTER: (N_("After the meeting: {summary}"), N_("After the meeting: {summary}")),
}
"""The line, and that with fewer words."""


@dataclass(frozen=True)
class NextStep:
    """`line` says what is wrong, `short` the same in few words, `step` how mending it begins; each may be empty.

    `check` is the one that it is about, empty where there is nothing to mend.
    """

    line: str = ""
    step: str = ""
    short: str = ""
    check: str = ""


def answer(report: Report, language: Language) -> str:
    """`Not ready yet · 21 points out of 100 · 1 blocking · 7 to improve`."""
    parts = [language.text(VERDICT_WORDS[report.verdict])]
    score = displayed_score(report)
    if score is not None:
        points = language.plural("{count} point out of 100", "{count} points out of 100", score)
        parts.append(points.format(count=score))
    parts += filter(None, (counts(report, language), checked(report, language)))
    if report.mode is Mode.PARTIAL:
        parts.append(language.text("of these checks alone"))
    return " · ".join(parts)


def to_do(report: Report, language: Language, system: str, minutes_left: float | None = None) -> NextStep:
    """What to do first; by the time that is left, where it is known."""
    finding, when, check = _first(report, minutes_left)
    if finding is None:
        nothing = language.text("Nothing to do: have a good meeting.")
        return NextStep(nothing if report.verdict is Verdict.READY else "")
    text = say(finding, language, system, minutes_left=minutes_left, desk=report.desk)
    title = language.text(TIPS[finding.code.partition(".")[0]].title)
    line = text.summary
    short = language.text("{title}: {headline}").format(title=title, headline=text.headline)
    if when is not None:
        whole, brief = map(language.text, _FORMS[when])
        line, short = whole.format(summary=text.summary), brief.format(summary=text.headline)
    again = language.text(AGAIN)
    return NextStep(line, next((step for step in text.steps if step != again), ""), short, check)


def _first(report: Report, minutes_left: float | None) -> tuple[ReportedFinding | None, When | None, str]:
    """What to do first, when, and its check; where nothing is to be mended, what could not be told."""
    action = report.next_action
    if action is None:
        return first(report), None, ""
    items = agenda(report.checks, minutes_left) if minutes_left is not None else ()
    if not items:
        when = When.IF_TIME if report.verdict is Verdict.READY else When.FIRST
        return first(report), when, action.check
    item = items[0]
    when = When.IF_TIME if item.when is not When.AFTER and report.verdict is Verdict.READY else item.when
    return item.finding, when, item.check
