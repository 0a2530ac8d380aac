"""Writing to a file so that it holds the old content or the new, never a part."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

_TRIES = 20
_HELD_S = 1.0
"""Windows: a virus scanner or an indexer looks at a new file for a moment; who holds one for longer uses it."""
_POLL_S = 0.02
_LONGEST_SHORT_PATH = 200
"""Windows: MAX_PATH is 260, and a temporary name beside the file is up to 30 characters longer than the file's own."""


def writable(path: Path) -> None:
    """Make sure, before a run, that its report can be written to `path`.

    Raises:
        OSError: it can't; the message of the error says why.
    """
    target = _target(path)
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if _is_special(target):
        os.close(_open_special(target))
        return
    handle, beside = _new_file_beside(target)
    os.close(handle)
    beside.unlink()
    if sys.platform == "win32" and target.exists():
        if not os.access(target, os.W_OK):  # marked as one that can only be read
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        target.replace(target)  # refused while a program has it open


def write_atomically(path: Path, content: bytes) -> None:
    """Replace `path` by `content` at once; a pipe or a device is written to directly.

    Raises:
        OSError: it can't be written; the old content is still there.
    """
    with replacing(path) as file:
        file.write(content)


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """What is written within replaces `path` at the end; a pipe or a device is written to directly.

    Raises:
        OSError: it can't be written; the old content is still there.
    """
    target = _target(path)
    if _is_special(target):
        with os.fdopen(_open_special(target), "wb") as file:
            yield file
        return
    handle, beside = _new_file_beside(target)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        beside.chmod(target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask())
        _replace(beside, target)
    except BaseException:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise


def _new_file_beside(target: Path) -> tuple[int, Path]:
    """Open for writing, its owner's alone.

    `tempfile` has the same, but on Windows tries two thousand million names in a folder that it may not write to.

    Raises:
        OSError: it can't be made.
    """
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
    for _ in range(_TRIES):
        path = target.parent / f".{target.name[:100]}.{secrets.token_hex(4)}"
        with contextlib.suppress(FileExistsError):
            return os.open(path, flags, 0o600), path
    raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))


def _replace(source: Path, target: Path) -> None:
    """Put `source` into the place of `target`; on Windows that waits a moment for whoever looks at one of them."""
    until = time.monotonic() + (_HELD_S if sys.platform == "win32" else 0.0)
    while True:
        try:
            source.replace(target)
        except PermissionError:
            if time.monotonic() >= until:
                raise
            time.sleep(_POLL_S)
        else:
            return


def _target(path: Path) -> Path:
    """The file itself when `path` is a link to one; what is no file (`/dev/stdout` in a pipe) keeps its name."""
    target = Path(os.path.realpath(path)) if path.is_symlink() and not _is_special(path) else path
    if sys.platform == "win32":
        whole = os.path.abspath(target)  # noqa: PTH100 - without following links
        if len(whole) > _LONGEST_SHORT_PATH and not whole.startswith("\\\\"):
            return Path(f"\\\\?\\{whole}")  # as long as it likes, whatever this Windows is set to
    return target


def _is_special(path: Path) -> bool:
    return path.exists() and not path.is_file()


def _open_special(path: Path) -> int:
    """A pipe or a device, without waiting for somebody to read it.

    Raises:
        OSError: nobody reads this pipe.
    """
    handle = os.open(path, os.O_WRONLY | getattr(os, "O_NONBLOCK", 0))
    if sys.platform != "win32":
        os.set_blocking(handle, True)
    return handle


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
