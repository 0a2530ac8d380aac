"""The hours in a text, one or from one to another, with the time zone beside them. Pure; texts are in lower case (`plain`)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, time, timedelta, timezone, tzinfo

from amif_netcheck.meeting.zone_labels import of_iana, zone_of_places

_NOON_HOUR, _DAY_HOURS = 12, 24
_LONGEST_NIGHT = 4 * 60
"""Minutes that a meeting over midnight takes; `15:00-04:00` is an hour with its offset from UTC."""
_MOST_HOURS = 3000

_HOUR = (
    r"(?P<{0}hour>[0-2]?\d)(?:\s?(?:h(?:eures?|rs?|ours?)?|:)\s?(?P<{0}minute>[0-5]\d)(?!\d)(?P<{0}second>:[0-5]\d(?:[.,]\d{{1,6}})?)?"
    r"|(?P<{0}whole>\s?h(?:eures?)?\b)|(?P<{0}bare>))"
    r"(?:\s?(?P<{0}half>[ap](?:m\b|\.\s?m\b\.?)))?(?:\s?(?P<{0}lit>du matin|du soir|de l'après-midi))?"
)
_NOON = r"(?P<{0}noon>(?<![\w-])(?:midi|noon|minuit|midnight)\b(?P<{0}past>\s(?:trente|et demie?|et quart))?)"
_ONE = f"(?:{_NOON}|{_HOUR})"
_OFFSET = r"(?:\s?\(?(?:(?:utc|gmt)\s?(?:[+-]\s?\d{1,2}(?::?\d\d)?)?|ces?t\b)\)?)?"
_BETWEEN = r"(?:\s{0,3}(?:-|à|a|au|to|until|till|jusqu'à|and|et)\s{0,3}|\s?/\s?(?=[0-2]?\d\s?(?:h|:[0-5]\d)))"
_HOURS = re.compile(
    rf"(?<![\d:/.,])(?:{_ONE.format('')})(?:{_OFFSET}{_BETWEEN}(?:{_ONE.format('to_')}))?(?![\d/])"
)
_ZONE = re.compile(
    r"\s{0,2}\(?\s?(?:(?P<name>utc|gmt|z)\s?(?P<offset>[+-]\s?\d{1,2}(?::?\d\d)?)?\b|(?P<bare>[+-]\d\d:\d\d)\b"
    r"|(?P<paris>heure d[e'] ?paris|paris time|heure française|heure (?:normale |d'été )?d'europe centrale(?: - \w+)?|ces?t\b|central european|paris\b))(?:\s?\))?"
)
_LABEL = re.compile(
    r"\s{0,2}[.|]?\s{0,3}(?:\((?:utc|gmt)(?P<offset>[+-]\d{1,2}:\d\d)?\)\s{0,3}(?P<places>[^\d\n]{3,80})"
    r"|(?P<named>(?:eastern|central|mountain|pacific) time\b))"
)
_LENGTH = re.compile(r"\b(?:durée|duration|pendant)\W{0,4}(?:(?:de|of|prévue|estimée)\W{1,3}){0,2}$")
_DOTTED = r"(?<![\d.,/:])(?:[01]?\d|2[0-3])\.(?:00|1[3-9]|[2-5]\d)(?![\d.]|,\d|\s?(?:€|euros?\b|%|km?\b|/))"
_DOTTED_ANY = r"(?<![\d.,/:])(?:[01]?\d|2[0-3])\.[0-5]\d(?![\d.]|,\d)"
_TO = r"\s?(?:-|à|to|au)\s?"
_DOTS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_DOTTED}{_TO}{_DOTTED_ANY}|{_DOTTED_ANY}{_TO}{_DOTTED}",
        rf"(?:\b(?:à|at|de|from|dès|vers)|\bheures? ?:|\bhoraires? ?:|\btime ?:)\s?{_DOTTED}",
        rf"{_DOTTED_ANY}(?=\s?(?:h\b|heures\b|uhr\b|[ap]\.?m\b))",
    )
)
"""`14.30-16.00`, `à 14.30`, `2.30 pm`; what may be a day and its month is none."""


@dataclass(frozen=True)
class Hours:
    """`begin` and `end` are where it stands in the text, its zone with it."""

    starts: time
    ends: time | None
    begin: int
    end: int
    zone: tzinfo | None


def plain(text: str) -> str:
    """Lower case, one kind of apostrophe, dash and blank; as long as before, so that places stay."""
    table = {ord(blank): " " for blank in "\u00a0\u202f\u2009\u2007\t\r\u200e\u200f\u202a\u202c"}
    table |= {ord(dash): "-" for dash in "\u2010\u2011\u2012\u2013\u2014\u2212"} | {
        ord("’"): "'",
        ord("→"): "-",
    }
    lower = "".join(low if len(low := character.lower()) == 1 else character for character in text)
    return lower.translate(table)


def with_colons(text: str) -> str:
    """Hours that are written with a dot, with a colon; as long as before."""
    for pattern in _DOTS:
        text = pattern.sub(lambda match: match[0].replace(".", ":"), text)
    return text


def hours_in(text: str) -> Iterator[Hours]:
    """The hours that a text names, in its order."""
    at = 0
    for _ in range(_MOST_HOURS):
        match = _HOURS.search(text, at)
        if match is None:
            return
        read = None if _LENGTH.search(text, max(0, match.start() - 40), match.start()) else _read(match, text)
        at = match.end(_last(match)) if read is None else max(read.end, match.start() + 1)
        if read is not None:
            yield read


def _read(match: re.Match[str], text: str) -> Hours | None:
    to = match["to_noon"] or match["to_hour"]
    end_is_told = to and (match["to_bare"] is None or match["to_half"] or match["to_lit"])
    if match["bare"] is not None and not match["half"] and not end_is_told:
        return None  # a number alone is no hour, unless what follows says so: "9 - 10h30", "2 to 3 pm"
    if to and match["to_bare"] is not None and not match["to_half"]:
        to = None  # "9h à 10 personnes"
    starts = _clock(match, "", match["half"])
    ends = _clock(match, "to_", match["to_half"]) if to else None
    if starts is not None and ends is not None and match["to_half"] and not match["half"]:
        starts = _in_the_half_of(ends, match) or starts
    if starts is None:
        return None
    first = match.end(_last(match))
    beside = _ZONE.match(text, first)
    if beside is not None and beside["bare"] and ends is not None:
        if _is_offset(match, starts, ends, text):
            ends = None
        else:
            beside = None
    end = match.end() if ends is not None else first
    zone, zone_end = _zone_at(text, end)
    if beside is not None:
        zone, zone_end = _zone(beside), max(end, beside.end())
    return Hours(starts, ends, match.start(), zone_end, zone)


def _is_offset(match: re.Match[str], starts: time, ends: time, line: str) -> bool:
    """Is what follows an hour with a hyphen its offset from UTC, not the end? After ISO 8601's T always."""
    if match.start() > 1 and line[match.start() - 1] == "t" and not line[match.start() - 2].isalpha():
        return ends.minute == 0
    length = (ends.hour - starts.hour) * 60 + ends.minute - starts.minute
    return length <= 0 and length % (_DAY_HOURS * 60) > _LONGEST_NIGHT


def _in_the_half_of(ends: time, match: re.Match[str]) -> time | None:
    """The start in the half of the day that is told of the end alone: “2 to 3:30 pm”, “11:30 - 1 pm”."""
    if match["hour"] is None:
        return None
    both = (_clock(match, "", half) for half in (match["to_half"], "a", "p"))
    return next((start for start in both if start is not None and start < ends), None)


def _last(match: re.Match[str]) -> str:
    """The last group of the first hour."""
    return max(("noon", "hour", "whole", "minute", "second", "half", "lit", "bare"), key=match.end)


def _clock(match: re.Match[str], which: str, half: str | None) -> time | None:
    if noon := match[f"{which}noon"]:
        past = match[f"{which}past"] or ""
        return time(
            _NOON_HOUR if noon.startswith(("midi", "noon")) else 0,
            15 if past.endswith("quart") else 30 if past else 0,
        )
    hour, minute = int(match[f"{which}hour"]), int(match[f"{which}minute"] or 0)
    lit = match[f"{which}lit"] or ""
    if ((half or "").startswith("p") or lit in {"du soir", "de l'après-midi"}) and hour < _NOON_HOUR:
        hour += _NOON_HOUR
    elif (half or "").startswith("a") and hour == _NOON_HOUR:
        hour = 0
    return time(hour, minute) if hour < _DAY_HOURS else None


def _zone_at(text: str, at: int) -> tuple[tzinfo | None, int]:
    """The zone that is named there, and where its name ends."""
    if label := _LABEL.match(text, at):
        zone = zone_of_places(label["places"] or label["named"])
        if zone is not None:
            return zone, label.end()
        return _offset(label["offset"] or "+0"), label.start("places")
    match = _ZONE.match(text, at)
    return (_zone(match), match.end()) if match else (None, at)


def _zone(match: re.Match[str]) -> tzinfo | None:
    return of_iana("Europe/Paris") if match["paris"] else _offset(match["offset"] or match["bare"] or "+0")


def _offset(text: str) -> tzinfo | None:
    text = text.replace(" ", "").replace(":", "")
    sign, digits = text[0], text[1:]
    hours, minutes = (int(digits[:-2]), int(digits[-2:])) if len(digits) > 2 else (int(digits), 0)  # noqa: PLR2004
    if hours > 14 or minutes > 59:  # noqa: PLR2004
        return None
    shift = timedelta(hours=hours, minutes=minutes)
    return timezone(-shift if sign == "-" else shift) if shift else UTC
