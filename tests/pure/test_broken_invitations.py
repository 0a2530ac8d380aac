"""What is broken in an invitation, by kind: it is left out, and the meeting is read."""

from __future__ import annotations

import base64
import quopri
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from amif_netcheck.advice import input_errors
from amif_netcheck.advice.language import Language
from amif_netcheck.errors import InputError
from amif_netcheck.meeting import files
from amif_netcheck.meeting.invitation import Invitation, find
from amif_netcheck.meeting.wrapped_links import host_of
from tests.pure.invitation_files import NOW, TEN, File, make, mutations
from tests.systems import time_in_paris

HOST = "visio.mairie.example"
LINK = f"https://{HOST}/salle"
HOUR = timedelta(hours=1)
EVENT = (
    "UID:1",
    "DTSTART:20261201T090000Z",
    "DTEND:20261201T100000Z",
    "SUMMARY:Réunion élargie",
    f"LOCATION:{LINK}",
)
FILE = ("BEGIN:VCALENDAR", "VERSION:2.0", "BEGIN:VEVENT", *EVENT, "END:VEVENT", "END:VCALENDAR", "")
TEXT = "\r\n".join(FILE)


@pytest.fixture(autouse=True, scope="module")
def _in_paris() -> Iterator[None]:
    """The computer's time zone, for times without one."""
    with time_in_paris():
        yield


def read(content: bytes | str, now: datetime = NOW) -> Invitation:
    held = find(content.encode() if isinstance(content, str) else content, now)
    assert isinstance(held, Invitation), held
    return held


def calendar(*lines: str) -> str:
    return "\r\n".join(("BEGIN:VCALENDAR", "VERSION:2.0", *lines, "END:VCALENDAR", ""))


def event(*lines: str, uid: str = "1", link: str = LINK) -> str:
    return "\r\n".join(("BEGIN:VEVENT", f"UID:{uid}", *lines, f"LOCATION:{link}", "END:VEVENT"))


MAIL = "From: claire@association.example\r\nTo: mairie@saint-lieu.example\r\nSubject: Invitation\r\nMIME-Version: 1.0\r\n"


def mail(part: str, body: bytes) -> bytes:
    head = f'{MAIL}Content-Type: multipart/mixed; boundary="=_x"\r\n\r\n--=_x\r\nContent-Type: text/plain\r\n\r\nBonjour\r\n--=_x\r\n{part}\r\n\r\n'
    return head.encode() + body + b"\r\n--=_x--\r\n"


BYTES = {
    "bare LF": TEXT.replace("\r\n", "\n").encode(),
    "bare CR": TEXT.replace("\r\n", "\r").encode(),
    "breaks written out": TEXT.replace("\r\n", r"\r\n").encode(),
    "CR CR LF": TEXT.replace("\r\n", "\r\r\n").encode(),
    "empty lines": TEXT.replace("\r\n", "\r\n\r\n").encode(),
    "mixed breaks": TEXT.replace("\r\n", "\n", 3).replace("\r\n", "\r", 2).encode(),
    "no end": TEXT.replace("END:VEVENT\r\nEND:VCALENDAR\r\n", "").encode(),
    "no last break": TEXT.strip().encode(),
    "no calendar": "\r\n".join(("BEGIN:VEVENT", *EVENT, "END:VEVENT")).encode(),
    "no begin": TEXT.replace("BEGIN:VEVENT\r\n", "").encode(),
    "no begin and no end": TEXT.replace("BEGIN:VEVENT\r\n", "").replace("END:VEVENT\r\n", "").encode(),
    "UTF-8 with a mark": TEXT.encode("utf-8-sig"),
    "marks inside": TEXT.replace("BEGIN:", "\ufeffBEGIN:").encode(),
    "UTF-16": TEXT.encode("utf-16"),
    "UTF-16 without a mark": TEXT.encode("utf-16-le"),
    "UTF-16, big end first, without a mark": TEXT.encode("utf-16-be"),
    "UTF-32": TEXT.encode("utf-32"),
    "Windows": TEXT.encode("cp1252"),
    "zero bytes": TEXT.replace("SUMMARY", "\0SUMMARY").encode(),
    "fold inside a character": TEXT.encode().replace(b"\xc3", b"\xc3\r\n "),
    "fold after every byte": TEXT.encode().replace("élargie".encode(), "".join("élargie").encode().hex(" ").encode()).replace(b"c3 a9 6c 61 72 67 69 65", b"\r\n ".join(bytes([byte]) for byte in "élargie".encode())),
    "fold with a tab and an empty line": TEXT.replace("SUMMARY:Réunion", "SUMMARY:Réu\r\n\r\n\tnion").encode(),
    "space after BEGIN": TEXT.replace(":V", ": V").encode(),
    "space before the colon": TEXT.replace(":", " :", 3).encode(),
    "space around values": TEXT.replace(":2026", ": 2026").replace("\r\n", " \r\n").encode(),
    "lower case": TEXT.replace("BEGIN:VCALENDAR", "begin:vcalendar").replace("BEGIN:VEVENT", "Begin:vEvent").replace("DTSTART", "dtstart").replace("SUMMARY", "Summary").encode(),
    "text around": f"Bonjour,\r\n\r\nvoici :\r\n\r\n{TEXT}\r\n-- \r\nLe secrétariat\r\nTél. : 01 99 00 00 00\r\n".encode(),
    "a mail's text around": f"{MAIL}Content-Type: text/plain; charset=utf-8\r\n\r\nBonjour,\r\n\r\n{TEXT}\r\nCordialement\r\n".encode(),
    "a quoted mail": "".join(f"> {line}\r\n" for line in FILE).encode(),
    "quoted twice": "".join(f">> {line}\r\n" for line in FILE).encode(),
    "indented": "".join(f"    {line}\r\n" for line in FILE).encode(),
    "mail, quoted-printable": mail("Content-Type: text/calendar; charset=UTF-8\r\nContent-Transfer-Encoding: quoted-printable", quopri.encodestring(TEXT.encode())),
    "mail, Base64": mail("Content-Type: text/calendar; charset=UTF-8\r\nContent-Transfer-Encoding: base64", base64.encodebytes(TEXT.encode())),
    "mail, ISO-8859-1": mail("Content-Type: text/calendar; charset=ISO-8859-1\r\nContent-Transfer-Encoding: base64", base64.encodebytes(TEXT.encode("latin-1"))),
    "mail, an attached file": mail('Content-Type: application/octet-stream; name="invite.ics"\r\nContent-Transfer-Encoding: base64', base64.encodebytes(TEXT.encode())),
    "mail, an unknown charset": mail("Content-Type: text/calendar; charset=x-unknown\r\nContent-Transfer-Encoding: 8bit", TEXT.encode()),
    "vCalendar 1.0": TEXT.replace("SUMMARY:Réunion élargie", "SUMMARY;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:R=C3=A9union=\r\n =C3=A9largie").encode(),
    "lines wrapped by hand": TEXT.replace("SUMMARY", "DESCRIPTION:Bonjour\r\nvoici la suite\r\nhttps://docs.example/a\r\nSUMMARY").encode(),
    "a text's lines like parts": TEXT.replace("SUMMARY", "DESCRIPTION:Séance\r\nBegin: 10h\r\nEnd: 11h30\r\nEnd : fin\r\nSUMMARY").encode(),
    "junk in the calendar": TEXT.replace("END:VCALENDAR", "X\r\nEND:VCALENDAR").encode(),
    "junk in the event": TEXT.replace("SUMMARY", "X\r\n;;;\r\n:\r\n=\r\n\x01\r\nX-:\r\nSUMMARY").encode(),
    "two calendars": f"{calendar()}{TEXT}".encode(),
    "METHOD of another calendar": f"{calendar('METHOD:CANCEL')}{TEXT}".encode(),
}  # fmt: skip


@pytest.mark.parametrize("content", BYTES.values(), ids=BYTES)
def test_bytes_and_lines_that_are_repaired(content: bytes) -> None:
    held = read(content)
    assert (held.link, held.appointment.starts, held.appointment.ends) == (LINK, TEN, TEN + HOUR)
    assert held.appointment.title == "Réunion élargie"


def test_only_the_byte_that_is_none_is_replaced() -> None:
    content = TEXT.encode().replace(b"R\xc3\xa9union", b"R\xc3\xa9\xffunion")
    assert read(content).appointment.title == "Ré\ufffdunion élargie"


PARTS = {
    "an event without a start": event("SUMMARY:rien", uid="2"),
    "an event with a bad start": event("DTSTART:demain", uid="2"),
    "an event without an end of its own": "BEGIN:VEVENT\r\nUID:2\r\nSUMMARY:rien",
    "an empty event": "BEGIN:VEVENT\r\nEND:VEVENT",
    "a zone without a rule": "BEGIN:VTIMEZONE\r\nTZID:UTC-07:00\r\nEND:VTIMEZONE",
    "a zone without a name": "BEGIN:VTIMEZONE\r\nBEGIN:STANDARD\r\nEND:STANDARD\r\nEND:VTIMEZONE",
    "a zone of more than a day": "BEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\nBEGIN:STANDARD\r\nDTSTART:18930401T000000\r\nTZOFFSETFROM:+5328\r\nTZOFFSETTO:+0100\r\nEND:STANDARD\r\nEND:VTIMEZONE",
    "a zone without an end": "BEGIN:VTIMEZONE\r\nTZID:X\r\nBEGIN:STANDARD",
    "a task": "BEGIN:VTODO\r\nDTSTART:x\r\nDUE;VALUE=DATE:nie\r\nEND:VTODO",
    "a task at the same time": "BEGIN:VTODO\r\nUID:9\r\nDTSTART:20261201T085000Z\r\nURL:https://other.example\r\nEND:VTODO",
    "busy times": "BEGIN:VFREEBUSY\r\nFREEBUSY:19980415T133000Z/,x\r\nEND:VFREEBUSY",
    "a journal": "BEGIN:VJOURNAL\r\nDTSTART:x\r\nEND:VJOURNAL",
    "a component that nobody knows": "BEGIN:X-THING\r\nDTSTART:x\r\nEND:X-THING",
    "an end of nothing": "END:VEVENT\r\nEND:VALARM\r\nEND:X",
}  # fmt: skip


@pytest.mark.parametrize("part", PARTS.values(), ids=PARTS)
@pytest.mark.parametrize("before", [True, False])
def test_a_broken_component_is_left_out(part: str, before: bool) -> None:
    whole = event(*EVENT[1:4])
    held = read(calendar(part, whole) if before else calendar(whole, part))
    assert (held.link, held.appointment.starts, held.appointment.ends) == (LINK, TEN, TEN + HOUR)


LINES = [
    *("SEQUENCE:1407317367304", "SEQUENCE:x", "SEQUENCE:-1", "SEQUENCE:"),
    *("RRULE:", "RRULE:FREQ=", "RRULE:FREQ=NEVER", "RRULE:FREQ=WEEKLY;UNTIL=x", "RRULE:FREQ=WEEKLY;BYDAY=XX;COUNT=-1"),
    *("RRULE:FREQ=DAILY;INTERVAL=0", "RRULE:FREQ=DAILY;BYHOUR=99;BYMONTHDAY=0,77", "RRULE:FREQ=WEEKLY;UNTIL=20000101"),
    *("RRULE:FREQ=HOURLY;INTERVAL=24;BYHOUR=3", "RRULE:FREQ=YEARLY;BYSETPOS=1", "RRULE:WEEKLY", "RRULE:FREQ=DAILY;FREQ=DAILY"),
    *("EXDATE:x", "EXDATE:", "EXDATE;TZID=Nowhere:20261299T000000", "EXDATE;VALUE=DATE:19991231,x,"),
    *("RDATE:x", "RDATE:", "RDATE;VALUE=PERIOD:20261201T090000Z/x", "RDATE;VALUE=PERIOD:x/PT1H"),
    *("DURATION:x", "DURATION:P", "DURATION:-PT1H", "DURATION:P99999999999D", "DTSTAMP:x", "CREATED:20261201"),
    *('ATTENDEE;CN="a:b', "ORGANIZER", "GEO:x;y", "PRIORITY:high", "TRIGGER:x", "CATEGORIES", "X-;A=:", "DTEND:None"),
    *("BEGIN:VALARM\r\nTRIGGER:x\r\nREPEAT:y\r\nEND:VALARM", "BEGIN:VALARM\r\nEND:VALARM", "BEGIN:VALARM\r\nACTION:DISPLAY"),
    *("TRIGGER:-PT5M\r\nDESCRIPTION:Rappel\r\nEND:VALARM", "BEGIN:X\r\nBEGIN:Y\r\nBEGIN:Z\r\nBEGIN:A\r\nBEGIN:B", "STATUS:"),
]  # fmt: skip


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("place", [3, 5, 8])
def test_a_broken_property_is_left_out(line: str, place: int) -> None:
    held = read("\r\n".join((*FILE[:place], line, *FILE[place:])))
    assert (held.link, held.appointment.starts, held.appointment.ends) == (LINK, TEN, TEN + HOUR)


@pytest.mark.parametrize(
    ("start", "end", "length"),
    [
        ("DTSTART:20261201T090000Z", "DTEND:20261201T100000Z", HOUR),
        ("DTSTART:20261201T090000Z", "DTEND:20261201T100000", HOUR),
        ("DTSTART:20261201T090000Z", "DTEND;TZID=Nowhere:20261201T100000", HOUR),
        ("DTSTART:20261201T100000", "DTEND;TZID=Europe/London:20261201T100000", HOUR),
        ("DTSTART;TZID=America/Cayenne:20261201T060000", "DTEND:20261201T100000Z", HOUR),
        ("DTSTART:20261201T090000Z", "DTEND:20261201T080000Z", None),
        ("DTSTART:20261201T090000Z", "DTEND:20260901T160000Z", None),
        ("DTSTART:20261201T090000Z", "DTEND:20261201T090000Z", None),
        ("DTSTART:20261201T090000Z", "DTEND:", None),
        ("DTSTART:20261201T090000Z", "DTEND;VALUE=DATE:20261201", None),
        ("DTSTART:20261201T090000Z", "DTEND:x\r\nDURATION:PT1H", HOUR),
        ("DTSTART:20261201T090000Z", "DURATION:pt1h", HOUR),
        ("DTSTART:20261201T090000Z", "DURATION:P0DT0H60M", HOUR),
        ("DTSTART:20261201T090000Z", "DURATION:P1W", timedelta(weeks=1)),
        ("DTSTART:2026-12-01T09:00:00Z", "DTEND:2026-12-01T10:00:00.000Z", HOUR),
        ("DTSTART:20261201T0900Z", "DTEND:20261201T1000Z", HOUR),
        ("DTSTART:20261201T100000+0100", "DTEND:20261201T100000+00:00", HOUR),
        ("DTSTART;TZID=Europe/Paris:20261201T090000Z", "DTEND:20261201T100000Z", HOUR),
        ("DTSTART;TZID=(UTC+01:00) Paris:20261201T100000", "DTEND:20261201T100000Z", HOUR),
        ('DTSTART;TZID="Romance Standard Time:20261201T100000', "DTEND:20261201T100000Z", HOUR),
        ("DTSTART:20261201T090000Z trailing", "DTEND:20261201T100000Z;", HOUR),
        ("DTSTART:x\r\nDTSTART:20261201T090000Z", "DTEND:x\r\nDTEND:20261201T100000Z", HOUR),
        ("DTSTART:20261201T090000Z", "DTEND:20261201T240000Z", 15 * HOUR),
    ],
)
def test_the_start_counts_and_an_end_when_it_can_be_read(
    start: str, end: str, length: timedelta | None
) -> None:
    held = read(calendar(event(start, end)))
    assert held.appointment.starts == TEN
    assert held.appointment.ends == (None if length is None else TEN + length)


@pytest.mark.parametrize(
    "lines",
    [
        ("DTSTART;VALUE=DATE:20261201",),
        ("DTSTART:20261201",),
        ("DTSTART;VALUE=DATE;TZID=America/New_York:20261201", "DTEND;VALUE=DATE;TZID=America/New_York:20261202"),
        ("DTSTART;VALUE=DATE:20261201", "DTEND:20261201T170000Z"),
        ("DTSTART;VALUE=DATE:20261201", "DTEND;TZID=Europe/Paris:20261201T170000"),
        ("DTSTART;VALUE=DATE:20261201", "DTEND;VALUE=DATE:20261201"),
        ("DTSTART;VALUE=DATE:20261201", "DTEND;VALUE=DATE:20261130"),
        ("DTSTART;VALUE=DATE:20261201", "DURATION:PT8H"),
        ("DTSTART;VALUE=DATE:20261201", "DURATION:P1D"),
        ("DTSTART;VALUE=DATE:20261201T000000", "DTEND;VALUE=DATE:20261202T000000"),
        ("DTSTART:20261201T000000", "DTEND:20261202T000000", "X-MICROSOFT-CDO-ALLDAYEVENT:TRUE"),
        ("DTSTART:20261130T230000Z", "DTEND:20261201T230000Z", "X-MICROSOFT-CDO-ALLDAYEVENT:TRUE"),
        ("DTSTART;VALUE=DATE:20190101", "RRULE:FREQ=DAILY"),
        ("DTSTART;VALUE=DATE:20190101", "RRULE:FREQ=DAILY;UNTIL=20261201"),
        ("DTSTART;VALUE=DATE:20190101", "RRULE:FREQ=DAILY;UNTIL=20261201T225959Z"),
        ("DTSTART;VALUE=DATE:20190101", "RRULE:FREQ=DAILY;BYHOUR=10;UNTIL=20261202", "EXDATE:20261202T000000"),
        ("DTSTART;VALUE=DATE:20190101", "RRULE:FREQ=HOURLY"),
        ("DTSTART;VALUE=DATE:20261101", "RRULE:FREQ=MONTHLY;COUNT=2"),
        ("DTSTART;VALUE=DATE:20261101", "RDATE;VALUE=DATE:20261201"),
    ],
)  # fmt: skip
def test_all_day_is_all_day(lines: tuple[str, ...]) -> None:
    held = read(calendar(event(*lines)))
    assert (held.link, held.appointment.starts, held.appointment.ends) == (LINK, None, None)
    tomorrow = find(calendar(event(*lines)).encode(), NOW + timedelta(days=1))
    goes_on = any(line.startswith("RRULE") and "UNTIL" not in line and "COUNT" not in line for line in lines)
    assert isinstance(tomorrow, Invitation) == goes_on


WEEKLY = "DTSTART;TZID=Europe/Paris:20261103T100000"


@pytest.mark.parametrize(
    ("lines", "starts"),
    [
        (("DTSTART;TZID=Europe/Paris:20190101T100000", "RRULE:FREQ=DAILY"), TEN),
        (("DTSTART:20190101T090000Z", "RRULE:FREQ=HOURLY;INTERVAL=24"), TEN),
        (("DTSTART:20190101T090000Z", "RRULE:FREQ=MINUTELY;INTERVAL=60"), TEN - HOUR),
        (("DTSTART:19700101T090000Z", "RRULE:FREQ=SECONDLY;INTERVAL=86400"), TEN),
        (("DTSTART:19700101T000000Z", "RRULE:FREQ=SECONDLY;BYHOUR=9;BYMINUTE=0;BYSECOND=0"), TEN),
        (("DTSTART:20190101T090000Z", "RRULE:FREQ=DAILY;COUNT=5000000"), TEN),
        (("DTSTART:20190101T090000Z", "RRULE:FREQ=DAILY;BYHOUR=9;COUNT=5000000"), TEN),
        ((WEEKLY, "RRULE:FREQ=WEEKLY;UNTIL=20261201"), TEN),
        ((WEEKLY, "RRULE:FREQ=WEEKLY;UNTIL=20261201T100000"), TEN),
        ((WEEKLY, "RRULE:FREQ=WEEKLY;UNTIL=20261201T090000Z"), TEN),
        ((WEEKLY, "RRULE:FREQ=WEEKLY;UNTIL=2026-12-01"), TEN),
        ((WEEKLY, "RRULE:FREQ=WEEKLY;COUNT=5"), TEN),
        ((WEEKLY, "RRULE:freq=weekly;byday=tu"), TEN),
        ((WEEKLY, "RRULE: FREQ = WEEKLY ; BYDAY = TU"), TEN),
        ((WEEKLY, "RRULE:FREQ=MONTHLY;BYDAY=1TU"), TEN),
        ((WEEKLY, "RRULE:FREQ=MONTHLY;BYDAY=TU;BYSETPOS=1"), TEN),
        ((WEEKLY, "RRULE:FREQ=YEARLY;BYMONTH=12;BYDAY=+1TU"), TEN),
        ((WEEKLY, "RDATE:20261201T090000Z"), TEN),
        ((WEEKLY, "RDATE;VALUE=PERIOD:20261201T090000Z/PT30M"), TEN),
        ((WEEKLY, "RRULE:FREQ=WEEKLY", "EXDATE;TZID=Europe/Paris:20261201T100000"), TEN + timedelta(days=7)),
        ((WEEKLY, "RRULE:FREQ=WEEKLY", "EXDATE:20261201T090000Z,x,20261208T090000Z"), TEN + timedelta(days=14)),
        ((WEEKLY, "RRULE:FREQ=WEEKLY", "EXDATE;VALUE=DATE:20261201"), TEN + timedelta(days=7)),
        ((WEEKLY, "RRULE:FREQ=WEEKLY", "RRULE:FREQ=WEEKLY", "RDATE:x"), TEN),
        (("DTSTART:20361202T090000Z", "RRULE:FREQ=WEEKLY", "EXDATE:20361202T090000Z"), TEN.replace(year=2036, day=9)),
        (("DTSTART:20301202T090000Z", "RRULE:FREQ=HOURLY", "EXDATE:20301202T090000Z"), TEN.replace(year=2030, day=2) + HOUR),
        (("DTSTART:20261201T090000Z", "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"), TEN),
    ],
)  # fmt: skip
def test_series(lines: tuple[str, ...], starts: datetime) -> None:
    held = read(calendar(event(*lines)))
    assert (held.appointment.starts, held.link) == (starts, LINK)


@pytest.mark.parametrize(
    "replaced",
    ["RECURRENCE-ID;TZID=Europe/Paris:20261201T100000", "RECURRENCE-ID:20261201T090000Z", "RECURRENCE-ID;VALUE=DATE:20261201", "RECURRENCE-ID:20261201T100000"],
)  # fmt: skip
def test_a_moved_one_of_a_series_replaces_the_planned_one(replaced: str) -> None:
    series = event(WEEKLY, "DURATION:PT1H", "RRULE:FREQ=WEEKLY")
    moved = event(
        replaced, "DTSTART:20261201T133000Z", "SEQUENCE:1407317367304", link="https://visio.example/moved"
    )
    for content in (calendar(series, moved), calendar(moved, series)):
        held = read(content)
        assert (held.appointment.starts, held.link) == (TEN + 4.5 * HOUR, "https://visio.example/moved")
    later = read(
        calendar(series, moved.replace("RECURRENCE-ID", "RECURRENCE-ID;RANGE=THISANDFUTURE")),
        NOW + timedelta(days=6),
    )
    assert later.appointment.starts == TEN + timedelta(days=7) + 4.5 * HOUR


def test_of_two_revisions_the_newer_one_counts_and_of_two_events_with_one_name_both() -> None:
    old = event("DTSTART:20261201T090000Z", "SEQUENCE:1")
    new = event("DTSTART:20261201T150000Z", "SEQUENCE:2")
    assert read(calendar(old, new)).appointment.starts == TEN + 6 * HOUR
    same = event("DTSTART:20261201T150000Z", "SEQUENCE:1")
    assert read(calendar(same, old)).appointment.starts == TEN


@pytest.mark.parametrize(
    ("zone", "clock"),
    [
        *(("Europe/Paris", "100000"), ("europe/paris", "100000"), ("America/New York", "040000"), ("UTC", "090000")),
        *(("Romance Standard Time", "100000"), ("GMT Standard Time", "090000"), ("tzone://Microsoft/Utc", "090000")),
        *(("/freeassociation.sourceforge.net/Europe/Paris", "100000"), ("/citadel.org/20210210_1/America/Cayenne", "060000")),
        *(("UTC+1", "100000"), ("GMT-0300", "060000"), ("+05:30", "143000"), ("UTC+25", "100000")),
        *(("Nowhere", "100000"), ("", "100000"), ("../../etc/passwd", "100000"), ("(UTC-05:00) Eastern Time (US and Canada)", "100000")),
    ],
)  # fmt: skip
def test_zones_by_name(zone: str, clock: str) -> None:
    assert read(calendar(event(f'DTSTART;TZID="{zone}":20261201T{clock}'))).appointment.starts == TEN


@pytest.mark.parametrize(
    ("zone", "lines", "starts"),
    [
        ("America/Cayenne", ("DTSTART:20261201T060000",), TEN),
        ("Nowhere", ("DTSTART:20261201T100000",), TEN),
        ("America/Cayenne", ("DTSTART;TZID=Nowhere:20261201T100000",), TEN),
        ("America/New_York", ("DTSTART:20260603T130000Z", "RRULE:FREQ=DAILY"), TEN + 5 * HOUR),
        ("America/New_York", ("DTSTART:20260603T130000Z", "RRULE:FREQ=DAILY", "EXDATE:20261201T140000Z"), TEN + 29 * HOUR),
        ("Nowhere", ("DTSTART:20260603T130000Z", "RRULE:FREQ=DAILY"), TEN + 4 * HOUR),
    ],
)  # fmt: skip
def test_the_zone_of_a_calendar(zone: str, lines: tuple[str, ...], starts: datetime) -> None:
    assert read(calendar(f"X-WR-TIMEZONE:{zone}", event(*lines))).appointment.starts == starts


CAYENNE = (
    "BEGIN:VTIMEZONE", "TZID:Bureau", "BEGIN:STANDARD", "DTSTART:16011104T020000", "TZOFFSETFROM:-0200", "TZOFFSETTO:-0300",
    "RRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=11", "END:STANDARD", "BEGIN:DAYLIGHT", "DTSTART:16010311T020000", "TZOFFSETFROM:-0300",
    "TZOFFSETTO:-0200", "RRULE:FREQ=YEARLY;BYDAY=2SU;BYMONTH=3", "END:DAYLIGHT", "END:VTIMEZONE",
)  # fmt: skip


def test_a_zone_of_the_file_counts_when_nothing_of_it_is_lost() -> None:
    there, here = "DTSTART;TZID=Bureau:20261201T060000", "DTSTART;TZID=Bureau:20261201T100000"
    assert read(calendar(*CAYENNE, event(there))).appointment.starts == TEN
    assert read(calendar(event(there), *CAYENNE)).appointment.starts == TEN
    for number, line in enumerate(CAYENNE):
        if line in {"BEGIN:VTIMEZONE", "END:VTIMEZONE"}:  # its frame can be guessed
            assert (
                read(calendar(*CAYENNE[:number], *CAYENNE[number + 1 :], event(there))).appointment.starts
                == TEN
            )
            continue
        lost = read(calendar(*CAYENNE[:number], *CAYENNE[number + 1 :], event(here)))
        assert lost.appointment.starts == TEN, f"without {line}, the zone is not known"
    endless = [line.replace("FREQ=YEARLY", "FREQ=SECONDLY") for line in CAYENNE]
    assert read(calendar(*endless, event(here))).appointment.starts == TEN


def test_the_sentence_told_is_true(tmp_path: Path) -> None:
    file = tmp_path / "a.ics"
    file.write_text(
        calendar(event("DTSTART:20200101T090000Z"), event("DTSTART:demain", uid="2")), encoding="utf-8"
    )
    with pytest.raises(InputError) as raised:
        files.load(file, NOW, lambda _content: "")
    assert "one event could not be read, and no other is to come" in input_errors.describe(
        raised.value, Language("en")
    )


FILES = [make(seed) for seed in range(300)]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_files_of_the_field(file: File) -> None:
    held = read(file.content)
    assert (held.appointment.starts, host_of(held.link)) == (file.starts, file.host)


@effort(max_examples=500)
@given(st.sampled_from(FILES), st.randoms(use_true_random=False))
def test_one_broken_line_never_costs_the_meeting(file: File, rng: object) -> None:
    how, number, content = mutations(file, rng)  # type: ignore[arg-type]
    held = find(content, NOW)
    if number in file.times:
        return
    assert isinstance(held, Invitation), (how, file.lines[number], held)
    assert held.appointment.starts == file.starts, (how, file.lines[number])
    if number not in file.link:
        assert host_of(held.link) == file.host, (how, file.lines[number])
