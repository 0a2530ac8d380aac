"""An overview of many attendees, as a page."""

from __future__ import annotations

from dataclasses import dataclass

from amif_netcheck.advice.language import Language
from amif_netcheck.advice.verdicts import VERDICT_WORDS
from amif_netcheck.desk.digest import Digest
from amif_netcheck.desk.summary import Summary
from amif_netcheck.desk.summary_text import (
    MOST_CAUSES,
    first_words,
    left_out,
    moment,
    score,
    shared_words,
    title,
)
from amif_netcheck.model.report import Verdict
from amif_netcheck.output.page import charts
from amif_netcheck.output.page.charts import Words
from amif_netcheck.output.page.rendering import page, svg
from amif_netcheck.output.page.report import VERDICT_CLASSES

_MOST_ATTENDEES = 2000
"""A browser shows so many well; the worst are among them, and the CSV has all."""


@dataclass(frozen=True)
class AttendeeRow:
    """One attendee."""

    verdict: str
    kind: str
    score: str
    when: str
    site: str
    file: str
    first: str


def render(summary: Summary, language: Language) -> bytes:
    """Counts, causes, what sites have in common, and the attendees, worst first."""
    text, count = language.text, len(summary.attendees)
    heading = language.plural("{count} attendee", "{count} attendees", count).format(count=count)
    verdicts = [
        (text(VERDICT_WORDS[verdict]), VERDICT_CLASSES[verdict], summary.verdicts.get(verdict.value, 0))
        for verdict in Verdict
    ]
    return page(
        "summary.html",
        language,
        title=f"amif-netcheck, {heading}",
        heading=heading,
        verdicts=[row for row in verdicts if row[2]],
        left_out=list(left_out(summary, language)),
        causes=_causes(summary, language),
        shared=[shared_words(cause, language) for cause in summary.shared[:MOST_CAUSES]],
        attendees=[_row(digest, language) for digest in summary.attendees[:_MOST_ATTENDEES]],
        more=max(0, count - _MOST_ATTENDEES),
    )


def _causes(summary: Summary, language: Language) -> object:
    """A chart of what is found most often; None where nothing is."""
    of = language.text("{count} of {of}")
    each = language.text("{what}: {words}.")
    rows = [
        (title(cause.code, language), cause.count, of.format(count=cause.count, of=cause.of))
        for cause in summary.causes[:MOST_CAUSES]
    ]
    if not rows:
        return None
    said = " ".join(each.format(what=label, words=words) for label, _, words in rows)
    words = Words("causes", language.text("What is found most often"), said)
    return svg(charts.counts(words, rows, len(summary.attendees)))


def _row(digest: Digest, language: Language) -> AttendeeRow:
    return AttendeeRow(
        verdict=language.text(VERDICT_WORDS[digest.verdict]),
        kind=VERDICT_CLASSES[digest.verdict],
        score=score(digest),
        when=moment(digest.when),
        site=digest.site,
        file=digest.file,
        first=first_words(digest, language),
    )
