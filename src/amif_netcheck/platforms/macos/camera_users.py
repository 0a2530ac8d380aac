"""Is a camera in use on this Mac? CoreMediaIO tells whether (kCMIODevicePropertyDeviceIsRunningSomewhere), never by whom.

Two answers are not believed: a built-in camera that is "in use" before macOS 13, where those of Apple's own processors always
were (is-camera-on#4, OverSight#7), and one that is not from macOS 26 on, unless we may use cameras: it is then said of all
(Lolgato#10).
"""

from __future__ import annotations

import platform
from collections.abc import Callable

from amif_netcheck.children.threads import BackgroundCall
from amif_netcheck.model.facts import Camera, CameraBus, Reason, Unavailable
from amif_netcheck.platforms.answers import CameraUser
from amif_netcheck.platforms.macos import cameras
from amif_netcheck.platforms.macos.properties import PropertyLibrary, PropertyReader

_TELLS_BUILT_IN_SINCE = 13
_ASKS_FOR_PERMISSION_SINCE = 26


def release() -> int:
    """The number of this macOS, such as 15; 0 elsewhere."""
    first = platform.mac_ver()[0].partition(".")[0]
    return int(first) if first.isdecimal() else 0


def using(
    library: Callable[[], PropertyLibrary], macos: int, until: float, *, allowed: bool
) -> tuple[CameraUser, ...] | Unavailable:
    """See `Platform.camera_users`. `macos` is its number, `allowed`: we may use cameras."""
    return BackgroundCall(lambda: _using(library, macos, allowed=allowed)).result(until)


def _using(
    library: Callable[[], PropertyLibrary], macos: int, *, allowed: bool
) -> tuple[CameraUser, ...] | Unavailable:
    found = cameras.listed(library)
    if isinstance(found, Unavailable):
        return found
    reader = PropertyReader(library())
    told = [
        in_use(camera, reader.number(thing, "gone"), macos, allowed=allowed)
        for thing, camera in found
        if camera.bus is not CameraBus.VIRTUAL
    ]
    if True in told:
        return (CameraUser(),)
    if None in told:
        return Unavailable(reason=Reason.UNSUPPORTED, detail=f"macOS {macos} does not tell")
    return ()


def in_use(camera: Camera, gone: int | None, macos: int, *, allowed: bool) -> bool | None:
    """What `gone` says of a camera; None where it says nothing. Pure."""
    if gone is None:
        return None
    if gone:
        return None if camera.built_in and macos < _TELLS_BUILT_IN_SINCE else True
    return False if allowed or macos < _ASKS_FOR_PERMISSION_SINCE else None
