"""Rules of repetition near one moment: the same that dateutil makes from the start on, with bounded work."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice

import pytest
from dateutil.rrule import rrulestr
from hypothesis import example, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from amif_netcheck.meeting import rules
from amif_netcheck.meeting.rules import Rule, Window, parse_rule, repetitions
from amif_netcheck.meeting.work import LIMIT, Work

at = datetime.fromisoformat
SINCE = at("2026-12-01T08:48")


def window(most: int = 5, since: datetime = SINCE, until: datetime | None = None) -> Window:
    return Window(since, most, Work(), until)


def rule(text: str) -> Rule:
    read = parse_rule(text, all_day=False)
    assert read is not None
    return read


SIXTY = ",".join(map(str, range(60)))
DAYS = st.lists(st.sampled_from(["MO", "TU", "FR", "SU"]), min_size=1, max_size=3, unique=True).map(",".join)
TEXTS = st.builds(
    lambda frequency, parts: ";".join([f"FREQ={frequency}", *(part for part in parts if part)]),
    st.sampled_from(["HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY"]),
    st.tuples(
        st.one_of(st.just(""), st.integers(1, 5).map("INTERVAL={}".format)),
        st.one_of(st.just(""), st.integers(1, 3000).map("COUNT={}".format)),
        st.one_of(st.just(""), DAYS.map("BYDAY={}".format)),
        st.one_of(st.just(""), st.sampled_from(["BYMONTH=2,3,12", "BYMONTHDAY=1,-1,15", "BYMONTH=11", "BYHOUR=9,14"])),
        st.one_of(st.just(""), st.sampled_from(["WKST=SU", "WKST=MO"])),
    ),
)  # fmt: skip


@effort(max_examples=80, deadline=None)
def from_the_start(text: str, start: datetime) -> Iterable[datetime]:
    """By dateutil itself, which refuses hours that never come: every fourth from midnight on, at nine."""
    try:
        series: Iterable[datetime] = rrulestr(text, dtstart=start)
    except ValueError:
        return ()
    return series


@example("FREQ=HOURLY;INTERVAL=4;BYHOUR=9,14", at("2014-01-01T00:00"))
@given(
    TEXTS,
    st.datetimes(at("2014-01-01T00:00"), at("2027-06-01T00:00")).map(
        lambda start: start.replace(second=0, microsecond=0)
    ),
)
def test_the_same_as_from_the_start_on(text: str, start: datetime) -> None:
    expected = list(islice((moment for moment in from_the_start(text, start) if moment >= SINCE), 5))
    made = repetitions(rule(text), start, window())
    assert made == expected[: len(made)]
    assert made or not expected
    assert len(made) == len(expected) or made[-1] > SINCE + timedelta(days=2)


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("FREQ=DAILY", at("2019-01-01T10:00")),
        ("FREQ=HOURLY", at("2019-01-01T10:00")),
        ("FREQ=MINUTELY", at("1970-01-01T10:00")),
        ("FREQ=SECONDLY", at("1970-01-01T10:00")),
        ("FREQ=SECONDLY;COUNT=900000000", at("2019-01-01T10:00")),
        ("FREQ=DAILY;COUNT=900000000", at("2019-01-01T10:00")),
        ("FREQ=WEEKLY;BYDAY=MO,TU;COUNT=900000000", at("2019-01-01T10:00")),
        ("FREQ=YEARLY", at("1601-12-01T10:00")),
        ("FREQ=MONTHLY", at("1601-12-01T10:00")),
    ],
)
def test_what_has_long_begun_takes_no_work(
    text: str, start: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    worked_out, endless = 0, rules._endless

    def counted(*arguments: object) -> Iterator[datetime]:
        nonlocal worked_out
        for moment in endless(*arguments):  # type: ignore[arg-type]
            worked_out += 1
            yield moment

    monkeypatch.setattr(rules, "_endless", counted)
    made = repetitions(rule(text), start, window(most=1))
    assert len(made) == 1
    assert SINCE <= made[0] <= SINCE + timedelta(days=31)
    assert worked_out <= 30


@pytest.mark.parametrize("frequency", ["YEARLY", "WEEKLY", "HOURLY"])
def test_what_never_comes_ends(frequency: str) -> None:
    never = rule(f"FREQ={frequency};BYMONTH=2;BYMONTHDAY=30")
    assert repetitions(never, at("2019-01-01T10:00"), window()) == []


def test_nothing_is_worked_out_when_no_work_is_left() -> None:
    assert repetitions(rule("FREQ=DAILY"), SINCE, Window(SINCE, 5, Work(0))) == []


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("FREQ=YEARLY", 5),
        ("FREQ=WEEKLY;BYDAY=MO,TU", 4),
        ("FREQ=WEEKLY;COUNT=10", 3),  # over for years
        ("FREQ=SECONDLY", 4),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", 600),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", 9000),
        ("FREQ=HOURLY;INTERVAL=5;BYMONTH=2;BYMONTHDAY=30", 32_000),
        ("FREQ=YEARLY;BYHOUR=1,2,3,4,5,6;BYMINUTE=" + SIXTY + ";BYSECOND=" + SIXTY, 2800),
    ],
)
def test_what_a_rule_costs_is_counted(text: str, units: float) -> None:
    window = Window(SINCE, 60, Work(), until=SINCE, coming=SINCE)
    repetitions(rule(text), at("2019-01-01T10:00"), window)
    assert units / 4 < LIMIT - window.work.left <= units


@pytest.mark.parametrize(
    "text",
    [
        "FREQ=SECONDLY;INTERVAL=7;BYHOUR=3;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MINUTELY;INTERVAL=15;BYHOUR=23",
        "FREQ=SECONDLY;BYSECOND=1,2;BYSETPOS=1",
    ],
)
def test_a_rule_of_so_many_steps_that_one_search_takes_minutes_is_not_read(text: str) -> None:
    assert parse_rule(text, all_day=False) is None


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("FREQ=SECONDLY;BYHOUR=9;BYMINUTE=0;BYSECOND=0", "FREQ=DAILY;BYHOUR=9;BYMINUTE=0;BYSECOND=0"),
        ("FREQ=MINUTELY;BYMINUTE=0,30", "FREQ=HOURLY;BYMINUTE=0,30"),
        ("FREQ=HOURLY;BYHOUR=8,18;BYDAY=MO", "FREQ=DAILY;BYHOUR=8,18;BYDAY=MO"),
        ("FREQ=HOURLY;INTERVAL=2;BYHOUR=8,18", "FREQ=HOURLY;INTERVAL=2;BYHOUR=8,18"),
    ],
)
def test_a_rule_is_worked_out_in_the_largest_steps_that_it_allows(text: str, same: str) -> None:
    assert rule(text) == rule(same)
    start = at("2026-11-30T08:00")
    assert list(islice(rrulestr(text, dtstart=start), 20)) == list(islice(rrulestr(same, dtstart=start), 20))


@pytest.mark.parametrize("text", ["FREQ=DAILY", "FREQ=WEEKLY;BYDAY=MO,TU", "FREQ=HOURLY;INTERVAL=5"])
@pytest.mark.parametrize("enough", [1, 3])
def test_no_more_than_enough_to_come_are_worked_out(text: str, enough: int) -> None:
    since = SINCE - timedelta(days=3)
    window = Window(since, 60, Work(), coming=SINCE, enough=enough)
    made = repetitions(rule(text), at("2019-01-01T10:00"), window)
    assert sum(moment >= SINCE for moment in made) == enough
    assert made[0] < SINCE


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("FREQ=WEEKLY", Rule("WEEKLY")),
        (" freq = weekly ; interval = 2 ;", Rule("WEEKLY", interval=2)),
        ("FREQ=DAILY;COUNT=10;COUNT=20", Rule("DAILY", count=10)),
        ("FREQ=DAILY;COUNT=0;INTERVAL=-1", Rule("DAILY")),
        ("FREQ=DAILY;COUNT=-1;UNTIL=20261201", Rule("DAILY", until="20261201")),
        ("FREQ=MONTHLY;BYDAY=+1MO,-1 FR,00TU,XX,2", Rule("MONTHLY", by=("BYDAY=+1MO,TU",))),
        ("FREQ=YEARLY;BYMONTH=0,1,13,x;BYMONTHDAY=-1,32", Rule("YEARLY", by=("BYMONTH=1", "BYMONTHDAY=-1"))),
        ("FREQ=DAILY;BYHOUR=0,24;WKST=XX;X-A=1", Rule("DAILY", by=("BYHOUR=0",))),
        ("FREQ=DAILY;BYSETPOS=1", Rule("DAILY")),
        ("", None),
        ("FREQ=FORTNIGHTLY", None),
        ("FREQ=DAILYX", None),
        ("WEEKLY", None),
    ],
)
def test_parts_that_can_not_be_read_are_left_out(text: str, read: Rule | None) -> None:
    assert parse_rule(text, all_day=False) == read


@given(st.text(alphabet="FREQ=DAILYWKMONTHUBSPC;,-+0123456789", max_size=60), st.booleans())
def test_any_text_is_a_rule_or_none(text: str, all_day: bool) -> None:
    read = parse_rule(f"FREQ=DAILY;{text}", all_day=all_day)
    assert read is not None
    for moment in repetitions(read, at("2026-11-01T10:00"), window()):
        assert moment >= SINCE
