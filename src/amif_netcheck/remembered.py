"""What the app remembers from one time to the next: the colours and the language that were chosen in it. Nothing depends on it."""

from __future__ import annotations

import logging

import msgspec
from msgspec import Struct

from amif_netcheck import folders
from amif_netcheck.advice.language import LANGUAGES
from amif_netcheck.model.choices import COLOURS
from amif_netcheck.output import files

log = logging.getLogger(__name__)

_FILE = "app.json"


class Remembered(Struct, frozen=True, kw_only=True):
    """What was chosen; empty for what never was."""

    colours: str = ""
    language: str = ""


def recall() -> Remembered:
    """What was kept; nothing where there is no such file, or one that says something else."""
    try:
        kept = msgspec.json.decode((folders.state() / _FILE).read_bytes(), type=Remembered)
    except (OSError, RuntimeError, ValueError):  # RuntimeError: no home; ValueError: not ours
        return Remembered()
    return Remembered(
        colours=kept.colours if kept.colours in COLOURS else "",
        language=kept.language if kept.language in LANGUAGES else "",
    )


def keep(colours: str = "", language: str = "") -> None:
    """Keep what was chosen now for the next time; where nothing can be written, it is forgotten."""
    before = recall()
    both = Remembered(colours=colours or before.colours, language=language or before.language)
    try:
        path = folders.state() / _FILE
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        files.write_atomically(path, msgspec.json.encode(both) + b"\n")
    except (OSError, RuntimeError, ValueError) as error:
        log.info("colours and language are not kept: %s", error)
