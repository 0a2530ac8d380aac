"""Fixes on Windows: windows that are asked to close, players that are asked to pause. All over objects of the test's own."""

from __future__ import annotations

import ctypes
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from amif_netcheck.model.facts import Unavailable
from amif_netcheck.model.fix import Fix, FixKind, FixOutcome, FixRequest
from amif_netcheck.platforms.windows import fixes, media_sessions
from amif_netcheck.platforms.windows.com import Guid
from amif_netcheck.platforms.windows.fixes import applications, players
from amif_netcheck.platforms.windows.fixes.applications import TopWindow
from amif_netcheck.platforms.windows.platform import Windows
from amif_netcheck.platforms.windows.processes import SystemProcess
from tests.recorded.fake_com import I32, POINTER, U32, FakeCom, FakeObject, gives, object_by
from tests.recorded.fake_windows import FakeKernel, entries, process

ZOOM = process(100, "Zoom.exe", created=5)


@dataclass
class FakeDesktop:
    """`answer` is what a window does when it is asked to close."""

    shown: list[TopWindow] = field(default_factory=list)
    answer: Callable[[int], None] = lambda _handle: None
    asked: list[int] = field(default_factory=list)
    error: OSError | None = None

    def windows(self) -> tuple[TopWindow, ...]:
        if self.error is not None:
            raise self.error
        return tuple(self.shown)

    def close(self, handle: int) -> None:
        self.asked.append(handle)
        self.answer(handle)


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(applications, "_POLL_S", 0.01)
    monkeypatch.setattr(players, "_POLL_S", 0.01)


def soon(seconds: float = 5) -> float:
    return time.monotonic() + seconds


def offered(kernel: FakeKernel, desktop: FakeDesktop, *about: str) -> tuple[Fix, ...]:
    return applications.offers(about, soon(), desktop, kernel)


def test_an_application_with_a_window_is_offered_once_by_its_windows_processes() -> None:
    kernel = FakeKernel([ZOOM, process(101, "CptHost.exe"), process(102, "notepad.exe")])
    desktop = FakeDesktop([TopWindow(1, 100), TopWindow(2, 100), TopWindow(3, 102), TopWindow(4, 7)])
    (fix,) = offered(kernel, desktop, "Zoom.exe", "CptHost.exe")
    assert fix == Fix(kind=FixKind.CLOSE_APPLICATION, params={"process": "Zoom.exe"}, target=("100", "5"))


def test_what_has_no_window_or_is_anothers_is_not_offered() -> None:
    desktop = FakeDesktop([TopWindow(1, 100)])
    assert offered(FakeKernel([ZOOM]), FakeDesktop(), "Zoom.exe") == ()
    assert offered(FakeKernel([process(100, "Zoom.exe", session=2)]), desktop, "Zoom.exe") == ()
    assert offered(FakeKernel([ZOOM]), desktop, "Skype.exe") == ()
    assert offered(FakeKernel([ZOOM]), FakeDesktop(error=OSError("no desktop")), "Zoom.exe") == ()
    assert offered(FakeKernel(answers={5: OSError("none")}), desktop, "Zoom.exe") == ()


def close(kernel: FakeKernel, desktop: FakeDesktop, within_s: float = 5) -> FixOutcome:
    fix = Fix(kind=FixKind.CLOSE_APPLICATION, params={"process": "Zoom.exe"}, target=("100", "5"))
    return applications.carry_out(fix, soon(within_s), desktop, kernel).outcome


def test_all_its_windows_are_asked_and_no_others() -> None:
    kernel = FakeKernel([ZOOM, process(101, "CptHost.exe")])

    def ends(handle: int) -> None:
        if handle == 2:
            kernel.processes.clear()

    desktop = FakeDesktop([TopWindow(1, 100), TopWindow(2, 100), TopWindow(3, 102)], ends)
    assert close(kernel, desktop) is FixOutcome.DONE
    assert desktop.asked == [1, 2]


def test_a_program_that_asks_whether_to_save_is_waited_for_and_left() -> None:
    desktop = FakeDesktop([TopWindow(1, 100)])
    before = time.monotonic()
    assert close(FakeKernel([ZOOM]), desktop, 0.1) is FixOutcome.UNFINISHED
    assert time.monotonic() - before < 2
    assert desktop.asked == [1]


def test_a_list_of_processes_that_can_not_be_read_is_neither_gone_nor_done() -> None:
    fix = Fix(kind=FixKind.CLOSE_APPLICATION, params={"process": "Zoom.exe"}, target=("100", "5"))
    refused = FakeKernel([ZOOM], answers={5: OSError("NTSTATUS C0000022")})
    result = applications.carry_out(fix, soon(), FakeDesktop([TopWindow(1, 100)]), refused)
    assert result.outcome is FixOutcome.FAILED
    assert "C0000022" in result.detail
    kernel = FakeKernel([ZOOM])
    refuses = FakeDesktop(
        [TopWindow(1, 100)], lambda _handle: kernel.answers.update({5: OSError("NTSTATUS C0000022")})
    )
    assert close(kernel, refuses, 0.1) is FixOutcome.UNFINISHED


def test_a_list_of_processes_without_our_own_is_none_of_our_session() -> None:
    kernel = FakeKernel(answers={5: entries([ZOOM])})
    assert close(kernel, FakeDesktop([TopWindow(1, 100)])) is FixOutcome.FAILED


def test_a_program_whose_helper_stays_is_not_done() -> None:
    kernel = FakeKernel([ZOOM, process(101, "CptHost.exe")])
    desktop = FakeDesktop([TopWindow(1, 100)], lambda _handle: kernel.processes.remove(ZOOM))
    assert close(kernel, desktop, 0.1) is FixOutcome.UNFINISHED


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (PermissionError("more rights"), FixOutcome.REFUSED),
        (OSError("error 1816"), FixOutcome.FAILED),
        (ProcessLookupError("gone"), FixOutcome.UNFINISHED),
    ],
)
def test_a_window_that_can_not_be_asked(error: OSError, outcome: FixOutcome) -> None:
    def refuses(_handle: int) -> None:
        raise error

    assert close(FakeKernel([ZOOM]), FakeDesktop([TopWindow(1, 100)], refuses), 0.1) is outcome


def test_a_desktop_that_can_not_be_read_is_a_failure() -> None:
    assert close(FakeKernel([ZOOM]), FakeDesktop(error=OSError("no desktop")), 0.1) is FixOutcome.FAILED


@pytest.mark.parametrize(
    "now", [[], [process(100, "Zoom.exe", created=6)], [process(100, "other.exe", created=9)]]
)
def test_a_number_that_another_has_now_is_left_alone(now: list[SystemProcess]) -> None:
    desktop = FakeDesktop([TopWindow(1, 100)])
    assert close(FakeKernel(now), desktop) is FixOutcome.GONE
    assert desktop.asked == []


# --- players --------------------------------------------------------------------------------------

MANAGER = "Windows.Media.Control.GlobalSystemMediaTransportControlsSessionManager"
ASYNC = "00000036-0000-0000-c000-000000000046"


@dataclass
class FakePlayer:
    application: str
    state: int = 4
    can_pause: bool = True
    takes: bool = True
    after: int | None = 5
    """Its state once it was asked to pause; None: it plays on."""


def operation(com: FakeCom, slot: tuple[object, ...], status: list[int] | None = None) -> FakeObject:
    """An IAsyncOperation: its results by `slot`; `status` is told one by one, the last for ever."""
    left = status or [0, 1]
    info = FakeObject(
        com, {7: gives(I32, lambda: left.pop(0) if len(left) > 1 else left[0]), 9: ((), lambda: 0)}
    )
    return FakeObject(com, {8: slot}, {ASYNC: info})  # type: ignore[dict-item]


def player(com: FakeCom, each: FakePlayer) -> FakeObject:
    def string() -> int:
        handle = len(com.strings) + 1
        com.strings[handle] = each.application
        return handle

    def pausing() -> FakeObject:
        if each.takes and each.after is not None:
            each.state = each.after
        return operation(com, gives(ctypes.c_uint8, int(each.takes)))

    controls = FakeObject(com, {7: gives(ctypes.c_uint8, int(each.can_pause))})
    playback = FakeObject(com, {6: object_by(lambda: controls), 7: gives(I32, lambda: each.state)})
    return FakeObject(
        com, {6: gives(POINTER, string), 9: object_by(lambda: playback), 11: object_by(pausing)}
    )


def media(
    *present: FakePlayer, names: dict[str, str] | None = None, status: list[int] | None = None
) -> FakeCom:
    com = FakeCom()
    made = [player(com, each) for each in present]
    view = FakeObject(com, {6: object_by(lambda index: made[index], U32), 7: gives(U32, len(made))})
    manager = FakeObject(com, {7: object_by(lambda: view)})
    request = operation(com, object_by(lambda: manager), status)
    com.names[MANAGER] = FakeObject(com, {6: object_by(lambda: request)})
    for application, name in (names or {}).items():
        com.names[f"shell:AppsFolder\\{application}"] = FakeObject(
            com, {5: gives(POINTER, lambda _kind, name=name: com.text(name), U32)}
        )
    return com


def pause(com: FakeCom, application: str, within_s: float = 5) -> FixOutcome:
    fix = Fix(kind=FixKind.PAUSE_PLAYER, params={"player": application}, target=(application,))
    return players.carry_out(fix, soon(within_s), com).outcome


def test_players_that_play_are_offered_by_the_names_that_people_know() -> None:
    com = media(
        FakePlayer("Spotify.exe"),
        FakePlayer("308046B0AF4A39CB"),
        FakePlayer("MSEdge", state=5),
        FakePlayer("Live", can_pause=False),
        FakePlayer("who.knows_8wekyb3d8bbwe!App"),
        names={"308046B0AF4A39CB": "Firefox", "MSEdge": "Microsoft Edge", "Live": "Live"},
    )
    found = players.offers(("firefox.exe",), soon(), com)
    assert [(fix.params["player"], fix.target) for fix in found] == [
        ("Firefox", ("308046B0AF4A39CB",)),
        ("Spotify", ("Spotify.exe",)),
    ]
    assert com.is_given_back()


def test_a_windows_without_media_sessions_offers_nothing() -> None:
    com = FakeCom()
    assert players.offers((), soon(), com) == ()
    assert com.is_given_back()


@pytest.mark.parametrize(
    ("each", "outcome"),
    [
        (FakePlayer("Spotify.exe"), FixOutcome.DONE),
        (FakePlayer("Spotify.exe", takes=False), FixOutcome.REFUSED),
        (FakePlayer("Spotify.exe", after=None), FixOutcome.UNFINISHED),
        (FakePlayer("Spotify.exe", state=5), FixOutcome.GONE),
        (FakePlayer("Deezer.exe"), FixOutcome.GONE),
    ],
)
def test_what_comes_of_pausing(each: FakePlayer, outcome: FixOutcome) -> None:
    com = media(each)
    assert pause(com, "Spotify.exe", 0.6 if outcome is FixOutcome.UNFINISHED else 5) is outcome
    assert com.is_given_back()


@pytest.mark.parametrize(("status", "outcome"), [([0], FixOutcome.UNFINISHED), ([3], FixOutcome.FAILED)])
def test_a_manager_that_never_answers_or_fails(status: list[int], outcome: FixOutcome) -> None:
    com = media(FakePlayer("Spotify.exe"), status=status)
    before = time.monotonic()
    assert pause(com, "Spotify.exe", 0.4) is outcome
    assert time.monotonic() - before < 2
    assert com.is_given_back()


def test_a_manager_that_hangs_is_left_behind_in_time() -> None:
    released = threading.Event()

    class Hanging(FakeCom):
        def factory(self, name: str, interface: Guid) -> int:
            released.wait(30)
            return super().factory(name, interface)

    before = time.monotonic()
    try:
        assert players.offers((), before + 0.2, Hanging()) == ()
        assert pause(Hanging(), "Spotify.exe", 0.2) is FixOutcome.UNFINISHED
    finally:
        released.set()
    assert time.monotonic() - before < 3


def test_a_name_that_the_start_menu_does_not_know_is_none() -> None:
    com = FakeCom()
    com.enter()
    assert media_sessions.shown_name("x", com) == ""


# --- the platform ---------------------------------------------------------------------------------


def test_what_windows_can_be_asked_to_change() -> None:
    assert Windows().fixable == fixes.KINDS
    assert {FixKind.CLOSE_APPLICATION, FixKind.PAUSE_PLAYER, FixKind.DISCONNECT_VPN} == fixes.KINDS


@pytest.mark.skipif("sys.platform == 'win32'", reason="not on Windows: its libraries are there")
def test_without_windows_libraries_nothing_is_offered_and_nothing_claimed() -> None:
    windows = Windows(offline=True)
    for kind in (FixKind.CLOSE_APPLICATION, FixKind.PAUSE_PLAYER):
        assert windows.offers(FixRequest(kind=kind, about=("Zoom.exe",)), soon()) == ()
    for answer in (
        windows.processes(),
        windows.work(),
        windows.memory(),
        windows.battery(),
        windows.power_saver(),
        windows.restart_pending(),
        windows.update_in_progress(),
        windows.microphone_allowed(soon()),
        windows.cameras(soon()),
        windows.camera_allowed(soon()),
        windows.sound(soon()).streams,
        windows.sound(soon()).devices,
    ):
        assert isinstance(answer, Unavailable)
