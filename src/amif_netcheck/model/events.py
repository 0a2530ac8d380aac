"""What the engine tells its front ends while it runs, in the order it happens."""

from __future__ import annotations

from msgspec import Struct

from amif_netcheck.model.facts import Fact, Unavailable
from amif_netcheck.model.finding import Finding
from amif_netcheck.model.report import CheckResult, Report


class Event(Struct, frozen=True, kw_only=True, tag=True):
    """Base of all events."""


class CheckStarted(Event, frozen=True, kw_only=True):
    """The first probe of this check is under way."""

    check: str


class Progress(Event, frozen=True, kw_only=True):
    """How far the run is, by the clock: 0 to 1, and the seconds that are left."""

    fraction: float
    left_s: float


class LiveValue(Event, frozen=True, kw_only=True):
    """What is being measured at this moment (the names are those of `model.live`). To be looked at only."""

    name: str
    value: float


class FactReady(Event, frozen=True, kw_only=True):
    """A subject's facts are in. `path` is `facts.<subject>`."""

    path: str
    fact: Fact | Unavailable


class FindingMade(Event, frozen=True, kw_only=True):
    """A check concluded something."""

    check: str
    finding: Finding


class CheckDone(Event, frozen=True, kw_only=True):
    """A check is over; its findings carry no words yet."""

    result: CheckResult


class RunDone(Event, frozen=True, kw_only=True):
    """The last event."""

    report: Report
