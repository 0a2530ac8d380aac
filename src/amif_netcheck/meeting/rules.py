"""Rules of repetition (RRULE; RFC 5545, section 3.3.10) worked out near one moment, with bounded work."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

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
_LARGEST_INTERVAL = 9999
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
_LEAP_DAY = (2, 29)
_HORIZON = timedelta(days=400)
"""A little more than a year: what comes later than that is worked out only when nothing comes before."""


class Steps:
    """How many repetitions may still be worked out for one file."""

    def __init__(self, most: int) -> None:
        self._left = most

    def take(self) -> bool:
        """Take one; False when none is left."""
        self._left -= 1
        return not self.ended

    @property
    def ended(self) -> bool:
        """Was one asked for when none was left?"""
        return self._left < 0


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
    by = [f"{name}={values}" for name in _RANGES if (values := _numbers(name, parts.get(name, "")))]
    days = ",".join(f"{day[1] if day[2] else ''}{day[2]}{day[3]}" for day in _days(parts.get("BYDAY", "")))
    by += [f"BYDAY={days}"] if days else []
    if len(by) == 1 and by[0].startswith("BYSETPOS"):
        by = []  # it chooses among those of other parts
    by += [f"WKST={day[3]}" for day in list(_days(parts.get("WKST", "")))[:1]]
    name = frequency[1]
    if all_day:  # no part of a day
        by = [part for part in by if part.partition("=")[0] not in _WITH_ZERO]
        name = "DAILY" if name in {"SECONDLY", "MINUTELY", "HOURLY"} else name
    interval = _number(parts.get("INTERVAL", ""))
    return Rule(
        frequency=name,
        interval=min(interval or 1, _LARGEST_INTERVAL),
        count=_number(parts.get("COUNT", "")) or None,
        until=parts.get("UNTIL", ""),
        by=tuple(by),
    )


@dataclass(frozen=True)
class Window:
    """Which repetitions are wanted: the first `most` from `since` on, none after `until`; all by one clock, without zones."""

    since: datetime
    most: int
    steps: Steps
    until: datetime | None = None


def repetitions(rule: Rule, start: datetime, window: Window) -> list[datetime]:
    """The repetitions in the window, fewer when they are more than a year away.

    A COUNT that takes more than the window's steps to count is left out.
    """
    shifted, skipped = _later_start(rule, start, window.since)
    count = rule.count
    if count is not None and rule.frequency in _PERIODS and not rule.by:
        count -= skipped
    elif count is not None and shifted != start:
        counted = _from(rule, start, count, window)
        if counted is not None:
            return counted
        count = None
    if count is not None and count <= 0:
        return []
    return _from(rule, shifted, count, window) or []


def _from(rule: Rule, start: datetime, count: int | None, window: Window) -> list[datetime] | None:
    """The repetitions in the window; None when the steps end before the first."""
    wanted: list[datetime] = []
    for moment in _endless(rule, start, window.until, count):
        if not window.steps.take():
            return wanted or None
        if moment < window.since:
            continue
        wanted.append(moment)
        if len(wanted) >= window.most or moment > window.since + _HORIZON:
            break
    return wanted


def _endless(rule: Rule, start: datetime, until: datetime | None, count: int | None) -> Iterator[datetime]:
    """All repetitions. dateutil looks for the next one until the year 9999: from the calendar's last cycle that is not long."""
    from dateutil.rrule import rrulestr  # noqa: PLC0415 - slow to load

    move = _CYCLE * max(0, (_LAST_CYCLE - start.year) // 400)
    parts = [f"FREQ={rule.frequency}", f"INTERVAL={rule.interval}", *rule.by]
    if count is not None:
        parts.append(f"COUNT={count}")
    try:
        made = rrulestr(";".join(parts), dtstart=start + move)
    except ValueError:  # parts that exclude each other
        return
    for moment in made:
        if until is not None and moment - move > until:
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
