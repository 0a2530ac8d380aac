"""The answer in a few words, and what to do first: what the app's header, a mail and the last words on a terminal share."""

from __future__ import annotations

from dataclasses import dataclass

from amif_netcheck.advice.language import Language
from amif_netcheck.advice.lookup import say
from amif_netcheck.advice.verdicts import VERDICT_WORDS, checked, counts, displayed_score, first
from amif_netcheck.advice.words import AGAIN
from amif_netcheck.model.report import Mode, Report, Verdict


@dataclass(frozen=True)
class NextStep:
    """`line` says what is wrong, `step` how mending it begins; each may be empty."""

    line: str = ""
    step: str = ""


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


def to_do(report: Report, language: Language, system: str) -> NextStep:
    """What to do first."""
    finding = first(report)
    if finding is None:
        nothing = language.text("Nothing to do: have a good meeting.")
        return NextStep(nothing if report.verdict is Verdict.READY else "")
    text = say(finding, language, system, desk=report.desk)
    line = text.summary
    if report.next_action is not None and report.verdict is Verdict.READY:
        line = language.text("If there is time: {summary}").format(summary=line)
    elif report.next_action is not None:
        line = language.text("To fix first: {summary}").format(summary=line)
    again = language.text(AGAIN)
    return NextStep(line, next((step for step in text.steps if step != again), ""))
