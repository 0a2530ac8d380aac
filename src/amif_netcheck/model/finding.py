"""Findings: what a check concludes from facts. No words here: those are looked up by `code` and `variant`."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from msgspec import Struct


class Severity(Enum):
    """How much a finding matters for the meeting. `unknown` is no amount of badness."""

    OK = "ok"
    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"
    UNKNOWN = "unknown"


WORST_FIRST = (Severity.CRITICAL, Severity.WARNING, Severity.UNKNOWN, Severity.INFO, Severity.OK)
"""The one order of severities: `unknown` hides `info` and `ok` but not a problem that was seen."""

BAD = frozenset({Severity.CRITICAL, Severity.WARNING})
"""What shows that the meeting may suffer."""

TO_FIX = BAD | {Severity.INFO}
"""What there may be something to do about."""


def rank(severity: Severity) -> int:
    """Its place in the order, 0 for the worst."""
    return WORST_FIRST.index(severity)


def worst(severities: Iterable[Severity]) -> Severity:
    """The worst of several; `unknown` when there are none."""
    return min(severities, key=rank, default=Severity.UNKNOWN)


ParamValue = str | int | float | list[str]


class Finding(Struct, frozen=True, kw_only=True):
    """One conclusion.

    `variant` is which of the code's words hold, empty for the usual ones. `params` are numbers (units in their names) and
    names from outside; `evidence` are the paths of the facts that it rests on, such as `facts.vpn.internet.ipv4`.
    """

    code: str
    severity: Severity
    variant: str = ""
    params: dict[str, ParamValue] = {}
    evidence: tuple[str, ...] = ()
