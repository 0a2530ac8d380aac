"""Core Audio of the test's own, over `fake_com`: endpoints, sessions, sockets. Slots as in the SDK's headers."""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from tests.recorded.fake_com import (
    E_NOINTERFACE,
    E_NOTIMPL,
    FLOAT,
    I32,
    POINTER,
    U32,
    FakeCom,
    FakeObject,
    fails,
    gives,
    object_by,
    put_variant,
    text_of,
    write,
)

ENUMERATOR_CLASS = "bcde0395-e52f-467c-8e3d-c4579291692e"
CONTROL_2 = "bfb7ff88-7239-4fc9-8fa2-07c950be9c6d"
METER = "c02216f6-8c67-4b5b-9d00-d008e73e0064"
SESSION_VOLUME = "87ce5498-68d6-44e5-9215-6da47ef883d8"
MANAGER = "77aa99a0-1bd6-484f-8bc7-2c654c9a9b6f"
VOLUME = "5cdf2c82-841e-4546-9722-0cf74078229a"
CLIENT = "1cb9ad4c-dbfa-4c32-b178-c2f568a703b2"
TOPOLOGY = "2a07407e-6497-4a18-9787-32f79bd0d98f"
PART = "ae2de0e4-5bca-4f2d-aa46-5d13f8fdb3a9"
JACKS, JACKS_2 = "4509f757-2d46-4637-8e62-ce7db944f57b", "478f3a9b-e0c9-4827-9228-6f5505ffe76a"

NAME, BUS = ("a45c254e-df1c-4efd-8020-67d146a850e0", 14), ("a45c254e-df1c-4efd-8020-67d146a850e0", 24)
ADAPTER = ("026e516e-b814-414b-83cd-856d6fef4822", 2)
CONTAINER = ("8c7ed206-3f8a-4827-b3ab-ae9e1faefc6c", 2)
FORM, NODE = ("1da5d803-d492-4edd-8c23-e0c0ffee7f0e", 0), ("1da5d803-d492-4edd-8c23-e0c0ffee7f0e", 8)
FORMAT = ("f19f064d-082c-4e27-bc73-6882a1bb8e4c", 0)


@dataclass
class FakeSession:
    pid: int
    state: int = 1
    name: str = ""
    system: bool = False
    muted: bool = False
    volume: float = 1.0
    peaks: list[float] | None = field(default_factory=lambda: [0.25])
    gone: bool = False


@dataclass
class FakeEndpoint:
    id: str
    flow: int = 0
    state: int = 1
    properties: dict[tuple[str, int], object] = field(default_factory=dict)
    volume: tuple[float, float, float] = (0.5, -12.0, 0.0)
    """Of one; in decibels; the highest in decibels."""
    mute: bool = False
    mix_rate: int | None = None
    sessions: list[FakeSession] | int = field(default_factory=list)
    """An HRESULT in their place."""
    jacks: list[tuple[int, bool]] = field(default_factory=list)
    capabilities: list[int] | None = None


def wave_format(rate: int) -> bytes:
    """WAVEFORMATEX: PCM, two channels."""
    return struct.pack("<HHIIHHH", 1, 2, rate, rate * 4, 4, 16, 0)


def core_audio(endpoints: list[FakeEndpoint], defaults: dict[tuple[int, int], str] | None = None) -> FakeCom:
    """`defaults`: ids by flow and role."""
    com = FakeCom()
    made = {endpoint.id: _device(com, endpoint) for endpoint in endpoints}

    def collection(flow: int, states: int) -> FakeObject:
        found = [made[each.id] for each in endpoints if each.flow == flow and each.state & states]
        return FakeObject(com, {3: gives(U32, len(found)), 4: object_by(lambda index: found[index], U32)})

    com.classes[ENUMERATOR_CLASS] = FakeObject(
        com,
        {
            3: object_by(collection, I32, U32),
            4: object_by(lambda flow, role: made.get((defaults or {}).get((flow, role), "")), I32, I32),
        },
    )
    return com


def _device(com: FakeCom, endpoint: FakeEndpoint) -> FakeObject:
    faces: dict[str, Callable[[], FakeObject | None]] = {
        MANAGER: lambda: _manager(com, endpoint),
        VOLUME: lambda: _volume(com, endpoint),
        CLIENT: lambda: _client(com, endpoint),
        TOPOLOGY: lambda: _topology(com, endpoint),
    }

    def face(interface: int, _context: int, _parameters: int) -> FakeObject | None:
        return faces[str(UUID(bytes_le=ctypes.string_at(interface, 16)))]()

    return FakeObject(
        com,
        {
            3: object_by(face, POINTER, U32, POINTER, missing=E_NOINTERFACE),
            4: object_by(lambda _access: _store(com, endpoint), U32),
            5: text_of(com, endpoint.id),
            6: gives(U32, endpoint.state),
        },
    )


def _store(com: FakeCom, endpoint: FakeEndpoint) -> FakeObject:
    def value(key: int, variant: int) -> int:
        name = str(UUID(bytes_le=ctypes.string_at(key, 16)))
        found = endpoint.properties.get((name, U32.from_address(key + 16).value))
        if found is None:
            return 0  # VT_EMPTY, as real stores answer
        put_variant(com, variant, found)
        return 0

    return FakeObject(com, {5: ((POINTER, POINTER), value)})


def _volume(com: FakeCom, endpoint: FakeEndpoint) -> FakeObject:
    scalar, level, most = endpoint.volume

    def span(least: int, highest: int, step: int) -> int:
        for address, number in ((least, -65.25), (highest, most), (step, 0.75)):
            write(address, FLOAT, number)
        return 0

    return FakeObject(
        com,
        {
            8: gives(FLOAT, level),
            9: gives(FLOAT, scalar),
            15: gives(I32, int(endpoint.mute)),
            20: ((POINTER, POINTER, POINTER), span),
        },
    )


def _client(com: FakeCom, endpoint: FakeEndpoint) -> FakeObject | None:
    if endpoint.mix_rate is None:
        return None

    def mix_format() -> int:
        room = ctypes.create_string_buffer(wave_format(endpoint.mix_rate or 0))
        com.texts[ctypes.addressof(room)] = room
        return ctypes.addressof(room)

    return FakeObject(com, {8: gives(POINTER, mix_format)})


def _manager(com: FakeCom, endpoint: FakeEndpoint) -> FakeObject:
    listed = endpoint.sessions
    if isinstance(listed, int):
        return FakeObject(com, {5: fails(listed, POINTER)})
    sessions = [_session(com, each) for each in listed]
    enumerator = FakeObject(
        com, {3: gives(I32, len(sessions)), 4: object_by(lambda index: sessions[index], I32)}
    )
    return FakeObject(com, {5: object_by(lambda: enumerator)})


def _session(com: FakeCom, session: FakeSession) -> FakeObject | None:
    if session.gone:
        return None
    faces = {
        SESSION_VOLUME: FakeObject(com, {4: gives(FLOAT, session.volume), 6: gives(I32, int(session.muted))})
    }
    if session.peaks is not None:
        peaks = iter([*session.peaks])
        faces[METER] = FakeObject(com, {3: gives(FLOAT, lambda: next(peaks, 0.0))})
    control = FakeObject(
        com,
        {
            3: gives(I32, session.state),
            4: text_of(com, session.name),
            14: gives(U32, session.pid),
            15: ((), lambda: 0 if session.system else 1),
        },
        faces,
    )
    return FakeObject(com, {}, {CONTROL_2: control})


def _topology(com: FakeCom, endpoint: FakeEndpoint) -> FakeObject | None:
    if not endpoint.jacks:
        return None

    def description(index: int, block: int) -> int:
        port, connected = endpoint.jacks[index]
        ctypes.memmove(block, struct.pack("<7I", 3, 0x4BB92F, 1, 2, 0, port, int(connected)), 28)
        return 0

    def second(index: int, block: int) -> int:
        ctypes.memmove(block, struct.pack("<2I", 0, (endpoint.capabilities or [])[index]), 8)
        return 0

    described = {
        JACKS: FakeObject(com, {3: gives(U32, len(endpoint.jacks)), 4: ((U32, POINTER), description)})
    }
    if endpoint.capabilities is not None:
        described[JACKS_2] = FakeObject(
            com, {3: gives(U32, len(endpoint.capabilities)), 4: ((U32, POINTER), second)}
        )

    def activate(_context: int, interface: int) -> FakeObject | None:
        return described.get(str(UUID(bytes_le=ctypes.string_at(interface, 16))))

    part = FakeObject(com, {13: object_by(activate, U32, POINTER, missing=E_NOTIMPL)})
    other_side = FakeObject(com, {}, {PART: part})
    connector = FakeObject(com, {8: object_by(lambda: other_side)})
    return FakeObject(com, {4: object_by(lambda _index: connector, U32)})
