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
    "settings.missing_key": N_("{file}: key “{key}” is missing"),
    "settings.value": N_("{file}: key “{key}”: expected {expected}, found {got}"),
    "settings.value_out_of_range": N_("{file}: key “{key}”: expected {expected}"),
    "settings.problem": N_("{file}: {problem}"),
    "settings.number": N_("a number from {least} to {most}"),
    "settings.whole_number": N_("a whole number from {least} to {most}"),
    "settings.text": N_("text in quotes"),
    "settings.length": N_("text of at most {most} characters"),
    "settings.shortest": N_("text of at least {least} characters"),
    "settings.worse_beyond": N_(
        "info before warning before critical, the usual ones where they are not named"
    ),
    "settings.monitoring_order": N_("two numbers, critical beyond warning"),
    "settings.boolean": N_("true or false"),
    "settings.list_expected": N_('a list, such as ["…", "…"]'),
    "settings.table": N_("a table"),
    "settings.text_found": N_("text"),
    "settings.number_found": N_("a number"),
    "settings.list_found": N_("a list"),
    "settings.time_found": N_("a date or time"),
    "settings.profile_name": N_("a name of at most 40 letters a to z, digits and hyphens"),
    "settings.profile": N_("the name of another profile, as amif-netcheck profiles lists them"),
    "settings.profile_circle": N_("a profile that does not lead back to this one"),
    "settings.problem_of_key": N_("{file}: key “{key}”: {problem}"),
    "settings.host": N_("a host’s name such as visio.mairie.example"),
    "settings.ports": N_('a port such as "443", or a range such as "3478-3481"'),
    "settings.credentials": N_("username and credential, both or neither"),
    "settings.relay_way": N_("turn-udp, turn-tcp or turn-tls, as it has a username"),
    "settings.token": N_("a token in letters, digits and . _ ~ + / = - alone"),
    "settings.websocket": N_("an address such as wss://livekit.mairie.example"),
    "settings.language_code": N_("the code of a language, such as fr"),
    "settings.day": N_("a day, a month or a year, such as 2026-11-29"),
    "settings.source_name": N_("names that stand under sources"),
}
"""Sentences, and the parts that stand in them as params."""
