"""What people are sent, as files: an invitation, a mail, a note as text or PDF, or a folder of them. Nothing is opened or joined."""

from __future__ import annotations

import os
import re
import time
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from amif_netcheck.errors import InputError
from amif_netcheck.meeting import invitation, letter
from amif_netcheck.meeting.appointment import Appointment
from amif_netcheck.meeting.invitation import Invitation, InvitationProblem
from amif_netcheck.meeting.letter import Letter
from amif_netcheck.meeting.links import is_known, meeting_link
from amif_netcheck.meeting.targets import FILE_SUFFIXES
from amif_netcheck.meeting.telephones import dial_ins
from amif_netcheck.meeting.written_dates import WrittenTime, the_meeting

PdfText = Callable[[bytes], str]
"""Reads a PDF; empty where it can't."""

LARGEST = 16 * 1024 * 1024
"""A mail with its attachments; invitations have some ten kilobytes, a year's calendar one or two million bytes."""
LARGEST_CALENDAR = 4 * 1024 * 1024
_MOST_FILES = 200
_LONGEST_S = 20.0
"""For all files of a folder: PDFs may take seconds each."""
_MOST_BYTES = 64 * 1024 * 1024
_CANCELLED = re.compile(
    r"[\s\[(]*(?:(?:re|fw|fwd|tr)\s?:\s?)*[\s\[(]*(?:(?:événement|réunion|event|meeting)\s)?(?:annulée?s?|annulation|cancell?ed|cancell?ation)\b",
    re.IGNORECASE,
)
"""A mail's subject, as Outlook and Google Calendar write it."""
_MOVED = re.compile(r"\breport|\bnouve(?:lle|au)|\bremplac|\breschedul|\bnew\b", re.IGNORECASE)
"""In such a subject: there is another day, which the text tells."""


def load(path: Path, now: datetime, pdf_text: PdfText) -> tuple[Invitation, Path]:
    """The meeting in a file, or the one under way or next to come of a folder, with the file that it stands in.

    `now` has a time zone.

    Raises:
        InputError: it can't be read, or no meeting is to come in it.
    """
    if path.is_dir():
        return _of_folder(path, now, pdf_text)
    content = _read(path)
    found = find(content, now, pdf_text)
    if isinstance(found, Invitation):
        return found, path
    last = _last(content, now, pdf_text) if found is InvitationProblem.PAST else None
    if last is not None:
        raise InputError("meeting_past", file=path, when=last)
    raise InputError(f"invitation_{found.value}", file=path)


def find(content: bytes, now: datetime, pdf_text: PdfText) -> Invitation | InvitationProblem:
    """The meeting of a calendar in these bytes, else the one that is written about in them."""
    if _may_be_calendar(content):
        invited = invitation.find(content, now)
        if isinstance(invited, Invitation):
            return replace(invited, sent=letter.sent(content))
        if invited is not InvitationProblem.NO_CALENDAR:
            return invited
    read = letter.read(content)
    return InvitationProblem.NO_CALENDAR if read is None else _written(read, now, pdf_text)


def _may_be_calendar(content: bytes) -> bool:
    return len(content) <= LARGEST_CALENDAR or b"BEGIN:VCALENDAR" not in content[:LARGEST_CALENDAR]


def _last(content: bytes, now: datetime, pdf_text: PdfText) -> Appointment | None:
    """What is over in a file without anything to come, so that the person sees which."""
    outcome = invitation.search((content,), now) if _may_be_calendar(content) else None
    if outcome is not None and outcome.problem is not InvitationProblem.NO_CALENDAR:
        return outcome.last
    read = letter.read(content)
    told = None if read is None else _told(_texts(read, now, pdf_text), read, now)
    return None if told is None else Appointment(told.starts, told.ends)


def _written(read: Letter, now: datetime, pdf_text: PdfText) -> Invitation | InvitationProblem:
    """The meeting that a letter speaks of, in its own words or those of a PDF in it. Its days count from when it was sent."""
    whole = _texts(read, now, pdf_text)
    told = _told(whole, read, now)
    link = meeting_link((), (), (whole,))
    phones = dial_ins(whole)
    if told is not None and told.is_over(now):
        return InvitationProblem.PAST
    called_off = _CANCELLED.match(read.subject) and not _MOVED.search(read.subject)
    if called_off or (told is not None and told.off):
        return InvitationProblem.CANCELLED
    if told is None:
        if not link:
            return InvitationProblem.NO_CALENDAR
        return Invitation(Appointment(title=_title(read), phones=phones), link, read.sent)
    return Invitation(Appointment(told.starts, told.ends, _title(read), phones), link, read.sent)


def _texts(read: Letter, now: datetime, pdf_text: PdfText) -> str:
    """All that a letter says, its page and its PDFs where it does not tell the time, or its link for sure, without them."""
    texts = [read.subject, read.text]
    if read.page and (_told(_joined(texts), read, now) is None or not is_known(meeting_link((), (), texts))):
        texts.append(read.page)
    if _told(_joined(texts), read, now) is None:
        texts += [pdf_text(pdf) for pdf in read.pdfs]
    return _joined(texts)


def _joined(texts: Iterable[str]) -> str:
    """With accents as one letter each, which Macs and PDFs write as two."""
    return unicodedata.normalize("NFC", "\n\n".join(filter(None, texts)))


def _told(text: str, read: Letter, now: datetime) -> WrittenTime | None:
    """Days without a year, and “demain”, count from when the letter was sent; which comes next, from now."""
    return the_meeting(text, now, since=read.sent)


def _title(read: Letter) -> str:
    return invitation.shortened(read.subject)


def _of_folder(folder: Path, now: datetime, pdf_text: PdfText) -> tuple[Invitation, Path]:
    """The next meeting among the files of a folder; those in folders below it are not looked at."""
    found: list[tuple[Invitation, Path]] = []
    problems: list[InvitationProblem] = []
    calendars: dict[Path, bytes] = {}
    left = _MOST_BYTES
    until = time.monotonic() + _LONGEST_S
    for path in _candidates(folder):
        try:
            content = _read(path)
        except InputError:
            continue
        left -= len(content)
        if left < 0 or time.monotonic() > until:
            break
        if _may_be_calendar(content) and _is_calendar(content, now):
            calendars[path] = content
            continue
        invited = find(content, now, pdf_text)
        if isinstance(invited, InvitationProblem):
            problems.append(invited)
        else:
            found.append((invited, path))
    if calendars:
        among, problem = _among(calendars, now)
        found += among
        problems += [] if among else [problem]
    if not found:
        if problems and all(problem is InvitationProblem.PAST for problem in problems):
            raise InputError("folder_past", file=folder)
        raise InputError("folder_without_meeting", file=folder)
    return min(found, key=lambda one: (one[0].appointment.starts is None, one[0].appointment.starts or now))


def _is_calendar(content: bytes, now: datetime) -> bool:
    return invitation.find(content, now) not in {InvitationProblem.NO_CALENDAR, InvitationProblem.ENDLESS}


def _among(
    calendars: dict[Path, bytes], now: datetime
) -> tuple[list[tuple[Invitation, Path]], InvitationProblem]:
    """The meetings of all calendars of a folder, as one of them may change or cancel what stands in another."""
    paths = list(calendars)
    together = invitation.search(tuple(calendars.values()), now)
    if together.problem is InvitationProblem.ENDLESS:  # each by itself
        each = [invitation.search((calendars[path],), now) for path in paths]
        return [
            (invited, path) for path, outcome in zip(paths, each, strict=True) for invited, _ in outcome.found
        ], InvitationProblem.ENDLESS
    found = [
        (replace(invited, sent=letter.sent(calendars[paths[source]])), paths[source])
        for invited, source in together.found
    ]
    return found, together.problem


def _candidates(folder: Path) -> Iterator[Path]:
    """Regular files of the right names, the newest first: of many, the last ones that came."""
    try:
        entries = [
            (entry.stat().st_mtime, entry.path)
            for entry in os.scandir(folder)
            if entry.name.casefold().endswith(FILE_SUFFIXES) and entry.is_file()
        ]
    except OSError as error:
        raise InputError("invitation_unreadable", file=folder, reason=error) from error
    yield from (Path(path) for _, path in sorted(entries, reverse=True)[:_MOST_FILES])


def _read(path: Path) -> bytes:
    try:
        if path.exists() and not path.is_file():
            raise InputError("invitation_no_file", file=path)
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        raise InputError("invitation_unreadable", file=path, reason=error) from error
    calendar = path.suffix.casefold() in {".ics", ".ical"}
    if len(content) > (LARGEST_CALENDAR if calendar else LARGEST):
        raise InputError("invitation_too_large", file=path)
    return content
