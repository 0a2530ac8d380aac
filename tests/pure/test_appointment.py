"""How long until the meeting, in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs
from rich.cells import cell_len

from amif_netcheck.advice.appointment import countdown, entitled, line, occasion, right_time
from amif_netcheck.advice.headline import cells
from amif_netcheck.advice.language import Language
from amif_netcheck.meeting.appointment import UNKNOWN, Appointment
from amif_netcheck.model.facts import Facts, Portal
from tests.pure.firewall_facts import EXPECTED, FINE, LOGIN

FRENCH, ENGLISH = Language("fr"), Language("en")
PARIS = timezone(timedelta(hours=1))
TEN = datetime(2026, 12, 1, 10, tzinfo=PARIS)
MEETING = Appointment(starts=TEN, ends=TEN + timedelta(hours=26))


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(
    ("left", "french", "english"),
    [
        (timedelta(minutes=12), "dans 12 min", "in 12 min"),
        (timedelta(minutes=11, seconds=1), "dans 12 min", "in 12 min"),
        (timedelta(seconds=1), "dans 1 min", "in 1 min"),
        (timedelta(0), "commence maintenant", "starting now"),
        (timedelta(seconds=-59), "commence maintenant", "starting now"),
        (timedelta(seconds=-60), "a commencé il y a 1 min", "began 1 min ago"),
        (timedelta(minutes=-3), "a commencé il y a 3 min", "began 3 min ago"),
        (timedelta(minutes=60), "dans 1 h", "in 1 h"),
        (timedelta(minutes=65), "dans 1 h 05", "in 1 h 05"),
        (timedelta(minutes=-125), "a commencé il y a 2 h 05", "began 2 h 05 ago"),
        (timedelta(hours=23, minutes=59), "dans 23 h 59", "in 23 h 59"),
        (timedelta(hours=24), "dans 1 jour", "in 1 day"),
        (timedelta(hours=35), "dans 2 jours", "in 2 days"),
        (timedelta(days=10), "dans 10 jours", "in 10 days"),
        (timedelta(hours=-24), "a commencé il y a 1 jour", "began 1 day ago"),
        (timedelta(hours=-26), "terminée", "over"),
    ],
)
def test_the_time_left(left: timedelta, french: str, english: str) -> None:
    assert plain(countdown(MEETING, TEN - left, FRENCH)) == french
    assert plain(countdown(MEETING, TEN - left, ENGLISH)) == english
    assert plain(countdown(MEETING, (TEN - left).astimezone(UTC), FRENCH)) == french or left > timedelta(1)


@pytest.mark.parametrize(
    ("ahead_s", "minutes"), [(0.4, 10), (59.0, 10), (300.0, 15), (-300.0, 5), (-900.0, -5), (1e12, 10)]
)
def test_the_minutes_left_are_those_of_a_right_clock(ahead_s: float, minutes: float) -> None:
    now = TEN - timedelta(minutes=10)

    def left(portal: Portal) -> float | None:
        facts = Facts(firewall=structs.replace(FINE, portal=structs.replace(portal, clock_ahead_s=ahead_s)))
        return occasion(MEETING, right_time(now, facts)).minutes_left

    assert left(EXPECTED) == minutes
    assert left(LOGIN) == 10  # whoever shows a page of their own may have any clock
    assert right_time(now, Facts()) == now


def test_numbers_stay_with_their_units() -> None:
    for left in (timedelta(minutes=5), timedelta(minutes=65), timedelta(days=3)):
        assert " " not in countdown(MEETING, TEN - left, FRENCH).removeprefix("dans ")


NOW = TEN - timedelta(minutes=12)
WIDE = ("会議" * 40, "🎥 Réunion du conseil " * 8, "議事録と予算の会議、全員参加" * 4, "한국어 회의 " * 12)


@pytest.mark.parametrize("title", WIDE)
@pytest.mark.parametrize("room", [40, 58, 78])
@pytest.mark.parametrize("language", [FRENCH, ENGLISH])
def test_a_title_in_wide_letters_leaves_the_time_its_room(title: str, room: int, language: Language) -> None:
    shown = line("", Appointment(starts=TEN, title=title), NOW, language, room)
    assert cell_len(shown) <= room
    assert plain(shown).endswith({"fr": "…, dans 12 min", "en": "…, in 12 min"}[language.code])
    assert cell_len(shown) > room - 4


@pytest.mark.parametrize(
    ("host", "appointment", "short", "long"),
    [
        ("", UNKNOWN, "", ""),
        ("visio.example.org", UNKNOWN, "Réunion : visio.example.org", "Réunion : visio.example.org"),
        ("visio.example.org", MEETING, "Réunion : visio.example.org, dans 12 min", "Réunion : visio.example.org, dans 12 min"),
        ("", MEETING, "Réunion : dans 12 min", "Réunion : dans 12 min"),
        ("", Appointment(starts=TEN, title="Bureau"), "Réunion : Bureau, dans 12 min", "Réunion : Bureau, dans 12 min"),
        ("a.example", Appointment(starts=TEN, title="Bureau"), "Réunion : a.example, dans 12 min", "Réunion : Bureau (a.example), dans 12 min"),
        ("", Appointment(title="Bureau"), "Réunion : Bureau", "Réunion : Bureau"),
        ("", Appointment(starts=TEN, title="{when} {0}"), "Réunion : {when} {0}, dans 12 min", "Réunion : {when} {0}, dans 12 min"),
    ],
)  # fmt: skip
def test_the_line(host: str, appointment: Appointment, short: str, long: str) -> None:
    assert plain(line(host, appointment, NOW, FRENCH, None)) == short
    assert plain(entitled(host, appointment, NOW, FRENCH)) == long


@given(st.text(min_size=1, max_size=253), st.integers(-10_000, 10_000), st.sampled_from([FRENCH, ENGLISH]))
def test_the_time_is_never_cut_at_60_columns(host: str, minutes: int, language: Language) -> None:
    now = TEN - timedelta(minutes=minutes)
    shown = line(host, MEETING, now, language, 58)
    assert cells(shown) <= 58
    assert shown.endswith(countdown(MEETING, now, language))
    assert shown == line(host, MEETING, now, language, None) or "…" in shown
