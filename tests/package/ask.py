"""Run by Windows' Python, for what only Windows can do. Reads `[verb, word, …]` as JSON from stdin, prints JSON."""

from __future__ import annotations

import ctypes
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

assert sys.platform == "win32"
import winreg  # noqa: E402 - of Windows alone

_LONG_S = 180


def ran(line: str) -> int:
    """A command line, exactly as it is. Its end is waited for, not that of its pipes: Wine's desktop may hold them."""
    process = subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return process.wait(_LONG_S)


def started(line: str) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline().strip() == b"ready"
    return process


def outlived(line: str, told: str) -> bool:
    """Does the program go on when its starter is ended? It has written its number into the second line of `told`."""
    synchronize, timed_out = 0x00100000, 258
    process = started(line)
    number = int(Path(told).read_text(encoding="utf-8").splitlines()[1])
    handle = ctypes.windll.kernel32.OpenProcess(synchronize, False, number)
    assert handle
    process.kill()
    return bool(ctypes.windll.kernel32.WaitForSingleObject(handle, 10_000) == timed_out)


def ended(name: str) -> int:
    """End all processes of this name."""
    return ran(f"taskkill /F /IM {name}")


def registry(path: str) -> dict[str, Any]:
    """All values of the current user's registry below a key: `key\\name` to `[type, value]`."""
    found: dict[str, Any] = {}
    try:
        with winreg.OpenKey(winreg.HKEY_CURRENT_USER, path) as key:
            keys, values, _ = winreg.QueryInfoKey(key)
            for index in range(values):
                name, value, kind = winreg.EnumValue(key, index)
                found[f"{path}\\{name}"] = [kind, value if isinstance(value, str | int) else repr(value)]
            names = [winreg.EnumKey(key, index) for index in range(keys)]
    except FileNotFoundError:
        return found
    for name in names:
        found |= registry(f"{path}\\{name}" if path else name)
    return found


def set_path(kind: int, value: str) -> None:
    """The user's own Path."""
    with winreg.CreateKey(winreg.HKEY_CURRENT_USER, "Environment") as key:
        winreg.SetValueEx(key, "Path", 0, kind, value)


verb, *words = json.loads(sys.stdin.buffer.read())
verbs = {each.__name__: each for each in (ran, outlived, ended, registry, set_path)}
sys.stdout.write(json.dumps(verbs[verb](*words)))
