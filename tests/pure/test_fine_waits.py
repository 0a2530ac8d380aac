"""The clock of Windows is made to tick often while something is measured, and put back whatever happens."""

from __future__ import annotations

import threading

import pytest

from amif_netcheck.measure.fine_waits import FineWaits

HONOUR, AS_USUAL = ("throttle", 1, 4, 0), ("throttle", 1, 0, 0)
"""PROCESS_POWER_THROTTLING_IGNORE_TIMER_RESOLUTION is ours and off; then nothing is ours."""
RAISED, BACK = [HONOUR, ("begin", 1)], [("end", 1), AS_USUAL]


class RecordedTimer:
    """winmm and kernel32, which note what they are asked for."""

    def __init__(self, *, works: bool = True) -> None:
        self.calls: list[tuple[object, ...]] = []
        self._works = works

    def begin_period(self, milliseconds: int) -> bool:
        self.calls.append(("begin", milliseconds))
        return self._works

    def end_period(self, milliseconds: int) -> bool:
        self.calls.append(("end", milliseconds))
        return self._works

    def throttle(self, version: int, ours: int, on: int) -> bool:
        self.calls.append(("throttle", version, ours, on))
        return self._works


def test_it_is_raised_and_put_back() -> None:
    timer = RecordedTimer()
    with FineWaits(timer)():
        assert timer.calls == RAISED
    assert timer.calls == RAISED + BACK


def test_of_several_users_the_last_puts_it_back() -> None:
    timer = RecordedTimer()
    fine_waits = FineWaits(timer)
    with fine_waits():
        with fine_waits():
            pass
        assert timer.calls == RAISED
    assert timer.calls == RAISED + BACK


def test_an_exception_puts_it_back() -> None:
    timer = RecordedTimer()
    fine_waits = FineWaits(timer)
    with pytest.raises(ZeroDivisionError), fine_waits(), fine_waits():
        raise ZeroDivisionError
    assert timer.calls == RAISED + BACK


def test_it_is_raised_anew_afterwards() -> None:
    timer = RecordedTimer()
    fine_waits = FineWaits(timer)
    for _ in range(2):
        with fine_waits():
            pass
    assert timer.calls == 2 * (RAISED + BACK)


def test_users_in_several_threads_share_it() -> None:
    timer = RecordedTimer()
    fine_waits = FineWaits(timer)
    inside, leave = threading.Barrier(5), threading.Event()

    def use() -> None:
        with fine_waits():
            inside.wait(5)
            leave.wait(5)

    threads = [threading.Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    inside.wait(5)
    assert timer.calls == RAISED
    leave.set()
    for thread in threads:
        thread.join()
    assert timer.calls == RAISED + BACK


def test_what_was_not_raised_is_not_lowered() -> None:
    timer = RecordedTimer(works=False)
    with FineWaits(timer)():
        pass
    assert timer.calls == [*RAISED, AS_USUAL]


def test_other_systems_have_nothing_to_raise() -> None:
    with FineWaits(None)():
        pass
