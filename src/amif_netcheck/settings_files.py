"""The files of settings: TOML, the machine-wide one of an IT desk under the person's own; or one given by `--config`.

What their content means is for `settings`, which takes longer to load.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any, NamedTuple

from amif_netcheck import folders
from amif_netcheck.errors import InputError

FILE_NAME = "settings.toml"
LARGEST = 1024 * 1024
"""A settings file of more bytes is none."""


class Layer(NamedTuple):
    """One file and what it holds."""

    path: Path
    content: dict[str, Any]


def read(explicit: Path | None) -> list[Layer]:
    """`explicit` alone, else the files that are there; a later one lies over those before it.

    Raises:
        InputError: a file can't be read, or is no TOML.
    """
    if explicit is not None:
        return [_read(explicit)]
    return [_read(path) for path in paths() if is_there(path)]


def paths() -> tuple[Path, ...]:
    """The machine-wide file and the person's own; the later one wins."""
    places = [folders.machine_settings()]
    with contextlib.suppress(RuntimeError):  # a user without a home
        places.append(folders.own_settings())
    return tuple(folder / FILE_NAME for folder in places)


def is_there(path: Path) -> bool:
    """A file in a folder that can't be searched, or on a disk that doesn't answer, is as good as none: nobody named it."""
    try:
        path.stat()
    except (OSError, ValueError):
        return False
    return True


def _read(path: Path) -> Layer:
    try:
        if path.exists() and not path.is_file():
            raise InputError("settings.no_file", file=path)
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        raise InputError("settings.unreadable", file=path, reason=error) from error
    if len(content) > LARGEST:
        raise InputError("settings.too_large", file=path)
    if not content.strip():
        return Layer(path, {})
    import tomllib  # noqa: PLC0415 - most people have no settings

    try:
        return Layer(path, tomllib.loads(content.decode("utf-8-sig").replace("\r\n", "\n")))
    except UnicodeDecodeError as error:
        raise InputError("settings.no_text", file=path) from error
    except (RecursionError, ValueError) as error:
        raise InputError("settings.no_toml", file=path, reason=str(error) or type(error).__name__) from error
