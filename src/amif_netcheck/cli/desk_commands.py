"""The commands of an IT desk: `compare` and `summary`."""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path

import msgspec

from amif_netcheck.advice.language import Language
from amif_netcheck.advice.system_errors import why
from amif_netcheck.cli import saved_report
from amif_netcheck.cli.delivery import check_output, page_beside, write_out
from amif_netcheck.desk import comparison, comparison_text, digest, summary, summary_text, table
from amif_netcheck.errors import ExitCode, UsageError
from amif_netcheck.output import files, streams
from amif_netcheck.output.escape import for_json, for_terminal
from amif_netcheck.run import judge
from amif_netcheck.settings import Settings


def compare(options: argparse.Namespace, settings: Settings, language: Language) -> int:
    """What changed between saved reports of one machine, all judged by today's rules."""
    check_output(options, language)
    reports = [
        (name, judge.judge_again(saved_report.load(name, language), settings.desk.limits))
        for name in options.reports
    ]
    if len(reports) < 2:  # noqa: PLR2004
        raise UsageError(language.text("compare takes two reports or more"))
    systems = {report.system.os for _, report in reports}
    if len(systems) > 1:
        streams.write_stderr(
            "amif-netcheck: " + language.text("these reports are of different systems: not of one machine?")
        )
    steps, system = comparison.compare(reports), reports[-1][1].system.os

    def page() -> bytes:
        from amif_netcheck.desk import comparison_page

        return comparison_page.render(steps, language, system)

    def pieces() -> Iterable[bytes]:
        if options.format == "json":
            return [_json(steps)]
        if options.format == "html":
            return [page()]
        return _lines(comparison_text.lines(steps, language, system))

    with page_beside(options, language, page):
        write_out(pieces, options.output, language)
    return ExitCode.READY


def summarise(options: argparse.Namespace, settings: Settings, language: Language) -> int:
    """Many saved reports in one view."""
    check_output(options, language)
    named = [Path(path) for path in options.paths]
    for path in named:
        if not path.exists():
            raise UsageError(language.text("{file}: no such file or folder").format(file=path))
    with_numbers = options.format in {"csv", "json", "parquet"}
    reports = (digest.read(path, with_numbers=with_numbers) for path in digest.files(named))
    wanted = summary.Wanted(
        verdicts=tuple(options.verdict or ()),
        checks=tuple(options.check or ()),
        codes=tuple(options.code or ()),
        sites=tuple(options.site or ()),
        since=options.since,
        until=options.until,
    )
    if options.format == "parquet":
        if options.html is not None:  # one pass, which keeps nothing for a page
            raise UsageError(language.text("--html and --format parquet are two commands: give one of them"))
        return _parquet(reports, wanted, options.output, language)
    found = _summarised(reports, wanted, language)
    if options.format is None and options.output is None and options.html is None and _on_a_terminal():
        return _table(found, settings, language)

    def page() -> bytes:
        from amif_netcheck.desk import summary_page

        return summary_page.render(found, language)

    def pieces() -> Iterable[bytes]:
        if options.format == "csv":
            return (line.encode() for line in table.as_csv(found.attendees))
        if options.format == "json":
            return table.as_json(found)
        return [page()] if options.format == "html" else _lines(summary_text.lines(found, language))

    with page_beside(options, language, page):
        write_out(pieces, options.output, language)
    return ExitCode.READY


def _summarised(
    reports: Iterable[digest.Digest | digest.Unreadable], wanted: summary.Wanted, language: Language
) -> summary.Summary:
    """Raises UsageError: there is no room where attendees wait."""
    try:
        return summary.summarise(reports, wanted)
    except OSError as error:
        message = language.text("{file}: can't be written ({reason})")
        raise UsageError(message.format(file=tempfile.gettempdir(), reason=why(error, language))) from error


def _parquet(
    reports: Iterable[digest.Digest | digest.Unreadable],
    wanted: summary.Wanted,
    path: Path | None,
    language: Language,
) -> int:
    """One pass from the files into the file; what is no report is counted on stderr.

    Raises:
        UsageError: there is no pyarrow, no file to write to, or it can't be written.
    """
    try:
        from amif_netcheck.desk import parquet
    except ImportError as error:
        message = language.text('Parquet needs pyarrow: pip install "amif-netcheck[analytics]"')
        raise UsageError(message) from error
    if path is None:
        raise UsageError(language.text("Parquet is not for a terminal: name a file with -o"))
    unreadable = 0

    def taken() -> Iterator[digest.Digest]:
        nonlocal unreadable
        for report in reports:
            if isinstance(report, digest.Unreadable):
                unreadable += 1
            elif wanted.takes(report):
                yield report

    try:
        with files.replacing(path) as file:
            parquet.write(taken(), file)
    except OSError as error:
        message = language.text("{file}: can't be written ({reason}); choose another file with -o")
        raise UsageError(message.format(file=path, reason=why(error, language))) from error
    if unreadable:
        words = language.plural("{count} file left out", "{count} files left out", unreadable)
        streams.write_stderr("amif-netcheck: " + words.format(count=unreadable))
    return ExitCode.READY


def _table(found: summary.Summary, settings: Settings, language: Language) -> int:
    """The table on a terminal; reports that are opened are judged by today's rules."""
    from amif_netcheck import folders
    from amif_netcheck.model.report import Report
    from amif_netcheck.platforms.recorded import Machine, Recorded
    from amif_netcheck.probes.context import Context
    from amif_netcheck.run.plan import RunPlan
    from amif_netcheck.tui.desk import launch

    def load(file: str) -> tuple[RunPlan, Report]:
        report = judge.judge_again(saved_report.load(file, language), settings.desk.limits)
        context = Context(platform=Recorded(Machine(os=report.system.os)), offline=True)
        return RunPlan(context=context, asked=report.asked, system=report.system, desk=report.desk), report

    marks = None
    with contextlib.suppress(RuntimeError):  # a user without a home
        marks = folders.own_settings() / "handled.json"
    return launch.run(found, language, load, marks)


def _on_a_terminal() -> bool:
    return os.environ.get("TERM") != "dumb" and all(
        stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)
    )


def day(language: Language) -> Callable[[str], date]:
    """A day on the command line, `2026-11-29`."""

    def parse(text: str) -> date:
        try:
            if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
                return date.fromisoformat(text)
        except ValueError:
            pass
        message = language.text("“{text}” is no day; write it as {example}")
        raise argparse.ArgumentTypeError(message.format(text=text, example="2026-11-29"))

    return parse


def _lines(lines: Iterable[str]) -> Iterator[bytes]:
    return (f"{for_terminal(line)}\n".encode() for line in lines)


def _json(value: object) -> bytes:
    document = msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"
    return for_json(document.decode()).encode()
