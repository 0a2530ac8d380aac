"""Words for what could not be told: one sentence a reason, the same for every check."""

from __future__ import annotations

from collections.abc import Iterable

from amif_netcheck.advice.language import N_
from amif_netcheck.advice.words import FindingWords

_TITLE = N_("Could not be checked")
AGAIN = N_("Run this check again; if it stays so, send the report to your IT desk.")

REASONS: dict[str, FindingWords] = {
    "unsupported": FindingWords(
        title=_TITLE,
        headline=N_("This computer can't tell"),
        summary=N_("Check impossible: this computer has no way to tell."),
        steps=(N_("Nothing to do on your side."),),
    ),
    "not_permitted": FindingWords(
        title=_TITLE,
        headline=N_("Not allowed on this computer"),
        summary=N_("Check impossible: this computer does not allow it."),
        steps=(N_("Nothing to do on your side; your IT desk can see the reason in the report."),),
    ),
    "not_present": FindingWords(
        title=_TITLE,
        headline=N_("No connection to look at"),
        summary=N_("Check impossible: this computer has no connection."),
        steps=(N_("Get the connection back first (line “Internet connection”)."),),
    ),
    "timeout": FindingWords(
        title=_TITLE,
        headline=N_("No answer in time"),
        summary=N_("Check impossible: no answer in time."),
        steps=(AGAIN,),
    ),
    "blocked": FindingWords(
        title=_TITLE,
        headline=N_("Held back by this network"),
        summary=N_("Check impossible: something on this network holds it back."),
        steps=(N_("In an organisation, send the report to your IT desk."),),
    ),
    "not_requested": FindingWords(
        title=_TITLE,
        headline=N_("Not checked, as you asked"),
        summary=N_("Not checked: you asked for nothing to be sent."),
        steps=(N_("Run this check without --offline to have it measured."),),
    ),
    "error": FindingWords(
        title=_TITLE,
        headline=N_("A mistake of this program"),
        summary=N_("Check impossible: this program made a mistake, not you."),
        steps=(AGAIN,),
    ),
}


def words(checks: Iterable[str]) -> dict[str, FindingWords]:
    """The words of `<check>.unknown` for each check, by reason as variant; without one, our own mistake."""
    return {
        code if variant is None else f"{code}/{variant}": REASONS[variant or "error"]
        for code in dict.fromkeys(f"{check}.unknown" for check in checks)
        for variant in (None, *REASONS)
    }
