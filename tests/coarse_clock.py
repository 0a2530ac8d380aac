"""Windows' clock on any system: waits that end at ticks 15.625 ms apart, and a monotonic clock that moves with them.

What arrives wakes who waits for it at once, as it does there. `perf_counter` stays fine.
"""

from __future__ import annotations

import math
import select
import socket
import threading
import time
from types import ModuleType
from typing import Any

import pytest

TICK_S = 0.015625
"""64 ticks a second: Windows' clock where nobody asks for more (timeBeginPeriod)."""


def following_tick(at: float) -> float:
    """The first tick at or after a moment of the real monotonic clock."""
    return math.ceil(at / TICK_S) * TICK_S


def up_to_a_tick(seconds: float) -> float:
    """How long a wait of so many seconds takes."""
    now = time.monotonic()
    return max(0.0, following_tick(now + seconds) - now) if seconds > 0 else seconds


class CoarseTime(ModuleType):
    """In the place of `time` in a module."""

    perf_counter = staticmethod(time.perf_counter)
    perf_counter_ns = staticmethod(time.perf_counter_ns)

    def __init__(self) -> None:
        super().__init__("time")

    @staticmethod
    def monotonic() -> float:
        return math.floor(time.monotonic() / TICK_S) * TICK_S

    @staticmethod
    def sleep(seconds: float) -> None:
        time.sleep(up_to_a_tick(seconds))


class CoarseSelect(ModuleType):
    """In the place of `select`."""

    def __init__(self) -> None:
        super().__init__("select")

    @staticmethod
    def select(read: Any, write: Any, failed: Any, seconds: float | None = None) -> Any:
        return select.select(read, write, failed, None if seconds is None else up_to_a_tick(seconds))


class CoarseSocket(socket.socket):
    """Its time runs out at a tick."""

    def settimeout(self, value: float | None, /) -> None:
        super().settimeout(None if value is None else math.ceil(value / TICK_S) * TICK_S)


class CoarseEvent(threading.Event):
    """Waiting for it ends at a tick, unless it is set."""

    def wait(self, timeout: float | None = None) -> bool:
        return super().wait(None if timeout is None else up_to_a_tick(timeout))


def make_coarse(monkeypatch: pytest.MonkeyPatch, *modules: ModuleType) -> None:
    """Give these modules such a clock."""
    for module in modules:
        for name, coarse in (("time", CoarseTime()), ("select", CoarseSelect())):
            if hasattr(module, name):
                monkeypatch.setattr(module, name, coarse)
