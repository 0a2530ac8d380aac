"""What is wrong with a settings file, as an error that names file and key, and what was expected."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

from amif_netcheck.catalog.meeting_services import (
    HIGHEST_LIMIT,
    HIGHEST_RATE,
    LONGEST,
    Effect,
    Kind,
    Protocol,
    PublishedLimits,
    ServiceRates,
    Way,
    keys_of,
)
from amif_netcheck.errors import InputError
from amif_netcheck.model.choices import COLOURS, MAX_MB, SPEED_ENGINES, TIMEOUT_S
from amif_netcheck.model.desk import LONGEST_CONTACT, LONGEST_SITE, SHORTEST_KEY
from amif_netcheck.settings_limits import GOT

_UNKNOWN_KEY = re.compile(
    r"Object contains unknown field `(?P<key>.*?)`(?: - at `\$(?P<table>.*)`)?$", re.DOTALL
)
_WRONG_VALUE = re.compile(
    r"(?:Expected `(?P<expected>[^`]*)`[^`]*(?:, got `(?P<got>.*)`)?|Invalid enum value '(?P<choice>.*)')"
    r" - at `\$\.(?P<key>.*)`$",
    re.DOTALL,
)
_INDEX = re.compile(r"\[\.\.\.\]|\[\d+\]")
"""Of a list, or of a table whose keys are the person's."""
_RATES = [f"rates.{name}.{way}" for name in ServiceRates.__struct_fields__ for way in ("up", "down")]
_MISSING = re.compile(r"Object missing required field `(?P<key>[^`]*)` - at `\$\.(?P<table>.*)`$", re.DOTALL)
_RANGES: dict[str, tuple[float, float]] = {
    "timeout_s": TIMEOUT_S,
    "link.max_mb": MAX_MB,
    **dict.fromkeys(_RATES, (1, HIGHEST_RATE)),
    **dict.fromkeys(
        (f"limits.{name}.value" for name in PublishedLimits.__struct_fields__), (0, HIGHEST_LIMIT)
    ),
}
"""Of every setting that is a number; those of a profile without its name."""
_LENGTHS = {"site": LONGEST_SITE, "contact": LONGEST_CONTACT, **LONGEST}
"""Of every setting that is a text of limited length."""
_CHOICES: dict[str, Sequence[str]] = {
    "colours": COLOURS,
    "link.speed_engine": SPEED_ENGINES,
    "ladder.way": get_args(Way),
    "over_tcp.effect": get_args(Effect),
    "signalling.protocol": get_args(Protocol),
    **dict.fromkeys((f"rates.{name}.kind" for name in ServiceRates.__struct_fields__), get_args(Kind)),
}
_EXPECTED = {
    "str": "settings.text",
    "bool": "settings.boolean",
    "array": "settings.list_expected",
    "object": "settings.table",
    "float": "settings.number_found",
    "int": "settings.number_found",
}


def as_input_error(message: str, path: Path, known: Sequence[str], within: str = "") -> InputError:
    """The error that msgspec's words stand for: file, key (after `within`), what was expected. `known` are all keys there are."""
    unknown = _UNKNOWN_KEY.match(message)
    if unknown:
        table = _INDEX.sub("", unknown["table"] or "").lstrip(".")
        return unknown_key(path, unknown["key"], f"{within}{table}".rstrip("."), known)
    missing = _MISSING.match(message)
    if missing:
        table = _INDEX.sub("", missing["table"])
        return InputError("settings.missing_key", file=path, key=f"{within}{table}.{missing['key']}")
    wrong = _WRONG_VALUE.match(message)
    if not wrong:
        return InputError("settings.problem", file=path, problem=message)
    key = _INDEX.sub("", wrong["key"])
    expected: object = ", ".join(_CHOICES.get(key, ()))
    if key in _RANGES:
        least, most = _RANGES[key]
        code = "settings.whole_number" if key in _RATES else "settings.number"
        expected = InputError(code, least=least, most=most)
    elif key in _LENGTHS and wrong["expected"] == "str":
        expected = InputError("settings.length", most=_LENGTHS[key])
    elif key == "token_key" and wrong["expected"].startswith("str"):
        expected = InputError("settings.shortest", least=SHORTEST_KEY)
    elif not expected:
        expected = InputError(_EXPECTED[wrong["expected"].removesuffix(" | null")])
    got = InputError(GOT[wrong["got"]]) if wrong["got"] else wrong["choice"]
    return wrong_value(path, within + key, expected, got)


def unknown_key(path: Path, key: str, table: str, known: Sequence[str]) -> InputError:
    """Of a key that there is not, in `table` or outside of all: with the one of `known` that looks like it, or all."""
    key = f"{table}.{key}" if table else key
    import difflib  # noqa: PLC0415 - only mistakes need it

    known = _profile_keys(table) if table.startswith("profile.") else known
    close = difflib.get_close_matches(key, known, n=1)
    if close:
        return InputError("settings.misspelt_key", file=path, key=key, close=close[0])
    return InputError("settings.unknown_key", file=path, key=key, known=", ".join(known))


def wrong_value(path: Path, key: str, expected: object, got: object) -> InputError:
    """Of a value that a key can't have; `got` may be empty."""
    if got:
        return InputError("settings.value", file=path, key=key, expected=expected, got=got)
    return InputError("settings.value_out_of_range", file=path, key=key, expected=expected)


def _profile_keys(table: str) -> list[str]:
    """All keys of a table in a profile: `profile.NAME`, or one below it."""
    _, _, place = table.removeprefix("profile.").partition(".")
    return [f"{table}.{key}" for key in keys_of(place)]
