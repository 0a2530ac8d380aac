"""One conversation with the sound server: a child has it (`pulse_child`), and is killed when its time is up."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path
from typing import Any, NamedTuple

from amif_netcheck.children import Child

_CHILD = "amif_netcheck.platforms.linux.pulse_child"
_LONGEST_ANSWER = 4 * 1024 * 1024
_DEFAULT = re.compile(r"^[ \t]*default-server[ \t]*=[ \t]*(.+?)[ \t]*$", re.MULTILINE)
_INCLUDE = re.compile(r"^[ \t]*\.include[ \t]+(.+?)[ \t]*$", re.MULTILINE)
_MOST_FILES = 32
_LARGEST_FILE = 256 * 1024
_NOT_JUDGED = "?"
"""Stands for whatever server a file may name that we don't read."""
_SCREEN = re.compile(r"$|(unix)?:|/")
_SOCKET = re.compile(r"(\{[^}]*\})?(unix:|/)")


class PulseReply(NamedTuple):
    """What the child answered: `answer` by `key`, or what went wrong. `asked`: it came as far as asking the server."""

    answer: Any
    error: str
    ended: bool
    asked: bool


def ask_child(request: dict[str, Any], key: str, until: float) -> PulseReply:
    """Have the child do `request`, by `until` (`time.monotonic`)."""
    child = Child(_CHILD, request, longest_line=_LONGEST_ANSWER)
    try:
        child.wait(until - time.monotonic())
        message, error, ended = child.last(key), child.error, child.ended
        asked = child.last("asking") is not None
    finally:
        child.kill()
    return PulseReply(message[key] if message else None, error, ended, asked)


def is_elsewhere() -> bool:
    """Is libpulse set to ask a server through the network? By PULSE_SERVER, or any of its configuration files.

    Servers are addresses, tried in turn; those of this computer are sockets in its file system. It also asks the
    X server for one, which may be another computer's (SSH).
    """
    if not _SCREEN.match(os.environ.get("DISPLAY", "")):
        return True
    servers = os.environ.get("PULSE_SERVER") or " ".join(_named(_files()))
    return not all(_SOCKET.match(address) for address in servers.split())


def _files() -> list[Path]:
    """Where libpulse may look (pulse-client.conf(5))."""
    home = Path(os.environ.get("HOME", "/"))
    settings = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config")
    folders = [os.environ.get("PULSE_CONFIG_PATH"), home / ".pulse", settings / "pulse", "/etc/pulse"]
    files = [Path(folder) / "client.conf" for folder in folders if folder]
    if os.environ.get("PULSE_CLIENTCONFIG"):
        files = [Path(os.environ["PULSE_CLIENTCONFIG"])]
    return [part for file in files for part in (file, *_parts(Path(f"{file}.d")))]


def _parts(folder: Path) -> list[Path]:
    """The files that libpulse reads in a folder; none where it may not look either."""
    try:
        return sorted(folder.glob("*.conf"))
    except OSError:
        return []


def _named(files: list[Path]) -> list[str]:
    """The servers that `files` name, and those that they include: by their path, or from their own folder on."""
    named, visited = list[str](), set[Path]()
    while files:
        file, *files = files
        if file in visited:
            continue
        if len(visited) == _MOST_FILES:
            return [*named, _NOT_JUDGED]
        visited.add(file)
        text = _text(file)
        if text is None:
            return [*named, _NOT_JUDGED]
        named += _DEFAULT.findall(text)
        files += [file.parent / name for name in _INCLUDE.findall(text)]
    return named


def _text(file: Path) -> str | None:
    """What libpulse can read there, if anything; None when that is no file, or too much."""
    try:
        if not file.is_file():
            return None if file.exists() else ""
        if file.stat().st_size > _LARGEST_FILE:
            return None
        return file.read_text(errors="replace")
    except (OSError, ValueError):
        return ""
