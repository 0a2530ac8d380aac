"""The command line's grammar, in French and English."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from amif_netcheck import __version__
from amif_netcheck.advice.language import LANGUAGES, N_, Language
from amif_netcheck.advice.scenarios import DEFAULT, SCENARIOS
from amif_netcheck.errors import UsageError
from amif_netcheck.model.choices import CHECKS, MAX_MB, SPEED_ENGINES, TIMEOUT_S
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


SPEEDS = (0.1, 1000)
"""The slowest and the fastest demonstration, as times the real pace."""
_DECIMAL = re.compile(r"[0-9]{1,12}(?:[.,][0-9]{1,12})?")
_WHOLE = re.compile(r"[0-9]{1,12}")
"""Digits of ASCII alone: `float` and `int` also read `nan`, `1_0`, `1e309` and digits of other scripts."""


def _seconds(language: Language) -> Callable[[str], float]:
    """A duration on the command line, in seconds."""
    return _decimal(
        language,
        TIMEOUT_S,
        language.text("“{text}” is no duration; give a number of seconds from {least} to {most}"),
    )


def _speed(language: Language) -> Callable[[str], float]:
    """How many times as fast as in reality."""
    return _decimal(
        language, SPEEDS, language.text("“{text}” is no speed; give a number from {least} to {most}")
    )


def _decimal(language: Language, limits: tuple[float, float], message: str) -> Callable[[str], float]:
    least, most = limits

    def parse(text: str) -> float:
        if _DECIMAL.fullmatch(text) and least <= (value := float(text.replace(",", "."))) <= most:
            return value
        range_ = {"least": language.number(least), "most": language.number(most)}
        raise argparse.ArgumentTypeError(message.format(text=text, **range_))

    return parse


def _number(language: Language, least: int, most: int) -> Callable[[str], int]:
    """A whole number on the command line."""

    def parse(text: str) -> int:
        if _WHOLE.fullmatch(text) and least <= (value := int(text)) <= most:
            return value
        message = language.text("“{text}” is no whole number from {least} to {most}")
        raise argparse.ArgumentTypeError(message.format(text=text, least=least, most=most))

    return parse


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
    _output_options(top, text)
    commands = top.add_subparsers(
        dest="command", metavar=text("COMMAND"), title=text("commands"), parser_class=Parser
    )

    for name, words, add_options in (
        ("replay", text("judge a saved report again with today's rules"), _replay_options),
        (
            "demo",
            text("the whole program on a recorded computer: nothing is measured, nothing is sent"),
            _demo_options,
        ),
        ("explain", text("what a finding means, its limit and its source, what to do"), _explain_options),
        ("list", text("checks, their weights, and what each sends over the network"), _lookup_options),
        ("schema", text("the JSON Schema of the report"), _lookup_options),
        ("serve", text("be a test point of one's own, for the IT desk"), _serve_options),
    ):
        command = commands.add_parser(name, help=words, description=words, allow_abbrev=False)
        if name in arguments:  # to make those of all commands takes longer than the help itself
            add_options(command, language)
    return top


def _default(*, value: object, again: bool) -> Any:
    """An option that stands on both sides of a command must not be reset by the second."""
    return argparse.SUPPRESS if again else value


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
        type=_number(language, *MAX_MB),
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
        "--timeout", metavar="S", type=_seconds(language), help=text("the whole run's deadline in seconds")
    )


def _replay_options(to: Parser, language: Language) -> None:
    text = language.text
    to.add_argument(
        "report", metavar="REPORT.json", help=text("a report written by --json; - reads standard input")
    )
    _output_options(to, text, again=True)


def _explain_options(to: Parser, language: Language) -> None:
    text = language.text
    to.add_argument(
        "code", nargs="?", metavar="CODE", help=text("a finding's code; without it, all codes are listed")
    )
    _lookup_options(to, language)


def _lookup_options(to: Parser, language: Language) -> None:
    _language_options(to, language.text, again=True)


def _serve_options(to: Parser, language: Language) -> None:
    from amif_netcheck.serve.config import ServeLimits

    text = language.text
    usual = ServeLimits()
    group = to.add_argument_group(text("where it answers"))
    group.add_argument(
        "--host",
        metavar=text("ADDRESS"),
        help=text("the address that it answers on (without: all, IPv6 and IPv4)"),
    )
    group.add_argument(
        "--port",
        metavar="N",
        type=_number(language, 0, 65535),
        default=8080,
        help=text("the port, for TCP and UDP alike (default {port}; 0: any free one)").format(port=8080),
    )
    group.add_argument("--token", help=text("only links that begin with /TOKEN/ are answered"))
    group.add_argument(
        "--tls-cert", metavar=text("FILE"), type=Path, help=text("HTTPS with this certificate")
    )
    group.add_argument("--tls-key", metavar=text("FILE"), type=Path, help=text("and this key"))
    group = to.add_argument_group(text("how much it gives away"))
    for option, most, default, words in (
        ("--tests", 10_000, usual.tests, text("transfers and calls at a time")),
        ("--client-tests", 10_000, usual.client_tests, text("the same, of one client")),
        ("--test-s", 3_600, usual.test_s, text("seconds of one transfer")),
        ("--test-mb", 1_000_000, usual.test_mb, text("megabytes of one transfer")),
        ("--client-mb", 100_000_000, usual.client_mb, text("megabytes an hour for one client")),
        ("--client-s", 10_000_000, usual.client_s, text("seconds of transfers an hour for one client")),
        (
            "--client-packets",
            1_000_000,
            usual.client_packets_s,
            text("packets a second over UDP from one client"),
        ),
    ):
        words = text("{what} (default {number})").format(what=words, number=int(default))  # noqa: PLW2901
        group.add_argument(
            option, metavar="N", type=_number(language, 1, most), default=int(default), help=words
        )
    group = to.add_argument_group(text("what it says"))
    group.add_argument("--log-addresses", action="store_true", help=text("clients' addresses in the log"))
    _lookup_options(to, language)


def _demo_options(to: Parser, language: Language) -> None:
    text = language.text
    to.formatter_class = argparse.RawDescriptionHelpFormatter
    to.epilog = "\n".join(f"  {name:16}  {text(words)}" for name, words in SCENARIOS.items())
    to.add_argument(
        "scenario",
        nargs="?",
        metavar="SCENARIO",
        default=DEFAULT,
        help=text("one of these below (default {name})").format(name=DEFAULT),
    )
    to.add_argument(
        "--speed",
        metavar="N",
        type=_speed(language),
        help=text("N times as fast as in reality (default: 1 on a terminal, elsewhere at once)"),
    )
    _output_options(to, text, again=True)


def _output_options(to: argparse.ArgumentParser, text: Callable[[str], str], *, again: bool = False) -> None:
    group = to.add_argument_group(text("what is written"))
    kind = group.add_mutually_exclusive_group()
    kind.add_argument(
        "--plain",
        action="store_true",
        default=_default(value=False, again=again),
        help=text("plain lines of text; without it, a terminal gets the app"),
    )
    kind.add_argument(
        "--json",
        action="store_true",
        default=_default(value=False, again=again),
        help=text("the report as JSON, and nothing else"),
    )
    group.add_argument(
        "-o",
        "--output",
        metavar=text("FILE"),
        type=Path,
        default=_default(value=None, again=again),
        help=text("write to FILE, whole or not at all"),
    )
    group.add_argument(
        "--include-private",
        action=argparse.BooleanOptionalAction,
        default=_default(value=None, again=again),
        help=text("keep addresses and names of computers, networks and people in what is written"),
    )
    _language_options(to, text, again=again)


def _language_options(to: argparse.ArgumentParser, text: Callable[[str], str], *, again: bool) -> None:
    group = to.add_argument_group(text("in general"))
    group.add_argument(
        "--lang",
        choices=LANGUAGES,
        default=_default(value=None, again=again),
        help=text("language of the texts"),
    )
    group.add_argument(
        "--config",
        metavar=text("FILE"),
        type=Path,
        default=_default(value=None, again=again),
        help=text("settings from FILE alone"),
    )
    group.add_argument(
        "-v",
        "--verbose",
        action="store_true",
        default=_default(value=False, again=again),
        help=text("details on standard error"),
    )
