"""The few messages of AppKit, AVFoundation and Foundation that are needed, by the Objective-C runtime and ctypes.

`AppleObjects` is what tests replace. None of these messages asks the person for anything:
`authorizationStatusForMediaType:` tells what has been answered (`requestAccessForMediaType:` would ask, and is never sent),
`terminate` of NSRunningApplication asks an application to quit as the Dock does.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any, Protocol

_RUNTIME = "/usr/lib/libobjc.A.dylib"
_FRAMEWORKS = "/System/Library/Frameworks/{0}.framework/{0}"
MICROPHONE, CAMERA = "soun", "vide"  # AVMediaTypeAudio, AVMediaTypeVideo


class AppleObjects(Protocol):
    """All raise OSError where the system has no such thing."""

    def authorization(self, media: str) -> int:
        """AVAuthorizationStatus for `MICROPHONE` or `CAMERA`: 0 not asked yet, 1 restricted, 2 denied, 3 authorized.

        It is the terminal's that we run in, or that of whatever else started us.
        """

    def low_power(self) -> bool:
        """NSProcessInfo.lowPowerModeEnabled (macOS 12 and later)."""

    def thermal_state(self) -> int:
        """NSProcessInfo.thermalState: 0 nominal, 1 fair, 2 serious, 3 critical."""

    def is_application(self, pid: int) -> bool:
        """Has NSRunningApplication one with this process?"""

    def quit(self, pid: int) -> bool:
        """Ask an application to quit; was the request sent? It may answer with a question to the person."""


class ObjectiveC:
    """See `AppleObjects`: the runtime of this Mac."""

    def __init__(self, open_library: Any = ctypes.CDLL) -> None:
        self._open = open_library

    def authorization(self, media: str) -> int:
        """See `AppleObjects`."""
        with self._pool():
            self._framework("AVFoundation")
            text = self._send(
                self._class("NSString"),
                "stringWithUTF8String:",
                media.encode("ascii"),
                result=ctypes.c_void_p,
                types=(ctypes.c_char_p,),
            )
            capture = self._class("AVCaptureDevice")
            return int(
                self._send(
                    capture,
                    "authorizationStatusForMediaType:",
                    text,
                    result=ctypes.c_long,
                    types=(ctypes.c_void_p,),
                )
            )

    def low_power(self) -> bool:
        """See `AppleObjects`."""
        with self._pool():
            return bool(self._send(self._process_info(), "isLowPowerModeEnabled", result=ctypes.c_bool))

    def thermal_state(self) -> int:
        """See `AppleObjects`."""
        with self._pool():
            return int(self._send(self._process_info(), "thermalState", result=ctypes.c_long))

    def is_application(self, pid: int) -> bool:
        """See `AppleObjects`."""
        with self._pool():
            return bool(self._running(pid))

    def quit(self, pid: int) -> bool:
        """See `AppleObjects`."""
        with self._pool():
            running = self._running(pid)
            return running is not None and bool(self._send(running, "terminate", result=ctypes.c_bool))

    def _running(self, pid: int) -> int | None:
        self._framework("AppKit")
        answer = self._send(
            self._class("NSRunningApplication"),
            "runningApplicationWithProcessIdentifier:",
            pid,
            result=ctypes.c_void_p,
            types=(ctypes.c_int32,),
        )
        return int(answer) if answer else None

    def _process_info(self) -> int:
        self._framework("Foundation")
        found = self._send(self._class("NSProcessInfo"), "processInfo", result=ctypes.c_void_p)
        if not found:
            raise OSError("no NSProcessInfo")
        return int(found)

    @cached_property
    def _runtime(self) -> Any:
        library = self._open(_RUNTIME)
        for name in ("objc_getClass", "sel_registerName"):
            function = getattr(library, name)
            function.restype, function.argtypes = ctypes.c_void_p, (ctypes.c_char_p,)
        library.objc_autoreleasePoolPush.restype = ctypes.c_void_p
        library.objc_autoreleasePoolPush.argtypes = ()
        library.objc_autoreleasePoolPop.restype = None
        library.objc_autoreleasePoolPop.argtypes = (ctypes.c_void_p,)
        return library

    def _framework(self, name: str) -> None:
        self._open(_FRAMEWORKS.format(name))

    def _class(self, name: str) -> int:
        found = self._runtime.objc_getClass(name.encode("ascii"))
        if not found:
            raise OSError(f"no class {name}")
        return int(found)

    def _send(
        self, receiver: int, message: str, *arguments: Any, result: Any, types: tuple[Any, ...] = ()
    ) -> Any:
        """One message. `objc_msgSend` has to be called with the types of the method itself: it is no variadic function."""
        shape = ctypes.CFUNCTYPE(result, ctypes.c_void_p, ctypes.c_void_p, *types)
        function = shape(ctypes.cast(self._runtime.objc_msgSend, ctypes.c_void_p).value or 0)
        return function(receiver, self._runtime.sel_registerName(message.encode("ascii")), *arguments)

    @contextmanager
    def _pool(self) -> Iterator[None]:
        """What the messages give back lives as long as this."""
        try:
            pool = self._runtime.objc_autoreleasePoolPush()
        except AttributeError as error:  # not the library that we know
            raise OSError(str(error)) from error
        try:
            yield
        finally:
            self._runtime.objc_autoreleasePoolPop(pool)
