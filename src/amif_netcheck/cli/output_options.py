"""Options of every command: where its output goes, in which format and language."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from amif_netcheck.advice.language import LANGUAGES
from amif_netcheck.output import formats


def _default(*, value: object, again: bool) -> Any:
    """An option that stands on both sides of a command must not be reset by the second."""
    return argparse.SUPPRESS if again else value


def _page_option(to: argparse._ActionsContainer, text: Callable[[str], str], *, again: bool) -> None:
    to.add_argument(
        "--html",
        metavar=text("FILE"),
        type=Path,
        default=_default(value=None, again=again),
        help=text("write a page to FILE as well, to read, print and send"),
    )


def file_options(to: argparse.ArgumentParser, text: Callable[[str], str], known: Sequence[str]) -> None:
    """Where the output of a command that judges nothing goes, and in which of the `known` formats."""
    group = to.add_argument_group(text("what is written"))
    group.add_argument(
        "--format",
        choices=known,
        metavar=text("FORMAT"),
        default=argparse.SUPPRESS,
        help=text("one of: {names}").format(names=", ".join(known)),
    )
    for option, words in (
        ("--plain", text("plain lines of text")),
        ("--json", text("one JSON document, and nothing else")),
    ):
        group.add_argument(
            option,
            action="store_const",
            dest="format",
            const=option.removeprefix("--"),
            default=argparse.SUPPRESS,
            help=words,
        )
    group.add_argument(
        "-o",
        "--output",
        metavar=text("FILE"),
        type=Path,
        default=argparse.SUPPRESS,
        help=text("write to FILE, whole or not at all"),
    )
    if "html" in known:
        _page_option(group, text, again=True)


def output_options(to: argparse.ArgumentParser, text: Callable[[str], str], *, again: bool = False) -> None:
    """Of what writes a report; `again`: on the other side of a command, where the first must not be reset."""
    group = to.add_argument_group(text("what is written"))
    kind = group.add_mutually_exclusive_group()
    kind.add_argument(
        "--plain",
        action="store_const",
        dest="format",
        const="plain",
        default=_default(value=None, again=again),
        help=text("plain lines of text; without it, a terminal gets the app"),
    )
    kind.add_argument(
        "--json",
        action="store_const",
        dest="format",
        const="json",
        default=_default(value=None, again=again),
        help=text("the report as JSON, and nothing else"),
    )
    known = formats.names()
    kind.add_argument(
        "--format",
        choices=known,
        metavar=text("FORMAT"),
        default=_default(value=None, again=again),
        help=text("the report in another format, for other programs: {names}").format(names=", ".join(known)),
    )
    group.add_argument(
        "-o",
        "--output",
        metavar=text("FILE"),
        type=Path,
        default=_default(value=None, again=again),
        help=text("write to FILE, whole or not at all"),
    )
    _page_option(group, text, again=again)
    group.add_argument(
        "--include-private",
        action=argparse.BooleanOptionalAction,
        default=_default(value=None, again=again),
        help=text("keep addresses and names of computers, networks and people in what is written"),
    )
    language_options(to, text, again=again)


def language_options(to: argparse.ArgumentParser, text: Callable[[str], str], *, again: bool) -> None:
    """Of everything: language, settings, details."""
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
