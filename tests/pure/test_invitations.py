"""Invitations as mail programs and calendars write them, and what is no invitation."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from amif_netcheck.errors import InputError
from amif_netcheck.meeting import invitation
from amif_netcheck.meeting import selection as meetings
from amif_netcheck.meeting.appointment import Appointment
from amif_netcheck.meeting.files import LARGEST_CALENDAR
from amif_netcheck.meeting.invitation import Invitation, InvitationProblem, find
from amif_netcheck.meeting.work import LIMIT, Work
from tests.systems import time_in_paris

FILES = Path(__file__).resolve().parents[1] / "data" / "invitations"
NOW = datetime(2026, 12, 1, 8, 48, 30, tzinfo=UTC)
TEN = datetime(2026, 12, 1, 9, tzinfo=UTC)
"""Ten o'clock in Paris."""


@pytest.fixture(autouse=True, scope="module")
def _in_paris() -> Iterator[None]:
    """The computer's time zone, for times without one."""
    with time_in_paris():
        yield


def ics(*lines: str, events: int = 1, head: tuple[str, ...] = ()) -> bytes:
    event = ["BEGIN:VEVENT", "UID:1@example", "DTSTAMP:20261101T000000Z", *lines, "END:VEVENT"]
    return "\r\n".join(
        ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//y//EN", *head, *event * events, "END:VCALENDAR", ""]
    ).encode()


def found(content: bytes, now: datetime = NOW) -> Invitation:
    read = find(content, now)
    assert isinstance(read, Invitation), read
    return read


@pytest.mark.parametrize(
    ("file", "host", "port", "minutes", "title"),
    [
        ("teams.ics", "teams.microsoft.com", 443, 90, "Commission numérique"),
        ("outlook-safelink.ics", "visio.saint-lieu.example", 8443, 60, "Conseil municipal"),
        ("google.ics", "meet.google.com", 443, 60, "Atelier fibre"),
        ("zoom.ics", "us02web.zoom.us", 443, 120, "Réunion de rentrée"),
        ("webex.ics", "departement.webex.com", 443, 45, "Point avec le département"),
        ("jitsi-weekly.ics", "meet.jit.si", 443, 60, "Bureau de l'association"),
        ("bigbluebutton.ics", "webinaire.numerique.gouv.fr", 443, 90, "Webinaire : la couverture mobile"),
        ("conference-property.ics", "salle.interco.example", 443, 60, "Intercommunalité"),
    ],
)
def test_invitations_as_programs_write_them(
    file: str, host: str, port: int, minutes: int, title: str
) -> None:
    meeting = meetings.select(str(FILES / file), "", None, NOW)
    assert (meeting.host, meeting.port, meeting.notes) == (host, port, ())
    assert meeting.appointment.starts == TEN
    assert meeting.appointment.ends == TEN + timedelta(minutes=minutes)
    assert meeting.appointment.title == title


@pytest.mark.parametrize(
    ("now", "start"),
    [
        (datetime(2026, 9, 1, 9, tzinfo=UTC), datetime(2026, 9, 8, 8, tzinfo=UTC)),  # summer time
        (datetime(2026, 11, 17, 9, 30, tzinfo=UTC), datetime(2026, 11, 17, 9, tzinfo=UTC)),  # under way
        (datetime(2026, 11, 17, 10, 0, tzinfo=UTC), TEN),  # left out: 24 November
    ],
)
def test_of_a_meeting_that_repeats_the_one_under_way_or_the_next(now: datetime, start: datetime) -> None:
    if start - now < timedelta(0):
        now -= timedelta(minutes=15)
    read = found((FILES / "jitsi-weekly.ics").read_bytes(), now)
    assert read.appointment.starts == start


def test_one_of_a_series_may_be_moved_or_cancelled() -> None:
    series = ics(
        "DTSTART;TZID=Europe/Paris:20261117T100000",
        "DURATION:PT1H",
        "RRULE:FREQ=WEEKLY;COUNT=4",
        "URL:https://visio.example/a",
    ).decode()
    moved = ("RECURRENCE-ID;TZID=Europe/Paris:20261201T100000", "DTSTART;TZID=Europe/Paris:20261201T143000", "DURATION:PT1H", "URL:https://visio.example/b")  # fmt: skip
    others = ics(*moved).decode().split("EN\r\n")[1]
    content = series.replace("END:VCALENDAR\r\n", others).encode()
    read = found(content)
    assert (read.appointment.starts, read.link) == (
        TEN + timedelta(hours=4, minutes=30),
        "https://visio.example/b",
    )
    cancelled = content.replace(b"URL:https://visio.example/b", b"STATUS:CANCELLED")
    assert found(cancelled).appointment.starts == TEN + timedelta(days=7)


def test_the_link_of_teams_is_found_behind_the_mail_filter_too() -> None:
    content = (FILES / "teams.ics").read_bytes().replace(b"X-MICROSOFT-SKYPETEAMSMEETINGURL", b"X-ELSE")
    assert found(content).link.startswith(
        "https://teams.microsoft.com/l/meetup-join/19%3ameeting_TmXYZ%40thread.v2/0"
    )


@pytest.mark.parametrize(
    ("start", "utc"),
    [
        ("DTSTART:20261201T090000Z", TEN),
        ("DTSTART:20261201T100000", TEN),
        ("DTSTART;TZID=Europe/Paris:20261201T100000", TEN),
        ("DTSTART;TZID=tzone://Microsoft/Utc:20261201T090000", TEN),
        ("DTSTART;TZID=Romance Standard Time:20261201T100000", TEN),
        ('DTSTART;TZID="W. Europe Standard Time":20261201T100000', TEN),
        ("DTSTART;TZID=/mozilla.org/20050126_1/Europe/Paris:20261201T100000", TEN),
        ("DTSTART;TZID=America/Cayenne:20261201T060000", TEN),
        ('DTSTART;TZID="(UTC+01:00) Bruxelles, Madrid, Paris":20261201T100000', TEN),
    ],
)
def test_times_in_all_their_forms(start: str, utc: datetime) -> None:
    assert found(ics(start)).appointment.starts == utc


def test_a_day_is_no_time() -> None:
    read = found(ics("DTSTART;VALUE=DATE:20261201", "URL:https://visio.example/x", "SUMMARY:Congrès"))
    assert read == Invitation(appointment=Appointment(title="Congrès"), link="https://visio.example/x")


@pytest.mark.parametrize("minutes", [5, 59])
def test_a_meeting_without_an_end_goes_on_for_an_hour(minutes: int) -> None:
    read = found(ics("DTSTART:20261201T090000Z"), TEN + timedelta(minutes=minutes))
    assert (read.appointment.starts, read.appointment.ends) == (TEN, None)
    assert find(ics("DTSTART:20261201T090000Z"), TEN + timedelta(minutes=61)) is InvitationProblem.PAST


def test_in_a_calendar_the_first_with_a_link_within_a_day() -> None:
    def event(number: int, *lines: str) -> str:
        return "\r\n".join(("BEGIN:VEVENT", f"UID:{number}", *lines, "END:VEVENT", ""))

    events = (
        event(1, "DTSTART:20261130T090000Z", "DTEND:20261130T100000Z", "URL:https://visio.example/past")
        + event(2, "DTSTART:20261125T090000Z", "DTEND:20261210T100000Z", "SUMMARY:Travaux")
        + event(3, "DTSTART:20261201T100000Z", "URL:https://visio.example/cancelled", "STATUS:CANCELLED")
        + event(4, "DTSTART:20261201T130000Z", "DTEND:20261201T140000Z", "URL:https://visio.example/4")
        + event(5, "DTSTART:20261201T110000Z", "DTEND:20261201T120000Z", "URL:https://visio.example/5")
        + event(6, "DTSTART;VALUE=DATE:20261201", "URL:https://visio.example/day")
    )
    content = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{events}END:VCALENDAR\r\n".encode()
    assert found(content).link == "https://visio.example/5"
    assert found(content, NOW + timedelta(days=2)).appointment.title == "Travaux"
    assert find(content, NOW + timedelta(days=60)) is InvitationProblem.PAST


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_encodings(encoding: str) -> None:
    content = ics("DTSTART:20261201T090000Z", "SUMMARY:Réunion  du\\nbureau").decode().encode(encoding)
    assert found(content).appointment.title == "Réunion du bureau"


def test_a_long_title_is_cut() -> None:
    title = found(ics("DTSTART:20261201T090000Z", "SUMMARY:" + "very " * 1000)).appointment.title
    assert len(title) <= 80
    assert title.endswith("very…")


@pytest.mark.parametrize(
    ("content", "flaw"),
    [
        (b"", InvitationProblem.NO_CALENDAR),
        (b"From: someone@example.org\r\n\r\nSee you at ten.", InvitationProblem.NO_CALENDAR),
        (bytes(range(256)) * 50, InvitationProblem.NO_CALENDAR),
        (ics(events=0), InvitationProblem.NO_EVENT),
        (b"BEGIN:VCALENDAR\nBEGIN:VTODO\nDTSTART:20261201T090000Z\nEND:VTODO\n", InvitationProblem.NO_EVENT),
        (ics("SUMMARY:no time"), InvitationProblem.BROKEN_EVENT),
        (ics("DTSTART:tomorrow"), InvitationProblem.BROKEN_EVENT),
        (ics("DTSTART:20261301T090000Z"), InvitationProblem.BROKEN_EVENT),
        (ics("DTSTART:99991231T235959Z"), InvitationProblem.BROKEN_EVENT),
        (ics("DTSTART:20260101T090000Z", "RRULE:every week"), InvitationProblem.BROKEN_EVENT),
        (ics("DTSTART:20261130T090000Z", "END:VEVENT", "BEGIN:VEVENT", "DTSTART:x"), InvitationProblem.BROKEN_EVENT),
        (ics("DTSTART:20261130T090000Z"), InvitationProblem.PAST),
        (ics("DTSTART;VALUE=DATE:20261130"), InvitationProblem.PAST),
        (ics("DTSTART:20260101T090000Z", "RRULE:FREQ=WEEKLY;UNTIL=20260601T000000Z"), InvitationProblem.PAST),
        (ics("DTSTART:20260101T090000Z", "RRULE:FREQ=DAILY;COUNT=334"), InvitationProblem.PAST),
        (ics("DTSTART:20261201T090000Z", "STATUS:CANCELLED"), InvitationProblem.CANCELLED),
        (ics("DTSTART:20261201T090000Z", head=("METHOD:CANCEL",)), InvitationProblem.CANCELLED),
    ],
)  # fmt: skip
def test_what_holds_no_meeting(content: bytes, flaw: InvitationProblem) -> None:
    assert find(content, NOW) is flaw


def test_what_takes_for_ever_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    content = ics("DTSTART:20190101T090000Z", "RRULE:FREQ=DAILY")
    assert isinstance(find(content, NOW), Invitation)
    monkeypatch.setattr(invitation, "Work", lambda: Work(4))
    assert find(content, NOW) is InvitationProblem.ENDLESS


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Work:
    work = Work()
    monkeypatch.setattr(invitation, "Work", lambda: work)
    return work


def test_a_large_calendar_is_read_to_its_end(work: Work) -> None:
    """5,000 events as Google Calendar writes them, half of them repeated, and last of all the next one."""
    event = [
        "BEGIN:VEVENT", "UID:{n}@google.com", "DTSTAMP:20260101T000000Z", "CREATED:20240101T000000Z",
        "DTSTART;TZID=Europe/Paris:20{y:02}{m:02}{d:02}T100000", "DTEND;TZID=Europe/Paris:20{y:02}{m:02}{d:02}T110000",
        "SUMMARY:Réunion {n}", "DESCRIPTION:" + "ordre du jour " * 20, "LOCATION:https://visio.example/{n}",
        "STATUS:CONFIRMED", "SEQUENCE:0", "TRANSP:OPAQUE", "ORGANIZER;CN=Mairie:mailto:mairie@example.fr", "END:VEVENT",
    ]  # fmt: skip
    lines = ["BEGIN:VCALENDAR"]
    for n in range(5000):
        repeated = [f"RRULE:FREQ={('WEEKLY', 'YEARLY', 'MONTHLY')[n % 3]};UNTIL=20261130"] if n % 2 else []
        written = "\n".join([*event[:-1], *repeated, event[-1]])
        lines.append(written.format(n=n, y=19 + n % 6, m=1 + n % 12, d=1 + n % 28))
    start = (NOW + timedelta(minutes=5)).strftime("%Y%m%dT%H%M%SZ")
    lines += [
        "BEGIN:VEVENT",
        "UID:next",
        f"DTSTART:{start}",
        "SUMMARY:Conseil",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    content = "\n".join(lines).encode()
    assert 2_900_000 < len(content) < LARGEST_CALENDAR
    assert found(content).appointment.title == "Conseil"
    assert LIMIT / 3 < work.left < LIMIT


EVENTS = {
    "events": "DTSTART:20200101\n",
    "events of one name": "UID:a\nDTSTART:20270616T100000\n",
    "moved ones": "UID:a\nDTSTART:20270616T100000\nRECURRENCE-ID:20270616T100000\n",
    "cancelled ones": "DTSTART:20270616\nSTATUS:CANCELLED\n",
    "rules": "DTSTART:20200101\nRRULE:FREQ=DAILY\n",
    "rules that count": "DTSTART:20200101\nRRULE:FREQ=YEARLY;BYDAY=MO;COUNT=20000\n",
    "rules that never come": "DTSTART:20200101T100000\nRRULE:FREQ=HOURLY;INTERVAL=5;BYMONTH=2;BYMONTHDAY=30\n",
    "dates": "DTSTART:20200616\nRDATE:" + ",".join(["20270617"] * 400) + "\n",
    "dates that are none": "DTSTART:20200616\nRRULE:FREQ=DAILY\nEXDATE:"
    + ",".join(["20270617"] * 400)
    + "\n",
}
OTHERS = {
    "properties": "BEGIN:VEVENT\nDTSTART:20270101\n" + "A:1\n" * 250_000,
    "ends": "BEGIN:VEVENT\n" + "END:VEVANTS\n" * 80_000,
    "calendars": "BEGIN:VCALENDAR\nX-WR-TIMEZONE:Europe/Paris\nBEGIN:VEVENT\nDTSTART:20200616\nEND:VEVENT\n" * 12_000,
}  # fmt: skip


@pytest.mark.parametrize("name", [*EVENTS, *OTHERS])
def test_a_file_made_to_hurt_is_given_up_and_no_other_meeting_in_it_is_told(name: str, work: Work) -> None:
    """A quarter of the largest file, with a quarter of the work."""
    work.left, largest = LIMIT / 4, LARGEST_CALENDAR // 4
    meeting = "BEGIN:VEVENT\nDTSTART:20270101T100000\nSUMMARY:Conseil\nEND:VEVENT\n"
    hurting = OTHERS.get(name) or f"BEGIN:VEVENT\n{EVENTS.get(name)}END:VEVENT\n"
    hurting *= 1 + largest // len(hurting)
    assert find((meeting + hurting).encode()[:largest], NOW) is InvitationProblem.ENDLESS
    assert work.left < 0


def test_a_mail_of_parts_in_parts_without_end_is_no_invitation() -> None:
    nested = "".join(
        f"Content-Type: multipart/mixed; boundary=a{depth}\n\n--a{depth}\n" for depth in range(5000)
    )
    assert find(nested.encode(), NOW) is InvitationProblem.NO_CALENDAR


WORDS = st.sampled_from(
    [
        *("BEGIN:VCALENDAR", "END:VCALENDAR", "BEGIN:VEVENT", "END:VEVENT", "BEGIN:VTIMEZONE", "END:VTIMEZONE"),
        *("DTSTART:20261201T090000Z", "DTSTART;VALUE=DATE:20261201", "DTSTART;TZID=X:20261201T100000"),
        *("DTEND:20261201T100000Z", "DTEND:19000101T000000", "DURATION:-P1D", "TZID:X", "BEGIN:STANDARD"),
        *("RRULE:FREQ=DAILY", "RRULE:FREQ=", "RRULE:FREQ=WEEKLY;BYDAY=XX", "EXDATE:20261201T090000Z"),
        *("RDATE:20261203T090000Z", "RECURRENCE-ID:20261201T090000Z", "STATUS:CANCELLED", "UID:1", "UID:2"),
        *("LOCATION:https://visio.example/a", "URL:https://[", "DESCRIPTION:http://", 'SUMMARY;X=":a', " folded"),
    ]
)  # fmt: skip


@effort(max_examples=150)
@given(st.lists(st.one_of(WORDS, WORDS, WORDS, st.text(max_size=20)), max_size=25))
def test_garbage_is_a_meeting_or_a_flaw(lines: list[str]) -> None:
    content = "\r\n".join(lines).encode("utf-8", "surrogatepass")
    for whole in (content, b"BEGIN:VCALENDAR\r\n" + content + b"\r\nEND:VCALENDAR\r\n"):
        read = find(whole, NOW)
        assert isinstance(read, (Invitation, InvitationProblem))
        if isinstance(read, Invitation) and read.appointment.starts is not None:
            assert read.appointment.starts.utcoffset() is not None


@given(st.binary(max_size=200))
def test_bytes_are_a_flaw(content: bytes) -> None:
    assert isinstance(find(content, NOW), InvitationProblem)


@pytest.mark.parametrize(
    ("at", "local"),
    [
        ("10:00", (1, 10, 0)),
        (" 10h15 ", (1, 10, 15)),
        ("10 h 15", (1, 10, 15)),
        ("14h", (1, 14, 0)),
        ("14H", (1, 14, 0)),
        ("9:40", (1, 9, 40)),
        ("3:50", (1, 3, 50)),
        ("3:45", (2, 3, 45)),
        ("23:59", (1, 23, 59)),
        ("00:00", (2, 0, 0)),
    ],
)
def test_the_time_that_was_typed_is_todays_unless_it_is_long_past(
    at: str, local: tuple[int, int, int]
) -> None:
    now = NOW.astimezone()  # 9:48
    start = meetings.next_start(at, now)
    assert (start.day, start.hour, start.minute) == local
    assert start.utcoffset() == timedelta(hours=1)


def test_just_after_midnight_last_evenings_meeting_has_begun() -> None:
    now = datetime(2026, 12, 1, 23, 3, tzinfo=UTC).astimezone()
    assert meetings.next_start("23:55", now) == datetime(2026, 12, 1, 22, 55, tzinfo=UTC)


@pytest.mark.parametrize(
    "at", ["", "10", "24:00", "10:60", "10:5", "-1:00", "10:00:00", "٣:٠٠", "ten", "10h5", "1000"]
)
def test_what_is_no_time(at: str) -> None:
    with pytest.raises(InputError, match="no_time_of_day"):
        meetings.next_start(at, NOW)


@given(st.text(max_size=12))
def test_any_text_is_a_time_or_one_line_of_complaint(at: str) -> None:
    try:
        start = meetings.next_start(at, NOW)
    except InputError:
        return
    assert timedelta(hours=-6) < start - NOW <= timedelta(hours=18, minutes=1)
