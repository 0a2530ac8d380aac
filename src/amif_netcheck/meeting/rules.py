"""Rules of repetition (RRULE; RFC 5545, section 3.3.10) worked out near one moment, with bounded work."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain
from math import prod

from amif_netcheck.meeting.work import Work

_FREQUENCY = re.compile(r"(SECONDLY|MINUTELY|HOURLY|DAILY|WEEKLY|MONTHLY|YEARLY)(?![A-Z])")
_NUMBER = re.compile(r"[0-9]{1,9}(?![0-9])")
_DAY = re.compile(r"([+-]?)0*([0-9]{0,2})(MO|TU|WE|TH|FR|SA|SU)(?![A-Z])")
_RANGES = {
    "BYMONTH": (1, 12),
    "BYMONTHDAY": (-31, 31),
    "BYYEARDAY": (-366, 366),
    "BYWEEKNO": (-53, 53),
    "BYSETPOS": (-366, 366),
    "BYHOUR": (0, 23),
    "BYMINUTE": (0, 59),
    "BYSECOND": (0, 59),
}
_WITH_ZERO = {"BYHOUR", "BYMINUTE", "BYSECOND"}
_PERIODS = {
    "SECONDLY": timedelta(seconds=1),
    "MINUTELY": timedelta(minutes=1),
    "HOURLY": timedelta(hours=1),
    "DAILY": timedelta(days=1),
    "WEEKLY": timedelta(weeks=1),
}
_CYCLE = timedelta(days=146_097)
"""After 400 years the Gregorian calendar repeats, days of the week too."""
_LAST_CYCLE = 9599
_MOST_COUNTED = 20_000
"""Some tenths of a second."""
_UNITS_A_DAY = {"SECONDLY": 86_400, "MINUTELY": 1440, "HOURLY": 24}
_MOST_STEPS = 24
"""A day, of a rule with parts: dateutil tries each one, for centuries. Others are not read."""
_COARSER = (
    ("SECONDLY", "BYSECOND", "MINUTELY"),
    ("MINUTELY", "BYMINUTE", "HOURLY"),
    ("HOURLY", "BYHOUR", "DAILY"),
)
_RULE_UNITS, _TIME_UNITS, _MOMENT_UNITS = 2, 0.02, 0.1
_YEAR = timedelta(days=365)
_YEAR_UNITS = {"YEARLY": 0.75, "MONTHLY": 1.5, "WEEKLY": 3, "DAILY": 11}
_YEAR_UNITS_WITHIN_DAYS = 40
"""Of `Work`: to look for a repetition in a year."""
_END_OF_TIME = datetime(9999, 12, 31, 23, 59, 59)  # noqa: DTZ001 - by the clock of any zone
_LEAP_DAY = (2, 29)
_HORIZON, _NEAR = timedelta(days=400), timedelta(days=2)
"""What comes later than that is worked out only when nothing comes before: a little more than a year, for what is held several
times a day some days."""


@dataclass(frozen=True)
class Rule:
    """What can be read of a rule. `until` is as written; `by` are its BY… parts and WKST, as RFC 5545 writes them."""

    frequency: str
    interval: int = 1
    count: int | None = None
    until: str = ""
    by: tuple[str, ...] = ()


def parse_rule(text: str, *, all_day: bool) -> Rule | None:
    """The rule in a property's value, without the parts that can't be read; None without a frequency."""
    parts: dict[str, str] = {}
    for part in text.upper().split(";"):
        name, _, value = part.partition("=")
        parts.setdefault(name.strip(), value.strip())
    frequency = _FREQUENCY.match(parts.get("FREQ", ""))
    if frequency is None:
        return None
    rule = Rule(
        frequency=frequency[1],
        interval=_number(parts.get("INTERVAL", "")) or 1,
        count=_number(parts.get("COUNT", "")) or None,
        until=parts.get("UNTIL", ""),
        by=_by(parts),
    )
    rule = _in_days(rule) if all_day else _coarser(rule)
    is_free = all(part.startswith("WKST") for part in rule.by)
    return rule if is_free or _UNITS_A_DAY.get(rule.frequency, 1) / rule.interval <= _MOST_STEPS else None


def _by(parts: Mapping[str, str]) -> tuple[str, ...]:
    by = [f"{name}={values}" for name in _RANGES if (values := _numbers(name, parts.get(name, "")))]
    days = ",".join(f"{day[1] if day[2] else ''}{day[2]}{day[3]}" for day in _days(parts.get("BYDAY", "")))
    by += [f"BYDAY={days}"] if days else []
    if len(by) == 1 and by[0].startswith("BYSETPOS"):
        by = []  # it chooses among those of other parts
    return (*by, *(f"WKST={day[3]}" for day in list(_days(parts.get("WKST", "")))[:1]))


def _in_days(rule: Rule) -> Rule:
    """The same for whole days: without parts of a day."""
    by = tuple(part for part in rule.by if part.partition("=")[0] not in _WITH_ZERO)
    return replace(rule, by=by, frequency="DAILY" if rule.frequency in _UNITS_A_DAY else rule.frequency)


def _coarser(rule: Rule) -> Rule:
    """The same with as few steps a day as can be: each second, but only at second 0, is each minute at second 0."""
    names = {part.partition("=")[0] for part in rule.by}
    for fine, part, coarse in _COARSER:
        if (rule.frequency, rule.interval) == (fine, 1) and part in names and "BYSETPOS" not in names:
            rule = replace(rule, frequency=coarse)
    return rule


@dataclass(frozen=True)
class Window:
    """Which repetitions are wanted: the first `most` from `since` on, none after `until`; all by one clock, without zones.

    `enough` of those from `coming` on will do. None is worked out when that is too much `work`.
    """

    since: datetime
    most: int
    work: Work
    until: datetime | None = None
    coming: datetime | None = None
    enough: int = 1


def repetitions(rule: Rule, start: datetime, window: Window) -> list[datetime]:
    """The repetitions in the window, fewer when they are more than a year away.

    A COUNT that can't be worked out without counting, and is large, is left out.
    """
    times = prod(part.count(",") + 1 for part in rule.by if part.partition("=")[0] in _WITH_ZERO)
    if not window.work.spend(_RULE_UNITS + _TIME_UNITS * times):  # dateutil lists all times of a day
        return []
    shifted, skipped = _later_start(rule, start, window.since)
    several_a_day = rule.frequency in {"SECONDLY", "MINUTELY", "HOURLY"}
    last = max(window.coming or window.since, start) + (_NEAR if several_a_day else _HORIZON)
    count = rule.count
    if count is not None and rule.frequency in _PERIODS and not rule.by:
        count -= skipped
    elif count is not None and count <= _MOST_COUNTED:
        shifted = start
    else:
        count = None
    wanted: list[datetime] = []
    coming = 0
    for moment in _endless(rule, shifted, window, count):
        if moment < window.since:
            continue
        wanted.append(moment)
        coming += window.coming is not None and moment >= window.coming
        if len(wanted) >= window.most or coming >= window.enough or moment > last:
            break
    return wanted


def _endless(rule: Rule, start: datetime, window: Window, count: int | None) -> Iterator[datetime]:
    """All repetitions. dateutil looks for the next one until the year 9999: from the calendar's last cycle that is not long."""
    if count is not None and count <= 0:
        return
    from dateutil.rrule import rrulestr  # noqa: PLC0415 - slow to load

    move = _CYCLE * max(0, (_LAST_CYCLE - start.year) // 400)
    parts = [f"FREQ={rule.frequency}", f"INTERVAL={rule.interval}", *rule.by]
    if count is not None:
        parts.append(f"COUNT={count}")
    try:
        moments = rrulestr(";".join(parts), dtstart=start + move)
    except ValueError:  # parts that exclude each other
        return
    year_units = _YEAR_UNITS.get(rule.frequency, _YEAR_UNITS_WITHIN_DAYS)
    reached = start + move
    for number, moment in enumerate(chain(moments, [_END_OF_TIME])):
        if number == count:
            return
        years = (moment - reached) / _YEAR
        if not window.work.spend(_MOMENT_UNITS + years * year_units) or moment == _END_OF_TIME:
            return
        reached = moment
        if window.until is not None and moment - move > window.until:
            return
        yield moment - move


def _later_start(rule: Rule, start: datetime, since: datetime) -> tuple[datetime, int]:
    """A start from which the rule makes the same repetitions, not long before `since`, and how many periods later it is."""
    if since <= start:
        return start, 0
    period = _PERIODS.get(rule.frequency)
    if period is not None:
        skipped = max(0, (since - start) // (period * rule.interval) - 1)
        return start + period * rule.interval * skipped, skipped
    years = max(0, (since.year - start.year) // rule.interval - 1) * rule.interval
    if (start.month, start.day) == _LEAP_DAY or not years:
        return start, 0
    return start.replace(year=start.year + years), years


def _number(text: str) -> int:
    match = _NUMBER.match(text)
    return int(match[0]) if match else 0


def _numbers(name: str, text: str) -> str:
    least, largest = _RANGES[name]
    numbers = [int(number) for number in re.findall(r"(?<![\w+-])[+-]?[0-9]{1,3}(?!\w)", text)]
    return ",".join(
        str(number) for number in numbers if least <= number <= largest and (number or name in _WITH_ZERO)
    )


def _days(text: str) -> Iterator[re.Match[str]]:
    return (day for part in text.split(",") if (day := _DAY.match(part.strip())))
