"""The meeting in a line: what it is, and how long until it starts; and what it leaves one to do."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce

from amif_netcheck.advice.headline import beginning, cells
from amif_netcheck.advice.language import N_, SPACE, Language
from amif_netcheck.checks.limits import CLOCK_OFF_S
from amif_netcheck.meeting.appointment import Appointment
from amif_netcheck.meeting.telephones import DialIn
from amif_netcheck.model.facts import Facts, FirewallFacts, Page, Portal, Unavailable

_MINUTES_PER_HOUR = 60
_MINUTES_PER_DAY = 24 * _MINUTES_PER_HOUR
_MOST_OFF_S = 10 * 365 * 24 * 3600.0
"""A clock that was never set; what is more is nonsense in somebody's report."""
_SHORTEST_HOST = 12
"""Fewer cells of a host name tell nobody which one it is."""


@dataclass(frozen=True)
class Occasion:
    """What decides how much can be done before a meeting.

    The minutes that are left, None where its time is not known; the telephone numbers by which it can be heard.
    """

    minutes_left: float | None = None
    phones: tuple[DialIn, ...] = ()


def occasion(appointment: Appointment, now: datetime) -> Occasion:
    """Of an appointment, seen from `now`, which has a time zone. A meeting that is over leaves no time to speak of."""
    starts, ends = appointment.starts, appointment.ends
    over = starts is not None and ends is not None and now >= max(starts, ends)
    left = None if starts is None or over else (starts - now).total_seconds() / 60
    return Occasion(left, appointment.phones)


def right_time(now: datetime, facts: Facts) -> datetime:
    """`now` as a clock would tell it that is right, where this computer's was seen to be off."""
    firewall = facts.firewall
    portal = firewall.portal if isinstance(firewall, FirewallFacts) else None
    if not isinstance(portal, Portal) or portal.page is not Page.AS_EXPECTED:
        return now
    ahead_s = portal.clock_ahead_s
    if isinstance(ahead_s, Unavailable) or not CLOCK_OFF_S <= abs(ahead_s) <= _MOST_OFF_S:
        return now
    return now - timedelta(seconds=ahead_s)


def line(host: str, appointment: Appointment, now: datetime, language: Language, room: int | None) -> str:
    """`Meeting: visio.example.org, in 12 min`, in at most `room` cells where the time fits: the end of the host goes first.

    Without a host, the title stands for it. Empty when nothing is known. `now` has a time zone.
    """
    when = countdown(appointment, now, language)
    return _line(host or appointment.title, when, language, room)


def entitled(host: str, appointment: Appointment, now: datetime, language: Language) -> str:
    """The same at full length, with host and title where both are known."""
    if not (host and appointment.title):
        return line(host, appointment, now, language, None)
    return _line(f"{appointment.title} ({host})", countdown(appointment, now, language), language, None)


def understood(source: str, host: str, appointment: Appointment, language: Language) -> str:
    """What was read of a file, before it is used: `note.pdf: Thursday 30 March 2023, 09:00 to 10:30, visio.example.org`."""
    text = language.text
    parts = [day_and_hours(appointment, language)] if appointment.starts else []
    if host:
        parts.append(host)
    by_code, without = text("by telephone {number}, code {code}"), text("by telephone {number}")
    parts += [
        (by_code if phone.code else without).format(number=phone.number, code=phone.code)
        for phone in appointment.phones
    ]
    what = reduce(lambda one, other: text("{one}; {other}").format(one=one, other=other), parts or [""])
    return text("Read in {file}: {what}").format(file=source, what=what)


def day_and_hours(appointment: Appointment, language: Language) -> str:
    """`Thursday 30 March 2023, 09:00 to 10:30`; empty when it is not known."""
    starts = appointment.starts
    if starts is None:
        return ""
    text = language.text
    number = "1er" if starts.day == 1 and language.code == "fr" else str(starts.day)
    weekday, month = text(_WEEKDAYS[starts.weekday()]), text(_MONTHS[starts.month - 1])
    day = f"{weekday} {number} {month} {starts.year}"
    if appointment.ends is None:
        return text("{day} at {clock}").format(day=day, clock=_clock(starts))
    return text("{day}, {clock} to {end}").format(day=day, clock=_clock(starts), end=_clock(appointment.ends))


_WEEKDAYS = (
    N_("Monday"),
    N_("Tuesday"),
    N_("Wednesday"),
    N_("Thursday"),
    N_("Friday"),
    N_("Saturday"),
    N_("Sunday"),
)
_MONTHS = (
    N_("January"),
    N_("February"),
    N_("March"),
    N_("April"),
    N_("May"),
    N_("June"),
    N_("July"),
    N_("August"),
    N_("September"),
    N_("October"),
    N_("November"),
    N_("December"),
)


def _clock(moment: datetime) -> str:
    return f"{moment:%H:%M}"


def countdown(appointment: Appointment, now: datetime, language: Language) -> str:
    """`in 12 min`, `in 1 h 05`, `starting now`, `began 3 min ago`; empty when the start is not known.

    Minutes are those of a clock on the wall: at 9:48:30 it is 12 minutes to ten.
    """
    if appointment.starts is None:
        return ""
    if appointment.ends is not None and now >= max(appointment.ends, appointment.starts):
        return language.text("over")
    minutes = math.ceil((appointment.starts - now).total_seconds() / 60)
    if minutes == 0:
        return language.text("starting now")
    days = abs((appointment.starts.astimezone(now.tzinfo).date() - now.date()).days)
    span = _span(abs(minutes), days, language)
    if minutes < 0:
        return language.text("began {span} ago").format(span=span)
    return language.text("in {span}").format(span=span)


def _line(what: str, when: str, language: Language, room: int | None) -> str:
    if not when:
        return _fitted(language.text("Meeting: {host}"), what, "", room) if what else ""
    if not what:
        return language.text("Meeting: {when}").format(when=when)
    return _fitted(language.text("Meeting: {host}, {when}"), what, when, room)


def _fitted(sentence: str, what: str, when: str, room: int | None) -> str:
    whole = sentence.format(host=what, when=when)
    excess = 0 if room is None else cells(whole) - room
    if excess <= 0:
        return whole
    longest = max(_SHORTEST_HOST, cells(what) - excess - 1)
    if longest >= cells(what):
        return whole
    return sentence.format(host=beginning(what, longest).rstrip() + "…", when=when)


def _span(minutes: int, days: int, language: Language) -> str:
    """`12 min`, `1 h 05`, `2 h`, `3 days`."""
    if minutes >= _MINUTES_PER_DAY:
        return language.plural("{count} day", "{count} days", days).format(count=days).replace(" ", SPACE)
    hours, rest = divmod(minutes, _MINUTES_PER_HOUR)
    if not hours:
        return f"{rest}{SPACE}min"
    return f"{hours}{SPACE}h{SPACE}{rest:02}" if rest else f"{hours}{SPACE}h"
