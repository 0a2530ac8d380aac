"""Which meeting a run is for: a link, a host or an invitation's file, and when it starts."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from amif_netcheck.catalog.calls import meeting_hosts
from amif_netcheck.errors import InputError
from amif_netcheck.meeting import files, links, targets, wrapped_links
from amif_netcheck.meeting.appointment import UNKNOWN, Appointment
from amif_netcheck.meeting.files import PdfText
from amif_netcheck.meeting.invitation import Invitation, InvitationProblem
from amif_netcheck.meeting.lookalikes import imitated, is_beside

_STILL_TODAY = timedelta(hours=6)
"""A start that is further in the past is meant for tomorrow."""

_LONG_AGO = datetime(1990, 1, 1, tzinfo=UTC)
_OTHER_CLOCKS = timedelta(hours=1)
"""Senders' clocks are off, too, by less than that."""


@dataclass(frozen=True)
class Meeting:
    """`host` is empty when it is not known; `notes` are flaws that don't stop the run, for the person to read once.

    `source` is the name of the file that it stands in.
    """

    host: str = ""
    port: int = targets.HTTPS_PORT
    appointment: Appointment = UNKNOWN
    notes: tuple[InputError, ...] = ()
    source: str = ""


def select(
    typed: str | None,
    usual: str,
    at: str | None,
    now: datetime,
    pdf_text: PdfText = lambda _content: "",
    *,
    own_hosts: Sequence[str] = (),
) -> Meeting:
    """The meeting that was typed, else the `usual` one of the settings; `at` beats the start in its invitation.

    `own_hosts` are those of a desk's own services, which a host may imitate as well as those we know.

    Raises:
        InputError: it is no meeting, or its invitation can't be used.
    """
    starts = next_start(at, now) if at is not None else None
    path = _file(typed) if typed else None
    source = None
    link = wrapped_links.unwrapped(targets.bare(usual if typed is None else typed))
    appointment = Appointment(starts=starts)
    notes: tuple[InputError, ...] = ()
    if path is not None:
        invited, source = files.load(path, now, pdf_text)
        link = (
            invited.link if _is_meeting(invited.link) and not wrapped_links.is_wrapped(invited.link) else ""
        )
        appointment = (
            replace(invited.appointment, starts=starts, ends=None) if starts else invited.appointment
        )
        if not link:
            notes = (InputError("invitation_without_link", file=source.name),)
        if invited.sent is not None and invited.sent > now + _OTHER_CLOCKS:
            notes += (InputError("clock_behind", file=source.name),)
        if starts and invited.appointment.starts not in {None, starts}:
            notes += (InputError("at_differs", file=source.name),)
        if not link:
            return Meeting(appointment=appointment, notes=notes, source=source.name)
    if not link:
        return Meeting(appointment=appointment, notes=notes)
    return _at(link, appointment, notes, own_hosts=own_hosts, source="" if source is None else source.name)


def select_in(text: str, now: datetime, *, own_hosts: Sequence[str] = ()) -> Meeting | None:
    """The meeting of a whole text that somebody was sent; None where there is no link in it.

    Raises:
        InputError: its link can't be used.
    """
    invited = in_text(text, now)
    return _at(invited.link, invited.appointment, (), own_hosts=own_hosts) if invited.link else None


def in_text(text: str, now: datetime) -> Invitation:
    """The link and the times in a text that somebody was sent: a mail, or a calendar. Times that are over are left out."""
    plain = "\n".join(text.splitlines())
    content = plain.encode(errors="replace")
    found = files.find(content, now, lambda _content: "")
    if isinstance(found, Invitation) and found.link:
        return found
    if found is InvitationProblem.PAST:
        past = files.find(content, _LONG_AGO, lambda _content: "")
        if isinstance(past, Invitation) and past.link:
            return Invitation(UNKNOWN, past.link)
    unfolded = re.sub(r"\n[ \t]", "", plain) if "BEGIN:VCALENDAR" in plain else plain
    return Invitation(UNKNOWN, links.meeting_link((), (), (unfolded,)))


def _at(
    link: str,
    appointment: Appointment,
    notes: tuple[InputError, ...],
    *,
    own_hosts: Sequence[str],
    source: str = "",
) -> Meeting:
    host = targets.meeting(link)
    if wrapped_links.is_wrapped(link):
        raise InputError("wrapped_link", text=host)
    others = [own for own in own_hosts if not is_beside(host, own)]
    known = imitated(host, (*others, *meeting_hosts())) or links.shown_host(link)
    if known:
        notes += (InputError("lookalike", host=host, known=known),)
    return Meeting(
        host=host,
        port=targets.meeting_port(link),
        appointment=appointment,
        notes=notes,
        source=source,
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
        return _folder(name)
    if _is_meeting(name):
        raise InputError("file_or_server", text=name)
    return Path(name)


def _folder(name: str) -> Path | None:
    """A folder that is named as one: with a slash, or a name that no host has."""
    try:
        is_folder = Path(name).is_dir() and (name.endswith(("/", os.sep)) or not _is_meeting(name))
    except (OSError, ValueError):
        return None
    return Path(name) if is_folder else None


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
