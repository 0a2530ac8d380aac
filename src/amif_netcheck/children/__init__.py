"""Work that can hang, crash or print where it likes runs in a process of its own, which is killed when its time is up.

This file is the parent's side, `inside` the child's; the other files are children, started with `Child`. They import
nothing of the program, so that they start quickly.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any

from amif_netcheck.children import programs

_GONE_S = 0.3
_LONGEST_LINE = 64 * 1024
_NO_WINDOW: int = getattr(subprocess, "CREATE_NO_WINDOW", 0)
"""Windows: no console of ours is shared, so Ctrl-C is ours alone, and none opens where we have none."""


class _ProcessRegistry:
    """All processes that we have started, so that none outlives us. Safe from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._living: set[subprocess.Popen[bytes]] = set()
        self._over = False

    def start(
        self, command: Sequence[str], *, stdin: int, environment: Mapping[str, str] | None = None
    ) -> subprocess.Popen[bytes]:
        with self._lock:
            if self._over:
                raise ChildProcessError("the program is ending")
            self._living = {process for process in self._living if process.returncode is None}
            process = subprocess.Popen(  # noqa: S603 - our own module, or a program by its own path
                command,
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment,
                creationflags=_NO_WINDOW,
            )
            self._living.add(process)
            return process

    def end(self) -> None:
        taken = self._lock.acquire(timeout=_GONE_S)  # one that starts at this moment is waited for
        try:
            self._over = True
            living = [process for process in self._living if process.returncode is None]
            for process in living:
                process.kill()
            until = time.monotonic() + _GONE_S
            for process in living:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(max(0.0, until - time.monotonic()))
        finally:
            if taken:
                self._lock.release()


_family = _ProcessRegistry()


def end_all() -> None:
    """The program ends: kill every process that was started here, and start no more; takes no longer than 0.6 s."""
    _family.end()


def output_of(command: Sequence[str], *, seconds: float) -> bytes:
    """What another program writes to its standard output; it is killed when its time is up.

    Raises:
        OSError: it can't be started.
        subprocess.TimeoutExpired: it took too long.
    """
    process = _family.start(command, stdin=subprocess.DEVNULL, environment=programs.foreign_environment())
    try:
        return process.communicate(timeout=seconds)[0]
    except BaseException:
        _abandon(process)
        raise


def _abandon(process: subprocess.Popen[bytes]) -> None:
    """Kill it; what it has started itself may hold its pipe, and is not waited for."""
    process.kill()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.communicate(timeout=_GONE_S)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(_GONE_S)
    if (
        sys.platform != "win32" and process.stdout is not None
    ):  # there that would wait for whoever reads from it
        process.stdout.close()


class Child:
    """One of `programs.MODULES` in a process of its own, and its last messages, by the first key of each of its lines of JSON."""

    def __init__(self, module: str, request: dict[str, Any], *, longest_line: int = _LONGEST_LINE) -> None:
        self._longest_line = longest_line
        self._messages: dict[str, dict[str, Any]] = {}
        self._process = _family.start(programs.command(module), stdin=subprocess.PIPE)
        self.tell(request)
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def tell(self, request: dict[str, Any]) -> None:
        """One line of what to do."""
        assert self._process.stdin is not None  # noqa: S101 - a pipe was asked for
        with contextlib.suppress(OSError):  # it has ended, see `ended`; Windows says so with EINVAL
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
            self._process.stdin.flush()

    @property
    def error(self) -> str:
        """What went wrong, in the child's words."""
        message = self._messages.get("error")
        return str(message["error"]) if message else ""

    @property
    def ended(self) -> bool:
        """Has it nothing more to say?"""
        return not self._listener.is_alive()

    def last(self, key: str) -> dict[str, Any] | None:
        """The last line that began with this key."""
        return self._messages.get(key)

    def wait(self, seconds: float) -> None:
        """Wait until it has nothing more to say, but no longer."""
        self._listener.join(max(0.0, seconds))

    def kill(self) -> None:
        """End it, whatever it does."""
        self._process.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):  # a busy system takes a moment longer
            self._process.wait(_GONE_S)
        self._listener.join(_GONE_S)
        if not self._listener.is_alive():  # else closing would wait for it
            for stream in (self._process.stdin, self._process.stdout):
                if stream is not None:
                    with contextlib.suppress(OSError):  # what it never read can't be written any more
                        stream.close()

    def _listen(self) -> None:
        assert self._process.stdout is not None  # noqa: S101 - a pipe was asked for
        while line := self._process.stdout.readline(self._longest_line):
            try:
                message = json.loads(line)
                key = next(iter(message))
            except (ValueError, StopIteration, TypeError):
                continue  # libraries print what they like
            if isinstance(message, dict):
                self._messages[key] = message
