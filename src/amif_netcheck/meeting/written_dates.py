"""When a meeting is, as people write it in a mail or a note, in French or English: “le jeudi 30 mars de 9h à 10h30”. Pure.

A day without an hour is no meeting's time, nor is an hour without a day: notes are full of both. What is read is a day and,
beside it, an hour with or without an end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

LONGEST_TEXT = 100_000
"""Characters that are looked at: a note has some ten thousand."""
_MOST_DAYS = 300
_FARTHEST = 60
"""Characters between a day and its hour: “Le jeudi 30 mars 2023, en visioconférence (Visio), de 9h à 10h30”."""
_LONGEST = timedelta(hours=14)
_AHEAD = (0, 1, -1, -2, -3, -4, -5)
"""Years in which a day without one is looked for; its weekday may say which."""
_YEARS = (1990, 2100)

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "janvier janv january jan",
            "février fevrier févr fevr fév fev february feb",
            "mars march mar",
            "avril avr april apr",
            "mai may",
            "juin june jun",
            "juillet juil july jul",
            "août aout august aug",
            "septembre sept september sep",
            "octobre oct october",
            "novembre nov november",
            "décembre decembre déc december dec",
        ),
        start=1,
    )
    for name in names.split()
}
_WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            "lundi lun monday mon",
            "mardi mar tuesday tues tue",
            "mercredi mer wednesday wed",
            "jeudi jeu thursday thurs thur thu",
            "vendredi ven friday fri",
            "samedi sam saturday sat",
            "dimanche dim sunday sun",
        )
    )
    for name in names.split()
}
_RELATIVE = {
    "aujourd'hui": 0,
    "today": 0,
    "ce matin": 0,
    "cet après-midi": 0,
    "ce soir": 0,
    "this morning": 0,
    "this afternoon": 0,
    "tonight": 0,
    "demain": 1,
    "tomorrow": 1,
    "après-demain": 2,
    "the day after tomorrow": 2,
}


def _any(words: dict[str, int]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_WEEKDAY = rf"(?:(?P<weekday>{_any(_WEEKDAYS)})\.?,?\s{{0,3}})?(?:(?:le|the)\s{{1,3}})?"
_DAY = r"(?P<day>[0-3]?\d)(?:er|st|nd|rd|th)?"
_YEAR = r"(?:,?\s{0,3}(?P<year>(?:19|20)\d\d)(?!\d))?"
_DAYS = (
    re.compile(rf"\b{_WEEKDAY}{_DAY}(?:\s{{1,3}}of)?\s{{0,3}}(?P<month>{_any(_MONTHS)})\b\.?{_YEAR}"),
    re.compile(rf"\b{_WEEKDAY}(?P<month>{_any(_MONTHS)})\b\.?\s{{0,3}}{_DAY}(?!\d|\s?h\b|:){_YEAR}"),
    re.compile(rf"\b{_WEEKDAY}(?P<year>20\d\d)-(?P<number>[01]?\d)-{_DAY}(?!\d)"),
    re.compile(
        rf"\b{_WEEKDAY}(?<![\d/.-]){_DAY}(?P<cut>[/.-])(?P<number>[01]?\d)(?:(?P=cut)(?P<year>20\d\d|\d\d))?(?![\d/-])"
    ),
    re.compile(rf"\b(?P<relative>{_any(_RELATIVE)})\b"),
)
_HOUR = (
    r"(?P<{0}hour>[0-2]?\d)(?:\s?(?:h(?:eures?|rs?|ours?)?|:)\s?(?P<{0}minute>[0-5]\d)(?!\d)|\s?h(?:eures?)?\b|(?P<{0}bare>))"
    r"(?:\s?(?P<{0}half>[ap])\.?m\b\.?)?(?:\s?(?P<{0}lit>du matin|du soir|de l'après-midi))?"
)
_NOON = r"(?P<{0}noon>midi|noon|minuit|midnight)"
_BETWEEN = r"\s{0,3}(?:-|à|a|au|to|until|till|jusqu'à|and|et)\s{0,3}"
_ONE = f"(?:{_NOON}|{_HOUR})"
_OFFSET = r"(?:\s?\(?(?:utc|gmt)\s?(?:[+-]\s?\d{1,2}(?::?\d\d)?)?\)?)?"
_HOURS = re.compile(
    rf"(?<![\d:/.,])(?:{_ONE.format('')})(?:{_OFFSET}{_BETWEEN}(?:{_ONE.format('to_')}))?(?![\d/])"
)
_ZONE = re.compile(
    r"\s{0,2}\(?\s?(?:(?P<name>utc|gmt|z)\s?(?P<offset>[+-]\s?\d{1,2}(?::?\d\d)?)?\b|(?P<bare>[+-]\d\d:\d\d)\b"
    r"|(?P<paris>heure d[e'] ?paris|paris time|heure française|cest?\b|central european))"
)


@dataclass(frozen=True)
class WrittenTime:
    """A meeting's time in a text: `starts` and `ends` have a time zone; `at` is where in the text it begins."""

    starts: datetime
    ends: datetime | None
    at: int


@dataclass(frozen=True)
class _Hours:
    starts: time
    ends: time | None
    begin: int
    end: int
    zone: tzinfo | None


def written_times(text: str, now: datetime, *, month_first: bool = False) -> Iterator[WrittenTime]:
    """The times that a text names, in its order.

    `now` has a time zone; days without a year, and days such as “demain”, are counted from there, times without a zone are in
    that of this computer. `month_first`: `3/4/2027` is in March, as Americans write it.
    """
    text = _plain(text[:LONGEST_TEXT])
    hours = list(_hours(text))
    days = sorted(
        (match for pattern in _DAYS for match in pattern.finditer(text)), key=lambda match: match.start()
    )[:_MOST_DAYS]
    for number, match in enumerate(days):
        if number and match.start() < days[number - 1].end():  # the same day, read by a second pattern
            continue
        day = _day(match, now, month_first=month_first)
        following = next(
            (later.start() for later in days[number + 1 :] if later.start() >= match.end()), len(text)
        )
        near = _beside(match, hours, following, text)
        if day is None or near is None:
            continue
        made = _made(day, near, match.start())
        if made is not None:
            yield made


def the_meeting(text: str, now: datetime, *, since: datetime | None = None) -> WrittenTime | None:
    """The one that is under way, else the next to come, else the last of those that are over; None without any.

    Days without a year, and “demain”, are counted from `since`, when the text was written.
    """
    found = list(written_times(text, since or now, month_first=_is_american(text)))
    coming = [one for one in found if (one.ends or one.starts + timedelta(hours=1)) > now]
    if coming:
        return min(coming, key=lambda one: one.starts)
    return max(found, key=lambda one: one.starts, default=None)


def _plain(text: str) -> str:
    """Lower case, one kind of apostrophe, dash and blank; as long as before, so that places stay."""
    table = {ord(blank): " " for blank in "\u00a0\u202f\u2009\u2007\t\r"}
    table |= {ord(dash): "-" for dash in "\u2010\u2011\u2012\u2013\u2014\u2212"} | {
        ord("’"): "'",
        ord("→"): "-",
    }
    lower = "".join(low if len(low := character.lower()) == 1 else character for character in text)
    return lower.translate(table)


def _hours(text: str) -> Iterator[_Hours]:
    for match in _HOURS.finditer(text):
        to = match["to_noon"] or match["to_hour"]
        end_is_told = to and (match["to_bare"] is None or match["to_half"] or match["to_lit"])
        if match["bare"] is not None and not match["half"] and not end_is_told:
            continue  # a number alone is no hour, unless what follows says so: "9 - 10h30", "2 to 3 pm"
        if to and match["to_bare"] is not None and not match["to_half"]:
            to = None  # "9h à 10 personnes"
        half = match["half"] or (match["to_half"] if match["bare"] is not None else None)
        starts = _clock(match, "", half)
        ends = _clock(match, "to_", match["to_half"]) if to else None
        if starts is None:
            continue
        end = match.end() if to else match.end(_last(match))
        zone = _ZONE.match(text, match.end(_last(match))) or _ZONE.match(text, end)
        yield _Hours(starts, ends, match.start(), end, _zone(zone))


def _last(match: re.Match[str]) -> str:
    """The last group of the first hour."""
    return max(("noon", "hour", "minute", "half", "lit", "bare"), key=match.end)


def _clock(match: re.Match[str], which: str, half: str | None) -> time | None:
    if noon := match[f"{which}noon"]:
        return time(12 if noon in {"midi", "noon"} else 0)
    hour, minute = int(match[f"{which}hour"]), int(match[f"{which}minute"] or 0)
    lit = match[f"{which}lit"] or ""
    if (half == "p" or lit in {"du soir", "de l'après-midi"}) and hour < 12:  # noqa: PLR2004
        hour += 12
    elif half == "a" and hour == 12:  # noqa: PLR2004
        hour = 0
    return time(hour, minute) if hour < 24 else None  # noqa: PLR2004


def _zone(match: re.Match[str] | None) -> tzinfo | None:
    if match is None:
        return None
    if match["paris"]:
        return _paris()
    offset = (match["offset"] or match["bare"] or "+0").replace(" ", "").replace(":", "")
    sign, digits = offset[0], offset[1:]
    hours, minutes = (int(digits[:-2]), int(digits[-2:])) if len(digits) > 2 else (int(digits), 0)  # noqa: PLR2004
    if hours > 14 or minutes > 59:  # noqa: PLR2004
        return None
    shift = timedelta(hours=hours, minutes=minutes)
    return timezone(-shift if sign == "-" else shift) if shift else UTC


def _paris() -> tzinfo | None:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # noqa: PLC0415 - most texts name no zone

    try:
        return ZoneInfo("Europe/Paris")
    except (ZoneInfoNotFoundError, OSError):  # a system without zones
        return None


def _beside(day: re.Match[str], hours: list[_Hours], following: int, text: str) -> _Hours | None:
    """The hour that stands after the day and before the next one, else just before it; never in another paragraph."""
    after = next(
        (one for one in hours if day.end() <= one.begin < min(following, day.end() + _FARTHEST)), None
    )
    if after is not None and "\n\n" not in re.sub(r"\n[ \t]*\n", "\n\n", text[day.end() : after.begin]):
        return after
    return next((one for one in reversed(hours) if 0 <= day.start() - one.end <= _NEAR_BEFORE), None)


_NEAR_BEFORE = 12
"""Characters between an hour and a day that follows it: “à 14h30 le jeudi 30 mars”."""


def _day(match: re.Match[str], now: datetime, *, month_first: bool) -> date | None:
    groups = match.groupdict()
    if relative := groups.get("relative"):
        return now.date() + timedelta(days=_RELATIVE[relative])
    day = int(match["day"])
    month = _MONTHS[groups["month"]] if groups.get("month") else int(match["number"])
    if month_first and groups.get("cut") == "/":
        day, month = month, day
    weekday = _WEEKDAYS.get(groups.get("weekday") or "")
    if year := groups.get("year"):
        return _date(int(year) if len(year) > 2 else 2000 + int(year), month, day)  # noqa: PLR2004
    years = (_date(now.year + ahead, month, day) for ahead in _AHEAD)
    known = [one for one in years if one is not None and (weekday is None or one.weekday() == weekday)]
    coming = [one for one in known if one >= now.date() - timedelta(days=60)]
    return next(iter(coming or known), None)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if _YEARS[0] <= year <= _YEARS[1] else None
    except ValueError:
        return None


def _made(day: date, hours: _Hours, at: int) -> WrittenTime | None:
    try:
        starts = datetime.combine(day, hours.starts, hours.zone).astimezone()
        ends = None if hours.ends is None else datetime.combine(day, hours.ends, hours.zone).astimezone()
    except (OverflowError, ValueError, OSError):
        return None
    if ends is not None and ends <= starts:
        ends += timedelta(days=1)
    return WrittenTime(starts, ends if ends is not None and ends - starts <= _LONGEST else None, at)


_ENGLISH = re.compile(r"\b(?:the|meeting|join|please|with|from|your|and|at)\b", re.IGNORECASE)
_FRENCH = re.compile(r"\b(?:le|la|les|réunion|rejoindre|vous|avec|de|du|et|à)\b", re.IGNORECASE)
_AMERICAN = re.compile(r"\b\d{1,2}\s?(?::\d\d)?\s?[AaPp]\.?[Mm]\b")


def _is_american(text: str) -> bool:
    """English, with hours of half a day: then 3/4 is in March."""
    head = text[:LONGEST_TEXT]
    return bool(_AMERICAN.search(head)) and len(_ENGLISH.findall(head)) > len(_FRENCH.findall(head))
