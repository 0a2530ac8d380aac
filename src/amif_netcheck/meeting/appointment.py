"""When the meeting is, and what it is called: for the person before this computer alone, so in no facts and no report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Appointment:
    """`starts` and `ends` have a time zone; None when not known. `title` is an outside text on one line, maybe empty."""

    starts: datetime | None = None
    ends: datetime | None = None
    title: str = ""


UNKNOWN = Appointment()
