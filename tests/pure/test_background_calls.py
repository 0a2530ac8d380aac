"""Calls in the background: their results, their crashes, and that nobody waits for one that hangs."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
import time

import pytest

from amif_netcheck.children.threads import BackgroundCall
from amif_netcheck.model.facts import Reason, Unavailable

AMPLE_S = 10


def result_of(error: BaseException) -> object:
    def work() -> str:
        raise error

    return BackgroundCall(work).result(time.monotonic() + AMPLE_S)


def test_a_result_comes_when_it_is_there() -> None:
    call = BackgroundCall(lambda: 5)
    assert [call.result(time.monotonic() + AMPLE_S) for _ in range(2)] == [5, 5]


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ZeroDivisionError("x"), Reason.ERROR),
        (TimeoutError("slow"), Reason.TIMEOUT),
        (StopIteration(), Reason.ERROR),
        (SystemExit(3), Reason.ERROR),
        (KeyboardInterrupt(), Reason.ERROR),
    ],
)
def test_a_crash_is_an_answer(error: BaseException, reason: Reason) -> None:
    crashed = result_of(error)
    assert isinstance(crashed, Unavailable)
    assert crashed.reason is reason


def test_what_hangs_is_left_behind() -> None:
    free = threading.Event()
    call = BackgroundCall(lambda: free.wait(AMPLE_S))
    late = call.result(time.monotonic())
    assert isinstance(late, Unavailable)
    assert late.reason is Reason.TIMEOUT
    free.set()
    assert call.result(time.monotonic() + AMPLE_S) is True


@pytest.mark.parametrize("error", [ValueError("x"), StopIteration(), SystemExit(3)])
async def test_who_awaits_it_gets_its_error(error: BaseException) -> None:
    def work() -> None:
        raise error

    expected = ValueError if isinstance(error, ValueError) else RuntimeError
    async with asyncio.timeout(AMPLE_S):
        with pytest.raises(expected):
            await asyncio.wrap_future(BackgroundCall(work).future)


async def test_to_give_up_waiting_harms_nothing() -> None:
    free = threading.Event()
    call = BackgroundCall(lambda: free.wait(AMPLE_S))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await asyncio.wrap_future(call.future)
    free.set()
    assert call.result(time.monotonic() + AMPLE_S) is True


_HANGS = """
import asyncio, threading
from amif_netcheck.children.threads import BackgroundCall

async def main():
    try:
        async with asyncio.timeout(0.01):
            await asyncio.wrap_future(BackgroundCall(threading.Event().wait).future)
    except TimeoutError:
        print("left behind")

asyncio.run(main())
"""


def test_the_program_ends_while_a_call_hangs() -> None:
    done = subprocess.run(
        (sys.executable, "-c", _HANGS), capture_output=True, encoding="utf-8", timeout=60, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "left behind\n", "")
