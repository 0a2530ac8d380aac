"""What a format of the report is: how it is written, and the exit code that goes with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from amif_netcheck.advice.language import Language
from amif_netcheck.errors import ANSWERS, ExitCode
from amif_netcheck.model.report import Report
from amif_netcheck.output.metrics import Thresholds


@dataclass(frozen=True)
class Written:
    """What is written, and the exit code that goes with it."""

    content: bytes
    exit_code: int


@dataclass(frozen=True)
class Manner:
    """How a report is to be written: in which language, and against which thresholds of the desk, by metric."""

    language: Language
    thresholds: Mapping[str, Thresholds] = field(default_factory=dict)


@dataclass(frozen=True)
class OutputFormat:
    """`write`: the whole output of a report that is already redacted and worded.

    `failure`: what is written in place of a report that could not be made, from the error's one line; None where that
    is nothing, and the program's own exit code holds.
    """

    write: Callable[[Report, Manner], Written]
    failure: Callable[[str], Written] | None = None


def plainly(report: Report, content: bytes) -> Written:
    """`content`, with the exit code that every other output of this verdict has."""
    return Written(content, ANSWERS.get(report.verdict.value, ExitCode.UNDETERMINED))
