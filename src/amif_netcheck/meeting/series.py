"""The events of an invitation and when they are held next: repetitions, exceptions and moved ones."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from functools import cached_property
from itertools import islice
from typing import Any

from amif_netcheck.meeting.components import Property
from amif_netcheck.meeting.event_times import (
    EventTimes,
    Moment,
    Properties,
    in_kind,
    parse,
    parse_all,
    parse_periods,
)
from amif_netcheck.meeting.rules import Rule, Window, parse_rule, repetitions
from amif_netcheck.meeting.work import Work
from amif_netcheck.meeting.zones import Zones

USUAL_LENGTH = timedelta(hours=1)
"""How long a meeting without an end goes on."""
_DAY = timedelta(days=1)
_MOST_RULES = 10
_MOST_DATES = 5_000
_MOST = 60
"""So many repetitions are looked at, besides those that are excepted or moved."""
_DATE_UNITS, _LIBRARY_UNITS = 0.3, 4
"""Of `Work`."""
_NUMBER = re.compile(r"[0-9]{1,18}")
_LARGEST_INTEGER = 2**31 - 1
"""RFC 5545, section 3.3.8."""
_END_OF_TIME = datetime(9000, 1, 1)  # noqa: DTZ001 - by the clock of any zone
_INDEX = "X-AMIF-INDEX"


@dataclass(frozen=True)
class CalendarEvent:
    """One VEVENT whose start can be read."""

    properties: Properties
    times: EventTimes
    zones: Zones
    cancelled: bool = False
    source: int = 0
    """Which of several files it stands in."""

    @property
    def uid(self) -> str:
        """What its series shares; empty when it isn't known."""
        return self._first("UID")

    @cached_property
    def sequence(self) -> int:
        """Its revision: of two, the higher one counts."""
        match = _NUMBER.match(self._first("SEQUENCE"))
        return int(match[0]) if match else 0

    @property
    def revision(self) -> tuple[int, str, bool]:
        """Of two from different files, the higher one counts."""
        return self.sequence, self._first("DTSTAMP"), self.cancelled

    @cached_property
    def replaces(self) -> Moment | None:
        """Which of the series it is in place of."""
        replaced = self.named("RECURRENCE-ID")
        return parse(replaced[0], self.zones) if replaced else None

    @property
    def place(self) -> date | None:
        """Which of the series it is, by this computer's clock; None: all of it."""
        if self.replaces is None:
            return None
        try:
            return self.replaces.on(None)
        except (OverflowError, ValueError, OSError):  # no time that this computer can name
            return self.replaces.value

    @property
    def replaces_all_later(self) -> bool:
        """Does it change those after it, too?"""
        return self.properties["RECURRENCE-ID"][0].parameters.get("RANGE", "").upper() == "THISANDFUTURE"

    @cached_property
    def rules(self) -> list[Rule]:
        """Its rules of repetition that can be read."""
        texts = dict.fromkeys(prop.value for prop in self.named("RRULE"))
        rules = [parse_rule(text, all_day=self.times.all_day) for text in list(texts)[:_MOST_RULES]]
        return [rule for rule in rules if rule is not None]

    @cached_property
    def excepted(self) -> set[date]:
        """When it is not held, by its clock."""
        start, clock = self.times.start, self.times.zone
        moments = (moment for prop in self.named("EXDATE") for moment in parse_all(prop, self.zones))
        days = {moment.on(clock) for moment in islice(moments, _MOST_DATES)}
        return {in_kind(day, start) for day in days} if self.times.all_day else days

    @property
    def broken(self) -> bool:
        """Is a rule of repetition in it that can't be read?"""
        return any(prop.value for prop in self.named("RRULE")) and not self.rules

    def named(self, name: str) -> Sequence[Property]:
        """Its properties of this name."""
        return self.properties.get(name, ())

    def _first(self, name: str) -> str:
        properties = self.named(name)
        return properties[0].value if properties else ""


@dataclass(frozen=True)
class Occurrence:
    """One time that an event is held; see `EventTimes`."""

    event: CalendarEvent
    times: EventTimes


def newest(series: Sequence[CalendarEvent]) -> list[CalendarEvent]:
    """The events of one UID without those that an event of another file replaces or cancels."""
    last: dict[date | None, CalendarEvent] = {}
    for event in series:
        if event.place not in last or event.revision > last[event.place].revision:
            last[event.place] = event
    whole = last.get(None)
    return [
        event
        for event in series
        if event.source == last[event.place].source
        and not (
            whole and whole.cancelled and event.source != whole.source and event.revision <= whole.revision
        )
    ]


def occurrences(series: Sequence[CalendarEvent], now: datetime, work: Work) -> Iterator[Occurrence]:
    """When the events of one UID are held, from `now` on, and maybe before. `now` has a time zone.

    No more are worked out when that is too much `work`.
    """
    mains = [event for event in series if event.replaces is None]
    newest = max((event.sequence for event in mains), default=0)
    mains = sorted((event for event in mains if event.sequence == newest), key=lambda event: not event.rules)
    changes = [event for event in series if event.replaces is not None]
    for event in mains[1:]:
        yield from _next_times([event], now, work)
    yield from _next_times([*mains[:1], *changes], now, work)


def _next_times(series: Sequence[CalendarEvent], now: datetime, work: Work) -> Iterator[Occurrence]:
    """Of one event or none and the `changes` to it."""
    main = series[0]
    try:
        dates = [prop for name in ("RDATE", "EXDATE") for prop in main.named(name)]
        if not work.spend(_DATE_UNITS * sum(prop.value.count(",") + 1 for prop in dates)):
            return
        repeated = _repeated(main, series, now, work) if main.replaces is None else []
        if len(series) > 1 or main.named("RDATE"):
            if work.spend(_LIBRARY_UNITS * (len(series) + 1)):
                yield from _by_library(series, repeated, now)
            return
        for start in (main.times.start, *repeated):
            if not _is_excepted(main, start):
                yield Occurrence(main, main.times.moved_to(start))
    except Exception:  # noqa: BLE001 - a library meets anybody's dates; what it breaks on is held once
        yield from (Occurrence(event, event.times) for event in series)


def _is_excepted(event: CalendarEvent, start: date) -> bool:
    return start in event.excepted or (isinstance(start, datetime) and start.date() in event.excepted)


def _by_library(series: Sequence[CalendarEvent], repeated: list[Any], now: datetime) -> list[Occurrence]:
    """Everything is given to the library by the clock of the first event's zone, as it mixes zones, dates and times up."""
    import recurring_ical_events  # noqa: PLC0415 - takes longer to load than all else before a run
    from icalendar import Calendar  # noqa: PLC0415 - as above

    clock = series[0].times.zone
    calendar = Calendar()
    for index, event in enumerate(series):
        component = _component(event, series[0].times.start, clock)
        component[_INDEX] = str(index)
        if event.replaces is None and repeated:
            component.add("RDATE", repeated)
        calendar.add_component(component)
    query = recurring_ical_events.of(calendar)
    longest = max(_length(event) for event in series)
    made = []
    for component in query.between(_clock(now, clock) - longest - _DAY, _END_OF_TIME):
        event = series[int(str(component[_INDEX]))]
        start, end = component["DTSTART"].dt, component["DTEND"].dt
        made.append(Occurrence(event, EventTimes(start, end if end > start else None, clock)))
    return made


def _clock(now: datetime, zone: tzinfo | None) -> datetime:
    return now.astimezone(zone).replace(tzinfo=None)


def _component(event: CalendarEvent, start: date, clock: tzinfo | None) -> Any:
    from icalendar import Event as Component  # noqa: PLC0415 - as above
    from icalendar.prop import vDDDTypes  # noqa: PLC0415 - as above

    component = Component()
    component.add("UID", "series")
    component.add("SEQUENCE", min(event.sequence, _LARGEST_INTEGER))
    component.add("DTSTART", Moment(event.times.start, event.times.zone).on(clock))
    if event.times.end is not None:
        component.add("DTEND", Moment(event.times.end, event.times.zone).on(clock))
    if event.replaces is not None:
        replaced = vDDDTypes(in_kind(event.replaces.on(clock), start))
        if event.replaces_all_later:
            replaced.params["RANGE"] = "THISANDFUTURE"
        component.add("RECURRENCE-ID", replaced)
    if event.excepted and event.replaces is None:
        component.add("EXDATE", sorted(event.excepted, key=str))
    return component


def _repeated(event: CalendarEvent, series: Sequence[CalendarEvent], now: datetime, work: Work) -> list[Any]:
    """When a series is held besides its start: by its rules and its own dates; of a period, begin and end."""
    by_rule = (moment for rule in event.rules for moment in _by_rule(rule, event, series, now, work))
    moments = [moment.date() for moment in by_rule] if event.times.all_day else list(by_rule)
    periods = (period for prop in event.named("RDATE") for period in parse_periods(prop, event.zones))
    return [*moments, *(_own_date(event.times, *period) for period in islice(periods, _MOST_DATES))]


def _by_rule(
    rule: Rule, event: CalendarEvent, series: Sequence[CalendarEvent], now: datetime, work: Work
) -> list[datetime]:
    start, clock = event.times.start, event.times.zone
    first = start if isinstance(start, datetime) else datetime.combine(start, datetime.min.time())
    longest = max(_length(other) for other in series)
    changed = len(series) + len(event.excepted)
    until = None
    if rule.until:
        latest = parse(Property("UNTIL", {}, rule.until), event.zones)
        until = _end_of(latest.on(clock)) if latest else None
    margin = timedelta(0) if rule.frequency in {"SECONDLY", "MINUTELY", "HOURLY"} else USUAL_LENGTH
    here = _clock(now, clock)
    window = Window(
        here - longest - margin, _MOST + changed, work, until, coming=here + longest, enough=1 + changed
    )
    return repetitions(rule, first, window)


def _own_date(times: EventTimes, begin: Moment, end: Moment | None) -> Any:
    day = in_kind(begin.on(times.zone), times.start)
    last = None if end is None or times.all_day else end.on(times.zone)
    return (day, last) if isinstance(last, datetime) and last > day else day


def _end_of(last: date) -> datetime:
    """The end of a day, when no time is said."""
    return last if isinstance(last, datetime) else datetime.combine(last, datetime.max.time())


def _length(event: CalendarEvent) -> timedelta:
    """How long it takes, and how far it was moved when that moves all after it."""
    times = event.times
    usual = _DAY if times.all_day else USUAL_LENGTH
    length = usual if times.end is None else max(usual, times.end - times.start)
    if event.replaces is None or not event.replaces_all_later:
        return length
    moved = in_kind(event.replaces.on(times.zone), times.start) - times.start
    return length + abs(moved)
