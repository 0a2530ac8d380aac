"""Processes of ours: none outlives the program, whatever it is doing."""

from __future__ import annotations

import ast
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import amif_netcheck
from amif_netcheck import __main__ as way_in
from amif_netcheck import children
from amif_netcheck.children import programs
from tests.systems import WINDOWS, put_on_path

SOURCE = Path(amif_netcheck.__file__).parent
SOUND = "amif_netcheck.sound.child"

SLEEPER = (sys.executable, "-c", "import time; print('here', flush=True); time.sleep(600)")
KILLED = 1 if WINDOWS else -9
"""What a killed process ends with: TerminateProcess is given 1, SIGKILL is 9."""


@pytest.fixture
def family(monkeypatch: pytest.MonkeyPatch) -> children._ProcessRegistry:
    made = children._ProcessRegistry()
    monkeypatch.setattr(children, "_family", made)
    return made


def test_all_are_killed_at_the_end_and_none_is_started_any_more(family: children._ProcessRegistry) -> None:
    sleepers = [family.start(SLEEPER, stdin=subprocess.DEVNULL) for _ in range(2)]
    child = children.Child(SOUND, {"do": "list"})
    if sys.platform != "win32":
        sleepers[1].send_signal(signal.SIGSTOP)
    children.end_all()
    for sleeper in sleepers:
        assert sleeper.wait(30) == KILLED
        assert sleeper.stdout is not None
        sleeper.stdout.close()
    child.kill()
    assert child._process.poll() is not None
    with pytest.raises(ChildProcessError):
        children.Child(SOUND, {"do": "list"})


def test_another_program_is_killed_when_its_time_is_up(family: children._ProcessRegistry) -> None:
    with pytest.raises(subprocess.TimeoutExpired):
        children.output_of(SLEEPER, seconds=0.1)
    (sleeper,) = family._living
    assert sleeper.wait(30) == KILLED


def test_a_program_whose_own_child_holds_the_pipe_is_not_waited_for(
    family: children._ProcessRegistry, tmp_path: Path
) -> None:
    """It has ended, but what it says is not whole until its child does, in ten minutes."""
    pid = tmp_path / "pid"
    script = (
        "import pathlib, subprocess\n"
        f"orphan = subprocess.Popen({SLEEPER!r}, stdin=subprocess.PIPE)\n"
        f"pathlib.Path({str(pid)!r}).write_text(str(orphan.pid))\n"
        "import os; os._exit(0)"
    )
    began = time.monotonic()
    try:
        with pytest.raises(subprocess.TimeoutExpired):
            children.output_of((sys.executable, "-c", script), seconds=5)
        assert time.monotonic() - began < 10
    finally:
        os.kill(int(pid.read_text(encoding="utf-8")), signal.SIGTERM)


def test_what_another_program_says(family: children._ProcessRegistry) -> None:
    said = children.output_of((sys.executable, "-c", "print('all is well')"), seconds=60)
    assert said.split() == [b"all", b"is", b"well"]
    with pytest.raises(FileNotFoundError):
        children.output_of(("/no-such-program",), seconds=1)


def test_a_child_that_has_ended_takes_what_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows says EINVAL where others say EPIPE."""
    (tmp_path / "sounddevice.py").write_text("import os; os._exit(3)", encoding="utf-8")
    put_on_path(monkeypatch, tmp_path)
    child = children.Child(SOUND, {"do": "list"})
    child.wait(60)
    assert child.ended
    for _ in range(3):
        child.tell({"do": "again", "so much that no pipe takes it": "x" * 200_000})
    child.kill()
    assert child._process.returncode == 3


def test_a_child_is_a_python_or_where_there_is_none_the_program_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert programs.command(SOUND) == (sys.executable, "-P", "-m", SOUND)
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert programs.command(SOUND) == (sys.executable, "--child", SOUND)
    monkeypatch.setattr(sys, "argv", [sys.executable, "--child", SOUND])
    done: list[str] = []
    monkeypatch.setattr(programs, "be", done.append)
    assert way_in.main() == 0
    assert done == [SOUND]


def ask(*command: str, request: object) -> tuple[int, bytes]:
    """What a child answers to a request, and its exit code; its standard input stays open meanwhile."""
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(request).encode() + b"\n")
        process.stdin.flush()
        answer = process.stdout.read()
        return process.wait(60), answer


def test_the_program_can_be_each_of_its_children_and_nothing_else() -> None:
    code, answer = ask(sys.executable, "-m", "amif_netcheck", "--child", SOUND, request={"do": "list"})
    assert code == 0
    assert json.loads(answer).keys() & {"devices", "error"}
    for arguments in (["--child", "this"], ["--child"], ["--child", SOUND, "x"]):
        assert ask(sys.executable, "-m", "amif_netcheck", *arguments, request={"do": "list"}) == (2, b"")


def test_every_module_that_is_started_as_a_child_is_listed_and_has_a_main() -> None:
    """Who packs the program goes by the list; and each ends with its parent."""
    children_found = set()
    for path in SOURCE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if path.name != "inside.py" and "inside.request()" in text:
            children_found.add("amif_netcheck." + ".".join(path.relative_to(SOURCE).with_suffix("").parts))
            assert "inside.end_with_parent()" in text, path
            assert any(
                isinstance(node, ast.FunctionDef) and node.name == "main" for node in ast.parse(text).body
            )
    assert children_found == set(programs.MODULES)


def test_the_systems_own_programs_do_not_get_libraries_that_were_packed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert programs.foreign_environment() is None
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("LD_LIBRARY_PATH", "/opt/packed")
    monkeypatch.delenv("LD_LIBRARY_PATH_ORIG", raising=False)
    assert "LD_LIBRARY_PATH" not in (programs.foreign_environment() or {"LD_LIBRARY_PATH": "there"})
    monkeypatch.setenv("LD_LIBRARY_PATH_ORIG", "/usr/local/lib")
    assert (programs.foreign_environment() or {})["LD_LIBRARY_PATH"] == "/usr/local/lib"
    monkeypatch.setattr(sys, "platform", "win32")
    assert programs.foreign_environment() is None


WATCHFUL = """
import sys, threading

class Watch:
    def find_spec(self, name, path=None, target=None):
        if name in ("numpy", "sounddevice") and threading.active_count() > 1:
            raise RuntimeError(name + " is loaded while a thread reads standard input")

sys.meta_path.insert(0, Watch())
"""


def test_libraries_are_loaded_before_a_thread_reads_standard_input(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """On Windows OpenBLAS, which numpy loads, asks what standard input is, and waits for that read for ever."""
    (tmp_path / "sitecustomize.py").write_text(WATCHFUL, encoding="utf-8")
    library = "PortAudioError = OSError\ndef query_devices(kind=None): raise OSError('all is loaded')\ndef query_hostapis(): return []"
    (tmp_path / "sounddevice.py").write_text(library, encoding="utf-8")
    put_on_path(monkeypatch, tmp_path)
    for request in ({"do": "list"}, {"do": "test", "record_s": 1, "echo": 0, "play_back": False}):
        code, answer = ask(*programs.command(SOUND), request=request)
        assert (code, json.loads(answer)) == (0, {"error": "OSError: all is loaded", "kind": "device"})


def test_a_child_ends_when_its_parent_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = "PortAudioError = OSError\ndef query_hostapis(): return []\ndef query_devices(kind=None):\n    print('asked', flush=True)\n    import time; time.sleep(600)"
    (tmp_path / "sounddevice.py").write_text(library, encoding="utf-8")
    put_on_path(monkeypatch, tmp_path)
    with subprocess.Popen(programs.command(SOUND), stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b'{"do": "list"}\n')
        process.stdin.flush()
        assert process.stdout.readline().strip() == b"asked"
        process.stdin.close()
        assert process.wait(30) == 0
