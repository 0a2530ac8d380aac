"""What every package is made of: this repository, its version, its moment, and the packages of its lock file."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NAME = "amif-netcheck"
TITLE_FR = "Prêt pour la visioconférence"
TITLE_EN = "Ready for the videoconference"
PUBLISHER = "The amif-netcheck authors"
HOMEPAGE = "https://pypi.org/project/amif-netcheck/"
EARLIEST = 315_532_800
"""1980-01-01T00:00:00Z, in seconds since 1970: a zip archive knows nothing earlier (APPNOTE 6.3.10, 4.4.6)."""


class PackagingError(Exception):
    """A package can't be made; the message says why, in one line."""


def version(root: Path = ROOT) -> str:
    """The version that the source names.

    Raises:
        PackagingError: it names none.
    """
    text = (root / "src/amif_netcheck/__init__.py").read_text(encoding="utf-8")
    found = re.search(r'^__version__ = "([^"]+)"$', text, re.MULTILINE)
    if found is None:
        raise PackagingError("src/amif_netcheck/__init__.py names no version")
    return found[1]


def shared_files(root: Path = ROOT) -> list[tuple[str, str]]:
    """Files that lie outside of the program: where each is in this repository, and where below `/usr` it goes."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    return list(project["tool"]["hatch"]["build"]["targets"]["wheel"]["shared-data"].items())


def four_numbers(text: str) -> tuple[int, int, int, int]:
    """A version as Windows writes it into a program: `0.2.0` is 0.2.0.0; what follows the numbers (`rc1`) is left out."""
    numbers = [int(part) for part in re.findall(r"\d+", re.split(r"[a-z+-]", text, maxsplit=1)[0])][:4]
    padded = numbers + [0] * (4 - len(numbers))
    return padded[0], padded[1], padded[2], padded[3]


def moment(environment: Mapping[str, str] = os.environ, root: Path = ROOT) -> int:
    """The time that all files of a package bear, in seconds since 1970.

    `SOURCE_DATE_EPOCH` as reproducible-builds.org specifies it, else the time of the last commit, else 1980.
    """
    named = environment.get("SOURCE_DATE_EPOCH", "")
    if named.isdecimal():
        return max(int(named), EARLIEST)
    try:
        told = subprocess.run(  # noqa: S603
            ["git", "-C", str(root), "log", "-1", "--format=%ct"],  # noqa: S607
            capture_output=True,
            check=True,
            text=True,
        ).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return EARLIEST
    return max(int(told), EARLIEST) if told.isdecimal() else EARLIEST


def run(
    *command: str | Path, folder: Path | None = None, environment: Mapping[str, str] | None = None
) -> str:
    """What a tool prints.

    Raises:
        PackagingError: it is not there, or failed; with the last lines that it wrote.
    """
    words = [str(word) for word in command]
    try:
        done = subprocess.run(  # noqa: S603
            words, cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
    except OSError as error:
        raise PackagingError(f"{words[0]}: {error.strerror}") from error
    if done.returncode:
        last = (done.stderr or done.stdout).strip().splitlines()[-20:]
        raise PackagingError(f"{words[0]} failed ({done.returncode}):\n" + "\n".join(last))
    return done.stdout


def uv(*arguments: str | Path, folder: Path | None = None) -> str:
    """What uv prints: the one beside this Python, else the one on the path."""
    beside = Path(sys.executable).with_name("uv")
    return run(beside if beside.exists() else "uv", *arguments, folder=folder)
