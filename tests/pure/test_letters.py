"""Mails, pages and notes in place of an invitation, telephone numbers in them, and hosts that imitate others."""

from __future__ import annotations

import time
import unicodedata
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amif_netcheck.advice.input_errors import describe
from amif_netcheck.advice.language import Language
from amif_netcheck.catalog.calls import meeting_hosts
from amif_netcheck.errors import InputError
from amif_netcheck.meeting import files, letter, selection
from amif_netcheck.meeting.invitation import Invitation, InvitationProblem
from amif_netcheck.meeting.lookalikes import imitated, is_beside
from amif_netcheck.meeting.telephones import DialIn, dial_ins

NOW = datetime(2026, 11, 29, 10).astimezone()
NOTE = """Le jeudi 3 décembre 2026 de 9h à 10h30

En visioconférence : https://visio.numerique.gouv.fr/abc-defg-hij

Le 27 janvier 2023, le ministère a publié une stratégie. 9h-9h10 : introduction. Pensez à désactiver les VPN.
"""
SAFE = (
    "https://eur01.safelinks.protection.outlook.com/?url="
    "https%3A%2F%2Fteams.microsoft.com%2Fl%2Fmeetup-join%2F19%253ameeting_abc%40thread.v2%2F0&data=1"
)
TEAMS = f"""<html><head><style>p {{}}</style><title>le 1er janvier 2027 à 1h</title></head><body>
<p>Rendez-vous <b>mardi 1er décembre</b> de 9h à 10h30.</p><p><a href="{SAFE}">Rejoindre la réunion</a></p>
<p>+33 1 70 99 53 11,,123456789# France, Paris<br>ID de conférence téléphonique : 123 456 789#</p>
<p>Secrétariat : 01 45 67 89 10</p></body></html>"""


def no_pdf(content: bytes) -> str:
    raise AssertionError(content)


def found(content: bytes, pdf_text: files.PdfText = no_pdf, now: datetime = NOW) -> Invitation:
    invited = files.find(content, now, pdf_text)
    assert isinstance(invited, Invitation), invited
    return invited


def mail(body: str, *, kind: str = "plain", subject: str = "Réunion", days_ago: int = 0) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@mairie.example", "b@mairie.example", subject
    message["Date"] = NOW - timedelta(days=days_ago)
    message.set_content(body, subtype=kind)
    return message


def test_the_association_s_note_tells_day_hours_and_link() -> None:
    for content in (NOTE.encode(), NOTE.encode("cp1252"), NOTE.encode("utf-16"), ("\ufeff" + NOTE).encode()):
        invited = found(content)
        assert invited.link.startswith("https://visio.numerique.gouv.fr/abc")
        starts, ends = invited.appointment.starts, invited.appointment.ends
        assert starts is not None
        assert ends is not None
        assert f"{starts:%d/%m/%Y %H:%M}-{ends:%H:%M}" == "03/12/2026 09:00-10:30"


def test_a_note_of_the_past_is_over_and_one_without_either_is_none() -> None:
    assert files.find(NOTE.replace("2026", "2023").encode(), NOW, no_pdf) is InvitationProblem.PAST
    assert files.find(b"Bonjour, merci de me rappeler.", NOW, no_pdf) is InvitationProblem.NO_CALENDAR
    undated = found(b"Voici le lien : https://visio.numerique.gouv.fr/abc")
    assert undated.appointment.starts is None


@pytest.mark.parametrize("encoded", ["quoted-printable", "base64"])
def test_a_mail_without_a_calendar_is_read_as_a_page(encoded: str) -> None:
    message = mail("")
    message.set_content(TEAMS, subtype="html", cte=encoded)
    invited = found(message.as_bytes())
    assert invited.link.startswith("https://teams.microsoft.com/l/meetup-join/")
    assert invited.appointment.title == "Réunion"
    assert f"{invited.appointment.starts:%d %H:%M}" == "01 09:00"
    assert invited.appointment.phones == (DialIn("+33 1 70 99 53 11", "123456789#"),)


def test_tomorrow_in_a_mail_of_yesterday_is_today() -> None:
    content = mail("La visio est demain à 14h : https://visio.mairie.example/x", days_ago=1).as_bytes()
    assert f"{found(content).appointment.starts:%d}" == f"{NOW:%d}"


def test_a_calendar_in_a_mail_comes_before_its_words() -> None:
    message = mail("Le 4 décembre 2026 à 8h")
    calendar = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART:20261210T080000Z\r\nSUMMARY:Vraie\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    message.add_attachment(calendar.encode(), maintype="text", subtype="calendar")
    assert found(message.as_bytes()).appointment.title == "Vraie"


def test_a_note_attached_as_pdf_is_read_where_the_mail_says_nothing() -> None:
    message = mail("Bonjour, la note est jointe.")
    message.add_attachment(b"%PDF-1.4 x", maintype="application", subtype="pdf")
    assert found(message.as_bytes(), lambda _pdf: NOTE).link.startswith("https://visio.numerique.gouv.fr")
    assert found(b"%PDF-1.7 y", lambda _pdf: NOTE).appointment.starts is not None
    assert files.find(b"%PDF-1.7 y", NOW, lambda _pdf: "") is InvitationProblem.NO_CALENDAR
    told = mail("Le 4 décembre 2026 à 8h, https://visio.mairie.example/x")
    told.add_attachment(b"%PDF-1.4 x", maintype="application", subtype="pdf")
    assert found(told.as_bytes(), no_pdf).appointment.starts is not None


@pytest.mark.parametrize(
    "page",
    [
        "<table><tr><td>Date</td><td>jeudi 3 décembre 2026</td></tr><tr><td>Heure</td><td>14h30</td></tr></table>",
        "<p>Date : jeudi 3 décembre</p><p>Heure : 14h30</p>",
        "<table><tr><th>Date</th><th>Heure</th></tr><tr><td>jeudi 3 décembre</td><td>14h30</td></tr></table>",
        "<dl><dt>Date</dt><dd>3 décembre 2026</dd><dt>Heure</dt><dd>14h30</dd></dl>",
        "<div>jeudi 3 décembre 2026</div><div><br></div><div>de 14h30 à 16h en visioconférence</div>",
        "<p>Date : 3 décembre 2026</p><p>Lieu : Salle du conseil municipal, place de la République, 12345 Saint-Lieu</p><p>Horaires : 14h30 - 16h</p>",
        "<div>De : A</div><div>Envoyé : lundi 30 novembre 2026 18:52</div><div>À : B</div><div>RDV jeudi 3 décembre à 14h30</div>",
        "<div>Le lun. 30 nov. 2026 à 18:52, A &lt;<a href='mailto:a@b.fr'>a@b.fr</a>&gt; a écrit :<br></div><blockquote>RDV jeudi 3 décembre à 14h30</blockquote>",
    ],
)
def test_pages_lay_days_and_hours_out(page: str) -> None:
    starts = found(mail(f"<html><body>{page}</body></html>", kind="html").as_bytes()).appointment.starts
    assert f"{starts:%d/%m %H:%M}" == "03/12 14:30"


def test_the_page_is_read_where_the_plain_text_says_nothing_of_the_meeting() -> None:
    message = mail("Voir dans le navigateur https://mailing.example/v/1")
    message.add_alternative(
        "<p>Rendez-vous le jeudi 3 décembre à 14h.</p><p><a href='https://live.mairie.example/salle'>Rejoindre la visioconférence</a></p>"
        "<p><a href='https://mailing.example/u/2'>Se désinscrire</a></p>",
        subtype="html",
    )
    invited = found(message.as_bytes())
    assert invited.link == "https://live.mairie.example/salle"
    assert f"{invited.appointment.starts:%d/%m %H:%M}" == "03/12 14:00"


@pytest.mark.parametrize(
    ("subject", "body", "problem"),
    [
        ("Annulé : Réunion", "Quand : jeudi 3 décembre 2026 14:00-15:00", InvitationProblem.CANCELLED),
        ("Canceled: Meeting", "When: December 3, 2026 2pm", InvitationProblem.CANCELLED),
        ("Réunion", "La réunion du 3 décembre à 14h est annulée.", InvitationProblem.CANCELLED),
        ("RE: Réunion du 3 décembre à 14h", "La réunion est annulée, merci.", InvitationProblem.CANCELLED),
        ("Réunion", "La réunion du 3 novembre à 14h était annulée.", InvitationProblem.PAST),
        ("ANNULATION - Visio du 3 décembre", "Visio le 3 décembre à 14h", InvitationProblem.CANCELLED),
        ("[ANNULÉ] Visio", "Visio le 3 décembre à 14h", InvitationProblem.CANCELLED),
        ("Annulation de la visio", "Visio le 3 décembre à 14h", InvitationProblem.CANCELLED),
    ],
)
def test_a_mail_may_cancel_its_meeting(subject: str, body: str, problem: InvitationProblem) -> None:
    assert files.find(mail(body, subject=subject).as_bytes(), NOW, no_pdf) is problem


@pytest.mark.parametrize(
    "subject", ["Annulation et report de la visio", "ANNULÉ : nouvelle date", "Cancelled, new date"]
)
def test_a_subject_that_moves_the_meeting_does_not_cancel_it(subject: str) -> None:
    invited = found(mail("Visio le 3 décembre à 14h, https://visio.a.example/x", subject=subject).as_bytes())
    assert f"{invited.appointment.starts:%d/%m %H:%M}" == "03/12 14:00"


def test_accents_of_two_letters_are_accents() -> None:
    """As Macs write them."""
    text = unicodedata.normalize("NFD", "Réunion le 3 décembre à 14h, https://visio.a.example/x")
    assert f"{found(mail(text).as_bytes()).appointment.starts:%d/%m %H:%M}" == "03/12 14:00"


def test_a_new_date_is_not_cancelled_with_the_old_one() -> None:
    text = "La réunion de jeudi est annulée. La prochaine réunion est le 10 décembre à 14h. Si la réunion est annulée, vous le saurez."
    assert f"{found(mail(text).as_bytes()).appointment.starts:%d}" == "10"


def test_what_is_no_text_is_no_letter() -> None:
    for content in (b"PK\x03\x04" + b"x" * 50, bytes(range(256)) * 10, b"\x89PNG\r\n\x1a\n" + b"\0" * 100):
        assert files.find(content, NOW, no_pdf) is InvitationProblem.NO_CALENDAR


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    assert isinstance(files.find(content, NOW, lambda _pdf: ""), (Invitation, InvitationProblem))
    assert letter.read(b"From: a\nTo: b\nSubject: c\n\n" + content) is not None


def test_deep_and_broken_mails_and_pages_end() -> None:
    head = b"From: a\nTo: b\nSubject: c\nContent-Type: multipart/mixed; boundary=x\n\n"
    deep = head + b"--x\nContent-Type: message/rfc822\n\n" * 3000
    assert isinstance(files.find(deep, NOW, no_pdf), (Invitation, InvitationProblem))
    page = "<html>" + "<a href='https://x.example/'>" * 50_000 + "<![broken <!-- " + NOTE
    assert isinstance(files.find(page.encode(), NOW, no_pdf), (Invitation, InvitationProblem))


@pytest.mark.parametrize("piece", ["<a b='", "<!--x", "< ", "<a ", "<![x ", "&", "<p", "\t ", "\n "])
def test_what_is_never_closed_takes_no_longer_than_what_is(piece: str) -> None:
    page = "<html>" + piece * (400_000 // len(piece)) + NOTE
    started = time.process_time()
    assert isinstance(files.find(page.encode(), NOW, no_pdf), (Invitation, InvitationProblem))
    assert time.process_time() - started < 10  # a page that takes the square of its length takes minutes


@pytest.mark.parametrize(
    "date", ["Fri, 31 Dec 9999 23:59:59 +0000", "Mon, 1 Jan 0001 00:00:00 +0000", "yesterday"]
)
def test_a_mail_of_no_time_is_of_now(date: str) -> None:
    message = mail("La visio est demain à 10h : https://visio.mairie.example/x")
    message.replace_header("Date", "x")
    content = message.as_bytes().replace(b"Date: x", f"Date: {date}".encode())
    starts = found(content).appointment.starts
    assert starts is not None
    assert starts.date() == NOW.date() + timedelta(days=1)


def test_a_charset_that_is_none_costs_no_mail() -> None:
    content = mail("Le 4 décembre 2026 à 8h").as_bytes().replace(b'charset="utf-8"', b'charset="a\0b"')
    assert isinstance(files.find(content, NOW, no_pdf), (Invitation, InvitationProblem))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("+33 1 70 99 53 11,,123456789# France", (DialIn("+33 1 70 99 53 11", "123456789#"),)),
        ("Par téléphone : 01.70.99.53.11 code d'accès 4567 89", (DialIn("01 70 99 53 11", "456789"),)),
        (
            "Join by phone\n(FR) +33 1 87 40 41 06 PIN: 123 456 789#",
            (DialIn("+33 1 87 40 41 06", "123456789#"),),
        ),
        (
            "+1 646 558 8656 US\n+33 1 7095 0103 France\nMeeting ID: 812 3456 7890",
            (DialIn("+33 1 7095 0103", "81234567890"), DialIn("+1 646 558 8656", "81234567890")),
        ),
        ("Rejoindre par téléphone : 01 70 99 53 11", (DialIn("01 70 99 53 11"),)),
        (
            "To join this meeting by phone, dial:\n  +33 1 23 45 67 89\nThen enter 12345 as the conference PIN number.",
            (DialIn("+33 1 23 45 67 89", "12345"),),
        ),
        (
            "Pour rejoindre par téléphone, composez le\n  01 23 45 67 89\nPuis saisissez 12345 comme code PIN.",
            (DialIn("01 23 45 67 89", "12345"),),
        ),
        (
            "Numéro : \u202a(FR) +33 1 87 40 41 06\u202c\nCode : \u202a123 456 789#\u202c",
            (DialIn("+33 1 87 40 41 06", "123456789#"),),
        ),
        ("Cordialement, Anne, tél. 01 45 67 89 10", ()),
        ("Tél. 01 45 67 89 10\n\nVisio https://zoom.us/j/812\nID de réunion : 812 3456 7890", ()),
        ("Fax : 01 45 67 89 10, par téléphone demain", ()),
        ("SIRET 217 500 016 00019, 12/03/2027, 75001", ()),
    ],
)
def test_numbers_to_dial_are_told_from_others(text: str, expected: tuple[DialIn, ...]) -> None:
    assert dial_ins(text) == expected


# --- folders and names ----------------------------------------------------------------------------


def test_of_a_folder_the_next_meeting_counts(tmp_path: Path) -> None:
    (tmp_path / "later.txt").write_text(NOTE.replace("3 décembre", "17 décembre"), encoding="utf-8")
    (tmp_path / "next.txt").write_text(NOTE, encoding="utf-8")
    (tmp_path / "past.txt").write_text(NOTE.replace("2026", "2023"), encoding="utf-8")
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8" * 100)
    (tmp_path / "sub.txt").mkdir()
    meeting = selection.select(f"{tmp_path}/", "", None, NOW)
    assert (meeting.source, meeting.host) == ("next.txt", "visio.numerique.gouv.fr")


def test_a_folder_without_a_meeting_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        selection.select(str(tmp_path), "", None, NOW)
    assert error.value.code == "folder_without_meeting"
    (tmp_path / "past.txt").write_text(NOTE.replace("2026", "2023"), encoding="utf-8")
    with pytest.raises(InputError) as error:
        selection.select(str(tmp_path), "", None, NOW)
    assert error.value.code == "folder_past"


def event(sequence: int, start: str, *lines: str, method: str = "REQUEST") -> str:
    return "\r\n".join(
        [
            *("BEGIN:VCALENDAR", f"METHOD:{method}", "BEGIN:VEVENT", "UID:1", f"SEQUENCE:{sequence}"),
            *(
                f"DTSTAMP:202611{10 + sequence}T000000Z",
                f"DTSTART:{start}",
                *lines,
                "END:VEVENT",
                "END:VCALENDAR",
                "",
            ),
        ]
    )


WEEKLY = "RRULE:FREQ=WEEKLY;COUNT=5"


@pytest.mark.parametrize(
    ("calendars", "starts"),
    [
        ((event(0, "20261202T090000Z"), event(1, "20261203T130000Z")), "03 13:00"),
        ((event(1, "20261203T130000Z"), event(0, "20261202T090000Z")), "03 13:00"),
        ((event(0, "20261201T090000Z", WEEKLY), event(1, "20261201T090000Z", "RECURRENCE-ID:20261201T090000Z", method="CANCEL")), "08 09:00"),
        ((event(0, "20261201T090000Z", WEEKLY), event(1, "20261203T130000Z", "RECURRENCE-ID:20261201T090000Z")), "03 13:00"),
        ((event(0, "20261202T090000Z"), event(1, "20261202T090000Z", method="CANCEL")), ""),
        ((event(0, "20261202T090000Z"), event(0, "20261202T090000Z", method="CANCEL")), ""),
        ((event(0, "20261201T090000Z", WEEKLY), event(1, "20261201T090000Z", method="CANCEL")), ""),
    ],
)  # fmt: skip
def test_the_calendars_of_a_folder_are_of_one_series(
    calendars: tuple[str, ...], starts: str, tmp_path: Path
) -> None:
    for number, calendar in enumerate(calendars):
        (tmp_path / f"{number}.ics").write_text(calendar, encoding="utf-8")
    if not starts:
        with pytest.raises(InputError, match="folder_without_meeting"):
            selection.select(f"{tmp_path}/", "", None, NOW)
        return
    found = selection.select(f"{tmp_path}/", "", None, NOW).appointment.starts
    assert found is not None
    assert f"{found.astimezone(UTC):%d %H:%M}" == starts


def test_of_a_meeting_that_is_over_it_is_said_when_it_was(tmp_path: Path) -> None:
    note, calendar = tmp_path / "note.txt", tmp_path / "a.ics"
    note.write_text(NOTE.replace("2026", "2023").replace("jeudi", "dimanche"), encoding="utf-8")
    calendar.write_text(event(0, "20231203T090000Z", "DURATION:PT90M"), encoding="utf-8")
    for file in (note, calendar):
        with pytest.raises(InputError) as error:
            selection.select(str(file), "", None, NOW)
        assert error.value.code == "meeting_past"
        assert "Sunday 3 December 2023, " in describe(error.value, Language("en"))


def test_a_file_that_is_too_large_is_refused_unread(tmp_path: Path) -> None:
    large = tmp_path / "large.eml"
    with large.open("wb") as file:
        file.truncate(100 * 1024 * 1024)
    with pytest.raises(InputError) as error:
        selection.select(str(large), "", None, NOW)
    assert error.value.code == "invitation_too_large"


def test_another_time_typed_than_written_is_said(tmp_path: Path) -> None:
    note = tmp_path / "note.txt"
    note.write_text(NOTE, encoding="utf-8")
    codes = {
        at: [one.code for one in selection.select(str(note), "", at, NOW).notes] for at in ("09:00", "14:00")
    }
    assert codes["14:00"] == ["at_differs"]


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "file:///etc/passwd%00.txt", "data:text/html,x", "mailto:a@b.example"]
)
def test_a_link_that_is_no_meeting_is_refused(link: str) -> None:
    with pytest.raises(InputError):
        selection.select(link, "", None, NOW)


def test_a_link_that_leads_elsewhere_than_it_says_is_told() -> None:
    meeting = selection.select("https://zoom.us@visio.evil.example/j/1", "", None, NOW)
    assert meeting.host == "visio.evil.example"
    assert [(one.code, one.params["known"]) for one in meeting.notes] == [("lookalike", "zoom.us")]
    assert selection.select("https://jean@visio.example/salle", "", None, NOW).notes == ()
    with pytest.raises(InputError):
        selection.select("https://zoom.us\\@visio.evil.example/j/1", "", None, NOW)


@pytest.mark.parametrize("inner", ["javascript:alert(1)", "file:///etc/passwd", "x"])
def test_a_wrapped_link_that_leads_to_no_meeting_is_refused(inner: str, tmp_path: Path) -> None:
    link = f"https://eur03.safelinks.protection.outlook.com/?url={quote(inner, safe='')}"
    with pytest.raises(InputError) as error:
        selection.select(link, "", None, NOW)
    assert error.value.code == "wrapped_link"
    note = tmp_path / "note.txt"
    note.write_text(f"Le jeudi 3 décembre 2026 de 9h à 10h30 {link}", encoding="utf-8")
    assert [one.code for one in selection.select(str(note), "", None, NOW).notes] == [
        "invitation_without_link"
    ]


def test_a_mail_from_the_future_tells_a_clock_that_is_behind(tmp_path: Path) -> None:
    mail = tmp_path / "mail.eml"
    codes = {}
    for sent in (NOW, NOW + timedelta(days=2)):
        mail.write_text(
            f"Date: {format_datetime(sent)}\nSubject: Point\n\nLe 30 décembre 2026 à 9h https://visio.example/a\n",
            encoding="utf-8",
        )
        codes[sent] = [one.code for one in selection.select(str(mail), "", None, NOW).notes]
    assert [*codes.values()] == [[], ["clock_behind"]]


@pytest.mark.parametrize(("days", "codes"), [(0, []), (2, ["clock_behind"])])
def test_a_mail_with_a_calendar_tells_a_clock_too(days: int, codes: list[str], tmp_path: Path) -> None:
    message = mail("Voir ci-joint", days_ago=-days)
    calendar = event(0, "20261230T090000Z", "URL:https://visio.example/a").encode()
    message.add_attachment(calendar, maintype="text", subtype="calendar")
    file = tmp_path / "with_calendar.eml"
    file.write_bytes(message.as_bytes())
    assert [one.code for one in selection.select(str(file), "", None, NOW).notes] == codes


def test_links_of_other_kinds_in_a_letter_are_left_alone() -> None:
    text = "Le 3 décembre 2026 à 9h javascript:alert(1) file:///c:/x.exe ftp://visio.example/x"
    assert found(text.encode()).link == ""


# --- lookalikes -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "service"),
    [
        ("zооm.us", "zoom.us"),
        ("xn--zm-fmca.us", "zoom.us"),
        ("teams.micros0ft.com", "teams.microsoft.com"),
        ("teams.rnicrosoft.com", "teams.microsoft.com"),
        ("teams.microsoft.com.example.org", "teams.microsoft.com"),
        ("visio.numerlque.gouv.fr", "visio.numerique.gouv.fr"),
        ("visio.numerique-gouv.fr", "visio.numerique.gouv.fr"),
        ("wébex.com", "webex.com"),
        ("meet.gogle.com", "meet.google.com"),
        ("us02web.zoom.us.example.com", "zoom.us"),
        ("secure.zoom-us.com", "zoom.us"),
        ("zooom.us", "zoom.us"),
        ("zom.us", "zoom.us"),
        ("zoon.us", "zoom.us"),
        ("zomo.us", "zoom.us"),
        ("ozom.us", "zoom.us"),
        ("webx.com", "webex.com"),
        ("webexx.com", "webex.com"),
        ("visio-numerique-gouv.fr", "visio.numerique.gouv.fr"),
        ("visio.numerique.gouv.com", "visio.numerique.gouv.fr"),
        ("meet.google.fr", "meet.google.com"),
    ],
)
def test_hosts_that_imitate_a_service_are_told(host: str, service: str) -> None:
    assert imitated(host, meeting_hosts()) == service
    codes = [one.code for one in selection.select(f"https://{host}/x", "", None, NOW).notes]
    assert codes == ["lookalike"]


def test_services_and_everybody_else_are_not_accused() -> None:
    for host in (*meeting_hosts(), *(f"sub.{host}" for host in meeting_hosts())):
        assert imitated(host, meeting_hosts()) == "", host
    for host in (
        "visio.mairie.fr",
        "boom.us",
        "loom.com",
        "zoom.fr",
        "foto.com",
        "gov.teams.microsoft.us",
        "global.gotowebinar.com",
        "meet.exemple.fr",
        "visio.ville-exemple.fr",
        "zoom-usagers.exemple.fr",
        "192.0.2.1",
        "2001:db8::1",
    ):
        assert imitated(host, meeting_hosts()) == "", host


@given(st.text(max_size=60))
def test_any_name_can_be_looked_at(host: str) -> None:
    assert imitated(host, meeting_hosts()) in {"", *meeting_hosts()}


@pytest.mark.parametrize(
    ("host", "own", "beside"),
    [
        ("visio2.mairie.fr", "visio1.mairie.fr", True),
        ("visio.mairie.fr", "mairie.fr", False),
        ("mairle.fr", "mairie.fr", False),
        ("visio1.mairle.fr", "visio1.mairie.fr", False),
        ("visio1.mairie.fr.evil.example", "visio1.mairie.fr", False),
    ],
)
def test_a_second_server_of_the_desk_imitates_nobody(host: str, own: str, beside: bool) -> None:
    assert is_beside(host, own) is beside
    told = selection.select(host, "", None, NOW, own_hosts=[own]).notes
    assert beside <= (not told)
