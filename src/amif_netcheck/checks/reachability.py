"""Reading what became of a place: by which ways it opened, and what is to be said of one that did not."""

from __future__ import annotations

from amif_netcheck.model.facts import AccessMethod, Outcome, Place

_MOST_TELLING = (
    Outcome.ANSWERED,
    Outcome.FORBIDDEN,
    Outcome.CUT,
    Outcome.PROXY_PASSWORD,
    Outcome.PROXY_REFUSED,
    Outcome.REFUSED,
    Outcome.UNREACHABLE,
    Outcome.SILENT,
    Outcome.NO_ROUTE,
    Outcome.NO_NAME,
    Outcome.NAMES_SILENT,
)

NAMELESS = {Outcome.NO_NAME, Outcome.NAMES_SILENT}
"""There was no address to ask."""


def outcomes(place: Place, by: AccessMethod) -> set[Outcome]:
    """How a place ended by one way; at most one."""
    return {attempt.outcome for attempt in place.reach if attempt.by is by}


def outcome(place: Place) -> Outcome:
    """The most telling of all ways: one that is open is enough, one that says no tells more than silence."""
    ended = {attempt.outcome for attempt in place.reach}
    return next((telling for telling in _MOST_TELLING if telling in ended), Outcome.SILENT)


def opened(place: Place) -> bool:
    """Did it answer by any way?"""
    return outcome(place) is Outcome.ANSWERED


def opened_directly(place: Place) -> bool:
    """Did it answer without a proxy?"""
    return any(
        attempt.outcome is Outcome.ANSWERED and attempt.by is not AccessMethod.PROXY
        for attempt in place.reach
    )
