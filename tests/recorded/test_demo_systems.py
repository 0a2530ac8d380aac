"""The demo's Windows and macOS call things, and tell or don't tell, as those systems did on recorded machines."""

from __future__ import annotations

import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import msgspec
import psutil
import pytest

from amif_netcheck.catalog.calls import name_and_family
from amif_netcheck.demo import recordings
from amif_netcheck.model.facts import (
    Direction,
    LinkKind,
    Medium,
    SoundBus,
    Unavailable,
)
from amif_netcheck.platforms.base import Platform
from amif_netcheck.platforms.macos import camera_users, property_frameworks
from amif_netcheck.probes import apps, camera
from amif_netcheck.probes.context import Context
from tests.recorded.french_machines import PROGRAMS_ON_MACS, PROGRAMS_ON_WINDOWS, LaptopWithWindows, MacBook

MACHINES = {"windows": LaptopWithWindows, "macos": MacBook}
PROGRAMS = {"windows": PROGRAMS_ON_WINDOWS, "macos": tuple(PROGRAMS_ON_MACS)}
_AS_SCENARIOS_CALL_THEM = ("firefox", "onedrive", "spotify", "zoom", "steam", "teams", "scanner")
_NOT_PLAYED = {"battery", "power_saver", "installing"}
"""Every system tells these; the recorded machines were not asked."""
_CHANGING = {"television", "scanner_name"}
"""What the network and our own catalogue call things, the same on every system."""


@pytest.fixture(autouse=True)
def of_a_macbook(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apps, "_SHORTEST_WINDOW_S", 0.0)
    monkeypatch.setattr(apps, "QUICK_WINDOW_S", 0.01)
    monkeypatch.setattr(camera_users, "release", lambda: 15)
    swap = SimpleNamespace(total=0, used=0, free=0, percent=0.0, sin=0, sout=0)
    monkeypatch.setattr(psutil, "swap_memory", lambda: swap)


def machine(system: str, language: str, monkeypatch: pytest.MonkeyPatch) -> Platform:
    made = MACHINES[system](language)
    if isinstance(made, MacBook):
        monkeypatch.setattr(property_frameworks, "core_media", lambda: made.camera_library)
    return made


def soon() -> float:
    return time.monotonic() + 5


def names(platform: Platform) -> dict[str, str]:
    """As `systems.json` has them."""
    interfaces, sound, seen = platform.interfaces(), platform.sound(soon()), platform.cameras(soon())
    running = platform.processes()
    assert not isinstance(interfaces, Unavailable)
    assert not isinstance(sound.devices, Unavailable)
    assert not isinstance(seen, Unavailable)
    assert not isinstance(running, Unavailable)
    [tunnel] = [each for each in interfaces if each.tunnel and each.up and each.routes]
    ports = {each.name: platform.port(each.name) for each in interfaces if each.kind is LinkKind.HARDWARE}
    media = {port.medium: name for name, port in ports.items() if not isinstance(port, Unavailable)}
    built_in = {each.direction: each.name for each in sound.devices if each.bus is SoundBus.INTERNAL}
    headset = {each.direction: each.name for each in sound.devices if each.bus is SoundBus.USB}
    assert all(each.default == (each.bus is SoundBus.INTERNAL) for each in sound.devices)
    assert set(PROGRAMS[platform.name]) <= set(running.values())
    [found] = seen
    return {
        "ethernet": media[Medium.ETHERNET],
        "wifi": media[Medium.WIFI],
        "tunnel": tunnel.name,
        "tunnel_kind": tunnel.kind.value,
        "sound_source": sound.source.value,
        "speakers": built_in[Direction.OUTPUT],
        "microphone": built_in[Direction.INPUT],
        "headset_output": headset[Direction.OUTPUT],
        "headset_input": headset[Direction.INPUT],
        "camera": found.name,
        **dict(zip(_AS_SCENARIOS_CALL_THEM, PROGRAMS[platform.name], strict=True)),
    }


@pytest.mark.parametrize("system", MACHINES)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_things_are_called_as_the_system_calls_them(
    system: str, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = recordings.systems()[system]
    shown = words.names | words.names_in.get(language, {})
    assert names(machine(system, language, monkeypatch)) == {
        key: name for key, name in shown.items() if key not in _CHANGING
    }
    assert name_and_family(shown["scanner"])[0] == shown["scanner_name"]


@pytest.mark.parametrize("system", MACHINES)
def test_what_a_system_does_not_tell_is_not_told_in_the_demo(
    system: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform = machine(system, "fr", monkeypatch)
    context = Context(platform=platform, quick=True)
    link = platform.wifi(recordings.systems()[system].names["wifi"], soon())
    computer, taken = apps.probe(context, soon()), camera.probe(context, soon())
    seen = dict(untold(msgspec.to_builtins({"proximity": {"wifi": link}, "camera": taken, "apps": computer})))
    told_by_power = {where: reason for where, reason in seen.items() if where[-1] in _NOT_PLAYED}
    assert seen != told_by_power
    shown = dict(untold(recordings.systems()[system].facts))
    assert shown == {where: reason for where, reason in seen.items() if where not in told_by_power}


def untold(value: Any, where: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """What is unavailable in it, and why."""
    if not isinstance(value, dict):
        return
    if value.get("state") == "unavailable":
        yield where, f"{value['reason']}: {value['detail']}"
        return
    for key, each in value.items():
        yield from untold(each, (*where, key))
