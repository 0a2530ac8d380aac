"""Core Audio's sessions, from Wine 10 (Debian 13): Wine 8 has none. Of other processes no Wine tells any: each knows its own."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.package.debian import chroot
from tests.real.sound_server import SoundServer
from tests.wine.prefix import windows_path
from tests.wine.prepare import ROOT, Prepared, wine_environment

pytestmark = [
    pytest.mark.real("debootstrap", "mount", "unshare", "pulseaudio", "pactl"),
    pytest.mark.timeout(400),
    pytest.mark.xdist_group("busy"),
]

_INSTALL_S, _RUN_S = 200, 60
_WINE = "apt-get update -qq && apt-get install -y -qq --no-install-recommends wine wine64 libwine"
_SESSIONS = """
import json, os, time
import numpy, sounddevice
from amif_netcheck.platforms.windows import com, core_audio

def active():
    library, until = com.Ole32(), time.monotonic() + 10
    found = com.asked(library, lambda: core_audio.snapshot(library, until), until)
    return sorted({(each.direction.value, each.pid == os.getpid()) for each in found.sessions if each.active})

def wait_for(wanted):
    until = time.monotonic() + 10
    while (found := active()) != wanted and time.monotonic() < until:
        time.sleep(0.1)
    print(json.dumps(found), flush=True)

wait_for([])
tone = numpy.sin(numpy.arange(48000) / 20).astype("float32") / 4
with sounddevice.OutputStream(samplerate=48000, channels=1) as stream:
    stream.write(tone)
    wait_for([("output", True)])
wait_for([])
with sounddevice.InputStream(samplerate=48000, channels=1) as stream:
    stream.read(4800)
    wait_for([("input", True)])
wait_for([])
"""


@pytest.fixture
def windows(prepared: Prepared, tmp_path: Path) -> Iterator[Callable[..., subprocess.CompletedProcess[str]]]:
    """Windows' Python on Debian 13's Wine, with a sound server; called with arguments."""
    with ExitStack() as stack:
        server = stack.enter_context(SoundServer("pulseaudio"))
        server.laptop()
        root = stack.enter_context(chroot(prepared.folder.parents[1] / "debian", tmp_path)).folder
        environment = {"PATH": os.environ["PATH"], "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}

        def inside(*words: str, seconds: float) -> subprocess.CompletedProcess[str]:
            return subprocess.run(
                ["chroot", str(root), *words], env=environment, stdin=subprocess.DEVNULL, capture_output=True,
                text=True, timeout=seconds, check=False,
            )  # fmt: skip

        installed = inside("sh", "-ec", _WINE, seconds=_INSTALL_S)
        assert installed.returncode == 0, installed.stderr
        for folder in (prepared.folder, ROOT, server.folder):
            place = root / str(folder).lstrip("/")
            place.mkdir(parents=True, exist_ok=True)
            subprocess.run(["mount", "--bind", str(folder), str(place)], check=True)
            stack.callback(subprocess.run, ["umount", "--lazy", str(place)], check=True)
        (root / "home/person").mkdir()
        environment |= wine_environment(Path("/home/person/prefix"), Path("/home/person"))
        environment |= {
            "PULSE_SERVER": f"unix:{server.folder}/pulse/native",
            "XDG_RUNTIME_DIR": str(server.folder),
            "PYTHONPATH": ";".join(windows_path(path) for path in (ROOT / "src", ROOT)),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        stack.callback(inside, "wineserver", "--kill", seconds=_RUN_S)
        booted = inside("wineboot", "--init", seconds=_RUN_S)
        assert booted.returncode == 0, booted.stderr
        yield lambda *words: inside("wine", str(prepared.python), *words, seconds=_RUN_S)


def test_a_program_that_plays_or_records_has_an_active_session(
    windows: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    done = windows("-c", _SESSIONS)
    assert done.returncode == 0, done.stderr
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert told == [[], [["output", True]], [], [["input", True]], []]
