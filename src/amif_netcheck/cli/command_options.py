"""Options of the commands that are no run: each in a function, for those that are typed alone."""

from __future__ import annotations

import argparse
from pathlib import Path

from amif_netcheck.advice.language import Language
from amif_netcheck.advice.scenarios import DEFAULT, SCENARIOS
from amif_netcheck.cli.output_options import file_options, language_options, output_options
from amif_netcheck.cli.values import number, speed
from amif_netcheck.errors import ANSWERS
from amif_netcheck.model.choices import CHECKS, SYSTEMS


def replay_options(to: argparse.ArgumentParser, language: Language) -> None:
    """A saved report, judged again."""
    text = language.text
    to.add_argument(
        "report", metavar="REPORT.json", help=text("a report written by --json; - reads standard input")
    )
    output_options(to, text, again=True)


def compare_options(to: argparse.ArgumentParser, language: Language) -> None:
    """Reports of one machine."""
    text = language.text
    to.add_argument(
        "reports",
        nargs="+",
        metavar="REPORT.json",
        help=text("two reports or more of one machine, written by --json"),
    )
    file_options(to, text, ("plain", "json", "html"))
    language_options(to, text, again=True)


def summary_options(to: argparse.ArgumentParser, language: Language) -> None:
    """Reports of many."""
    from amif_netcheck.cli.desk_commands import day

    text = language.text
    to.add_argument(
        "paths", nargs="+", metavar=text("FOLDER_OR_FILE"), help=text("reports, and folders with reports")
    )
    group = to.add_argument_group(text("which reports are looked at"))
    group.add_argument(
        "--verdict",
        action="append",
        choices=tuple(ANSWERS),
        help=text("those with this verdict (may be repeated)"),
    )
    group.add_argument(
        "--check",
        action="append",
        choices=CHECKS,
        help=text("those in which this check is not well (may be repeated)"),
    )
    group.add_argument(
        "--code",
        action="append",
        metavar="CODE",
        help=text("those in which this was found (may be repeated)"),
    )
    group.add_argument(
        "--site", action="append", metavar="SITE", help=text("those of this site (may be repeated)")
    )
    for option, words in (
        ("--since", text("those of this day and later")),
        ("--until", text("those of this day and earlier")),
    ):
        group.add_argument(option, metavar=text("DAY"), type=day(language), help=words)
    file_options(to, text, ("plain", "json", "csv", "html", "parquet"))
    language_options(to, text, again=True)


def explain_options(to: argparse.ArgumentParser, language: Language) -> None:
    """A finding."""
    text = language.text
    to.add_argument(
        "code", nargs="?", metavar="CODE", help=text("a finding's code; without it, all codes are listed")
    )
    lookup_options(to, language)


def lookup_options(to: argparse.ArgumentParser, language: Language) -> None:
    """What is only looked up: language and settings."""
    language_options(to, language.text, again=True)


def settings_options(to: argparse.ArgumentParser, language: Language) -> None:
    """The settings, or a file of them."""
    text = language.text
    what = to.add_mutually_exclusive_group()
    what.add_argument("--check", metavar=text("FILE"), type=Path, help=text("is this settings file right?"))
    what.add_argument("--example", action="store_true", help=text("a settings file with every key"))
    what.add_argument("--schema", action="store_true", help=text("the JSON Schema of a settings file"))
    lookup_options(to, language)


def profiles_options(to: argparse.ArgumentParser, language: Language) -> None:
    """Meeting services."""
    text = language.text
    to.add_argument(
        "profile",
        nargs="?",
        metavar=text("NAME"),
        help=text("one of them, or a meeting’s link or host; without it, all in a table"),
    )
    file_options(to, text, ("plain", "json"))
    language_options(to, text, again=True)


def serve_options(to: argparse.ArgumentParser, language: Language) -> None:
    """A test point."""
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
        type=number(language, 0, 65535),
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
            option, metavar="N", type=number(language, 1, most), default=int(default), help=words
        )
    group = to.add_argument_group(text("what it says"))
    group.add_argument("--log-addresses", action="store_true", help=text("clients' addresses in the log"))
    lookup_options(to, language)


def demo_options(to: argparse.ArgumentParser, language: Language) -> None:
    """A recorded computer."""
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
        "--system",
        choices=SYSTEMS,
        help=text("the recorded computer's system (default: this computer's own)"),
    )
    to.add_argument(
        "--speed",
        metavar="N",
        type=speed(language),
        help=text("N times as fast as in reality (default: 1 on a terminal, elsewhere at once)"),
    )
    output_options(to, text, again=True)
