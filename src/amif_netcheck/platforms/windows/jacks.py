"""What an endpoint's driver says of the sockets behind it: built in or a jack, and whether something is in it.

Interfaces, slots and structures: devicetopology.h of the Windows SDK; the walk from an endpoint to its adapter's connector is
that of "Device Topologies" in the Core Audio documentation.
"""

from __future__ import annotations

import ctypes
import struct

from msgspec import Struct

from amif_netcheck.platforms.windows.com import ComError, ComObject, Guid

_TOPOLOGY = Guid.of("2A07407E-6497-4A18-9787-32F79BD0D98F")
_PART = Guid.of("AE2DE0E4-5BCA-4F2D-AA46-5D13F8FDB3A9")
_DESCRIPTION = Guid.of("4509F757-2D46-4637-8E62-CE7DB944F57B")
_DESCRIPTION_2 = Guid.of("478F3A9B-E0C9-4827-9228-6F5505FFE76A")
_ALL = ctypes.c_uint32(0x17)
_MOST = 8
_LAYOUT = struct.Struct("<7I")
"""KSJACK_DESCRIPTION: channels, colour, type, place on the case, which case, port, connected."""
_SENSES = 0x1
"""JACKDESC2_PRESENCE_DETECT_CAPABILITY."""

JACK, BUILT_IN, BOTH = 0, 1, 2
"""EPxcPortConnection; 3 is unknown."""


class Jack(Struct, frozen=True, kw_only=True):
    """A socket. `connected` means something only where it `senses` what is in it, None where that isn't known."""

    port: int
    connected: bool
    senses: bool | None = None


def parse(description: bytes, capabilities: int | None) -> Jack | None:
    """A KSJACK_DESCRIPTION, and JackCapabilities of the KSJACK_DESCRIPTION2 beside it."""
    if len(description) < _LAYOUT.size:
        return None
    *_, port, connected = _LAYOUT.unpack_from(description)
    return Jack(
        port=port,
        connected=bool(connected),
        senses=None if capabilities is None else bool(capabilities & _SENSES),
    )


def of(device: ComObject) -> tuple[Jack, ...]:
    """The sockets behind an IMMDevice; none where its driver does not describe them."""
    try:
        with (
            device.get(3, ctypes.byref(_TOPOLOGY), _ALL, ctypes.c_void_p()) as topology,
            topology.get(4, ctypes.c_uint32(0)) as connector,
            connector.get(8) as other_side,
            other_side.query(_PART) as part,
            part.get(13, _ALL, ctypes.byref(_DESCRIPTION)) as described,
        ):
            capabilities = _capabilities(part)
            found = [
                parse(_description(described, index), capabilities.get(index))
                for index in range(min(described.number(3, ctypes.c_uint32), _MOST))
            ]
    except ComError:
        return ()
    return tuple(jack for jack in found if jack is not None)


def _description(described: ComObject, index: int) -> bytes:
    """IKsJackDescription.GetJackDescription."""
    block = (ctypes.c_uint8 * _LAYOUT.size)()
    described.call(4, ctypes.c_uint32(index), ctypes.byref(block))
    return bytes(block)


def _capabilities(part: ComObject) -> dict[int, int]:
    """IKsJackDescription2.GetJackDescription2: its second number; nothing from drivers without it."""
    try:
        with part.get(13, _ALL, ctypes.byref(_DESCRIPTION_2)) as described:
            found = {}
            for index in range(min(described.number(3, ctypes.c_uint32), _MOST)):
                block = (ctypes.c_uint32 * 2)()
                described.call(4, ctypes.c_uint32(index), ctypes.byref(block))
                found[index] = block[1]
            return found
    except ComError:
        return {}
