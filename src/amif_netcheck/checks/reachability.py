"""Reading what became of a place: by which ways it opened, and what is to be said of one that did not."""

from __future__ import annotations

from amif_netcheck.model.facts import AccessMethod, FirewallFacts, Outcome, Place, Role, Unavailable

_MOST_TELLING = (
    Outcome.ANSWERED,
    Outcome.NO_ROOM,
    Outcome.NOT_ADMITTED,
    Outcome.NO_WEBSOCKET,
    Outcome.UNTRUSTED,
    Outcome.LARGE_LOST,
    Outcome.NO_RELAY,
    Outcome.FORBIDDEN,
    Outcome.CUT,
    Outcome.PROXY_PASSWORD,
    Outcome.PROXY_REFUSED,
    Outcome.SUNK,
    Outcome.REFUSED,
    Outcome.UNREACHABLE,
    Outcome.SILENT,
    Outcome.PROXY_FAILED,
    Outcome.PROXY_DEAD,
    Outcome.PROXY_NO_NAME,
    Outcome.NO_ROUTE,
    Outcome.NO_NAME,
    Outcome.NAME_FAILED,
    Outcome.NAMES_SILENT,
)

NAMELESS = {Outcome.NO_NAME, Outcome.NAME_FAILED, Outcome.NAMES_SILENT, Outcome.SUNK}
"""There was no address to ask."""

TURNED_AWAY = {Outcome.NOT_ADMITTED, Outcome.NO_ROOM}
"""A relay that answers, and relays nothing for us: the network lets that way through."""

_FROM_OUTSIDE = {
    Outcome.ANSWERED,
    Outcome.LARGE_LOST,
    Outcome.PROXY_PASSWORD,
    Outcome.PROXY_REFUSED,
    Outcome.PROXY_FAILED,
}
"""Somebody out there answered, the place itself or a proxy in its stead."""


def outcomes(place: Place, by: AccessMethod) -> set[Outcome]:
    """How a place ended by one way; at most one."""
    return {attempt.outcome for attempt in place.reach if attempt.by is by}


def outcome(place: Place) -> Outcome:
    """The most telling of all ways: one that is open is enough, one that says no tells more than silence."""
    return most_telling({attempt.outcome for attempt in place.reach})


def outcome_without_proxy(place: Place) -> Outcome:
    """The most telling of the direct ways."""
    return most_telling({attempt.outcome for attempt in place.reach if attempt.by is not AccessMethod.PROXY})


def most_telling(ended: set[Outcome]) -> Outcome:
    """The first that counts; silence where there is none."""
    return next((telling for telling in _MOST_TELLING if telling in ended), Outcome.SILENT)


def opened(place: Place) -> bool:
    """Did it answer by any way?"""
    return outcome(place) is Outcome.ANSWERED


def opened_directly(place: Place) -> bool:
    """Did it answer without a proxy?"""
    return outcome_without_proxy(place) is Outcome.ANSWERED


def is_alive(place: Place) -> bool:
    """Did anything answer, whatever it said?"""
    return any(attempt.outcome in _FROM_OUTSIDE for attempt in place.reach)


def places(asked: tuple[Place, ...] | Unavailable) -> tuple[Place, ...]:
    """Those that were asked."""
    return () if isinstance(asked, Unavailable) else asked


def of_role(asked: tuple[Place, ...] | Unavailable, role: Role) -> list[Place]:
    """Those that were asked for one reason."""
    return [place for place in places(asked) if place.role is role]


def everything(firewall: FirewallFacts) -> tuple[Place, ...]:
    """All places, over UDP and of the web."""
    return (*places(firewall.udp), *places(firewall.web))
