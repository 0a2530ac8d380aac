"""What the app knows: the run under way, its rows, the report. No drawing, no Textual."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import NamedTuple

from msgspec import structs

from amif_netcheck.advice.agenda import waits
from amif_netcheck.advice.appointment import Occasion, occasion, right_time
from amif_netcheck.advice.language import Language
from amif_netcheck.advice.lookup import FindingText, say
from amif_netcheck.advice.next_step import NextStep, to_do
from amif_netcheck.model.events import CheckDone, CheckStarted, Event, FactReady, LiveValue, Progress, RunDone
from amif_netcheck.model.facts import NOT_REQUESTED, Fact, Medium, ProximityFacts, Unavailable
from amif_netcheck.model.fix import FixRequest, FixResult
from amif_netcheck.model.report import CheckResult, Report, ReportedFinding, Status
from amif_netcheck.run import fixes, judge
from amif_netcheck.run.fixes import Offer
from amif_netcheck.run.plan import RunPlan
from amif_netcheck.tui.symbols import Symbols

_MOST_READINGS = 500
_LONGER_S = 1.0
"""The time left may grow by so much without a word."""

WATCHABLE = frozenset({"vpn", "sound_apps", "headset"})
"""Checks that take a moment, send nothing, and change as soon as the person has done something."""


def _now() -> datetime:
    return datetime.now().astimezone()


class Stage(Enum):
    """Where a row is."""

    WAITING = "waiting"
    MEASURING = "measuring"
    HELD = "held"
    """Its facts are in; it is judged with others that are still measured."""
    DONE = "done"


class Rechecked(NamedTuple):
    """When a row was last checked again, and what it said before."""

    at: datetime
    before: CheckResult


@dataclass
class Row:
    """One line of the checklist. `result` is the last one, also while it is measured again."""

    check: str
    stage: Stage = Stage.WAITING
    result: CheckResult | None = None
    rechecked: Rechecked | None = None


@dataclass
class FixInProgress:
    """A fix that the person has said yes to; `result` once it has ended."""

    check: str
    offer: Offer
    result: FixResult | None = None
    report: Report | None = None
    """What was known when it ended."""


@dataclass
class Session:
    """One sitting of a person before the app."""

    plan: RunPlan
    language: Language
    symbols: Symbols = field(default_factory=Symbols.fine)
    log_path: Path | None = None
    include_private: bool = False
    colours: str = ""
    """The name of the set of colours to begin with, empty for the usual one."""
    remember: Callable[[str, str], None] | None = None
    """Keeps the colours or the language that the person has chosen, for the next time; empty is what they have not chosen now."""
    read_meeting: Callable[[RunPlan, str, Language], RunPlan] | None = None
    """The plan for the meeting that was typed, or of a whole text; raises `InputError`. None on a recorded computer, which has measured its own way."""
    find_link: Callable[[str], str] | None = None
    """The meeting's link in a whole text that was pasted, or empty."""
    read_clipboard: Callable[[], str] | None = None
    """Raises OSError where it can't be read."""
    now: Callable[[], datetime] = _now
    """The clock on the wall, with its time zone."""
    rows: dict[str, Row] = field(init=False)
    report: Report | None = None
    fraction: float = 0.0
    left_s: float = math.inf
    slow: bool = False
    """Something takes longer than it usually does: `left_s` is the most that it may still take."""
    running: bool = False
    watching: str = ""
    """The check that is made again and again until its row is well."""
    fixing: FixInProgress | None = None
    """The fix that is under way: one at a time."""
    fixed: list[FixInProgress] = field(default_factory=list)
    """All that were begun."""
    _late_test: Fact | Unavailable | None = None
    _before: dict[str, CheckResult] = field(default_factory=dict)
    """What the rows that are checked again said when that began."""
    _needs: dict[str, set[str]] = field(default_factory=dict)
    """Of the run under way: by check the facts of its own that are not in yet."""
    readings: dict[str, list[float]] = field(default_factory=dict)
    """What is being measured at this moment, by name, oldest first."""
    arrivals: dict[str, float] = field(default_factory=dict)
    """Subject of facts -> how far the run was when they came, 0 to 1."""

    def __post_init__(self) -> None:
        """Every check that was asked for has its row."""
        self.rows = {check: Row(check) for check in self.plan.asked}

    @property
    def system(self) -> str:
        """The operating system that steps are written for."""
        recorded = self.plan.system
        return recorded.os if recorded else self.plan.context.platform.name

    @property
    def occasion(self) -> Occasion:
        """The time that is left at this moment, by a right clock where one is known, and how the meeting can be heard."""
        now = self.now() if self.report is None else right_time(self.now(), self.report.facts)
        return occasion(self.plan.appointment, now)

    @property
    def next_step(self) -> NextStep:
        """What to do first, in the time that is left."""
        if self.report is None:
            return NextStep()
        return to_do(self.report, self.language, self.system, self.occasion.minutes_left)

    def told(self, finding: ReportedFinding) -> FindingText:
        """The words for it, with the steps for this computer in the time that is left."""
        return say(
            finding,
            self.language,
            self.system,
            minutes_left=self.occasion.minutes_left,
            desk=self.plan.desk,
        )

    def waits(self, finding: ReportedFinding) -> bool:
        """Is this for after the meeting, as there is no time for it before?"""
        return waits(finding, self.occasion.minutes_left)

    def begin(self, plan: RunPlan) -> None:
        """A run of `plan`, which may be one of some rows alone, is about to start."""
        self.running, self.fraction, self.left_s, self.slow = True, 0.0, math.inf, False
        self.readings.clear()
        self._needs = {entry.id: {f"facts.{need}" for need in entry.needs} for entry in plan.entries}
        for check in plan.asked:
            row = self.rows[check]
            row.stage = Stage.WAITING
            if row.result is not None:
                self._before[check] = row.result

    def take(self, event: Event) -> None:
        """One event of the run."""
        if isinstance(event, CheckStarted):
            self.rows[event.check].stage = Stage.MEASURING
        elif isinstance(event, Progress):
            self.slow = self.slow or event.left_s > self.left_s + _LONGER_S
            self.fraction = max(self.fraction, event.fraction)  # a bar that goes back says nothing any more
            self.left_s = event.left_s
        elif isinstance(event, LiveValue):
            values = self.readings.setdefault(event.name, [])
            values.append(event.value)
            del values[:-_MOST_READINGS]
        elif isinstance(event, FactReady):
            self.arrivals[event.path] = self.fraction
            self._hold(event.path)
        elif isinstance(event, CheckDone):
            row = self.rows[event.result.id]
            row.stage, row.result = Stage.DONE, event.result
        elif isinstance(event, RunDone):
            self._end(event.report)

    def _hold(self, path: str) -> None:
        """Rows all of whose own facts are in are not measured any more."""
        for check, missing in self._needs.items():
            missing.discard(path)
            row = self.rows[check]
            if not missing and row.stage is Stage.MEASURING:
                row.stage = Stage.HELD

    def _end(self, report: Report) -> None:
        self.running, self.fraction, self.left_s = False, 1.0, 0.0
        for check in set(report.asked) & self._before.keys():
            self.rows[check].rechecked = Rechecked(self.now(), self._before[check])
        self._before.clear()
        # A run of all rows brings everything anew but a sound test, which is made on request alone.
        if self.report is not None and (
            set(report.asked) < set(self.rows) or self.report.facts.sound_test != NOT_REQUESTED
        ):
            report = judge.renewed(self.report, report)
        self._keep(report)

    def _keep(self, report: Report) -> None:
        test, self._late_test = self._late_test, None
        if test is not None:
            facts = structs.replace(report.facts, sound_test=test)
            report = judge.judge_again(structs.replace(report, facts=facts))
        self.report = report
        for result in report.checks:
            if result.id in self.rows:
                row = self.rows[result.id]
                row.stage, row.result = Stage.DONE, result

    def renew(self, report: Report, since: Report | None) -> None:
        """A run of some rows, of which nothing was shown meanwhile, has ended.

        It began when the report was `since`: what another run has found meanwhile is newer.
        """
        if self.report is not None and self.report is since and not self.running:
            self._end(report)

    def add_sound_test(self, report: Report, since: Report | None) -> None:
        """A sound test has ended: all that its run has found, or where something newer is known, the test alone."""
        if self.report is since and not self.running:
            self.renew(report, since)
            return
        self._late_test = report.facts.sound_test
        if self.report is not None and not self.running:  # else with the run that goes on
            self._keep(self.report)

    def is_newer(self, fixing: FixInProgress) -> bool:
        """Has the row been looked at since this fix ended?"""
        return self.report is not fixing.report and self.rows[fixing.check].stage is Stage.DONE

    def can_watch(self, check: str) -> bool:
        """Is this row one that turns by itself once the thing is gone, and isn't well yet?

        One that is watched stays so while it can't be told: a line comes back some seconds after a VPN has gone.
        """
        row = self.rows[check]
        if check not in WATCHABLE or self.report is None or row.result is None:
            return False
        status = row.result.status
        return status in {Status.WARNING, Status.CRITICAL, Status.INFO} or (
            status is Status.UNKNOWN and self.watching == check
        )

    def can_fix(self, check: str) -> bool:
        """May the program be able to do something about this row, and is it free to?"""
        return bool(self.requests(check)) and not self.running and self.fixing is None

    def can_test_sound(self, check: str) -> bool:
        """Is this the row of the sound test?"""
        return check == "headset" and self.report is not None

    def requests(self, check: str) -> tuple[FixRequest, ...]:
        """What this row calls for that the program may be able to do itself on this computer, on the person's yes."""
        result = self.rows[check].result
        if self.report is None or result is None:
            return ()
        able = self.plan.context.platform.fixable
        requests = (
            request
            for finding in result.findings
            for request in fixes.requests(finding, self.report.facts, self.plan.desk)
        )
        return tuple(dict.fromkeys(request for request in requests if request.kind in able))

    def can_walk(self, check: str) -> bool:
        """Is this row about Wi-Fi, whose signal can be watched while the person walks?"""
        near = self.report.facts.proximity if self.report else None
        return check == "proximity" and isinstance(near, ProximityFacts) and near.medium is Medium.WIFI

    def row_status(self, row: Row) -> str:
        """How a row is drawn: its status, `waiting` or `measuring`. Nothing is red that the person can't act on."""
        if row.stage is not Stage.DONE or row.result is None:
            return row.stage.value
        status = row.result.status
        if status is Status.CRITICAL and not any(
            self.told(finding).steps
            for finding in row.result.findings
            if finding.severity.value == status.value
        ):
            return Status.WARNING.value
        return status.value
