"""What kind of computer it is, from firmware tables laid out by hand after SMBIOS 3 (DMTF DSP0134)."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amif_netcheck.model.facts import Computer, Reason, Unavailable
from amif_netcheck.platforms.windows import computer
from tests.recorded.fake_windows import FakeRegistry


def structure(kind: int, formatted: bytes, *texts: str) -> bytes:
    head = struct.pack("<BBH", kind, 4 + len(formatted), kind)
    return head + formatted + (b"".join(text.encode() + b"\0" for text in texts) or b"\0") + b"\0"


def raw(maker: str, product: str, *, virtual: bool = False, bios: str = "AMI") -> bytes:
    """RawSMBIOSData: BIOS, system, baseboard, end."""
    body = (
        structure(0, bytes([1, 2]) + bytes(13) + bytes([0x10 if virtual else 0]) + bytes(4), bios, "1.0")
        + structure(1, bytes([1, 2, 3, 0]) + bytes(19), maker, product, "v1")
        + structure(2, bytes([1, 2, 0, 0]), maker, "board")
        + structure(127, b"")
    )
    return struct.pack("<4BI", 0, 3, 2, 0, len(body)) + body


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        (raw("Dell Inc.", "Latitude 5540"), Computer.PHYSICAL),
        (raw("Microsoft Corporation", "Surface Pro 9"), Computer.PHYSICAL),
        (raw("Microsoft Corporation", "Virtual Machine"), Computer.VIRTUAL_MACHINE),
        (raw("VMware, Inc.", "VMware20,1"), Computer.VIRTUAL_MACHINE),
        (raw("innotek GmbH", "VirtualBox"), Computer.VIRTUAL_MACHINE),
        (raw("QEMU", "Standard PC (Q35 + ICH9, 2009)"), Computer.VIRTUAL_MACHINE),
        (raw("Parallels International GmbH.", "Parallels ARM Virtual Machine"), Computer.VIRTUAL_MACHINE),
        (raw("Some Cloud", "Server", virtual=True), Computer.VIRTUAL_MACHINE),
    ],
)
def test_the_firmware_names_the_computer(table: bytes, expected: Computer) -> None:
    class Answering(computer.Firmware):
        def smbios(self) -> bytes | Unavailable:
            return table

    assert computer.kind(Answering(), FakeRegistry()) is expected


@pytest.mark.parametrize("table", [b"", bytes(8), bytes(8) + structure(1, bytes(23)) + structure(127, b"")])
def test_firmware_that_names_nothing_is_unknown(table: bytes) -> None:
    answer = computer.judge(computer.parse(table))
    assert isinstance(answer, Unavailable)
    assert answer.reason is Reason.UNSUPPORTED


def test_without_the_call_it_is_unknown() -> None:
    class Refusing(computer.Firmware):
        def smbios(self) -> bytes | Unavailable:
            return Unavailable(reason=Reason.UNSUPPORTED)

    assert isinstance(computer.kind(Refusing(), FakeRegistry()), Unavailable)


@pytest.mark.parametrize(
    ("noted", "expected"),
    [
        (
            {"SystemManufacturer": "LENOVO", "SystemProductName": "21AH", "BiosMajorRelease": 1},
            Computer.PHYSICAL,
        ),
        ({"SystemManufacturer": "QEMU", "SystemProductName": "Standard PC"}, Computer.VIRTUAL_MACHINE),
    ],
)
def test_what_windows_noted_of_the_firmware_is_second(noted: dict[str, object], expected: Computer) -> None:
    class Nameless(computer.Firmware):
        def smbios(self) -> bytes | Unavailable:
            return bytes(8)

    registry = FakeRegistry({r"HKLM\HARDWARE\DESCRIPTION\System\BIOS": noted})
    assert computer.kind(Nameless(), registry) is expected


@given(st.binary(max_size=400))
def test_firmware_of_any_kind_is_no_error(junk: bytes) -> None:
    assert isinstance(computer.parse(junk), computer.FirmwareHints)
