"""The little of a saved report that an overview of thousands needs, read without the rest.

Files come from strangers: each is read up to a size, its texts are cut, and what is no report is a reason, never an error.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from amif_netcheck.model.finding import BAD, Severity, rank
from amif_netcheck.model.report import SCHEMA_VERSION, Coverage, NextAction, Score, Status, Verdict
from amif_netcheck.output.metrics import OF_FACTS

LARGEST = 16 * 1024 * 1024
"""Reports have some ten kilobytes; a file of more bytes than this is none."""
_LONGEST = 200
"""Characters of a text that an overview shows."""
_MOST_CHECKS = 50
_MOST_FINDINGS = 200


class Unreadable(Enum):
    """Why a file is not among the reports."""

    NO_FILE = "no_file"  # a folder, a pipe, a device, or nothing at all
    REFUSED = "refused"  # the system does not let us read it
    TOO_LARGE = "too_large"
    NO_REPORT = "no_report"
    LATER_VERSION = "later_version"


class Digest(Struct, frozen=True, kw_only=True):
    """One attendee. `when` is in UTC, None where the report does not say; `site` is the desk's own label, else empty.

    `statuses` are by check; `problems` the codes of what may spoil the meeting, worst first, `first` the one to fix first.
    `measured` are the numbers of `metrics.OF_FACTS` in their order, None where there is none; empty when not asked for.
    """

    file: str
    when: datetime | None
    verdict: Verdict
    score: int | None
    coverage: float
    system: str
    site: str
    statuses: dict[str, Status]
    problems: tuple[str, ...]
    codes: frozenset[str]
    first: str
    measured: tuple[float | None, ...] = ()


class _System(Struct, frozen=True):
    os: str = ""


class _Finding(Struct):
    code: str
    severity: Severity


class _Check(Struct):
    id: str
    status: Status
    findings: Annotated[list[_Finding], Meta(max_length=_MOST_FINDINGS)] = []


class _Report(Struct):
    schema_version: int
    verdict: Verdict
    checks: Annotated[list[_Check], Meta(max_length=_MOST_CHECKS)]
    coverage: Coverage
    facts: msgspec.Raw
    generated_at: str = ""
    score: Score | None = None
    next_action: NextAction | None = None
    system: _System = _System()
    site: str = ""


class _VersionOnly(Struct):
    schema_version: int


_REPORTS = msgspec.json.Decoder(_Report)
_VERSIONS = msgspec.json.Decoder(_VersionOnly)


def files(paths: Sequence[Path]) -> Iterator[Path]:
    """The files that are named, and the `.json` files in the folders that are, and in theirs; links to folders are not followed."""
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        for folder, folders, names in os.walk(path):
            folders.sort()
            yield from (Path(folder, name) for name in sorted(names) if name.casefold().endswith(".json"))


def read(path: Path, *, with_numbers: bool = False) -> Digest | Unreadable:
    """The report in a file. Only the first `LARGEST` bytes of a regular file are ever read."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                return Unreadable.NO_FILE
            content = file.read(LARGEST + 1)
    except PermissionError:
        return Unreadable.NO_FILE if path.is_dir() else Unreadable.REFUSED
    except (OSError, ValueError):
        return Unreadable.NO_FILE
    if len(content) > LARGEST:
        return Unreadable.TOO_LARGE
    name = str(path).encode(errors="backslashreplace").decode()  # a name that is no text
    return decoded(content, name, with_numbers=with_numbers)


def decoded(content: bytes, name: str, *, with_numbers: bool = False) -> Digest | Unreadable:
    """The report in `content`."""
    try:
        report = _REPORTS.decode(content)
        measured = _measured(report.facts) if with_numbers else ()
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return _why_not(content)
    if report.schema_version > SCHEMA_VERSION:
        return Unreadable.LATER_VERSION
    findings = sorted((f for check in report.checks for f in check.findings), key=lambda f: rank(f.severity))
    return Digest(
        file=name,
        when=_when(report.generated_at),
        verdict=report.verdict,
        score=report.score,
        coverage=report.coverage,
        system=_text(report.system.os),
        site=_text(report.site),
        statuses={_text(check.id): check.status for check in report.checks},
        problems=tuple(dict.fromkeys(_text(f.code) for f in findings if f.severity in BAD)),
        codes=frozenset(_text(f.code) for f in findings),
        first=_text(report.next_action.code) if report.next_action else "",
        measured=measured,
    )


def _measured(encoded: msgspec.Raw) -> tuple[float | None, ...]:
    """Read by the paths alone, so that facts of other versions give what they have."""
    facts = msgspec.json.decode(encoded)
    return tuple(metric.read(_at(facts, metric.path)) for metric in OF_FACTS)


def _at(facts: Any, path: str) -> Any:
    for name in path.split("."):
        facts = facts.get(name) if isinstance(facts, dict) else None
    return facts


def _why_not(content: bytes) -> Unreadable:
    try:
        version = _VERSIONS.decode(content).schema_version
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return Unreadable.NO_REPORT
    return Unreadable.LATER_VERSION if version > SCHEMA_VERSION else Unreadable.NO_REPORT


def _text(text: str) -> str:
    """Cut, and the same object each time: thousands of reports say the same few words."""
    return sys.intern(text[:_LONGEST])


def _when(stamp: str) -> datetime | None:
    try:
        when = datetime.fromisoformat(stamp[:_LONGEST])
        utc = (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(UTC)
        utc.astimezone()  # a day that this computer's clock has too
    except (ValueError, OverflowError, OSError):
        return None
    return utc
