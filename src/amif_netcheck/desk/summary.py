"""Many attendees in one view: who is worst off, what ails most of them, and what those of one site have in common. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from msgspec import Struct

from amif_netcheck.desk.digest import Digest, Unreadable
from amif_netcheck.desk.spool import Spool
from amif_netcheck.model.report import Status, Verdict

_WORST_FIRST = (Verdict.NOT_READY, Verdict.UNDETERMINED, Verdict.LIMITED, Verdict.READY)
_NO_SCORE = 101
"""Comes after every score of its verdict."""
_FEWEST_AT_A_SITE = 2
_SHARED_BY = 0.5
"""More than half of a site's attendees with one fault have it from the site rather than each by himself."""
_NO_PROBLEM = frozenset({Status.OK, Status.INFO, Status.SKIPPED})


class Wanted(Struct, frozen=True, kw_only=True):
    """Which reports are looked at; what is empty asks for nothing. `checks`: those in which a check is not well."""

    verdicts: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None

    def takes(self, digest: Digest) -> bool:
        """Is this report one of them? Dates are days of the reader's clock; a report without a date is of none."""
        day = None if digest.when is None else digest.when.astimezone().date()
        return (
            (not self.verdicts or digest.verdict.value in self.verdicts)
            and (not self.sites or digest.site in self.sites)
            and (not self.codes or not digest.codes.isdisjoint(self.codes))
            and (
                not self.checks
                or any(digest.statuses.get(check, Status.SKIPPED) not in _NO_PROBLEM for check in self.checks)
            )
            and (self.since is None or (day is not None and day >= self.since))
            and (self.until is None or (day is not None and day <= self.until))
        )


class Cause(Struct, frozen=True, kw_only=True):
    """A finding that some attendees have: `count` of `of`. `site`: of those there; empty for all together."""

    code: str
    count: int
    of: int
    site: str = ""


@dataclass(frozen=True, kw_only=True)
class Summary:
    """`attendees` worst first; `left_out` were read and not wanted, `unreadable` counts files by why they are no reports."""

    attendees: Sequence[Digest]
    verdicts: dict[str, int]
    causes: tuple[Cause, ...]
    shared: tuple[Cause, ...]
    left_out: int
    unreadable: dict[str, int]


class _Frequencies:
    """How many attendees there are, and how many have each problem."""

    def __init__(self) -> None:
        self.attendees = 0
        self.problems: Counter[str] = Counter()

    def add(self, digest: Digest) -> None:
        self.attendees += 1
        self.problems.update(digest.problems)

    def causes(self, site: str = "") -> tuple[Cause, ...]:
        """What is found, most often first."""
        ordered = sorted(self.problems.items(), key=lambda item: (-item[1], item[0]))
        return tuple(Cause(code=code, count=count, of=self.attendees, site=site) for code, count in ordered)


def summarise(reports: Iterable[Digest | Unreadable], wanted: Wanted) -> Summary:
    """One pass over the reports; memory does not grow with their number. Raises OSError where a disk is full."""
    attendees = Spool()
    unreadable: Counter[str] = Counter()
    verdicts: Counter[Verdict] = Counter()
    everybody, sites = _Frequencies(), dict[str, _Frequencies]()
    left_out = 0
    for report in reports:
        if isinstance(report, Unreadable):
            unreadable[report.value] += 1
        elif wanted.takes(report):
            attendees.add(report, _badness(report))
            verdicts[report.verdict] += 1
            everybody.add(report)
            if report.site:
                sites.setdefault(report.site, _Frequencies()).add(report)
        else:
            left_out += 1
    return Summary(
        attendees=attendees,
        verdicts={verdict.value: verdicts[verdict] for verdict in _WORST_FIRST},
        causes=everybody.causes(),
        shared=_shared(everybody, sites),
        left_out=left_out,
        unreadable=dict(sorted(unreadable.items())),
    )


def _badness(digest: Digest) -> int:
    score = _NO_SCORE if digest.score is None else min(max(0, digest.score), _NO_SCORE)
    return _WORST_FIRST.index(digest.verdict) * (_NO_SCORE + 1) + score


def _shared(everybody: _Frequencies, sites: dict[str, _Frequencies]) -> tuple[Cause, ...]:
    """What more than half of a site's attendees have, where it is rarer elsewhere."""
    shared = []
    for site, there in sorted(sites.items()):
        if there.attendees < _FEWEST_AT_A_SITE:
            continue
        elsewhere = everybody.attendees - there.attendees
        for cause in there.causes(site):
            others = (everybody.problems[cause.code] - cause.count) / elsewhere if elsewhere else 0.0
            if cause.count >= _FEWEST_AT_A_SITE and cause.count / cause.of > max(_SHARED_BY, others):
                shared.append(cause)
    return tuple(sorted(shared, key=lambda cause: (-cause.count, cause.site, cause.code)))
