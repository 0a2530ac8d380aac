"""Writing to a file so that it holds the old content or the new, never a part."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from pathlib import Path


def writable(path: Path) -> None:
    """Make sure, before a run, that its report can be written to `path`.

    Raises:
        OSError: it can't; the message of the error says why.
    """
    target = _target(path)
    if target.is_dir():
        raise IsADirectoryError(21, "Is a directory", str(path))
    if _is_special(target):
        os.close(_open_special(target))
        return
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:100]}.")
    os.close(handle)
    Path(name).unlink()


def write_atomically(path: Path, content: bytes) -> None:
    """Replace `path` by `content` at once; a pipe or a device is written to directly.

    Raises:
        OSError: it can't be written; the old content is still there.
    """
    target = _target(path)
    if _is_special(target):
        with os.fdopen(_open_special(target), "wb") as file:
            file.write(content)
        return
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:100]}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask())
        Path(name).replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


def _target(path: Path) -> Path:
    """The file itself when `path` is a link to one; what is no file (`/dev/stdout` in a pipe) keeps its name."""
    return Path(os.path.realpath(path)) if path.is_symlink() and not _is_special(path) else path


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
