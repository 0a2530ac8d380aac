"""What can be looked up without a run: the checks, and what each finding means."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence

from amif_netcheck.advice.invocation import as_started
from amif_netcheck.advice.language import N_, Language
from amif_netcheck.advice.lookup import WORDS, general
from amif_netcheck.advice.tips import TIPS
from amif_netcheck.advice.unknown import REASONS
from amif_netcheck.checks.limits import Limit, Threshold, in_force
from amif_netcheck.checks.registry import SPECS
from amif_netcheck.errors import UsageError

_LEVELS = (("info", N_("to know from")), ("warning", N_("caution from")), ("critical", N_("blocking from")))
_FLOOR_LEVELS = (
    ("info", N_("to know below")),
    ("warning", N_("caution below")),
    ("critical", N_("blocking below")),
)


def checks(entries: Sequence[tuple[str, int]], language: Language) -> Iterator[str]:
    """Each check with its weight, the note's advice and what it sends."""
    for check, weight in entries:
        tip = TIPS[check]
        yield language.text("{id} (weight {weight}): {title}").format(
            id=check, weight=weight, title=language.text(tip.title)
        )
        yield "  " + language.text(tip.tip)
        yield "  " + language.text("Sends: {what}").format(what=language.text(tip.sends))


def explain(code: str | None, language: Language, system: str) -> Iterator[str]:
    """All codes with their titles, or one of them in full.

    Raises:
        UsageError: there is no such code.
    """
    known = tuple(SPECS)
    if code is None:
        for one in known:
            yield _titled(one, general(one, language, system).title, language)
        return
    if code not in known:
        close = difflib.get_close_matches(code, known, n=1)
        message = (
            language.text("Unknown code “{code}”; did you mean “{close}”?").format(code=code, close=close[0])
            if close
            else language.text("Unknown code “{code}”; amif-netcheck explain lists them all").format(
                code=code
            )
        )
        raise UsageError(as_started(message))
    yield from _one(code, language, system)


def _titled(code: str, title: str, language: Language) -> str:
    return language.text("{title}: {headline}").format(title=code, headline=title)


def _one(code: str, language: Language, system: str) -> Iterator[str]:
    spec, text = SPECS[code], general(code, language, system)
    yield _titled(code, text.title, language)
    if text.meaning:
        yield text.meaning
    if code.endswith(".unknown"):
        for words in REASONS.values():
            yield "  " + language.text(words.summary)
        return
    for limit in spec.limits:
        yield from _limit(limit, language)
    for variant, steps in _advice(code, language, system):
        yield variant
        for number, step in enumerate(steps, start=1):
            yield f"  {number}. {step}"


def levels(limit: Limit) -> Iterator[tuple[str, Threshold]]:
    """The thresholds in force of a limit from the mildest on, each with its words (a text to translate)."""
    limit = in_force(limit)
    for name, words in _FLOOR_LEVELS if limit.floor else _LEVELS:
        threshold = getattr(limit, name)
        if threshold is not None:
            yield words, threshold


def _limit(limit: Limit, language: Language) -> Iterator[str]:
    for words, threshold in levels(limit):
        document = language.text(threshold.document)
        if threshold.reading:
            document = language.text("{document}: {reading}").format(
                document=document, reading=language.text(threshold.reading)
            )
        yield language.text("{limit}: {level} {value} ({document})").format(
            limit=limit.id,
            level=language.text(words),
            value=language.quantity(threshold.value, limit.unit),
            document=document,
        )


_PLACES = {
    "home": N_("What to do when it is between this computer and your box:"),
    "beyond": N_("What to do when it is beyond your box:"),
}


def _advice(code: str, language: Language, system: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The steps, by place where they depend on it."""
    placed = [place for place in _PLACES if f"{code}/{place}" in WORDS]
    for place in placed:
        yield language.text(_PLACES[place]), general(f"{code}/{place}", language, system).steps
    steps = general(code, language, system).steps
    if steps and not placed:
        yield language.text("What to do:"), steps
