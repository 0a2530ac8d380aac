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
