"""A signal that finds no room for its wake-up byte says nothing of it."""

from __future__ import annotations

import contextlib
import signal
import socket
from collections.abc import Iterator

import pytest

from amif_netcheck.run.interruption import wake_silently


@pytest.fixture
def full() -> Iterator[socket.socket]:
    """A socket in which there is no more room, as the one that signals write to."""
    read, write = socket.socketpair()
    with read, write:
        write.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while True:
                write.send(bytes(65536))
        before = signal.set_wakeup_fd(write.fileno())
        handler = signal.signal(signal.SIGINT, lambda *_: None)
        try:
            yield write
        finally:
            signal.signal(signal.SIGINT, handler)
            signal.set_wakeup_fd(before)


@pytest.mark.usefixtures("full")
def test_no_room_is_no_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    warnings: list[object] = []
    monkeypatch.setattr("sys.unraisablehook", warnings.append)
    signal.raise_signal(signal.SIGINT)
    assert warnings, "Python's own way, which a person would see"
    warnings.clear()
    wake_silently()
    signal.raise_signal(signal.SIGINT)
    assert not warnings


def test_the_loop_is_woken_as_before(full: socket.socket) -> None:
    wake_silently()
    assert signal.set_wakeup_fd(-1) == full.fileno()


def test_where_nothing_wakes_nothing_changes() -> None:
    before = signal.set_wakeup_fd(-1)
    try:
        wake_silently()
        assert signal.set_wakeup_fd(-1) == -1
    finally:
        signal.set_wakeup_fd(before)
