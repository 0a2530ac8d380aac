"""Asks Core Audio for all sound endpoints, and for who plays and records at each. Opens no stream, changes nothing.

Interfaces and slots: mmdeviceapi.h, audiopolicy.h, endpointvolume.h, propsys.h of the Windows SDK.
"""

from __future__ import annotations

import ctypes
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from typing import Any, NamedTuple

from msgspec import Struct, structs

from amif_netcheck.model.facts import Direction, Unavailable
from amif_netcheck.platforms.windows import jacks
from amif_netcheck.platforms.windows.com import (
    ComError,
    ComLibrary,
    ComObject,
    Guid,
    PropVariant,
    created,
    variant_value,
)
from amif_netcheck.platforms.windows.jacks import Jack

ACTIVE, UNPLUGGED = 1, 8
"""DEVICE_STATE_xxx."""
SESSION_ACTIVE = 1
"""AudioSessionState."""
CONSOLE, COMMUNICATIONS = 0, 2
"""ERole: what all programs get, and what calls get."""
METER_S = 0.6
"""Speech and music are not silent for so long; a program that only keeps its stream open is."""
_METER_STEP_S = 0.05
_MOST_ENDPOINTS, _MOST_SESSIONS = 64, 128

_ENUMERATOR_CLASS = Guid.of("BCDE0395-E52F-467C-8E3D-C4579291692E")
_ENUMERATOR = Guid.of("A95664D2-9614-4F35-A746-DE8DB63617E6")
_SESSION_MANAGER = Guid.of("77AA99A0-1BD6-484F-8BC7-2C654C9A9B6F")
_SESSION_CONTROL = Guid.of("BFB7FF88-7239-4FC9-8FA2-07C950BE9C6D")
_METER = Guid.of("C02216F6-8C67-4B5B-9D00-D008E73E0064")
_SESSION_VOLUME = Guid.of("87CE5498-68D6-44E5-9215-6DA47EF883D8")
_VOLUME = Guid.of("5CDF2C82-841E-4546-9722-0CF74078229A")
_CLIENT = Guid.of("1CB9AD4C-DBFA-4C32-B178-C2F568A703B2")
_IN_PROCESS = ctypes.c_uint32(0x17)
_DIRECTIONS = ((0, Direction.OUTPUT), (1, Direction.INPUT))
"""EDataFlow."""


class Endpoint(Struct, frozen=True, kw_only=True):
    """One endpoint, as its property store and its interfaces tell; empty or None where they don't.

    `bus` is the enumerator of its adapter, `container` what belongs to one thing, `form_factor` an EndpointFormFactor,
    `node` the KSNODETYPE that its driver gives it. `volume` runs from 0 to 1, `level_db` beside `most_db`, its highest.
    """

    id: str
    direction: Direction
    state: int
    name: str = ""
    adapter: str = ""
    bus: str = ""
    container: str = ""
    form_factor: int | None = None
    node: str = ""
    rate_hz: int | None = None
    muted: bool | None = None
    volume: float | None = None
    level_db: float | None = None
    most_db: float | None = None
    jacks: tuple[Jack, ...] = ()


class AudioSession(Struct, frozen=True, kw_only=True):
    """A program's sound at an endpoint. `peak` is the highest of its meter in a while (0 to 1), None without a meter.

    `pid` is 0 for a session of several processes.
    """

    direction: Direction
    pid: int
    active: bool
    name: str = ""
    system: bool = False
    muted: bool = False
    peak: float | None = None


class AudioSnapshot(Struct, frozen=True, kw_only=True):
    """All of it. `defaults` are ids of endpoints, by direction and role."""

    endpoints: tuple[Endpoint, ...]
    sessions: tuple[AudioSession, ...] | Unavailable
    defaults: dict[tuple[Direction, int], str] = {}


class _Metered(NamedTuple):
    """A session whose meter is still to be read."""

    session: AudioSession
    meter: ComObject | None


_DEVICE_INVALIDATED = 0x8889_0004
"""audioclient.h, AUDCLNT_E_DEVICE_INVALIDATED: the device went away, and nobody uses it any more."""


def _key(text: str, number: int) -> ctypes.Array[ctypes.c_uint8]:
    """A PROPERTYKEY: a GUID and a number."""
    return (ctypes.c_uint8 * 20)(*bytes(Guid.of(text)), *number.to_bytes(4, "little"))


_PROPERTIES = {
    "name": _key("a45c254e-df1c-4efd-8020-67d146a850e0", 14),
    "adapter": _key("026e516e-b814-414b-83cd-856d6fef4822", 2),
    "bus": _key("a45c254e-df1c-4efd-8020-67d146a850e0", 24),
    "container": _key("8c7ed206-3f8a-4827-b3ab-ae9e1faefc6c", 2),
    "node": _key("1da5d803-d492-4edd-8c23-e0c0ffee7f0e", 8),
}
_FORM_FACTOR = _key("1da5d803-d492-4edd-8c23-e0c0ffee7f0e", 0)
_FORMAT = _key("f19f064d-082c-4e27-bc73-6882a1bb8e4c", 0)


def snapshot(library: ComLibrary, until: float) -> AudioSnapshot:
    """Ask, and read the meters for `METER_S`, or what is left until `until` (`time.monotonic`).

    Raises:
        ComError: Core Audio does not answer.
    """
    endpoints: list[Endpoint] = []
    missing: ComError | None = None
    with created(library, _ENUMERATOR_CLASS, _ENUMERATOR) as enumerator, ExitStack() as held:
        metered: list[_Metered] = []
        for flow, direction in _DIRECTIONS:
            for device in _devices(enumerator, flow):
                with device:
                    endpoint = _endpoint(device, direction)
                    endpoints.append(endpoint)
                    if endpoint.state != ACTIVE:
                        continue
                    try:
                        metered += _sessions(device, direction, held)
                    except ComError as error:  # others are asked all the same
                        if error.code != _DEVICE_INVALIDATED:
                            missing = error
        sessions = _measured(metered, until)
        heard = any(one.active and not one.system for one in sessions)
        return AudioSnapshot(
            endpoints=tuple(endpoints),
            sessions=sessions if missing is None or heard else missing.unavailable,
            defaults=_defaults(enumerator),
        )


def _devices(enumerator: ComObject, flow: int) -> Iterator[ComObject]:
    """IMMDeviceEnumerator.EnumAudioEndpoints, IMMDeviceCollection.GetCount and Item."""
    states = ctypes.c_uint32(ACTIVE | UNPLUGGED)
    with enumerator.get(3, ctypes.c_int32(flow), states) as collection:
        for index in range(min(collection.number(3, ctypes.c_uint32), _MOST_ENDPOINTS)):
            with suppress(ComError):  # it went away
                yield collection.get(4, ctypes.c_uint32(index))


def _defaults(enumerator: ComObject) -> dict[tuple[Direction, int], str]:
    """IMMDeviceEnumerator.GetDefaultAudioEndpoint; nothing where there is none."""
    found = {}
    for flow, direction in _DIRECTIONS:
        for role in (CONSOLE, COMMUNICATIONS):
            with suppress(ComError), enumerator.get(4, ctypes.c_int32(flow), ctypes.c_int32(role)) as device:
                found[direction, role] = device.text(5)
    return found


def _endpoint(device: ComObject, direction: Direction) -> Endpoint:
    """IMMDevice.GetId, GetState, OpenPropertyStore. One that goes away meanwhile is told as far as it could be."""
    endpoint = Endpoint(id=device.text(5), direction=direction, state=device.number(6, ctypes.c_uint32))
    with suppress(ComError):
        endpoint = structs.replace(endpoint, **_properties(device))
    if endpoint.state == ACTIVE:
        with suppress(ComError):
            endpoint = structs.replace(endpoint, **_volume(device))
        if endpoint.rate_hz is None:
            with suppress(ComError):
                endpoint = structs.replace(endpoint, rate_hz=_mix_rate(device))
        endpoint = structs.replace(endpoint, jacks=jacks.of(device))
    return endpoint


def _properties(device: ComObject) -> dict[str, Any]:
    with device.get(4, ctypes.c_uint32(0)) as store:
        found: dict[str, Any] = {field: _text(store, key) for field, key in _PROPERTIES.items()}
        form = _property(store, _FORM_FACTOR)
        found["form_factor"] = form if isinstance(form, int) else None
        block = _property(store, _FORMAT)
        found["rate_hz"] = rate(block) if isinstance(block, bytes) else None
    return found


def _text(store: ComObject, key: ctypes.Array[ctypes.c_uint8]) -> str:
    value = _property(store, key)
    return value if isinstance(value, str) else ""


def _property(store: ComObject, key: ctypes.Array[ctypes.c_uint8]) -> str | int | bytes | None:
    """IPropertyStore.GetValue."""
    variant = PropVariant()
    try:
        store.call(5, ctypes.byref(key), ctypes.byref(variant))
    except ComError:
        return None
    try:
        return variant_value(variant)
    finally:
        store.library.clear(variant)


def rate(wave_format: bytes) -> int | None:
    """Samples per second of a WAVEFORMATEX (nSamplesPerSec, at its fourth byte)."""
    return int.from_bytes(wave_format[4:8], "little") or None


def _mix_rate(device: ComObject) -> int | None:
    """IAudioClient.GetMixFormat: what all programs at the endpoint are mixed at."""
    with _activated(device, _CLIENT) as client:
        address = client.number(8, ctypes.c_void_p)
        if not address:
            return None
        try:
            return rate(ctypes.string_at(address, 8))
        finally:
            client.library.free(address)


def _volume(device: ComObject) -> dict[str, Any]:
    """IAudioEndpointVolume: GetMasterVolumeLevel, GetMasterVolumeLevelScalar, GetMute, GetVolumeRange."""
    with _activated(device, _VOLUME) as volume:
        found: dict[str, Any] = {
            "volume": volume.number(9, ctypes.c_float),
            "muted": bool(volume.number(15, ctypes.c_int32)),
        }
        with suppress(ComError):
            least, most, step = ctypes.c_float(), ctypes.c_float(), ctypes.c_float()
            volume.call(20, ctypes.byref(least), ctypes.byref(most), ctypes.byref(step))
            found |= {"level_db": volume.number(8, ctypes.c_float), "most_db": most.value}
    return found


def _activated(device: ComObject, interface: Guid) -> ComObject:
    """IMMDevice.Activate."""
    return device.get(3, ctypes.byref(interface), _IN_PROCESS, ctypes.c_void_p())


def _sessions(device: ComObject, direction: Direction, held: ExitStack) -> list[_Metered]:
    """IAudioSessionManager2.GetSessionEnumerator, its GetCount and GetSession. Meters are held by `held`."""
    with _activated(device, _SESSION_MANAGER) as manager, manager.get(5) as listed:
        found = []
        for index in range(min(listed.number(3, ctypes.c_int32), _MOST_SESSIONS)):
            with suppress(ComError), listed.get(4, ctypes.c_int32(index)) as session:
                found.append(_session(session, direction, held))
        return found


def _session(session: ComObject, direction: Direction, held: ExitStack) -> _Metered:
    """IAudioSessionControl2: GetState, GetDisplayName, GetProcessId, IsSystemSoundsSession."""
    with session.query(_SESSION_CONTROL) as control:
        found = AudioSession(
            direction=direction,
            active=control.number(3, ctypes.c_int32) == SESSION_ACTIVE,
            pid=control.number(14, ctypes.c_uint32),
            name=control.text(4),
            system=control.call(15) == 0,
        )
        if not found.active:
            return _Metered(found, None)
        with suppress(ComError), control.query(_SESSION_VOLUME) as volume:
            silenced = volume.number(4, ctypes.c_float) == 0
            found = structs.replace(found, muted=silenced or bool(volume.number(6, ctypes.c_int32)))
        with suppress(ComError):
            return _Metered(found, held.enter_context(control.query(_METER)))
        return _Metered(found, None)


def _measured(metered: list[_Metered], until: float) -> tuple[AudioSession, ...]:
    """The sessions with the highest of IAudioMeterInformation.GetPeakValue, read several times."""
    peaks: dict[int, float] = {}
    meters = {index: entry.meter for index, entry in enumerate(metered) if entry.meter is not None}
    end = min(until, time.monotonic() + METER_S)
    while meters:
        for index, meter in meters.items():
            with suppress(ComError):  # it ended meanwhile
                peaks[index] = max(peaks.get(index, 0.0), meter.number(3, ctypes.c_float))
        if time.monotonic() + _METER_STEP_S >= end:
            break
        time.sleep(_METER_STEP_S)
    return tuple(structs.replace(entry.session, peak=peaks.get(index)) for index, entry in enumerate(metered))
