"""The report: one run, published. Its JSON is a contract (schema 1): add fields, never change the meaning of one."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

from msgspec import Meta, Struct

from amif_netcheck.model.desk import NO_DESK, Desk
from amif_netcheck.model.facts import Facts
from amif_netcheck.model.finding import ParamValue, Severity

SCHEMA_VERSION = 1


class Mode(Enum):
    """How much was asked for."""

    FULL = "full"
    QUICK = "quick"
    PARTIAL = "partial"  # --only or --skip: the verdict speaks of those checks alone


class Verdict(Enum):
    """Is the person ready for the meeting?"""

    READY = "ready"
    LIMITED = "limited"
    NOT_READY = "not_ready"
    UNDETERMINED = "undetermined"


class Status(Enum):
    """A check's worst finding, or `skipped` when it was not asked for."""

    OK = "ok"
    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"
    UNKNOWN = "unknown"
    SKIPPED = "skipped"


class Privacy(Enum):
    """What was done with private data."""

    REDACTED = "redacted"
    FULL = "full"


class Tool(Struct, frozen=True, kw_only=True):
    """The program that judged."""

    name: str
    version: str


class System(Struct, frozen=True, kw_only=True):
    """The machine that was measured: `os` is `linux`, `macos` or `windows`."""

    os: str
    release: str = ""


class ReportedFinding(Struct, frozen=True, kw_only=True):
    """A finding with its words in the report's language. `variant` says which of its code's words hold, empty for the usual ones."""

    code: str
    severity: Severity
    variant: str = ""
    params: dict[str, ParamValue] = {}
    evidence: tuple[str, ...] = ()
    summary: str = ""
    meaning: str = ""
    advice: tuple[str, ...] = ()


class CheckResult(Struct, frozen=True, kw_only=True):
    """One line of the checklist. `points` is null when the check leaves the sum (`unknown`, `skipped`)."""

    id: str
    status: Status
    weight: int
    points: float | None
    duration_s: float
    findings: tuple[ReportedFinding, ...] = ()


class NextAction(Struct, frozen=True, kw_only=True):
    """The one finding to fix first."""

    check: str
    code: str


class ProbeError(Struct, frozen=True, kw_only=True):
    """A probe or check that failed by our own fault or ran out of time."""

    where: str
    reason: str
    detail: str = ""


Score = Annotated[int, Meta(ge=0, le=100)]
Coverage = Annotated[float, Meta(ge=0, le=1)]


class Report(Struct, frozen=True, kw_only=True):
    """One run. `score` is null when nothing could be assessed.

    `demo` names the scenario when the facts are those of a recorded machine, and is empty for a real one. `site` is the label
    that the IT desk's settings give to the computers of one place; never redacted, as the desk chose it. `desk` is what else
    those settings say about this report.
    """

    schema_version: int
    tool: Tool
    system: System
    generated_at: str
    duration_s: float
    mode: Mode
    asked: tuple[str, ...]
    language: str
    verdict: Verdict
    score: Score | None
    coverage: Coverage
    next_action: NextAction | None
    checks: tuple[CheckResult, ...]
    facts: Facts
    privacy: Privacy
    errors: tuple[ProbeError, ...] = ()
    demo: str = ""
    site: str = ""
    desk: Desk = NO_DESK
