"""What was wrong with the settings, by the code of an `InputError`."""

from __future__ import annotations

from amif_netcheck.advice.language import N_

WORDS: dict[str, str] = {
    "settings.no_file": N_("{file}: not a settings file"),
    "settings.unreadable": N_("{file}: can't be read ({reason})"),
    "settings.too_large": N_("{file}: too large for a settings file"),
    "settings.no_text": N_("{file}: not a text file in UTF-8"),
    "settings.no_toml": N_("{file}: not valid TOML ({reason})"),
    "settings.unknown_key": N_("{file}: unknown key “{key}”; known keys: {known}"),
    "settings.misspelt_key": N_("{file}: unknown key “{key}”; did you mean “{close}”?"),
    "settings.value": N_("{file}: key “{key}”: expected {expected}, found {got}"),
    "settings.value_out_of_range": N_("{file}: key “{key}”: expected {expected}"),
    "settings.problem": N_("{file}: {problem}"),
    "settings.number": N_("a number from {least} to {most}"),
    "settings.text": N_("text in quotes"),
    "settings.boolean": N_("true or false"),
    "settings.list_expected": N_('a list, such as ["…", "…"]'),
    "settings.table": N_("a table"),
    "settings.text_found": N_("text"),
    "settings.number_found": N_("a number"),
    "settings.list_found": N_("a list"),
    "settings.time_found": N_("a date or time"),
}
"""Sentences, and the parts that stand in them as params."""
