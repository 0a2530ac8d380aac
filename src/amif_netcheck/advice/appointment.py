"""The meeting in a line: what it is, and how long until it starts."""

from __future__ import annotations

import math
from datetime import datetime

from amif_netcheck.advice.language import SPACE, Language
from amif_netcheck.meeting.appointment import Appointment

_MINUTES_PER_HOUR = 60
_MINUTES_PER_DAY = 24 * _MINUTES_PER_HOUR
_SHORTEST_HOST = 12
"""Fewer characters of a host name tell nobody which one it is."""


def line(host: str, appointment: Appointment, now: datetime, language: Language, cells: int | None) -> str:
    """`Meeting: visio.example.org, in 12 min`, in at most `cells` where the time fits: the end of the host goes first.

    Without a host, the title stands for it. Empty when nothing is known. `now` has a time zone.
    """
    when = countdown(appointment, now, language)
    return _line(host or appointment.title, when, language, cells)


def entitled(host: str, appointment: Appointment, now: datetime, language: Language) -> str:
    """The same at full length, with host and title where both are known."""
    if not (host and appointment.title):
        return line(host, appointment, now, language, None)
    return _line(f"{appointment.title} ({host})", countdown(appointment, now, language), language, None)


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


def _line(what: str, when: str, language: Language, cells: int | None) -> str:
    if not when:
        return _fitted(language.text("Meeting: {host}"), what, "", cells) if what else ""
    if not what:
        return language.text("Meeting: {when}").format(when=when)
    return _fitted(language.text("Meeting: {host}, {when}"), what, when, cells)


def _fitted(sentence: str, what: str, when: str, cells: int | None) -> str:
    whole = sentence.format(host=what, when=when)
    excess = 0 if cells is None else len(whole) - cells
    if excess <= 0:
        return whole
    length = max(_SHORTEST_HOST, len(what) - excess - 1)
    return sentence.format(host=what if length >= len(what) else what[:length].rstrip() + "…", when=when)


def _span(minutes: int, days: int, language: Language) -> str:
    """`12 min`, `1 h 05`, `2 h`, `3 days`."""
    if minutes >= _MINUTES_PER_DAY:
        return language.plural("{count} day", "{count} days", days).format(count=days).replace(" ", SPACE)
    hours, rest = divmod(minutes, _MINUTES_PER_HOUR)
    if not hours:
        return f"{rest}{SPACE}min"
    return f"{hours}{SPACE}h{SPACE}{rest:02}" if rest else f"{hours}{SPACE}h"
