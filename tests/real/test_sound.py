"""Who uses sound, and is there a headset: on real sound servers, with devices and applications that tests make."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab.namespaces import wait_for
from tests.real.sound_server import SERVERS, SoundServer, check, tone
from tests.real.support import Run

pytestmark = pytest.mark.real("pactl", "paplay", "parec", "sox")

SOUND = ("--only", "sound_apps,headset")
STOPPED_ENDS_S = 10
CALL_OPEN = "sound_apps.call_open"


def users(run: Run) -> dict[str, str]:
    """Who uses sound. What is open is left out: other tests may run applications for calls at this very moment."""
    found = {code: severity for code, severity in run.codes("sound_apps").items() if code != CALL_OPEN}
    return found or {"sound_apps.quiet": "ok"}


@pytest.fixture(params=SERVERS)
def server(request: pytest.FixtureRequest) -> Iterator[SoundServer]:
    with SoundServer(request.param) as running:
        yield running


@pytest.fixture
def pulseaudio() -> Iterator[SoundServer]:
    with SoundServer("pulseaudio") as running:
        yield running


def test_who_plays_and_who_records(server: SoundServer, tmp_path: Path) -> None:
    server.headset()
    assert users(server.check(*SOUND)) == {"sound_apps.quiet": "ok"}
    playing = server.play(tone(tmp_path / "t.wav", "sine", "440", "vol", "0.3"), "headset")
    run = server.check(*SOUND)
    assert users(run) == {"sound_apps.plays": "info"}
    named = {each["code"]: each["params"]["applications"] for each in run.findings("sound_apps")}
    assert named["sound_apps.plays"] == ["paplay"]
    recording = server.record("headset_mic")
    run = server.check(*SOUND)
    assert users(run) == {"sound_apps.holds_microphone": "warning", "sound_apps.plays": "info"}
    facts = run.fact("sound_apps.applications")
    assert [(each["application"], each["process"], each["use"]) for each in facts] == [
        ("parec", "pacat", "records"),
        ("paplay", "pacat", "plays"),
    ]
    for process in (playing, recording):
        server.end(process)
    wait_for(lambda: "pacat" not in server.control("list", "clients"), 10, "both to be gone")
    assert users(server.check(*SOUND)) == {"sound_apps.quiet": "ok"}


def test_a_monitor_is_no_microphone_and_a_muted_player_no_player(server: SoundServer, tmp_path: Path) -> None:
    server.headset()
    server.record("headset.monitor")
    server.play(tone(tmp_path / "t.wav", "sine", "440"), "headset")
    number = server.control("list", "short", "sink-inputs").split()[0]
    server.control("set-sink-input-mute", number, "1")
    run = server.check(*SOUND)
    assert users(run) == {"sound_apps.quiet": "ok"}
    assert [(each["use"], each["muted"]) for each in run.fact("sound_apps.applications")] == [("plays", True)]


def test_a_headset_in_use(server: SoundServer) -> None:
    server.laptop()
    server.headset()
    run = server.check(*SOUND)
    assert run.codes("headset") == {"headset.in_use": "ok"}
    devices = {each["name"]: each for each in run.fact("headset.devices")}
    both = [devices["Jabra Evolve2 30"], devices["Jabra Evolve2 30 Mono"]]
    assert [(each["kind"], each["bus"], each["default"]) for each in both] == [("headset", "usb", True)] * 2
    assert devices["Interne"]["kind"] == devices["Micro interne"]["kind"] == "built_in"
    assert not any("onitor" in name for name in devices)
    assert run.report["verdict"] == "ready"


def test_a_headset_that_is_plugged_in_and_not_chosen_is_named(server: SoundServer) -> None:
    server.headset(chosen=False)
    server.laptop()
    run = server.check(*SOUND)
    finding = run.finding("headset")
    assert (finding["code"], finding["severity"]) == ("headset.not_chosen", "warning")
    assert "Jabra Evolve2 30" in finding["summary"]
    assert any("Jabra Evolve2 30" in step for step in finding["advice"])
    server.choose(source="headset_mic")
    assert server.check(*SOUND).codes("headset") == {"headset.output_elsewhere": "warning"}
    server.choose(output="headset", source="laptop_mic")
    run = server.check(*SOUND)
    assert run.codes("headset") == {"headset.input_elsewhere": "warning"}
    assert run.finding("headset")["params"]["device"] == "Jabra Evolve2 30 Mono"


def test_the_computers_own_devices_and_a_microphone_that_is_off(server: SoundServer) -> None:
    server.laptop()
    assert server.check(*SOUND).codes("headset") == {"headset.built_in": "info"}
    server.control("set-source-volume", "laptop_mic", "15%")
    assert server.check(*SOUND).codes("headset") == {
        "headset.built_in": "info",
        "headset.input_low": "warning",
    }
    (microphone,) = [
        each for each in server.check(*SOUND).fact("headset.devices") if each["volume_pct"] == 15
    ]
    listed = server.control("list", "sources").partition("Name: laptop_mic\n")[2]
    shown = re.search(r"15%(?: / (-[\d.]+) dB)?", listed)
    assert shown is not None
    expected = None if shown[1] is None else pytest.approx(float(shown[1]), abs=0.06)
    assert microphone["volume_db"] == expected, "as libpulse computes it, where the device has decibels"
    server.control("set-source-mute", "laptop_mic", "1")
    run = server.check(*SOUND)
    assert run.codes("headset") == {"headset.built_in": "info", "headset.input_muted": "critical"}
    assert run.code == 3


def test_no_device_at_all(server: SoundServer) -> None:
    assert server.check(*SOUND).codes("headset") == {"headset.no_device": "unknown"}


def test_names_of_devices_do_not_leave_the_machine(pulseaudio: SoundServer) -> None:
    pulseaudio.headset(chosen=False)
    pulseaudio.laptop()
    run = pulseaudio.check(*SOUND, "--no-include-private")
    assert run.codes("headset") == {"headset.not_chosen": "warning"}
    assert "Jabra" not in run.stdout
    assert "device-" not in "".join([run.finding("headset")["summary"], *run.finding("headset")["advice"]])
    assert {each["kind"] for each in run.fact("headset.devices")} >= {"headset", "built_in"}


def test_a_headset_that_comes_and_goes_breaks_nothing(pulseaudio: SoundServer) -> None:
    pulseaudio.laptop()
    over = threading.Event()

    def plug_in_and_out() -> None:
        while not over.is_set():
            for module in pulseaudio.headset(chosen=False):
                pulseaudio.unload(module)

    plugger = threading.Thread(target=plug_in_and_out)
    plugger.start()
    try:
        for _ in range(5):
            run = pulseaudio.check(*SOUND)
            assert run.report["errors"] == []
            assert set(run.codes("headset")) & {
                *("headset.built_in", "headset.not_chosen", "headset.output_elsewhere"),
                *(
                    "headset.in_use",
                    "headset.no_microphone",
                    "headset.loudspeaker",
                    "headset.input_elsewhere",
                ),
            }
    finally:
        over.set()
        plugger.join()


def test_a_sound_server_that_is_stopped_ends_the_checks_in_time(server: SoundServer) -> None:
    server.laptop()
    with server.stopped():
        run = server.check(*SOUND)
    for said in (users(run), run.codes("headset")):  # on a crowded machine there may be no time to tell why
        assert set(said.values()) == {"unknown"}
        assert {code.partition(".")[2] for code in said} <= {"stopped", "unknown"}
    assert run.duration_s < STOPPED_ENDS_S
    assert server.check(*SOUND).codes("headset") == {"headset.built_in": "info"}


def test_no_sound_server(tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)}
    run = check(environment, *SOUND)
    assert set(users(run).values()) <= {"unknown", "ok"}
    assert set(run.codes("headset").values()) == {"unknown"}
    assert run.stderr == ""
    run = check({**environment, "SSH_CONNECTION": "192.0.2.1 1 192.0.2.2 22"}, *SOUND)
    assert run.codes("headset") == {"headset.remote": "unknown"}


@pytest.mark.parametrize("by", ["environment", "file", "included file"])
def test_offline_a_sound_server_of_another_computer_is_not_asked(by: str, tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)}
    with socket.create_server(("127.0.0.1", 0)) as other:
        other.settimeout(0)
        told = f"tcp:127.0.0.1:{other.getsockname()[1]}"
        if by == "environment":
            environment["PULSE_SERVER"] = told
        else:
            folder = tmp_path / ".config" / "pulse"
            (folder / "more").mkdir(parents=True)
            named = "more/2.conf" if by == "included file" else "client.conf"
            (folder / "more" / "1.conf").write_text(".include 2.conf\n")
            (folder / "client.conf").write_text("  .include more/1.conf\n")
            (folder / named).write_text(f"default-server = {told}\n")
        for more in ((), ("--sound-test",)):
            run = check(environment, *SOUND, "--offline", *more)
            assert run.codes("headset") == {"headset.unknown": "unknown"}
            assert run.finding("headset")["params"]["reason"] == "not_requested"
            assert users(run) == {"sound_apps.unknown": "unknown"}
            with pytest.raises(BlockingIOError):
                other.accept()
        check(environment, *SOUND)
        other.accept()[0].close()  # else it would have been


@pytest.mark.xdist_group("processes")  # whoever looks at all processes would see Skype
def test_open_call_applications_are_told_even_when_silent(pulseaudio: SoundServer, tmp_path: Path) -> None:
    pulseaudio.headset()
    program = tmp_path / "skypeforlinux"
    program.symlink_to("/bin/sleep")
    silent = pulseaudio.start(str(program), "60")
    wait_for(lambda: _name(silent) == "skypeforlinux", 10, "Skype to run")
    run = pulseaudio.check(*SOUND)
    assert run.codes("sound_apps") == {CALL_OPEN: "info"}
    assert run.finding("sound_apps")["params"]["applications"] == ["Skype"]
    run = pulseaudio.check(*SOUND, "--meeting", "https://join.skype.com/abc", "--offline")
    assert run.codes("sound_apps") == {"sound_apps.quiet": "ok"}


def _name(process: subprocess.Popen[bytes]) -> str:
    return Path(f"/proc/{process.pid}/comm").read_text().strip()


def test_a_report_needs_no_sound_library_to_start() -> None:
    code = "import sys, amif_netcheck.cli.main, amif_netcheck.run.engine; print({'numpy','sounddevice','pulsectl'} & set(sys.modules))"
    ran = subprocess.run((sys.executable, "-c", code), capture_output=True, check=True, timeout=30)
    assert ran.stdout.decode().strip() == "set()"
