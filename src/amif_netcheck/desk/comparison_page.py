"""What changed on one machine, as a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from amif_netcheck.advice.language import Language
from amif_netcheck.advice.tips import TIPS
from amif_netcheck.advice.verdicts import STATUS_WORDS
from amif_netcheck.desk.comparison import Fate, Interval
from amif_netcheck.desk.comparison_text import FATES, change_words, quantity, verdict
from amif_netcheck.output.metrics import BY_NAME
from amif_netcheck.output.moments import moment
from amif_netcheck.output.page.rendering import page

_CLASSES = {
    Fate.MENDED: "ok",
    Fate.BETTER: "ok",
    Fate.NEW: "critical",
    Fate.WORSE: "critical",
    Fate.STAYS: "warning",
    Fate.REPLACED: "warning",
    Fate.UNTOLD: "unknown",
}


@dataclass(frozen=True)
class ChangeRow:
    """One thing that changed; `judgement` says how, and `kind` colours it."""

    what: str
    before: str
    after: str
    judgement: str
    kind: str = ""


@dataclass(frozen=True)
class ComparisonStep:
    """From one run to the next."""

    title: str
    before: str
    after: str
    changes: tuple[ChangeRow, ...]
    metrics: tuple[ChangeRow, ...]


def render(intervals: Sequence[Interval], language: Language, system: str) -> bytes:
    """All intervals, oldest first."""
    title = language.text("What changed on this computer")
    steps = [
        ComparisonStep(
            title=language.text("From {before} to {after}").format(
                before=moment(interval.before.generated_at, language),
                after=moment(interval.after.generated_at, language),
            ),
            before=verdict(interval.before, language),
            after=verdict(interval.after, language),
            changes=tuple(_changes(interval, language, system)),
            metrics=tuple(_metrics(interval, language)),
        )
        for interval in intervals
    ]
    return page("compare.html", language, title=f"amif-netcheck, {title}", heading=title, steps=steps)


def _changes(interval: Interval, language: Language, system: str) -> Iterator[ChangeRow]:
    for fate, words in FATES.items():
        for change in interval.changes:
            if change.fate is fate:
                judgement = language.text(words).rstrip(" :\u00a0")
                yield ChangeRow(change_words(change, language, system), "", "", judgement, _CLASSES[fate])
    for check, (before, after) in interval.statuses.items():
        if not any(change.check == check for change in interval.changes):
            name = language.text(TIPS[check].title) if check in TIPS else check
            words = f"{language.text(STATUS_WORDS[before])} → {language.text(STATUS_WORDS[after])}"
            yield ChangeRow(name, "", "", words)


def _metrics(interval: Interval, language: Language) -> Iterator[ChangeRow]:
    for change in interval.metrics:
        known = BY_NAME[change.name]
        yield ChangeRow(
            language.text(known.words),
            quantity(change.before, known, language),
            quantity(change.after, known, language),
            language.text("better") if change.better else language.text("worse"),
            "ok" if change.better else "critical",
        )
