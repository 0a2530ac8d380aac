"""An invitation's file (iCalendar, RFC 5545), read for the meeting that is under way or comes next. Sends nothing."""

from __future__ import annotations

import codecs
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from amif_netcheck.advice.language import N_, Language
from amif_netcheck.advice.system_errors import why
from amif_netcheck.children.threads import BackgroundCall
from amif_netcheck.errors import UsageError
from amif_netcheck.meeting.appointment import Appointment
from amif_netcheck.meeting.links import meeting_link
from amif_netcheck.model.facts import Unavailable

if TYPE_CHECKING:
    from icalendar import Calendar, Component, Event

LARGEST = 4 * 1024 * 1024
"""Invitations have some ten kilobytes, a year's calendar one or two million bytes."""

_DEADLINE_S = 6.0
"""A rule of repetition may be written so that it takes for ever."""
_DAY = timedelta(days=1)
_USUAL_LENGTH = timedelta(hours=1)
"""How long a meeting without an end goes on."""
_MOST_EVENTS = 500
_LONGEST_TITLE = 80

_NAMED = (
    *("X-MICROSOFT-SKYPETEAMSMEETINGURL", "X-MICROSOFT-ONLINEMEETINGCONFLINK", "X-GOOGLE-CONFERENCE"),
    *("X-TEAMS-JOIN-URL", "CONFERENCE", "LOCATION", "URL"),
)
"""Where a meeting's link or place stands; CONFERENCE is RFC 7986's."""
_TOLD = ("DESCRIPTION", "X-ALT-DESC", "COMMENT")


class InvitationProblem(Enum):
    """Why no meeting was found in a file."""

    NO_CALENDAR = "no_calendar"
    NO_EVENT = "no_event"
    PAST = "past"
    CANCELLED = "cancelled"
    ENDLESS = "endless"


FLAWS = {
    InvitationProblem.NO_CALENDAR: N_(
        "{file}: no invitation; save it again from the mail, or give the meeting’s link"
    ),
    InvitationProblem.NO_EVENT: N_(
        "{file}: no meeting with a time is in it; save the invitation again, or give the meeting’s link"
    ),
    InvitationProblem.PAST: N_(
        "{file}: this meeting is over; use the invitation to the next one, or give the meeting’s link"
    ),
    InvitationProblem.CANCELLED: N_(
        "{file}: this meeting was cancelled; if another one replaces it, use its invitation or its link"
    ),
    InvitationProblem.ENDLESS: N_(
        "{file}: it takes too long to read; save this meeting alone, or give its link"
    ),
}


@dataclass(frozen=True)
class Invitation:
    """The meeting of an invitation; `link` is empty when it has none, the appointment without times when it takes all day."""

    appointment: Appointment
    link: str = ""


def load(path: Path, now: datetime, language: Language) -> Invitation:
    """Read the invitation in the file `path`. `now` has a time zone.

    Raises:
        UsageError: it can't be read, or no meeting is to come in it.
    """
    content = _read(path, language)
    task: BackgroundCall[Invitation | InvitationProblem] = BackgroundCall(lambda: find(content, now))
    found = task.result(time.monotonic() + _DEADLINE_S)
    if isinstance(found, Unavailable):
        found = InvitationProblem.ENDLESS
    if isinstance(found, InvitationProblem):
        raise UsageError(language.text(FLAWS[found]).format(file=path))
    return found


def find(content: bytes, now: datetime) -> Invitation | InvitationProblem:
    """The meeting under way or the next to come, of those within a day the first that has a link."""
    flaw = InvitationProblem.NO_CALENDAR
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about time zones whose names have a vendor before them
            calendar = _calendar(content)
            if calendar is None:
                return flaw
            flaw = InvitationProblem.NO_EVENT
            return _next(calendar, now)
    except Exception:  # noqa: BLE001 - a library meets anybody's bytes; what it breaks on can't be used
        return flaw


def _read(path: Path, language: Language) -> bytes:
    text = language.text
    try:
        if path.exists() and not path.is_file():
            raise UsageError(text("{file}: not a file; give an invitation (.ics)").format(file=path))
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        message = text("{file}: can't be read ({reason}); check its name, or give the meeting’s link")
        raise UsageError(message.format(file=path, reason=why(error, language))) from error
    if len(content) > LARGEST:
        message = text("{file}: too large for an invitation; save this meeting alone, or give its link")
        raise UsageError(message.format(file=path))
    return content


def _next(calendar: Calendar, now: datetime) -> Invitation | InvitationProblem:
    import recurring_ical_events  # noqa: PLC0415 - takes longer to load than all else before a run

    events = calendar.events
    if not events:
        return InvitationProblem.NO_EVENT
    query = recurring_ical_events.of(calendar, skip_bad_series=True)
    all_cancelled = str(calendar.get("METHOD", "")).upper() == "CANCEL"
    cancelled = False
    days: list[Event] = []
    for event in islice(query.after(now - _DAY), _MOST_EVENTS):
        if _over(event, now):
            continue
        if all_cancelled or _is_cancelled(event):
            cancelled = True
        elif isinstance(event.start, datetime):
            begin = max(now, event.start.astimezone())
            beside = [each for each in query.between(begin, begin + _DAY) if _comes(each, now)]
            return _first_with_link([event, *sorted(beside, key=_begin)[:_MOST_EVENTS]])
        else:
            days.append(event)
    if days:
        return _first_with_link(days[:1])
    if cancelled:
        return InvitationProblem.CANCELLED
    return (
        InvitationProblem.PAST if any(_over(event, now) for event in events) else InvitationProblem.NO_EVENT
    )


def _calendar(content: bytes) -> Calendar | None:
    """All that is in the file as one calendar."""
    from icalendar import Calendar  # noqa: PLC0415 - as above

    parts: list[Component] = list(Calendar.from_ical(_text(content), multiple=True))
    calendars = [each for each in parts if isinstance(each, Calendar)]
    for other in calendars[1:]:
        for part in other.subcomponents:
            calendars[0].add_component(part)
    return calendars[0] if calendars else None


def _text(content: bytes) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _first_with_link(events: list[Event]) -> Invitation:
    read = [_invitation(event) for event in events]
    return next((each for each in read if each.link), read[0])


def _invitation(event: Event) -> Invitation:
    title = " ".join("".join(_texts(event, "SUMMARY")).split())
    if len(title) > _LONGEST_TITLE:
        title = title[: _LONGEST_TITLE - 1].rstrip() + "…"
    starts = ends = None
    if isinstance(event.start, datetime):
        starts, end = event.start.astimezone(), _end(event)
        ends = end if end > starts else None
    return Invitation(
        appointment=Appointment(starts=starts, ends=ends, title=title),
        link=meeting_link(
            [text for name in _NAMED for text in _texts(event, name)],
            [text for name in _TOLD for text in _texts(event, name)],
        ),
    )


def _texts(event: Event, name: str) -> Iterator[str]:
    held: Any = event.get(name, ())
    for each in held if isinstance(held, (list, tuple)) else (held,):
        yield str(each)


def _comes(event: Event, now: datetime) -> bool:
    return isinstance(event.start, datetime) and not _is_cancelled(event) and not _over(event, now)


def _is_cancelled(event: Event) -> bool:
    return str(event.get("STATUS", "")).upper() == "CANCELLED"


def _over(event: Event, now: datetime) -> bool:
    """Did it end? One whose times can't be read did not, but nor does it come: the query leaves it out."""
    try:
        end = _end(event)
        starts = _begin(event)
    except (ValueError, OverflowError):
        return False
    return now >= (end if end > starts else starts + _USUAL_LENGTH)


def _begin(event: Event) -> datetime:
    return _moment(event.start)


def _end(event: Event) -> datetime:
    return _moment(event.end)


def _moment(value: date) -> datetime:
    """The same with a time zone: this computer's for times without one and for whole days."""
    if not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)  # noqa: DTZ001 - the next line gives it one
    return value.astimezone()
