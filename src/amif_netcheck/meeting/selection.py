"""Which meeting a run is for: a link, a host or an invitation's file, and when it starts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from amif_netcheck.advice.language import Language
from amif_netcheck.errors import UsageError
from amif_netcheck.meeting import invitation, links, targets
from amif_netcheck.meeting.appointment import UNKNOWN, Appointment

_STILL_TODAY = timedelta(hours=6)
"""A start that is further in the past is meant for tomorrow."""


@dataclass(frozen=True)
class Meeting:
    """`host` is empty when it is not known; `notes` are sentences that the person should read once."""

    host: str = ""
    port: int = targets.HTTPS_PORT
    appointment: Appointment = UNKNOWN
    notes: tuple[str, ...] = ()


def chosen(wish: str | None, usual: str, at: str | None, now: datetime, language: Language) -> Meeting:
    """The meeting that was typed, else the `usual` one of the settings; `at` beats the start in its invitation.

    Raises:
        UsageError: it is no meeting, or its invitation can't be used.
    """
    starts = start(at, now, language) if at is not None else None
    path = _file(wish, language) if wish else None
    link = links.unwrapped((usual if wish is None else wish).strip())
    appointment = Appointment(starts=starts)
    notes: tuple[str, ...] = ()
    if path is not None:
        found = invitation.load(path, now, language)
        link = found.link if _is_meeting(found.link, language) else ""
        appointment = replace(found.appointment, starts=starts, ends=None) if starts else found.appointment
        if not link:
            message = language.text(
                "{file}: no link is in it, so the way to the meeting is not checked; to have it checked: "
                "--meeting LINK --at HH:MM"
            )
            notes = (message.format(file=path.name),)
    if not link:
        return Meeting(appointment=appointment, notes=notes)
    return Meeting(
        host=targets.meeting(link, language),
        port=targets.meeting_port(link),
        appointment=appointment,
        notes=notes,
    )


def start(at: str, now: datetime, language: Language) -> datetime:
    """When it is `at` o'clock: up to six hours ago, else the next time. `now` has a time zone; local time.

    Raises:
        UsageError: it is no time of the day.
    """
    clock = targets.time_of_day(at, language)
    days = (now.date() + timedelta(days=each) for each in (-1, 0, 1, 2))
    moments = (datetime.combine(day, clock).astimezone() for day in days)
    return next(each for each in moments if each > now - _STILL_TODAY)


def _file(wish: str, language: Language) -> Path | None:
    """The file that is meant, if one is.

    Raises:
        UsageError: it may be a file here as well as a server, or is a file elsewhere.
    """
    name = wish.strip()
    if name.casefold().startswith("file:"):
        from urllib.request import url2pathname  # noqa: PLC0415 - slow to load

        return Path(url2pathname(urlsplit(name).path))
    if targets.is_invitation(name):
        return Path(name)
    if _is_calendar_on_the_web(name):
        message = language.text(
            "“{text}” is a calendar on the web, which is not fetched; save it as a file and give that, or give the meeting’s link"
        )
        raise UsageError(message.format(text=name))
    if "://" in name or not _exists(Path(name)):
        return None
    if _is_meeting(name, language):
        message = language.text(
            "“{text}” is a file here, and may be a server’s name too; write ./{text} for the file, https://{text} for the server"
        )
        raise UsageError(message.format(text=name))
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


def _is_meeting(text: str, language: Language) -> bool:
    try:
        return bool(text and targets.meeting(text, language))
    except UsageError:
        return False
