"""What is wrong with `[limits]` of the settings, if anything: there is such a limit, it has such a threshold, worse ones lie beyond."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from amif_netcheck.checks import limits
from amif_netcheck.checks.limits import LEVELS, Limit
from amif_netcheck.errors import InputError
from amif_netcheck.model.desk import ChangedLimit

MOST = 100_000.0
"""No limit is set beyond this, nor below its negative."""
GOT = {
    "str": "settings.text_found",
    "int": "settings.number_found",
    "float": "settings.number_found",
    "bool": "settings.boolean",
    "array": "settings.list_found",
    "list": "settings.list_found",
    "object": "settings.table",
    "dict": "settings.table",
    "date": "settings.time_found",
    "time": "settings.time_found",
    "datetime": "settings.time_found",
}
"""What was found in place of something else, by the name that msgspec or Python has for it."""


class Mistake(NamedTuple):
    """A key, what was expected of it, and what was found; empty where that can't be said."""

    key: str
    expected: object
    got: object


def check(content: object) -> Mistake | None:
    """The first mistake in the table, of which nothing is known yet."""
    from amif_netcheck.checks.registry import SPECS  # noqa: PLC0415 - few settings change limits

    known = {limit.id: limit for spec in SPECS.values() for limit in spec.limits}
    if not isinstance(content, Mapping):
        return _no_table("limits", content)
    for check_id, quantities in content.items():
        if not isinstance(quantities, Mapping):
            return _no_table(f"limits.{check_id}", quantities)
        for quantity, levels in quantities.items():
            name = f"{check_id}.{quantity}"
            if name not in known:
                return Mistake("limits", ", ".join(known), name)
            mistake = _levels(levels, known[name])
            if mistake is not None:
                return mistake
    return None


def _levels(levels: object, limit: Limit) -> Mistake | None:
    place = f"limits.{limit.id}"
    if not isinstance(levels, Mapping):
        return _no_table(place, levels)
    usual = [level for level in LEVELS if getattr(limit, level) is not None]
    for level, value in levels.items():
        if level not in usual:
            return Mistake(place, ", ".join(usual), level)
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not number or not abs(value) <= MOST:
            expected = InputError("settings.number", least=-MOST, most=MOST)
            return Mistake(
                f"{place}.{level}", expected, "" if number else InputError(GOT[type(value).__name__])
            )
    with limits.changed({limit.id: msgspec.convert(levels, ChangedLimit)}):
        changed = limits.in_force(limit)
    values = [threshold.value for level in LEVELS if (threshold := getattr(changed, level))]
    if values != sorted(values, reverse=limit.floor):
        return Mistake(place, InputError("settings.worse_beyond"), "")
    return None


def _no_table(key: str, found: object) -> Mistake:
    return Mistake(key, InputError("settings.table"), InputError(GOT[type(found).__name__]))
