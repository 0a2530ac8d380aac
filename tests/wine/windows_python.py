"""Running the checkout's program on Windows' Python, from a test on Linux."""

from __future__ import annotations

import json
import subprocess
import time
from dataclasses import dataclass
from typing import Any, Self

from tests.wine.prefix import Prefix

_RUN_S = 60
_GONE_S = 5


@dataclass(frozen=True)
class WindowsRun:
    """A finished run; texts have Windows' line ends made Linux's."""

    code: int
    raw_stdout: bytes
    raw_stderr: bytes
    duration_s: float

    @property
    def stdout(self) -> str:
        """What it wrote to a redirected stdout, which is UTF-8."""
        return self.raw_stdout.decode().replace("\r\n", "\n")

    @property
    def stderr(self) -> str:
        """The same of stderr."""
        return self.raw_stderr.decode().replace("\r\n", "\n")

    @property
    def report(self) -> Any:
        """The report that `--json` wrote."""
        return json.loads(self.raw_stdout)

    def findings(self, check: str) -> list[Any]:
        """The findings of one check."""
        return next(list(each["findings"]) for each in self.report["checks"] if each["id"] == check)

    def codes(self, check: str) -> dict[str, str]:
        """The severities of one check's findings by code."""
        return {each["code"]: each["severity"] for each in self.findings(check)}

    def fact(self, path: str) -> Any:
        """A fact by its path below `facts`, such as `link.internet`."""
        found = self.report["facts"]
        for part in path.split("."):
            found = found[part]
        return found


class WindowsPython:
    """Windows' Python in a prefix. Standard handles are pipes: under Wine 8 files, and closed ones, end Python."""

    def __init__(self, prefix: Prefix) -> None:
        self.prefix = prefix

    def start(self, *arguments: str, environment: dict[str, str] | None = None) -> subprocess.Popen[bytes]:
        """Python with these arguments, in the background; end it with `finished` or `kill`."""
        return subprocess.Popen(
            self.prefix.command(*arguments),
            env=self.prefix.environment(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    def python(
        self,
        *arguments: str,
        environment: dict[str, str] | None = None,
        text: bytes = b"",
        seconds: float = _RUN_S,
    ) -> WindowsRun:
        """Python with these arguments to its end; `text` is its standard input. One that takes too long fails the test."""
        started = time.monotonic()
        return finished(self.start(*arguments, environment=environment), started, text=text, seconds=seconds)

    def run(
        self, *arguments: str, environment: dict[str, str] | None = None, seconds: float = _RUN_S
    ) -> WindowsRun:
        """`amif-netcheck` with these arguments to its end."""
        return self.python("-m", "amif_netcheck", *arguments, environment=environment, seconds=seconds)

    def __enter__(self) -> Self:
        self.prefix.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self.prefix.end()


def finished(
    process: subprocess.Popen[bytes], started: float, *, text: bytes = b"", seconds: float = _RUN_S
) -> WindowsRun:
    """Wait for the end of what `start` started, at the monotonic time `started`."""
    try:
        stdout, stderr = process.communicate(text, timeout=seconds)
    except subprocess.TimeoutExpired as late:
        stdout, stderr = kill(process)
        raise AssertionError(
            f"not within {seconds} s; so far: {stdout[-500:]!r} {stderr[-2000:]!r}"
        ) from late
    return WindowsRun(process.returncode, stdout, stderr, time.monotonic() - started)


def kill(process: subprocess.Popen[bytes]) -> tuple[bytes, bytes]:
    """End it, and what it said until then; a child of its own may hold the pipes until the prefix ends."""
    process.kill()
    try:
        return process.communicate(timeout=_GONE_S)
    except subprocess.TimeoutExpired as late:
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream is not None:
                stream.close()
        return late.stdout or b"", late.stderr or b""
