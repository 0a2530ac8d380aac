"""What to do in which order, by the time that is left: each thing with its minutes; its steps are its finding's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from amif_netcheck.advice.language import N_
from amif_netcheck.checks.order import Problem, to_mend
from amif_netcheck.checks.registry import SPECS
from amif_netcheck.model.finding import BAD, TO_FIX, Severity
from amif_netcheck.model.report import CheckResult, ReportedFinding

_ALWAYS_MIN = 1
"""What takes no longer is done even when the meeting has begun."""


class When(Enum):
    """In the order in which they are told."""

    FIRST = "first"
    NEXT = "next"
    IF_TIME = "if_time"
    AFTER = "after"


HEADINGS = {
    When.FIRST: N_("First"),
    When.NEXT: N_("Then"),
    When.IF_TIME: N_("If you have the time"),
    When.AFTER: N_("After the meeting"),
}


@dataclass(frozen=True)
class Item:
    """One thing to do. `minutes`: how long it takes; None where that can't be said. `in_time`: may it be done by the meeting?"""

    when: When
    check: str
    finding: ReportedFinding
    minutes: int | None
    in_time: bool = True


def agenda(results: Sequence[CheckResult], minutes_left: float | None = None) -> tuple[Item, ...]:
    """All that there is to do, in order: what comes first, the rest quickest first, and after the meeting what takes longer than there is.

    What would fit alone, but not with all before it, is for who is quick. What keeps the person from taking part never waits: its first steps may help, whatever time there is.

    `minutes_left` until the meeting begins, negative after that; None where nobody knows, and nothing has to wait.
    """
    order = [When.FIRST, When.NEXT, When.IF_TIME, When.AFTER]
    return tuple(sorted(_items(to_mend(results), minutes_left), key=lambda item: order.index(item.when)))


def waits(finding: ReportedFinding, minutes_left: float | None) -> bool:
    """Does this take longer than all the time that is left, so that it is for after the meeting?"""
    if minutes_left is None or finding.severity not in TO_FIX or finding.severity is Severity.CRITICAL:
        return False
    minutes = SPECS[finding.code].effort_min
    return not SPECS[finding.code].nothing_to_do and (
        minutes is None or minutes > max(minutes_left, _ALWAYS_MIN)
    )


def _items(problems: list[Problem], minutes_left: float | None) -> Iterator[Item]:
    left = None if minutes_left is None else max(minutes_left, _ALWAYS_MIN)
    is_first = True
    rest = sorted(
        problems[1:], key=lambda each: (_is_note(each), each.consequence, each.badness, each.effort)
    )
    for problem in (*problems[:1], *rest):
        in_time = left is None or problem.effort <= left
        blocks = problem.finding.severity is Severity.CRITICAL
        fits = in_time or blocks
        if left is not None and fits:
            left -= problem.effort if in_time else min(left, _ALWAYS_MIN)
        if not blocks and waits(problem.finding, minutes_left):
            when = When.AFTER
        elif _is_note(problem) or not fits:
            when = When.IF_TIME
        else:
            when = When.FIRST if is_first else When.NEXT
        is_first = is_first and not fits
        yield Item(
            when=when,
            check=problem.result.id,
            finding=problem.finding,
            minutes=problem.minutes,
            in_time=in_time,
        )


def _is_note(problem: Problem) -> bool:
    """Does nothing show that the meeting will suffer?"""
    return problem.finding.severity not in BAD
