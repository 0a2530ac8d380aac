"""When a meeting is, as people write it in a mail or a note, in French or English: “le jeudi 30 mars de 9h à 10h30”. Pure.

A day without an hour is no meeting's time, nor is an hour without a day: notes are full of both. What is read is a day and,
beside it, an hour with or without an end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from amif_netcheck.meeting.quoted_mail import without_headers
from amif_netcheck.meeting.written_days import Day, days_in, names_weekday
from amif_netcheck.meeting.written_hours import Hours, hours_in, plain, with_colons

LONGEST_TEXT = 100_000
"""Characters that are looked at: a note has some ten thousand."""
_FARTHEST = 60
"""Characters between a day and its hour: “Le jeudi 30 mars 2023, en visioconférence (Visio), de 9h à 10h30”."""
_FARTHEST_LABELLED = 400
_NEAR_BEFORE = 12
"""Characters between an hour and a day that follows it: “à 14h30 le jeudi 30 mars”."""
_LEAD = 60
"""Characters before a day that say what it is."""
_LONGEST = timedelta(hours=14)
_USUAL = timedelta(hours=1)

_AT = r"(?:(?:à partir de|dès|vers|entre|between|from|de|à|a|at|@)\s{0,2})?"
_PART_OF_DAY = r"(?:(?:matin|midi|après-midi|soir|morning|afternoon|evening)\b)?"
_AFTER = re.compile(rf"[ ,:()|-]{{0,4}}\n?[ ,:(|-]{{0,3}}{_PART_OF_DAY}[ ,:(-]{{0,3}}{_AT}")
"""What stands between a day and the hour that is certainly its own."""
_BEFORE = re.compile(r"(?: ?\([^()\n]{1,40}\))? ?[,.|-]?\s?(?:(?:le|du|on|this|ce|of)\s)?(?:\s?the\s)?")
_LABELS = r"(?:heures?|horaires?|hours?|time|(?:heure de )?(?:la )?(?:début|réunion)|start(?:s|ing)?(?: time)?|à partir de|begins?)"
_LABELLED = re.compile(rf"(?:^|[\n|•*>;,.-])\s{{0,3}}{_LABELS}[ *_|]{{0,3}}(?::|\n)\s{{0,6}}{_AT}$")
_NEXT_PARAGRAPH = re.compile(
    rf"[ )\].,*_|]{{0,4}}(?:\n[ >|*_]{{0,4}}){{2,6}}(?:{_LABELS}\s{{0,3}}:?\s{{0,6}})?{_AT}"
)
_ITEM = re.compile(r"\s?:\s?\S")
"""Behind the hour of a programme's line."""
_DATE_LABEL = re.compile(r"(?:^|[\n|•*>])\s{0,3}(?:date|jour|day|quand|when)[ *_|]{0,3}(?::|\n)\s{0,6}$")

_DEADLINE = re.compile(
    r"(?:\bavant|au plus tard|jusqu'(?:au|à)|d'ici(?: au| à)?|\bby|\bbefore|no later than|\buntil"
    r"|\b(?:date limite|deadline|dernier délai|clôtur\w+)\b[^.\n]{0,30}?)\s{0,3}[:,*]?\s{0,3}(?:le|the|ce|pour le|on|by)?\s{0,2}$"
    r"|\b(?:rsvp|retours?|renvoyer|transmettre|rendre|remettre|parvenir|limite|close[sd]?|répon\w+|inscri\w+|regist\w+)\b"
    r"(?:(?!réunion|meeting|visio|webin|conf|atelier|séance|session|formation|rendez|\bcall|\brdv|\bdu\b|\bof\b)[^.\n]){0,30}?"
    r"[ :,*]{0,3}(?:le|the|ce|pour le|on|by)? {0,2}\Z"
)
_DEADLINE_BEHIND = re.compile(r"[^.\n]{0,20}\b(?:au plus tard|dernier délai|at the latest|dernière limite)\b")
_WHEN_WRITTEN = re.compile(
    r"(?:\bfait à [^\n,]{1,40},|\bsigné\w*[^.\n]{0,40}|\b(?:affichée?s?|depuis|publiée?s?|envoyée?s?|mise?s? à jour|modifiée?s?|imprimée?s?|générée?s?|créée?s?|transmise?s?|reçue?s?|"
    r"posted|published|sent|received|updated|printed|created|en préfecture))\s{1,2}(?:le |on |at )?$"
)
"""What was done with the text itself."""
_INSTEAD = re.compile(
    r"(?:(?:au lieu|à la place|en remplacement)(?: de celle)? d[eu]|remplace celle(?: qui était)?(?: prévue)?(?: d[eu])?|plutôt que|et pas|ancienne date ?:|sauf|hormis|except|instead of|rather than|et non(?: pas)?|initialement prévue?s?|précédemment prévue?s?|"
    r"(?:originally|previously) (?:scheduled|planned)(?: for| on)?)\s{1,3}(?:le |au |the |du |on )?$"
)
_MOVED = (
    r"\b(?:report(?:[ée]e?s?|er)|d[ée]cal(?:[ée]e?s?|er)|d[ée]plac(?:[ée]e?s?|er)|repouss(?:[ée]e?s?|er)|avanc(?:[ée]e?s?|er)|remise?s?|"
    r"postponed|moved|rescheduled|put off|brought forward)\b"
)
_OFF = re.compile(
    rf"(?<!pas )(?<!not )(?<!si )(?<!if )(?:\bannul[ée]e?s?\b|\bcancell?ed\b|\bsupprim[ée]e?s?\b|n'aura (?:\w+ )?pas lieu|ne (?:se tiendra|pourra) pas|called off|won't take place|"
    rf"will not take place|{_MOVED} (?:au?|à|to|pour|for)\b|\b(?:est|sont|sera|a été|is|has been|was) (?:\w+ )?{_MOVED})"
)
_OFF_LEAD = re.compile(
    rf"(?<!pas )(?<!not )(?:\bannul(?:[ée]e?s?\s?:|ation\b|er\b)|\b(?:report|d[ée]cal|d[ée]plac|repouss)er\b|\b(?:report|décalage) d[eu]|\bcancell?(?:ed\s?:|ation of)|{_MOVED} (?:du|from))[^.\n]{{0,60}}$"
)
_IF = re.compile(
    r"\b(?:si|s'il|sauf|if|unless|en cas|in case|not|pas|devait|maintenue?s?|peut|pourrait|may|might)\b"
)
_NEW = re.compile(rf"{_MOVED}[^.\n]{{0,30}}(?:\bà|\bau|\bto|\bat)\s{{1,3}}$")
_ALL_OFF = re.compile(
    r"\b(?:réunion|rendez-vous|rencontre|visio\w*|séance|webinaire|atelier|meeting|call|webinar)\b(?P<between>[^.\n\d]{0,40}?)"
    r"\b(?:est|a été|is|has been)\s(?:\w+ )?(?:annul[ée]e?|cancell?ed)\b"
)
"""Said of a meeting whose day stands elsewhere, above."""
_TO_ITS_END = re.compile(r"[\s|>*,;•-]*(?:fin|ends?(?: time)?|au|to|until)\s?:?\s{0,3}(?:le )?")
"""Between the beginning and the same day with the end: “Fin : 03/12/2026 12:00”."""
_SENTENCE = re.compile(r"[.!?](?=\s)|\n[ \t>]*\n")


@dataclass(frozen=True)
class WrittenTime:
    """A meeting's time in a text: `starts` and `ends` have a time zone; `at` is where in the text it begins.

    `off`: it is said that the meeting is cancelled, or moved to another day.
    """

    starts: datetime
    ends: datetime | None
    at: int
    off: bool = False
    alone: bool = False
    """By a weekday alone, without a date."""
    quoted: bool = False
    """In a mail that is quoted or forwarded below."""

    def is_over(self, now: datetime) -> bool:
        """Is it over? One without an end takes an hour."""
        return (self.ends or self.starts + _USUAL) <= now


def written_times(text: str, now: datetime, *, month_first: bool = False) -> Iterator[WrittenTime]:
    """The times that a text names, in its order; no deadlines, and no dates of mails that are quoted.

    `now` has a time zone; days without a year, and days such as “demain”, are counted from there, times without a zone are in
    that of this computer. `month_first`: `3/4/2027` is in March, as Americans write it.
    """
    text, quoted_from = without_headers(
        plain(text[:LONGEST_TEXT]),
        lambda line: any(max(day.dates) > now.date() for day in days_in(line, now.date())),
    )
    reading = _Reading(with_colons(text), now.date(), month_first=month_first)
    times = [
        made
        for day, hours, off in reading.meetings()
        for one in day.dates
        if (made := _made(one, hours, day, now, off=off)) is not None
    ]
    times = [replace(one, quoted=one.at > quoted_from) for one in times]
    yield from sorted(times, key=lambda one: one.at)


def the_meeting(text: str, now: datetime, *, since: datetime | None = None) -> WrittenTime | None:
    """The one that is under way, else the next to come, else the last of those that are over; None without any.

    Days without a year, and “demain”, are counted from `since`, when the text was written. One that is off comes after all
    that are to come.
    """
    found = list(written_times(text, since or now, month_first=_is_american(text)))
    gone = {one.starts for one in found if one.off}
    found = [one for one in found if one.off or one.starts not in gone]
    coming = [one for one in found if not one.is_over(now)]
    dated = [one for one in coming if not one.off and not one.alone]
    if dated:  # weekdays with hours from and to are an office's then; and what is answered comes before what was asked
        said = any(not one.quoted for one in dated)
        coming = [one for one in coming if not (one.alone and one.ends) and not (said and one.quoted)]
    if coming:
        chosen = min(coming, key=lambda one: (one.off, one.starts))
        alone = len({one.starts for one in coming}) == 1
        return replace(
            chosen, off=chosen.off or (alone and _is_called_off(plain(text[chosen.at : LONGEST_TEXT])))
        )
    return max(found, key=lambda one: one.starts, default=None)


def _is_called_off(text: str) -> bool:
    """Does it say that “the meeting” is cancelled, without naming another day or a condition?"""
    return any(
        not _IF.search(text[max(0, match.start() - _LEAD) : match.end()].rpartition("\n")[2])
        and not names_weekday(match["between"])
        for match in _ALL_OFF.finditer(text)
    )


def _without_office_hours(found: list[tuple[Day, Hours, bool]]) -> list[tuple[Day, Hours, bool]]:
    """Two weekdays and more with hours from and to, and no date: when an office is open."""
    office = [one for one in found if one[0].alone and one[1].ends is not None]
    return [one for one in found if one not in office] if len(office) > 1 else found


class _Reading:
    """Which hours belong to which day of a text."""

    def __init__(self, text: str, now: date, *, month_first: bool) -> None:
        self._text = text
        days = days_in(text, now, month_first=month_first)
        self._hours = list(hours_in(_masked(text, days)))
        self._days = [day for number, day in enumerate(days) if self._is_one(day, days[:number])]
        self._used: set[int] = set()

    def meetings(self) -> list[tuple[Day, Hours, bool]]:
        """Each day that has hours, with them; whether it is off."""
        found: list[tuple[Day, Hours, bool]] = []
        instead: list[tuple[Day, Hours, bool]] = []
        for number, day in enumerate(self._days):
            hours = self._beside(number)
            if hours is None:
                continue
            self._used.add(hours.begin)
            begin = self._days[number - 1].end if number else 0
            lead = self._text[max(begin, day.begin - _LEAD) : day.begin]
            if (
                _DEADLINE.search(lead)
                or _WHEN_WRITTEN.search(lead)
                or _DEADLINE_BEHIND.match(self._text, hours.end)
            ):
                continue
            if found and _TO_ITS_END.fullmatch(self._gap(found[-1][1].end, day.begin)):
                first, its, its_off = found[-1]
                if first.dates == day.dates and its.ends is None and hours.ends is None:
                    found[-1] = (first, replace(its, ends=hours.starts), its_off)
                    continue
            kept = instead if _INSTEAD.search(lead) else found
            new = self._moved(number, hours)
            kept.append((day, new, new is hours and self._is_off(number, hours, lead)))
        return _without_office_hours(found) or instead

    def _is_one(self, day: Day, before: Sequence[Day]) -> bool:
        """Is a weekday alone one on which something is? Then its hour stands right beside it, and no date does."""
        if not day.alone:
            return True
        if (
            before
            and not before[-1].alone
            and not re.search(r"[a-z0-9]", self._text[before[-1].end : day.begin])
        ):
            return False
        return any(
            _AFTER.fullmatch(self._text, day.end, hours.begin)
            if hours.begin >= day.end
            else day.begin - hours.end >= 0 and _BEFORE.fullmatch(self._text, hours.end, day.begin)
            for hours in self._hours
            if -_FARTHEST < hours.begin - day.end < _FARTHEST
        )

    def _beside(self, number: int) -> Hours | None:
        """The hour right after or before a day, else the one after it in its paragraph, else one that the layout puts to it."""
        day = self._days[number]
        following = self._days[number + 1].begin if number + 1 < len(self._days) else len(self._text)
        free = [hours for hours in self._hours if hours.begin not in self._used]
        after = next((hours for hours in free if day.end <= hours.begin < following), None)
        before = next((hours for hours in reversed(free) if hours.end <= day.begin), None)
        if after is not None and self._is_right_after(day, after):
            return after
        gap = _FARTHEST if before is None else day.begin - before.end
        if gap < _FARTHEST and before is not None and _BEFORE.fullmatch(self._gap(before.end, day.begin)):
            return before
        if (
            after is not None
            and after.begin < day.end + _FARTHEST
            and not self._is_apart(day.end, after.begin)
        ):
            return after
        if after is not None and self._begins_next_paragraph(day, after):
            return after
        return before if gap <= _NEAR_BEFORE else self._labelled(day, free)

    def _gap(self, begin: int, end: int) -> str:
        return self._text[begin:end]

    def _is_apart(self, begin: int, end: int) -> bool:
        """Is the end of a paragraph between them?"""
        return re.search(r"\n[ \t>|]*\n", self._text[begin:end]) is not None

    def _is_right_after(self, day: Day, hours: Hours) -> bool:
        return hours.begin < day.end + _FARTHEST and bool(_AFTER.fullmatch(self._gap(day.end, hours.begin)))

    def _begins_next_paragraph(self, day: Day, hours: Hours) -> bool:
        """Does the paragraph after the day's begin with the hour, as pages and Outlook lay it out?"""
        if hours.begin > day.end + _FARTHEST or not _NEXT_PARAGRAPH.fullmatch(
            self._gap(day.end, hours.begin)
        ):
            return False
        if self._has_label(hours):
            return True
        return day.told and not _ITEM.match(self._text, hours.end)

    def _has_label(self, hours: Hours) -> bool:
        return _LABELLED.search(self._text[max(0, hours.begin - _LEAD) : hours.begin]) is not None

    def _labelled(self, day: Day, free: Sequence[Hours]) -> Hours | None:
        """“Heure : 14h30”, some lines after the day; before it where the day has a label, too."""
        for hours in free:
            if day.end <= hours.begin < day.end + _FARTHEST_LABELLED and self._has_label(hours):
                return hours
        if _DATE_LABEL.search(self._text[max(0, day.begin - _LEAD) : day.begin]):
            for hours in reversed(free):
                if 0 <= day.begin - hours.end < _FARTHEST_LABELLED and self._has_label(hours):
                    return hours
        return None

    def _moved(self, number: int, hours: Hours) -> Hours:
        """The new hours where the text says that a meeting is moved from these to them, on the same day."""
        following = self._days[number + 1].begin if number + 1 < len(self._days) else len(self._text)
        later = next(
            (one for one in self._hours if hours.end <= one.begin < min(following, hours.end + _FARTHEST)),
            None,
        )
        if later is None or not _NEW.search(self._gap(hours.end, later.begin)):
            return hours
        self._used.add(later.begin)
        return later

    def _is_off(self, number: int, hours: Hours, lead: str) -> bool:
        """Does the sentence say that it is cancelled or moved, before the next day is named?"""
        day = self._days[number]
        end = max(day.end, hours.end)
        following = self._days[number + 1].begin if number + 1 < len(self._days) else len(self._text)
        stop = min(following, end + 2 * _LEAD)
        sentence = _SENTENCE.search(self._text, end, max(end, stop))
        rest = self._text[end : sentence.start() if sentence else max(end, stop)]
        told = _OFF.search(rest)
        return bool((told and not _IF.search(rest[: told.start()])) or _OFF_LEAD.search(lead))


def _masked(text: str, days: Sequence[Day]) -> str:
    """Without the digits of the days, so that they are no hours."""
    pieces, at = [], 0
    for day in days:
        if not day.alone:
            pieces += [text[at : day.begin], "\x01" * (day.end - day.begin)]
            at = day.end
    return "".join((*pieces, text[at:]))


def _made(day: date, hours: Hours, place: Day, now: datetime, *, off: bool) -> WrittenTime | None:
    try:
        starts = datetime.combine(day, hours.starts, hours.zone).astimezone()
        ends = None if hours.ends is None else datetime.combine(day, hours.ends, hours.zone).astimezone()
        if ends is not None and ends <= starts:
            ends += timedelta(days=1)
        ends = ends if ends is not None and ends - starts <= _LONGEST else None
        made = WrittenTime(starts, ends, place.begin, off, place.alone)
        if place.alone and made.is_over(now):  # on the same weekday, later than that hour: of next week
            return _made(day + timedelta(days=7), hours, place, now, off=off)
    except (OverflowError, ValueError, OSError):
        return None
    return made


_ENGLISH = re.compile(r"\b(?:the|meeting|join|please|with|from|your|and|at)\b", re.IGNORECASE)
_FRENCH = re.compile(r"\b(?:le|la|les|réunion|rejoindre|vous|avec|de|du|et|à)\b", re.IGNORECASE)
_AMERICAN = re.compile(r"\b\d{1,2}\s?(?::\d\d)?\s?[AaPp]\.?[Mm]\b")


def _is_american(text: str) -> bool:
    """English, with hours of half a day: then 3/4 is in March."""
    head = text[:LONGEST_TEXT]
    return bool(_AMERICAN.search(head)) and len(_ENGLISH.findall(head)) > len(_FRENCH.findall(head))
