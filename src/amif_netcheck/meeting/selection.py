"""Which meeting a run is for: a link, a host or an invitation's file, and when it starts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from amif_netcheck.errors import InputError
from amif_netcheck.meeting import invitation, links, targets
from amif_netcheck.meeting.appointment import UNKNOWN, Appointment

_STILL_TODAY = timedelta(hours=6)
"""A start that is further in the past is meant for tomorrow."""


@dataclass(frozen=True)
class Meeting:
    """`host` is empty when it is not known; `notes` are flaws that don't stop the run, for the person to read once."""

    host: str = ""
    port: int = targets.HTTPS_PORT
    appointment: Appointment = UNKNOWN
    notes: tuple[InputError, ...] = ()


def select(typed: str | None, usual: str, at: str | None, now: datetime) -> Meeting:
    """The meeting that was typed, else the `usual` one of the settings; `at` beats the start in its invitation.

    Raises:
        InputError: it is no meeting, or its invitation can't be used.
    """
    starts = next_start(at, now) if at is not None else None
    path = _file(typed) if typed else None
    link = links.unwrapped(targets.bare(usual if typed is None else typed))
    appointment = Appointment(starts=starts)
    notes: tuple[InputError, ...] = ()
    if path is not None:
        invited = invitation.load(path, now)
        link = invited.link if _is_meeting(invited.link) else ""
        appointment = (
            replace(invited.appointment, starts=starts, ends=None) if starts else invited.appointment
        )
        if not link:
            notes = (InputError("invitation_without_link", file=path.name),)
    if not link:
        return Meeting(appointment=appointment, notes=notes)
    return Meeting(
        host=targets.meeting(link),
        port=targets.meeting_port(link),
        appointment=appointment,
        notes=notes,
    )


def next_start(at: str, now: datetime) -> datetime:
    """When it is `at` o'clock: up to six hours ago, else the next time. `now` has a time zone; local time.

    Raises:
        InputError: it is no time of the day.
    """
    clock = targets.time_of_day(at)
    days = (now.date() + timedelta(days=ahead) for ahead in (-1, 0, 1, 2))
    moments = (datetime.combine(day, clock).astimezone() for day in days)
    return next(moment for moment in moments if moment > now - _STILL_TODAY)


def _file(typed: str) -> Path | None:
    """The file that is meant, if one is.

    Raises:
        InputError: it may be a file here as well as a server, or is a file elsewhere.
    """
    name = typed.strip()
    if name.casefold().startswith("file:"):
        from urllib.request import url2pathname  # noqa: PLC0415 - slow to load

        return Path(url2pathname(urlsplit(name).path))
    if targets.is_invitation(name):
        return Path(name)
    if _is_calendar_on_the_web(targets.bare(name)):
        raise InputError("calendar_on_the_web", text=name)
    if "://" in name or not _exists(Path(name)):
        return None
    if _is_meeting(name):
        raise InputError("file_or_server", text=name)
    return Path(name)


def _is_calendar_on_the_web(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in {"webcal", "webcals"} or ("://" in text and parts.path.casefold().endswith(".ics"))


def _exists(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # no name of a file at all
        return False


def _is_meeting(text: str) -> bool:
    try:
        return bool(text and targets.meeting(text))
    except InputError:
        return False
