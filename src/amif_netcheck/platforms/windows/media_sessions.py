"""Windows' media sessions (the ones that a keyboard's keys and the volume's panel pause), by WinRT without a package for it.

Slots: windows.media.control.h and asyncinfo.h of the Windows SDK (10.0.17763 and later, Windows 10 1809). A session is asked
for its application, and whether it plays and may be paused; never for what it plays.
"""

from __future__ import annotations

import ctypes
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Protocol

from amif_netcheck.platforms.windows.com import (
    ComError,
    ComLibrary,
    ComObject,
    Guid,
    Ole32,
    checked,
    wide_text,
)
from amif_netcheck.platforms.windows.libraries import function

_CLASS = "Windows.Media.Control.GlobalSystemMediaTransportControlsSessionManager"
_STATICS = Guid.of("2050C4EE-11A0-57DE-AED7-C97C70338245")
_ASYNC = Guid.of("00000036-0000-0000-C000-000000000046")
_SHELL_ITEM = Guid.of("43826D1E-E718-42EE-BC55-A1E261C37BFE")
_REQUEST = 6
_STATUS, _CANCEL, _RESULTS = 7, 9, 8
_SESSIONS = 7
_GET_AT, _SIZE = 6, 7
_APPLICATION, _PLAYBACK, _PAUSE = 6, 9, 11
_CONTROLS, _STATE = 6, 7
_CAN_PAUSE = 7
_DISPLAY_NAME = 5
_STARTED, _COMPLETED = 0, 1
"""AsyncStatus."""
PLAYING = 4
"""GlobalSystemMediaTransportControlsSessionPlaybackStatus."""
_POLL_S = 0.02
_MOST = 32
_POINTER = ctypes.c_void_p
_LATE = 0x800705B4
"""ERROR_TIMEOUT."""


class MediaLibrary(ComLibrary, Protocol):
    """COM, and what combase and shell32 add to it."""

    def factory(self, name: str, interface: Guid) -> int:
        """The address of a class's own interface. Raises ComError."""

    def string(self, handle: int) -> str:
        """The text of an HSTRING, which is given back."""

    def item(self, path: str, interface: Guid) -> int:
        """The address of an object for something that the shell shows. Raises ComError."""


class MediaSession:
    """One application's; held while the list that it came from is."""

    def __init__(self, session: ComObject, library: MediaLibrary) -> None:
        self._session = session
        self._library = library

    @property
    def application(self) -> str:
        """Its application user model id, such as `Spotify.exe` or `MSEdge`."""
        handle = self._session.number(_APPLICATION, ctypes.c_void_p)
        return self._library.string(handle) if handle else ""

    @property
    def state(self) -> int:
        """Its playback status."""
        with self._session.get(_PLAYBACK) as playback:
            return int(playback.number(_STATE, ctypes.c_int32))

    @property
    def can_pause(self) -> bool:
        """Does it take part in being paused?"""
        with self._session.get(_PLAYBACK) as playback, playback.get(_CONTROLS) as controls:
            return bool(controls.number(_CAN_PAUSE, ctypes.c_uint8))

    def pause(self, until: float) -> bool:
        """Ask it to, by `until` (`time.monotonic`): was it taken? Raises ComError."""
        with self._session.get(_PAUSE) as operation:
            _wait(operation, until)
            return bool(operation.number(_RESULTS, ctypes.c_uint8))


@contextmanager
def sessions(library: MediaLibrary, until: float) -> Iterator[list[MediaSession]]:
    """All media sessions, held for the block, by `until` (`time.monotonic`). Raises ComError."""
    with (
        ComObject(library.factory(_CLASS, _STATICS), library) as statics,
        statics.get(_REQUEST) as operation,
    ):
        _wait(operation, until)
        held: list[ComObject] = []
        try:
            with operation.get(_RESULTS) as manager, manager.get(_SESSIONS) as listed:
                for index in range(min(listed.number(_SIZE, ctypes.c_uint32), _MOST)):
                    with suppress(ComError):  # it ended meanwhile
                        held.append(listed.get(_GET_AT, ctypes.c_uint32(index)))
            yield [MediaSession(session, library) for session in held]
        finally:
            for session in reversed(held):
                session.release()


def shown_name(application: str, library: MediaLibrary) -> str:
    """What the start menu calls an application, in the person's language; empty where it does not know it."""
    try:
        with ComObject(library.item(f"shell:AppsFolder\\{application}", _SHELL_ITEM), library) as item:
            address = item.number(_DISPLAY_NAME, ctypes.c_void_p, ctypes.c_uint32(0))
            if not address:
                return ""
            try:
                return wide_text(address)
            finally:
                library.free(address)
    except ComError:
        return ""


def _wait(operation: ComObject, until: float) -> None:
    """Until an asynchronous operation has ended well. Raises ComError."""
    with operation.query(_ASYNC) as info:
        while (status := info.number(_STATUS, ctypes.c_int32)) == _STARTED:
            if time.monotonic() + _POLL_S > until:
                with suppress(ComError):
                    info.call(_CANCEL)
                raise ComError(_LATE)
            time.sleep(_POLL_S)
        if status != _COMPLETED:
            raise ComError(0x80004005)  # E_FAIL


class Combase(Ole32):
    """See `MediaLibrary`."""

    def factory(self, name: str, interface: Guid) -> int:
        """See `MediaLibrary`."""
        text, made, by = ctypes.c_void_p(), ctypes.c_void_p(), ctypes.byref
        checked(
            _call("WindowsCreateString", ctypes.c_wchar_p, ctypes.c_uint32, _POINTER)(
                name, len(name), by(text)
            )
        )
        try:
            get = _call("RoGetActivationFactory", _POINTER, _POINTER, _POINTER)
            checked(get(text, by(interface), by(made)))
        finally:
            _call("WindowsDeleteString", _POINTER)(text)
        return made.value or 0

    def string(self, handle: int) -> str:
        """See `MediaLibrary`."""
        buffer = function("combase", "WindowsGetStringRawBuffer", _POINTER, _POINTER, result=_POINTER)
        try:
            address = buffer(handle, None)
            return wide_text(address) if address else ""
        finally:
            _call("WindowsDeleteString", _POINTER)(handle)

    def item(self, path: str, interface: Guid) -> int:
        """See `MediaLibrary`."""
        made, types = ctypes.c_void_p(), (ctypes.c_wchar_p, _POINTER, _POINTER, _POINTER)
        create = function("shell32", "SHCreateItemFromParsingName", *types, result=ctypes.c_int32)
        checked(create(path, None, ctypes.byref(interface), ctypes.byref(made)))
        return made.value or 0


def _call(name: str, *types: Any) -> Callable[..., int]:
    return function("combase", name, *types, result=ctypes.c_int32)
