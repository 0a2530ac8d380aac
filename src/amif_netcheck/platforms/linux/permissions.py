"""What the person has answered when a portal asked for the microphone (flatpak's permission store). Nobody is asked, nothing is started.

Programs outside a sandbox are known to portals by the empty name.
"""

from __future__ import annotations

from amif_netcheck.model.facts import Reason, Unavailable
from amif_netcheck.platforms.linux import dbus

_STORE = "org.freedesktop.impl.portal.PermissionStore"
_PATH = "/org/freedesktop/impl/portal/PermissionStore"
_TABLE, _DEVICE, _OUTSIDE_SANDBOXES = "devices", "microphone", ""
_AUTH_TIMEOUT_S = 0.5
_HAND_OVER_S = 0.1
"""What came in time is handed over before nobody waits for it any more."""
_ANSWERS = {"yes": True, "no": False}


def microphone(until: float) -> bool | Unavailable:
    """See `Platform.microphone_allowed`; by `until` (`time.monotonic`)."""
    return dbus.answer(until, lambda: _ask(until - _HAND_OVER_S))


def _ask(until: float) -> bool | Unavailable:
    with dbus.session(_AUTH_TIMEOUT_S) as bus:
        question = dbus.call(_STORE, _PATH, _STORE, "GetPermission", _TABLE, _DEVICE, _OUTSIDE_SANDBOXES)
        reply = dbus.ask_one(bus, question, until)
    return parse(reply.value, reply.error)


def parse(permissions: object, error: str = "") -> bool | Unavailable:
    """The store's answer: a list with `yes`, `no` or `ask`, empty where the person was never asked."""
    if isinstance(permissions, list) and permissions and permissions[0] in _ANSWERS:
        return _ANSWERS[permissions[0]]
    detail = f"no portal answers: {error}" if error else "no portal has asked for the microphone"
    return Unavailable(reason=Reason.UNSUPPORTED, detail=detail)
