"""What people are sent, as files: an invitation, a mail, a note as text or PDF, or a folder of them. Nothing is opened or joined."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from amif_netcheck.errors import InputError
from amif_netcheck.meeting import invitation, letter
from amif_netcheck.meeting.appointment import Appointment
from amif_netcheck.meeting.invitation import Invitation, InvitationProblem
from amif_netcheck.meeting.letter import Letter
from amif_netcheck.meeting.links import meeting_link
from amif_netcheck.meeting.series import USUAL_LENGTH
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


def load(path: Path, now: datetime, pdf_text: PdfText) -> tuple[Invitation, Path]:
    """The meeting in a file, or the one under way or next to come of a folder, with the file that it stands in.

    `now` has a time zone.

    Raises:
        InputError: it can't be read, or no meeting is to come in it.
    """
    if path.is_dir():
        return _of_folder(path, now, pdf_text)
    found = find(_read(path), now, pdf_text)
    if isinstance(found, InvitationProblem):
        raise InputError(f"invitation_{found.value}", file=path)
    return found, path


def find(content: bytes, now: datetime, pdf_text: PdfText) -> Invitation | InvitationProblem:
    """The meeting of a calendar in these bytes, else the one that is written about in them."""
    if len(content) <= LARGEST_CALENDAR or b"BEGIN:VCALENDAR" not in content[:LARGEST_CALENDAR]:
        invited = invitation.find(content, now)
        if invited is not InvitationProblem.NO_CALENDAR:
            return invited
    read = letter.read(content)
    return InvitationProblem.NO_CALENDAR if read is None else _written(read, now, pdf_text)


def _written(read: Letter, now: datetime, pdf_text: PdfText) -> Invitation | InvitationProblem:
    """The meeting that a letter speaks of, in its own words or those of a PDF in it. Its days count from when it was sent."""
    texts = [read.subject, read.text]
    if _named_time("\n\n".join(texts), read.sent, now) is None:
        texts += [pdf_text(pdf) for pdf in read.pdfs]
    whole = "\n\n".join(filter(None, texts))
    link = meeting_link((), (), (whole,))
    phones = dial_ins(whole)
    told = _named_time(whole, read.sent, now)
    if told is None:
        if not link:
            return InvitationProblem.NO_CALENDAR
        return Invitation(Appointment(title=_title(read), phones=phones), link, read.sent)
    if (told.ends or told.starts + USUAL_LENGTH) <= now:
        return InvitationProblem.PAST
    return Invitation(Appointment(told.starts, told.ends, _title(read), phones), link, read.sent)


def _named_time(text: str, sent: datetime | None, now: datetime) -> WrittenTime | None:
    """Days without a year, and “demain”, count from when the letter was sent; which comes next, from now."""
    return the_meeting(text, now, since=sent)


def _title(read: Letter) -> str:
    return invitation.shortened(read.subject)


def _of_folder(folder: Path, now: datetime, pdf_text: PdfText) -> tuple[Invitation, Path]:
    """The next meeting among the files of a folder; those in folders below it are not looked at."""
    found: list[tuple[Invitation, Path]] = []
    problems: list[InvitationProblem] = []
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
        invited = find(content, now, pdf_text)
        if isinstance(invited, InvitationProblem):
            problems.append(invited)
        else:
            found.append((invited, path))
    if not found:
        if problems and all(problem is InvitationProblem.PAST for problem in problems):
            raise InputError("folder_past", file=folder)
        raise InputError("folder_without_meeting", file=folder)
    return min(found, key=lambda one: (one[0].appointment.starts is None, one[0].appointment.starts or now))


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
