"""What is on the person's clipboard: read when they ask for it, never otherwise."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

from amif_netcheck.children.programs import foreign_environment

_PATIENCE_S = 2.0
_CF_UNICODETEXT = 13


def text() -> str:
    """Its text; empty where there is none.

    Raises:
        OSError: it can't be read here.
    """
    if sys.platform == "win32":
        return _of_windows()
    for command in _programs():
        if shutil.which(command[0]) is None:
            continue
        try:
            read = subprocess.run(  # noqa: S603 - a list of our own
                command,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_PATIENCE_S,
                check=False,
                env=foreign_environment(),
            )
        except subprocess.TimeoutExpired:
            continue
        if read.returncode == 0:
            return read.stdout.decode(errors="replace")
    raise OSError("nothing here reads the clipboard")


def _programs() -> Iterator[tuple[str, ...]]:
    if sys.platform == "darwin":
        yield (
            "/usr/bin/env",
            "LC_CTYPE=UTF-8",
            "/usr/bin/pbpaste",
        )  # else it answers in the locale's own letters
    if os.environ.get("WAYLAND_DISPLAY"):
        yield ("wl-paste", "--no-newline")
    if os.environ.get("DISPLAY"):
        yield ("xclip", "-selection", "clipboard", "-out")
        yield ("xsel", "--clipboard", "--output")


def _of_windows() -> str:
    if sys.platform != "win32":
        raise OSError
    import ctypes
    from ctypes import wintypes

    user, kernel = (
        ctypes.WinDLL("user32", use_last_error=True),
        ctypes.WinDLL("kernel32", use_last_error=True),
    )
    user.OpenClipboard.argtypes = [wintypes.HWND]
    user.GetClipboardData.argtypes, user.GetClipboardData.restype = [wintypes.UINT], wintypes.HANDLE
    kernel.GlobalLock.argtypes, kernel.GlobalLock.restype = [wintypes.HANDLE], wintypes.LPVOID
    kernel.GlobalUnlock.argtypes = [wintypes.HANDLE]
    if not user.OpenClipboard(None):
        raise ctypes.WinError(ctypes.get_last_error())
    try:
        held = user.GetClipboardData(_CF_UNICODETEXT)
        place = kernel.GlobalLock(held) if held else None
        if not place:
            return ""
        try:
            return ctypes.wstring_at(place)
        finally:
            kernel.GlobalUnlock(held)
    finally:
        user.CloseClipboard()
