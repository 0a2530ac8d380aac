"""What a test needs of the system it runs on, in one place: it is skipped with the reason where that is missing."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

WINDOWS = sys.platform == "win32"
POSIX_ONLY = "not on Windows: "
LINUX_ONLY = "only on Linux: "
NOT_UNDER_WINE = "not under Wine: "
_PARIS = [timedelta(hours=1), timedelta(hours=2)]


def needs_posix(what: str) -> pytest.MarkDecorator:
    """For a test of something that Windows does not have; `what` is named in the reason."""
    return pytest.mark.skipif(WINDOWS, reason=POSIX_ONLY + what)


def needs_linux(what: str) -> pytest.MarkDecorator:
    """For a test of something that only Linux has."""
    return pytest.mark.skipif(not sys.platform.startswith("linux"), reason=LINUX_ONLY + what)


def needs_windows(what: str) -> pytest.MarkDecorator:
    """For a test of something that only Windows has."""
    return pytest.mark.skipif(not WINDOWS, reason="only on Windows: " + what)


def _is_wine() -> bool:
    return sys.platform == "win32" and hasattr(ctypes.WinDLL("ntdll"), "wine_get_version")


WINE = _is_wine()


def needs_real_windows(what: str) -> pytest.MarkDecorator:
    """For a test of something that Windows has and Wine has not."""
    return pytest.mark.skipif(WINE, reason=NOT_UNDER_WINE + what)


def set_home(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    """Let `Path.home()` be this folder."""
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(home))


@contextmanager
def time_in_paris() -> Iterator[None]:
    """The local time is that of Paris; on Windows, where no process can have its own, it has to be already."""
    with pytest.MonkeyPatch.context() as patch:
        if not WINDOWS:
            patch.setenv("TZ", "Europe/Paris")
        _read_time_zone()
        if [datetime(2026, month, 1, 12).astimezone().utcoffset() for month in (1, 7)] != _PARIS:
            pytest.skip('needs a computer in Paris: tzutil /s "Romance Standard Time"')
        yield
    _read_time_zone()


def _read_time_zone() -> None:
    """Go by TZ; Windows' C runtime reads it too, but knows no names of places."""
    if sys.platform == "win32":
        os.environ.pop("TZ", None)
        ctypes.CDLL("ucrtbase")._tzset()
    else:
        time.tzset()


def is_root() -> bool:
    """May this process do what it likes with files?"""
    return sys.platform != "win32" and os.geteuid() == 0


def make_link(link: Path, target: Path) -> None:
    """A symbolic link; on Windows only administrators, and developers who said so, may make one."""
    try:
        link.symlink_to(target)
    except OSError as error:
        if not WINDOWS:
            raise
        pytest.skip(f"{POSIX_ONLY}a symbolic link by a standard user ({error})")
    if WINE and not link.is_symlink():
        pytest.skip(f"{NOT_UNDER_WINE}symbolic links")


def validate(report: object, schema: object) -> None:
    """By jsonschema, whose library (rpds) is built for a function of Windows that Wine 8 lacks."""
    try:
        import jsonschema  # noqa: PLC0415 - see above
    except ImportError as error:
        if not WINDOWS:
            raise
        pytest.skip(f"{NOT_UNDER_WINE}jsonschema ({error})")
    jsonschema.validate(report, schema)


def make_pipe(path: Path) -> None:
    """A pipe that has a name among the files."""
    if sys.platform == "win32":
        pytest.skip(f"{POSIX_ONLY}a pipe with a name among the files")
    os.mkfifo(path)


def needs_program(name: str) -> None:
    """Skip where Windows has no such program; elsewhere it has to be there."""
    if WINDOWS and shutil.which(name) is None:
        pytest.skip(f"{POSIX_ONLY}{name}")


needs_second_loopback = pytest.mark.skipif(
    WINE or sys.platform == "darwin",
    reason=f"{NOT_UNDER_WINE}a second loopback address (127.0.0.2 is told as 127.0.0.1; macOS has none)",
)
needs_udp_refusals = needs_real_windows("a refusal (ICMP) told to a UDP socket")


def put_on_path(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Let children of this process find modules in `folder`, before those that they find already."""
    monkeypatch.setenv(
        "PYTHONPATH", os.pathsep.join(filter(None, (str(folder), os.environ.get("PYTHONPATH"))))
    )
