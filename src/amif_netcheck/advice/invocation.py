"""The command that this program was started by, for hints that people type again."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import sys
from functools import cache
from importlib import metadata
from pathlib import Path

_NAME = "amif-netcheck"
_COMMAND = re.compile(rf"(?<![\w/\\]){_NAME}(?= (?:--|demo|explain|list|profiles|schema|serve|settings)\b)")
_TOOL_FOLDERS = ("archive-v", "environments-v")
"""Where uv keeps, inside its cache, what `uvx` runs."""


def as_started(text: str) -> str:
    """`text` with the commands in it as this program was started. Not for what is kept or sent: a path may name a person."""
    return _COMMAND.sub(lambda _: own_command(), text)


@cache
def own_command() -> str:
    """Such as `amif-netcheck`, `.venv/bin/amif-netcheck`, `uvx amif-netcheck` or `python3 -m amif_netcheck`."""
    if any(part.startswith(_TOOL_FOLDERS) for part in Path(sys.prefix).parts):
        return " ".join(["uvx", *_source(), _NAME])
    program = _packaged() or Path(sys.argv[0])
    if program.stem == _NAME:
        return _NAME if _is_found(program) else _quoted(_short(program))
    return f"{_quoted(sys.orig_argv[0] if sys.orig_argv else sys.executable)} -m amif_netcheck"


def _packaged() -> Path | None:
    """The program that people start, where it is a frozen one, or one that brings its own Python along."""
    if getattr(sys, "frozen", False):
        return Path(sys.executable)
    parents = Path(sys.executable).parents
    beside = [parents[2] / f"{_NAME}.exe", parents[3] / "MacOS" / _NAME] if len(parents) > 3 else []  # noqa: PLR2004
    return next((each for each in beside if each.is_file()), None)


def _is_found(program: Path) -> bool:
    """Does its name alone start it?"""
    found = shutil.which(_NAME)
    return found is not None and program.exists() and program.samefile(found)


def _short(program: Path) -> str:
    """From where the person is, when that is above it."""
    here = Path.cwd()
    inside = program.is_absolute() and program.is_relative_to(here)
    return str(program.relative_to(here)) if inside else str(program)


def _quoted(word: str) -> str:
    if sys.platform == "win32":
        return f'"{word}"' if " " in word else word
    return shlex.quote(word)


def _source() -> list[str]:
    """What `uvx` was told to take it from, unless that is the usual place (PEP 610)."""
    try:
        origin = json.loads(metadata.distribution(_NAME).read_text("direct_url.json") or "{}")
    except (metadata.PackageNotFoundError, ValueError):
        return []
    if not origin.get("url"):
        return []
    control = origin.get("vcs_info", {})
    revision = f"@{control['requested_revision']}" if control.get("requested_revision") else ""
    kind = f"{control['vcs']}+" if control.get("vcs") else ""
    return ["--from", _quoted(f"{kind}{origin['url']}{revision}")]
