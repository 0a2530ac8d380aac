"""The command line's grammar, in French and English."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import NoReturn

from amif_netcheck import __version__
from amif_netcheck.advice.language import N_, Language
from amif_netcheck.cli import command_options
from amif_netcheck.cli.output_options import output_options
from amif_netcheck.cli.values import number, seconds
from amif_netcheck.errors import UsageError
from amif_netcheck.model.choices import CHECKS, MAX_MB, SPEED_ENGINES
from amif_netcheck.output import streams

ARGPARSE_TEXTS = (
    N_("usage: "),
    N_("options"),
    N_("positional arguments"),
    N_("show this help message and exit"),
    N_("unrecognized arguments: %s"),
    N_("the following arguments are required: %s"),
    N_("argument %(argument_name)s: %(message)s"),
    N_("expected one argument"),
    N_("expected at least one argument"),
    N_("expected at most one argument"),
    N_("not allowed with argument %s"),
    N_("ignored explicit argument %r"),
    N_("invalid choice: %(value)r (choose from %(choices)s)"),
    N_("ambiguous option: %(option)s could match %(matches)s"),
    N_("unknown parser %(parser_name)r (choices: %(choices)s)"),
)
"""What argparse itself says; it looks these up through its module's own `_`."""


class Parser(argparse.ArgumentParser):
    """Raises `UsageError` with one line, where argparse prints the usage and exits."""

    def error(self, message: str) -> NoReturn:
        """See argparse."""
        raise UsageError(message)

    def _print_message(self, message: str, file: object = None) -> None:
        """Help and version: what can't be printed is an error, as everywhere."""
        del file
        streams.line(message.removesuffix("\n"))


def early(arguments: Sequence[str], option: str) -> str | None:
    """The value of an option that is needed before the rest can be read (`--lang`, `--config`)."""
    value = None
    for index, argument in enumerate(arguments):
        if argument == "--":
            break
        if argument == option and index + 1 < len(arguments):
            value = arguments[index + 1]
        elif argument.startswith(f"{option}="):
            value = argument.partition("=")[2]
    return value


def parser(language: Language, arguments: Sequence[str]) -> Parser:
    """Options of a run, and commands; the options of a command are known only where `arguments` may name it."""
    setattr(argparse, "_", language.text)  # noqa: B010 - argparse has no other place to put a language
    setattr(argparse, "ngettext", language.plural)  # noqa: B010
    text = language.text
    top = Parser(
        prog="amif-netcheck",
        description=text(
            "Checks, before a videoconference, whether this computer and its connection are ready, and says what to fix first."
        ),
        epilog=text(
            "Exit codes: 0 ready, 1 ready with reservations, 2 usage or settings error, 3 not ready, 4 can't tell, "
            "70 internal error, 130 interrupted."
        ),
        allow_abbrev=False,
    )
    top.add_argument(
        "--version",
        action="version",
        version=f"amif-netcheck {__version__}",
        help=text("show program's version number and exit"),
    )
    _run_options(top, language)
    output_options(top, text)
    commands = top.add_subparsers(
        dest="command", metavar=text("COMMAND"), title=text("commands"), parser_class=Parser
    )

    for name, words, add_options in (
        ("replay", text("judge a saved report again with today's rules"), command_options.replay_options),
        (
            "demo",
            text("the whole program on a recorded computer: nothing is measured, nothing is sent"),
            command_options.demo_options,
        ),
        ("compare", text("what changed from one saved report to the next"), command_options.compare_options),
        ("summary", text("many saved reports in one view, for the IT desk"), command_options.summary_options),
        (
            "explain",
            text("what a finding means, its limit and its source, what to do"),
            command_options.explain_options,
        ),
        (
            "list",
            text("checks, their weights, and what each sends over the network"),
            command_options.lookup_options,
        ),
        ("schema", text("the JSON Schema of the report"), command_options.lookup_options),
        (
            "settings",
            text("the settings in force, and the files that they come from"),
            command_options.settings_options,
        ),
        (
            "profiles",
            text("the meeting services that are known: their ports, rates and limits, with sources"),
            command_options.profiles_options,
        ),
        ("serve", text("be a test point of one's own, for the IT desk"), command_options.serve_options),
    ):
        command = commands.add_parser(name, help=words, description=words, allow_abbrev=False)
        if name in arguments:  # to make those of all commands takes longer than the help itself
            add_options(command, language)
    return top


def _run_options(to: argparse.ArgumentParser, language: Language) -> None:
    text = language.text
    group = to.add_argument_group(text("what is measured"))
    group.add_argument("--quick", action="store_true", help=text("at most 5 seconds; rates are not measured"))
    ids = ", ".join(CHECKS)
    group.add_argument("--only", metavar="ID,…", help=text("these checks only: {ids}").format(ids=ids))
    group.add_argument("--skip", metavar="ID,…", help=text("all checks but these"))
    group.add_argument(
        "--meeting",
        metavar=text("LINK"),
        help=text(
            "the meeting's link or host name, or the file of its invitation (.ics): the way to it is checked, "
            "and the app says how long until it starts"
        ),
    )
    group.add_argument(
        "--at", metavar="HH:MM", help=text("when the meeting starts, where no invitation says it")
    )
    group.add_argument(
        "--stun",
        metavar="HOST:PORT",
        action="append",
        help=text("where latency and loss are measured (may be repeated)"),
    )
    group.add_argument(
        "--speed-server",
        metavar="URL",
        help=text(
            "where rates are measured, instead of public servers: our own, a LibreSpeed or a “mini” server"
        ),
    )
    group.add_argument(
        "--speed-engine",
        choices=SPEED_ENGINES,
        default=None,
        help=text(
            "who moves the bytes: the first that works (any), one of them, our own engine against --speed-server "
            "alone (http), or nobody (none)"
        ),
    )
    group.add_argument(
        "--max-mb",
        metavar="N",
        type=number(language, *MAX_MB),
        help=text("the most megabytes the rates may cost (150 by default, 25 on a metered line)"),
    )
    group.add_argument(
        "--sound-test",
        action="store_true",
        help=text(
            "record you for 3 seconds, listen for an echo, and play you back; nothing recorded is kept"
        ),
    )
    group.add_argument(
        "--echo",
        action="store_true",
        help=text("the same, and listen for an echo even with a headset (else only without)"),
    )
    group.add_argument(
        "--offline", action="store_true", help=text("send nothing at all; the connection is not measured")
    )
    group.add_argument(
        "--timeout", metavar="S", type=seconds(language), help=text("the whole run's deadline in seconds")
    )
