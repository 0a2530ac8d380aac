"""The seam: what is known of a system without a folder of its own, and that a recording and Linux answer all the rest."""

from __future__ import annotations

import inspect
import socket
import threading
import time
from collections.abc import Callable
from ipaddress import IPv4Address

import psutil
import pytest

from amif_netcheck import platforms
from amif_netcheck.model.facts import Reason, Unavailable
from amif_netcheck.platforms import language, release
from amif_netcheck.platforms.answers import ByteCounters, CpuSample, MemorySample
from amif_netcheck.platforms.base import Platform
from amif_netcheck.platforms.linux.platform import Linux
from amif_netcheck.platforms.recorded import Machine, Recorded
from tests.systems import needs_real_windows

PORTABLE = {"counters", "ethernet", "processes", "work", "memory", "battery"}
"""What psutil answers everywhere."""
NEUTRAL = {"renewed", "tunnel_owners", "missing_for_sound", "fixable", "offers", "carry_out", "sound"}
"""Where nothing is known there is nothing to name, to offer or to do; sound has an answer of its own."""

QUESTIONS: dict[str, Callable[[Platform], object]] = {
    "interfaces": lambda platform: platform.interfaces(),
    "egress": lambda platform: platform.egress(IPv4Address("192.0.2.1")),
    "call_egresses": lambda platform: platform.call_egresses(IPv4Address("192.0.2.1"), (3478,)),
    "gateway": lambda platform: platform.gateway(),
    "networks": lambda platform: platform.networks("eth0"),
    "neighbours": lambda platform: platform.neighbours("eth0"),
    "proxy_settings": lambda platform: platform.proxy_settings(),
    "computer": lambda platform: platform.computer(),
    "port": lambda platform: platform.port("eth0"),
    "wifi": lambda platform: platform.wifi("wlan0", time.monotonic() + 1),
    "metered": lambda platform: platform.metered(),
    "traffic_by_process": lambda platform: platform.traffic_by_process(time.monotonic(), threading.Event()),
    "acked_bytes": lambda platform: platform.acked_bytes(socket.socket(), 1),
    "resent_bytes": lambda platform: platform.resent_bytes(socket.socket()),
    "echo_socket": lambda platform: platform.echo_socket("192.0.2.1", 0),
    "power_saver": lambda platform: platform.power_saver(),
    "restart_pending": lambda platform: platform.restart_pending(),
    "update_in_progress": lambda platform: platform.update_in_progress(),
    "microphone_allowed": lambda platform: platform.microphone_allowed(time.monotonic() + 1),
    "cameras": lambda platform: platform.cameras(time.monotonic() + 1),
    "camera_users": lambda platform: platform.camera_users(time.monotonic() + 1),
    "camera_allowed": lambda platform: platform.camera_allowed(time.monotonic() + 1),
}


def public(kind: type) -> set[str]:
    return {name for name in vars(kind) if not name.startswith("_") and name != "name"}


def test_every_question_is_tried_here() -> None:
    assert public(Platform) == QUESTIONS.keys() | PORTABLE | NEUTRAL


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize("question", QUESTIONS)
def test_a_system_that_we_know_nothing_of_claims_nothing(question: str) -> None:
    answer = QUESTIONS[question](Platform())
    assert isinstance(answer, Unavailable)
    assert answer.reason is Reason.UNSUPPORTED


def test_what_psutil_knows_is_known_everywhere() -> None:
    platform = Platform()
    interface = next(iter(psutil.net_io_counters(pernic=True)))
    assert isinstance(platform.counters(interface), ByteCounters)
    assert isinstance(platform.counters("no such thing"), Unavailable)
    assert isinstance(platform.work(), CpuSample)
    assert isinstance(platform.memory(), MemorySample)


@needs_real_windows("psutil's names of processes")
def test_psutil_knows_the_processes_everywhere() -> None:
    processes = Platform().processes()
    assert not isinstance(processes, Unavailable)
    assert psutil.Process().pid in processes


def test_sound_of_an_unknown_system_is_no_silence() -> None:
    sound = Platform().sound(time.monotonic() + 1)
    assert isinstance(sound.streams, Unavailable)
    assert isinstance(sound.devices, Unavailable)


def test_linux_answers_whatever_has_no_portable_answer() -> None:
    assert public(Linux) >= public(Platform) - {"counters", "ethernet", "processes"}


@pytest.mark.parametrize("system", [Linux, Recorded])
def test_a_system_adds_no_question_of_its_own(system: type[Platform]) -> None:
    assert public(system) <= public(Platform)


def test_a_recording_answers_from_the_recording_alone() -> None:
    machine = Recorded(Machine(os="windows"))
    assert (machine.name, machine.interfaces(), machine.networks("eth0")) == ("windows", (), ())
    for answer in (machine.work(), machine.memory(), machine.processes()):
        assert isinstance(answer, Unavailable)
        assert answer.reason is Reason.NOT_PERMITTED
    for absent in (machine.gateway(), machine.battery(), machine.counters("eth0"), machine.wifi("wlan0", 0)):
        assert isinstance(absent, Unavailable)
        assert absent.reason is Reason.NOT_PRESENT
    assert machine.power_saver() is False


def test_another_run_reads_anew() -> None:
    linux = Linux(offline=True)
    again = linux.renewed()
    assert isinstance(again, Linux)
    assert again._network is not linux._network
    assert again._offline


def test_the_systems_own_class_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, expected in (
        ("linux", "Linux"),
        ("win32", "Windows"),
        ("darwin", "MacOS"),
        ("freebsd14", "Platform"),
    ):
        monkeypatch.setattr("sys.platform", name)
        assert type(platforms.current()).__name__ == expected


def test_questions_say_what_they_answer() -> None:
    for name in public(Platform):
        assert inspect.getdoc(getattr(Platform, name)), name


def test_languages_come_best_first(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"LANGUAGE": "de:fr", "LC_ALL": "", "LC_MESSAGES": "", "LANG": "en_GB.UTF-8"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.platform", "linux")
    assert language.of_interface() == ("de", "fr", "en_GB.UTF-8")


@pytest.mark.parametrize(
    ("major", "build", "name"),
    [(10, 19_045, "10 (19045)"), (10, 22_631, "11 (22631)"), (10, 26_100, "11 (26100)")],
)
def test_a_release_of_windows_is_named_as_people_do(major: int, build: int, name: str) -> None:
    """Windows 10 22H2; 11 23H2; 11 24H2."""
    assert release.windows(major, build) == name


def test_the_release_of_this_computer_is_told() -> None:
    assert release.of_system()[0].isdigit()
