"""When the meeting is, and what it is called: for the person before this computer alone, so in no facts and no report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from amif_netcheck.meeting.telephones import DialIn


@dataclass(frozen=True)
class Appointment:
    """`starts` and `ends` have a time zone; None when not known. `title` is an outside text on one line, maybe empty.

    `phones` are numbers by which the meeting can be heard without a computer.
    """

    starts: datetime | None = None
    ends: datetime | None = None
    title: str = ""
    phones: tuple[DialIn, ...] = ()


UNKNOWN = Appointment()
