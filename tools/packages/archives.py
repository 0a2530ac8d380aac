"""Archives and lists of hashes that are the same bytes for the same content."""

from __future__ import annotations

import hashlib
import time
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

_UNIX = 3
_FILE, _PROGRAM = 0o100644, 0o100755


def zip_of(
    target: Path,
    members: Mapping[str, bytes],
    *,
    moment: int,
    pack: bool,
    programs: Iterable[str] = (),
) -> None:
    """Write a zip archive: sorted, every file with the same time in UTC, nothing of this machine in it.

    Args:
        target: the archive.
        members: contents by path with slashes.
        moment: seconds since 1970.
        pack: deflated; else as they are, which an importer reads faster and a solid archive around it packs better.
        programs: those that may be started, on Unix.
    """
    programs = set(programs)
    with zipfile.ZipFile(target, "w") as archive:
        for path in sorted(members):
            info = zipfile.ZipInfo(path, time.gmtime(moment)[:6])
            info.create_system = _UNIX
            info.external_attr = (_PROGRAM if path in programs else _FILE) << 16
            info.compress_type = zipfile.ZIP_DEFLATED if pack else zipfile.ZIP_STORED
            archive.writestr(info, members[path], compresslevel=6)


def contents(folder: Path) -> dict[str, bytes]:
    """All files of a folder by their path with slashes."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def sha256(path: Path) -> str:
    """Its hash, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_hash(path: Path) -> Path:
    """Put `NAME.sha256` beside a file, in the form that `sha256sum --check` reads."""
    beside = path.with_name(f"{path.name}.sha256")
    beside.write_text(f"{sha256(path)}  {path.name}\n", encoding="ascii", newline="\n")
    return beside
