"""When a meeting is, as people write it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amif_netcheck.meeting.written_dates import LONGEST_TEXT, the_meeting, written_times

NOW = datetime(2026, 11, 29, 10).astimezone()
PARIS = ZoneInfo("Europe/Paris")


def read(text: str, now: datetime = NOW) -> list[tuple[str, str]]:
    """Start and end of each time, by this computer's clock."""
    return [
        (f"{one.starts:%Y-%m-%d %H:%M}", f"{one.ends:%H:%M}" if one.ends else "")
        for one in written_times(text, now)
    ]


@pytest.mark.parametrize(
    ("text", "day", "starts", "ends"),
    [
        ("Le jeudi 30 mars 2023 de 9h à 10h30 \n\n En visioconférence", "2023-03-30", "09:00", "10:30"),
        ("Réunion du mardi 1 décembre 2026, 18 h 30 – 20 h", "2026-12-01", "18:30", "20:00"),
        ("le 1er avril 2027 à 14h", "2027-04-01", "14:00", ""),
        ("le 3 déc. à 20h avec 10 personnes", "2026-12-03", "20:00", ""),
        ("Le mardi 1er décembre 2026 (en visio) 9 heures à 10 heures 30", "2026-12-01", "09:00", "10:30"),
        ("mercredi 2 décembre 2026 de 9 à 11h", "2026-12-02", "09:00", "11:00"),
        ("rendez-vous le 12 décembre à midi", "2026-12-12", "12:00", ""),
        ("le 22 décembre 2026 de 22h à 1h", "2026-12-22", "22:00", "01:00"),
        ("à 14h30 le jeudi 4 mars 2027", "2027-03-04", "14:30", ""),
        ("demain à 9 h", "2026-11-30", "09:00", ""),
        ("aujourd’hui à 17h15", "2026-11-29", "17:15", ""),
        ("Date : 15/12/2026 | Heure : 17:00", "2026-12-15", "17:00", ""),
        ("le 15.01.27 à 8h", "2027-01-15", "08:00", ""),
        ("Quand : lundi 7 décembre 2026 15:00-16:00.", "2026-12-07", "15:00", "16:00"),
        ("le 5 janvier à 9h", "2027-01-05", "09:00", ""),
        ("March 30, 2027 at 9:00 AM - 10:30 AM", "2027-03-30", "09:00", "10:30"),
        ("Thursday 4 March 2027 from 2 to 3:30 pm", "2027-03-04", "14:00", "15:30"),
        ("4 March 2027, 9am-10:30am", "2027-03-04", "09:00", "10:30"),
        ("When\nTuesday Dec 8, 2026 ⋅ 10am – 11:30am", "2026-12-08", "10:00", "11:30"),
        ("the 8th of December at noon", "2026-12-08", "12:00", ""),
        ("2027-03-30 09:00", "2027-03-30", "09:00", ""),
        ("12 AM on 5 January 2027", "2027-01-05", "00:00", ""),
        ("le 3 décembre 2026 09:00-10:30", "2026-12-03", "09:00", "10:30"),
        ("le 3 décembre 2026 10:00–11:00", "2026-12-03", "10:00", "11:00"),
        ("Quand : jeudi 3 décembre 2026 13:30-14:30.", "2026-12-03", "13:30", "14:30"),
        ("le 3 décembre 2026 22:00-01:00", "2026-12-03", "22:00", "01:00"),
        ("3 December 2026 9:00-10:30 pm", "2026-12-03", "21:00", "22:30"),
        ("3 December 2026, 11:30 - 1 pm", "2026-12-03", "11:30", "13:00"),
        ("jeudi 3 décembre 14.30-16.00", "2026-12-03", "14:30", "16:00"),
        ("jeudi 3 décembre à 14.30", "2026-12-03", "14:30", ""),
        ("jeudi 3 décembre, de 14.10 à 16.30", "2026-12-03", "14:10", "16:30"),
        ("jeudi 3 décembre 14h00/16h00", "2026-12-03", "14:00", "16:00"),
        ("mercredi 2 décembre 2026 de 9-11h", "2026-12-02", "09:00", "11:00"),
        ("de 14h00 à 16h00 (heure locale), jeudi 3 décembre", "2026-12-03", "14:00", "16:00"),
        ("de 14h à 16h le jeudi 3 décembre. Fin des inscriptions à 12h", "2026-12-03", "14:00", "16:00"),
        ("jeudi 3 décembre à 14h, durée : 2h", "2026-12-03", "14:00", ""),
        ("Durée : 2h, jeudi 3 décembre à 14h", "2026-12-03", "14:00", ""),
        ("jeudi 3 à 14h", "2026-12-03", "14:00", ""),
        ("jeudi (3 décembre) à 14h", "2026-12-03", "14:00", ""),
        ("le 17 décembre (jeudi) à 14h", "2026-12-17", "14:00", ""),
    ],
)
def test_french_and_english_ways_to_say_it(text: str, day: str, starts: str, ends: str) -> None:
    assert read(text) == [(f"{day} {starts}", ends)]
    meeting = the_meeting(text, NOW)
    assert meeting is not None
    assert f"{meeting.starts:%Y-%m-%d %H:%M}" == f"{day} {starts}"


@pytest.mark.parametrize(
    "text",
    [
        "Le 27 janvier 2023, le ministère a publié 4 grands axes",
        "9h-9h10 : introduction de la séance",
        "en septembre 2022 auprès de 200 agents",
        "vendredi 31 février 2027 à 9h",
        "le 8 décembre au matin",
        "le 8 décembre\n\nà 9h",
        "le 8 décembre à 25h",
        "le 12 décembre 10 personnes",
        "tel. 01 23 45 67 89",
        "192.168.1.10 à 14h",
        "",
    ],
)
def test_a_day_or_an_hour_alone_is_no_meeting(text: str) -> None:
    assert read(text) == []
    assert the_meeting(text, NOW) is None


def test_a_weekday_tells_the_year() -> None:
    assert read("jeudi 30 mars de 9 h à 10 h 30") == [("2023-03-30 09:00", "10:30")]
    assert read("mardi 30 mars de 9 h à 10 h 30") == [("2027-03-30 09:00", "10:30")]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("le 8 décembre 2026 à 9h00 (heure de Paris)", datetime(2026, 12, 8, 9, tzinfo=PARIS)),
        ("8 July 2027 10:00 CEST", datetime(2027, 7, 8, 10, tzinfo=PARIS)),
        ("Mon 30 Nov 2026 15:00 GMT+1 – 16:00", datetime(2026, 11, 30, 14, tzinfo=UTC)),
        ("30 November 2026, 15:00 UTC", datetime(2026, 11, 30, 15, tzinfo=UTC)),
        ("30 November 2026, 15:00-04:00", datetime(2026, 11, 30, 19, tzinfo=UTC)),
        ("2026-12-03T13:00:00Z", datetime(2026, 12, 3, 13, tzinfo=UTC)),
        ("2026-12-03T13:00:00.000+01:00", datetime(2026, 12, 3, 12, tzinfo=UTC)),
        ("2026-12-03T04:00-05:00", datetime(2026, 12, 3, 9, tzinfo=UTC)),
        ("3 December 2026 at 2pm UTC", datetime(2026, 12, 3, 14, tzinfo=UTC)),
        ("3 June 2027 10:00 CET", datetime(2027, 6, 3, 10, tzinfo=PARIS)),
        ("Dec 3, 2026 02:00 PM Paris", datetime(2026, 12, 3, 14, tzinfo=PARIS)),
        ("de 14h00 à 16h00 (heure de Paris), jeudi 3 juin 2027", datetime(2027, 6, 3, 14, tzinfo=PARIS)),
        (
            "When: Thursday, June 3, 2027 9:00 AM-10:30 AM. (UTC+01:00) Brussels, Copenhagen, Madrid, Paris",
            datetime(2027, 6, 3, 9, tzinfo=PARIS),
        ),
        (
            "Quand : jeudi 3 juin 2027 09:00-10:30. (UTC+01:00) Amsterdam, Berlin, Berne, Rome, Stockholm, Vienne",
            datetime(2027, 6, 3, 9, tzinfo=PARIS),
        ),
        (
            "When: Thursday, June 3, 2027 9:00 AM-10:30 AM. (UTC-05:00) Eastern Time (US & Canada)",
            datetime(2027, 6, 3, 13, tzinfo=UTC),
        ),
        (
            "Quand : jeudi 3 juin 2027 09:00-10:30. (UTC+04:00) Port-Louis",
            datetime(2027, 6, 3, 5, tzinfo=UTC),
        ),
        ("jeudi 3 juin 2027 à 9h (UTC+01:00) en visio", datetime(2027, 6, 3, 8, tzinfo=UTC)),
    ],
)
def test_zones_that_are_named_count(text: str, moment: datetime) -> None:
    meeting = the_meeting(text, NOW)
    assert meeting is not None
    assert meeting.starts == moment


def test_americans_write_the_month_first() -> None:
    american = the_meeting("Please join the meeting on 12/08/2026 at 10:00 AM", NOW)
    french = the_meeting("Merci de rejoindre la réunion du 12/08/2026 à 10h", NOW)
    assert american is not None
    assert french is not None
    assert (american.starts.month, french.starts.month) == (12, 8)


def test_of_several_times_the_next_one_counts() -> None:
    text = "Suite à la réunion du 3 novembre 2026 à 9h : la suivante est le 10 décembre 2026 de 9h à 10h, puis le 7 janvier 2027 à 9h"
    meeting = the_meeting(text, NOW)
    assert meeting is not None
    assert f"{meeting.starts:%m-%d}" == "12-10"
    over = the_meeting("Le 3 novembre 2026 à 9h, le 2 novembre 2026 à 9h", NOW)
    assert over is not None
    assert f"{over.starts:%m-%d}" == "11-03"


def test_tomorrow_is_that_of_the_writer() -> None:
    meeting = the_meeting("demain à 9h", NOW, since=NOW - timedelta(days=1))
    assert meeting is not None
    assert meeting.starts.date() == NOW.date()


MONDAY = datetime(2026, 11, 30, 15, 30).astimezone()
HEADERS = (
    "De : A <a@b.fr>\nEnvoyé : lundi 30 novembre 2026 18:52\nÀ : B\nObjet : RE: Réunion\n\n",
    "*De :* A\n*Envoyé :* lundi 30 novembre 2026 18:52\n*À :* B\n*Objet :* Réunion\n\n",
    "De :\n\nA\n\nEnvoyé :\n\nlundi 30 novembre 2026 18:52\n\nÀ :\n\nB\n\n",
    "From: A\nSent: Monday, November 30, 2026 6:52 PM\nTo: B\nSubject: x\n\n",
    "Le lun. 30 nov. 2026 à 18:52, A Le Gall <a@b.fr> a écrit :\n> ",
    "Le lun. 30 nov. 2026 à 18:52, A <a@b.fr>\na écrit :\n> ",
    "> Le 30/11/2026 à 18:52, A a écrit :\n> ",
    "A a écrit le 30/11/2026 à 18:52 :\n> ",
    "On Mon, Nov 30, 2026 at 6:52 PM A <a@b.fr>\nwrote:\n> ",
    "De: A\nObjet: R\nDate: 30 novembre 2026 à 18:52:11 UTC+1\nÀ: B\n\n",
    "---------- Forwarded message ---------\nDe : A <a@b>\nDate: lun. 30 nov. 2026 à 18:52\nSubject: R\nTo: <b@b>\n\n",
    "Le lun. 30 nov. 2026\nà 18:52, A <a@b.fr> a\nécrit :\n> ",
    '30 novembre 2026 18:52 "A" <a@b.fr> a écrit:\n> ',
    "2026-11-30 18:52 GMT+01:00 A <a@b.fr>:\n> ",
    "Mon, 30 Nov 2026 18:52:11 +0100 A <a@b.fr> wrote:\n> ",
    "Sent: Monday, November 30, 2026 6:52 PM\n",
    "De : A Envoyé : lundi 30 novembre 2026 18:52 À : B Objet : réunion ",
    "Message envoyé le 30 novembre 2026 à 18h52.\n",
    "> Message du 30/11/26 18:52\n> De : A\n> A : B\n> Objet : Réunion\n>\n> ",
)


@pytest.mark.parametrize("header", HEADERS)
def test_when_a_quoted_mail_was_sent_is_no_meeting(header: str) -> None:
    assert read(f"Bonjour,\n{header}Rendez-vous le jeudi 3 décembre à 14h", MONDAY) == [
        ("2026-12-03 14:00", "")
    ]


def test_a_memo_s_date_is_its_meeting_s() -> None:
    memo = "De : Le maire\nÀ : tous\nObjet : réunion\nDate : 3 décembre 2026 à 14h"
    assert read(memo, MONDAY) == [("2026-12-03 14:00", "")]
    assert read("Objet : réunion\nDate : 30 novembre 2026 à 14h", MONDAY) == [("2026-11-30 14:00", "")]


PLACE = "Lieu : Salle du conseil municipal, place de la République, 12345 Saint-Lieu-les-Bains"


@pytest.mark.parametrize(
    "text",
    [
        "Date\n\njeudi 3 décembre 2026\n\nHeure\n\n14h30",
        "Date : 3 décembre 2026\n\nHeure : 14h30",
        "Date : jeudi 3 décembre\n\nHoraires : de 14h30 à 16h",
        "jeudi 3 décembre 2026\n\nde 14h30 à 16h en visioconférence",
        "jeudi 3 décembre 2026\n\n14h30",
        f"Date : jeudi 3 décembre 2026\n{PLACE}\nHoraires : 14h30 - 16h",
        f"Heure : 14h30\n{PLACE}\nDate : jeudi 3 décembre 2026",
        f"Date: 3 December 2026\n{PLACE}\nTime: 2:30 PM",
    ],
)
def test_a_day_and_its_hour_stand_in_rows_and_paragraphs_of_their_own(text: str) -> None:
    assert [starts for starts, _ in read(text, MONDAY)] == ["2026-12-03 14:30"]


@pytest.mark.parametrize(
    "text",
    [
        "Inscription avant le mardi 1er décembre à 12h. La réunion aura lieu le jeudi 3 décembre de 14h à 16h.",
        "Réponse au plus tard le 1er décembre, 12h. Réunion : jeudi 3 décembre à 14h",
        "Date limite d'inscription : mardi 1er décembre, 12h\nDate : jeudi 3 décembre\nHeure : 14h",
        "Inscriptions jusqu’au mercredi 2 décembre 18h ; la réunion est le jeudi 3 décembre à 14h",
        "Merci de répondre pour le 1er décembre à 12h. La réunion : jeudi 3 décembre à 14h",
        "Registration closes on December 1 at 12pm. The webinar is on December 3 at 2pm",
        "Inscriptions ouvertes pour la réunion du jeudi 3 décembre à 14h",
        "Inscrivez-vous au rendez-vous du jeudi 3 décembre à 14h",
        "Réunion le 3 décembre à 14h (en cas de neige elle sera annulée)",
        "Réunion du 2 décembre à 10h reportée au 3 décembre à 14h",
        "Report de la réunion du 2 décembre à 10h au 3 décembre à 14h",
        "Répondre\nJeudi 3 décembre à 14h",
        "Premier créneau le 3 décembre à 14h",
        "Date limite\n1er décembre 12h\nRéunion\n3 décembre à 14h",
        "Please RSVP by December 1 at 12pm. The meeting is on December 3 at 2pm.",
        "Deadline: December 1 at noon. Meeting: December 3 at 2pm",
        "Répondre avant demain 12h. Réunion jeudi à 14h.",
        "La réunion prévue le 2 décembre à 10h est reportée au 3 décembre à 14h",
        "La réunion est reportée du 2 décembre à 10h au 3 décembre à 14h",
        "La réunion du 2 décembre à 10h est reportée. Elle aura lieu le 3 décembre à 14h",
        "The meeting of 2 December at 10am has been moved to 3 December at 2pm",
        "La réunion du 3 décembre à 10h est décalée à 14h",
        "La réunion du 2 décembre à 10h est annulée et remplacée par celle du 3 décembre à 14h",
        "le 3 décembre à 14h au lieu du 2 décembre à 10h",
        "Suite à l'annulation de la réunion du 2 décembre à 10h, rendez-vous le 3 décembre à 14h",
        "La réunion n'est pas annulée : jeudi 3 décembre à 14h",
        "CONSEIL DU 2 DECEMBRE 2026 20H00 - REPORTE AU 3 DECEMBRE 2026 14H00",
        "le 3 décembre à 14h, à la place du 2 décembre à 10h",
        "Visio le 3 décembre à 14h, plutôt que le 2 décembre à 10h",
        "Visio le 3 décembre à 14h, en remplacement de celle du 2 décembre à 10h",
        "Ancienne date : 2 décembre à 10h\nNouvelle date : 3 décembre à 14h",
        "Retour souhaité mardi 1er décembre 12h. Visio le 3 décembre à 14h",
        "Pouvoirs à transmettre le 1er décembre 12h. Visio le 3 décembre à 14h",
        "La réunion du 3 décembre à 14h est maintenue, le repas est annulé",
        "Si la réunion du 3 décembre à 14h devait être annulée, vous le sauriez",
        "Fait à Brax, le 30 novembre 2026 à 15h10. Visio le 3 décembre à 14h",
        "Reçu en préfecture le 30 novembre 2026 à 15h10. Visio le 3 décembre à 14h",
        "jeudi de 14h à 15h : le 3 décembre à 14h, sauf le 2 décembre à 10h",
        "Ok pour le 3 décembre à 14h\n\nLe lun. 30 nov. 2026 à 09:52, J <j@x.fr> a écrit :\n> Mercredi 2 décembre à 9h ?",
    ],
)
def test_deadlines_and_times_that_are_given_up_are_not_the_meeting(text: str) -> None:
    meeting = the_meeting(text, MONDAY)
    assert meeting is not None
    assert (f"{meeting.starts:%m-%d %H:%M}", meeting.off) == ("12-03 14:00", False)


@pytest.mark.parametrize(
    "text", ["La réunion du 3 décembre à 14h est annulée.", "The call on Dec 3 at 2pm has been cancelled"]
)
def test_a_meeting_that_is_cancelled_is_off(text: str) -> None:
    meeting = the_meeting(text, MONDAY)
    assert meeting is not None
    assert meeting.off


@pytest.mark.parametrize(
    ("text", "starts"),
    [
        ("jeudi à 14h", "2026-12-03 14:00"),
        ("next Thursday at 2pm", "2026-12-03 14:00"),
        ("see you at 2pm on Thursday", "2026-12-03 14:00"),
        ("jeudi prochain à 14h", "2026-12-03 14:00"),
        ("jeudi matin à 9h30", "2026-12-03 09:30"),
        ("jeudi de 9 à 11h", "2026-12-03 09:00"),
        ("jeudi après-midi à 14h", "2026-12-03 14:00"),
        ("Thursday afternoon, 2-3pm", "2026-12-03 14:00"),
        ("jeudi en huit à 14h", "2026-12-10 14:00"),
        ("jeudi de la semaine prochaine à 14h", "2026-12-10 14:00"),
        ("lundi à 18h", "2026-11-30 18:00"),
        ("lundi à 9h", "2026-12-07 09:00"),
        ("lundi prochain à 18h", "2026-12-07 18:00"),
    ],
)
def test_a_weekday_alone_is_the_next_one(text: str, starts: str) -> None:
    assert [begin for begin, _ in read(text, MONDAY)] == [starts]


@pytest.mark.parametrize(
    "text",
    [
        "Mairie ouverte du lundi au vendredi de 9h à 17h",
        "ouvert le mardi de 9h à 12h",
        "lundi et jeudi : 9h-12h",
    ],
)
def test_office_hours_are_no_meeting(text: str) -> None:
    assert read(text, MONDAY) == []


@pytest.mark.parametrize(
    "office",
    [
        "Horaires d'ouverture :\nlundi 8h30-12h\nmardi 8h30-12h",
        "Secrétariat : mardi 9h-12h",
        "Accueil : lundi, jeudi 14h-17h, vendredi 9h-12h",
        "Du lundi au jeudi : 8h30-12h\nVendredi : 8h30-12h",
        "Lundi/Mardi/Jeudi : 9h-12h\nSamedi : 9h-11h30",
    ],
)
def test_an_office_s_hours_in_a_signature_are_not_the_meeting(office: str) -> None:
    meeting = the_meeting(f"Visio jeudi 10 décembre à 10h\n\nMairie de Brax\n{office}", MONDAY)
    assert meeting is not None
    assert f"{meeting.starts:%m-%d %H:%M}" == "12-10 10:00"


@pytest.mark.parametrize(
    "text",
    [
        "REUNION DU 3 DECEMBRE A 10H ANNULEE",
        "La réunion du 3 décembre à 10h n'aura finalement pas lieu",
        "La visio du 3 décembre à 10h ne se tiendra pas",
        "Je dois annuler la visio du 3 décembre à 10h",
        "Annulation réunion du 3 décembre à 10h",
        "Contraint de reporter notre visio du 3 décembre à 10h",
    ],
)
def test_there_are_many_ways_to_call_it_off(text: str) -> None:
    meeting = the_meeting(text, MONDAY)
    assert meeting is not None
    assert meeting.off


@pytest.mark.parametrize(
    ("text", "starts", "ends"),
    [
        ("Date : 03/12/2026\nHeure : 18h30", "2026-12-03 18:30", ""),
        ("03/12 : 18h30", "2026-12-03 18:30", ""),
        ("Visio le 03/12/2026: 18h30-20h", "2026-12-03 18:30", "20:00"),
        ("jeudi 3 : 18h30", "2026-12-03 18:30", ""),
        ("Début : 03/12/2026 10:30\nFin : 03/12/2026 12:00", "2026-12-03 10:30", "12:00"),
        ("Du 03/12/2026 10:30 au 03/12/2026 12:00", "2026-12-03 10:30", "12:00"),
        ("jeudi 3 décembre à midi trente", "2026-12-03 12:30", ""),
        ("jeudi 3 décembre à midi et quart", "2026-12-03 12:15", ""),
        ("après demain à 9h", "2026-12-02 09:00", ""),
    ],
)
def test_people_write_it_in_more_ways(text: str, starts: str, ends: str) -> None:
    assert read(text, MONDAY) == [(starts, ends)]


def test_in_january_a_day_of_december_is_past() -> None:
    january = datetime(2027, 1, 4, 10).astimezone()
    assert read("visio du 15 décembre à 10h", january) == [("2026-12-15 10:00", "")]


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("du 3 au 4 décembre, 9h-17h", [3, 4]),
        ("du 3 au 4/12/2026, 9h-17h", [3, 4]),
        ("du 3/12 au 4/12, 9h-17h", [3, 4]),
        ("du jeudi 3 au samedi 5 décembre 2026 de 9h à 17h", [3, 4, 5]),
        ("December 3-4, 2026, 9am-5pm", [3, 4]),
        ("les 3 et 10 décembre de 9h à 17h", [3, 10]),
    ],
)
def test_of_several_days_each_has_the_hours(text: str, days: list[int]) -> None:
    assert read(text, MONDAY) == [(f"2026-12-{day:02} 09:00", "17:00") for day in days]


@given(st.text(alphabet="0123456789hHàa:/-. janvierdec\n’()+utcpm", max_size=300))
def test_no_text_is_too_strange(text: str) -> None:
    for one in written_times(text, NOW):
        assert one.starts.tzinfo is not None
        assert one.ends is None or timedelta(0) < one.ends - one.starts <= timedelta(hours=14)
        assert 0 <= one.at <= len(text)


@given(
    st.integers(min_value=0, max_value=13 * 366 * 24 * 60).map(
        lambda minutes: NOW + timedelta(minutes=minutes)
    ),
    st.integers(min_value=15, max_value=600),
)
def test_what_is_written_is_read_again(moment: datetime, minutes: int) -> None:
    starts = moment.astimezone()
    ends = starts + timedelta(minutes=minutes)
    months = [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ]
    written = f"le {starts.day} {months[starts.month - 1]} {starts.year} de {starts:%Hh%M} à {ends:%Hh%M}"
    assert read(written) == [(f"{starts:%Y-%m-%d %H:%M}", f"{ends:%H:%M}")]


def test_a_long_text_is_looked_at_in_part() -> None:
    assert the_meeting("x" * LONGEST_TEXT + " le 8 décembre 2026 à 9h", NOW) is None
