r"""Put the program's folder on the user's own `Path`, or take it off again: `user_path.py add|remove FOLDER`.

Part of the setup, and run by the Python that it brings: what NSIS can hold of a text (1024 characters) is less than
many a `Path`. Only `HKEY_CURRENT_USER\Environment` is touched; the other entries stay as they are, to the letter.
"""

from __future__ import annotations

import ntpath
import re
import sys

_LONGEST = 32_767
"""Characters of an environment variable (Microsoft, `SetEnvironmentVariable`)."""
_ENTRY = re.compile(r'(?:[^;"]|"[^"]*"?)*')


def entries(path: str) -> list[str]:
    """The parts between semicolons, as they are; a semicolon in quotes is part of a name."""
    parts, at = [], 0
    while True:
        found = _ENTRY.match(path, at)
        assert found is not None  # noqa: S101 - the pattern matches nothing, too
        parts.append(found[0])
        at = found.end() + 1
        if at > len(path):
            return parts


def with_folder(path: str, folder: str) -> str:
    """`path` with the folder as its last entry, unless it is in it already; a semicolon at the end stays at the end."""
    if any(_same(entry, folder) for entry in entries(path)):
        return path
    entry = f'"{folder}"' if ";" in folder else folder
    if not path:
        return entry
    return f"{path}{entry};" if path.endswith(";") else f"{path};{entry}"


def without_folder(path: str, folder: str) -> str:
    """`path` without the folder, however often and however written."""
    return ";".join(entry for entry in entries(path) if not _same(entry, folder))


def _same(entry: str, folder: str) -> bool:
    return bool(entry.strip()) and _plain(entry) == _plain(folder)


def _plain(entry: str) -> str:
    return ntpath.expandvars(entry.strip().replace('"', "")).replace("/", "\\").rstrip("\\").casefold()


def main(words: list[str]) -> int:
    """Change the registry, and tell the programs that run; returns 0, or 1 where `Path` was left alone."""
    if sys.platform != "win32":
        raise OSError("Path is in the registry of Windows alone")
    import winreg  # noqa: PLC0415 - the functions above are for every system

    verb, folder = words
    with winreg.CreateKeyEx(
        winreg.HKEY_CURRENT_USER, "Environment", access=winreg.KEY_READ | winreg.KEY_WRITE
    ) as key:
        try:
            path, kind = winreg.QueryValueEx(key, "Path")
        except FileNotFoundError:
            path, kind = "", winreg.REG_EXPAND_SZ
        if kind not in {winreg.REG_SZ, winreg.REG_EXPAND_SZ}:
            return 1
        changed = with_folder(path, folder) if verb == "add" else without_folder(path, folder)
        if len(changed) >= _LONGEST:
            return 1
        if changed == path:
            return 0
        if changed:
            winreg.SetValueEx(key, "Path", 0, kind, changed)
        else:
            winreg.DeleteValue(key, "Path")
    _tell()
    return 0


def _tell() -> None:
    """New windows of the Explorer's, and what is started from them, have the new `Path` at once."""
    if sys.platform != "win32":
        return
    import ctypes  # noqa: PLC0415

    everybody, setting_change, unless_it_hangs, patience_ms = 0xFFFF, 0x1A, 0x2, 1000
    ctypes.windll.user32.SendMessageTimeoutW(
        everybody, setting_change, 0, "Environment", unless_it_hangs, patience_ms, None
    )


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
