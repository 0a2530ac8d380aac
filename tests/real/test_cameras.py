"""Who has a camera: a real process with an open file, and a real PipeWire with a node that calls itself a camera.

There is no camera here, nor a kernel's made-up one: what the node gives is silence, and only who is linked to it counts.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from amif_netcheck.model.facts import Reason, Unavailable
from amif_netcheck.platforms.answers import CameraUser
from amif_netcheck.platforms.linux import camera_users, pipewire_cameras
from tests.lab.namespaces import wait_for
from tests.real.sound_server import SoundServer

pytestmark = pytest.mark.real("pw-dump", "pw-cli", "pw-cat", "pw-link", *(
    "pipewire", "pipewire-pulse", "wireplumber", "dbus-run-session"
))  # fmt: skip

VIDEO = "/dev/video7"
_NODE = (
    "create-node adapter { factory.name=support.null-audio-sink node.name=fake_camera media.class=Video/Source "
    f"device.api=v4l2 api.v4l2.path={VIDEO} audio.position=[MONO] }}"
)
_PORTS = (
    '{ "direction": "Input", "mode": "dsp", "monitor": true, "format": { "mediaType": "audio", "mediaSubtype": "raw", '
    '"format": "F32P", "rate": 48000, "channels": 1, "position": ["MONO"] } }'
)
"""Nobody gives ports to a node of pictures without a camera: these are of sound."""
_WAIT_S = 20


class Pictures:
    """A PipeWire with a camera's node."""

    def __init__(self, server: SoundServer) -> None:
        self.server = server
        server.start("sh", "-c", f"(echo '{_NODE}'; exec sleep 600) | pw-cli")
        wait_for(lambda: self._node() is not None, _WAIT_S, "the camera's node")
        self._say("pw-cli", "set-param", str(self._node()), "PortConfig", _PORTS)
        wait_for(lambda: "fake_camera:" in self._say("pw-link", "-o"), _WAIT_S, "the node's ports")

    def given_to_another(self, folder: Path) -> subprocess.Popen[bytes]:
        """A program that is linked to it."""
        program = self.server.start("pw-cat", "--record", "--target", "0", str(folder / "heard.wav"))
        wait_for(lambda: "pw-cat:" in self._say("pw-link", "-i"), _WAIT_S, "pw-cat's ports")
        self._say("pw-link", self._port("-o", "fake_camera:"), self._port("-i", "pw-cat:"))
        return program

    def _port(self, direction: str, begins: str) -> str:
        return next(line for line in self._say("pw-link", direction).split() if line.startswith(begins))

    def _node(self) -> int | None:
        dump: list[dict[str, Any]] = json.loads(self._say("pw-dump") or "[]")
        for each in dump:
            if ((each.get("info") or {}).get("props") or {}).get("node.name") == "fake_camera":
                return int(each["id"])
        return None

    def _say(self, *command: str) -> str:
        environment = self.server.environment
        ran = subprocess.run(command, env=environment, capture_output=True, check=False, timeout=30)
        return ran.stdout.decode() if ran.returncode == 0 else ""


@pytest.fixture
def pictures(monkeypatch: pytest.MonkeyPatch) -> Iterator[Pictures]:
    with SoundServer("pipewire") as server:
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(server.folder))
        yield Pictures(server)


def clients(*paths: str) -> tuple[CameraUser, ...] | Unavailable:
    return pipewire_cameras.clients(time.monotonic() + 5, set(paths))


def test_pipewire_tells_who_has_a_camera(pictures: Pictures, tmp_path: Path) -> None:
    assert clients(VIDEO) == ()
    program = pictures.given_to_another(tmp_path)
    expected = CameraUser(application="pw-cat", process="pw-cat", pid=program.pid)
    wait_for(lambda: clients(VIDEO) == (expected,), _WAIT_S, "the link")
    assert clients("/dev/video0") == ()
    pictures.server.end(program)
    wait_for(lambda: clients(VIDEO) == (), _WAIT_S, "the link to go")


def test_without_a_pipewire_nobody_tells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    unknown = clients(VIDEO)
    assert isinstance(unknown, Unavailable)
    assert unknown.reason in {Reason.UNSUPPORTED, Reason.TIMEOUT}


def test_a_process_that_holds_a_file_is_found(tmp_path: Path) -> None:
    held = tmp_path / "video0"
    held.touch()
    code = f"import sys; held = open({str(held)!r}); print(flush=True); sys.stdin.read()"
    with subprocess.Popen(
        (sys.executable, "-c", code), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        found, hidden = camera_users.holders({str(held)}, Path("/proc"))
        assert found == {process.pid: {str(held)}}
        assert not hidden  # as root one sees all
        process.kill()
    assert camera_users.holders({str(held)}, Path("/proc"))[0] == {}
