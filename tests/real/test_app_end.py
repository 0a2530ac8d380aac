"""The app ends while its children hang: with its exit code, the terminal as it was, and none of them left."""

from __future__ import annotations

import shlex
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.lab.addresses import AWAY
from tests.lab.house import House
from tests.lab.namespaces import wait_for
from tests.real.sound_server import SoundServer
from tests.real.support import Network
from tests.tui.terminal import Terminal, alive, family, runs

pytestmark = [pytest.mark.real("tmux"), pytest.mark.timeout(400)]

PROGRAM = (sys.executable, "-m", "amif_netcheck", "--lang", "fr")
WAYS = [("q", 130), ("C-c", 130), ("TERM", 143), ("HUP", 129)]
GONE_S = 60


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    made = Terminal(tmp_path, 80, 24)
    try:
        yield made
    finally:
        made.tmux("kill-server")


def start(terminal: Terminal, environment: dict[str, str], *command: str) -> int:
    """Start the program with exactly this environment; its process id."""
    held = [f"{name}={value}" for name, value in {**environment, "TERM": "screen-256color"}.items()]
    terminal.run(shlex.join(["env", "-i", *held, *command]))
    terminal.shows("Prêt pour la visioconférence")
    return terminal.process()


def child(terminal: Terminal, process: int, module: str) -> int:
    """The program's child that runs this module."""
    found: list[int] = []

    def look() -> bool:
        found[:] = [each for each in family(process) if runs(each, module)]
        return bool(found)

    terminal.until(look)
    return found[0]


def end(terminal: Terminal, process: int, way: str) -> None:
    if len(way) > 1 and way.isupper():
        subprocess.run(("kill", f"-{way}", str(process)), check=True)
    else:
        terminal.key(way)


def gone(processes: set[int]) -> Callable[[], bool]:
    return lambda: not any(alive(each) for each in processes)


@pytest.mark.parametrize(("way", "code"), WAYS)
def test_while_speedtest_cli_waits_for_a_server_that_never_answers(
    network: Network, terminal: Terminal, way: str, code: int
) -> None:
    place = House(network)
    place.internet.stand_in("sink", AWAY, "443", listens=("tcp", 443))
    place.hosts({"www.speedtest.net": AWAY})
    command = place.home.command(*PROGRAM, "--only", "link", "--stun", f"{AWAY}:9")
    process = start(terminal, network.environment(), *command)
    speedtest = child(terminal, process, "speedtest_child")
    asked = f"( dport = :443 and dst {AWAY} )"
    terminal.until(lambda: place.home.run("ss", "-Htn", "state", "established", asked).strip())
    children = family(process)
    assert speedtest in children
    end(terminal, process, way)
    assert terminal.ended() == code
    wait_for(gone({process, *children}), GONE_S, "the children's end")
    assert place.home.processes() == set()


@pytest.mark.real("pulseaudio", "pactl")
@pytest.mark.parametrize(("way", "code"), WAYS)
def test_while_a_sound_server_is_stopped(terminal: Terminal, way: str, code: int) -> None:
    with SoundServer("pulseaudio") as server:
        server.headset()
        with server.stopped():
            command = (*PROGRAM, "--offline", "--only", "sound_apps,headset")
            process = start(terminal, server.environment, *command)
            hanging = child(terminal, process, "linux.pulse_child")
            children = family(process)
            end(terminal, process, way)
            assert terminal.ended() == code
            wait_for(gone({process, hanging, *children}), GONE_S, "the children's end")


@pytest.mark.real("pulseaudio", "pactl", "libportaudio")
@pytest.mark.xdist_group("busy")
@pytest.mark.parametrize(("way", "code"), [("q", 0), *WAYS[1:]])
def test_while_a_sound_test_records(terminal: Terminal, way: str, code: int) -> None:
    with SoundServer("pulseaudio") as server:
        server.headset()
        before = server.control("list", "short", "source-outputs")
        process = start(terminal, server.environment, *PROGRAM, "--offline", "--only", "headset")
        terminal.shows("m Essai")
        terminal.key("m")
        terminal.shows("Entrée lance l’essai")
        terminal.key("Enter")
        terminal.shows("▸ 1. Parlez")
        recording = child(terminal, process, "sound.child")
        terminal.until(lambda: server.control("list", "short", "source-outputs") != before)
        end(terminal, process, way)
        assert terminal.ended() == code
        wait_for(gone({process, recording}), GONE_S, "the recording's end")
        terminal.until(lambda: server.control("list", "short", "source-outputs") == before)


def test_when_the_terminal_vanishes(terminal: Terminal) -> None:
    with SoundServer("pulseaudio") as server, server.stopped():
        command = (*PROGRAM, "--offline", "--only", "sound_apps")
        process = start(terminal, server.environment, *command)
        hanging = child(terminal, process, "linux.pulse_child")
        terminal.tmux("kill-server")
        wait_for(gone({process, hanging}), GONE_S, "the program's end")


def test_a_child_that_is_stopped_is_ended_too(terminal: Terminal) -> None:
    with SoundServer("pulseaudio") as server, server.stopped():
        command = (*PROGRAM, "--offline", "--only", "sound_apps")
        process = start(terminal, server.environment, *command)
        hanging = child(terminal, process, "linux.pulse_child")
        subprocess.run(("kill", f"-{signal.SIGSTOP.name[3:]}", str(hanging)), check=True)
        terminal.key("q")
        assert terminal.ended() == 130
        wait_for(gone({process, hanging}), GONE_S, "the child's end")
