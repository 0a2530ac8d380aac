"""Where a report goes: to stdout or to a file, with private data or without."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path

from amif_netcheck.advice.appointment import occasion, right_time
from amif_netcheck.advice.language import Language
from amif_netcheck.advice.lookup import word
from amif_netcheck.advice.system_errors import why
from amif_netcheck.errors import ANSWERS, UsageError
from amif_netcheck.meeting.appointment import UNKNOWN, Appointment
from amif_netcheck.model.report import Report
from amif_netcheck.output import files, streams
from amif_netcheck.output.formats import named
from amif_netcheck.output.formats.plain import PlainWriter
from amif_netcheck.output.output_format import Manner
from amif_netcheck.output.private import redact
from amif_netcheck.settings import Settings


def check_output(options: argparse.Namespace, language: Language) -> None:
    """Find out now whether the report can be written, not after the run. `-` is stdout.

    Raises:
        UsageError: a file can't be written, or two things were to go into one.
        StdoutError: stdout is closed.
    """
    if options.html is not None and str(options.html) == "-":
        if options.format is not None:
            raise UsageError(language.text("standard output takes one thing only: give --html a file"))
        options.format, options.html = "html", None
    if options.html is not None and options.html == options.output:
        raise UsageError(language.text("-o and --html name the same file: {file}").format(file=options.html))
    if options.html is not None:
        _check_file(options.html, "--html", language)
    if options.output is None or str(options.output) == "-":
        options.output = None
        streams.demand()
        return
    _check_file(options.output, "-o", language)


def _check_file(path: Path, option: str, language: Language) -> None:
    try:
        files.writable(path)
    except OSError as error:
        message = language.text("{file}: can't be written ({reason}); choose another file with {option}")
        message = message.format(file=path, reason=why(error, language), option=option)
        raise UsageError(message) from error


def keeps_private(options: argparse.Namespace, settings: Settings) -> bool:
    """Are private data kept? What was typed beats the settings."""
    return bool(settings.include_private if options.include_private is None else options.include_private)


def deliver(
    report: Report,
    options: argparse.Namespace,
    settings: Settings,
    language: Language,
    *,
    live: PlainWriter | None = None,
    appointment: Appointment = UNKNOWN,
) -> int:
    """Write the report as it was asked for, or its end where `live` has written its rows; returns its exit code.

    What to do by the time left until the `appointment`, and its telephone numbers, are told on a terminal alone: what is kept
    is read later.

    Raises:
        UsageError: the file can't be written after all; the report was printed instead.
        StdoutError: stdout took no more.
    """
    if not keeps_private(options, settings):
        report = redact(report, key=settings.token_key)
    report = word(report, language)
    manner = Manner(language=language, thresholds=settings.monitoring)
    with page_beside(options, language, lambda: named("html").write(report, manner).content):
        if live is not None:
            now = right_time(datetime.now().astimezone(), report.facts)
            live.end(report, occasion(appointment, now))
            return ANSWERS[report.verdict.value]
        return _print(report, options, manner)


def _print(report: Report, options: argparse.Namespace, manner: Manner) -> int:
    language = manner.language
    if options.format in {None, "plain"} and options.output is None:
        PlainWriter(streams.line, language, report.system.os, width=streams.terminal_width()).report(report)
        return ANSWERS[report.verdict.value]
    written = named(options.format or "plain").write(report, manner)
    write_out(lambda: [written.content], options.output, language)
    return written.exit_code


@contextlib.contextmanager
def page_beside(options: argparse.Namespace, language: Language, page: Callable[[], bytes]) -> Iterator[None]:
    """Write the page of `--html`, if it was asked for; one that can't be written keeps back nothing else.

    Raises:
        UsageError: it can't be written after all.
    """
    problem = None
    if options.html is not None:
        try:
            files.write_atomically(options.html, page())
        except OSError as error:
            problem = error
    yield
    if problem is not None:
        message = language.text("{file}: can't be written ({reason})")
        raise UsageError(message.format(file=options.html, reason=why(problem, language))) from problem


def write_out(pieces: Callable[[], Iterable[bytes]], path: Path | None, language: Language) -> None:
    """To the file or to stdout (`path` is None); what can't be written to the file is not lost, but printed."""
    if path is None:
        streams.data(pieces())
        return
    try:
        with files.replacing(path) as file:
            file.writelines(pieces())
    except OSError as error:
        streams.data(pieces())
        message = language.text("{file}: can't be written ({reason}); the report was printed instead")
        raise UsageError(message.format(file=path, reason=why(error, language))) from error
