"""One machine over time: what changed from one saved report to the next. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import Enum
from itertools import pairwise

from msgspec import Struct

from amif_netcheck.model.finding import TO_FIX, Severity, rank
from amif_netcheck.model.report import Report, Status, Verdict
from amif_netcheck.output import metrics
from amif_netcheck.output.metrics import Metric

_NOISE = {"ms": 5.0, "pct": 1.0, "mbit_s": 0.5, "": 1.0}
"""What two runs of one line differ by anyway, by unit: less is no change."""
_NOISE_RATIO = 0.2
"""The same, as a share of the larger value: rates of one line differ by some 10 % from run to run."""
_NOT_COMPARED = frozenset({metrics.SCORE, metrics.DURATION, metrics.COVERAGE})
"""The verdict is told with its score."""


class Fate(Enum):
    """What became of a finding from one run to the next."""

    MENDED = "mended"
    NEW = "new"
    WORSE = "worse"
    BETTER = "better"
    STAYS = "stays"
    REPLACED = "replaced"  # it is gone, and another one of its check, as bad or worse, has come
    UNTOLD = "untold"  # it was there, and its check could not tell this time, or was not asked


class Change(Struct, frozen=True, kw_only=True):
    """A finding that there was something to do about, before or after; None where it was not there."""

    check: str
    code: str
    fate: Fate
    before: Severity | None
    after: Severity | None


class MetricChange(Struct, frozen=True, kw_only=True):
    """A quantity that changed by more than two runs of one line differ anyway."""

    name: str
    before: float
    after: float
    better: bool


class Run(Struct, frozen=True, kw_only=True):
    """One of the reports, in the order of time."""

    file: str
    generated_at: str
    verdict: Verdict
    score: int | None


class Interval(Struct, frozen=True, kw_only=True):
    """From one run to the next. `statuses`: the checks whose status changed, before and after."""

    before: Run
    after: Run
    changes: tuple[Change, ...]
    statuses: dict[str, tuple[Status, Status]]
    metrics: tuple[MetricChange, ...]


def compare(reports: Sequence[tuple[str, Report]]) -> tuple[Interval, ...]:
    """The steps between reports of one machine, given with the names of their files; the oldest comes first."""
    ordered = sorted(reports, key=lambda named: _moment(named[1]))
    return tuple(
        Interval(
            before=_run(before),
            after=_run(after),
            changes=tuple(_changes(before[1], after[1])),
            statuses=_statuses(before[1], after[1]),
            metrics=tuple(_metrics(before[1], after[1])),
        )
        for before, after in pairwise(ordered)
    )


def _moment(report: Report) -> tuple[float, str]:
    """When it was made, whatever its clock's zone; one that tells none comes first."""
    try:
        return datetime.fromisoformat(report.generated_at).timestamp(), ""
    except (ValueError, OverflowError, OSError):
        return 0.0, report.generated_at


def _run(named: tuple[str, Report]) -> Run:
    file, report = named
    return Run(file=file, generated_at=report.generated_at, verdict=report.verdict, score=report.score)


def _problems(report: Report) -> dict[str, tuple[str, Severity]]:
    """By code: its check, and the worst severity that it has."""
    worst: dict[str, tuple[str, Severity]] = {}
    for result in report.checks:
        for finding in result.findings:
            if finding.severity in TO_FIX:
                _, known = worst.get(finding.code, ("", finding.severity))
                worst[finding.code] = result.id, min(known, finding.severity, key=rank)
    return worst


def _changes(before: Report, after: Report) -> Iterator[Change]:
    old, new = _problems(before), _problems(after)
    untold = {
        result.id
        for result in after.checks
        if result.status in {Status.UNKNOWN, Status.SKIPPED} or result.points is None
    }
    untold |= {result.id for result in before.checks} - {result.id for result in after.checks}
    arrived = [problem for code, problem in new.items() if code not in old]
    for code in dict.fromkeys((*old, *new)):
        check = (new.get(code) or old[code])[0]
        was = old[code][1] if code in old else None
        now = new[code][1] if code in new else None
        gone = Fate.UNTOLD if check in untold else Fate.MENDED
        if was is not None and any(of == check and rank(severity) <= rank(was) for of, severity in arrived):
            gone = Fate.REPLACED
        yield Change(check=check, code=code, fate=_fate(was, now, gone), before=was, after=now)


def _fate(was: Severity | None, now: Severity | None, gone: Fate) -> Fate:
    if now is None:
        return gone
    if was is None:
        return Fate.NEW
    if was is now:
        return Fate.STAYS
    return Fate.WORSE if rank(now) < rank(was) else Fate.BETTER


def _statuses(before: Report, after: Report) -> dict[str, tuple[Status, Status]]:
    old = {result.id: result.status for result in before.checks}
    return {
        result.id: (old[result.id], result.status)
        for result in after.checks
        if result.id in old and old[result.id] is not result.status
    }


def _metrics(before: Report, after: Report) -> Iterator[MetricChange]:
    old = dict(metrics.of(before))
    for metric, value in metrics.of(after):
        if metric in old and metric not in _NOT_COMPARED and _differ(metric, old[metric], value):
            better = (value > old[metric]) is metric.floor
            yield MetricChange(name=metric.name, before=old[metric], after=value, better=better)


def _differ(metric: Metric, before: float, after: float) -> bool:
    return abs(after - before) > max(_NOISE[metric.unit], _NOISE_RATIO * max(abs(before), abs(after)))
