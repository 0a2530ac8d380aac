"""What kind of computer this is, from its firmware's tables (SMBIOS, DMTF DSP0134): inside a virtual machine the real line is out of sight.

The processor's "hypervisor" flag says nothing here: Windows 11 runs itself on its hypervisor for safety.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from ctypes import c_uint32, c_void_p

from msgspec import Struct

from amif_netcheck.model.facts import Computer, Reason, Unavailable
from amif_netcheck.platforms import virtual_machines
from amif_netcheck.platforms.windows import libraries
from amif_netcheck.platforms.windows.registry_values import RegistryReader, word

_NOTED = r"HKLM\HARDWARE\DESCRIPTION\System\BIOS"
_RSMB = int.from_bytes(b"RSMB", "big")
_MOST_BYTES = 1 << 20
_HEADER_BYTES = 8  # RawSMBIOSData: version and, at its end, the length of the table
_BIOS, _SYSTEM, _BASEBOARD, _END = 0, 1, 2, 127
_TEXTS = {_BIOS: (4, 5), _SYSTEM: (4, 5, 7), _BASEBOARD: (4, 5)}
"""By type of structure, where the numbers of its texts are: vendor or maker, product, version."""
_BIOS_CHARACTERISTICS_2, _IS_VIRTUAL = 0x13, 0x10
"""BIOS characteristics, extension byte 2, bit 4: "the table describes a virtual machine"."""


class FirmwareHints(Struct, frozen=True, kw_only=True):
    """What the firmware says of the computer; `virtual`: it says so itself."""

    names: str = ""
    virtual: bool = False


class Firmware:
    """The call that we make."""

    def smbios(self) -> bytes | Unavailable:
        """GetSystemFirmwareTable("RSMB")."""
        try:
            call = libraries.function(
                "kernel32.dll", "GetSystemFirmwareTable", c_uint32, c_uint32, c_void_p, c_uint32
            )
        except libraries.MissingFunctionError as error:
            return libraries.missing(error)
        size = call(_RSMB, 0, None, 0)
        if not 0 < size <= _MOST_BYTES:
            return libraries.unavailable(libraries.last_error(), "GetSystemFirmwareTable")
        room = ctypes.create_string_buffer(size)
        return room.raw[: call(_RSMB, 0, room, size)]


def kind(firmware: Firmware, registry: RegistryReader) -> Computer | Unavailable:
    """Look at this computer: at the tables, else at what Windows noted of them when it started."""
    table = firmware.smbios()
    found = table if isinstance(table, Unavailable) else judge(parse(table))
    if not isinstance(found, Unavailable):
        return found
    noted = judge(FirmwareHints(names="\n".join(map(word, registry.values(_NOTED).values()))))
    return found if isinstance(noted, Unavailable) else noted


def judge(hints: FirmwareHints) -> Computer | Unavailable:
    """Physical only where the firmware names its maker."""
    if hints.virtual or virtual_machines.is_named(hints.names):
        return Computer.VIRTUAL_MACHINE
    if not hints.names.strip():
        return Unavailable(reason=Reason.UNSUPPORTED, detail="the firmware names no maker")
    return Computer.PHYSICAL


def parse(table: bytes) -> FirmwareHints:
    """From RawSMBIOSData; what is cut or wrong is left out."""
    names: list[str] = []
    virtual = False
    for kind_number, formatted, texts in _structures(table[_HEADER_BYTES:]):
        if kind_number == _BIOS and len(formatted) > _BIOS_CHARACTERISTICS_2:
            virtual = virtual or bool(formatted[_BIOS_CHARACTERISTICS_2] & _IS_VIRTUAL)
        numbers = (formatted[at] for at in _TEXTS.get(kind_number, ()) if at < len(formatted))
        names += [texts[number - 1] for number in numbers if 0 < number <= len(texts)]
    return FirmwareHints(names="\n".join(names), virtual=virtual)


def _structures(table: bytes) -> Iterator[tuple[int, bytes, list[str]]]:
    """Type, formatted part and texts of each structure: a length, that many bytes, texts that end with zeros, one more zero."""
    at = 0
    while at + 4 <= len(table):
        kind_number, length = table[at], table[at + 1]
        end = table.find(b"\0\0", at + length)
        if length < 4 or end < 0:  # noqa: PLR2004 - type, length, handle
            return
        formatted, texts = table[at : at + length], table[at + length : end]
        yield kind_number, formatted, [text.decode("utf-8", "replace") for text in texts.split(b"\0")]
        if kind_number == _END:
            return
        at = end + 2
