"""Asking real processes to close: those that do, those that don't, and those that have gone meanwhile."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from amif_netcheck.catalog.calls import call_application
from amif_netcheck.model.fix import Fix, FixKind, FixOutcome
from amif_netcheck.platforms import portable
from amif_netcheck.platforms.linux.fixes import applications

pytestmark = [
    pytest.mark.real,
    pytest.mark.xdist_group("processes"),  # looked for by their names
    pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="this system has no pidfd"),
]

NAME = f"closing-{os.getpid()}"
"""Nobody else's: others, who look at all processes too, run beside."""
_PATIENCE_S = 30.0
# Says what it does with the request: leaves, thinks about it for ever, or starts a part of its own first, which bears the
# name after the comma.
PROGRAM = """
import os, signal, subprocess, sys, time
name, _, helper = sys.argv[1].partition(",")
open("/proc/self/comm", "w").write(name)
if sys.argv[2] == "another user's":
    os.setuid(65534)
if sys.argv[2] == "stays":
    signal.signal(signal.SIGTERM, lambda *_: print("asked", flush=True))
if sys.argv[2] == "parts":
    part = subprocess.Popen([sys.executable, "-c", sys.argv[3], helper or name, "stays", ""], stdout=subprocess.PIPE)
    part.stdout.readline()
    print(part.pid, flush=True)
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
        self.part = int(self.says()) if manner == "parts" else 0
        assert self.says() == b"ready\n"

    def says(self) -> bytes:
        assert self.process.stdout is not None
        return self.process.stdout.readline()

    def end(self) -> None:
        if self.process.poll() is None:
            if self.part:
                with suppress(ProcessLookupError):
                    os.kill(self.part, signal.SIGKILL)
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
    assert applications.carry_out(_offer(), _until()).outcome is FixOutcome.DONE
    assert running[0].process.wait(_PATIENCE_S) == -signal.SIGTERM
    assert applications.offers((NAME,), _until()) == ()


def test_one_that_does_not_close_is_left_alone(running: list[Application]) -> None:
    running.append(Application("stays"))
    result = applications.carry_out(_offer(), time.monotonic() + 1.0)
    assert result.outcome is FixOutcome.UNFINISHED
    assert running[0].says() == b"asked\n"
    assert running[0].process.poll() is None


def test_its_parts_are_left_to_the_application_itself(running: list[Application]) -> None:
    running.append(Application("parts"))
    fix = _offer()
    assert fix.target[0] == str(running[0].process.pid)
    assert len(fix.target) == 2
    assert applications.carry_out(fix, _until()).outcome is FixOutcome.DONE
    assert running[0].process.wait(_PATIENCE_S) == 0  # it put its part away: nobody shot it first


def test_two_of_them_are_asked_both(running: list[Application]) -> None:
    running += [Application("leaves"), Application("leaves")]
    assert applications.carry_out(_offer(), _until()).outcome is FixOutcome.DONE
    assert {each.process.wait(_PATIENCE_S) for each in running} == {-signal.SIGTERM}


def test_what_has_gone_before_the_yes(running: list[Application]) -> None:
    running.append(Application("leaves"))
    fix = _offer()
    running[0].end()
    assert applications.carry_out(fix, _until()).outcome is FixOutcome.GONE


def test_a_number_that_was_given_away_is_not_asked(running: list[Application]) -> None:
    running.append(Application("stays"))
    pid, began = _offer().target
    earlier = Fix(
        kind=FixKind.CLOSE_APPLICATION, params={"process": NAME}, target=(pid, str(int(began) - 500))
    )
    assert applications.carry_out(earlier, time.monotonic() + 1.0).outcome is FixOutcome.GONE
    assert running[0].process.poll() is None
    os.kill(int(pid), 0)


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to be somebody else")
def test_other_peoples_applications_are_not_offered(running: list[Application]) -> None:
    running.append(Application("another user's"))
    assert applications.offers((NAME,), _until()) == ()


def test_what_has_ended_is_not_running_even_before_anybody_has_noticed(running: list[Application]) -> None:
    running.append(Application("leaves"))
    assert NAME in names()
    assert applications.carry_out(_offer(), _until()).outcome is FixOutcome.DONE
    assert Path(f"/proc/{running[0].process.pid}/stat").read_text().split(") ")[1][0] == "Z"
    assert NAME not in names()


def names() -> set[str]:
    found = portable.processes()
    assert isinstance(found, dict)
    return set(found.values())


HOST, PART = "CiscoCollabHost", "CiscoCollabHostCef"
"""Webex on Linux, where the system cuts the second to the first."""


@pytest.mark.parametrize("about", [(HOST,), (PART,), (PART, HOST)])
@pytest.mark.parametrize("part", [HOST, "webexmta"])
def test_an_application_with_several_names_is_one(
    running: list[Application], about: tuple[str, ...], part: str
) -> None:
    assert {call_application(each) for each in (*about, part)} == {"Webex"}
    running.append(Application("parts", f"{HOST},{part}"))
    [fix] = applications.offers(about, _until())
    assert fix.target[::2] == (str(running[0].process.pid),)
    assert applications.carry_out(fix, _until()).outcome is FixOutcome.DONE
    assert running[0].process.wait(_PATIENCE_S) == 0
    assert applications.offers(about, _until()) == ()


def test_it_has_closed_when_none_of_its_processes_is_left(running: list[Application]) -> None:
    running.append(Application("leaves", "webexmta"))
    [fix] = applications.offers(("webexmta",), _until())
    running.append(Application("stays", HOST))
    assert applications.carry_out(fix, time.monotonic() + 1.0).outcome is FixOutcome.UNFINISHED
    assert running[0].process.wait(_PATIENCE_S) == -signal.SIGTERM
    assert running[1].process.poll() is None


def test_the_time_of_the_day_has_no_part_in_it(
    running: list[Application], monkeypatch: pytest.MonkeyPatch
) -> None:
    running.append(Application("leaves"))
    fix = _offer()
    for name in ("boot_time", "_create_time_offset"):
        monkeypatch.setattr(f"psutil._pslinux.{name}", lambda *_: 0.0, raising=False)
    assert applications.carry_out(fix, _until()).outcome is FixOutcome.DONE


@pytest.mark.parametrize(
    ("number", "outcome"),
    [(errno.ENOSYS, FixOutcome.FAILED), (errno.EMFILE, FixOutcome.FAILED), (errno.EPERM, FixOutcome.REFUSED)],
)
def test_a_kernel_without_pidfd_offers_nothing_and_is_not_taken_for_a_process_that_has_gone(
    running: list[Application], monkeypatch: pytest.MonkeyPatch, number: int, outcome: FixOutcome
) -> None:
    def refuses(pid: int) -> int:
        raise OSError(number, os.strerror(number), str(pid))

    running.append(Application("leaves"))
    fix = _offer()
    monkeypatch.setattr(os, "pidfd_open", refuses)
    assert applications.offers((NAME,), _until()) == ()
    assert applications.carry_out(fix, _until()).outcome is outcome
    assert running[0].process.poll() is None


@pytest.mark.parametrize("first", [0, 1])
def test_one_that_refuses_does_not_undo_what_was_done(
    running: list[Application], monkeypatch: pytest.MonkeyPatch, first: int
) -> None:
    """As a program under a security module does; the other one is asked and closes."""
    asked: list[int] = []
    ask = signal.pidfd_send_signal

    def refuses(handle: int, number: int) -> None:
        asked.append(handle)
        if len(asked) - 1 == first:
            raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))
        ask(handle, number)

    running += [Application("leaves"), Application("leaves")]
    fix = _offer()
    monkeypatch.setattr(signal, "pidfd_send_signal", refuses)
    assert applications.carry_out(fix, _until()).outcome is FixOutcome.FAILED
    ended = [each.process for each in running if str(each.process.pid) != fix.target[2 * first]]
    assert [each.wait(_PATIENCE_S) for each in ended] == [-signal.SIGTERM]
