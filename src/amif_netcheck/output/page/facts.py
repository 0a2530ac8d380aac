"""All facts of a report as rows: their paths and values, whatever facts there are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from amif_netcheck.advice.language import N_, Language
from amif_netcheck.model.facts import Facts

_REASONS = {
    "unsupported": N_("this computer has no way to tell"),
    "not_permitted": N_("not allowed"),
    "not_present": N_("there is none"),
    "timeout": N_("no answer in time"),
    "blocked": N_("something holds it back"),
    "not_requested": N_("not asked for"),
    "error": N_("a mistake of this program"),
}
_MOST_ROWS = 1000
"""Of one subject: whoever wants more has the JSON."""
_LONGEST = 300
_MOST_NUMBERS = 12
"""A longer list of numbers is a record, which a chart shows better."""


@dataclass(frozen=True)
class FactRow:
    """One fact. `missing`: it is not there, and `value` says why."""

    path: str
    value: str
    missing: bool = False


@dataclass(frozen=True)
class Subject:
    """The facts of one subject; `left_out` counts those that are too many for a page."""

    name: str
    rows: tuple[FactRow, ...]
    left_out: int = 0


def subjects(facts: Facts, language: Language) -> Iterator[Subject]:
    """All subjects that something is known of, or that were asked for in vain."""
    for name in facts.__struct_fields__:
        rows: list[FactRow] = []
        count = 0
        for row in _rows(name, msgspec.to_builtins(getattr(facts, name)), language):
            count += 1
            if count <= _MOST_ROWS:
                rows.append(row)
        yield Subject(name, tuple(rows), count - len(rows))


def _rows(path: str, value: Any, language: Language) -> Iterator[FactRow]:
    if isinstance(value, dict) and value.get("state") == "unavailable":
        yield FactRow(path, _why(value, language), missing=True)
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key != "state":
                yield from _rows(f"{path}.{key}", inner, language)
    elif isinstance(value, list) and value and all(isinstance(item, (int, float)) for item in value):
        shown = ", ".join(_written(item) for item in value[:_MOST_NUMBERS])
        more = f", … ({len(value)})" if len(value) > _MOST_NUMBERS else ""
        yield FactRow(path, shown + more)
    elif isinstance(value, list) and value:
        for place, inner in enumerate(value):
            yield from _rows(f"{path}[{place}]", inner, language)
    else:
        yield FactRow(path, _written(value))


def _why(value: dict[str, Any], language: Language) -> str:
    reason = _REASONS[value["reason"]]
    words = language.text(reason)
    return cut(f"{words} ({value['detail']})" if value["detail"] else words)


def _written(value: Any) -> str:
    """As JSON has it, but texts without quotes: facts are the same in every language."""
    if isinstance(value, str):
        return cut(value) or "—"
    if isinstance(value, float):
        return f"{value:.6g}"
    return "—" if value in (None, []) else cut(msgspec.json.encode(value).decode())


def cut(text: str) -> str:
    """A text that fills no page."""
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
