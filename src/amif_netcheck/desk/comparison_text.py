"""What changed on one machine, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from amif_netcheck.advice.language import N_, Language
from amif_netcheck.advice.lookup import WORDS, general
from amif_netcheck.advice.tips import TIPS
from amif_netcheck.advice.verdicts import STATUS_WORDS, VERDICT_WORDS
from amif_netcheck.desk.comparison import Change, Fate, Interval, Run
from amif_netcheck.model.report import Verdict
from amif_netcheck.output.metrics import BY_NAME, Metric
from amif_netcheck.output.moments import moment

FATES = {
    Fate.MENDED: N_("Mended:"),
    Fate.REPLACED: N_("Gone, but another problem has come in its place:"),
    Fate.NEW: N_("New:"),
    Fate.WORSE: N_("Worse:"),
    Fate.BETTER: N_("Better, not yet mended:"),
    Fate.STAYS: N_("Still there:"),
    Fate.UNTOLD: N_("Could not be told this time:"),
}
"""In the order in which they are told."""


def lines(intervals: Sequence[Interval], language: Language, system: str) -> Iterator[str]:
    """All intervals, oldest first."""
    for number, interval in enumerate(intervals):
        if number:
            yield ""
        yield from _interval(interval, language, system)


def _interval(interval: Interval, language: Language, system: str) -> Iterator[str]:
    text = language.text
    yield text("From {before} to {after}").format(
        before=moment(interval.before.generated_at, language),
        after=moment(interval.after.generated_at, language),
    )
    yield "  " + text("Verdict: {before} → {after}").format(
        before=verdict(interval.before, language), after=verdict(interval.after, language)
    )
    for fate, words in FATES.items():
        told = [change for change in interval.changes if change.fate is fate]
        if told:
            yield "  " + text(words)
            yield from (f"    {change_words(change, language, system)}" for change in told)
    if interval.metrics:
        yield "  " + text("Measured:")
    for metric in interval.metrics:
        known = BY_NAME[metric.name]
        yield "    " + text("{what}: {before} → {after} ({judgement})").format(
            what=text(known.words),
            before=quantity(metric.before, known, language),
            after=quantity(metric.after, known, language),
            judgement=text("better") if metric.better else text("worse"),
        )
    for check, (before, after) in interval.statuses.items():
        if not any(change.check == check for change in interval.changes):
            yield "    " + text("{what}: {before} → {after}").format(
                what=text(TIPS[check].title) if check in TIPS else check,
                before=text(STATUS_WORDS[before]),
                after=text(STATUS_WORDS[after]),
            )
    if not (interval.changes or interval.metrics or interval.statuses):
        yield "  " + text("Nothing changed.")


def quantity(value: float, metric: Metric, language: Language) -> str:
    """A value of a metric with its unit."""
    return language.quantity(value, metric.unit) if metric.unit else language.number(value, decimals=0)


def verdict(run: Run, language: Language) -> str:
    """The verdict of a run, with its score where that says something."""
    words = language.text(VERDICT_WORDS[run.verdict])
    return words if run.score is None or run.verdict is Verdict.UNDETERMINED else f"{words} ({run.score}/100)"


def change_words(change: Change, language: Language, system: str) -> str:
    """Which tip it is of, and what was found."""
    title = general(change.code, language, system).title if change.code in WORDS else change.code
    tip = language.text(TIPS[change.check].title) if change.check in TIPS else change.check
    return language.text("{tip}: {title}").format(tip=tip, title=title)
