"""How exactly waits end. Windows wakes those who wait at ticks of its clock, every 15.6 ms unless somebody asks for more."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Iterator
from typing import Protocol

FINE_MS = 1
_SYSTEM_FOLDER_ALONE = 0x800  # libloaderapi.h, LOAD_LIBRARY_SEARCH_SYSTEM32
_POWER_THROTTLING = 4
"""processthreadsapi.h, PROCESS_INFORMATION_CLASS, ProcessPowerThrottling."""
_VERSION, _IGNORE_TIMER_RESOLUTION = 1, 4
"""winnt.h, PROCESS_POWER_THROTTLING_STATE: version, which policies are ours to set, and which of those hold."""


class TimerCalls(Protocol):
    """The calls of Windows that this takes; each says whether it did it."""

    def begin_period(self, milliseconds: int) -> bool:
        """timeBeginPeriod: from here on the clock ticks at least so often."""

    def end_period(self, milliseconds: int) -> bool:
        """timeEndPeriod, with the same number."""

    def throttle(self, version: int, ours: int, on: int) -> bool:
        """SetProcessInformation(ProcessPowerThrottling) of this process."""


class FineWaits:
    """For as long as anybody is inside; nested, and from any thread."""

    def __init__(self, calls: TimerCalls | None) -> None:
        self._calls = calls
        self._lock = threading.Lock()
        self._users = 0
        self._begun = False

    @contextlib.contextmanager
    def __call__(self) -> Iterator[None]:
        """Waits end within some 2 ms meanwhile; whatever happens, the last to leave puts it back."""
        with self._lock:
            self._users += 1
            if self._users == 1:
                self._begin()
        try:
            yield
        finally:
            with self._lock:
                self._users -= 1
                if not self._users:
                    self._end()

    def _begin(self) -> None:
        if self._calls is None:
            return
        # Windows 11 forgets it of a program whose window is not to be seen, unless that is said to be unwanted.
        self._calls.throttle(_VERSION, _IGNORE_TIMER_RESOLUTION, 0)
        self._begun = self._calls.begin_period(FINE_MS)

    def _end(self) -> None:
        if self._calls is None:
            return
        if self._begun:
            self._calls.end_period(FINE_MS)
            self._begun = False
        self._calls.throttle(_VERSION, 0, 0)


def _calls() -> TimerCalls | None:
    if sys.platform == "win32":
        return WindowsTimer()
    return None


if sys.platform == "win32":

    class WindowsTimer:
        """winmm and kernel32. Where a call is missing, waits stay as they are."""

        def begin_period(self, milliseconds: int) -> bool:
            """See `TimerCalls`."""
            return self._multimedia("timeBeginPeriod", milliseconds)

        def end_period(self, milliseconds: int) -> bool:
            """See `TimerCalls`."""
            return self._multimedia("timeEndPeriod", milliseconds)

        def throttle(self, version: int, ours: int, on: int) -> bool:
            """See `TimerCalls`. Windows 10 knows no such policy, and says no."""
            import ctypes  # noqa: PLC0415 - only while something is measured

            state = (ctypes.c_ulong * 3)(version, ours, on)
            try:
                kernel32 = ctypes.WinDLL("kernel32", winmode=_SYSTEM_FOLDER_ALONE)
                kernel32.GetCurrentProcess.restype = ctypes.c_void_p
                process = ctypes.c_void_p(kernel32.GetCurrentProcess())
                return bool(
                    kernel32.SetProcessInformation(
                        process, _POWER_THROTTLING, ctypes.byref(state), ctypes.sizeof(state)
                    )
                )
            except (OSError, AttributeError):
                return False

        @staticmethod
        def _multimedia(name: str, milliseconds: int) -> bool:
            import ctypes  # noqa: PLC0415 - see above

            try:
                winmm = ctypes.WinDLL("winmm", winmode=_SYSTEM_FOLDER_ALONE)
                return not winmm[name](ctypes.c_uint(milliseconds))
            except (OSError, AttributeError):
                return False


fine_waits = FineWaits(_calls())
"""Of this process: the clock is the system's."""
