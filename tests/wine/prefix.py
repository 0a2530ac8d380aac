"""A Wine prefix of one's own, in no time: registry and users are its own, Windows' files are those of the cached one."""

from __future__ import annotations

import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.wine.prepare import ROOT, Prepared, wine_environment

_BOOT_S = 90
_KILL_S = 10
_IDLE_S = 60
"""A server that nobody could end, as its test was killed, ends by itself so long after its last program."""


class Prefix:
    """A running Wine; `with` ends it and everything in it, whatever happens.

    Its network is that of the process that starts it: Wine's server opens the sockets. `inside` makes the command line that
    runs a command in a network namespace (`Namespace.command`).
    """

    def __init__(
        self,
        prepared: Prepared,
        folder: Path,
        *,
        inside: Callable[..., list[str]] = lambda *words: list(words),
    ) -> None:
        self._prepared = prepared
        self._inside = inside
        self.folder = folder / "prefix"
        self._home = folder / "home"

    def __enter__(self) -> Self:
        self._home.mkdir(parents=True)
        _copy(self._prepared.prefix, self.folder)
        try:
            # It would hold the pipes of the first program for as long as it lives, so it gets none.
            self._quietly("wineserver", f"-p{_IDLE_S}")
            self._quietly("wine", "wineboot")
        except BaseException:
            self.end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    @property
    def user(self) -> Path:
        """The user's profile, `C:\\Users\\…`, as Linux sees it."""
        return next(path for path in (self.folder / "drive_c" / "users").iterdir() if path.name != "Public")

    def command(self, *words: str) -> list[str]:
        """The command line of Windows' Python with these arguments."""
        return self._inside("wine", str(self._prepared.python), *words)

    def environment(self, own: dict[str, str] | None = None) -> dict[str, str]:
        """What that command line has to be started with; `own` comes over it."""
        return {
            **wine_environment(self.folder, self._home),
            "PYTHONPATH": ";".join(windows_path(path) for path in (ROOT / "src", ROOT)),
            "PYTHONPYCACHEPREFIX": windows_path(self._prepared.bytecode),
            **(own or {}),
        }

    def registry(self, text: str) -> None:
        """Write to the registry; `text` is what a `.reg` file holds after its first line."""
        with tempfile.NamedTemporaryFile(suffix=".reg", dir=self._home) as file:
            file.write(b"\xff\xfe" + f"Windows Registry Editor Version 5.00\n\n{text}\n".encode("utf-16-le"))
            file.flush()
            self._quietly("wine", "regedit", "/S", windows_path(Path(file.name)))

    def end(self) -> None:
        """Kill the server, with it everything that runs here."""
        for how in ("--kill", f"--kill={int(signal.SIGKILL)}"):
            with suppress(subprocess.TimeoutExpired, OSError):
                self._run(["wineserver", how], seconds=_KILL_S)
                self._run(["wineserver", "--wait"], seconds=_KILL_S)
                break
        shutil.rmtree(self.folder, ignore_errors=True)

    def _quietly(self, *words: str) -> None:
        self._run(self._inside(*words), seconds=_BOOT_S).check_returncode()

    def _run(self, words: Sequence[str], *, seconds: float) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            words,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
            check=False,
            start_new_session=True,
        )


def windows_path(path: Path) -> str:
    """The same file, as a program under Wine knows it."""
    return "Z:" + str(path.absolute()).replace("/", "\\")


def _copy(untouched: Path, folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True)
    for file in untouched.iterdir():
        if file.is_file() and file.name != "wineserver":
            shutil.copy2(file, folder)
    shutil.copytree(untouched / "dosdevices", folder / "dosdevices", symlinks=True)
    for part in (untouched / "drive_c").iterdir():
        copy = folder / "drive_c" / part.name
        if part.name in {"users", "ProgramData"}:
            shutil.copytree(part, copy, symlinks=True)
        else:
            copy.parent.mkdir(exist_ok=True)
            copy.symlink_to(part)
