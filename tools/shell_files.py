"""Write `shell/`: what completes the command line in four shells, and man pages, all from the parser.

Run by contributors after changing an option or its words; the tests fail while the files are behind.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import shtab
from argparse_manpage.manpage import Manpage

from amif_netcheck.advice.language import LANGUAGES, SOURCE, Language
from amif_netcheck.advice.scenarios import SCENARIOS
from amif_netcheck.checks.registry import SPECS
from amif_netcheck.cli import grammar
from amif_netcheck.model.choices import CHECKS

FOLDER = Path(__file__).resolve().parent.parent / "shell"
SHELLS = {
    "bash": "amif-netcheck.bash",
    "zsh": "_amif-netcheck",
    "fish": "amif-netcheck.fish",
    "powershell": "amif-netcheck.ps1",
}
"""The file of each shell, called as that shell wants it."""
_KNOWN = {"code": tuple(SPECS), "scenario": tuple(SCENARIOS), "only": CHECKS, "skip": CHECKS}
"""What can stand for arguments whose parser takes any text; of a list, the first."""
_FILES = {"report", "reports", "paths", "meeting"}
_SAYS = {
    "en": "checks a computer before a videoconference",
    "fr": "vérifie un ordinateur avant une visioconférence",
}
_WIDTH = 80
_TRAILING = re.compile(r"[ \t]+$", re.MULTILINE)


def whole_parser(language: Language) -> argparse.ArgumentParser:
    """The parser with the options of every command."""
    names = list(_commands(grammar.parser(language, ())))
    return grammar.parser(language, names)


def files() -> Iterator[tuple[Path, str]]:
    """Every file and what is to stand in it."""
    english = whole_parser(Language(SOURCE))
    for parser in (english, *_commands(english).values()):
        _tell_what_completes(parser)
    for shell, name in SHELLS.items():
        yield FOLDER / name, _lines(shtab.complete(english, shell=shell))
    for code in LANGUAGES:
        language = Language(code)
        yield FOLDER / "man" / f"amif-netcheck.{code}.1", _man_page(language)


def _man_page(language: Language) -> str:
    parser = whole_parser(language)
    for each in (parser, *_commands(parser).values()):  # whatever terminal this runs in
        setattr(each, "formatter_class", partial(_formatter(each), width=_WIDTH))  # noqa: B010 - typed as a class
    page = Manpage(
        parser,
        _data={
            "prog": parser.prog,
            "description": _SAYS[language.code],
            "project_name": parser.prog,
            "date": " ",
            "manual_title": parser.prog,
            "format": "single-commands-section",
        },
        format="single-commands-section",
    )
    return _lines(str(page))


def _formatter(parser: argparse.ArgumentParser) -> type[argparse.HelpFormatter]:
    known = parser.formatter_class
    return (
        known
        if isinstance(known, type) and issubclass(known, argparse.HelpFormatter)
        else argparse.HelpFormatter
    )


def _commands(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    for action in parser._actions:  # noqa: SLF001 - argparse has no other way to them
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
            return dict(action.choices)
    return {}


def _tell_what_completes(parser: argparse.ArgumentParser) -> None:
    for action in parser._actions:  # noqa: SLF001
        if action.dest in _KNOWN:
            action.choices = _KNOWN[action.dest]
        elif action.type is Path or action.dest in _FILES:
            setattr(action, "complete", shtab.FILE)  # noqa: B010 - shtab's way


def _lines(text: str) -> str:
    return _TRAILING.sub("", text).strip("\n") + "\n"


def main() -> None:
    """Write them all."""
    for path, content in files():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
