"""A signal that finds no room for its wake-up byte says nothing of it."""

from __future__ import annotations

import contextlib
import signal
import socket
from collections.abc import Iterator

import pytest

from amif_netcheck.run.interruption import wake_silently


@pytest.fixture
def wakes() -> Iterator[socket.socket]:
    """The socket that signals write to, as an event loop has it."""
    read, write = socket.socketpair()
    with read, write:
        write.setblocking(False)
        before = signal.set_wakeup_fd(write.fileno())
        handler = signal.signal(signal.SIGINT, lambda *_: None)
        try:
            yield write
        finally:
            signal.signal(signal.SIGINT, handler)
            signal.set_wakeup_fd(before)


def fill(wakes: socket.socket) -> None:
    for size in (65536, 1):
        with contextlib.suppress(BlockingIOError):
            while True:
                wakes.send(bytes(size))


def test_no_room_is_no_warning(wakes: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    warnings: list[object] = []
    monkeypatch.setattr("sys.unraisablehook", warnings.append)
    for _try in range(50):  # Windows hands over to the other end what was sent, and has room again
        fill(wakes)
        signal.raise_signal(signal.SIGINT)
        if warnings:
            break
    assert warnings, "Python's own way, which a person would see"
    warnings.clear()
    wake_silently()
    for _try in range(5):
        fill(wakes)
        signal.raise_signal(signal.SIGINT)
    assert not warnings


def test_the_loop_is_woken_as_before(wakes: socket.socket) -> None:
    wake_silently()
    signal.raise_signal(signal.SIGINT)
    assert signal.set_wakeup_fd(-1) == wakes.fileno()


def test_where_nothing_wakes_nothing_changes() -> None:
    before = signal.set_wakeup_fd(-1)
    try:
        wake_silently()
        assert signal.set_wakeup_fd(-1) == -1
    finally:
        signal.set_wakeup_fd(before)
