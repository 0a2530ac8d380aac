"""What the person has answered when a portal asked for the microphone or the camera (flatpak's permission store). Nobody is asked, nothing is started.

Programs outside a sandbox are known to portals by the empty name.
"""

from __future__ import annotations

from amif_netcheck.model.facts import Reason, Unavailable
from amif_netcheck.platforms.linux import dbus

_STORE = "org.freedesktop.impl.portal.PermissionStore"
_PATH = "/org/freedesktop/impl/portal/PermissionStore"
_TABLE, _OUTSIDE_SANDBOXES = "devices", ""
_AUTH_TIMEOUT_S = 0.5
_HAND_OVER_S = 0.1
"""What came in time is handed over before nobody waits for it any more."""
_ANSWERS = {"yes": True, "no": False}


def microphone(until: float) -> bool | Unavailable:
    """See `Platform.microphone_allowed`; by `until` (`time.monotonic`)."""
    return _answered("microphone", until)


def camera(until: float) -> bool | Unavailable:
    """See `Platform.camera_allowed`; by `until` (`time.monotonic`)."""
    return _answered("camera", until)


def _answered(device: str, until: float) -> bool | Unavailable:
    return dbus.answer(until, lambda: _ask(device, until - _HAND_OVER_S))


def _ask(device: str, until: float) -> bool | Unavailable:
    with dbus.session(_AUTH_TIMEOUT_S) as bus:
        question = dbus.call(_STORE, _PATH, _STORE, "GetPermission", _TABLE, device, _OUTSIDE_SANDBOXES)
        reply = dbus.ask_one(bus, question, until)
    return parse(reply.value, reply.error, device)


def parse(permissions: object, error: str = "", device: str = "device") -> bool | Unavailable:
    """The store's answer: a list with `yes`, `no` or `ask`, empty where the person was never asked."""
    if isinstance(permissions, list) and permissions and permissions[0] in _ANSWERS:
        return _ANSWERS[permissions[0]]
    detail = f"no portal answers: {error}" if error else f"no portal has asked for the {device}"
    return Unavailable(reason=Reason.UNSUPPORTED, detail=detail)
