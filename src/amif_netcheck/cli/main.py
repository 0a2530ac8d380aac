"""The command line: reads it, runs what it asks for, answers with an exit code. stdout is data, stderr is words."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Callable, Coroutine, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from amif_netcheck import __version__
from amif_netcheck.errors import ANSWERS, ExitCode, InputError, UsageError
from amif_netcheck.output import streams

if TYPE_CHECKING:
    from amif_netcheck.advice.language import Language
    from amif_netcheck.model.report import Report
    from amif_netcheck.run.plan import RunPlan
    from amif_netcheck.settings import Settings

T = TypeVar("T")


def main(arguments: Sequence[str]) -> int:
    """Do what `arguments` ask for; returns an `ExitCode`. Every error is one line on stderr, a traceback only with -v."""
    streams.make_safe()
    try:
        code = _main(arguments)
        streams.flush()
    except UsageError as error:
        return _complain(str(error), ExitCode.USAGE)
    except KeyboardInterrupt:
        import signal

        signal.signal(signal.SIGINT, signal.SIG_IGN)  # we are on our way out
        return ExitCode.INTERRUPTED
    except streams.StdoutError as error:
        streams.give_up()
        if isinstance(error.cause, BrokenPipeError):  # who read us has gone (`| head -1`)
            return ExitCode.BROKEN_PIPE
        return _complain(_why_not_printed(error.cause, arguments), ExitCode.USAGE)
    except Exception as error:  # noqa: BLE001 - the last line of defence
        return _internal(error, verbose=bool({"-v", "--verbose"} & set(arguments)))
    return code


def _main(arguments: Sequence[str]) -> int:
    if list(arguments) == ["--version"]:
        streams.line(f"amif-netcheck {__version__}")
        return ExitCode.READY
    from amif_netcheck import settings as settings_file
    from amif_netcheck.advice.language import LANGUAGES, Language
    from amif_netcheck.cli import grammar
    from amif_netcheck.run.checklist import IDS

    language = _language(arguments)
    config = grammar.early(arguments, "--config")
    settings, problem = settings_file.Settings(), None
    try:
        settings = settings_file.load(Path(config) if config else None, language)
    except UsageError as error:
        problem = error
    if settings.language and grammar.early(arguments, "--lang") not in LANGUAGES:
        language = Language(settings.language)
    options = grammar.parser(language, IDS).parse_args(list(arguments))
    if problem is not None:  # after the command line, so that --help works whatever the settings say
        raise problem
    commands: dict[str | None, Callable[[argparse.Namespace, Settings, Language], int]] = {
        None: _run,
        "demo": _demo,
        "replay": _replay,
        "explain": _explain,
        "list": _list,
        "schema": _schema,
        "serve": _serve,
    }
    try:
        return commands[options.command](options, settings, language)
    except InputError as error:
        from amif_netcheck.advice import input_errors

        raise UsageError(input_errors.describe(error, language)) from error


# --- commands ------------------------------------------------------------------------------------


def _run(options: argparse.Namespace, settings: Settings, language: Language) -> int:
    from amif_netcheck.cli import plan as planning

    _check_output(options, language)
    return _carry_out(planning.plan(options, settings, language), options, settings, language)


def _demo(options: argparse.Namespace, settings: Settings, language: Language) -> int:
    from amif_netcheck import demo

    _check_output(options, language)
    demo.known(options.scenario, language)
    watched = streams.terminal_width() is not None and not options.json and options.output is None
    speed = options.speed or (1.0 if watched else demo.AT_ONCE)
    return _carry_out(demo.plan(options.scenario, speed=speed), options, settings, language)


def _carry_out(plan: RunPlan, options: argparse.Namespace, settings: Settings, language: Language) -> int:
    import asyncio

    from amif_netcheck import log
    from amif_netcheck.model.events import CheckDone, RunDone
    from amif_netcheck.output.plain import PlainWriter
    from amif_netcheck.output.private import redact_result
    from amif_netcheck.run import engine

    private = _keeps_private(options, settings)
    if _opens_app(options):
        from amif_netcheck.tui import opening

        return opening.run(plan, language, include_private=private, verbose=options.verbose)
    log.start(verbose=options.verbose)
    for note in plan.notes:
        _say(note)
    live = None
    if not options.json and options.output is None:
        live = PlainWriter(streams.line, language, plan.context.platform.name, width=streams.terminal_width())
        live.start(plan.demo)

    async def drive() -> Report:
        async with contextlib.aclosing(engine.run(plan)) as events:
            async for event in events:
                if isinstance(event, RunDone):
                    return event.report
                if live is not None and isinstance(event, CheckDone) and not private:
                    live.row(redact_result(event.result))
                elif live is not None:
                    live.event(event)
        raise RuntimeError("the run ended without a report")

    try:
        with _interruptible_once() as interruptible:
            report = asyncio.run(interruptible(drive()))
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None
    finally:
        log.stop()
    return _write(report, options, settings, language, live)


def _opens_app(options: argparse.Namespace) -> bool:
    """On a terminal, unless a text or a file was asked for. The app draws on stderr on Unix, so that one counts too.

    A sound test says on stderr when to speak: it has text.
    """
    if options.plain or options.json or options.output is not None or options.sound_test or options.echo:
        return False
    terminals = (sys.stdin, sys.stdout, sys.stderr)
    return os.environ.get("TERM") != "dumb" and all(each is not None and each.isatty() for each in terminals)


def _replay(options: argparse.Namespace, settings: Settings, language: Language) -> int:
    from amif_netcheck import log
    from amif_netcheck.cli import saved_report as saved
    from amif_netcheck.run import judge

    _check_output(options, language)
    log.start(verbose=options.verbose)
    try:
        report = judge.judge_again(saved.load(options.report, language))
    finally:
        log.stop()
    return _write(report, options, settings, language, None)


def _explain(options: argparse.Namespace, settings: Settings, language: Language) -> int:
    del settings
    from amif_netcheck.output import reference
    from amif_netcheck.run.checklist import IDS

    for line in reference.explain(options.code, IDS, language, _system()):
        streams.line(line)
    return ExitCode.READY


def _list(options: argparse.Namespace, settings: Settings, language: Language) -> int:
    del options, settings
    from amif_netcheck.output import reference
    from amif_netcheck.run.checklist import CHECKLIST

    for line in reference.checks([(entry.id, entry.weight) for entry in CHECKLIST], language):
        streams.line(line)
    return ExitCode.READY


def _schema(options: argparse.Namespace, settings: Settings, language: Language) -> int:
    del options, settings, language
    from amif_netcheck.output import json

    streams.data(json.schema())
    return ExitCode.READY


def _serve(options: argparse.Namespace, settings: Settings, language: Language) -> int:
    del settings
    from amif_netcheck.cli import serve_command as serving

    return serving.serve(options, language)


@contextlib.contextmanager
def _interruptible_once() -> Iterator[Callable[[Coroutine[Any, Any, T]], Coroutine[Any, Any, T]]]:
    """Ctrl-C cancels the run; a second one finds it ending already (asyncio's own handler would break the loop)."""
    import asyncio
    import signal

    async def interruptible(work: Coroutine[Any, Any, T]) -> T:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        cancelled = False

        def cancel(_signal: int, _frame: object) -> None:
            nonlocal cancelled
            if not cancelled and task is not None:
                cancelled = True
                loop.call_soon_threadsafe(task.cancel)

        signal.signal(signal.SIGINT, cancel)
        return await work

    before = signal.getsignal(signal.SIGINT)
    try:
        yield interruptible
    finally:
        signal.signal(signal.SIGINT, before)


# --- what they share -----------------------------------------------------------------------------


def _keeps_private(options: argparse.Namespace, settings: Settings) -> bool:
    return bool(settings.include_private if options.include_private is None else options.include_private)


def _check_output(options: argparse.Namespace, language: Language) -> None:
    """Find out now whether the report can be written, not after the run. `-` is stdout."""
    if options.output is None or str(options.output) == "-":
        options.output = None
        return
    from amif_netcheck.advice.system_errors import why
    from amif_netcheck.output import files

    try:
        files.writable(options.output)
    except OSError as error:
        message = language.text("{file}: can't be written ({reason}); choose another file with -o")
        raise UsageError(message.format(file=options.output, reason=why(error, language))) from error


def _write(
    report: Report, options: argparse.Namespace, settings: Settings, language: Language, live: object
) -> int:
    from amif_netcheck.advice.lookup import word
    from amif_netcheck.output import json
    from amif_netcheck.output.plain import PlainWriter
    from amif_netcheck.output.private import redact
    from amif_netcheck.settings import PUBLIC_HOSTS

    if not _keeps_private(options, settings):
        report = redact(report, public_hosts=PUBLIC_HOSTS)
    report = word(report, language)
    if isinstance(live, PlainWriter):
        live.end(report)
    else:
        lines: list[str] = []
        if not options.json:
            width = streams.terminal_width() if options.output is None else None
            PlainWriter(lines.append, language, report.system.os, width=width).report(report)
        content = json.encode(report) if options.json else ("\n".join(lines) + "\n").encode()
        _deliver(content, options.output, language)
    return _answer(report)


def _answer(report: Report) -> ExitCode:
    return ANSWERS[report.verdict.value]


def _deliver(content: bytes, path: Path | None, language: Language) -> None:
    """To the file or to stdout; what can't be written to the file is not lost, but printed."""
    from amif_netcheck.advice.system_errors import why
    from amif_netcheck.output import files

    if path is None:
        streams.data(content)
        return
    try:
        files.write_atomically(path, content)
    except OSError as error:
        streams.data(content)
        message = language.text("{file}: can't be written ({reason}); the report was printed instead")
        raise UsageError(message.format(file=path, reason=why(error, language))) from error


def _language(arguments: Sequence[str]) -> Language:
    """The language before settings are read: as typed, else the system's."""
    from amif_netcheck.advice.language import LANGUAGES, Language, of_system
    from amif_netcheck.cli.grammar import early

    wished = early(arguments, "--lang")
    return Language(wished if wished in LANGUAGES else of_system())


def _why_not_printed(error: OSError, arguments: Sequence[str]) -> str:
    from amif_netcheck.advice.system_errors import why

    language = _language(arguments)
    return language.text("the result can't be printed ({reason})").format(reason=why(error, language))


def _system() -> str:
    return {"darwin": "macos", "win32": "windows"}.get(sys.platform, "linux")


def _complain(message: str, code: ExitCode) -> ExitCode:
    if message:
        _say(message)
    return code


def _say(message: str) -> None:
    """One line on stderr."""
    from amif_netcheck.output.escape import for_terminal

    sys.stderr.write(f"amif-netcheck: {for_terminal(message)}\n")


def _internal(error: Exception, *, verbose: bool) -> ExitCode:
    """Our own fault: one line with the way to the log, where the traceback is."""
    import logging
    import traceback

    from amif_netcheck import log
    from amif_netcheck.output.escape import for_terminal

    path = None
    with contextlib.suppress(Exception):  # telling of an error must not be the next one
        path = log.start(verbose=False)
        logging.getLogger(__name__).error("internal error", exc_info=error)
        log.stop()
    if verbose:
        for line in "".join(traceback.format_exception(error)).splitlines():
            sys.stderr.write(for_terminal(line) + "\n")
    where = f" ({path})" if path else ""
    return _complain(f"internal error: {type(error).__name__}: {error}{where}", ExitCode.INTERNAL)
