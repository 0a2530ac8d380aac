"""Which reports the desk has dealt with: a file of this user, so that a mark outlasts the program."""

from __future__ import annotations

import contextlib
import hashlib
from pathlib import Path

import msgspec

from amif_netcheck.desk.digest import Digest
from amif_netcheck.output import files

_MOST = 1_000_000
_DIGITS = 16
_LARGEST = 32 * 1024 * 1024


class Handled:
    """Marks by report: the file's name and when the report was made, so that a later one under this name is a new one."""

    def __init__(self, path: Path | None) -> None:
        """`path` is where they are kept; nowhere when it is None."""
        self._path = path
        self._marks: dict[str, None] = {}
        if path is not None:
            with contextlib.suppress(OSError, msgspec.DecodeError), path.open("rb") as file:
                self._marks = dict.fromkeys(msgspec.json.decode(file.read(_LARGEST), type=list[str]))

    def __contains__(self, digest: Digest) -> bool:
        return self._mark(digest) in self._marks

    def toggle(self, digest: Digest) -> None:
        """Mark it, or take the mark off.

        Raises:
            OSError: the mark can't be kept; it holds until the program ends.
        """
        mark = self._mark(digest)
        if mark in self._marks:
            del self._marks[mark]
        else:
            self._marks[mark] = None
        if self._path is not None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            files.write_atomically(self._path, msgspec.json.encode(list(self._marks)[-_MOST:]))

    @staticmethod
    def _mark(digest: Digest) -> str:
        """No name of anybody is kept."""
        text = f"{Path(digest.file).name}\n{digest.when}"
        return hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]
