"""What the tests of the Windows packages need: the packages, and somebody who installs and starts them under Wine."""

from __future__ import annotations

import json
import os
import selectors
import shutil
import subprocess
import time
import zipfile
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from tools.package_windows import __main__ as package_windows
from tools.package_windows import setup
from tools.packages import icon

from tests.wine.prefix import Prefix, windows_path
from tests.wine.windows_python import WindowsPython, WindowsRun, kill

OLD_VERSION = "0.0.9"
ONLY_IN_OLD = "lib/app/gone.txt"
"""A file of the old version that the new one doesn't have."""
_ASK = Path(__file__).with_name("ask.py")
_SOON_S = 20
_INSTALLED_S = 200
"""A busy machine takes long to write a setup's files under Wine; an idle one three seconds."""


class WindowsPackages:
    """The packages as CI builds them: with the Python for tests."""

    def __init__(self, python: Path, folder: Path) -> None:
        self._python = python
        self._folder = folder
        self.portable, self.setup = self.built("first")

    def built(self, name: str) -> list[Path]:
        """Archive and setup, built anew into a folder of this name."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("SOURCE_DATE_EPOCH", "1700000000")  # a commit may come between two of them
            return package_windows.build(self._python, self._folder / name, for_tests=True)

    @cached_property
    def old_setup(self) -> Path:
        """The setup of a version before this one."""
        folder = self._folder / "old" / "amif-netcheck"
        unpack(self.portable, folder.parent)
        (folder / ONLY_IN_OLD).write_bytes(b"old")
        picture = folder.parent / "icon.ico"
        picture.write_bytes(icon.ico())
        target = folder.parent / "old-setup.exe"
        setup.build(target, folder, version=OLD_VERSION, icon=picture, work=folder.parent, quick=True)
        return target


class WindowsUser:
    """Somebody at a Windows computer; every program that they start has a deadline."""

    def __init__(self, prefix: Prefix) -> None:
        self.prefix = prefix
        self._python = WindowsPython(prefix)

    @property
    def home(self) -> Path:
        """`C:\\Users\\…`."""
        return self.prefix.user

    def start(
        self, program: Path, *words: str, environment: dict[str, str] | None = None
    ) -> subprocess.Popen[bytes]:
        """A program in the background, by pipes, as a script starts it."""
        return subprocess.Popen(
            ["wine", self.path(program), *words],
            env=self.prefix.environment(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    def run(self, program: Path, *words: str, text: bytes = b"") -> WindowsRun:
        """A program to its end."""
        started = time.monotonic()
        return ended(self.start(program, *words), started, text=text)

    def end(self, process: subprocess.Popen[bytes]) -> None:
        """End what `start` has started, as the Task Manager does it, and wait until it has gone."""
        self.ask("ended", "amif-netcheck.exe")
        process.wait(_SOON_S)
        for pipe in (process.stdin, process.stdout, process.stderr):
            assert pipe
            pipe.close()

    def ask(self, verb: str, *words: str | int) -> Any:
        """See `ask.py`."""
        started = time.monotonic()
        process = self._python.start("-X", "utf8", windows_path(_ASK))
        done = ended(process, started, text=json.dumps([verb, *words]).encode(), seconds=_INSTALLED_S)
        assert done.code == 0, done.stderr
        return json.loads(done.stdout)

    def install(self, setup_: Path, into: Path | None = None) -> int:
        """Silently; the folder comes last and without quotes, as NSIS wants it."""
        line = f'"{self.path(setup_)}" /S' + (f" /D={self.path(into)}" if into else "")
        return int(self.ask("ran", line))

    def uninstall(self, folder: Path) -> int:
        """Silently, to its end: with `_?` the uninstaller stays where it is, and is the only thing that it leaves."""
        program = folder / "lib" / "uninstall.exe"
        code = int(self.ask("ran", f'"{self.path(program)}" /S _?={self.path(program.parent)}'))
        program.unlink(missing_ok=True)
        for each in (program.parent, folder):
            if each.is_dir() and not any(each.iterdir()):
                each.rmdir()
        return code

    def files(self) -> dict[str, bytes]:
        """All files and links of all users; without the folders for what is temporary."""
        users = self.prefix.folder / "drive_c" / "users"
        return {
            path.relative_to(users).as_posix(): path.read_bytes()
            for path in users.rglob("*")
            if path.is_file() and "Temp" not in path.parts
        }

    def registry(self, key: str = "") -> dict[str, Any]:
        """The user's registry, without what Windows itself notes while programs run."""
        return {
            name: value
            for name, value in self.ask("registry", key).items()
            if not name.startswith(("Volatile Environment", "Software\\Wine"))
        }

    def path(self, path: Path) -> str:
        """As Windows calls a file."""
        drive = self.prefix.folder / "drive_c"
        if path.is_relative_to(drive):
            return "C:\\" + str(path.relative_to(drive)).replace("/", "\\")
        return windows_path(path)


def ended(
    process: subprocess.Popen[bytes], started: float, *, text: bytes = b"", seconds: float = 60
) -> WindowsRun:
    """Wait for the end of what was started at a monotonic time, not for that of its pipes: Wine's desktop may hold them."""
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    typing = process.stdin.fileno()
    said = {stream.fileno(): bytearray() for stream in (process.stdout, process.stderr)}
    rest = memoryview(text)
    with selectors.DefaultSelector() as selector:
        for number in (typing, *said):
            os.set_blocking(number, False)
            selector.register(number, selectors.EVENT_WRITE if number == typing else selectors.EVENT_READ)
        over = False
        while not over:
            over = (
                process.poll() is not None
            )  # what it wrote is in the pipes by now: they are emptied once more
            if time.monotonic() - started > seconds:
                kill(process)
                raise AssertionError(
                    f"not within {seconds} s; so far: {[bytes(each[-2000:]) for each in said.values()]}"
                )
            for key, _ in selector.select(0.05):
                if key.fd != typing:
                    chunk = _read(key.fd)
                    said[key.fd] += chunk or b""
                    if chunk == b"":
                        selector.unregister(key.fd)
                    continue
                with suppress(BrokenPipeError):
                    rest = rest[os.write(typing, rest[:4096]) :] if rest else rest
                if not rest:
                    selector.unregister(typing)
                    process.stdin.close()
    for pipe in (process.stdin, process.stdout, process.stderr):
        with suppress(BrokenPipeError):
            pipe.close()
    stdout, stderr = said.values()
    return WindowsRun(process.returncode, bytes(stdout), bytes(stderr), time.monotonic() - started)


def _read(number: int) -> bytes | None:
    """What is in a pipe now (a pipe holds no more); `None` when it is empty, nothing when it has ended."""
    try:
        return os.read(number, 1 << 20)
    except BlockingIOError:
        return None


def unpack(archive: Path, into: Path) -> None:
    """As the Explorer does."""
    with zipfile.ZipFile(archive) as content:
        content.extractall(into)


def eventually(path: Path) -> bool:
    """Is the file there, or within seconds?"""
    until = time.monotonic() + _SOON_S
    while not path.exists():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def compiled(source: str, target: Path) -> Path:
    """A program for Windows from one of the C files here."""
    target.parent.mkdir(parents=True, exist_ok=True)
    compiler = shutil.which("x86_64-w64-mingw32-gcc")
    assert compiler
    file = Path(__file__).with_name(source)
    subprocess.run(
        [compiler, "-municode", "-O1", "-Wall", "-Werror", str(file), "-o", str(target)], check=True
    )
    return target
