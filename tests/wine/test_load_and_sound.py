"""What Windows says of programs, sound, privacy and updates, as far as Wine 8 answers; and how it degrades where it does not."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from tests.real.sound_server import SoundServer
from tests.wine.windows_python import WindowsPython, WindowsRun, kill

STORE = r"SOFTWARE\Microsoft\Windows\CurrentVersion\CapabilityAccessManager\ConsentStore\microphone"
ANSWERS = rf"""
[HKEY_LOCAL_MACHINE\{STORE}]
"Value"="Allow"

[HKEY_CURRENT_USER\{STORE}]
"Value"="Allow"

[HKEY_CURRENT_USER\{STORE}\NonPackaged]
"Value"="Deny"

[HKEY_CURRENT_USER\{STORE}\NonPackaged\C:#Temp#python.exe]
"LastUsedTimeStart"=hex(b):00,80,3e,d5,de,b1,9d,01
"LastUsedTimeStop"=hex(b):00,00,00,00,00,00,00,00

[HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\RebootPending]
"""
_FILETIME_OF_UNIX = 11_644_473_600
"""Seconds from 1601 to 1970."""
BUSY = "import time\nend = time.perf_counter() + 60\nwhile time.perf_counter() < end: pass"


@pytest.fixture(scope="module")
def sound() -> Iterator[SoundServer]:
    with SoundServer("pulseaudio") as server:
        server.sink("room", "device.form_factor=speaker", description="Haut-parleurs du salon")
        server.source("talk", "room", "device.form_factor=headset", description="Micro-casque Jabra")
        server.choose(output="room", source="talk")
        yield server


def looked_at(windows: WindowsPython, server: SoundServer | None, *checks: str) -> WindowsRun:
    environment = {
        name: value
        for name, value in (server.environment if server else {}).items()
        if name.startswith("XDG_")
    }
    only = ("--only", ",".join(checks), "--include-private")  # names are what is looked at
    return windows.run("--json", "--offline", *only, environment=environment)


@pytest.fixture(scope="module")
def heard(windows: WindowsPython, sound: SoundServer) -> WindowsRun:
    return looked_at(windows, sound, "headset", "sound_apps")


@pytest.mark.real("pulseaudio")
def test_sound_devices_are_known_with_both_roles(heard: WindowsRun) -> None:
    devices = heard.fact("headset.devices")
    assert heard.fact("headset.source") == "system"
    for direction in ("output", "input"):
        chosen = [each for each in devices if each["direction"] == direction and each["default"]]
        assert len(chosen) == 1
        assert chosen[0]["communications"]
        assert chosen[0]["rate_hz"] == 44100
        assert (chosen[0]["volume_pct"], chosen[0]["muted"]) == (100.0, False)
    names = {each["name"]: each for each in devices}
    assert names["Haut-parleurs du salon"]["direction"] == "output"
    assert (names["Micro-casque Jabra"]["kind"], names["Micro-casque Jabra"]["sure"]) == ("headset", False)


@pytest.mark.real("pulseaudio")
def test_who_plays_is_unknown_where_windows_does_not_tell_and_open_calls_are_known(heard: WindowsRun) -> None:
    """Wine 8 lists no sessions (E_NOTIMPL)."""
    missing = heard.fact("sound_apps.applications")
    assert (missing["state"], missing["reason"]) == ("unavailable", "unsupported")
    assert heard.fact("sound_apps.calls") == []
    assert "sound_apps.quiet" not in heard.codes("sound_apps")


def test_a_computer_without_sound_says_so(windows: WindowsPython) -> None:
    run = looked_at(windows, None, "headset")
    assert run.fact("headset.devices") == []
    assert run.codes("headset") == {"headset.no_device": "unknown"}


def test_a_busy_process_is_named_and_what_wine_lacks_is_unknown(own_windows: WindowsPython) -> None:
    busy = own_windows.start("-c", BUSY)
    try:
        run = looked_at(own_windows, None, "apps")
    finally:
        kill(busy)
    programs = {each["process"]: each for each in run.fact("apps.programs")}
    assert programs["python.exe"]["cpu_pct"] > 2  # of two cores that others may use too
    assert programs["python.exe"]["mine"]
    assert run.fact("apps.memory.total_mb") > 500
    assert run.fact("apps.battery.reason") == "not_present"
    for unknown in ("apps.power_saver", "apps.slowed_by_heat", "apps.memory.swap_used_mb"):
        assert run.fact(unknown)["reason"] == "unsupported"
    assert run.fact("apps.restart_pending") is False
    assert run.fact("apps.installing") is False


@pytest.mark.real("pulseaudio")
def test_what_the_registry_says_is_read(own_windows: WindowsPython, sound: SoundServer) -> None:
    """That the microphone is refused, and that an update waits; where sessions are not told, nobody is."""
    own_windows.prefix.registry(ANSWERS)
    other = own_windows.start("-c", "import time; print('up', flush=True); time.sleep(60)")
    try:
        assert other.stdout is not None
        assert other.stdout.readline().strip() == b"up"
        run = looked_at(own_windows, sound, "headset", "sound_apps", "apps")
    finally:
        kill(other)
    assert run.fact("headset.microphone_allowed") is False
    assert run.fact("apps.restart_pending") is True
    assert run.fact("sound_apps.applications.reason") == "unsupported", "who plays is untold, whoever records"


def test_who_has_the_camera_is_what_the_registry_says(own_windows: WindowsPython) -> None:
    """Wine lists no cameras: that alone is unknown."""
    store = STORE.replace("microphone", "webcam")
    begun = time.time() + 30  # not before the program that is started below
    now = int((begun + _FILETIME_OF_UNIX) * 10_000_000).to_bytes(8, "little")
    own_windows.prefix.registry(
        rf"""
[HKEY_LOCAL_MACHINE\{store}]
"Value"="Deny"

[HKEY_CURRENT_USER\{store}\NonPackaged\C:#Temp#python.exe]
"LastUsedTimeStart"=hex(b):{now.hex(",")}
"LastUsedTimeStop"=hex(b):00,00,00,00,00,00,00,00
"""
    )
    other = own_windows.start("-c", "import time; print('up', flush=True); time.sleep(60)")
    try:
        assert other.stdout is not None
        assert other.stdout.readline().strip() == b"up"
        run = looked_at(own_windows, None, "camera")
    finally:
        kill(other)
    assert run.fact("camera.cameras.reason") == "unsupported"
    assert [each["process"] for each in run.fact("camera.applications")] == ["python.exe"]
    assert run.codes("camera") == {
        "camera.refused": "warning",
        "camera.unknown": "unknown",
        "camera.in_use": "warning",
    }
