"""`--version --verbose`: what an IT desk asks for first. Nothing is measured, nothing is sent, no name of a person is told."""

from __future__ import annotations

import contextlib
import platform
import re
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from amif_netcheck import __version__, folders, settings_files
from amif_netcheck.output.private import redact_text

_PROGRAM = "amif-netcheck"


def lines() -> Iterator[str]:
    """First what `--version` says; then `key: value`, in English as scripts read it; `package` once for each, by name."""
    yield f"{_PROGRAM} {__version__}"
    yield f"python: {platform.python_implementation()} {platform.python_version()}"
    yield f"system: {platform.system()} {platform.release()} ({platform.version()}), {platform.machine()}"
    yield f"program: {_place(Path(sys.executable))}"
    yield f"folder: {_place(Path(__file__).parent.parent)}"
    for path in settings_files.paths():
        yield f"settings: {_place(path)}{'' if settings_files.is_there(path) else ' (none)'}"
    try:
        yield f"log: {_place(folders.log())}"
    except RuntimeError:
        yield "log: none"
    for name, version in sorted(packages(_PROGRAM).items()):
        yield f"package: {name} {version}"


def packages(name: str) -> dict[str, str]:
    """The versions of what a package needs, directly or not, without extras; those that are not here are left out."""
    found: dict[str, str] = {}
    wanted = _needs(name)
    while wanted:
        each = wanted.pop()
        if each not in found:
            try:
                found[each] = metadata.version(each)
            except metadata.PackageNotFoundError:
                continue
            wanted |= _needs(each)
    return found


def _needs(name: str) -> set[str]:
    try:
        listed = metadata.requires(name) or ()
    except metadata.PackageNotFoundError:
        return set()
    names = (re.match(r"[A-Za-z0-9._-]+", line) for line in listed if "extra ==" not in line)
    return {re.sub(r"[-_.]+", "-", found[0]).lower() for found in names if found}


def _place(path: Path) -> str:
    """A path without the person's name: their home is `~`."""
    with contextlib.suppress(ValueError, RuntimeError):  # elsewhere; or this user has no home
        path = "~" / path.relative_to(Path.home())
    return redact_text(str(path))
