"""The command line: reads it, runs what it asks for, answers with an exit code. stdout is data, stderr is words."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from amif_netcheck import __version__, settings_files
from amif_netcheck.advice.language import LANGUAGES, Language, best_of
from amif_netcheck.cli import grammar
from amif_netcheck.errors import ExitCode, InputError, UsageError
from amif_netcheck.output import streams
from amif_netcheck.platforms import language

if TYPE_CHECKING:
    from amif_netcheck.settings import Settings

Command = Callable[[argparse.Namespace, "Settings", Language], int]


def main(arguments: Sequence[str]) -> int:
    """Do what `arguments` ask for; returns an `ExitCode`. Every error is one line on stderr, a traceback only with -v."""
    streams.make_safe()
    try:
        code = _main(arguments)
        streams.flush()
    except UsageError as error:
        return _complain(str(error), ExitCode.USAGE, arguments)
    except KeyboardInterrupt:
        import signal

        signal.signal(signal.SIGINT, signal.SIG_IGN)  # we are on our way out
        return _complain("", ExitCode.INTERRUPTED, arguments)
    except streams.StdoutError as error:
        streams.give_up()
        if error.reader_left:  # `| head -1`
            return ExitCode.BROKEN_PIPE
        return _say(_why_not_printed(error.cause, _typed_language(arguments)), ExitCode.USAGE)
    except Exception as error:  # noqa: BLE001 - the last line of defence
        return _internal(error, arguments)
    return code


def _main(arguments: Sequence[str]) -> int:
    if list(arguments) == ["--version"]:
        streams.line(f"amif-netcheck {__version__}")
        return ExitCode.READY
    if "--version" in arguments and set(arguments) <= {"--version", "-v", "--verbose"}:
        from amif_netcheck.cli import about

        for line in about.lines():
            streams.line(line)
        return ExitCode.READY
    language = _typed_language(arguments)
    config = grammar.early(arguments, "--config")
    layers, problem = [], None
    try:
        layers = settings_files.read(Path(config) if config else None)
    except InputError as error:
        problem = error
    if grammar.early(arguments, "--lang") not in LANGUAGES:
        language = _language_of(layers) or language
    options = grammar.parser(language, arguments).parse_args(list(arguments))
    try:
        if problem is not None:  # after the command line, so that --help works whatever the settings say
            raise problem
        from amif_netcheck import settings

        return _command(options.command)(options, settings.of_layers(layers), language)
    except InputError as error:
        from amif_netcheck.advice import input_errors

        raise UsageError(input_errors.describe(error, language)) from error


def _command(name: str | None) -> Command:
    """What carries out a command; each loads only what it needs."""
    match name:
        case "serve":
            from amif_netcheck.cli.serve_command import serve

            return serve
        case "replay":
            from amif_netcheck.cli.replay_command import replay

            return replay
        case "compare" | "summary":
            from amif_netcheck.cli import desk_commands

            return desk_commands.compare if name == "compare" else desk_commands.summarise
        case "settings" | "profiles":
            from amif_netcheck.cli import profiles_command, settings_command

            return profiles_command.show if name == "profiles" else settings_command.show
        case "explain" | "list" | "schema":
            from amif_netcheck.cli import reference_commands as reference

            return {"explain": reference.explain, "list": reference.checks, "schema": reference.schema}[name]
        case _:
            from amif_netcheck.cli import run_command

            return run_command.demo if name == "demo" else run_command.run


def _typed_language(arguments: Sequence[str]) -> Language:
    """The language before settings are read: as typed, else the system's."""
    typed = grammar.early(arguments, "--lang")
    return Language(typed if typed in LANGUAGES else best_of(language.of_interface()))


def _language_of(layers: Sequence[settings_files.Layer]) -> Language | None:
    """The language that the settings name, which may yet be wrong in other things."""
    named = [layer.content.get("language") for layer in layers]
    known = [language for language in named if language in LANGUAGES]
    return Language(str(known[-1])) if known else None


def _why_not_printed(error: OSError, language: Language) -> str:
    from amif_netcheck.advice.system_errors import why

    return language.text("the result can't be printed ({reason})").format(reason=why(error, language))


def _say(message: str, code: ExitCode) -> int:
    if message:
        streams.write_stderr(f"amif-netcheck: {message}")
    return code


def _complain(message: str, code: ExitCode, arguments: Sequence[str]) -> int:
    """The error's line; and on stdout what the format asked for has in place of a report, where it has something."""
    from amif_netcheck.output import formats

    _say(message, code)
    name = grammar.early(arguments, "--format")
    failure = formats.named(name).failure if name in formats.names() else None
    if failure is None:
        return code
    written = failure(message or code.name.lower())
    with contextlib.suppress(streams.StdoutError):
        streams.data([written.content])
    return written.exit_code


def _internal(error: Exception, arguments: Sequence[str]) -> int:
    """Our own fault: one line with the way to the log, where the traceback is."""
    import logging
    import traceback

    from amif_netcheck import log

    path = None
    with contextlib.suppress(Exception):  # telling of an error must not be the next one
        path = log.start(verbose=False)
        logging.getLogger(__name__).error("internal error", exc_info=error)
        log.stop()
    if {"-v", "--verbose"} & set(arguments):
        for line in "".join(traceback.format_exception(error)).splitlines():
            streams.write_stderr(line)
    where = f" ({path})" if path else ""
    return _complain(f"internal error: {type(error).__name__}: {error}{where}", ExitCode.INTERNAL, arguments)
