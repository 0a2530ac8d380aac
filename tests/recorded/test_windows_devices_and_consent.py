"""Cameras, and what the person has answered about them and the microphone. Written by hand: cfgmgr32's paths as public device
dumps quote them, the registry's layout as Windows 10 and 11 have it (CapabilityAccessManager)."""

from __future__ import annotations

import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amif_netcheck.model.facts import Camera, CameraBus, Reason, Unavailable
from amif_netcheck.platforms.windows import cameras, consent
from tests.recorded.fake_windows import FakeRegistry, FakeTree

CAMERA, CAPTURE = "{e5323777-f976-4f5b-9b55-b94699c46e44}", "{65e8773d-8f56-11d0-a3b9-00a0c9223196}"
SOUND = "{6994ad04-93ef-11d0-a3cc-00a0c9223196}"
INSIDE = r"\\?\usb#vid_04f2&pid_b6d9&mi_00#6&1f2b3c4d&0&0000"
OUTSIDE = r"\\?\usb#vid_046d&pid_0892&mi_00#7&28a5f1c3&0&0000"
THE_COMPUTER, A_THING = "00000000-0000-0000-FFFF-FFFFFFFFFFFF", "6d3f2a01-1c4b-5e7d-9a8b-0123456789ab"
STORE = r"SOFTWARE\Microsoft\Windows\CurrentVersion\CapabilityAccessManager\ConsentStore"
MACHINE, USER = rf"HKLM\{STORE}\microphone", rf"HKCU\{STORE}\microphone"
DESKTOP = rf"{USER}\NonPackaged"
POLICIES = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\AppPrivacy"
FILTERS = r"HKLM\SOFTWARE\Classes\CLSID\{860BB310-5D01-11D0-BD3B-00A0C911CE86}\Instance"


def found(tree: FakeTree, registry: FakeRegistry | None = None) -> tuple[Camera, ...] | Unavailable:
    return cameras.present(tree, registry or FakeRegistry(), time.monotonic() + 5)


def test_a_laptops_own_camera_and_one_on_a_cable() -> None:
    tree = FakeTree(
        paths=tuple(
            rf"{device}#{category}\global" for device in (INSIDE, OUTSIDE) for category in (CAMERA, CAPTURE)
        ),
        names={INSIDE: "Caméra intégrée", OUTSIDE: "HD Pro Webcam C920"},
        containers={INSIDE: THE_COMPUTER, OUTSIDE: A_THING},
    )
    assert found(tree) == (
        Camera(name="Caméra intégrée", bus=CameraBus.USB, built_in=True),
        Camera(name="HD Pro Webcam C920", bus=CameraBus.USB, built_in=False),
    )


def test_microphones_are_no_cameras() -> None:
    """Sound devices register for capture too."""
    device = r"\\?\hdaudio#func_01&ven_10ec&dev_0257#4&1e2f&0&0001"
    tree = FakeTree(paths=(rf"{device}#{CAPTURE}\emicinwave", rf"{device}#{SOUND}\emicinwave"))
    assert found(tree) == ()


def test_what_programs_add() -> None:
    device = r"\\?\swd#vcamdevapi#b486e21f1d4bc97087ea831093e840ad2177e046699efbf62b27304f5ccaef57"
    tree = FakeTree(paths=(rf"{device}#{CAMERA}\{{1}}",), names={device: "Windows Studio Camera"})
    registry = FakeRegistry(
        {
            rf"{FILTERS}\{{A3FCE0F5-3493-419F-958A-ABA1250EC20B}}": {"FriendlyName": "OBS Virtual Camera"},
            rf"{FILTERS}\{{1}}": {"FriendlyName": "Windows Studio Camera"},
            rf"{FILTERS}\{{2}}": {"FriendlyName": 7},
            rf"{FILTERS}\{{3}}": {},
        }
    )
    assert found(tree, registry) == (
        Camera(name="Windows Studio Camera", bus=CameraBus.VIRTUAL, built_in=False),
        Camera(name="OBS Virtual Camera", bus=CameraBus.VIRTUAL, built_in=False),
    )


def test_a_camera_whose_place_nobody_knows() -> None:
    path = rf"\\?\pci#ven_8086&dev_a75d&subsys_0#3&1#{CAMERA}\global"
    assert found(FakeTree(paths=(path,))) == (Camera(name="", bus=CameraBus.INTERNAL, built_in=None),)


def test_a_windows_that_does_not_tell_is_no_computer_without_camera() -> None:
    """As Wine 8 answers."""
    missing = found(FakeTree(error=OSError("CONFIGRET 13")))
    assert missing == Unavailable(reason=Reason.UNSUPPORTED, detail="CONFIGRET 13")
    assert found(FakeTree()) == ()


def test_a_tree_that_hangs_is_left_behind_in_time() -> None:
    released = threading.Event()

    class Hanging(FakeTree):
        def interfaces(self, category: str) -> tuple[str, ...]:
            released.wait(30)
            return ()

    before = time.monotonic()
    try:
        missing = cameras.present(Hanging(), FakeRegistry(), before + 0.1)
    finally:
        released.set()
    assert time.monotonic() - before < 2
    assert isinstance(missing, Unavailable)
    assert missing.reason is Reason.TIMEOUT


def test_things_with_a_camera_are_known_by_their_container() -> None:
    tree = FakeTree(paths=(rf"{OUTSIDE}#{CAMERA}\global",), containers={OUTSIDE: A_THING.upper()})
    assert cameras.containers(tree, time.monotonic() + 5) == {A_THING}
    assert cameras.containers(FakeTree(error=OSError("no")), time.monotonic() + 5) == frozenset()


@given(st.text(max_size=60))
def test_any_path_has_a_bus(path: str) -> None:
    assert cameras.bus(path) in CameraBus


# --- answers --------------------------------------------------------------------------------------

ALLOW: dict[str, object] = {"Value": "Allow"}
DENY: dict[str, object] = {"Value": "Deny"}


@pytest.mark.parametrize(
    ("registry", "expected"),
    [
        ({MACHINE: ALLOW, USER: ALLOW, DESKTOP: ALLOW}, True),
        ({MACHINE: ALLOW}, True),
        ({MACHINE: DENY, USER: ALLOW, DESKTOP: ALLOW}, False),
        ({MACHINE: ALLOW, USER: DENY, DESKTOP: ALLOW}, False),
        ({MACHINE: ALLOW, USER: ALLOW, DESKTOP: DENY}, False),
        ({MACHINE: ALLOW, USER: ALLOW, rf"{DESKTOP}\C:#Outils#netcheck.exe": DENY}, False),
        ({MACHINE: ALLOW, USER: ALLOW, rf"{DESKTOP}\C:#Other#zoom.exe": DENY}, True),
        ({POLICIES: {"LetAppsAccessMicrophone": 2}, MACHINE: ALLOW, USER: ALLOW}, False),
        ({POLICIES: {"LetAppsAccessMicrophone": 1}, MACHINE: ALLOW}, True),
        ({POLICIES: {"LetAppsAccessCamera": 2}, MACHINE: ALLOW}, True),
        ({rf"{DESKTOP}\C:#Outils#netcheck.exe": ALLOW}, None),
        ({USER: {"Value": "Prompt"}}, None),
        ({USER: {"Value": 1}}, None),
        ({MACHINE: None, USER: None}, None),
        ({}, None),
    ],
)
def test_one_refusal_is_enough_and_no_answer_is_none(
    registry: dict[str, dict[str, object] | None], expected: bool | None
) -> None:
    answer = consent.allowed(FakeRegistry(registry), consent.MICROPHONE, r"C:\Outils\netcheck.exe")
    assert (None if isinstance(answer, Unavailable) else answer) is expected


def test_the_camera_has_an_answer_of_its_own() -> None:
    webcam = rf"HKCU\{STORE}\webcam"
    registry = FakeRegistry({MACHINE: ALLOW, USER: ALLOW, webcam: DENY})
    assert consent.allowed(registry, consent.CAMERA) is False
    assert consent.allowed(registry, consent.MICROPHONE) is True
