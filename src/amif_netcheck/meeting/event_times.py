"""When an event is, by the clock on the wall of its time zone: without zones, as dates and times of one kind."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from amif_netcheck.meeting.components import Property
from amif_netcheck.meeting.zones import Zones, offset

_MOMENT = re.compile(
    r"(?:^|:)\s*([0-9]{4})-?([0-9]{2})-?([0-9]{2})"
    r"(?:[T ]?([0-9]{2}):?([0-9]{2})(?::?([0-9]{2}))?(?:\.[0-9]+)?(Z(?![0-9A-Za-z])|[+-][0-9]{2}:?[0-9]{2}(?![0-9]))?)?",
    re.IGNORECASE,
)
"""A date or a time, with or without hyphens, colons and seconds; whatever follows it belongs to a line that is lost."""
_DURATION = re.compile(
    r"\s*(?P<sign>[+-]?)P(?:(?P<weeks>[0-9]{1,4})W)?(?:(?P<days>[0-9]{1,5})D)?"
    r"(?:T(?:(?P<hours>[0-9]{1,5})H)?(?:(?P<minutes>[0-9]{1,6})M)?(?:(?P<seconds>[0-9]{1,8})S)?)?",
    re.IGNORECASE,
)
_ALL_DAY = ("X-MICROSOFT-CDO-ALLDAYEVENT", "X-MICROSOFT-MSNCALENDAR-ALLDAYEVENT", "X-FUNAMBOL-ALLDAY")
_DAY = timedelta(days=1)
_MOST_DATES = 5_000
"""Of one property."""

Properties = Mapping[str, Sequence[Property]]


@dataclass(frozen=True)
class EventTimes:
    """`start` and `end` are dates, or times by the clock of `zone`; None: no end, this computer's zone."""

    start: date
    end: date | None
    zone: tzinfo | None

    @property
    def all_day(self) -> bool:
        """Does it take whole days?"""
        return not isinstance(self.start, datetime)

    def moved_to(self, start: date) -> EventTimes:
        """As long as these, from another start of their kind on."""
        return EventTimes(start, None if self.end is None else start + (self.end - self.start), self.zone)


@dataclass(frozen=True)
class Moment:
    """A date, or a time in `zone`; None: none is named, or one that nobody knows."""

    value: date
    zone: tzinfo | None = None

    def on(self, clock: tzinfo | None) -> date:
        """The same by the clock of another zone; None: this computer's."""
        if self.zone is None or not isinstance(self.value, datetime):
            return self.value
        return self.value.replace(tzinfo=self.zone).astimezone(clock).replace(tzinfo=None)


def event_times(properties: Properties, zones: Zones) -> EventTimes | None:
    """When an event is; None when its start can't be read. An end that is not after the start is none."""
    start = next((moment for prop in properties.get("DTSTART", ()) if (moment := parse(prop, zones))), None)
    if start is None:
        return None
    if start.zone is UTC and zones.default is not None:  # so that a series keeps to the clock of its calendar
        start = Moment(start.on(zones.default), zones.default)
    value = start.value
    if _is_marked_all_day(properties):
        value = _whole_day(start)
    return EventTimes(value, _end(value, start.zone, properties, zones), start.zone)


def parse(prop: Property, zones: Zones) -> Moment | None:
    """The first date or time in a property; None when it has none."""
    moments = parse_all(prop, zones)
    return moments[0] if moments else None


def parse_all(prop: Property, zones: Zones) -> list[Moment]:
    """Each date or time in a property, those left out that can't be read; of a period, its start."""
    return [begin for begin, _ in parse_periods(prop, zones)]


def parse_periods(prop: Property, zones: Zones) -> list[tuple[Moment, Moment | None]]:
    """Each date, time or period (`START/END`, `START/DURATION`) in a property, as its begin and end."""
    name = prop.parameters.get("TZID", "")
    zone = zones.named(name) if name else zones.default
    periods: list[tuple[Moment, Moment | None]] = []
    for text in prop.value.split(",")[:_MOST_DATES]:
        first, _, second = text.partition("/")
        begin, end = _moment(first, zone), _moment(second, zone)
        if begin is None:
            continue
        length = parse_duration(second) if end is None else None
        if length is not None and (later := _shift(begin.value, length)) is not None:
            end = Moment(later, begin.zone)
        periods.append((begin, end))
    return periods


def parse_duration(text: str) -> timedelta | None:
    """`PT1H30M` and the like (RFC 5545, 3.3.6); None when it is none."""
    match = _DURATION.match(text)
    if match is None:
        return None
    sizes = {unit: int(match[unit] or 0) for unit in ("weeks", "days", "hours", "minutes", "seconds")}
    return timedelta(**sizes) * (-1 if match["sign"] == "-" else 1)


def in_kind(value: date, start: date) -> date:
    """`value` as a date or a time like `start`: of a time its day; of a day, when `start` would be on it."""
    if not isinstance(start, datetime):
        return value.date() if isinstance(value, datetime) else value
    return value if isinstance(value, datetime) else datetime.combine(value, start.time())


def _end(start: date, zone: tzinfo | None, properties: Properties, zones: Zones) -> date | None:
    ends = [
        _shift(start, length)
        for prop in properties.get("DURATION", ())
        if (length := parse_duration(prop.value))
    ]
    read = [moment for prop in properties.get("DTEND", ()) if (moment := parse(prop, zones))]
    ends = [_on(moment, zone) for moment in read] + ends
    for end in ends:
        if end is None:
            continue
        if isinstance(start, datetime):
            end = end if isinstance(end, datetime) else datetime.combine(end, time(0))  # noqa: PLW2901
        elif isinstance(end, datetime):
            end = end.date() + (_DAY if end.time() > time(0) else timedelta(0))  # noqa: PLW2901
        return end if end > start else None
    return None


def _on(moment: Moment, zone: tzinfo | None) -> date | None:
    try:
        return moment.on(zone)
    except (OverflowError, ValueError, OSError):
        return None


def _shift(start: date, length: timedelta) -> date | None:
    begin = start if isinstance(start, datetime) else datetime.combine(start, time(0))
    try:
        return begin + length
    except OverflowError:
        return None


def _moment(text: str, zone: tzinfo | None) -> Moment | None:
    match = _MOMENT.search(text)
    if match is None:
        return None
    try:
        day = date(int(match[1]), int(match[2]), int(match[3]))
        if match[4] is None:
            return Moment(day)
        hour, minute, second = int(match[4]), int(match[5]), min(int(match[6] or 0), 59)  # 60: a leap second
        midnight = hour == 24 and minute == second == 0  # noqa: PLR2004 - ISO 8601's end of a day
        value = datetime.combine(day, time(0 if midnight else hour, minute, second))
        value += _DAY if midnight else timedelta(0)
    except (ValueError, OverflowError):
        return None
    suffix = match[7] or ""
    return Moment(value, UTC if suffix in {"Z", "z"} else offset(suffix) if suffix else zone)


def _whole_day(start: Moment) -> date:
    """The day that begins then, by the clock it is written in or by this computer's; the same time when none does."""
    for value in (start.value, _on(start, None)):
        if isinstance(value, datetime) and value.time() == time(0):
            return value.date()
    return start.value


def _is_marked_all_day(properties: Properties) -> bool:
    marks = [prop.value.upper() for name in _ALL_DAY for prop in properties.get(name, ())]
    return (
        "TRUE" in marks
        or "1" in marks
        or any(prop.parameters.get("VALUE", "").upper() == "DATE" for prop in properties.get("DTSTART", ()))
    )
