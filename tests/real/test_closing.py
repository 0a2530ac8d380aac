"""Asking real processes to close: those that do, those that don't, and those that have gone meanwhile."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from amif_netcheck.model.fix import Fix, FixKind, Outcome
from amif_netcheck.platforms.linux import processes
from amif_netcheck.platforms.linux.fixes import applications

pytestmark = [
    pytest.mark.real,
    pytest.mark.xdist_group("processes"),  # looked for by their names
    pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="this system has no pidfd"),
]

NAME = f"closing-{os.getpid()}"
"""Nobody else's: others, who look at all processes too, run beside."""
_PATIENCE_S = 30.0
# Says what it does with the request: leaves, thinks about it for ever, or starts a part of its own first.
PROGRAM = """
import os, signal, subprocess, sys, time
open("/proc/self/comm", "w").write(sys.argv[1])
if sys.argv[2] == "another user's":
    os.setuid(65534)
if sys.argv[2] == "stays":
    signal.signal(signal.SIGTERM, lambda *_: print("asked", flush=True))
if sys.argv[2] == "parts":
    part = subprocess.Popen([sys.executable, "-c", sys.argv[3], sys.argv[1], "stays", ""], stdout=subprocess.PIPE)
    part.stdout.readline()
    def leave(*_):
        part.kill()
        part.wait()
        sys.exit(0)
    signal.signal(signal.SIGTERM, leave)
print("ready", flush=True)
while True:
    time.sleep(60)
"""


class Application:
    """A running program of that name."""

    def __init__(self, manner: str, name: str = NAME) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, name, manner, PROGRAM], stdout=subprocess.PIPE
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == b"ready\n"

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(_PATIENCE_S)
        assert self.process.stdout is not None
        self.process.stdout.close()


@pytest.fixture
def running() -> Iterator[list[Application]]:
    made: list[Application] = []
    yield made
    for each in made:
        each.end()


def _until() -> float:
    return time.monotonic() + _PATIENCE_S


def _offer() -> Fix:
    [fix] = applications.offers((NAME,), _until())
    assert fix.kind is FixKind.CLOSE_APPLICATION
    assert fix.params == {"process": NAME}
    return fix


def test_an_application_that_closes(running: list[Application]) -> None:
    running.append(Application("leaves"))
    assert applications.carry_out(_offer(), _until()).outcome is Outcome.DONE
    assert running[0].process.wait(_PATIENCE_S) == -signal.SIGTERM
    assert applications.offers((NAME,), _until()) == ()


def test_one_that_does_not_close_is_left_alone(running: list[Application]) -> None:
    running.append(Application("stays"))
    result = applications.carry_out(_offer(), time.monotonic() + 1.0)
    assert result.outcome is Outcome.UNFINISHED
    assert running[0].process.stdout is not None
    assert running[0].process.stdout.readline() == b"asked\n"
    assert running[0].process.poll() is None


def test_its_parts_are_left_to_the_application_itself(running: list[Application]) -> None:
    running.append(Application("parts"))
    fix = _offer()
    assert fix.target[0] == str(running[0].process.pid)
    assert len(fix.target) == 2
    assert applications.carry_out(fix, _until()).outcome is Outcome.DONE
    assert running[0].process.wait(_PATIENCE_S) == 0  # it put its part away: nobody shot it first


def test_two_of_them_are_asked_both(running: list[Application]) -> None:
    running += [Application("leaves"), Application("leaves")]
    assert applications.carry_out(_offer(), _until()).outcome is Outcome.DONE
    assert {each.process.wait(_PATIENCE_S) for each in running} == {-signal.SIGTERM}


def test_what_has_gone_before_the_yes(running: list[Application]) -> None:
    running.append(Application("leaves"))
    fix = _offer()
    running[0].end()
    assert applications.carry_out(fix, _until()).outcome is Outcome.GONE


def test_a_number_that_was_given_away_is_not_asked(running: list[Application]) -> None:
    running.append(Application("stays"))
    pid, began = _offer().target
    earlier = Fix(
        kind=FixKind.CLOSE_APPLICATION, params={"process": NAME}, target=(pid, repr(float(began) - 5))
    )
    assert applications.carry_out(earlier, time.monotonic() + 1.0).outcome is Outcome.GONE
    assert running[0].process.poll() is None
    os.kill(int(pid), 0)


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to be somebody else")
def test_other_peoples_applications_are_not_offered(running: list[Application]) -> None:
    running.append(Application("another user's"))
    assert applications.offers((NAME,), _until()) == ()


def test_what_has_ended_is_not_running_even_before_anybody_has_noticed(running: list[Application]) -> None:
    running.append(Application("leaves"))
    assert NAME in names()
    assert applications.carry_out(_offer(), _until()).outcome is Outcome.DONE
    assert Path(f"/proc/{running[0].process.pid}/stat").read_text().split(") ")[1][0] == "Z"
    assert NAME not in names()


def names() -> set[str]:
    found = processes.names()
    assert isinstance(found, dict)
    return set(found.values())
