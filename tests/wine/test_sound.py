"""The sound test by Windows' Python, on PulseAudio devices with a tone of a known level in them."""

from __future__ import annotations

import array
import contextlib
import json
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.real.sound_server import SoundServer, tone
from tests.wine.prefix import Prefix
from tests.wine.prepare import Prepared
from tests.wine.windows_python import WindowsPython, kill

pytestmark = [
    pytest.mark.real("pulseaudio", "pactl", "paplay", "parec", "sox"),
    pytest.mark.xdist_group("busy"),
]

TONE = 0.300
SLACK = 0.003
RATE = 48_000
_LONGEST_S = 60
TEST = ("--quick", "--only", "headset", "--sound-test", "--json", "--include-private", "--lang", "en")


@pytest.fixture
def server() -> Iterator[SoundServer]:
    with SoundServer("pulseaudio") as running:
        running.laptop()
        yield running


@pytest.fixture
def windows(prepared: Prepared, server: SoundServer, tmp_path: Path) -> Iterator[WindowsPython]:
    with Prefix(prepared, tmp_path) as prefix:
        yield WindowsPython(prefix)


def heard_by(server: SoundServer) -> dict[str, str]:
    """For Wine's sound driver."""
    return {
        "PULSE_SERVER": f"unix:{server.folder}/pulse/native",
        "XDG_RUNTIME_DIR": str(server.folder),
    }


@contextlib.contextmanager
def captured(server: SoundServer, device: str, path: Path) -> Iterator[None]:
    """What is played on a sink, as floats in one channel, into a file."""
    command = ("parec", f"--device={device}.monitor", "--format=float32le", f"--rate={RATE}", "--channels=1")
    with path.open("wb") as file:
        process = subprocess.Popen(command, env=server.environment, stdout=file)
        try:
            yield
        finally:
            process.terminate()
            process.wait(10)


def peak(samples: bytes) -> float:
    floats = array.array("f", samples[: len(samples) // 4 * 4])
    return max(abs(max(floats)), abs(min(floats)))


def tenths(samples: bytes) -> list[bytes]:
    """Of a second."""
    size = RATE // 10 * 4
    return [samples[at : at + size] for at in range(0, len(samples) - size, size)]


def amplitude(dbfs: float) -> float:
    return float(10 ** (dbfs / 20))


def said_by_the_child(windows: WindowsPython, server: SoundServer, request: dict[str, Any]) -> dict[str, Any]:
    """The child's lines by their first key, the last of each."""
    process = windows.start("-m", "amif_netcheck.sound.child", environment=heard_by(server))
    assert process.stdin is not None
    assert process.stdout is not None
    alarm = threading.Timer(_LONGEST_S, process.kill)
    alarm.start()
    try:
        process.stdin.write(json.dumps(request).encode() + b"\n")
        process.stdin.flush()
        lines = [json.loads(line) for line in process.stdout]
    finally:
        alarm.cancel()
        kill(process)
    return {next(iter(line)): line for line in lines}


@pytest.mark.alone
def test_a_tone_is_recorded_and_played_as_loud_as_it_is(
    server: SoundServer, windows: WindowsPython, tmp_path: Path
) -> None:
    server.play(tone(tmp_path / "tone.wav", "sine", "440", "vol", str(TONE)), "room")
    sink = tmp_path / "sink.raw"
    with captured(server, "laptop", sink):
        request = {"do": "test", "record_s": 3.0, "echo": 0, "play_back": True, "keep_s": 0}
        said = said_by_the_child(windows, server, request)
    assert "error" not in said
    recording = said["recording"]["recording"]
    assert amplitude(recording["peak_dbfs"]) == pytest.approx(TONE, abs=SLACK)
    assert amplitude(recording["rms_dbfs"]) * 2**0.5 == pytest.approx(TONE, abs=SLACK)
    assert (recording["seconds"], recording["rate_hz"], recording["clipped_pct"]) == (3.0, RATE, 0)
    assert (said["played"]["played"], said["done"]["done"]) == (1, True)
    played = sink.read_bytes()
    assert peak(played) == pytest.approx(TONE, abs=SLACK)
    loud = sum(peak(tenth) > TONE - SLACK for tenth in tenths(played))
    assert loud == pytest.approx(30, abs=2), "three seconds of it"


@pytest.mark.alone
@pytest.mark.timeout(120)
def test_the_program_tells_what_the_microphone_heard(
    server: SoundServer, windows: WindowsPython, tmp_path: Path
) -> None:
    server.play(tone(tmp_path / "tone.wav", "sine", "440", "vol", str(TONE)), "room")
    run = windows.run(*TEST, environment=heard_by(server))
    recording = run.fact("sound_test.recording")
    assert amplitude(recording["peak_dbfs"]) == pytest.approx(TONE, abs=SLACK)
    assert (recording["speech"], recording["all_zero"]) == (False, False), "a tone is no speech"
    assert run.codes("headset")["headset.test_no_speech"] == "unknown"
    assert "speak now" in run.stderr


@pytest.mark.alone
def test_a_microphone_that_gives_nothing_is_told_from_a_quiet_one(
    server: SoundServer, windows: WindowsPython
) -> None:
    run = windows.run(*TEST, environment=heard_by(server))
    assert run.fact("sound_test.recording.all_zero")
    assert run.fact("sound_test.played_back") is False
    assert run.codes("headset")["headset.test_no_signal"] == "critical"


def test_without_a_sound_server_it_is_said_that_there_is_no_device(
    windows: WindowsPython, server: SoundServer
) -> None:
    gone = {**heard_by(server), "PULSE_SERVER": "unix:/nonexistent"}
    run = windows.run(*TEST, environment=gone)
    assert run.fact("sound_test.recording")["reason"] == "not_present"
    assert run.fact("sound_test.obstacle") == "no_device"
    assert "Traceback" not in run.stderr
