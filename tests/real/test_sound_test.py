"""The sound test on real sound servers: levels against sox's, echoes against a room that the test made."""

from __future__ import annotations

import json
import math
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest

from amif_netcheck.checks import sound_test
from amif_netcheck.model.facts import Facts, Recording, SoundTestFacts
from tests.real.sound_server import SERVERS, SoundServer, check
from tests.real.spoken import PERIOD_S, sox, speech, truth_dbfs
from tests.real.support import Run, finished

pytestmark = [
    pytest.mark.real("pactl", "paplay", "sox", "espeak-ng", "libportaudio"),
    pytest.mark.timeout(150),
    pytest.mark.xdist_group("busy"),
]

TEST = ("--quick", "--only", "headset", "--sound-test", "--lang", "en")
LEVEL_DB = 1.0
DELAY_MS = 10.0
STRENGTH_DB = 2.0


@pytest.fixture(params=SERVERS)
def server(request: pytest.FixtureRequest) -> Iterator[SoundServer]:
    with SoundServer(request.param) as running:
        running.headset()
        yield running


@pytest.fixture
def pulseaudio() -> Iterator[SoundServer]:
    with SoundServer("pulseaudio") as running:
        yield running


def run_with(server: SoundServer, played: Path | None, *more: str) -> Run:
    playing = server.play(played, "mouth") if played else None
    run = server.check(*TEST, *more)
    if playing is not None:
        server.end(playing)
    return run


def recording(run: Run) -> Any:
    return run.fact("sound_test.recording")


def codes(run: Run) -> dict[str, str]:
    """Without what is said of the devices."""
    return {code: severity for code, severity in run.codes("headset").items() if ".test_" in code}


@pytest.mark.alone
def test_speech_is_heard_as_loud_as_it_is(server: SoundServer, tmp_path: Path) -> None:
    path = speech(tmp_path)
    run = run_with(server, path)
    if not run.fact("sound_test.played_back"):  # a machine that was busy for a moment stalls what is played
        run = run_with(server, path)
    heard = recording(run)
    assert heard["rms_dbfs"] == pytest.approx(truth_dbfs(path), abs=LEVEL_DB)
    assert heard["peak_dbfs"] == pytest.approx(truth_dbfs(path, "Pk lev dB"), abs=LEVEL_DB)
    assert (heard["seconds"], heard["speech"], heard["all_zero"]) == (3.0, True, False)
    assert codes(run) == {"headset.test_good": "ok"}
    assert run.fact("sound_test.echo")["reason"] == "not_requested"  # a headset is worn
    assert run.fact("sound_test.played_back")
    tested = (run.fact("sound_test.input"), run.fact("sound_test.output"))
    assert tested == ("Jabra Evolve2 30 Mono", "Jabra Evolve2 30")
    assert "speak now" in run.stderr
    assert "how you are heard" in run.stderr
    left = {path.suffix for path in server.folder.rglob("*") if path.is_file()}
    assert not left & {".wav", ".raw", ".flac"}


@dataclass
class Case:
    """What is played into the microphone, by sox, and what is said of it."""

    makes: tuple[str, ...]
    said: dict[str, str]
    muted: bool = False


NOISE = ("synth", "60", "whitenoise", "gain", "-75")
CASES = {
    "hiss": Case(NOISE, {"headset.test_silent": "critical"}),
    "hum": Case(("synth", "60", "sine", "150", "gain", "-20"), {"headset.test_no_speech": "unknown"}),
    "off": Case(NOISE, {"headset.test_no_signal": "critical"}, muted=True),
}


def judged(said: list[dict[str, Any]]) -> tuple[Recording, dict[str, str]]:
    """What the sound test's process measured, and the findings that follow."""
    recorded = msgspec.convert(next(line["recording"] for line in said if "recording" in line), Recording)
    facts = Facts(sound_test=SoundTestFacts(recording=recorded))
    return recorded, {each.code: each.severity.value for each in sound_test.findings(facts)}


ONLY_RECORD = {"do": "test", "record_s": 2 * PERIOD_S, "echo": 0, "play_back": False}


def test_a_weak_voice_and_a_distorted_one(pulseaudio: SoundServer, tmp_path: Path) -> None:
    pulseaudio.headset()
    weak = speech(tmp_path, "gain", "-30")
    playing = pulseaudio.play(weak, "mouth")
    recorded, said = judged(child(pulseaudio, ONLY_RECORD))
    pulseaudio.end(playing)
    assert recorded.rms_dbfs == pytest.approx(truth_dbfs(weak), abs=LEVEL_DB)
    assert said == {"headset.test_weak": "warning"}
    pulseaudio.play(speech(tmp_path, "gain", "18"), "mouth")
    recorded, said = judged(child(pulseaudio, {**ONLY_RECORD, "record_s": PERIOD_S}))
    assert recorded.clipped_pct > 1
    assert said["headset.test_clipped"] == "warning"


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_silence_hum_and_a_microphone_that_is_off_are_told_apart(
    pulseaudio: SoundServer, tmp_path: Path, case: Case
) -> None:
    pulseaudio.headset()
    path = tmp_path / "made.wav"
    sox("-n", "-r", "48000", "-c", "2", "-b", "16", str(path), *case.makes)
    pulseaudio.control("set-source-mute", "headset_mic", str(int(case.muted)))
    pulseaudio.play(path, "mouth")
    recorded, said = judged(child(pulseaudio, {**ONLY_RECORD, "record_s": 1.0}))
    assert recorded.all_zero is case.muted
    assert said == case.said


@pytest.mark.parametrize("server", SERVERS[1:], indirect=True)
def test_an_echo_is_heard_only_where_there_is_one(server: SoundServer) -> None:
    """The loudspeakers' monitor is the microphone: an echo as loud as it can be. Then a microphone in another room."""
    server.sink("loud", "device.form_factor=speaker", "device.bus=usb")
    server.source("near", "loud", "device.form_factor=microphone", "device.bus=usb")
    server.choose(output="loud", source="near")
    run = run_with(server, None)
    echo = run.fact("sound_test.echo")
    assert echo["heard"]
    assert echo["strength_db"] == pytest.approx(0, abs=STRENGTH_DB)
    assert "headset.test_echo" in codes(run)
    server.choose(source="headset_mic")
    assert run.fact("sound_test.obstacle") == "none"
    said = child(server, {"do": "test", "record_s": 0.2, "echo": 1, "play_back": False})
    assert [line["echo"]["found"] for line in said if "echo" in line] == [False]


@pytest.mark.alone
def test_echoes_are_as_late_and_as_strong_as_the_room_makes_them(pulseaudio: SoundServer) -> None:
    """Twelve rooms, a quarter of them without an echo, in one go: the child is asked for as many chirps."""
    chance = random.Random(20)
    rooms: list[tuple[float, float | None]] = [
        (chance.uniform(5, 250), None if number % 4 == 3 else chance.uniform(-30, 0)) for number in range(12)
    ]
    pipes = [str(pulseaudio.folder / name) for name in ("sink", "source")]
    stereo, mono = ("format=s16le", "rate=48000", "channels=2"), ("format=s16le", "rate=48000", "channels=1")
    pulseaudio.control("load-module", "module-pipe-sink", "sink_name=room_out", f"file={pipes[0]}", *stereo)
    pulseaudio.control("load-module", "module-pipe-source", "source_name=room_in", f"file={pipes[1]}", *mono)
    pulseaudio.choose(output="room_out", source="room_in")
    pulseaudio.hurry()

    def disturbed(asked: list[tuple[float, float | None]]) -> list[tuple[float, float | None]]:
        """Rooms that were heard otherwise, and those after which the sound stalled."""
        room = pulseaudio.start(sys.executable, "-m", "tests.real.echo_room", *pipes, json.dumps(asked))
        said = child(pulseaudio, {"do": "test", "record_s": 0.2, "echo": len(asked), "play_back": False})
        pulseaudio.end(room)
        heard: list[dict[str, Any]] = next((line["echo"]["chirps"] for line in said if "echo" in line), [])
        pairs = list(zip(asked, heard, strict=len(heard) == len(asked)))
        assert not [one for (_, gain_db), one in pairs if gain_db is None and one["found"]]
        otherwise = [each for each, one in pairs if not agrees(each, one)]
        assert len(otherwise) <= len(rooms) / 2
        return [*otherwise, *asked[len(heard) :]]

    waiting = rooms
    for _ in range(
        4
    ):  # a machine that is busy for a moment shifts what is played, or stalls it: those once more
        waiting = disturbed(waiting) if waiting else []
    assert not waiting


def agrees(room: tuple[float, float | None], heard: dict[str, Any]) -> bool:
    delay_ms, gain_db = room
    if gain_db is None or not heard["found"]:
        return gain_db is None and not heard["found"]
    return bool(
        math.isclose(heard["delay_ms"], delay_ms, abs_tol=DELAY_MS)
        and math.isclose(heard["strength_db"], gain_db, abs_tol=STRENGTH_DB)
    )


def child(server: SoundServer, wish: dict[str, Any]) -> list[dict[str, Any]]:
    """All that the sound test's process says."""
    process = subprocess.Popen(
        (sys.executable, "-m", "amif_netcheck.sound.child"),
        env=server.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    os.setpriority(os.PRIO_PROCESS, process.pid, -15)  # not in real time: PortAudio may spin
    process.stdin.write(json.dumps(wish).encode() + b"\n")
    process.stdin.flush()
    said = [json.loads(line) for line in process.stdout]
    process.stdin.close()
    process.stdout.close()
    process.wait(10)
    return said


def interrupted(server: SoundServer, what: Callable[[], None]) -> Run:
    """A sound test during which something happens, as soon as the person is told to speak."""
    started = time.monotonic()
    command = (sys.executable, "-m", "amif_netcheck", "--json", "--include-private", *TEST)
    process = subprocess.Popen(
        command,
        env=server.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stderr is not None
    assert b"speak now" in process.stderr.readline()
    what()
    return finished(process, started)


def test_a_headset_that_is_pulled_out_while_one_speaks(pulseaudio: SoundServer, tmp_path: Path) -> None:
    modules = pulseaudio.headset()
    pulseaudio.play(speech(tmp_path), "mouth")

    def pull_out() -> None:
        for module in modules:
            pulseaudio.unload(module)

    run = interrupted(pulseaudio, pull_out)
    assert run.report["errors"] == []
    assert recording(run)["state"] == "unavailable"
    assert codes(run) in ({"headset.test_failed": "unknown"}, {"headset.test_changed": "unknown"})


def test_a_sound_server_that_stops_while_one_speaks(server: SoundServer) -> None:
    run = interrupted(server, server.freeze)
    assert set(codes(run)) <= {"headset.test_failed", "headset.test_stopped"}
    assert set(codes(run).values()) == {"unknown"}
    assert run.report["errors"] == []


def test_without_portaudio_the_package_is_named(pulseaudio: SoundServer) -> None:
    pulseaudio.headset()
    hidden = "for f in $(ldconfig -p | awk '/libportaudio/ {print $NF}'); do mount --bind /dev/null $f; done; exec \"$@\""
    started = time.monotonic()
    process = subprocess.Popen(
        (
            "unshare",
            "--mount",
            "sh",
            "-c",
            hidden,
            "sh",
            sys.executable,
            "-m",
            "amif_netcheck",
            "--json",
            *TEST,
        ),
        env={**pulseaudio.environment, "PATH": f"{os.environ['PATH']}:/sbin:/usr/sbin"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    run = finished(process, started)
    assert codes(run) == {"headset.test_no_library": "unknown"}
    finding = run.findings("headset")[-1]
    assert finding["params"]["package"] == "libportaudio2"
    assert "libportaudio2" in finding["summary"]
    assert run.stderr == ""
    assert run.codes("headset")["headset.in_use"] == "ok"


def test_without_a_folder_for_temporary_files_sound_is_measured(server: SoundServer, tmp_path: Path) -> None:
    read_only = " && ".join(
        f"mount --bind {folder} {folder} && mount -o remount,bind,ro {folder}"
        for folder in ("/tmp", "/var/tmp", "/dev/shm")
    )
    command = f'{read_only} && cd /proc && ! touch "$TMPDIR/x" 2>&- && exec "$0" "$@"'
    program = (sys.executable, "-m", "amif_netcheck", "--json", *TEST, "--only", "headset,sound_apps")
    playing = server.play(speech(tmp_path), "mouth")
    started = time.monotonic()
    process = subprocess.Popen(
        ("unshare", "--mount", "sh", "-c", command, *program),
        env={**server.environment, "TMPDIR": "/tmp"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    run = finished(process, started)
    server.end(playing)
    assert codes(run) == {"headset.test_good": "ok"}
    assert recording(run)["speech"]
    assert "sound_apps.plays" in run.codes("sound_apps")  # what is played into the microphone
    assert run.report["errors"] == []


def test_no_sound_server_and_no_device(tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)}
    run = check(environment, *TEST)
    assert codes(run) == {"headset.test_no_device": "unknown"}
    assert run.stderr == ""
