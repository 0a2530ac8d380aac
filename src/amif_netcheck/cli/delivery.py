"""Where a report goes: to stdout or to a file, with private data or without."""

from __future__ import annotations

import argparse
from pathlib import Path

from amif_netcheck.advice.language import Language
from amif_netcheck.advice.lookup import word
from amif_netcheck.advice.system_errors import why
from amif_netcheck.errors import ANSWERS, ExitCode, UsageError
from amif_netcheck.model.report import Report
from amif_netcheck.output import files, json, streams
from amif_netcheck.output.plain import PlainWriter
from amif_netcheck.output.private import redact
from amif_netcheck.settings import Settings


def check_output(options: argparse.Namespace, language: Language) -> None:
    """Find out now whether the report can be written, not after the run. `-` is stdout.

    Raises:
        UsageError: the file can't be written.
        StdoutError: stdout is closed.
    """
    if options.output is None or str(options.output) == "-":
        options.output = None
        streams.demand()
        return
    try:
        files.writable(options.output)
    except OSError as error:
        message = language.text("{file}: can't be written ({reason}); choose another file with -o")
        raise UsageError(message.format(file=options.output, reason=why(error, language))) from error


def keeps_private(options: argparse.Namespace, settings: Settings) -> bool:
    """Are private data kept? What was typed beats the settings."""
    return bool(settings.include_private if options.include_private is None else options.include_private)


def deliver(
    report: Report,
    options: argparse.Namespace,
    settings: Settings,
    language: Language,
    live: PlainWriter | None = None,
) -> ExitCode:
    """Write the report as it was asked for, or its end where `live` has written its rows; returns its exit code.

    Raises:
        UsageError: the file can't be written after all; the report was printed instead.
        StdoutError: stdout took no more.
    """
    if not keeps_private(options, settings):
        report = redact(report)
    report = word(report, language)
    if live is not None:
        live.end(report)
    elif options.json:
        _write(json.encode(report), options.output, language)
    elif options.output is None:
        PlainWriter(streams.line, language, report.system.os, width=streams.terminal_width()).report(report)
    else:
        lines: list[str] = []
        PlainWriter(lines.append, language, report.system.os).report(report)
        _write(("\n".join(lines) + "\n").encode(), options.output, language)
    return ANSWERS[report.verdict.value]


def _write(content: bytes, path: Path | None, language: Language) -> None:
    """To the file or to stdout; what can't be written to the file is not lost, but printed."""
    if path is None:
        streams.data(content)
        return
    try:
        files.write_atomically(path, content)
    except OSError as error:
        streams.data(content)
        message = language.text("{file}: can't be written ({reason}); the report was printed instead")
        raise UsageError(message.format(file=path, reason=why(error, language))) from error
