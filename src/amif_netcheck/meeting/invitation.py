"""An invitation's file (iCalendar, RFC 5545), read for the meeting that is under way or comes next. Sends nothing.

One bad part never costs the meeting: what can't be read is left out, property by property and event by event.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from enum import Enum

from amif_netcheck.meeting.appointment import Appointment
from amif_netcheck.meeting.components import Calendar, Property, calendars
from amif_netcheck.meeting.content_lines import content_lines
from amif_netcheck.meeting.event_times import EventTimes, event_times
from amif_netcheck.meeting.links import meeting_link
from amif_netcheck.meeting.series import USUAL_LENGTH, CalendarEvent, newest, occurrences
from amif_netcheck.meeting.telephones import dial_ins
from amif_netcheck.meeting.work import Work
from amif_netcheck.meeting.zones import Zones

_EVENT_UNITS = 1
"""Of `Work`."""
_DAY = timedelta(days=1)
_MOST_BESIDE = 500
_MOST_TOGETHER = 4
"""Several files may take as much work as so many."""
_LONGEST_TITLE = 80

_PLACES = ("LOCATION", "URL")
_TEXTS = {"DESCRIPTION", "X-ALT-DESC", "STYLED-DESCRIPTION", "COMMENT", "SUMMARY"}
_CONFERENCE_WORDS = (
    "MEET",
    "CONF",
    "VIDEO",
    "VISIO",
    "JOIN",
    "CALL",
    "TALK",
    "TEAMS",
    "ZOOM",
    "WEBEX",
    "JITSI",
    "BBB",
)
"""Vendors' properties for a meeting's link have one of these in their names: X-GOOGLE-CONFERENCE, X-OPENPAAS-VIDEOCONFERENCE,
X-MICROSOFT-SKYPETEAMSMEETINGURL, X-MICROSOFT-ONLINEMEETINGEXTERNALLINK, X-TEAMS-JOIN-URL."""
_TO_JOIN = {"VIDEO", "AUDIO", "SCREEN"}
"""Features of a CONFERENCE (RFC 7986, section 6.3) that a computer takes part by; the others are its telephone, chat and so on."""
_OF_OTHERS = {
    "ATTACH",
    "ATTENDEE",
    "ORGANIZER",
    "CATEGORIES",
    "UID",
    "DTSTAMP",
    "CONTACT",
    "RELATED-TO",
    "TZURL",
    "SOURCE",
    "IMAGE",
}
"""Properties whose links, if any, are not the meeting's. Names that nobody knows are lines of a text that was not folded."""


class InvitationProblem(Enum):
    """Why no meeting was found in a file."""

    NO_CALENDAR = "no_calendar"
    NO_EVENT = "no_event"
    BROKEN_EVENT = "broken_event"
    PAST = "past"
    CANCELLED = "cancelled"
    ENDLESS = "endless"


@dataclass(frozen=True)
class Invitation:
    """The meeting of an invitation; `link` is empty when it has none, the appointment without times when it takes all day.

    `sent`: when the mail that it stands in says it was sent.
    """

    appointment: Appointment
    link: str = ""
    sent: datetime | None = None


@dataclass(frozen=True)
class _Meeting:
    """An occurrence of an event in this computer's time; `ends` is None when it isn't known."""

    event: CalendarEvent
    starts: datetime
    ends: datetime | None
    all_day: bool

    def is_over(self, now: datetime) -> bool:
        return now >= (self.ends or self.starts + (_DAY if self.all_day else USUAL_LENGTH))


@dataclass(frozen=True)
class Coming:
    """What is to come in some files: of each the meeting, with the number of its file; without any the problem.

    `last` is what was held last, where it can be told of.
    """

    found: tuple[tuple[Invitation, int], ...]
    problem: InvitationProblem
    last: Appointment | None = None


def find(content: bytes, now: datetime) -> Invitation | InvitationProblem:
    """The meeting under way or the next to come, of those within a day the first that has a link."""
    outcome = search((content,), now)
    return outcome.found[0][0] if outcome.found else outcome.problem


def search(contents: Sequence[bytes], now: datetime) -> Coming:
    """The same for each of several files, where one may replace or cancel what stands in another."""
    work = Work()
    work.left *= min(len(contents), _MOST_TOGETHER)
    read = [calendars(content_lines(content), work) for content in contents]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # libraries' doubts about a file are not the person's
        outcome = _MeetingSearch(now, work).next(read)
    # What was not read may come before what was.
    return outcome if work.left >= 0 else Coming((), InvitationProblem.ENDLESS)


class _MeetingSearch:
    def __init__(self, now: datetime, work: Work) -> None:
        self._now, self._work = now, work
        self._broken = self._cancelled = self._past = False
        self._last: _Meeting | None = None

    def next(self, read: Sequence[list[Calendar]]) -> Coming:
        """The meetings, or why there is none; of what is read before the work is too much."""
        if not any(read):
            return Coming((), InvitationProblem.NO_CALENDAR)
        coming = sorted(self._coming(self._events(read)), key=lambda meeting: meeting.starts)
        found = []
        for source in range(len(read)):
            own = [meeting for meeting in coming if meeting.event.source == source]
            candidates = [meeting for meeting in own if not meeting.all_day] or own
            if candidates:
                until = max(self._now, candidates[0].starts) + _DAY
                beside = [meeting for meeting in candidates if meeting.starts < until][:_MOST_BESIDE]
                found.append((_first_with_link(beside), source))
        last = None if self._last is None else _appointment(self._last)
        return Coming(tuple(found), self._problem(), last)

    def _problem(self) -> InvitationProblem:
        if self._broken:
            return InvitationProblem.BROKEN_EVENT
        if self._cancelled:
            return InvitationProblem.CANCELLED
        return InvitationProblem.PAST if self._past else InvitationProblem.NO_EVENT

    def _events(self, read: Sequence[list[Calendar]]) -> Iterator[CalendarEvent]:
        """The events whose start can be read, of each file."""
        for source, of_file in enumerate(read):
            yield from self._events_of(of_file, source)

    def _events_of(self, read: list[Calendar], source: int) -> Iterator[CalendarEvent]:
        defined = [part for calendar in read for part in calendar.components if part.name == "VTIMEZONE"]
        zones_of_file = Zones(defined)
        for calendar in read:
            zones = zones_of_file.with_default(calendar.zone)
            for component in calendar.components:
                if component.name != "VEVENT" or not component.lines:
                    continue
                if not self._work.spend(_EVENT_UNITS):
                    return
                properties = component.properties()
                times = event_times(properties, zones)
                if times is None:
                    self._broken = True
                    continue
                status = [prop.value.upper() for prop in properties.get("STATUS", ())]
                cancelled = calendar.method == "CANCEL" or status[:1] == ["CANCELLED"]
                yield CalendarEvent(properties, times, zones, cancelled=cancelled, source=source)

    def _coming(self, events: Iterable[CalendarEvent]) -> Iterator[_Meeting]:
        """What is under way or to come, and not cancelled."""
        series: dict[str, list[CalendarEvent]] = {}
        for number, event in enumerate(events):
            self._broken |= event.broken
            series.setdefault(event.uid or f"\0{number}", []).append(event)
            self._past |= _is_before(event.times, self._now)
        for everywhere in series.values():
            if self._work.left < 0:
                return
            same = newest(everywhere)
            self._cancelled |= len(same) < len(everywhere) and all(event.cancelled for event in same)
            for occurrence in occurrences(same, self._now, self._work):
                meeting = self._meeting(occurrence.event, occurrence.times)
                if meeting is None:
                    continue
                if meeting.is_over(self._now):
                    self._keep(meeting)
                    continue
                if occurrence.event.cancelled:
                    self._cancelled = True
                else:
                    yield meeting

    def _keep(self, meeting: _Meeting) -> None:
        """Of what is over the last, if it is known which: of a series the first alone is looked at."""
        known = not (meeting.all_day or meeting.event.rules or meeting.event.cancelled)
        if known and (self._last is None or meeting.starts > self._last.starts):
            self._last = meeting

    def _meeting(self, event: CalendarEvent, times: EventTimes) -> _Meeting | None:
        try:
            ends = None if times.end is None else _local(times.end, times.zone)
            return _Meeting(event, _local(times.start, times.zone), ends, times.all_day)
        except (OverflowError, ValueError, OSError):  # no time that this computer can name
            self._broken = True
            return None


def _first_with_link(meetings: list[_Meeting]) -> Invitation:
    firsts = {id(meeting.event): meeting for meeting in reversed(meetings)}
    links = (
        (meeting, _link(meeting.event))
        for meeting in sorted(firsts.values(), key=lambda meeting: meeting.starts)
    )
    meeting, link = next(((meeting, link) for meeting, link in links if link), (meetings[0], ""))
    return Invitation(_appointment(meeting), link)


def _appointment(meeting: _Meeting) -> Appointment:
    titles = (" ".join(prop.text.split()) for prop in meeting.event.named("SUMMARY"))
    title = shortened(next(filter(None, titles), ""))
    phones = dial_ins("\n\n".join(_texts(meeting.event)))
    if meeting.all_day:
        return Appointment(title=title, phones=phones)
    ends = meeting.ends if meeting.ends is not None and meeting.ends > meeting.starts else None
    return Appointment(meeting.starts, ends, title, phones)


def shortened(title: str) -> str:
    """A title as long as a line may be."""
    return title if len(title) <= _LONGEST_TITLE else title[: _LONGEST_TITLE - 1].rstrip() + "…"


def _texts(event: CalendarEvent) -> list[str]:
    """What may hold telephone numbers."""
    return [
        prop.text
        for name, properties in event.properties.items()
        if name in _TEXTS or name in {"CONFERENCE", *_PLACES}
        for prop in properties
    ]


def _link(event: CalendarEvent) -> str:
    conference, texts = [], []
    for name, properties in event.properties.items():
        if name == "CONFERENCE" or (
            name.startswith("X-") and any(word in name for word in _CONFERENCE_WORDS)
        ):
            conference += [prop.text for prop in properties if _is_to_join(prop)]
        elif name in _TEXTS or not (name.startswith("X-") or name in _OF_OTHERS or name in _PLACES):
            texts += [prop.text for prop in properties]
    return meeting_link(conference, [prop.text for name in _PLACES for prop in event.named(name)], texts)


def _is_to_join(prop: Property) -> bool:
    features = prop.parameters.get("FEATURE", "")
    return not features or not _TO_JOIN.isdisjoint(features.upper().replace(" ", "").split(","))


def _local(value: date, zone: tzinfo | None) -> datetime:
    """With a time zone; a day as its beginning here."""
    if not isinstance(value, datetime):
        return datetime.combine(value, datetime.min.time()).astimezone()
    return value.replace(tzinfo=zone).astimezone()


def _is_before(times: EventTimes, now: datetime) -> bool:
    here = now.astimezone(times.zone).replace(tzinfo=None)
    return times.start < (here.date() if times.all_day else here)
