"""An overview of many attendees, in words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from amif_netcheck.advice.language import N_, Language
from amif_netcheck.advice.lookup import WORDS, general
from amif_netcheck.advice.verdicts import VERDICT_WORDS
from amif_netcheck.desk.digest import Digest, Unreadable
from amif_netcheck.desk.summary import Cause, Summary
from amif_netcheck.model.report import Verdict

UNREADABLE_WORDS = {
    Unreadable.NO_FILE: N_("no file"),
    Unreadable.REFUSED: N_("may not be read"),
    Unreadable.TOO_LARGE: N_("too large for a report"),
    Unreadable.NO_REPORT: N_("no report of amif-netcheck, or a damaged one"),
    Unreadable.LATER_VERSION: N_("written by a later version of amif-netcheck"),
}
MOST_CAUSES = 12


def lines(summary: Summary, language: Language) -> Iterator[str]:
    """Counts, the most frequent causes, what sites have in common, then a line an attendee."""
    text = language.text
    count = len(summary.attendees)
    yield language.plural("{count} attendee", "{count} attendees", count).format(count=count)
    for verdict in Verdict:
        number = summary.verdicts.get(verdict.value, 0)
        if number:
            yield f"  {number:>6}  {text(VERDICT_WORDS[verdict])}"
    yield from (f"  {line}" for line in left_out(summary, language))
    if summary.causes:
        yield ""
        yield text("What is found most often:")
    for cause in summary.causes[:MOST_CAUSES]:
        yield "  " + text("{count} of {of}: {what}").format(
            count=cause.count, of=cause.of, what=title(cause.code, language)
        )
    if summary.shared:
        yield ""
        yield text("What a site has in common:")
    for cause in summary.shared[:MOST_CAUSES]:
        yield "  " + shared_words(cause, language)
    if summary.attendees:
        yield ""
        yield text("Attendees, worst first:")
    for digest in summary.attendees:
        yield "  " + _attendee(digest, language)


def left_out(summary: Summary, language: Language) -> Iterator[str]:
    """What is not among the attendees, and why."""
    if summary.left_out:
        yield language.plural(
            "{count} report left out by the filters",
            "{count} reports left out by the filters",
            summary.left_out,
        ).format(count=summary.left_out)
    for reason, number in summary.unreadable.items():
        words = language.text(UNREADABLE_WORDS[Unreadable(reason)])
        yield language.plural("{count} file left out: {why}", "{count} files left out: {why}", number).format(
            count=number, why=words
        )


def shared_words(cause: Cause, language: Language) -> str:
    """What those of one site have in common."""
    what = title(cause.code, language)
    if cause.count == cause.of:
        words = language.text("{site}, all {of}: {what}")
    else:
        words = language.text("{site}, {count} of {of}: {what}")
    return words.format(site=cause.site, count=cause.count, of=cause.of, what=what)


def _attendee(digest: Digest, language: Language) -> str:
    parts = [language.text(VERDICT_WORDS[digest.verdict]), score(digest), moment(digest.when), digest.site]
    return " | ".join(part for part in (*parts, digest.file, first_words(digest, language)) if part)


def score(digest: Digest) -> str:
    """An attendee's score, where that says something."""
    return "—" if digest.score is None or digest.verdict is Verdict.UNDETERMINED else f"{digest.score}"


def first_words(digest: Digest, language: Language) -> str:
    """What an attendee has to fix first, in a few words; empty where there is nothing."""
    code = digest.first or next(iter(digest.problems), "")
    return title(code, language) if code else ""


def title(code: str, language: Language) -> str:
    """What a code means in a few words; the code itself where it is of another version."""
    return general(code, language, "").title if code in WORDS else code


def moment(when: datetime | None) -> str:
    """Day and time on this computer's clock."""
    try:
        return when.astimezone().strftime("%Y-%m-%d %H:%M") if when else ""
    except (ValueError, OverflowError, OSError):  # a year that this system's clock does not have
        return ""
