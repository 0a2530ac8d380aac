"""Processes of ours: none outlives the program, whatever it is doing."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from amif_netcheck import children

SLEEPER = (sys.executable, "-c", "import time; print('here', flush=True); time.sleep(600)")


@pytest.fixture
def family(monkeypatch: pytest.MonkeyPatch) -> children._ProcessRegistry:
    made = children._ProcessRegistry()
    monkeypatch.setattr(children, "_family", made)
    return made


def test_all_are_killed_at_the_end_and_none_is_started_any_more(family: children._ProcessRegistry) -> None:
    sleepers = [family.start(SLEEPER, stdin=subprocess.DEVNULL) for _ in range(2)]
    child = children.Child("amif_netcheck.platforms.linux.pulse_child", {})
    sleepers[1].send_signal(signal.SIGSTOP)
    children.end_all()
    for sleeper in sleepers:
        assert sleeper.wait(30) == -signal.SIGKILL
        assert sleeper.stdout is not None
        sleeper.stdout.close()
    child.kill()
    assert child._process.poll() is not None
    with pytest.raises(ChildProcessError):
        children.Child("amif_netcheck.platforms.linux.pulse_child", {})


def test_another_program_is_killed_when_its_time_is_up(family: children._ProcessRegistry) -> None:
    with pytest.raises(subprocess.TimeoutExpired):
        children.output_of(SLEEPER, seconds=0.1)
    assert all(each.returncode is not None for each in family._living)


def test_what_another_program_says(family: children._ProcessRegistry) -> None:
    said = children.output_of((sys.executable, "-c", "print('all is well')"), seconds=60)
    assert said.split() == [b"all", b"is", b"well"]
    with pytest.raises(OSError, match="no-such-program"):
        children.output_of(("/no-such-program",), seconds=1)
