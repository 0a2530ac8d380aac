"""The days in a text, with or without a year, a month, or as a weekday alone. Pure; texts are in lower case (`written_hours.plain`)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

_MOST_DAYS = 300
_LONGEST_SPAN = 14
_AHEAD = (0, 1, -1, -2, -3, -4, -5)
"""Years in which a day without one is looked for; its weekday may say which."""
_YEARS = (1990, 2100)
_WEEK = 7
_NEAREST = range(-14, 60)
"""Days from now in which “jeudi 3” is looked for."""

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
_FULL_WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            "lundi monday",
            "mardi tuesday",
            "mercredi wednesday",
            "jeudi thursday",
            "vendredi friday",
            "samedi saturday",
            "dimanche sunday",
        )
    )
    for name in names.split()
}
_WEEKDAYS = _FULL_WEEKDAYS | {
    name: number
    for number, names in enumerate(
        ("lun mon", "mar tues tue", "mer wed", "jeu thurs thur thu", "ven fri", "sam sat", "dim sun")
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
    "après demain": 2,
    "apres-demain": 2,
    "apres demain": 2,
    "the day after tomorrow": 2,
}


def _any(words: dict[str, int]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_MONTH = _any(_MONTHS)
_WEEKDAY = rf"(?:(?P<weekday>{_any(_WEEKDAYS)})\.?,?\s{{0,3}})?(?:(?:le|the)\s{{1,3}})?"
_OTHER_WEEKDAY = rf"(?:(?:{_any(_WEEKDAYS)})\.?,?\s{{1,3}})?"
_TH = r"(?:er|st|nd|rd|th)?"
_DAY = rf"(?P<day>[0-3]?\d){_TH}"
_LAST = rf"(?P<last>[0-3]?\d){_TH}"
_YEAR = r"(?:,?\s{0,3}(?P<year>(?:19|20)\d\d)(?!\d))?"
_NO_HOUR = r"(?!\d| ?(?:h\b(?! ?:)|h\d|heures?\b(?! ?:? ?\d)|: ?[0-5]\d(?! ?[h:])|[ap]\.?m\b))"
_SPANS = (
    re.compile(
        rf"\b(?:(?:du|from|les?|the)\s{{1,3}})?{_WEEKDAY}(?<![\d:/.,-]){_DAY}"
        rf"(?:\s{{1,3}}(?P<month>{_MONTH})\b\.?(?:\s{{0,3}}(?:19|20)\d\d)?)?"
        rf"\s{{0,3}}(?P<and>-|au|jusqu'au|to|until|et|and|&)\s{{0,3}}{_OTHER_WEEKDAY}{_LAST}\s{{0,3}}(?:of\s)?"
        rf"(?P<last_month>{_MONTH})\b\.?{_YEAR}"
    ),
    re.compile(
        rf"\b{_WEEKDAY}(?P<month>{_MONTH})\b\.?\s{{0,3}}{_DAY}\s{{0,3}}(?P<and>-|to|until|and|&)\s{{0,3}}"
        rf"{_OTHER_WEEKDAY}(?:(?P<last_month>{_MONTH})\b\.?\s{{1,3}})?{_LAST}{_NO_HOUR}{_YEAR}"
    ),
    re.compile(
        rf"\b(?:du|from)\s{{1,3}}{_WEEKDAY}{_DAY}(?:[/.](?P<month>[01]?\d)(?:[/.](?:20)?\d\d)?)?\s{{1,3}}(?P<and>-|au|jusqu'au|to|until)"
        rf"\s{{1,3}}{_OTHER_WEEKDAY}{_LAST}[/.](?P<last_month>[01]?\d)(?:[/.](?P<year>20\d\d|\d\d))?(?![\d/-]){_NO_HOUR}"
    ),
)
_DATES = (
    re.compile(rf"\b{_WEEKDAY}{_DAY}(?:\s{{1,3}}of)?\s{{0,3}}(?P<month>{_MONTH})\b\.?{_YEAR}"),
    re.compile(rf"\b{_WEEKDAY}(?P<month>{_MONTH})\b\.?\s{{0,3}}{_DAY}(?!\d|\s?h\b|:){_YEAR}"),
    re.compile(rf"\b{_WEEKDAY}(?P<year>20\d\d)-(?P<number>[01]?\d)-{_DAY}(?!\d)"),
    re.compile(
        rf"\b{_WEEKDAY}(?<![\d/.:-]){_DAY}(?P<cut>[/.-])(?P<number>[01]?\d)(?:(?P=cut)(?P<year>20\d\d|\d\d))?"
        rf"(?![\d/-]){_NO_HOUR}"
    ),
    re.compile(rf"\b(?P<relative>{_any(_RELATIVE)})\b"),
    re.compile(
        rf"\b(?P<weekday>{_any(_FULL_WEEKDAYS)})\s{{1,2}}(?:le\s|the\s)?{_DAY}{_NO_HOUR}(?![/.-]\d|\s{{0,3}}(?:{_MONTH})\b)"
    ),
)
_ALONE = re.compile(
    rf"\b(?:(?P<before>next|this|ce|prochain)\s{{1,2}})?(?P<alone>{_any(_FULL_WEEKDAYS)})\b"
    r"(?:\s{1,2}(?P<after>prochain|suivant|qui vient|en huit|next week|of next week|de la semaine prochaine))?"
)
_HABIT = re.compile(
    r"\b(?:tous les|chaque|every|each|ouvert\w*|fermé\w*|permanences?|accueil|secrétariat|horaires d'ouverture|joignables?|marché|fermeture|assistance|opening hours|open|opening|closed|"
    rf"office hours)\b[^.]*$|\b(?:du|au|à|to|through|from|et|and|(?:{_any(_FULL_WEEKDAYS)})\s?[,/-])\s*$"
)
"""Before a weekday on which something always is, such as an office's hours."""
_AND_ANOTHER = re.compile(rf"\s?(?:au|to|through|-|,|/|et|and)\s?(?:{_any(_FULL_WEEKDAYS)})\b")


@dataclass(frozen=True)
class Day:
    """A day, or of several the first and those after it; `begin` and `end` are where it stands in the text.

    `told`: with its weekday or year. `alone`: a weekday without a date.
    """

    dates: tuple[date, ...]
    begin: int
    end: int
    told: bool = False
    alone: bool = False


def days_in(text: str, now: date, *, month_first: bool = False) -> list[Day]:
    """The days that a text names, in its order, weekdays alone too; what names no day that there is, is left out."""
    found = [day for day in _dates(text, now, month_first=month_first) if day.dates]
    found += [day for match in _ALONE.finditer(text) if (day := _alone(match, text, now))]
    found.sort(key=lambda day: (day.begin, day.alone, -day.end))
    kept: list[Day] = []
    for day in found:
        if not kept or day.begin >= kept[-1].end:  # else the same day, read by a second pattern
            kept.append(day)
    return kept[:_MOST_DAYS]


def names_weekday(text: str) -> bool:
    """Does a weekday's name stand in it?"""
    return _ALONE.search(text) is not None


def _dates(text: str, now: date, *, month_first: bool) -> Iterator[Day]:
    for pattern in _SPANS:
        yield from (_span(match, now) for match in pattern.finditer(text))
    for pattern in _DATES:
        for match in pattern.finditer(text):
            groups = match.groupdict()
            day = _date_of(groups, now, month_first=month_first)
            told = bool(groups.get("weekday") or groups.get("year"))
            yield Day((day,) if day else (), *match.span(), told=told)


def _span(match: re.Match[str], now: date) -> Day:
    """“du 3 au 4 décembre”: each day from the first to the last, or these two of “les 3 et 10 décembre”."""
    day, last = int(match["day"]), int(match["last"])
    last_month = _month(match["last_month"] or match["month"])
    month = _month(match["month"]) if match["month"] else last_month if day <= last else last_month - 1 or 12
    year = _year(match["year"]) - (month > last_month) if match["year"] else None
    begins = _first(day, month, year, match["weekday"], now)
    ends = begins and _date(begins.year + (month > last_month), last_month, last)
    told = bool(match["weekday"] or match["year"])
    if begins is None or ends is None or not 0 <= (ends - begins).days <= _LONGEST_SPAN:
        return Day((begins,) if begins else (), *match.span(), told=told)
    if match["and"] in {"et", "and", "&"}:
        return Day((begins, ends), *match.span(), told=told)
    dates = tuple(begins + timedelta(days=ahead) for ahead in range((ends - begins).days + 1))
    return Day(dates, *match.span(), told=told)


def _date_of(groups: Mapping[str, str | None], now: date, *, month_first: bool) -> date | None:
    if relative := groups.get("relative"):
        return now + timedelta(days=_RELATIVE[relative])
    day = int(groups["day"] or 0)
    if groups.get("month") is None and groups.get("number") is None:
        return _nearest(day, _WEEKDAYS[groups["weekday"] or ""], now)
    month = _MONTHS[groups["month"] or ""] if groups.get("month") else int(groups["number"] or 0)
    if month_first and groups.get("cut") == "/":
        day, month = month, day
    written = groups.get("year")
    return _first(day, month, _year(written) if written else None, groups.get("weekday"), now)


def _month(text: str) -> int:
    return int(text) if text.isdecimal() else _MONTHS[text]


def _year(text: str) -> int:
    return int(text) if len(text) > 2 else 2000 + int(text)  # noqa: PLR2004


def _first(day: int, month: int, year: int | None, weekday: str | None, now: date) -> date | None:
    """The date; without a year the one to come or just past, or on which it is that weekday."""
    if year is not None:
        return _date(year, month, day)
    number = _WEEKDAYS.get(weekday or "")
    years = (_date(now.year + ahead, month, day) for ahead in _AHEAD)
    known = [one for one in years if one is not None and (number is None or one.weekday() == number)]
    coming = [one for one in known if one >= now - timedelta(days=60)]
    return min(coming) if coming else next(iter(known), None)


def _nearest(day: int, weekday: int, now: date) -> date | None:
    """“jeudi 3”, the month is not said."""
    near = (
        now + timedelta(days=ahead) for ahead in sorted(_NEAREST, key=lambda ahead: (ahead < -1, abs(ahead)))
    )
    return next((one for one in near if one.day == day and one.weekday() == weekday), None)


def _alone(match: re.Match[str], text: str, now: date) -> Day | None:
    before = text[max(0, match.start() - 60) : match.start()]
    if _HABIT.search(before) or _AND_ANOTHER.match(text, match.end()):
        return None
    ahead = (_FULL_WEEKDAYS[match["alone"]] - now.weekday()) % _WEEK
    after = match["after"] or ""
    if "next week" in after or after == "de la semaine prochaine":
        ahead = _WEEK - now.weekday() + _FULL_WEEKDAYS[match["alone"]]
    elif after == "en huit":
        ahead += _WEEK
    elif not ahead and (after or match["before"] in {"next", "prochain"}):
        ahead = _WEEK
    return Day((now + timedelta(days=ahead),), *match.span(), alone=True)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if _YEARS[0] <= year <= _YEARS[1] else None
    except ValueError:
        return None
