"""Time zones by the names that calendars give them."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Iterable, Mapping
from copy import copy
from datetime import UTC, timedelta, timezone, tzinfo
from functools import cache
from itertools import islice
from typing import Any

from amif_netcheck.meeting.components import Component

_OFFSET = re.compile(r"(?:UTC|GMT)?\s*([+-])([0-9]{1,2})(?::?([0-9]{2}))?", re.IGNORECASE)
_YEARLY = re.compile(
    r"FREQ=YEARLY|(?:INTERVAL=1|BYMONTH=\d+|BYDAY=[+-]?\d?[A-Z]{2}|WKST=[A-Z]{2}|UNTIL=\w+|COUNT=\d+)",
    re.IGNORECASE,
)
"""The parts of a rule of daylight saving time; others may repeat it without end."""
_MOST_ZONES = 200
"""Calendars have some ten."""
_LONGEST_NAME = 200
_REQUIRED = ("DTSTART", "TZOFFSETFROM", "TZOFFSETTO")


class Zones:
    """The zones that a file defines and those that everybody knows; the latter first, as definitions may be broken.

    `default` is that of times without one; None: this computer's.
    """

    def __init__(self, definitions: Iterable[Component] = (), default: str = "") -> None:
        self._definitions: dict[str, Component] = {}
        self._zones: dict[str, tzinfo | None] = {}
        for definition in islice(definitions, _MOST_ZONES):
            names = definition.properties().get("TZID", [])
            if names:
                self._definitions.setdefault(_key(names[0].value), definition)
        self.default = self.named(default) if default else None

    def with_default(self, name: str) -> Zones:
        """The same for a calendar whose times without a zone are in that of this name."""
        other = copy(self)
        other.default = self.named(name) if name else None
        return other

    def named(self, name: str) -> tzinfo | None:
        """The zone of this name; None when it isn't known."""
        key = _key(name)
        if key not in self._zones and len(self._zones) < _MOST_ZONES:
            self._zones[key] = (
                _known(name[:_LONGEST_NAME].strip().strip('"').strip()) or self._defined(key) or offset(name)
            )
        return self._zones.get(key)

    def _defined(self, key: str) -> tzinfo | None:
        definition = self._definitions.get(key)
        if definition is None or not _is_intact(definition):
            return None
        from icalendar import Timezone  # noqa: PLC0415 - takes longer to load than all else before a run

        lines = ["BEGIN:VTIMEZONE", "TZID:defined"]
        for part in definition.parts:
            properties = part.properties()
            times = [
                f"{name}:{prop.value}"
                for name in (*_REQUIRED, "RRULE", "RDATE")
                for prop in properties.get(name, [])
            ]
            lines += [f"BEGIN:{part.name}", *times, f"END:{part.name}"]
        try:
            zone: Any = Timezone.from_ical("\r\n".join([*lines, "END:VTIMEZONE", ""]))
            made: tzinfo = zone.to_tz(lookup_tzid=False)
        except Exception:  # noqa: BLE001 - a library meets anybody's bytes; what it breaks on is not known
            return None
        return made


def offset(text: str) -> tzinfo | None:
    """`+0100`, `UTC+1`, `GMT-05:00`; None for others. Not of "(UTC+01:00) Paris": that is its offset in winter."""
    match = _OFFSET.fullmatch(text.strip().strip('"'))
    if match is None:
        return None
    size = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
    return timezone(-size if match[1] == "-" else size) if size < timedelta(days=1) else None


def _key(name: str) -> str:
    return name[:_LONGEST_NAME].strip().strip('"').strip().casefold()


def _known(name: str) -> tzinfo | None:
    """By the name of IANA, of Windows, or IANA's behind a vendor's path."""
    if _key(name) in {"z", "utc", "gmt"}:
        return UTC
    candidates = [name.strip("/"), _of_windows(name)]
    parts = name.split("/")
    candidates += ["/".join(parts[first:]) for first in range(1, len(parts))]
    return next((zone for candidate in candidates if candidate and (zone := _of_iana(candidate))), None)


def _of_iana(name: str) -> tzinfo | None:
    name = _iana_names().get(name.replace(" ", "_").casefold(), "")
    try:
        return zoneinfo.ZoneInfo(name) if name else None
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return None


@cache
def _iana_names() -> dict[str, str]:
    return {name.casefold(): name for name in zoneinfo.available_timezones()}


def _of_windows(name: str) -> str:
    if "time" not in name.casefold() and "UTC" not in name:
        return ""
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON  # noqa: PLC0415 - as above

    return WINDOWS_TO_OLSON.get(name, "")


def _is_intact(definition: Component) -> bool:
    """Is nothing of it lost? Half of a zone would be an hour off, where none at all is local time."""
    if not definition.whole or definition.has("DTSTART") or not definition.parts:
        return False
    endless = {"STANDARD": False, "DAYLIGHT": False}
    for part in definition.parts:
        properties = part.properties()
        rules = [rule.value for rule in properties.get("RRULE", [])]
        if part.name not in endless or not _is_readable(properties, rules):
            return False
        endless[part.name] |= any("UNTIL" not in rule and "COUNT" not in rule for rule in rules)
    return len({part.name for part in definition.parts}) == 1 or endless["STANDARD"] == endless["DAYLIGHT"]


def _is_readable(properties: Mapping[str, object], rules: Iterable[str]) -> bool:
    pieces = (piece for rule in rules for piece in rule.split(";"))
    return all(name in properties for name in _REQUIRED) and all(map(_YEARLY.fullmatch, pieces))
