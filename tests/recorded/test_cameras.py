"""Cameras on Linux: trees as the kernel lays them out (Documentation/ABI/stable/sysfs-class-video4linux, written by hand)."""

from __future__ import annotations

import struct
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amif_netcheck.model.facts import Camera, CameraBus
from amif_netcheck.platforms.linux import cameras
from tests.systems import needs_linux

USB = "pci0000:00/0000:00:14.0/usb1/1-6/1-6:1.0"
LINKS = needs_linux("how its kernel shows cameras")


def capability(whole: int, of_node: int) -> bytes:
    return struct.pack(
        "=16s32s32sIII12x", b"uvcvideo", b"Integrated Camera", b"usb-0000:00:14.0-6", 6, whole, of_node
    )


def node(root: Path, name: str, device: str, *, index: int = 0, called: str = "HD Pro Webcam C920") -> None:
    hardware = root / "devices" / device
    entry = hardware / "video4linux" / name
    entry.mkdir(parents=True)
    (entry / "name").write_text(f"{called}\n")
    (entry / "index").write_text(f"{index}\n")
    if "virtual" not in device:
        (entry / "device").symlink_to(hardware)
    (root / "class").mkdir(exist_ok=True)
    (root / "class" / name).symlink_to(entry)


def found(root: Path) -> object:
    return cameras.present(time.monotonic() + 5, root / "class", root / "dev")


@LINKS
def test_one_camera_has_two_nodes_and_is_one(tmp_path: Path) -> None:
    node(tmp_path, "video0", USB)
    node(tmp_path, "video1", USB, index=1)
    (tmp_path / "devices" / USB).parent.joinpath("removable").write_text("removable\n")
    assert found(tmp_path) == (Camera(name="HD Pro Webcam C920", bus=CameraBus.USB, built_in=False),)


@LINKS
@pytest.mark.parametrize(
    ("says", "built_in"), [("fixed", True), ("removable", False), ("unknown", None), ("", None)]
)
def test_whether_it_is_fixed_is_what_the_port_says(tmp_path: Path, says: str, built_in: bool | None) -> None:
    node(tmp_path, "video0", USB)
    (tmp_path / "devices" / USB).parent.joinpath("removable").write_text(f"{says}\n")
    assert found(tmp_path) == (Camera(name="HD Pro Webcam C920", bus=CameraBus.USB, built_in=built_in),)


@LINKS
def test_a_programs_camera_and_the_boards_own(tmp_path: Path) -> None:
    node(tmp_path, "video0", "virtual", called="OBS Virtual Camera")
    node(tmp_path, "video2", "platform/soc/fe801000.csi", called="unicam")
    assert found(tmp_path) == (
        Camera(name="OBS Virtual Camera", bus=CameraBus.VIRTUAL, built_in=False),
        Camera(name="unicam", bus=CameraBus.INTERNAL, built_in=True),
    )


def test_a_computer_without_one_has_none(tmp_path: Path) -> None:
    assert found(tmp_path) == ()


@pytest.mark.parametrize(
    ("whole", "of_node", "expected"),
    [
        (0x84A00001, 0x04200001, True),  # uvcvideo: the node with pictures
        (0x84A00001, 0x04A00000, False),  # uvcvideo: the node with what describes them
        (0x84201000, 0x04201000, True),  # several planes
        (0x84204000, 0x04204000, False),  # a codec (memory to memory)
        (0x05000001, 0, True),  # before device_caps (kernel 3.4)
        (0x85200002, 0x05200002, False),  # v4l2loopback that nobody feeds: an output
    ],
)
def test_what_a_node_says_it_can_do(whole: int, of_node: int, expected: bool) -> None:
    assert cameras.captures(capability(whole, of_node)) is expected


@given(st.binary(max_size=120))
def test_any_answer_is_read(answer: bytes) -> None:
    assert cameras.captures(answer) in {True, False}
