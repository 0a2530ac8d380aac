"""The events of an invitation and when they are held next: repetitions, exceptions and moved ones."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from functools import cached_property
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
from amif_netcheck.meeting.rules import Rule, Steps, Window, parse_rule, repetitions
from amif_netcheck.meeting.zones import Zones

USUAL_LENGTH = timedelta(hours=1)
"""How long a meeting without an end goes on."""
_DAY = timedelta(days=1)
_MOST = 60
"""So many repetitions are looked at, besides those that are excepted or moved."""
_NUMBER = re.compile(r"[0-9]{1,18}")
_LARGEST_INTEGER = 2**31 - 1
"""RFC 5545, section 3.3.8."""
_END_OF_TIME = datetime(9000, 1, 1)  # noqa: DTZ001 - by the clock of any zone
_INDEX = "X-AMIF-INDEX"


@dataclass(frozen=True)
class Event:
    """One VEVENT whose start can be read."""

    properties: Properties
    times: EventTimes
    zones: Zones
    cancelled: bool = False

    @property
    def uid(self) -> str:
        """What its series shares; empty when it isn't known."""
        return self._first("UID")

    @cached_property
    def sequence(self) -> int:
        """Its revision: of two, the higher one counts."""
        match = _NUMBER.match(self._first("SEQUENCE"))
        return int(match[0]) if match else 0

    @cached_property
    def replaces(self) -> Moment | None:
        """Which of the series it is in place of."""
        held = self.properties.get("RECURRENCE-ID", ())
        return parse(held[0], self.zones) if held else None

    @property
    def replaces_all_later(self) -> bool:
        """Does it change those after it, too?"""
        held = self.properties["RECURRENCE-ID"]
        return held[0].parameters.get("RANGE", "").upper() == "THISANDFUTURE"

    @cached_property
    def rules(self) -> list[Rule]:
        """Its rules of repetition that can be read."""
        texts = dict.fromkeys(held.value for held in self.properties.get("RRULE", ()))
        rules = [parse_rule(text, all_day=self.times.all_day) for text in texts]
        return [rule for rule in rules if rule is not None]

    @property
    def broken(self) -> bool:
        """Is a rule of repetition in it that can't be read?"""
        return any(held.value for held in self.properties.get("RRULE", ())) and not self.rules

    def held(self, name: str) -> Sequence[Property]:
        """Its properties of this name."""
        return self.properties.get(name, ())

    def _first(self, name: str) -> str:
        held = self.properties.get(name, ())
        return held[0].value if held else ""


@dataclass(frozen=True)
class Occurrence:
    """One time that an event is held; see `EventTimes`."""

    event: Event
    times: EventTimes


def occurrences(series: Sequence[Event], now: datetime, steps: Steps) -> Iterator[Occurrence]:
    """When the events of one UID are held, from `now` on and those before that are not repeated. `now` has a time zone."""
    mains = [event for event in series if event.replaces is None]
    newest = max((event.sequence for event in mains), default=0)
    mains = sorted((event for event in mains if event.sequence == newest), key=lambda event: not event.rules)
    changes = [event for event in series if event.replaces is not None]
    for event in mains[1:]:
        yield from _expanded([event], now, steps)
    yield from _expanded([*mains[:1], *changes], now, steps)


def _expanded(series: Sequence[Event], now: datetime, steps: Steps) -> Iterator[Occurrence]:
    first = series[0]
    try:
        if len(series) > 1 or first.held("RDATE") or first.held("EXDATE"):
            yield from _by_library(series, now, steps)
            return
        yield Occurrence(first, first.times)
        for start in _repeated(first, series, _clock(now, first.times.zone), steps):
            yield Occurrence(first, first.times.moved_to(start))
    except Exception:  # noqa: BLE001 - a library meets anybody's dates; what it breaks on is held once
        yield from (Occurrence(event, event.times) for event in series)


def _by_library(series: Sequence[Event], now: datetime, steps: Steps) -> list[Occurrence]:
    """Everything is given to the library by the clock of the first event's zone, as it mixes zones, dates and times up."""
    import recurring_ical_events  # noqa: PLC0415 - takes longer to load than all else before a run
    from icalendar import Calendar  # noqa: PLC0415 - as above

    clock = series[0].times.zone
    here = _clock(now, clock)
    calendar = Calendar()
    for index, event in enumerate(series):
        component = _component(event, series[0].times.start, clock)
        component[_INDEX] = str(index)
        if event.replaces is None:
            repeated = _repeated(event, series, here, steps)
            if repeated:
                component.add("RDATE", repeated)
        calendar.add_component(component)
    query = recurring_ical_events.of(calendar)
    longest = max(_length(event) for event in series)
    made = []
    for component in query.between(here - longest - _DAY, _END_OF_TIME):
        event = series[int(str(component[_INDEX]))]
        start, end = component["DTSTART"].dt, component["DTEND"].dt
        made.append(Occurrence(event, EventTimes(start, end if end > start else None, clock)))
    return made


def _clock(now: datetime, zone: tzinfo | None) -> datetime:
    return now.astimezone(zone).replace(tzinfo=None)


def _component(event: Event, start: date, clock: tzinfo | None) -> Any:
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
    excepted = [moment.on(clock) for held in event.held("EXDATE") for moment in parse_all(held, event.zones)]
    if excepted and event.replaces is None:
        component.add("EXDATE", [in_kind(day, start) if event.times.all_day else day for day in excepted])
    return component


def _repeated(event: Event, series: Sequence[Event], here: datetime, steps: Steps) -> list[Any]:
    """When a series is held besides its start: by its rules and its own dates; of a period, begin and end."""
    start, clock = event.times.start, event.times.zone
    first = start if isinstance(start, datetime) else datetime.combine(start, time(0))
    longest = max(_length(other) for other in series)
    excepted = len(series) + sum(held.value.count(",") + 1 for held in event.held("EXDATE"))
    repeated: list[Any] = []
    for rule in event.rules:
        until = None
        if rule.until:
            latest = parse(Property("UNTIL", {}, rule.until), event.zones)
            until = _end_of(latest.on(clock)) if latest else None
        margin = timedelta(0) if rule.frequency in {"SECONDLY", "MINUTELY", "HOURLY"} else USUAL_LENGTH
        window = Window(here - longest - margin, _MOST + excepted, steps, until)
        moments = repetitions(rule, first, window)
        repeated += [moment.date() for moment in moments] if event.times.all_day else moments
    for held in event.held("RDATE"):
        for begin, end in parse_periods(held, event.zones):
            day = in_kind(begin.on(clock), start)
            last = None if end is None or event.times.all_day else end.on(clock)
            repeated.append((day, last) if isinstance(last, datetime) and last > day else day)
    return repeated


def _end_of(last: date) -> datetime:
    """The end of a day, when no time is said."""
    return last if isinstance(last, datetime) else datetime.combine(last, time.max)


def _length(event: Event) -> timedelta:
    """How long it takes, and how far it was moved when that moves all after it."""
    times = event.times
    usual = _DAY if times.all_day else USUAL_LENGTH
    length = usual if times.end is None else max(usual, times.end - times.start)
    if event.replaces is None or not event.replaces_all_later:
        return length
    moved = in_kind(event.replaces.on(times.zone), times.start) - times.start
    return length + abs(moved)
