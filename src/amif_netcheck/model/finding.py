"""Findings: what a check concludes from facts. No words here: those are looked up by `code`."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct


class Severity(Enum):
    """How much a finding matters for the meeting. Not ordered by number: `unknown` is no amount of badness."""

    OK = "ok"
    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"
    UNKNOWN = "unknown"


ParamValue = str | int | float | list[str]


class Finding(Struct, frozen=True, kw_only=True):
    """One conclusion.

    `params` are numbers (units in their names) and names from outside; `evidence` are the paths of the facts that it
    rests on, such as `facts.vpn.internet.ipv4`.
    """

    code: str
    severity: Severity
    params: dict[str, ParamValue] = {}
    evidence: tuple[str, ...] = ()
