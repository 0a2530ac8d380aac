"""Outlook's and Windows' labels of time zones: `(UTC+01:00) Brussels, Copenhagen, Madrid, Paris`. Their offset is that of the winter."""

from __future__ import annotations

import re
from datetime import tzinfo

_WITH_SUMMER_TIME = (
    ("Europe/Paris", "paris|brussels|bruxelles|madrid|copenhagen|copenhague"),
    ("Europe/Berlin", "berlin|amsterdam|berne?|rome|stockholm|vienn[ae]"),
    ("Europe/Prague", "prague|belgrade|bratislava|budapest|ljubljana"),
    ("Europe/Warsaw", "warsaw|varsovie|sarajevo|skopje|zagreb"),
    ("Europe/London", "london|londres|dublin|lisbon|lisbonne|edinburgh|édimbourg"),
    ("Europe/Athens", "athens|athènes|bucharest|bucarest"),
    ("Europe/Helsinki", "helsinki|kyiv|kiev|riga|sofia|tallinn|vilnius"),
    ("Europe/Chisinau", "chisinau"),
    ("Africa/Cairo", "cairo|le caire"),
    ("Africa/Casablanca", "casablanca"),
    ("Asia/Beirut", "beirut|beyrouth"),
    ("Asia/Jerusalem", "jerusalem|jérusalem"),
    ("Atlantic/Azores", "azores|açores"),
    ("America/Halifax", r"atlantic time|heure de l'atlantique"),
    ("America/St_Johns", "newfoundland|terre-neuve"),
    ("America/New_York", r"eastern time|heure de l'est|est \(é"),
    ("America/Chicago", r"central time|heure du centre|centre \(é"),
    ("America/Denver", r"mountain time|rocheuses \(é"),
    ("America/Los_Angeles", r"pacific time|heure du pacifique|pacifique \(é"),
    ("Australia/Sydney", "sydney|canberra|melbourne"),
    ("Pacific/Auckland", "auckland|wellington"),
)
"""Those whose offset changes; of the others the label says all."""
_NAMES = tuple((name, re.compile(rf"\b(?:{words})")) for name, words in _WITH_SUMMER_TIME)


def zone_of_places(places: str) -> tzinfo | None:
    """The zone of `Brussels, Copenhagen, Madrid, Paris`, in English or French."""
    lower = places.casefold().replace("’", "'")
    found = ((match.start(), name) for name, words in _NAMES if (match := words.search(lower)))
    _, name = min(found, default=(0, ""))
    return of_iana(name) if name else None


def of_iana(name: str) -> tzinfo | None:
    """The zone of this name; None on a system without zones."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # noqa: PLC0415 - most texts name no zone

    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, OSError):
        return None
